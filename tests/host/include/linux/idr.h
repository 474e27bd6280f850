/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers for pointers: an xarray that is used less carefully. */
#ifndef HOST_LINUX_IDR_H
#define HOST_LINUX_IDR_H

#include <linux/xarray.h>

struct idr {
	struct xarray xa;
	u32 next;
};

void idr_init(struct idr *idr);
void idr_destroy(struct idr *idr);
int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
void *idr_find(const struct idr *idr, unsigned long id);
void *idr_remove(struct idr *idr, unsigned long id);

/* From 1: 0 is no entry's, and what is removed may be the current one */
#define idr_for_each_entry(idr, entry, id)				\
	for (unsigned long idr_at = 1;					\
	     ((entry) = host_xa_from(&(idr)->xa, &idr_at)) &&		\
	     ((id) = idr_at, true);					\
	     idr_at++)

#endif /* HOST_LINUX_IDR_H */
