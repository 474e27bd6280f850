/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the call queue stands on, for the kernel: a lock, an event to sleep
 * on, time, memory and assertions.
 *
 * User space has a header of its own under the same include guard, included
 * before anything else: tests/host/cq_prim.h.
 */
#ifndef OPTEE_CQ_PRIM_H
#define OPTEE_CQ_PRIM_H

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define cq_lock_t		spinlock_t

#define cq_lock_init(l)		spin_lock_init(l)
#define cq_lock(l)		spin_lock(l)
#define cq_unlock(l)		spin_unlock(l)
#define cq_assert_locked(l)	lockdep_assert_held(l)
#define cq_assert(cond)		WARN_ON_ONCE(!(cond))

/* Nanoseconds of the monotonic clock */
#define cq_time_t		s64

#define CQ_MS			((cq_time_t)NSEC_PER_MSEC)
#define CQ_FOREVER		((cq_time_t)KTIME_MAX)

static inline cq_time_t cq_now(void)
{
	return ktime_get_ns();
}

/**
 * struct cq_event - what one task sleeps on
 * @task: who sleeps
 * @set: the event happened
 */
struct cq_event {
	struct task_struct *task;
	bool set;
};

static inline void cq_event_init(struct cq_event *ev)
{
	ev->task = current;
	ev->set = false;
}

/* Under the queue's lock: the event lives as long as the sleeper waits for it */
static inline void cq_event_set(struct cq_event *ev)
{
	/* Pairs with smp_load_acquire() in cq_event_wait() */
	smp_store_release(&ev->set, true);
	wake_up_process(ev->task);
}

/**
 * cq_event_wait() - sleep until the event is set, and reset it
 * @ev: of the calling task
 * @until: cq_now() time to sleep to at most, or CQ_FOREVER
 *
 * Killable and freezable. The caller looks at the queue again in any case, so
 * the reason why the sleep ended is not told, but for a fatal signal.
 *
 * Context: Task; may sleep.
 * Return: 0, or -EINTR on a fatal signal.
 */
static inline int cq_event_wait(struct cq_event *ev, cq_time_t until)
{
	/* In-kernel clients may hold locks of their own: hence UNSAFE */
	const unsigned int state = TASK_KILLABLE | TASK_FREEZABLE_UNSAFE;
	ktime_t expires = until;
	int rc = 0;

	for (;;) {
		set_current_state(state);
		/* First: who is dying is to say so, and hand on what it got */
		if (signal_pending_state(state, current)) {
			rc = -EINTR;
			break;
		}
		/* Pairs with smp_store_release() in cq_event_set() */
		if (smp_load_acquire(&ev->set))
			break;
		if (until == CQ_FOREVER)
			schedule();
		else if (!schedule_hrtimeout(&expires, HRTIMER_MODE_ABS))
			break;
	}
	__set_current_state(TASK_RUNNING);
	ev->set = false;
	return rc;
}

/* Its sleeper is being killed, and will say so */
static inline bool cq_event_killed(const struct cq_event *ev)
{
	return fatal_signal_pending(ev->task);
}

/*
 * The freezer has its sleeper: cq_event_set() did not wake it. It will see the
 * event when it is thawed.
 */
static inline bool cq_event_frozen(const struct cq_event *ev)
{
	return READ_ONCE(ev->task->__state) & TASK_FROZEN;
}

struct optee_cq_call;

/* A call waits from now on; under the queue's lock. call.c */
void optee_call_queued(struct optee_cq_call *call);
#define cq_queued(call)		optee_call_queued(call)

static inline void *cq_alloc(size_t n, size_t size)
{
	return kcalloc(n, size, GFP_KERNEL);
}

static inline void cq_free(void *p)
{
	kfree(p);
}

#endif /* OPTEE_CQ_PRIM_H */
