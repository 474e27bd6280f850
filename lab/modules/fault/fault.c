// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lab-only module that goes wrong when it is loaded, in the way the
 * parameter "kind" names: so lab/selftest sees that lab/vm notices.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *kind = "none";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "none, warn, bug, oops, hang or stall");

/* Longer than the guest's hung_task_timeout_secs, twice over. */
static void hang(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(65 * HZ);
}

/* Longer than CONFIG_RCU_CPU_STALL_TIMEOUT. */
static void stall(void)
{
	unsigned long end = jiffies + 30 * HZ;

	rcu_read_lock();
	while (time_before(jiffies, end))
		cpu_relax();
	rcu_read_unlock();
}

static void oops(void)
{
	int *volatile nowhere = NULL;

	*nowhere = 1;
}

static int __init fault_init(void)
{
	if (!strcmp(kind, "warn"))
		WARN_ON(1);
	else if (!strcmp(kind, "bug"))
		BUG();
	else if (!strcmp(kind, "oops"))
		oops();
	else if (!strcmp(kind, "hang"))
		hang();
	else if (!strcmp(kind, "stall"))
		stall();
	else if (strcmp(kind, "none"))
		return -EINVAL;
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_DESCRIPTION("goes wrong on demand");
MODULE_LICENSE("GPL");
