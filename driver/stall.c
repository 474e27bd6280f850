// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stall report: when somebody waits too long for a secure thread, the log
 * says who, and who holds the threads.
 *
 * A stall is told once: after a report there is none until all those that
 * waited too long then have gone on.
 *
 * Locking: the waiters are looked at under the queue's lock; struct
 * optee_stall.reported is the work's own.
 */

#include <linux/ktime.h>
#include <linux/math64.h>

#include "call.h"
#include "optee.h"

/**
 * struct longest_wait - what the work found
 * @first: number of the first waiter to have asked, 0: nobody waits
 * @last: number of the last that has waited too long
 * @since: when the first asked
 * @pid: of the first
 * @comm: its name
 */
struct longest_wait {
	u64 first;
	u64 last;
	cq_time_t since;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/* A waiter that was refused waits anew, so the list is not in order of seq */
static void look(struct optee_cq *cq, cq_time_t before,
		 struct longest_wait *found)
{
	struct optee_cq_call *waiter;
	struct optee_call *call;

	cq_lock(&cq->lock);
	list_for_each_entry(waiter, &cq->waiters, wait_node) {
		if (waiter->since <= before && waiter->seq > found->last)
			found->last = waiter->seq;
		if (found->first && waiter->seq >= found->first)
			continue;
		call = container_of(waiter, struct optee_call, cq);
		found->first = waiter->seq;
		found->since = waiter->since;
		found->pid = call->pid;
		strscpy(found->comm, call->comm, sizeof(found->comm));
	}
	cq_unlock(&cq->lock);
}

static void report(struct optee *optee, const struct longest_wait *found,
		   cq_time_t now)
{
	dev_warn(optee->dev,
		 "call %llu of %s (pid %d) has waited %llu ms for a secure thread\n",
		 found->first, found->comm, found->pid,
		 div_u64(now - found->since, NSEC_PER_MSEC));
	optee_table_holders(optee, NULL);
}

static void stall_work(struct work_struct *work)
{
	struct optee *optee = container_of(to_delayed_work(work), struct optee,
					   stall.work);
	cq_time_t ms = READ_ONCE(optee->stall.ms), now = cq_now();
	struct longest_wait found = { };
	cq_time_t due;

	if (!ms)
		return;
	look(&optee->cq, now - ms * CQ_MS, &found);
	if (!found.first)
		return;
	due = found.since + ms * CQ_MS;
	if (now >= due && found.first > optee->stall.reported) {
		report(optee, &found, now);
		optee->stall.reported = found.last;
	}
	if (now >= due)
		due = now + ms * CQ_MS;
	queue_delayed_work(system_unbound_wq, &optee->stall.work,
			   nsecs_to_jiffies(due - now) + 1);
}

/**
 * optee_stall_watch() - somebody is about to wait
 * @optee: where
 *
 * Context: Any.
 */
void optee_stall_watch(struct optee *optee)
{
	unsigned int ms = READ_ONCE(optee->stall.ms);

	if (ms)
		queue_delayed_work(system_unbound_wq, &optee->stall.work,
				   msecs_to_jiffies(ms) + 1);
}

/**
 * optee_stall_set_ms() - change from when on a wait is a stall
 * @optee: where
 * @ms: milliseconds, 0: never
 *
 * Context: Any.
 */
void optee_stall_set_ms(struct optee *optee, unsigned int ms)
{
	WRITE_ONCE(optee->stall.ms, ms);
	mod_delayed_work(system_unbound_wq, &optee->stall.work, 0);
}

/**
 * optee_stall_init() - watch over the waiters from now on
 * @optee: where
 * @ms: from when on a wait is a stall, in milliseconds, 0: never
 *
 * Context: Any.
 */
void optee_stall_init(struct optee *optee, unsigned int ms)
{
	INIT_DELAYED_WORK(&optee->stall.work, stall_work);
	optee->stall.ms = ms;
}

/**
 * optee_stall_exit() - watch no longer
 * @optee: where; nobody will wait any more
 *
 * Context: Process; sleeps.
 */
void optee_stall_exit(struct optee *optee)
{
	cancel_delayed_work_sync(&optee->stall.work);
}
