// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to tee-supplicant: its side, /dev/teeprivN.
 *
 * Promises:
 * - There is one supplicant. One whose process died does not keep the next
 *   out, though the TEE core has not closed its file yet.
 * - It fetches requests in order and answers them in any. With a META
 *   parameter it gets an id for each and has as many as it likes; without,
 *   one at a time.
 * - A fetch without room for the request fails and leaves it to the next. It
 *   ends when the supplicant does, as every request.
 * - An answer with an unknown id, or of another form than its request, is an
 *   error and changes nothing.
 * - An answer that nobody waits for any more is taken and dropped, without an
 *   error: every tee-supplicant there is exits at the first one, and a client
 *   that is killed must not cost all others their supplicant. What it
 *   allocated comes back as a request to free it.
 * - What a fetched request shows of memory stays until its fetcher was seen
 *   here again: the TEE core reads it after optee_supp_recv() returned, when
 *   another thread may have answered already.
 *
 * Locking: as in supp.c.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "call.h"
#include "optee.h"
#include "supp_request.h"

#define ATTR_ID	(TEE_IOCTL_PARAM_ATTR_META | \
		 TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT)

static void attach(struct optee_supp *supp, struct tee_context *ctx)
{
	lockdep_assert_held(&supp->lock);
	WRITE_ONCE(supp->ctx, ctx);
	WRITE_ONCE(supp->silent, false);
	/* 0 is no supplicant's, when they are counted round */
	if (!++supp->number)
		supp->number++;
}

/**
 * optee_supp_open() - a supplicant is there
 * @optee: where
 * @ctx: its open device
 *
 * Context: Process context; may sleep.
 * Return: 0, or -EBUSY if there is another, -ENODEV after optee_supp_exit().
 */
int optee_supp_open(struct optee *optee, struct tee_context *ctx)
{
	struct optee_supp *supp = &optee->supp;
	LIST_HEAD(gone);
	int rc = 0;

	mutex_lock(&supp->lock);
	if (optee_supp_is_dead(supp))
		optee_supp_detach(supp, &gone);
	if (supp->closed)
		rc = -ENODEV;
	else if (supp->ctx)
		rc = -EBUSY;
	else
		attach(supp, ctx);
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
	return rc;
}

/**
 * optee_supp_close() - a supplicant goes
 * @optee: where
 * @ctx: its device; nothing happens if another took its place, or if it was
 *	 never let in
 *
 * Context: Process context; may sleep.
 */
void optee_supp_close(struct optee *optee, struct tee_context *ctx)
{
	struct optee_supp *supp = &optee->supp;
	LIST_HEAD(gone);

	mutex_lock(&supp->lock);
	if (supp->ctx == ctx)
		optee_supp_detach(supp, &gone);
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
}

/* What this task fetched it has read: it is back */
static void came_back(struct optee_supp *supp, struct list_head *gone)
{
	struct optee_supp_request *req, *next;
	struct pid *pid = task_pid(current);

	lockdep_assert_held(&supp->lock);
	list_for_each_entry_safe(req, next, &supp->shown, node) {
		if (req->server != pid)
			continue;
		list_del_init(&req->node);
		optee_supp_request_drop(req, gone);
	}
}

/* The TEE core took references on memory that has no business here */
static void put_memrefs(u32 num_params, struct tee_param *param)
{
	u32 n;

	for (n = 0; n < num_params; n++)
		if (tee_param_is_memref(&param[n]) && param[n].u.memref.shm)
			tee_shm_put(param[n].u.memref.shm);
}

/* An empty parameter is room; META in the first says that it uses ids */
static int check_room(u32 num_params, struct tee_param *param, bool *ids)
{
	const u64 meta = TEE_IOCTL_PARAM_ATTR_META;
	u32 n;

	put_memrefs(num_params, param);
	for (n = 0; n < num_params; n++)
		if (param[n].attr & ~(n ? 0 : meta))
			return -EINVAL;
	*ids = num_params && param[0].attr == meta;
	return 0;
}

static int may_fetch(struct optee_supp *supp, struct tee_context *ctx,
		     bool ids)
{
	lockdep_assert_held(&supp->lock);
	if (supp->ctx != ctx)
		return -EBADF;
	return supp->sync_id && !ids ? -EBUSY : 0;
}

