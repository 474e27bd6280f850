// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of rpc_i2c.c, on a kernel without I2C.
 */
#include "../optee.h"
#include "../rpc.h"

/**
 * optee_rpc_i2c_transfer() - serve OPTEE_RPC_CMD_I2C_TRANSFER
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context.
 * Return: TEEC_ERROR_NOT_SUPPORTED.
 */
u32 optee_rpc_i2c_transfer(struct optee *optee, struct tee_param *p,
			   size_t num)
{
	return TEEC_ERROR_NOT_SUPPORTED;
}
