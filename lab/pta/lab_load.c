// SPDX-License-Identifier: BSD-2-Clause
/*
 * A pseudo trusted app that holds a thread; lab_load.h says what for.
 */
#include <kernel/pseudo_ta.h>
#include <kernel/tee_time.h>
#include <stdint.h>
#include <tee/tee_supp_plugin_rpc.h>
#include <tee_api_defines.h>

#include "lab_load.h"

static uint64_t now(void)
{
	TEE_Time time = { };

	tee_time_get_sys_time(&time);
	return (uint64_t)time.seconds * 1000 + time.millis;
}

static void give_time(TEE_Param *param, uint64_t time)
{
	param->value.a = (uint32_t)time;
	param->value.b = (uint32_t)(time >> 32);
}

static void be_busy(uint32_t ms)
{
	uint64_t end = now() + ms;

	while (now() < end)
		;
}

static TEE_Result ask_plugin(uint32_t cmd)
{
	static const TEE_UUID plugin = LAB_LOAD_PLUGIN_UUID;
	size_t len = 0;

	return tee_invoke_supp_plugin_rpc(&plugin, cmd, 0, NULL, NULL, 0, &len);
}

static TEE_Result invoke(void *session __unused, uint32_t cmd, uint32_t types,
			 TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;

	if (cmd != LAB_LOAD_CMD_BUSY && cmd != LAB_LOAD_CMD_SLEEP &&
	    cmd != LAB_LOAD_CMD_PLUGIN)
		return TEE_ERROR_NOT_SUPPORTED;
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_INPUT,
				     TEE_PARAM_TYPE_VALUE_OUTPUT,
				     TEE_PARAM_TYPE_VALUE_OUTPUT,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	give_time(&params[1], now());
	if (cmd == LAB_LOAD_CMD_BUSY)
		be_busy(params[0].value.a);
	else if (cmd == LAB_LOAD_CMD_SLEEP)
		tee_time_wait(params[0].value.a);
	else
		res = ask_plugin(params[0].value.a);
	give_time(&params[2], now());
	return res;
}

pseudo_ta_register(.uuid = LAB_LOAD_UUID, .name = "lab_load",
		   .flags = PTA_DEFAULT_FLAGS | TA_FLAG_CONCURRENT,
		   .invoke_command_entry_point = invoke);
