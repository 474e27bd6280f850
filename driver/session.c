// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions with trusted applications: open, invoke, cancel, close.
 *
 * A context reaches its own sessions only: every session id from outside is
 * looked up in the context it came through. A close cannot fail: what it needs
 * is part of the session, and what cannot be done at once is left to the
 * reaper.
 *
 * Locking: struct optee_ctx.lock protects the table of sessions and the rise
 * of a session's class. It is not held during a call. The table and each call
 * under way hold a reference, so a session that is closed meanwhile stays
 * until they are done; that OP-TEE then refuses them is OP-TEE's to say.
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "arguments.h"
#include "call.h"
#include "client.h"
#include "optee.h"
#include "session.h"
#include "sleep.h"

/* A message that opens a session has two parameters for OP-TEE itself */
#define OPEN_META_PARAMS	2

static void session_free(struct kref *refs)
{
	struct optee_session *sess = container_of(refs, struct optee_session,
						  refs);

	optee_ctx_put(sess->octx);
	kfree(sess);
}

static void session_put(struct optee_session *sess)
{
	kref_put(&sess->refs, session_free);
}

static struct optee_session *session_find(struct optee_ctx *octx, u32 id)
{
	struct optee_session *sess;

	mutex_lock(&octx->lock);
	sess = xa_load(&octx->sessions, id);
	if (sess)
		kref_get(&sess->refs);
	mutex_unlock(&octx->lock);
	return sess;
}

/* The session is no longer one in OP-TEE */
static void session_gone(struct optee_session *sess)
{
	optee_cq_del_client(&sess->octx->optee->cq, sess->class);
	session_put(sess);
}

static void session_reaped(struct optee_reap *reap, int rc)
{
	struct optee_session *sess = container_of(reap, struct optee_session,
						  reap);

	/* What OP-TEE itself refused, the reaper told */
	if (rc < 0 && rc != -EIO)
		dev_warn_ratelimited(sess->octx->optee->dev,
				     "OP-TEE cannot be made to close session %#x (%d): it stays open\n",
				     sess->id, rc);
	session_gone(sess);
}

static int close_message(struct optee *optee, struct optee_session *sess,
			 const struct optee_who *who, bool wait)
{
	struct optee_msg *msg;
	int rc;

	/* A private message makes no call of its own, so it never waits */
	msg = wait ? optee_msg_get(optee, who, 0) :
		     optee_msg_get_private(optee, 0);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->arg->cmd = OPTEE_MSG_CMD_CLOSE_SESSION;
	msg->arg->session = sess->id;
	rc = wait ? optee_call(optee, who, msg, CQ_FOREVER) :
		    optee_call_now(optee, who, msg);
	optee_msg_put(optee, msg);
	return rc;
}

/*
 * Close a session that is no longer in the table. If that takes a wait that
 * the caller cannot have, or memory that is not there, the reaper does it.
 */
static void session_close(struct optee_session *sess, bool wait)
{
	struct optee *optee = sess->octx->optee;
	struct optee_who who;

	optee_who_calls(sess->octx, sess, &who);
	/* A file may be closed by a kernel thread, which cannot be killed */
	who.supp_brief = !wait && (current->flags & PF_KTHREAD);
	if (!close_message(optee, sess, &who, wait)) {
		session_gone(sess);
		return;
	}
	sess->reap.cmd = OPTEE_MSG_CMD_CLOSE_SESSION;
	sess->reap.session = sess->id;
	sess->reap.who = who;
	sess->reap.done = session_reaped;
	optee_reap(optee, &sess->reap);
}

static struct optee_session *session_new(struct optee_ctx *octx,
					 const uuid_t *uuid, u32 login)
{
	struct optee_session *sess = kzalloc(sizeof(*sess), GFP_KERNEL);

	if (!sess)
		return NULL;
	kref_init(&sess->refs);
	sess->octx = octx;
	optee_ctx_get(octx);
	sess->uuid = *uuid;
	sess->class = optee_classify_session(octx, uuid, login);
	return sess;
}

