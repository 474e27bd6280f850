// SPDX-License-Identifier: BSD-2-Clause
/*
 * The SCMI service as a trusted app; scmi_ta.h says how it is called, server.c
 * what a message does.
 *
 * A message is copied before it is looked at, and the response after it is
 * whole: the memory is the normal world's, it may change at any time, and
 * Linux gives one buffer for both.
 */
#include <string.h>
#include <tee_internal_api.h>
#include <tee_internal_api_extensions.h>

#include "scmi_ta.h"
#include "server.h"

/* A channel's number is no handle for it */
#define HANDLE	0x5c310000

struct channel {
	bool is_open;
};

static struct scmi_server server;

static TEE_Result capabilities(uint32_t types, TEE_Param *params)
{
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_OUTPUT,
				     TEE_PARAM_TYPE_NONE, TEE_PARAM_TYPE_NONE,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	params[0].value.a = SCMI_TA_CAPS_MSG_HEADER;
	params[0].value.b = 0;
	return TEE_SUCCESS;
}

static TEE_Result get_channel(struct channel *channel, uint32_t types,
			      TEE_Param *params)
{
	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_INOUT,
				     TEE_PARAM_TYPE_NONE, TEE_PARAM_TYPE_NONE,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	if (params[0].value.b != SCMI_TA_CAPS_MSG_HEADER)
		return TEE_ERROR_NOT_SUPPORTED;
	if (params[0].value.a != SCMI_TA_CHANNEL)
		return TEE_ERROR_ITEM_NOT_FOUND;
	channel->is_open = true;
	params[0].value.a = HANDLE;
	return TEE_SUCCESS;
}

/*
 * A message that is too long is cut: no message is as long as what is left, so
 * that it gets the status of one that has the wrong length.
 */
static TEE_Result process_msg(const struct channel *channel, uint32_t types,
			      TEE_Param *params)
{
	uint8_t in[SCMI_MESSAGE_MAX], out[SCMI_MESSAGE_MAX];
	size_t in_size, out_size;

	if (types != TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_INPUT,
				     TEE_PARAM_TYPE_MEMREF_INPUT,
				     TEE_PARAM_TYPE_MEMREF_OUTPUT,
				     TEE_PARAM_TYPE_NONE))
		return TEE_ERROR_BAD_PARAMETERS;
	if (!channel->is_open || params[0].value.a != HANDLE)
		return TEE_ERROR_BAD_PARAMETERS;
	if (!params[1].memref.buffer || !params[2].memref.buffer)
		return TEE_ERROR_BAD_PARAMETERS;

	in_size = params[1].memref.size;
	if (in_size > sizeof(in))
		in_size = sizeof(in);
	out_size = params[2].memref.size;
	if (out_size > sizeof(out))
		out_size = sizeof(out);
	memcpy(in, params[1].memref.buffer, in_size);
	out_size = scmi_server_process(&server, in, in_size, out, out_size);
	if (!out_size)
		return TEE_ERROR_BAD_FORMAT;
	memcpy(params[2].memref.buffer, out, out_size);
	params[2].memref.size = out_size;
	return TEE_SUCCESS;
}

TEE_Result TA_InvokeCommandEntryPoint(void *session, uint32_t cmd,
				      uint32_t types,
				      TEE_Param params[TEE_NUM_PARAMS])
{
	switch (cmd) {
	case SCMI_TA_CMD_CAPABILITIES:
		return capabilities(types, params);
	case SCMI_TA_CMD_GET_CHANNEL:
		return get_channel(session, types, params);
	case SCMI_TA_CMD_PROCESS_MSG:
		return process_msg(session, types, params);
	default:
		return TEE_ERROR_NOT_SUPPORTED;
	}
}

/* Clocks and regulators are the kernel's; its login cannot be forged. */
TEE_Result TA_OpenSessionEntryPoint(uint32_t types __unused,
				    TEE_Param params[TEE_NUM_PARAMS] __unused,
				    void **session)
{
	TEE_Identity identity = { };
	TEE_Result res;

	res = TEE_GetPropertyAsIdentity(TEE_PROPSET_CURRENT_CLIENT,
					"gpd.client.identity", &identity);
	if (res)
		return res;
	if (identity.login != TEE_LOGIN_REE_KERNEL)
		return TEE_ERROR_ACCESS_DENIED;
	*session = TEE_Malloc(sizeof(struct channel), TEE_MALLOC_FILL_ZERO);
	return *session ? TEE_SUCCESS : TEE_ERROR_OUT_OF_MEMORY;
}

void TA_CloseSessionEntryPoint(void *session)
{
	TEE_Free(session);
}

TEE_Result TA_CreateEntryPoint(void)
{
	scmi_server_init(&server);
	return TEE_SUCCESS;
}

void TA_DestroyEntryPoint(void)
{
}
