/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remote procedure calls: what OP-TEE asks while a call is under way.
 */
#ifndef OPTEE_RPC_H
#define OPTEE_RPC_H

#include <linux/tee_drv.h>

#include "compat/compat.h"
#include "msg_abi.h"
#include "rpc_abi.h"

struct optee;
struct optee_call;

/* Parameters of an RPC message; OP-TEE uses 4 */
#define OPTEE_RPC_MAX_PARAMS	8

void optee_rpc_serve(struct optee_call *call, struct optee_msg_arg *arg,
		     size_t room);
void optee_rpc_finish(struct optee_call *call);

/*
 * Each serves one command: checks @p, fills it in, and returns a TEEC result.
 * rpc_i2c.c or compat/no_i2c.c, rpc_rpmb.c or compat/no_rpmb.c.
 */
u32 optee_rpc_i2c_transfer(struct optee *optee, struct tee_param *p,
			   size_t num);
u32 optee_rpc_rpmb_reset(struct optee *optee, struct tee_param *p, size_t num);
u32 optee_rpc_rpmb_next(struct optee *optee, struct tee_param *p, size_t num);
u32 optee_rpc_rpmb_frames(struct optee *optee, struct tee_param *p,
			  size_t num);

#endif /* OPTEE_RPC_H */