/* The session is open; from here on the context's table has the reference */
static int session_publish(struct optee_session *sess, u32 id)
{
	struct optee_ctx *octx = sess->octx;
	int rc;

	sess->id = id;
	mutex_lock(&octx->lock);
	rc = xa_insert(&octx->sessions, id, sess, GFP_KERNEL);
	mutex_unlock(&octx->lock);
	return rc;
}

static struct optee_session *session_withdraw(struct optee_ctx *octx, u32 id)
{
	struct optee_session *sess;

	mutex_lock(&octx->lock);
	sess = xa_erase(&octx->sessions, id);
	mutex_unlock(&octx->lock);
	return sess;
}

static void uuid_to_param(const uuid_t *uuid, struct optee_msg_param *mp)
{
	mp->attr = OPTEE_MSG_VALUE_IN | OPTEE_MSG_META;
	export_uuid(mp->u.octets, uuid);
}

static int fill_open(struct optee *optee, struct optee_msg_arg *msg,
		     const struct optee_session *sess,
		     const struct tee_ioctl_open_session_arg *arg,
		     const struct tee_param *param)
{
	uuid_t client;
	int rc;

	rc = tee_session_calc_client_uuid(&client, arg->clnt_login,
					  arg->clnt_uuid);
	if (rc)
		return rc;
	msg->cmd = OPTEE_MSG_CMD_OPEN_SESSION;
	msg->cancel_id = arg->cancel_id;
	uuid_to_param(&sess->uuid, &msg->params[0]);
	uuid_to_param(&client, &msg->params[1]);
	msg->params[1].u.value.c = arg->clnt_login;
	return optee_params_to_msg(optee, msg->params + OPEN_META_PARAMS,
				   arg->num_params, param);
}

/*
 * A call that could not be made is told as GlobalPlatform would have it, but
 * for a signal: that ends the system call.
 */
static int not_answered(int rc, u32 *ret, u32 *origin)
{
	if (rc == -EINTR)
		return rc;
	*origin = TEEC_ORIGIN_COMMS;
	switch (rc) {
	case -EDEADLK:
	case -EBUSY:
		*ret = TEEC_ERROR_BUSY;
		break;
	case -ENOMEM:
		*ret = TEEC_ERROR_OUT_OF_MEMORY;
		break;
	default:
		*ret = TEEC_ERROR_COMMUNICATION;
		break;
	}
	return 0;
}

/*
 * OP-TEE has opened the session. Whatever goes wrong now closes it again, but
 * for an id that is in use: closing that would close somebody else's.
 */
static int opened(struct optee_session *sess, const struct optee_msg_arg *msg,
		  struct tee_ioctl_open_session_arg *arg,
		  struct tee_param *param)
{
	struct optee *optee = sess->octx->optee;
	u32 id = READ_ONCE(msg->session);
	int rc;

	optee_cq_add_client(&optee->cq, sess->class);
	rc = optee_params_from_msg(optee, param, arg->num_params,
				   msg->params + OPEN_META_PARAMS);
	if (rc) {
		sess->id = id;
		goto close;
	}
	rc = session_publish(sess, id);
	if (rc == -EBUSY) {
		session_gone(sess);
		return -EPROTO;
	}
	if (rc)
		goto close;
	arg->session = id;
	return 0;

close:
	session_close(sess, false);
	return rc;
}

/**
 * optee_open_session() - struct tee_driver_ops.open_session
 * @ctx: context
 * @arg: what to open, and its result
 * @param: @arg->num_params parameters, in and out
 *
 * Context: Process; sleeps, killable.
 * Return: 0 with @arg->ret set, or a negative errno.
 */
int optee_open_session(struct tee_context *ctx,
		       struct tee_ioctl_open_session_arg *arg,
		       struct tee_param *param)
{
	struct optee_ctx *octx = ctx->data;
	struct optee *optee = octx->optee;
	struct optee_session *sess;
	struct optee_who who;
	struct optee_msg *msg;
	uuid_t uuid;
	int rc;

