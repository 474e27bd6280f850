/* SPDX-License-Identifier: GPL-2.0-only */
/* One of a thing for each CPU, in a row. */
#ifndef HOST_LINUX_PERCPU_H
#define HOST_LINUX_PERCPU_H

#include <linux/cpuhotplug.h>

#define alloc_percpu(type) \
	((type *)host_zalloc_array(HOST_CPUS, sizeof(type)))
#define free_percpu(p)		free(p)
#define per_cpu_ptr(p, cpu)	((p) + (cpu))

#endif /* HOST_LINUX_PERCPU_H */
