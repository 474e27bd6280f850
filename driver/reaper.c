// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reaper makes the calls that clean up after somebody who cannot wait for
 * them.
 *
 * It never fails for lack of memory here: its message is made at probe, and the
 * entries are part of what they clean up. Nor for lack of memory in OP-TEE, if
 * that does not last: it tries again. Entries go in the order they came, each
 * in the class of whom it is for; one that was tried in vain goes last. While
 * any is pending the module cannot be unloaded. It is not freezable: it may
 * wait for a thread whose holder is frozen, and must not stop a suspend by
 * that. It does not wait for a tee-supplicant that is not there, nor long for
 * one that hangs: nobody could end that, and all that was left to it later
 * would wait as well.
 *
 * Locking: struct optee_reaper.lock, a leaf. The message belongs to the work,
 * of which there is one.
 */
#include <linux/minmax.h>
#include <linux/module.h>

#include "call.h"
#include "optee.h"
#include "reaper.h"

/* Between two rounds in vain, first and longest, in milliseconds */
#define PAUSE_MIN_MS	10
#define PAUSE_MAX_MS	1000

/* A call is tried so often: that takes a minute and a half */
#define MAX_TRIES	100

static void fill(struct optee *optee, const struct optee_reap *reap,
		 struct optee_msg *msg)
{
	bool memory = reap->cmd == OPTEE_MSG_CMD_UNREGISTER_SHM;

	optee_msg_reset(optee, msg, memory ? 1 : 0);
	msg->arg->cmd = reap->cmd;
	if (memory) {
		msg->arg->params[0].attr = OPTEE_MSG_RMEM_IN;
		msg->arg->params[0].u.rmem.shm_ref = reap->cookie;
	} else {
		msg->arg->session = reap->session;
	}
}

static int reap_one(struct optee *optee, struct optee_reap *reap)
{
	struct optee_msg *msg = optee->reaper.msg;
	u32 ret;
	int rc;

	fill(optee, reap, msg);
	rc = optee_call(optee, &reap->who, msg, CQ_FOREVER);
	if (rc)
		return rc;
	ret = READ_ONCE(msg->arg->ret);
	if (ret == TEEC_SUCCESS)
		return 0;
	dev_warn_ratelimited(optee->dev, "OP-TEE refused to clean up (command %d): %#x\n",
			     reap->cmd, ret);
	return -EIO;
}

static struct optee_reap *next_reap(struct optee_reaper *reaper)
{
	struct optee_reap *reap;

	spin_lock(&reaper->lock);
	reap = list_first_entry_or_null(&reaper->todo, struct optee_reap, node);
	if (reap)
		list_del_init(&reap->node);
	spin_unlock(&reaper->lock);
	return reap;
}

static void reaped(struct optee_reaper *reaper)
{
	spin_lock(&reaper->lock);
	if (!--reaper->pending)
		wake_up_all(&reaper->idle);
	spin_unlock(&reaper->lock);
	module_put(THIS_MODULE);
}

/*
 * OP-TEE maps a message that it was not told of before, which takes memory of
 * its own. Without that the message is at a bad address, it says.
 */
static bool may_come_right(const struct optee_reap *reap, int rc)
{
	return (rc == -EINVAL || rc == -ENOMEM) && reap->tries < MAX_TRIES;
}

/* Returns how many wait with it */
static unsigned int put_back(struct optee_reaper *reaper,
			     struct optee_reap *reap)
{
	unsigned int pending;

	spin_lock(&reaper->lock);
	list_add_tail(&reap->node, &reaper->todo);
	pending = reaper->pending;
	spin_unlock(&reaper->lock);
	return pending;
}

/* Until one more comes: its clean-up may be what makes room */
static void pause(struct optee_reaper *reaper, unsigned int pending,
		  unsigned int ms)
{
	wait_event_timeout(reaper->idle,
			   READ_ONCE(reaper->pending) != pending,
			   msecs_to_jiffies(ms));
}

static void reaper_work(struct work_struct *work)
{
	struct optee_reaper *reaper = container_of(work, struct optee_reaper,
						   work);
	unsigned int ms = PAUSE_MIN_MS, vain = 0, pending;
	struct optee_reap *reap;
	int rc;

	while ((reap = next_reap(reaper))) {
		rc = reap_one(reaper->optee, reap);
		reap->tries++;
		if (!may_come_right(reap, rc)) {
			reap->done(reap, rc);
			reaped(reaper);
			ms = PAUSE_MIN_MS;
			vain = 0;
			continue;
		}
		pending = put_back(reaper, reap);
		if (++vain < pending)
			continue;
		pause(reaper, pending, ms);
		ms = min_t(unsigned int, 2 * ms, PAUSE_MAX_MS);
		vain = 0;
	}
}

/**
 * optee_reap() - leave a clean-up call to the reaper
 * @optee: where
 * @reap: what to call, and what to do then; the caller's no more
 *
 * Context: Process; does not sleep.
 */
void optee_reap(struct optee *optee, struct optee_reap *reap)
{
	struct optee_reaper *reaper = &optee->reaper;

	__module_get(THIS_MODULE);
	reap->who.supp_brief = true;
	reap->tries = 0;
	spin_lock(&reaper->lock);
	list_add_tail(&reap->node, &reaper->todo);
	reaper->pending++;
	wake_up_all(&reaper->idle);
	spin_unlock(&reaper->lock);
	queue_work(reaper->wq, &reaper->work);
}

/**
 * optee_reaper_flush() - wait until nothing is left to the reaper
 * @optee: where
 * @timeout_ms: how long at most
 *
 * Context: Process; sleeps.
 * Return: whether nothing is left.
 */
bool optee_reaper_flush(struct optee *optee, unsigned int timeout_ms)
{
	struct optee_reaper *reaper = &optee->reaper;

	return wait_event_timeout(reaper->idle, !READ_ONCE(reaper->pending),
				  msecs_to_jiffies(timeout_ms));
}

/**
 * optee_reaper_init() - make the reaper
 * @optee: where; messages can be had
 *
 * Context: Process; sleeps.
 * Return: 0 or a negative errno.
 */
int optee_reaper_init(struct optee *optee)
{
	struct optee_reaper *reaper = &optee->reaper;

	reaper->msg = optee_msg_get_private(optee, 1);
	if (IS_ERR(reaper->msg))
		return PTR_ERR(reaper->msg);
	reaper->wq = alloc_ordered_workqueue("optee-reaper", WQ_MEM_RECLAIM);
	if (!reaper->wq) {
		optee_msg_put(optee, reaper->msg);
		return -ENOMEM;
	}
	reaper->optee = optee;
	spin_lock_init(&reaper->lock);
	INIT_LIST_HEAD(&reaper->todo);
	INIT_WORK(&reaper->work, reaper_work);
	init_waitqueue_head(&reaper->idle);
	return 0;
}

/**
 * optee_reaper_exit() - take the reaper down
 * @optee: where; nobody leaves it anything any more
 *
 * What waits for a thread must have been flushed, or the queue closed: then it
 * ends at once, or at the end of a pause. So does a call that waits in an RPC,
 * once tee-supplicant and notifications are no more.
 *
 * Context: Process; sleeps.
 */
void optee_reaper_exit(struct optee *optee)
{
	destroy_workqueue(optee->reaper.wq);
	optee_msg_put(optee, optee->reaper.msg);
}
