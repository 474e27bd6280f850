// SPDX-License-Identifier: GPL-2.0-only
/*
 * A lab-only module that goes wrong when it is loaded, in the way the
 * parameter "kind" names: so lab/selftest sees that lab/vm notices.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *kind = "none";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "none, warn, bug, oops, hang, stall; and for a kernel that looks: freed, inversion, atomic, leak or race");

static void warn(void)
{
	WARN_ON(1);
}

static void bug(void)
{
	BUG();
}

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

/* KASAN's */
static void use_freed(void)
{
	int *volatile memory = kzalloc(sizeof(*memory), GFP_KERNEL);

	kfree(memory);
	if (memory)
		*memory = 1;
}

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);

/* Lockdep's: one task alone never deadlocks by this */
static void invert_locks(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static DEFINE_SPINLOCK(lock);

/* A lock on the stack, or usleep_range(), would be told by another name */
static void sleep_in_atomic(void)
{
	spin_lock(&lock);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	spin_unlock(&lock);
}

/* Kmemleak's, at the end of the run */
static void leak(void)
{
	unsigned int n;
	void *memory;

	for (n = 0; n < 10; n++) {
		memory = kmalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(memory);
	}
}

static int counter;

static int count(void *arg)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		counter++;
		cond_resched();
	}
	return 0;
}

/* KCSAN's */
static void race(void)
{
	struct task_struct *other = kthread_run(count, NULL, "fault");

	if (IS_ERR(other))
		return;
	get_task_struct(other);
	count(NULL);
	kthread_stop(other);
	put_task_struct(other);
}

static const struct {
	const char *kind;
	void (*go)(void);
} kinds[] = {
	{ "warn", warn }, { "bug", bug }, { "oops", oops },
	{ "hang", hang }, { "stall", stall },
	{ "freed", use_freed }, { "inversion", invert_locks },
	{ "atomic", sleep_in_atomic }, { "leak", leak }, { "race", race },
};

static int __init fault_init(void)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(kinds); n++) {
		if (!strcmp(kind, kinds[n].kind)) {
			kinds[n].go();
			return 0;
		}
	}
	return strcmp(kind, "none") ? -EINVAL : 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_DESCRIPTION("goes wrong on demand");
MODULE_LICENSE("GPL");
