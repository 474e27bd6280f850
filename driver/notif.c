// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications.
 *
 * Promises:
 * - A notification is not lost: one that nobody waits for is kept, and a wait
 *   that times out as the notification is sent ends as if it had come in time.
 * - There is one waiter for a value.
 * - A wait without a time-out ends when the notification is sent or the driver
 *   goes, and for nothing else. OP-TEE's own mutexes wait here: it would look
 *   at the mutex and ask again at once, so that giving up on a signal would
 *   make a secure thread spin, not free it.
 * - No wait is in the way of suspend: the sleep is freezable, and goes on
 *   after it.
 *
 * Locking: struct optee_notif.lock, a leaf; sending is done in hard
 * interrupts. A waiter is on its task's stack; the task takes the lock before
 * it leaves, so whoever finds a waiter under the lock may wake it.
 */
#include <linux/bitmap.h>
#include <linux/minmax.h>

#include "optee.h"
#include "sleep.h"

/**
 * struct optee_notif_waiter - a call that waits for a notification
 * @node: in struct optee_notif.waiters until told; struct optee_notif.lock
 * @value: which
 * @task: who sleeps
 * @told: it was sent, or the driver goes
 * @rc: which of them: 0, -ESHUTDOWN; struct optee_notif.lock
 */
struct optee_notif_waiter {
	struct list_head node;
	u32 value;
	struct task_struct *task;
	bool told;
	int rc;
};

/**
 * optee_notif_init() - make notifications ready
 * @optee: where
 * @max: highest value, as the secure world says
 *
 * Context: Probe, before any call and before the interrupt is on; @optee is
 *	    zeroed.
 * Return: 0, -EINVAL for a value that no OP-TEE has, -ENOMEM.
 */
int optee_notif_init(struct optee *optee, u32 max)
{
	struct optee_notif *notif = &optee->notif;

	spin_lock_init(&notif->lock);
	INIT_LIST_HEAD(&notif->waiters);
	notif->max = max;
	if (max > OPTEE_NOTIF_LIMIT)
		return -EINVAL;
	/* Both ends count: 0 and max are values */
	notif->sent = bitmap_zalloc(max + 1, GFP_KERNEL);
	return notif->sent ? 0 : -ENOMEM;
}

static struct optee_notif_waiter *find_waiter(struct optee_notif *notif,
					      u32 value)
{
	struct optee_notif_waiter *w;

	lockdep_assert_held(&notif->lock);
	list_for_each_entry(w, &notif->waiters, node)
		if (w->value == value)
			return w;
	return NULL;
}

static void tell(struct optee_notif *notif, struct optee_notif_waiter *w,
		 int rc)
{
	lockdep_assert_held(&notif->lock);
	list_del_init(&w->node);
	w->rc = rc;
	optee_wake(w->task, &w->told);
}

/**
 * optee_notif_exit() - end every wait; there are no more
 * @optee: where
 *
 * Waits and sends that come later are refused.
 *
 * Context: Process context; the interrupt is off, or may still be on. After
 *	    optee_notif_init(), even if that failed.
 */
void optee_notif_exit(struct optee *optee)
{
	struct optee_notif *notif = &optee->notif;
	struct optee_notif_waiter *w, *next;
	unsigned long *sent;
	unsigned long flags;

	spin_lock_irqsave(&notif->lock, flags);
	notif->closed = true;
	sent = notif->sent;
	notif->sent = NULL;
	list_for_each_entry_safe(w, next, &notif->waiters, node)
		tell(notif, w, -ESHUTDOWN);
	spin_unlock_irqrestore(&notif->lock, flags);
	bitmap_free(sent);
}

/* -EINPROGRESS when @w is on the list and has to sleep */
static int begin(struct optee_notif *notif, struct optee_notif_waiter *w)
{
	lockdep_assert_held(&notif->lock);
	if (notif->closed)
		return -ESHUTDOWN;
	if (find_waiter(notif, w->value))
		return -EBUSY;
	if (__test_and_clear_bit(w->value, notif->sent))
		return 0;
	list_add_tail(&w->node, &notif->waiters);
	return -EINPROGRESS;
}

/* What was told counts, though the time may be over as well */
static int end(struct optee_notif *notif, struct optee_notif_waiter *w)
{
	lockdep_assert_held(&notif->lock);
	if (list_empty(&w->node))
		return w->rc;
	list_del_init(&w->node);
	return -ETIMEDOUT;
}

static ktime_t deadline(u64 timeout_ms)
{
	if (!timeout_ms)
		return OPTEE_SLEEP_FOREVER;
	/* The message has 64 bits for it, OP-TEE uses 32 */
	return ktime_add_ms(ktime_get(), min_t(u64, timeout_ms, U32_MAX));
}

/**
 * optee_notif_wait() - wait for a notification
 * @optee: where
 * @value: which; from the secure world, checked here
 * @timeout_ms: milliseconds to wait at most, or 0 for as long as it takes
 *
 * Context: Task; sleeps, freezable, deaf to signals.
 * Return: 0 when it was sent, maybe before the call; -ETIMEDOUT; -EBUSY if
 *	   another call waits for it; -EINVAL if there is no such value;
 *	   -ESHUTDOWN after optee_notif_exit().
 */
int optee_notif_wait(struct optee *optee, u64 value, u64 timeout_ms)
{
	struct optee_notif *notif = &optee->notif;
	struct optee_notif_waiter w = { .value = value, .task = current };
	unsigned long flags;
	int rc;

	if (value > notif->max)
		return -EINVAL;
	INIT_LIST_HEAD(&w.node);

	spin_lock_irqsave(&notif->lock, flags);
	rc = begin(notif, &w);
	spin_unlock_irqrestore(&notif->lock, flags);
	if (rc != -EINPROGRESS)
		return rc;

	optee_sleep(&w.told, OPTEE_SLEEP_FIRMLY, deadline(timeout_ms));

	spin_lock_irqsave(&notif->lock, flags);
	rc = end(notif, &w);
	spin_unlock_irqrestore(&notif->lock, flags);
	return rc;
}

/**
 * optee_notif_send() - send a notification
 * @optee: where
 * @value: which; from the secure world, checked here
 *
 * Context: Any, hard interrupts too.
 * Return: 0, -EINVAL if there is no such value, -ESHUTDOWN after
 *	   optee_notif_exit().
 */
int optee_notif_send(struct optee *optee, u64 value)
{
	struct optee_notif *notif = &optee->notif;
	struct optee_notif_waiter *w;
	unsigned long flags;
	int rc = 0;

	if (value > notif->max)
		return -EINVAL;

	spin_lock_irqsave(&notif->lock, flags);
	w = find_waiter(notif, value);
	if (notif->closed)
		rc = -ESHUTDOWN;
	else if (w)
		tell(notif, w, 0);
	else
		__set_bit(value, notif->sent);
	spin_unlock_irqrestore(&notif->lock, flags);
	return rc;
}
