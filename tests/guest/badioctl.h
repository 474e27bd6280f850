/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests share that call ioctls with arguments that are wrong. */
#ifndef GT_BADIOCTL_H
#define GT_BADIOCTL_H

#include "gt.h"

#define KERNEL_ADDRESS	((void *)0xffff800008000000ul)
#define PAGE		4096ul

/* Counts, and ends the test if @rc is no error */
void refused(int rc, const char *format, ...) PRINTF(2);
/* Ends the test, with the number of cases, if calls still go through */
void ok_cases(void);
/* 0 or -errno */
int raw_ioctl(int fd, unsigned long request, void *arg);
/* Four pages, all ones; the second is not mapped */
char *memory_with_hole(void);

#endif /* GT_BADIOCTL_H */
