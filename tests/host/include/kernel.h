/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What parts of the driver need of the kernel, for user space: the names and
 * meanings of the kernel, as far as those parts use them, and no more. Every
 * linux/NAME.h here that has nothing of its own is this file.
 *
 * There is one thread and no time: a lock only knows whether it is held, a
 * wait that is not over at once is over anyway. With HOST_THREADS there are
 * both, see threads.h. What would be a warning of the kernel ends the program.
 */
#ifndef HOST_KERNEL_H
#define HOST_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "cq_prim.h"

#define ERESTARTSYS	512
#define EPROBE_DEFER	517
#ifndef ENOTSUPP
#define ENOTSUPP	524
#endif

typedef u64 phys_addr_t;
typedef unsigned int gfp_t;

#define __percpu
#define __user
#define __rcu

/* Numbers */

#ifndef BITS_PER_LONG
#define BITS_PER_LONG	((int)(8 * sizeof(long)))
#endif
#ifndef BIT
#define BIT(n)		(1UL << (n))
#endif
#ifndef GENMASK
#define GENMASK(h, l)	((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#endif
#define U16_MAX		0xffffU
#define U32_MAX		0xffffffffU
#define NSEC_PER_MSEC	1000000L
#define MSEC_PER_SEC	1000L
#define USEC_PER_MSEC	1000L
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(x, y)		((((x) - 1) | ((__typeof__(x))(y) - 1)) + 1)
#define round_down(x, y)	((x) & ~((__typeof__(x))(y) - 1))
#define upper_32_bits(n)	((u32)((u64)(n) >> 32))
#define lower_32_bits(n)	((u32)(n))
#define is_power_of_2(n)	((n) && !((n) & ((n) - 1)))
#define swap(a, b) \
	do { __typeof__(a) swap_t = (a); (a) = (b); (b) = swap_t; } while (0)

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

static inline size_t host_struct_size(size_t head, size_t each, size_t n)
{
	size_t size;

	if (__builtin_mul_overflow(each, n, &size) ||
	    __builtin_add_overflow(head, size, &size))
		return SIZE_MAX;
	return size;
}

#define struct_size(p, member, n) \
	host_struct_size(sizeof(*(p)), sizeof((p)->member[0]), (n))

/* Checks */

#undef static_assert
#define static_assert(cond, ...)	_Static_assert(cond, #cond)

#define host_bug(cond) do {						\
	if (cond) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
		abort();						\
	}								\
} while (0)

#define BUG_ON(cond)		host_bug(cond)
#define host_bug_on(cond)	BUG_ON(cond)
#define WARN_ON(cond)		({ bool warn = (cond); host_bug(warn); warn; })
#define WARN_ON_ONCE(cond)	WARN_ON(cond)

#define barrier()		__asm__ __volatile__("" : : : "memory")
#define likely(cond)		(cond)
#define unlikely(cond)		(cond)
#define fallthrough		__attribute__((fallthrough))
#define IS_ENABLED(option)	0
#define IS_REACHABLE(option)	0

static inline __attribute__((format(printf, 3, 4)))
int scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(buf, size, format, args);
	va_end(args);
	return min_t(int, len, (int)size - 1);
}

/* Errors */

#define MAX_ERRNO	4095

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return (unsigned long)ptr >= (unsigned long)-MAX_ERRNO;
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

static inline void *ERR_CAST(const void *ptr)
{
	return (void *)ptr;
}

/* Talk: read by nobody, but its format is checked */

struct attribute_group;

struct device {
	void *driver_data;
};

static inline __attribute__((format(printf, 2, 3)))
void host_say(const void *who, const char *format, ...)
{
}

