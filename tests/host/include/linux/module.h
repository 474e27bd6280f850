/* SPDX-License-Identifier: GPL-2.0-only */
/* A module of one: its parameters keep their defaults. */
#ifndef HOST_LINUX_MODULE_H
#define HOST_LINUX_MODULE_H

#include "../kernel.h"

#define module_param_array_named(name, array, type, num, mode)	struct device
#define module_param(name, type, mode)				struct device
#define MODULE_PARM_DESC(name, text)				struct device
#define MODULE_DEVICE_TABLE(type, name)				struct device
#define MODULE_AUTHOR(text)					struct device
#define MODULE_DESCRIPTION(text)				struct device
#define MODULE_LICENSE(text)					struct device
#define MODULE_VERSION(text)					struct device

#define __init
#define __exit
/* Called by nobody */
#define module_init(fn)		int (*const host_module_init)(void) = (fn)
#define module_exit(fn)		void (*const host_module_exit)(void) = (fn)

#define THIS_MODULE		NULL
#define __module_get(module)	((void)(module))
#define module_put(module)	((void)(module))

#endif /* HOST_LINUX_MODULE_H */
