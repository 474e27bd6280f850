/* SPDX-License-Identifier: GPL-2.0-only */
/* The TEE core of this folder is in one header, as it was up to 6.8. */
#ifndef HOST_LINUX_VERSION_H
#define HOST_LINUX_VERSION_H

#define KERNEL_VERSION(a, b, c)	(((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 1, 0)

#endif /* HOST_LINUX_VERSION_H */
