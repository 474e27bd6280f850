// SPDX-License-Identifier: GPL-2.0-only
/*
 * I2C transfers for OP-TEE.
 *
 * Promises: an adapter, address, direction or length that cannot be is an
 * error before the bus is touched.
 *
 * Locking: none; the I2C core's own.
 *
 * The adapter's driver may call OP-TEE itself, for its clock, from this task:
 * the call that waits here has its rpc_cmd set meanwhile.
 */
#include <linux/err.h>
#include <linux/i2c.h>

#include "optee.h"
#include "rpc.h"

enum { WHERE, FLAGS, DATA, MOVED, PARAMS };

static const u64 param_types[PARAMS] = {
	[WHERE] = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
	[FLAGS] = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
	[DATA] = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
	[MOVED] = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
};

static bool check_params(const struct tee_param *p, size_t num)
{
	size_t n;

	if (num != PARAMS)
		return false;
	for (n = 0; n < PARAMS; n++)
		if (p[n].attr != param_types[n])
			return false;
	return p[DATA].u.memref.shm && p[DATA].u.memref.size &&
	       p[DATA].u.memref.size <= U16_MAX;
}

static u32 set_flags(struct i2c_msg *msg, u64 direction, u64 flags)
{
	if (flags & ~OPTEE_RPC_I2C_TEN_BIT)
		return TEEC_ERROR_BAD_PARAMETERS;
	if (flags & OPTEE_RPC_I2C_TEN_BIT)
		msg->flags |= I2C_M_TEN;
	switch (direction) {
	case OPTEE_RPC_I2C_READ:
		msg->flags |= I2C_M_RD;
		return TEEC_SUCCESS;
	case OPTEE_RPC_I2C_WRITE:
		return TEEC_SUCCESS;
	default:
		return TEEC_ERROR_BAD_PARAMETERS;
	}
}

static u32 make_msg(struct i2c_msg *msg, const struct tee_param *p)
{
	const struct tee_param_memref *data = &p[DATA].u.memref;
	u64 address = p[WHERE].u.value.c;
	u32 ret;

	ret = set_flags(msg, p[WHERE].u.value.a, p[FLAGS].u.value.a);
	if (ret)
		return ret;
	if (address > (msg->flags & I2C_M_TEN ? 0x3ff : 0x7f))
		return TEEC_ERROR_BAD_PARAMETERS;
	msg->addr = address;
	msg->len = data->size;
	msg->buf = tee_shm_get_va(data->shm, data->shm_offs);
	return IS_ERR(msg->buf) ? TEEC_ERROR_BAD_PARAMETERS : TEEC_SUCCESS;
}

static u32 transfer(struct i2c_adapter *adapter, struct i2c_msg *msg,
		    u64 *moved)
{
	int rc;

	if (msg->flags & I2C_M_TEN &&
	    !i2c_check_functionality(adapter, I2C_FUNC_10BIT_ADDR))
		return TEEC_ERROR_NOT_SUPPORTED;
	rc = i2c_transfer(adapter, msg, 1);
	if (rc == -EOPNOTSUPP)
		return TEEC_ERROR_NOT_SUPPORTED;
	if (rc != 1)
		return TEEC_ERROR_COMMUNICATION;
	*moved = msg->len;
	return TEEC_SUCCESS;
}

/**
 * optee_rpc_i2c_transfer() - serve OPTEE_RPC_CMD_I2C_TRANSFER
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context; may sleep.
 * Return: TEEC result: _ITEM_NOT_FOUND without such an adapter,
 *	   _NOT_SUPPORTED if it cannot do that, _COMMUNICATION if the transfer
 *	   failed.
 */
u32 optee_rpc_i2c_transfer(struct optee *optee, struct tee_param *p,
			   size_t num)
{
	struct i2c_adapter *adapter;
	struct i2c_msg msg = { };
	u32 ret;

	if (!check_params(p, num) || p[WHERE].u.value.b > U16_MAX)
		return TEEC_ERROR_BAD_PARAMETERS;
	ret = make_msg(&msg, p);
	if (ret)
		return ret;
	adapter = i2c_get_adapter(p[WHERE].u.value.b);
	if (!adapter)
		return TEEC_ERROR_ITEM_NOT_FOUND;
	ret = transfer(adapter, &msg, &p[MOVED].u.value.a);
	i2c_put_adapter(adapter);
	return ret;
}