	if (arg->num_params > OPTEE_MSG_MAX_PARAMS - OPEN_META_PARAMS)
		return -EINVAL;
	import_uuid(&uuid, arg->uuid);
	sess = session_new(octx, &uuid, arg->clnt_login);
	if (!sess)
		return -ENOMEM;
	optee_who_opens(octx, &uuid, arg->clnt_login, &who);
	msg = optee_msg_get(optee, &who, arg->num_params + OPEN_META_PARAMS);
	if (IS_ERR(msg)) {
		rc = PTR_ERR(msg);
		goto put_session;
	}
	rc = fill_open(optee, msg->arg, sess, arg, param);
	if (rc)
		goto put_msg;
	rc = optee_call(optee, &who, msg, CQ_FOREVER);
	if (rc) {
		rc = not_answered(rc, &arg->ret, &arg->ret_origin);
		goto put_msg;
	}
	arg->ret = READ_ONCE(msg->arg->ret);
	arg->ret_origin = READ_ONCE(msg->arg->ret_origin);
	if (arg->ret == TEEC_SUCCESS) {
		rc = opened(sess, msg->arg, arg, param);
		optee_msg_put(optee, msg);
		return rc;
	}
	rc = optee_params_from_msg(optee, param, arg->num_params,
				   msg->arg->params + OPEN_META_PARAMS);
put_msg:
	optee_msg_put(optee, msg);
put_session:
	session_put(sess);
	return rc;
}

/**
 * optee_close_session() - struct tee_driver_ops.close_session
 * @ctx: context
 * @session: id of a session of @ctx
 *
 * Context: Process; sleeps, killable.
 * Return: 0, or -EINVAL if @ctx has no such session.
 */
int optee_close_session(struct tee_context *ctx, u32 session)
{
	struct optee_session *sess = session_withdraw(ctx->data, session);

	if (!sess)
		return -EINVAL;
	session_close(sess, true);
	return 0;
}

/**
 * optee_close_all_sessions() - close what a context left open
 * @octx: context; nobody uses it any more
 *
 * The process may be dying, so this waits for no thread: what cannot be closed
 * at once is left to the reaper. For tee-supplicant it waits, briefly if
 * nothing else could end that.
 *
 * Context: Process; sleeps.
 */
void optee_close_all_sessions(struct optee_ctx *octx)
{
	struct optee_session *sess;
	unsigned long id;

	xa_for_each(&octx->sessions, id, sess) {
		session_withdraw(octx, id);
		session_close(sess, false);
	}
}

/**
 * optee_system_session() - struct tee_driver_ops.system_session
 * @ctx: context of an in-kernel client
 * @session: id of a session of @ctx
 *
 * Context: Process; sleeps.
 * Return: 0, or -EINVAL if @ctx has no such session.
 */
int optee_system_session(struct tee_context *ctx, u32 session)
{
	struct optee_ctx *octx = ctx->data;
	struct optee *optee = octx->optee;
	struct optee_session *sess;
	int rc = -EINVAL;

	mutex_lock(&octx->lock);
	sess = xa_load(&octx->sessions, session);
	if (sess) {
		/* First the new count: between the two nothing is given up */
		optee_cq_add_client(&optee->cq, OPTEE_CQ_SYSTEM);
		optee_cq_del_client(&optee->cq, sess->class);
		WRITE_ONCE(sess->class, OPTEE_CQ_SYSTEM);
		optee_ctx_raise(octx, OPTEE_CQ_SYSTEM);
		rc = 0;
	}
	mutex_unlock(&octx->lock);
	return rc;
}

static int invoke(struct optee_session *sess, const struct optee_who *who,
		  struct tee_ioctl_invoke_arg *arg, struct tee_param *param)
{
	struct optee *optee = sess->octx->optee;
	struct optee_msg *msg;
	int rc;

