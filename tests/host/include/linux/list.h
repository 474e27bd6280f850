/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked rings under the kernel's names, written for user space.
 *
 * An entry that was deleted points at itself (list_del_init) or at nothing
 * (list_del): whoever follows it by mistake faults at once.
 */
#ifndef HOST_LINUX_LIST_H
#define HOST_LINUX_LIST_H

#include <linux/types.h>

#ifndef container_of
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#endif

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline bool list_is_first(const struct list_head *entry,
				 const struct list_head *head)
{
	return head->next == entry;
}

static inline bool list_is_last(const struct list_head *entry,
				const struct list_head *head)
{
	return head->prev == entry;
}

/* Behind @where, which is a head or an entry */
static inline void list_add(struct list_head *entry, struct list_head *where)
{
	entry->prev = where;
	entry->next = where->next;
	where->next->prev = entry;
	where->next = entry;
}

/* In front of @where: at the tail, when that is a head */
static inline void list_add_tail(struct list_head *entry,
				 struct list_head *where)
{
	list_add(entry, where->prev);
}

static inline void host_list_unlink(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

static inline void list_del(struct list_head *entry)
{
	host_list_unlink(entry);
	entry->next = NULL;
	entry->prev = NULL;
}

static inline void list_del_init(struct list_head *entry)
{
	host_list_unlink(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *where)
{
	host_list_unlink(entry);
	list_add(entry, where);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *where)
{
	host_list_unlink(entry);
	list_add_tail(entry, where);
}

static inline void list_replace_init(struct list_head *old,
				     struct list_head *entry)
{
	list_add(entry, old);
	list_del_init(old);
}

/* Put @from's entries, which leaves it empty, behind @where */
static inline void list_splice_init(struct list_head *from,
				    struct list_head *where)
{
	if (list_empty(from))
		return;
	from->prev->next = where->next;
	where->next->prev = from->prev;
	from->next->prev = where;
	where->next = from->next;
	INIT_LIST_HEAD(from);
}

static inline void list_splice_tail_init(struct list_head *from,
					 struct list_head *where)
{
	list_splice_init(from, where->prev);
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)

#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)

#define list_last_entry(head, type, member) \
	list_entry((head)->prev, type, member)

#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))

#define list_next_entry(pos, member) \
	list_entry((pos)->member.next, __typeof__(*(pos)), member)

#define list_entry_is_head(pos, head, member)	(&(pos)->member == (head))

#define list_for_each(pos, head) \
	for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

#define list_for_each_entry(pos, head, member)				\
	for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member); \
	     !list_entry_is_head(pos, head, member);			\
	     (pos) = list_next_entry(pos, member))

#define list_for_each_entry_safe(pos, tmp, head, member)		\
	for ((pos) = list_entry((head)->next, __typeof__(*(pos)), member), \
	     (tmp) = list_next_entry(pos, member);			\
	     !list_entry_is_head(pos, head, member);			\
	     (pos) = (tmp), (tmp) = list_next_entry(tmp, member))

#endif /* HOST_LINUX_LIST_H */
