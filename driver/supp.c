// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to tee-supplicant: OP-TEE's side.
 *
 * Promises:
 * - A caller gets an answer, or TEEC_ERROR_COMMUNICATION when there will be
 *   none: the supplicant closed its device or died. A request that nobody has
 *   fetched does not wait for the next supplicant either, nor does anything
 *   that a call asks once a supplicant that is gone has served it: what it
 *   names, file descriptors and memory, was the last one's.
 * - Without a supplicant, in-kernel clients are refused at once; processes
 *   wait for one, as at boot.
 * - A fatal signal ends a caller's wait. Nobody touches its call afterwards;
 *   the memory of a request that was fetched stays until it is answered.
 * - A caller that no signal reaches, a process that exits or the reaper, is
 *   refused as in-kernel clients are, and its wait for a supplicant that hangs
 *   ends by itself. The next such caller does not wait for that supplicant at
 *   all, until it was heard of: it does not matter how many sessions a process
 *   leaves open. A supplicant that answers is asked as by anybody.
 * - What a supplicant allocated for a caller that is gone is freed.
 * - The supplicant is shown its own memory only.
 *
 * Death of the supplicant: the TEE core tells of a closed file only when the
 * last memory made with it is gone, and OP-TEE has such memory while it waits
 * here. So waiters look for themselves, every second, whether the process
 * that receives the requests still lives. One that is being killed answers
 * nothing any more, but may not be gone: a thread of it is in OP-TEE, with a
 * nested call, and that may wait there for the very call that waits here. So
 * from then on what was asked is over; its place is free when it is gone.
 *
 * Locking: struct optee_supp.lock for all that is said of a supplicant and of
 * requests. Taken before tee_device.mutex. Memory is let go of without it.
 */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "call.h"
#include "optee.h"
#include "sleep.h"
#include "supp_request.h"

#define LOOK_MS		1000

/*
 * Who cannot be killed looks so often, and then does without an answer. That is
 * longer than storage takes for what it does now and then, and not so long that
 * a person, or init, takes the process for one that hangs. Looks, not time: of
 * a freeze only one is lost.
 */
#define BRIEF_LOOKS	5

/**
 * optee_supp_init() - ready for requests, and for a supplicant
 * @supp: zeroed
 *
 * Context: Probe, before any call.
 */
void optee_supp_init(struct optee_supp *supp)
{
	mutex_init(&supp->lock);
	INIT_LIST_HEAD(&supp->queued);
	INIT_LIST_HEAD(&supp->shown);
	idr_init(&supp->fetched);
	init_waitqueue_head(&supp->arrived);
}

/**
 * optee_supp_exit() - end every request; there are no more
 * @supp: what
 *
 * Callers that wait are told, and leave on their own.
 *
 * Context: Process context; may sleep.
 */
void optee_supp_exit(struct optee_supp *supp)
{
	LIST_HEAD(gone);

	mutex_lock(&supp->lock);
	supp->closed = true;
	optee_supp_detach(supp, &gone);
	idr_destroy(&supp->fetched);
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
}

/* Who fetched a request may still be reading it: supp->shown stays */
static void end_requests(struct optee_supp *supp, struct list_head *gone)
{
	struct optee_supp_request *req;
	int id;

	lockdep_assert_held(&supp->lock);
	supp->sync_id = 0;
	idr_for_each_entry(&supp->fetched, req, id) {
		idr_remove(&supp->fetched, id);
		optee_supp_request_end(req, TEEC_ERROR_COMMUNICATION);
		optee_supp_request_drop(req, gone);
	}
	list_for_each_entry(req, &supp->queued, node)
		optee_supp_request_end(req, TEEC_ERROR_COMMUNICATION);
	/* The references of the list become those of @gone */
	list_splice_tail_init(&supp->queued, gone);
}

/**
 * optee_supp_detach() - there is no supplicant any more
 * @supp: where
 * @gone: for optee_supp_put_all()
 *
 * Context: Process context, struct optee_supp.lock held.
 */
void optee_supp_detach(struct optee_supp *supp, struct list_head *gone)
{
	lockdep_assert_held(&supp->lock);
	WRITE_ONCE(supp->ctx, NULL);
	put_pid(supp->process);
	supp->process = NULL;
	end_requests(supp, gone);
	list_splice_tail_init(&supp->shown, gone);
	wake_up_all(&supp->arrived);
}