static void set_process(struct optee_supp *supp)
{
	lockdep_assert_held(&supp->lock);
	if (supp->process == task_tgid(current))
		return;
	put_pid(supp->process);
	supp->process = get_pid(task_tgid(current));
}

/* It asks for more, or woke up in here: it does not hang */
static void is_heard(struct optee_supp *supp)
{
	lockdep_assert_held(&supp->lock);
	WRITE_ONCE(supp->silent, false);
}

static int arrive(struct optee_supp *supp, struct tee_context *ctx, bool ids)
{
	LIST_HEAD(gone);
	int rc;

	mutex_lock(&supp->lock);
	rc = may_fetch(supp, ctx, ids);
	if (!rc) {
		set_process(supp);
		is_heard(supp);
		came_back(supp, &gone);
	}
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
	return rc;
}

/* The queue's reference becomes the table's, and the fetcher gets one */
static int into_table(struct optee_supp *supp, struct optee_supp_request *req)
{
	int id;

	lockdep_assert_held(&supp->lock);
	/* Cyclic: an id answered twice is not soon somebody else's */
	id = idr_alloc_cyclic(&supp->fetched, req, 1, 0, GFP_KERNEL);
	if (id < 0)
		return id;
	refcount_inc(&req->refs);
	list_move_tail(&req->node, &supp->shown);
	req->id = id;
	req->server = get_pid(task_pid(current));
	if (req->call) {
		req->call->supp = supp->number;
		optee_call_served_by(req->call, req->server);
	}
	return 0;
}

static void show(const struct optee_supp_request *req, bool ids, u32 *func,
		 u32 *num_params, struct tee_param *param)
{
	*func = req->func;
	*num_params = req->num + ids;
	if (ids) {
		*param = (struct tee_param) {
			.attr = ATTR_ID,
			.u.value.a = req->id,
		};
		param++;
	}
	memcpy(param, req->param, req->num * sizeof(*param));
}

static int fetch(struct optee_supp *supp, struct tee_context *ctx, bool ids,
		 u32 *func, u32 *num_params, struct tee_param *param)
{
	struct optee_supp_request *req;
	int rc;

	lockdep_assert_held(&supp->lock);
	rc = may_fetch(supp, ctx, ids);
	if (rc)
		return rc;
	is_heard(supp);
	req = list_first_entry_or_null(&supp->queued,
				       struct optee_supp_request, node);
	if (!req)
		return -EAGAIN;
	if (*num_params < req->num + ids)
		return -EINVAL;
	rc = into_table(supp, req);
	if (rc)
		return rc;
	if (!ids)
		supp->sync_id = req->id;
	show(req, ids, func, num_params, param);
	return 0;
}

/* Looked at without the lock: fetch() looks again */
static bool has_news(const struct optee_supp *supp,
		     const struct tee_context *ctx)
{
	return !list_empty(&supp->queued) || READ_ONCE(supp->silent) ||
	       READ_ONCE(supp->ctx) != ctx;
}

/**
 * optee_supp_recv() - struct tee_driver_ops.supp_recv
 * @ctx: the supplicant's
 * @func: out: what is asked
 * @num_params: in: entries in @param; out: those in use
 * @param: in: nothing, or META in the first; out: with META the request's id,
 *	   then its parameters
 *
 * Context: Process context; sleeps, interruptible and freezable.
 * Return: 0; -EINVAL for parameters of another form or too few; -EBUSY if a
 *	   supplicant without ids has a request; -EBADF if it is not the
 *	   supplicant any more; -ERESTARTSYS; -ENOMEM.
 */
int optee_supp_recv(struct tee_context *ctx, u32 *func, u32 *num_params,
		    struct tee_param *param)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);
	struct optee_supp *supp = &optee->supp;
	bool ids;
	int rc;

	rc = check_room(*num_params, param, &ids);
	if (rc)
		return rc;
	rc = arrive(supp, ctx, ids);
	if (rc)
		return rc;
	do {
		/*
		 * One thread for each request: it wakes no more than one. With
		 * nothing to do they are not in the way of suspend.
		 */
		rc = wait_event_freezable_exclusive(supp->arrived,
						    has_news(supp, ctx));
		if (rc)
			return rc;
		mutex_lock(&supp->lock);
		rc = fetch(supp, ctx, ids, func, num_params, param);
		/* And if that one cannot have it, the next */
		if (rc && !list_empty(&supp->queued))
			wake_up(&supp->arrived);
		mutex_unlock(&supp->lock);
	} while (rc == -EAGAIN);
	return rc;
}

