/* SPDX-License-Identifier: GPL-2.0-only */
/* CPU hotplug: no CPU comes or goes here. */
#ifndef HOST_LINUX_CPUHOTPLUG_H
#define HOST_LINUX_CPUHOTPLUG_H

enum cpuhp_state {
	CPUHP_AP_ONLINE_DYN,
};

#endif /* HOST_LINUX_CPUHOTPLUG_H */
