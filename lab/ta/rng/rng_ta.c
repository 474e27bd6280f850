// SPDX-License-Identifier: BSD-2-Clause
/*
 * Random numbers for Linux; rng_ta.h says how it is called.
 *
 * They are OP-TEE's. In the lab those come from a generator in software whose
 * seed is worth nothing: what is told of their quality is told so that Linux
 * uses them, as it would those of a board.
 */
#include <tee_internal_api.h>
#include <tee_internal_api_extensions.h>

#include "rng_ta.h"

#define BYTES_PER_SECOND	65536
#define BITS_IN_1024		1024

static TEE_Result get_entropy(uint32_t types, TEE_Param *params)
{
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_MEMREF_INOUT,
				     TEE_PARAM_TYPE_NONE, TEE_PARAM_TYPE_NONE,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	if (!params[0].memref.buffer || !params[0].memref.size)
		return TEE_ERROR_BAD_PARAMETERS;
	if (params[0].memref.size > RNG_TA_MAX)
		return TEE_ERROR_NOT_SUPPORTED;
	TEE_GenerateRandom(params[0].memref.buffer, params[0].memref.size);
	return TEE_SUCCESS;
}

static TEE_Result get_info(uint32_t types, TEE_Param *params)
{
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_OUTPUT,
				     TEE_PARAM_TYPE_NONE, TEE_PARAM_TYPE_NONE,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	params[0].value.a = BYTES_PER_SECOND;
	params[0].value.b = BITS_IN_1024;
	return TEE_SUCCESS;
}

TEE_Result TA_InvokeCommandEntryPoint(void *session __unused, uint32_t cmd,
				      uint32_t types,
				      TEE_Param params[TEE_NUM_PARAMS])
{
	switch (cmd) {
	case RNG_TA_CMD_GET_ENTROPY:
		return get_entropy(types, params);
	case RNG_TA_CMD_GET_RNG_INFO:
		return get_info(types, params);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}

TEE_Result TA_CreateEntryPoint(void)
{
	return TEE_SUCCESS;
}

void TA_DestroyEntryPoint(void)
{
}

TEE_Result TA_OpenSessionEntryPoint(uint32_t types __unused,
				    TEE_Param params[TEE_NUM_PARAMS] __unused,
				    void **session __unused)
{
	return TEE_SUCCESS;
}

void TA_CloseSessionEntryPoint(void *session __unused)
{
}
