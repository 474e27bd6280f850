/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_CRASH_DUMP_H
#define HOST_LINUX_CRASH_DUMP_H

#include "../kernel.h"

bool is_kdump_kernel(void);

#endif /* HOST_LINUX_CRASH_DUMP_H */
