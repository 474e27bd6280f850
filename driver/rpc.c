// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remote procedure calls: what OP-TEE asks while a call is under way.
 *
 * Promises:
 * - The message is in memory that the secure world writes too. It is copied
 *   once, with its bounds checked, and what counts is the copy.
 * - Of the message, the result is written, and output parameters; those only
 *   when there is something to say.
 * - What the driver does not serve itself goes to tee-supplicant, unread.
 * - A fatal signal ends a wait for tee-supplicant, and no other. It cuts a
 *   pause short, of which OP-TEE asks for the rest unless the operation was
 *   cancelled; a wait for a notification goes on, see notif.c.
 *
 * Locking: none. A message is its caller's alone; what others read of the call
 * is written with WRITE_ONCE().
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>

#include "arguments.h"
#include "call.h"
#include "optee.h"
#include "rpc.h"
#include "sleep.h"
#include "trace.h"

/*
 * A signal ends OP-TEE's pauses, so that it looks whether the operation was
 * cancelled; if not, it asks for the rest of the pause, with the signal still
 * there. This long it sleeps in any case, in milliseconds.
 */
#define SUSPEND_FLOOR_MS	100

/**
 * struct rpc - an RPC being served
 * @call: in which OP-TEE asks
 * @cmd: what it asks, enum optee_rpc_cmd
 * @num: entries in @mp
 * @mp: our copy of the parameters, in and out
 * @answered: @mp says something new
 */
struct rpc {
	struct optee_call *call;
	u32 cmd;
	size_t num;
	struct optee_msg_param mp[OPTEE_RPC_MAX_PARAMS];
	bool answered;
};

static u32 result(int rc)
{
	switch (rc) {
	case 0:
		return TEEC_SUCCESS;
	case -ENOMEM:
		return TEEC_ERROR_OUT_OF_MEMORY;
	case -EBUSY:
		return TEEC_ERROR_BUSY;
	case -ETIMEDOUT:
		return TEE_ERROR_TIMEOUT;
	case -ESHUTDOWN:
		return TEEC_ERROR_COMMUNICATION;
	default:
		return TEEC_ERROR_BAD_PARAMETERS;
	}
}

/* The value of a message that is nothing else, or NULL */
static struct optee_msg_value *only_value(struct rpc *rpc,
					  enum optee_msg_type type)
{
	if (rpc->num != 1 || rpc->mp[0].attr != type)
		return NULL;
	return &rpc->mp[0].u.value;
}

static u32 serve_time(struct rpc *rpc)
{
	struct optee_msg_value *v = only_value(rpc, OPTEE_MSG_VALUE_OUT);
	struct timespec64 now;

	if (!v)
		return TEEC_ERROR_BAD_PARAMETERS;
	ktime_get_real_ts64(&now);
	*v = (struct optee_msg_value) { .a = now.tv_sec, .b = now.tv_nsec };
	rpc->answered = true;
	return TEEC_SUCCESS;
}

static u32 serve_notification(struct rpc *rpc)
{
	struct optee_msg_value *v = only_value(rpc, OPTEE_MSG_VALUE_IN);
	struct optee *optee = rpc->call->optee;

	if (!v)
		return TEEC_ERROR_BAD_PARAMETERS;
	switch (v->a) {
	case OPTEE_RPC_NOTIFICATION_WAIT:
		return result(optee_notif_wait(optee, v->b, v->c));
	case OPTEE_RPC_NOTIFICATION_SEND:
		return result(optee_notif_send(optee, v->b));
	default:
		return TEEC_ERROR_BAD_PARAMETERS;
	}
}

static u32 serve_suspend(struct rpc *rpc)
{
	struct optee_msg_value *v = only_value(rpc, OPTEE_MSG_VALUE_IN);
	const bool never = false;
	ktime_t start;
	u64 ms;

	if (!v)
		return TEEC_ERROR_BAD_PARAMETERS;
	start = ktime_get();
	ms = min_t(u64, v->a, U32_MAX);
	optee_sleep(&never, OPTEE_SLEEP_FIRMLY,
		    ktime_add_ms(start, min_t(u64, ms, SUSPEND_FLOOR_MS)));
	if (ms > SUSPEND_FLOOR_MS)
		optee_sleep(&never, OPTEE_SLEEP_LIGHTLY,
			    ktime_add_ms(start, ms));
	return TEEC_SUCCESS;
}