/* Moves @num_params and @param past the id */
static int answer_id(struct optee_supp *supp, u32 *num_params,
		     struct tee_param **param)
{
	struct tee_param *p = *param;

	lockdep_assert_held(&supp->lock);
	if (!*num_params || !(p->attr & TEE_IOCTL_PARAM_ATTR_META))
		return supp->sync_id;
	if (p->attr != ATTR_ID || p->u.value.a > INT_MAX)
		return 0;
	--*num_params;
	++*param;
	return p->u.value.a;
}

static bool has_output(const struct tee_param *p)
{
	switch (p->attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		return true;
	default:
		return false;
	}
}

/* What says nothing in an answer may say anything */
static int check_answer(const struct optee_supp_request *req, u32 num_params,
			const struct tee_param *param)
{
	u32 n;

	if (num_params != req->num)
		return -EINVAL;
	for (n = 0; n < num_params; n++)
		if (has_output(&req->param[n]) &&
		    param[n].attr != req->param[n].attr)
			return -EINVAL;
	return 0;
}

static int allocated(struct tee_context *ctx, const struct tee_param *param,
		     struct tee_shm **memory)
{
	u64 id = param->u.value.c;
	struct tee_shm *shm;

	if (id > INT_MAX)
		return -EINVAL;
	shm = tee_shm_get_from_id(ctx, id);
	if (IS_ERR(shm))
		return -EINVAL;
	*memory = shm;
	return 0;
}

static void take_answer(struct optee_supp *supp,
			struct optee_supp_request *req, u32 ret,
			const struct tee_param *param)
{
	size_t n;

	lockdep_assert_held(&supp->lock);
	idr_remove(&supp->fetched, req->id);
	if (supp->sync_id == req->id)
		supp->sync_id = 0;
	for (n = 0; n < req->num; n++)
		optee_supp_param_copy(&req->param[n], &param[n]);
	if (!req->call && req->func == OPTEE_RPC_CMD_SHM_ALLOC && req->memory)
		optee_supp_queue_free(supp, req->memory);
	optee_supp_request_end(req, ret);
}

static int answer(struct optee_supp *supp, struct tee_context *ctx, u32 ret,
		  u32 num_params, struct tee_param *param,
		  struct list_head *gone)
{
	struct optee_supp_request *req;
	int id, rc;

	lockdep_assert_held(&supp->lock);
	if (supp->ctx != ctx)
		return -EBADF;
	id = answer_id(supp, &num_params, &param);
	req = id ? idr_find(&supp->fetched, id) : NULL;
	if (!req)
		return -ENOENT;
	rc = check_answer(req, num_params, param);
	if (!rc && req->func == OPTEE_RPC_CMD_SHM_ALLOC && !ret)
		rc = allocated(ctx, param, &req->memory);
	if (rc)
		return rc;
	take_answer(supp, req, ret, param);
	optee_supp_request_drop(req, gone);
	return 0;
}

/**
 * optee_supp_send() - struct tee_driver_ops.supp_send
 * @ctx: the supplicant's
 * @ret: TEEC_* result
 * @num_params: entries in @param
 * @param: as optee_supp_recv() gave them; of memory, the size is looked at
 *
 * Context: Process context; may sleep.
 * Return: 0; -ENOENT if there is no such request, or it is answered; -EINVAL
 *	   for parameters of another form than the request's; -EBADF if it is
 *	   not the supplicant any more.
 */
int optee_supp_send(struct tee_context *ctx, u32 ret, u32 num_params,
		    struct tee_param *param)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);
	struct optee_supp *supp = &optee->supp;
	LIST_HEAD(gone);
	int rc;

	mutex_lock(&supp->lock);
	came_back(supp, &gone);
	rc = answer(supp, ctx, ret, num_params, param, &gone);
	mutex_unlock(&supp->lock);
	optee_supp_put_all(&gone);
	return rc;
}
