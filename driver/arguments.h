/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parameters: from the TEE subsystem's form to OP-TEE's and back.
 *
 * What comes back is not trusted: every attribute, cookie, offset and size is
 * checked, on a copy.
 */
#ifndef OPTEE_ARGUMENTS_H
#define OPTEE_ARGUMENTS_H

#include <linux/tee_drv.h>

#include "compat/compat.h"
#include "msg_abi.h"

struct optee;

/* A call's parameters: there, and what came of them */
int optee_params_to_msg(struct optee *optee, struct optee_msg_param *mp,
			size_t num, const struct tee_param *p);
int optee_params_from_msg(struct optee *optee, struct tee_param *p, size_t num,
			  const struct optee_msg_param *mp);

/* An RPC's parameters: here, and what came of them */
int optee_rpc_params_from_msg(struct optee *optee, struct tee_param *p,
			      size_t num, const struct optee_msg_param *mp);
int optee_rpc_params_to_msg(struct optee *optee, struct optee_msg_param *mp,
			    size_t num, const struct tee_param *p);
void optee_rpc_params_put(struct tee_param *p, size_t num);

/* What both directions of a conduit's references have in common */
u64 optee_memref_attr(enum optee_msg_type first, u64 tee_attr);
int optee_memref_check(const struct tee_shm *shm, u64 offs, u64 size);

#endif /* OPTEE_ARGUMENTS_H */
