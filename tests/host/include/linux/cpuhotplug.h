/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs, as tests/host/interrupts.c has them: some are online, and one of
 * those is where the code under test runs.
 */
#ifndef HOST_LINUX_CPUHOTPLUG_H
#define HOST_LINUX_CPUHOTPLUG_H

#include "../kernel.h"

enum cpuhp_state {
	CPUHP_AP_ONLINE_DYN,
};

#define HOST_CPUS	4

#define num_possible_cpus()	HOST_CPUS
#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < HOST_CPUS; (cpu)++)

int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    int (*up)(unsigned int cpu,
				      struct hlist_node *node),
			    int (*down)(unsigned int cpu,
					struct hlist_node *node));
void cpuhp_remove_multi_state(enum cpuhp_state state);
int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node);
int cpuhp_state_remove_instance(enum cpuhp_state state,
				struct hlist_node *node);

/* For tests: a CPU comes or goes; all but the last are there at first */
void host_cpu_up(unsigned int cpu);
void host_cpu_down(unsigned int cpu);

#endif /* HOST_LINUX_CPUHOTPLUG_H */
