// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls over the SMC conduit.
 *
 * A standard call enters the secure world and leaves it once for every RPC,
 * with the same registers but for those the RPC names. However often that
 * happens, the secure thread stays the same one; only the answer that ends
 * the loop below frees it.
 *
 * Locking: none; everything is the calling task's own.
 */

#include <linux/err.h>
#include <linux/sched.h>

#include "call.h"
#include "optee.h"
#include "rpc.h"
#include "smc/smc_abi.h"
#include "trace.h"

static void enter(struct optee *optee, const struct optee_smc_regs *regs,
		  struct arm_smccc_res *res)
{
	const u32 *a = regs->a;

	trace_optee_invoke_fn_begin(regs);
	optee->smc.invoke(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], res);
	trace_optee_invoke_fn_end(regs, res);
}

/**
 * optee_smc_fast() - make a fast call
 * @optee: where
 * @func: function, an OPTEE_SMC_FAST() or OPTEE_SMC_FAST_API()
 * @a1: its argument
 * @res: the answer
 *
 * Takes no secure thread, so it asks for none.
 *
 * Context: Any.
 */
void optee_smc_fast(struct optee *optee, u32 func, u32 a1,
		    struct arm_smccc_res *res)
{
	optee->smc.invoke(func, a1, 0, 0, 0, 0, 0, 0, res);
}

static void first_regs(struct optee_call *call, struct optee_smc_regs *regs)
{
	size_t offs;
	u64 where;

	if (optee_msg_cookie(call->msg, &where, &offs)) {
		regs->a[0] = OPTEE_SMC_WITH_REGD_ARG;
		regs->a[3] = offs;
	} else {
		where = optee_msg_pa(call->msg);
		regs->a[0] = call->optee->rpc_params ? OPTEE_SMC_WITH_RPC_ARG :
						       OPTEE_SMC_WITH_ARG;
		regs->a[3] = OPTEE_SMC_SHM_CACHED;
	}
	regs->a[1] = upper_32_bits(where);
	regs->a[2] = lower_32_bits(where);
}

static void hand_over(struct optee_smc_regs *regs, u64 pa, u64 cookie)
{
	regs->a[1] = upper_32_bits(pa);
	regs->a[2] = lower_32_bits(pa);
	regs->a[4] = upper_32_bits(cookie);
	regs->a[5] = lower_32_bits(cookie);
}

/* Memory for an RPC message; OP-TEE takes one that is in one page */
static void rpc_alloc(struct optee *optee, struct optee_smc_regs *regs)
{
	size_t size = regs->a[1];
	struct tee_shm *shm;
	phys_addr_t pa;

	hand_over(regs, 0, 0);
	if (size < sizeof(struct optee_msg_arg) || size > OPTEE_MSG_PAGE_SIZE)
		return;
	shm = optee_shm_lend_kernel(optee, size);
	if (IS_ERR(shm))
		return;
	if (tee_shm_get_pa(shm, 0, &pa))
		optee_shm_take_back(optee, shm->sec_world_id);
	else
		hand_over(regs, pa, shm->sec_world_id);
	tee_shm_put(shm);
}

static void rpc_free(struct optee *optee, u64 cookie)
{
	if (optee_shm_take_back(optee, cookie))
		dev_err_ratelimited(optee->dev,
				    "OP-TEE frees memory %#llx that it does not have\n",
				    cookie);
}

/* An RPC message in memory that OP-TEE asked for earlier */
static void rpc_cmd_by_cookie(struct optee_call *call, u64 cookie)
{
	struct optee *optee = call->optee;
	struct optee_msg_arg *arg;
	struct tee_shm *shm;

	shm = optee_shm_by_cookie(optee, cookie);
	if (IS_ERR(shm))
		goto bad_cookie;
	arg = tee_shm_get_va(shm, 0);
	if (IS_ERR(arg) || tee_shm_get_size(shm) < sizeof(*arg))
		goto put_shm;
	optee_rpc_serve(call, arg, tee_shm_get_size(shm));
	tee_shm_put(shm);
	return;

put_shm:
	tee_shm_put(shm);
bad_cookie:
	dev_err_ratelimited(optee->dev,
			    "OP-TEE asks by message %#llx that is not there\n",
			    cookie);
}

static void rpc_cmd(struct optee_call *call, u64 cookie)
{
	unsigned int params = call->optee->rpc_params;

	if (call->msg->rpc)
		optee_rpc_serve(call, call->msg->rpc, OPTEE_MSG_SIZE(params));
	else
		rpc_cmd_by_cookie(call, cookie);
}

/* Do what @regs, as the secure world left them, ask; they then go back */
static void serve(struct optee_call *call, u32 func,
		  struct optee_smc_regs *regs)
{
	u64 cookie = optee_smc_pair(regs->a[1], regs->a[2]);

	switch (func) {
	case OPTEE_SMC_RPC_ALLOC:
		rpc_alloc(call->optee, regs);
		break;
	case OPTEE_SMC_RPC_FREE:
		rpc_free(call->optee, cookie);
		break;
	case OPTEE_SMC_RPC_FOREIGN_INTR:
		break;
	case OPTEE_SMC_RPC_CMD:
		rpc_cmd(call, cookie);
		break;
	default:
		dev_err_ratelimited(call->optee->dev,
				    "unknown RPC %#x\n", func);
	}
	cond_resched();
}

static int outcome(struct optee *optee, u32 ret, bool resumed)
{
	switch (ret) {
	case OPTEE_SMC_OK:
		return 0;
	case OPTEE_SMC_ETHREAD_LIMIT:
		if (!resumed)
			return -EAGAIN;
		break;
	case OPTEE_SMC_EBADADDR:
	case OPTEE_SMC_EBADCMD:
		return -EINVAL;
	case OPTEE_SMC_ENOMEM:
		return -ENOMEM;
	case OPTEE_SMC_EBUSY:
		return -EBUSY;
	case OPTEE_SMC_ENOTAVAIL:
		return -ENODEV;
	case OPTEE_SMC_UNKNOWN:
		return -EOPNOTSUPP;
	}
	dev_err_ratelimited(optee->dev, "OP-TEE answered %#x to a %s\n", ret,
			    resumed ? "resumed call" : "call");
	return -EPROTO;
}

/**
 * optee_smc_run() - struct optee_conduit.run of the SMC conduit
 * @optee: where
 * @call: a call that holds a slot
 *
 * Context: Task; may sleep in the RPCs.
 * Return: 0 if the message was answered; -EAGAIN if the secure world had no
 * thread and nothing was done; else another negative errno.
 */
int optee_smc_run(struct optee *optee, struct optee_call *call)
{
	struct optee_smc_regs regs = { };
	struct arm_smccc_res res;
	bool resumed = false;
	u32 ret;

	first_regs(call, &regs);
	for (;;) {
		enter(optee, &regs, &res);
		ret = res.a0;
		if (!optee_smc_is_rpc(ret))
			break;
		/* a4 to a7 come back from OP-TEE as they were sent */
		regs.a[0] = OPTEE_SMC_RETURN_FROM_RPC;
		regs.a[1] = res.a1;
		regs.a[2] = res.a2;
		regs.a[3] = res.a3;
		serve(call, ret & OPTEE_SMC_RPC_FUNC_MASK, &regs);
		resumed = true;
	}
	optee_rpc_finish(call);
	return outcome(optee, ret, resumed);
}

const struct optee_conduit optee_smc_conduit = {
	.name = "smc",
	.run = optee_smc_run,
	.memref_to_msg = optee_smc_memref_to_msg,
	.memref_from_msg = optee_smc_memref_from_msg,
};