#define dev_err(d, ...)			host_say(d, __VA_ARGS__)
#define dev_warn(d, ...)		host_say(d, __VA_ARGS__)
#define dev_info(d, ...)		host_say(d, __VA_ARGS__)
#define dev_dbg(d, ...)			host_say(d, __VA_ARGS__)
#define dev_err_once(d, ...)		host_say(d, __VA_ARGS__)
#define dev_warn_once(d, ...)		host_say(d, __VA_ARGS__)
#define dev_err_ratelimited(d, ...)	host_say(d, __VA_ARGS__)
#define dev_warn_ratelimited(d, ...)	host_say(d, __VA_ARGS__)
#define pr_err(...)			host_say(NULL, __VA_ARGS__)
#define pr_warn(...)			host_say(NULL, __VA_ARGS__)
#define pr_info(...)			host_say(NULL, __VA_ARGS__)

/* Memory */

#define GFP_KERNEL	0u
#define GFP_ATOMIC	0u
#define __GFP_ZERO	0u
#define __GFP_NOWARN	0u

/* What a single allocation may have; the kernel has a limit too */
#define HOST_ALLOC_MAX	(4UL << 20)

#ifdef HOST_THREADS
bool host_alloc_fails(void);
#else
#define host_alloc_fails()	false
#endif

static inline void *host_zalloc(size_t size)
{
	if (size > HOST_ALLOC_MAX || host_alloc_fails())
		return NULL;
	return calloc(1, size ? size : 1);
}

static inline void *host_zalloc_array(size_t n, size_t size)
{
	return host_zalloc(host_struct_size(0, size, n));
}

#define kzalloc(size, gfp)		host_zalloc(size)
#define kmalloc(size, gfp)		host_zalloc(size)
#define kvzalloc(size, gfp)		host_zalloc(size)
#define kvmalloc(size, gfp)		host_zalloc(size)
#define kcalloc(n, size, gfp)		host_zalloc_array(n, size)
#define kmalloc_array(n, size, gfp)	host_zalloc_array(n, size)
#define kfree(p)			free((void *)(p))
#define kvfree(p)			free((void *)(p))

/* Bits */

static inline void __set_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= BIT(n % BITS_PER_LONG);
}

static inline bool __test_and_clear_bit(unsigned int n, unsigned long *map)
{
	bool was = map[n / BITS_PER_LONG] & BIT(n % BITS_PER_LONG);

	map[n / BITS_PER_LONG] &= ~BIT(n % BITS_PER_LONG);
	return was;
}

static inline void __clear_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] &= ~BIT(n % BITS_PER_LONG);
}

#define ffz(word)		((unsigned int)__builtin_ctzl(~(word)))
#define hweight_long(word)	((unsigned int)__builtin_popcountl(word))

static inline unsigned long *bitmap_zalloc(unsigned int bits, gfp_t gfp)
{
	return kcalloc(DIV_ROUND_UP((size_t)bits, BITS_PER_LONG),
		       sizeof(long), gfp);
}

static inline void bitmap_free(const unsigned long *map)
{
	kfree(map);
}

/* References */

typedef struct {
	unsigned int count;
} refcount_t;

static inline void refcount_set(refcount_t *r, unsigned int n)
{
	__atomic_store_n(&r->count, n, __ATOMIC_SEQ_CST);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return __atomic_load_n(&r->count, __ATOMIC_SEQ_CST);
}

static inline void refcount_inc(refcount_t *r)
{
	host_bug(!__atomic_fetch_add(&r->count, 1, __ATOMIC_SEQ_CST));
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	unsigned int old = refcount_read(r);

	while (old && !__atomic_compare_exchange_n(&r->count, &old, old + 1,
						   false, __ATOMIC_SEQ_CST,
						   __ATOMIC_SEQ_CST))
		;
	return old;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	unsigned int old = __atomic_fetch_sub(&r->count, 1, __ATOMIC_SEQ_CST);

	host_bug(!old);
	return old == 1;
}

/* Says whether it did: the last one stays */
static inline bool refcount_dec_not_one(refcount_t *r)
{
	unsigned int old = refcount_read(r);

	host_bug(!old);
	while (old != 1 && !__atomic_compare_exchange_n(&r->count, &old, old - 1,
							false, __ATOMIC_SEQ_CST,
							__ATOMIC_SEQ_CST))
		;
	return old != 1;
}

