/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's names for integers, for code compiled in user space. C library
 * first: it has ideas of its own about some of these names.
 */
#ifndef HOST_LINUX_TYPES_H
#define HOST_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include_next <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

/* For sparse only */
#ifndef __must_hold
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)
#endif

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

#endif /* HOST_LINUX_TYPES_H */
