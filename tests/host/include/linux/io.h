/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_IO_H
#define HOST_LINUX_IO_H

#include "../kernel.h"

void memunmap(void *va);

#endif /* HOST_LINUX_IO_H */