/* @shm is lent: say so, or it is not */
static u32 tell_lent(struct rpc *rpc, struct tee_shm *shm)
{
	struct optee *optee = rpc->call->optee;
	u64 cookie = shm->sec_world_id;
	int rc;

	rc = optee_shm_lent_to_msg(rpc->call, shm, &rpc->mp[0]);
	if (rc)
		optee_shm_take_back(optee, cookie);
	else
		rpc->answered = true;
	return result(rc);
}

static u32 alloc_kernel(struct rpc *rpc, size_t size)
{
	struct tee_shm *shm;
	u32 ret;

	shm = optee_shm_lend_kernel(rpc->call->optee, size);
	if (IS_ERR(shm))
		return result(PTR_ERR(shm));
	ret = tell_lent(rpc, shm);
	tee_shm_put(shm);
	return ret;
}

static u32 lend_supp(struct rpc *rpc, struct tee_shm *shm, size_t size)
{
	int rc;

	if (shm->size < size)
		return TEEC_ERROR_OUT_OF_MEMORY;
	/* OP-TEE's, who may give it back before we are done here */
	refcount_inc(&shm->refcount);
	rc = optee_shm_lend_supp(rpc->call->optee, shm);
	if (rc)
		tee_shm_put(shm);
	return result(rc);
}

static u32 alloc_supp(struct rpc *rpc, size_t size)
{
	struct optee *optee = rpc->call->optee;
	struct tee_shm *shm;
	u32 ret;

	ret = optee_supp_alloc(rpc->call, size, &shm);
	if (ret)
		return ret;
	ret = lend_supp(rpc, shm, size);
	if (!ret)
		ret = tell_lent(rpc, shm);
	/* What OP-TEE has already is not this allocation */
	if (ret && ret != TEEC_ERROR_BUSY)
		optee_supp_free(optee, shm);
	tee_shm_put(shm);
	return ret;
}

static u32 serve_shm_alloc(struct rpc *rpc)
{
	struct optee_msg_value *v = only_value(rpc, OPTEE_MSG_VALUE_IN);

	/* All of it is page aligned, but for the reserved pool */
	if (!v || !v->b || v->c > PAGE_SIZE)
		return TEEC_ERROR_BAD_PARAMETERS;
	if (v->b > INT_MAX)
		return TEEC_ERROR_OUT_OF_MEMORY;
	switch (v->a) {
	case OPTEE_RPC_SHM_APPL:
		return alloc_supp(rpc, v->b);
	case OPTEE_RPC_SHM_KERNEL:
	case OPTEE_RPC_SHM_GLOBAL:
		return alloc_kernel(rpc, v->b);
	default:
		return TEEC_ERROR_BAD_PARAMETERS;
	}
}

static u32 serve_shm_free(struct rpc *rpc)
{
	struct optee_msg_value *v = only_value(rpc, OPTEE_MSG_VALUE_IN);
	struct optee *optee = rpc->call->optee;
	struct tee_shm *shm;
	int rc;

	if (!v || v->a > OPTEE_RPC_SHM_GLOBAL)
		return TEEC_ERROR_BAD_PARAMETERS;
	shm = optee_shm_by_cookie(optee, v->b);
	if (IS_ERR(shm))
		return TEEC_ERROR_BAD_PARAMETERS;
	rc = optee_shm_take_back(optee, v->b);
	/* With the reference, its id cannot have become another's yet */
	if (!rc && v->a == OPTEE_RPC_SHM_APPL)
		optee_supp_free(optee, shm);
	tee_shm_put(shm);
	return result(rc);
}

typedef u32 serve_params_fn(struct rpc *rpc, struct tee_param *p);

static u32 serve_i2c(struct rpc *rpc, struct tee_param *p)
{
	return optee_rpc_i2c_transfer(rpc->call->optee, p, rpc->num);
}

static u32 serve_rpmb_reset(struct rpc *rpc, struct tee_param *p)
{
	return optee_rpc_rpmb_reset(rpc->call->optee, p, rpc->num);
}

static u32 serve_rpmb_next(struct rpc *rpc, struct tee_param *p)
{
	return optee_rpc_rpmb_next(rpc->call->optee, p, rpc->num);
}

static u32 serve_rpmb_frames(struct rpc *rpc, struct tee_param *p)
{
	return optee_rpc_rpmb_frames(rpc->call->optee, p, rpc->num);
}

static u32 ask_supplicant(struct rpc *rpc, struct tee_param *p)
{
	return optee_supp_request(rpc->call, rpc->cmd, rpc->num, p);
}

