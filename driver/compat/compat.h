/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the kernels this driver builds for, and nothing
 * else. No other file looks at a kernel version or configuration; what a
 * kernel lacks altogether is a file that Kbuild replaces.
 */
#ifndef OPTEE_COMPAT_H
#define OPTEE_COMPAT_H

#include <linux/version.h>
#include <linux/tee_drv.h>

/* 6.9 moved what drivers need from tee_drv.h to a header of its own */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#include <linux/tee_core.h>
#endif

/* 6.8 lets an in-kernel client ask for a system session */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define OPTEE_COMPAT_SYSTEM_SESSION(fn)	.system_session = (fn),
#else
#define OPTEE_COMPAT_SYSTEM_SESSION(fn)
#endif

/* 6.11 lets a platform driver's remove() return nothing */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define OPTEE_COMPAT_REMOVE(fn)		.remove = (fn),
#else
#define OPTEE_COMPAT_REMOVE(fn)		.remove_new = (fn),
#endif

/* 6.12 lets a driver have attributes of its own on its TEE devices */
static inline void
optee_compat_set_dev_groups(struct tee_device *teedev,
			    const struct attribute_group **groups)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	tee_device_set_dev_groups(teedev, groups);
#endif
}

#endif /* OPTEE_COMPAT_H */
