/* SPDX-License-Identifier: GPL-2.0-only */
/* The C library includes the system's header of this name: no more here */
#include_next <linux/errno.h>