/* Serve a command whose parameters may be memory */
static u32 with_params(struct rpc *rpc, serve_params_fn *fn)
{
	struct tee_param p[OPTEE_RPC_MAX_PARAMS] = { };
	struct optee *optee = rpc->call->optee;
	u32 ret;
	int rc;

	rc = optee_rpc_params_from_msg(optee, p, rpc->num, rpc->mp);
	if (rc)
		return result(rc);
	ret = fn(rpc, p);
	rc = optee_rpc_params_to_msg(optee, rpc->mp, rpc->num, p);
	optee_rpc_params_put(p, rpc->num);
	if (rc)
		return result(rc);
	rpc->answered = true;
	return ret;
}

static u32 serve(struct rpc *rpc)
{
	switch (rpc->cmd) {
	case OPTEE_RPC_CMD_GET_TIME:
		return serve_time(rpc);
	case OPTEE_RPC_CMD_NOTIFICATION:
		return serve_notification(rpc);
	case OPTEE_RPC_CMD_SUSPEND:
		return serve_suspend(rpc);
	case OPTEE_RPC_CMD_SHM_ALLOC:
		return serve_shm_alloc(rpc);
	case OPTEE_RPC_CMD_SHM_FREE:
		return serve_shm_free(rpc);
	case OPTEE_RPC_CMD_I2C_TRANSFER:
		return with_params(rpc, serve_i2c);
	case OPTEE_RPC_CMD_RPMB_PROBE_RESET:
		return with_params(rpc, serve_rpmb_reset);
	case OPTEE_RPC_CMD_RPMB_PROBE_NEXT:
		return with_params(rpc, serve_rpmb_next);
	case OPTEE_RPC_CMD_RPMB_FRAMES:
		return with_params(rpc, serve_rpmb_frames);
	default:
		return with_params(rpc, ask_supplicant);
	}
}

static bool copy_in(struct rpc *rpc, const struct optee_msg_arg *arg,
		    size_t room)
{
	u32 num = READ_ONCE(arg->num_params);

	if (num > OPTEE_RPC_MAX_PARAMS || OPTEE_MSG_SIZE(num) > room)
		return false;
	rpc->num = num;
	rpc->cmd = READ_ONCE(arg->cmd);
	memcpy(rpc->mp, arg->params, num * sizeof(*rpc->mp));
	/* From here on the copy; the compiler must not look again either */
	barrier();
	return true;
}

static bool is_output(u64 attr)
{
	switch (attr & OPTEE_MSG_TYPE_MASK) {
	case OPTEE_MSG_VALUE_OUT:
	case OPTEE_MSG_VALUE_INOUT:
	case OPTEE_MSG_RMEM_OUT:
	case OPTEE_MSG_RMEM_INOUT:
	case OPTEE_MSG_TMEM_OUT:
	case OPTEE_MSG_TMEM_INOUT:
		return true;
	default:
		return false;
	}
}

static void copy_out(const struct rpc *rpc, struct optee_msg_arg *arg)
{
	size_t n;

	for (n = 0; n < rpc->num; n++)
		if (is_output(rpc->mp[n].attr))
			arg->params[n] = rpc->mp[n];
}

/**
 * optee_rpc_serve() - serve an RPC
 * @call: in which OP-TEE asks
 * @arg: the message, in memory that the secure world writes too
 * @room: bytes of @arg that are ours; less than a message of no parameters:
 *	  nothing is done
 *
 * Context: @call's task, outside of the secure world; sleeps.
 */
void optee_rpc_serve(struct optee_call *call, struct optee_msg_arg *arg,
		     size_t room)
{
	struct rpc rpc = { .call = call };
	u32 ret = TEEC_ERROR_BAD_PARAMETERS;

	if (room < OPTEE_MSG_SIZE(0))
		return;
	if (copy_in(&rpc, arg, room)) {
		WRITE_ONCE(call->rpc_cmd, rpc.cmd);
		trace_optee_rpc_begin(call);
		/* I2C, RPMB: whatever that needs, this task calls for */
		optee_call_served_by(call, task_pid(current));
		ret = serve(&rpc);
		optee_call_served_by(call, NULL);
		trace_optee_rpc_end(call);
		WRITE_ONCE(call->rpc_cmd, OPTEE_CALL_NO_RPC);
	}
	if (rpc.answered)
		copy_out(&rpc, arg);
	arg->ret = ret;
}

/**
 * optee_rpc_finish() - a call is over, and with it its RPCs
 * @call: the call
 *
 * Context: @call's task; may sleep.
 */
void optee_rpc_finish(struct optee_call *call)
{
	optee_page_list_free(call->pages, call->pages_size);
	call->pages = NULL;
	call->pages_size = 0;
}
