/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages: physical addresses are those of user space, and every page has one
 * struct page that is made when it is asked for.
 */
#ifndef HOST_LINUX_MM_H
#define HOST_LINUX_MM_H

#include "../kernel.h"

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

/* What a process has mapped is the test's to say */
struct mm_struct;

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_page_prot;
};

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
#define mmap_read_lock(mm)	((void)(mm))
#define mmap_read_unlock(mm)	((void)(mm))
#define mmap_assert_locked(mm)	((void)(mm))

/* Lives as long as who made it, as a part of the memory it describes */
struct page {
	phys_addr_t pa;
	refcount_t refs;
};

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return page->pa;
}

static inline phys_addr_t virt_to_phys(const void *p)
{
	return (uintptr_t)p;
}

static inline void get_page(struct page *page)
{
	refcount_inc(&page->refs);
}

static inline void put_page(struct page *page)
{
	host_bug(refcount_dec_and_test(&page->refs));
}

static inline void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	void *p;

	if (!size || size > HOST_ALLOC_MAX)
		return NULL;
	p = aligned_alloc(PAGE_SIZE, PAGE_ALIGN(size));
	if (p)
		memset(p, 0, PAGE_ALIGN(size));
	return p;
}

static inline void free_pages_exact(void *p, size_t size)
{
	free(p);
}

#endif /* HOST_LINUX_MM_H */