/**
 * optee_supp_is_dead() - the supplicant's process is no more
 * @supp: where
 *
 * Not who opened the device: that may have been the parent of a daemon.
 *
 * Context: Process context, struct optee_supp.lock held.
 * Return: true if it received requests, and all its threads have exited.
 */
bool optee_supp_is_dead(struct optee_supp *supp)
{
	struct task_struct *task;
	bool dead;

	lockdep_assert_held(&supp->lock);
	if (!supp->process)
		return false;
	rcu_read_lock();
	task = pid_task(supp->process, PIDTYPE_TGID);
	dead = !task || !atomic_read(&task->signal->live);
	rcu_read_unlock();
	return dead;
}

/* No thread of it gets back to what it was doing */
static bool is_dying(struct optee_supp *supp)
{
	struct task_struct *task;
	bool dying;

	lockdep_assert_held(&supp->lock);
	if (!supp->process)
		return false;
	rcu_read_lock();
	task = pid_task(supp->process, PIDTYPE_TGID);
	dying = task && READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT;
	rcu_read_unlock();
	return dying;
}

static void look_for_life(struct optee_supp *supp)
{
	LIST_HEAD(gone);

	mutex_lock(&supp->lock);
	if (optee_supp_is_dead(supp))
		optee_supp_detach(supp, &gone);
	else if (is_dying(supp))
		end_requests(supp, &gone);
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
}

static u32 check_memory(struct optee_supp *supp,
			struct optee_supp_request *req)
{
	struct tee_shm *shm;
	size_t n;

	lockdep_assert_held(&supp->lock);
	for (n = 0; n < req->num; n++) {
		if (!tee_param_is_memref(&req->param[n]))
			continue;
		shm = req->param[n].u.memref.shm;
		if (shm && !supp->ctx)
			return TEEC_ERROR_COMMUNICATION;
		/* The id of other memory would mean nothing, or another's */
		if (shm && shm->ctx != supp->ctx)
			return TEEC_ERROR_BAD_PARAMETERS;
	}
	return TEEC_SUCCESS;
}

static void enqueue(struct optee_supp *supp, struct optee_supp_request *req)
{
	lockdep_assert_held(&supp->lock);
	if (req->call)
		optee_call_served_by(req->call, NULL);
	refcount_inc(&req->refs);
	list_add_tail(&req->node, &supp->queued);
	wake_up(&supp->arrived);
}

/* With @supp, or with the one that comes if it is not there */
static bool may_ask(struct optee_supp *supp, const struct optee_call *call)
{
	lockdep_assert_held(&supp->lock);
	if (supp->closed || is_dying(supp))
		return false;
	if (supp->silent && call->supp_brief)
		return false;
	if (!supp->ctx)
		return !call->supp && !call->supp_nowait;
	return !call->supp || call->supp == supp->number;
}

static u32 submit(struct optee_supp *supp, struct optee_supp_request *req)
{
	u32 ret = TEEC_ERROR_COMMUNICATION;

	mutex_lock(&supp->lock);
	if (may_ask(supp, req->call))
		ret = check_memory(supp, req);
	if (!ret)
		enqueue(supp, req);
	mutex_unlock(&supp->lock);
	return ret;
}

static void wait_for_answer(struct optee_supp *supp,
			    struct optee_supp_request *req, bool brief)
{
	unsigned int looks = 0;
	ktime_t until;
	int rc;

	do {
		until = ktime_add_ms(ktime_get(), LOOK_MS);
		rc = optee_sleep(&req->over, OPTEE_SLEEP_KILLABLE, until);
		if (rc == -ETIME)
			look_for_life(supp);
	} while (rc == -ETIME && !(brief && ++looks == BRIEF_LOOKS));
}

/* The caller is being killed, or gave up: an answer is no concern of its */
static void abandon(struct optee_supp *supp, struct optee_supp_request *req,
		    struct list_head *gone)
{
	lockdep_assert_held(&supp->lock);
	if (req->call->supp_brief) {
		WRITE_ONCE(supp->silent, true);
		wake_up(&supp->arrived);
	}
	req->call = NULL;
	if (req->id)
		return;
	list_del_init(&req->node);
	optee_supp_request_drop(req, gone);
}

/* @param, and @shm if not NULL: what the answer changes */
static u32 conclude(struct optee_call *call, struct optee_supp_request *req,
		    struct tee_param *param, struct tee_shm **shm)
{
	struct optee_supp *supp = &call->optee->supp;
	u32 ret = TEEC_ERROR_COMMUNICATION;
	LIST_HEAD(gone);
	size_t n;

