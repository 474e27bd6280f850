/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An array that grows at its end, under the names of the kernel's xarray:
 * entries by number, and the next free number.
 */
#ifndef HOST_LINUX_XARRAY_H
#define HOST_LINUX_XARRAY_H

#include "../kernel.h"

/**
 * struct xarray - entries by number
 * @xa_lock: held while it changes
 * @entry: entries, or NULL
 * @size: of @entry
 */
struct xarray {
	spinlock_t xa_lock;
	void **entry;
	unsigned long size;
};

struct xa_limit {
	u32 max;
	u32 min;
};

#define XA_LIMIT(lo, hi)	((struct xa_limit) { .min = (lo), .max = (hi) })
#define XA_FLAGS_ALLOC1		0

#define xa_lock(xa)		spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)		spin_unlock(&(xa)->xa_lock)

void xa_init_flags(struct xarray *xa, unsigned int flags);
void xa_destroy(struct xarray *xa);
bool xa_empty(const struct xarray *xa);
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp);
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_load(const struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);
void *xa_erase(struct xarray *xa, unsigned long index);
void *host_xa_from(const struct xarray *xa, unsigned long *index);

#define xa_for_each_start(xa, index, entry, start)			\
	for ((index) = (start), (entry) = host_xa_from(xa, &(index));	\
	     (entry); (index)++, (entry) = host_xa_from(xa, &(index)))

#define xa_for_each(xa, index, entry)	xa_for_each_start(xa, index, entry, 0)

#endif /* HOST_LINUX_XARRAY_H */
