// SPDX-License-Identifier: BSD-2-Clause
/*
 * The worker; worker_ta.h says what it promises.
 */
#include <string.h>
#include <tee_internal_api.h>
#include <tee_internal_api_extensions.h>

#include "worker_ta.h"

/*
 * How long SLEEP stays in one RPC. OP-TEE looks for a cancellation only when
 * the normal world comes back from it.
 */
#define SLEEP_SLICE_MS	50

#define STORE_MAX	1024

#define VALUE_TYPES	TEE_PARAM_TYPES(TEE_PARAM_TYPE_VALUE_INPUT, \
					TEE_PARAM_TYPE_VALUE_OUTPUT, \
					TEE_PARAM_TYPE_VALUE_OUTPUT, \
					TEE_PARAM_TYPE_NONE)

/* In milliseconds, rounded down. */
static uint64_t now(void)
{
	TEE_Time time = { };

	TEE_GetSystemTime(&time);
	return (uint64_t)time.seconds * 1000 + time.millis;
}

static void give_time(TEE_Param *param, uint64_t time)
{
	param->value.a = (uint32_t)time;
	param->value.b = (uint32_t)(time >> 32);
}

static void busy(uint32_t ms)
{
	uint64_t end = now() + ms;

	while (now() < end)
		;
}

static TEE_Result sleep_cancellable(uint32_t ms)
{
	uint64_t end = now() + ms;
	TEE_Result res = TEE_SUCCESS;

	TEE_UnmaskCancellation();
	while (!res) {
		uint64_t at = now();

		if (at >= end)
			break;
		ms = end - at < SLEEP_SLICE_MS ? end - at : SLEEP_SLICE_MS;
		res = TEE_Wait(ms);
	}
	TEE_MaskCancellation();
	return res;
}

/* Read what was written, and compare. */
static TEE_Result read_back(TEE_ObjectHandle object, const uint8_t *want,
			    uint32_t size)
{
	uint8_t got[64];
	TEE_Result res = TEE_SeekObjectData(object, 0, TEE_DATA_SEEK_SET);

	while (!res && size) {
		uint32_t n = size < sizeof(got) ? size : sizeof(got);
		size_t count = 0;

		res = TEE_ReadObjectData(object, got, n, &count);
		if (!res && (count != n || memcmp(got, want, n)))
			res = TEE_ERROR_CORRUPT_OBJECT;
		want += n;
		size -= n;
	}
	return res;
}

static TEE_Result store(uint32_t size, uint32_t id)
{
	uint32_t flags = TEE_DATA_FLAG_ACCESS_READ |
			 TEE_DATA_FLAG_ACCESS_WRITE |
			 TEE_DATA_FLAG_ACCESS_WRITE_META |
			 TEE_DATA_FLAG_OVERWRITE;
	TEE_ObjectHandle object = TEE_HANDLE_NULL;
	TEE_Result res, deleted;
	uint8_t *data;
	uint32_t i;

	if (!size || size > STORE_MAX)
		return TEE_ERROR_BAD_PARAMETERS;
	data = TEE_Malloc(size, TEE_MALLOC_FILL_ZERO);
	if (!data)
		return TEE_ERROR_OUT_OF_MEMORY;
	for (i = 0; i < size; i++)
		data[i] = (uint8_t)(id + i);

	res = TEE_CreatePersistentObject(TEE_STORAGE_PRIVATE, &id, sizeof(id),
					 flags, TEE_HANDLE_NULL, NULL, 0,
					 &object);
	if (res)
		goto free_data;
	res = TEE_WriteObjectData(object, data, size);
	if (!res)
		res = read_back(object, data, size);
	deleted = TEE_CloseAndDeletePersistentObject1(object);
	if (!res)
		res = deleted;
free_data:
	TEE_Free(data);
	return res;
}

static TEE_Result keep(uint32_t a, uint32_t b)
{
	TEE_ObjectHandle object = TEE_HANDLE_NULL;
	uint32_t id[] = { a, b };

	return TEE_CreatePersistentObject(TEE_STORAGE_PRIVATE, id, sizeof(id),
					  TEE_DATA_FLAG_ACCESS_WRITE |
					  TEE_DATA_FLAG_OVERWRITE,
					  TEE_HANDLE_NULL, NULL, 0, &object);
}

static TEE_Result echo_bytes(TEE_Param *param, uint8_t seed, uint32_t *sum)
{
	uint8_t *byte = param->memref.buffer;
	size_t i;

	for (i = 0; i < param->memref.size; i++) {
		if (byte[i] != (uint8_t)(seed + i))
			return TEE_ERROR_BAD_FORMAT;
		*sum += byte[i];
		byte[i] = (uint8_t)~byte[i];
	}
	return TEE_SUCCESS;
}

static TEE_Result echo(uint32_t types, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;
	uint32_t sum = 0;
	unsigned int n;

	if (TEE_PARAM_TYPE_GET(types, 0) != TEE_PARAM_TYPE_VALUE_INPUT ||
	    TEE_PARAM_TYPE_GET(types, 1) != TEE_PARAM_TYPE_VALUE_OUTPUT)
		return TEE_ERROR_BAD_PARAMETERS;
	for (n = 2; n < TEE_NUM_PARAMS && !res; n++)
		if (TEE_PARAM_TYPE_GET(types, n) == TEE_PARAM_TYPE_MEMREF_INOUT)
			res = echo_bytes(&params[n],
					 (uint8_t)params[0].value.a, &sum);
	params[1].value.a = sum;
	params[1].value.b = params[0].value.a + params[0].value.b;
	return res;
}

static TEE_Result ask_plugin(uint32_t cmd)
{
	static const TEE_UUID plugin = WORKER_PLUGIN_UUID;
	size_t len = 0;

	return tee_invoke_supp_plugin(&plugin, cmd, 0, NULL, 0, &len);
}

static TEE_Result timed(uint32_t cmd, TEE_Param params[TEE_NUM_PARAMS])
{
	TEE_Result res = TEE_SUCCESS;

	give_time(&params[1], now());
	switch (cmd) {
	case WORKER_CMD_BUSY:
		busy(params[0].value.a);
		break;
	case WORKER_CMD_SLEEP:
		res = sleep_cancellable(params[0].value.a);
		break;
	case WORKER_CMD_PLUGIN:
		res = ask_plugin(params[0].value.a);
		break;
	case WORKER_CMD_KEEP:
		res = keep(params[0].value.a, params[0].value.b);
		break;
	default:
		res = store(params[0].value.a, params[0].value.b);
		break;
	}
	give_time(&params[2], now());
	return res;
}

TEE_Result TA_InvokeCommandEntryPoint(void *session __unused, uint32_t cmd,
				      uint32_t types,
				      TEE_Param params[TEE_NUM_PARAMS])
{
	switch (cmd) {
	case WORKER_CMD_BUSY:
	case WORKER_CMD_SLEEP:
	case WORKER_CMD_STORE:
	case WORKER_CMD_PLUGIN:
	case WORKER_CMD_KEEP:
		if (types != VALUE_TYPES)
			return TEE_ERROR_BAD_PARAMETERS;
		return timed(cmd, params);
	case WORKER_CMD_ECHO:
		return echo(types, params);
	case WORKER_CMD_NOP:
		return TEE_SUCCESS;
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