static inline void refcount_dec(refcount_t *r)
{
	host_bug(refcount_dec_and_test(r));
}

struct kref {
	refcount_t refcount;
};

static inline void kref_init(struct kref *kref)
{
	refcount_set(&kref->refcount, 1);
}

static inline void kref_get(struct kref *kref)
{
	refcount_inc(&kref->refcount);
}

static inline int kref_put(struct kref *kref, void (*release)(struct kref *))
{
	if (!refcount_dec_and_test(&kref->refcount))
		return 0;
	release(kref);
	return 1;
}

typedef struct {
	int counter;
} atomic_t;

#define atomic_read(a)		READ_ONCE((a)->counter)
#define atomic_set(a, n)	WRITE_ONCE((a)->counter, (n))

/* Returns what it was, which is @old if it is @new now */
static inline int atomic_cmpxchg(atomic_t *a, int old, int new)
{
	__atomic_compare_exchange_n(&a->counter, &old, new, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}

#ifdef HOST_THREADS
#include "threads.h"
#else

/* Locks */

struct mutex {
	bool held;
};

typedef struct mutex spinlock_t;

#define lockdep_assert_held(l)	host_bug(!(l)->held)

static inline void host_lock(struct mutex *lock)
{
	host_bug(lock->held);
	lock->held = true;
}

static inline void host_unlock(struct mutex *lock)
{
	host_bug(!lock->held);
	lock->held = false;
}

#define mutex_init(l)			((l)->held = false)
#define mutex_destroy(l)		host_bug((l)->held)
#define mutex_lock(l)			host_lock(l)
#define mutex_unlock(l)			host_unlock(l)
#define spin_lock_init(l)		((l)->held = false)
#define spin_lock(l)			host_lock(l)
#define spin_unlock(l)			host_unlock(l)
#define spin_lock_irq(l)		host_lock(l)
#define spin_unlock_irq(l)		host_unlock(l)
#define spin_lock_irqsave(l, f)		do { (f) = 0; host_lock(l); } while (0)
#define spin_unlock_irqrestore(l, f)	do { (void)(f); host_unlock(l); } while (0)

/* Tasks, and what is done later: here it is not */

#define TASK_COMM_LEN	16
#define PF_EXITING	0x4

struct task_struct {
	unsigned int flags;
	pid_t pid;
	pid_t tgid;
	char comm[TASK_COMM_LEN];
};

extern struct task_struct host_task;
#define current		(&host_task)

#define fatal_signal_pending(t)		false
#define signal_pending(t)		false

typedef struct {
	struct list_head head;
} wait_queue_head_t;

#endif /* HOST_THREADS */

#define cond_resched()			do { } while (0)

struct hlist_node {
	struct hlist_node *next;
};

#define hlist_entry(ptr, type, member)	container_of(ptr, type, member)

struct completion {
	bool done;
};

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

struct workqueue_struct;

/* UUIDs */

#define UUID_SIZE	16

typedef struct {
	u8 b[UUID_SIZE];
} uuid_t;

static inline bool uuid_equal(const uuid_t *a, const uuid_t *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline void uuid_copy(uuid_t *to, const uuid_t *from)
{
	*to = *from;
}

static inline void export_uuid(u8 *to, const uuid_t *from)
{
	memcpy(to, from, sizeof(*from));
}

static inline void import_uuid(uuid_t *to, const u8 *from)
{
	memcpy(to, from, sizeof(*to));
}

static inline int uuid_parse(const char *text, uuid_t *uuid)
{
	int n;

	if (strlen(text) != 36)
		return -EINVAL;
	for (n = 0; n < UUID_SIZE; n++, text += 2) {
		text += *text == '-';
		if (sscanf(text, "%2hhx", &uuid->b[n]) != 1)
			return -EINVAL;
	}
	return 0;
}

#endif /* HOST_KERNEL_H */
