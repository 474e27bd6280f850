// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of rpc_rpmb.c, on a kernel without the rpmb subsystem: OP-TEE is
 * told so, and goes to tee-supplicant.
 */
#include "../optee.h"
#include "../rpc.h"
#include "../rpmb.h"

/**
 * optee_rpmb_in_kernel() - OP-TEE gets to its RPMB device without user space
 * @optee: which
 *
 * Context: Any.
 * Return: false.
 */
bool optee_rpmb_in_kernel(const struct optee *optee)
{
	return false;
}

/**
 * optee_rpmb_init() - get ready for OP-TEE to ask
 * @optee: where
 *
 * Context: Probe.
 */
void optee_rpmb_init(struct optee *optee)
{
}

/**
 * optee_rpmb_start() - tell enumeration of RPMB devices, of which none come
 * @optee: where
 *
 * Context: Probe.
 * Return: 0.
 */
int optee_rpmb_start(struct optee *optee)
{
	return 0;
}

/**
 * optee_rpmb_stop() - undo optee_rpmb_start()
 * @optee: where
 *
 * Context: Remove.
 */
void optee_rpmb_stop(struct optee *optee)
{
}

/**
 * optee_rpmb_exit() - undo optee_rpmb_init()
 * @optee: where
 *
 * Context: Remove.
 */
void optee_rpmb_exit(struct optee *optee)
{
}

/**
 * optee_rpc_rpmb_reset() - serve OPTEE_RPC_CMD_RPMB_PROBE_RESET
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context.
 * Return: TEEC_ERROR_NOT_SUPPORTED, on which OP-TEE tries tee-supplicant.
 */
u32 optee_rpc_rpmb_reset(struct optee *optee, struct tee_param *p, size_t num)
{
	return TEEC_ERROR_NOT_SUPPORTED;
}

/**
 * optee_rpc_rpmb_next() - serve OPTEE_RPC_CMD_RPMB_PROBE_NEXT
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context.
 * Return: TEEC_ERROR_NOT_SUPPORTED.
 */
u32 optee_rpc_rpmb_next(struct optee *optee, struct tee_param *p, size_t num)
{
	return TEEC_ERROR_NOT_SUPPORTED;
}

/**
 * optee_rpc_rpmb_frames() - serve OPTEE_RPC_CMD_RPMB_FRAMES
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context.
 * Return: TEEC_ERROR_NOT_SUPPORTED.
 */
u32 optee_rpc_rpmb_frames(struct optee *optee, struct tee_param *p,
			  size_t num)
{
	return TEEC_ERROR_NOT_SUPPORTED;
}