	msg = optee_msg_get(optee, who, arg->num_params);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->arg->cmd = OPTEE_MSG_CMD_INVOKE_COMMAND;
	msg->arg->func = arg->func;
	msg->arg->session = sess->id;
	msg->arg->cancel_id = arg->cancel_id;
	rc = optee_params_to_msg(optee, msg->arg->params, arg->num_params,
				 param);
	if (rc)
		goto put_msg;
	rc = optee_call(optee, who, msg, CQ_FOREVER);
	if (rc) {
		rc = not_answered(rc, &arg->ret, &arg->ret_origin);
		goto put_msg;
	}
	arg->ret = READ_ONCE(msg->arg->ret);
	arg->ret_origin = READ_ONCE(msg->arg->ret_origin);
	rc = optee_params_from_msg(optee, param, arg->num_params,
				   msg->arg->params);
put_msg:
	optee_msg_put(optee, msg);
	return rc;
}

/**
 * optee_invoke_func() - struct tee_driver_ops.invoke_func
 * @ctx: context
 * @arg: what to do in which session, and its result
 * @param: @arg->num_params parameters, in and out
 *
 * Context: Process; sleeps, killable.
 * Return: 0 with @arg->ret set, or a negative errno.
 */
int optee_invoke_func(struct tee_context *ctx,
		      struct tee_ioctl_invoke_arg *arg,
		      struct tee_param *param)
{
	struct optee_ctx *octx = ctx->data;
	struct optee_session *sess;
	struct optee_who who;
	int rc;

	if (arg->num_params > OPTEE_MSG_MAX_PARAMS)
		return -EINVAL;
	sess = session_find(octx, arg->session);
	if (!sess)
		return -EINVAL;
	optee_who_calls(octx, sess, &who);
	rc = invoke(sess, &who, arg, param);
	session_put(sess);
	return rc;
}

static int send_cancel(struct optee_session *sess, u32 cancel_id)
{
	struct optee *optee = sess->octx->optee;
	struct optee_who who;
	struct optee_msg *msg;
	int rc;

	optee_who_unblocks(optee, &who);
	msg = optee_msg_get(optee, &who, 0);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->arg->cmd = OPTEE_MSG_CMD_CANCEL;
	msg->arg->session = sess->id;
	msg->arg->cancel_id = cancel_id;
	rc = optee_call(optee, &who, msg, CQ_FOREVER);
	optee_msg_put(optee, msg);
	return rc;
}

/*
 * A cancellation goes before all others, as it lets them go on. So that
 * processes cannot have the threads that are kept for others by way of that,
 * there is one of theirs at a time. It is short: the others wait here, where
 * they are in nobody's way.
 *
 * In-kernel clients do not wait for processes. Nor may a task that serves a
 * call: it would wait for one that may wait for just that call's thread, and
 * the queue, which would end that, knows of no wait here. There is at most one
 * such task for each thread.
 */
static int cancel(struct optee_session *sess, u32 cancel_id)
{
	struct optee *optee = sess->octx->optee;
	int rc;

	if (READ_ONCE(sess->class) != OPTEE_CQ_USER ||
	    optee_call_waits_for_me(optee))
		return send_cancel(sess, cancel_id);

	rc = wait_event_state(optee->cancel_over,
			      !atomic_cmpxchg(&optee->cancelling, 0, 1),
			      OPTEE_SLEEP_KILLABLE);
	if (rc)
		return rc;
	rc = send_cancel(sess, cancel_id);
	atomic_set(&optee->cancelling, 0);
	wake_up(&optee->cancel_over);
	return rc;
}

/**
 * optee_cancel_req() - struct tee_driver_ops.cancel_req
 * @ctx: context
 * @cancel_id: as in the request that is to be cancelled
 * @session: id of a session of @ctx
 *
 * Context: Process; sleeps, killable.
 * Return: 0 if OP-TEE was told, -EINVAL if @ctx has no such session, or what
 *	   else kept the message from OP-TEE.
 */
int optee_cancel_req(struct tee_context *ctx, u32 cancel_id, u32 session)
{
	struct optee_ctx *octx = ctx->data;
	struct optee_session *sess = session_find(octx, session);
	int rc;

	if (!sess)
		return -EINVAL;
	rc = cancel(sess, cancel_id);
	session_put(sess);
	return rc;
}
