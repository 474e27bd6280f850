/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the driver sleeps while it serves OP-TEE: until told, and never in the
 * way of suspend.
 *
 * Whoever sets the flag wakes the sleeper under a lock that the sleeper takes
 * before it goes: the task and the flag outlive the wake-up.
 */
#ifndef OPTEE_SLEEP_H
#define OPTEE_SLEEP_H

#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#define OPTEE_SLEEP_FOREVER	KTIME_MAX

/*
 * In-kernel clients may hold locks of their own: hence UNSAFE. IDLE rather
 * than UNINTERRUPTIBLE: who waits for somebody else is no load, and the stall
 * report tells more than the hung task detector.
 */
#define OPTEE_SLEEP_FIRMLY	(TASK_IDLE | TASK_FREEZABLE_UNSAFE)
#define OPTEE_SLEEP_KILLABLE	(TASK_KILLABLE | TASK_FREEZABLE_UNSAFE)
#define OPTEE_SLEEP_LIGHTLY	(TASK_INTERRUPTIBLE | TASK_FREEZABLE_UNSAFE)

/**
 * optee_sleep() - sleep until told
 * @told: set by who wakes this task
 * @state: OPTEE_SLEEP_FIRMLY, _KILLABLE or _LIGHTLY
 * @until: monotonic time to sleep to at most, or OPTEE_SLEEP_FOREVER
 *
 * Being frozen and thawed does not end the sleep.
 *
 * Context: Task; sleeps.
 * Return: 0 if told, -ETIME at @until, -EINTR for a signal that @state lets
 *	   through.
 */
static inline int optee_sleep(const bool *told, unsigned int state,
			      ktime_t until)
{
	int rc = 0;

	for (;;) {
		set_current_state(state);
		/* Pairs with smp_store_release() in optee_wake() */
		if (smp_load_acquire(told))
			break;
		rc = signal_pending_state(state, current) ? -EINTR : 0;
		if (rc)
			break;
		if (until == OPTEE_SLEEP_FOREVER) {
			schedule();
			continue;
		}
		rc = schedule_hrtimeout(&until, HRTIMER_MODE_ABS) ? 0 : -ETIME;
		if (rc)
			break;
	}
	__set_current_state(TASK_RUNNING);
	return rc;
}

/**
 * optee_wake() - end the sleep of a task
 * @task: in optee_sleep(), or on its way there
 * @told: what it sleeps on
 *
 * Context: Any; under the lock that keeps @task from going.
 */
static inline void optee_wake(struct task_struct *task, bool *told)
{
	/* Pairs with smp_load_acquire() in optee_sleep() */
	smp_store_release(told, true);
	wake_up_process(task);
}

#endif /* OPTEE_SLEEP_H */
