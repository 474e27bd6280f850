// SPDX-License-Identifier: BSD-2-Clause
/*
 * The lab's pseudo trusted app; lab_rpc.h says what it promises.
 */
#include <kernel/pseudo_ta.h>
#include <kernel/rpc_io_i2c.h>
#include <stdint.h>
#include <string.h>
#include <tee_api_defines.h>

#include "lab_rpc.h"

#define LOW16(x)	((x) & 0xffff)
#define HIGH16(x)	((x) >> 16)

static TEE_Result transfer(TEE_Param params[TEE_NUM_PARAMS])
{
	uint32_t where = params[0].value.a, how = params[0].value.b;
	uint8_t bytes[LAB_RPC_BYTES] = { };
	struct rpc_i2c_request request = {
		.mode = RPC_I2C_MODE_WRITE,
		.bus = LOW16(where),
		.chip = HIGH16(where),
		.buffer = bytes,
		.buffer_len = LOW16(how),
	};
	TEE_Result res = TEE_SUCCESS;
	size_t moved = 0;

	if (!request.buffer_len || request.buffer_len > sizeof(bytes))
		return TEE_ERROR_BAD_PARAMETERS;
	if (HIGH16(how) & LAB_RPC_READ)
		request.mode = RPC_I2C_MODE_READ;
	if (HIGH16(how) & LAB_RPC_TEN_BIT)
		request.flags = RPC_I2C_FLAGS_TEN_BIT;
	memcpy(bytes, &params[1].value, sizeof(bytes));
	res = rpc_io_i2c_transfer(&request, &moved);
	if (res)
		return res;
	memcpy(&params[1].value, bytes, sizeof(bytes));
	params[2].value.a = moved;
	return TEE_SUCCESS;
}

static TEE_Result invoke(void *session __unused, uint32_t cmd, uint32_t types,
			 TEE_Param params[TEE_NUM_PARAMS])
{
	if (cmd != LAB_RPC_CMD_I2C)
		return TEE_ERROR_NOT_SUPPORTED;
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_INPUT,
				     TEE_PARAM_TYPE_VALUE_INOUT,
				     TEE_PARAM_TYPE_VALUE_OUTPUT,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	return transfer(params);
}

pseudo_ta_register(.uuid = LAB_RPC_UUID, .name = "lab_rpc",
		   .flags = PTA_DEFAULT_FLAGS | TA_FLAG_CONCURRENT,
		   .invoke_command_entry_point = invoke);