	mutex_lock(&supp->lock);
	optee_call_served_by(call, task_pid(current));
	if (req->over) {
		ret = req->ret;
		for (n = 0; n < req->num; n++)
			optee_supp_param_copy(&param[n], &req->param[n]);
		if (shm)
			swap(*shm, req->memory);
	} else {
		abandon(supp, req, &gone);
	}
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
	return ret;
}

static u32 ask(struct optee_call *call, u32 func, size_t num,
	       struct tee_param *param, struct tee_shm **shm)
{
	struct optee_supp *supp = &call->optee->supp;
	struct optee_supp_request *req;
	u32 ret;

	if (num > OPTEE_RPC_MAX_PARAMS)
		return TEEC_ERROR_BAD_PARAMETERS;
	req = optee_supp_request_new(func, num, param);
	if (!req)
		return TEEC_ERROR_OUT_OF_MEMORY;
	req->call = call;
	req->task = current;

	look_for_life(supp);
	ret = submit(supp, req);
	if (!ret) {
		wait_for_answer(supp, req, call->supp_brief);
		ret = conclude(call, req, param, shm);
	}
	optee_supp_request_put(req);
	return ret;
}

/**
 * optee_supp_request() - have tee-supplicant do something
 * @call: whose RPC it is
 * @func: what, as OP-TEE and tee-supplicant know it
 * @num_params: entries in @param
 * @param: in the parameters, out what came of them
 *
 * Context: Process context; sleeps, killable and freezable.
 * Return: tee-supplicant's TEEC_* result, or TEEC_ERROR_COMMUNICATION without
 *	   one, or for a caller that is being killed or cannot be and waited
 *	   long enough, _BAD_PARAMETERS for memory that is not
 *	   tee-supplicant's, _OUT_OF_MEMORY.
 */
u32 optee_supp_request(struct optee_call *call, u32 func, size_t num_params,
		       struct tee_param *param)
{
	return ask(call, func, num_params, param, NULL);
}

/**
 * optee_supp_alloc() - have tee-supplicant allocate memory
 * @call: whose RPC it is
 * @size: bytes
 * @shm: the memory, on success; a reference. It may be of any size
 *
 * Context: Process context; sleeps, killable and freezable.
 * Return: as optee_supp_request().
 */
u32 optee_supp_alloc(struct optee_call *call, size_t size,
		     struct tee_shm **shm)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
		.u.value.a = OPTEE_RPC_SHM_APPL,
		.u.value.b = size,
	};

	*shm = NULL;
	return ask(call, OPTEE_RPC_CMD_SHM_ALLOC, 1, &param, shm);
}

/**
 * optee_supp_queue_free() - have tee-supplicant free memory, and do not wait
 * @supp: where
 * @shm: its memory; the caller keeps its reference
 *
 * Without memory for the request it is not made: the supplicant then keeps
 * that memory until it exits.
 *
 * Context: Process context, struct optee_supp.lock held.
 */
void optee_supp_queue_free(struct optee_supp *supp, struct tee_shm *shm)
{
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		.u.value.a = OPTEE_RPC_SHM_APPL,
		.u.value.b = shm->id,
	};
	struct optee_supp_request *req;

	lockdep_assert_held(&supp->lock);
	req = optee_supp_request_new(OPTEE_RPC_CMD_SHM_FREE, 1, &param);
	if (!req)
		return;
	/* Until it is answered, the id names this memory */
	refcount_inc(&shm->refcount);
	req->memory = shm;
	enqueue(supp, req);
	/* The queue has a reference of its own */
	refcount_dec(&req->refs);
}

/**
 * optee_supp_free() - have tee-supplicant free memory OP-TEE gave back
 * @optee: where
 * @shm: the memory; the caller keeps its reference
 *
 * Nobody waits for it to be done, so that a caller that is being killed frees
 * memory as any other. What was not this supplicant's is gone already.
 *
 * Context: Process context; may sleep.
 */
void optee_supp_free(struct optee *optee, struct tee_shm *shm)
{
	struct optee_supp *supp = &optee->supp;

	mutex_lock(&supp->lock);
	if (supp->ctx && supp->ctx == shm->ctx)
		optee_supp_queue_free(supp, shm);
	mutex_unlock(&supp->lock);
}
