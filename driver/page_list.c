// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page lists: how OP-TEE is told which pages some memory is made of.
 *
 * OP-TEE counts in pages of OPTEE_MSG_PAGE_SIZE. Where the kernel's own are
 * larger, each is several entries, and a list starts with the entry that the
 * memory starts in: an offset is always less than OPTEE_MSG_PAGE_SIZE.
 *
 * No locking: a list belongs to who made it.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "shm.h"

static u64 entry(struct page **pages, size_t n)
{
	size_t at = n * OPTEE_MSG_PAGE_SIZE;

	return page_to_phys(pages[at >> PAGE_SHIFT]) + offset_in_page(at);
}

static void fill(struct optee_msg_page_list *lists, struct page **pages,
		 size_t first, size_t num)
{
	u64 pa = virt_to_phys(lists);
	size_t n;

	for (n = 0; n < num; n++) {
		size_t l = n / OPTEE_MSG_PAGES_A_LIST;
		size_t i = n % OPTEE_MSG_PAGES_A_LIST;

		if (l && !i)
			lists[l - 1].next = pa + l * sizeof(*lists);
		lists[l].pages[i] = entry(pages, first + n);
	}
}

/**
 * optee_page_list_new() - list the pages of some memory for OP-TEE
 * @pages: the pages
 * @num_pages: entries in @pages
 * @offset: bytes from the start of the first page to the memory
 * @bytes: of memory
 * @size: bytes the list takes; for optee_page_list_free()
 * @buf_ptr: what to put into struct optee_msg_tmem.buf_ptr
 *
 * Context: Process context; may sleep.
 * Return: the list, -EINVAL if the memory is not in @pages, -ENOMEM.
 */
void *optee_page_list_new(struct page **pages, size_t num_pages,
			  size_t offset, size_t bytes, size_t *size,
			  u64 *buf_ptr)
{
	struct optee_msg_page_list *lists;
	size_t first, num, end, room;

	if (!bytes || check_add_overflow(offset, bytes, &end) ||
	    check_mul_overflow(num_pages, (size_t)PAGE_SIZE, &room) ||
	    end > room)
		return ERR_PTR(-EINVAL);

	first = offset / OPTEE_MSG_PAGE_SIZE;
	num = (end - 1) / OPTEE_MSG_PAGE_SIZE - first + 1;
	*size = DIV_ROUND_UP(num, OPTEE_MSG_PAGES_A_LIST) * sizeof(*lists);
	/* Who asks decides how much that is: no warning when it is too much */
	lists = alloc_pages_exact(*size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!lists)
		return ERR_PTR(-ENOMEM);

	fill(lists, pages, first, num);
	*buf_ptr = virt_to_phys(lists) + offset % OPTEE_MSG_PAGE_SIZE;
	return lists;
}

/**
 * optee_page_list_free() - free a page list
 * @list: of optee_page_list_new(), or NULL
 * @size: bytes, from there
 *
 * OP-TEE has read the list, or never will.
 *
 * Context: Any but hard interrupt.
 */
void optee_page_list_free(void *list, size_t size)
{
	if (list)
		free_pages_exact(list, size);
}
