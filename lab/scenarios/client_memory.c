// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worker's commands that move memory, and a cancelled call.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <tee_client_api.h>

#include "client.h"
#include "lab_tee.h"
#include "worker_ta.h"

#define SEED	0x5a
#define ADDEND	1000

static uint32_t pattern_sum(uint32_t size)
{
	uint32_t sum = 0, i;

	for (i = 0; i < size; i++)
		sum += (uint8_t)(SEED + i);
	return sum;
}

static bool inverted(const uint8_t *buffer, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size; i++)
		if (buffer[i] != (uint8_t)~(SEED + i))
			return false;
	return true;
}

static bool echo_user(struct client *client, uint32_t size)
{
	TEEC_Operation op = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT,
					       TEEC_VALUE_OUTPUT,
					       TEEC_MEMREF_TEMP_INOUT,
					       TEEC_MEMREF_TEMP_INOUT),
		.params[0].value = { .a = SEED, .b = ADDEND },
	};
	uint8_t *buffer = malloc(2 * size);
	uint32_t i;
	bool good;

	if (!buffer)
		die("no memory");
	for (i = 0; i < 2 * size; i++)
		buffer[i] = (uint8_t)(SEED + i % size);
	for (i = 0; i < 2; i++) {
		op.params[2 + i].tmpref.buffer = buffer + i * size;
		op.params[2 + i].tmpref.size = size;
	}
	good = !TEEC_InvokeCommand(&client->session, WORKER_CMD_ECHO, &op,
				   NULL) &&
	       op.params[1].value.a == 2 * pattern_sum(size) &&
	       op.params[1].value.b == SEED + ADDEND &&
	       inverted(buffer, size) && inverted(buffer + size, size);
	free(buffer);
	return good;
}

static bool echo_kernel(struct client *client, uint32_t size)
{
	struct lab_tee_invoke req = {
		.cmd = WORKER_CMD_ECHO,
		.in = { .a = SEED, .b = ADDEND },
	};
	struct lab_tee_alloc alloc = { .size = size };
	bool good = true;
	int i;

	for (i = 0; i < LAB_TEE_MEMREFS; i++) {
		if (ioctl(client->fd, LAB_TEE_ALLOC, &alloc))
			return false;
		req.memref[i] = alloc.handle;
	}
	if (ioctl(client->fd, LAB_TEE_INVOKE, &req) || req.error ||
	    req.result || req.wrong_bytes ||
	    req.out[0].a != 2 * pattern_sum(size) ||
	    req.out[0].b != SEED + ADDEND)
		good = false;
	for (i = 0; i < LAB_TEE_MEMREFS; i++)
		if (ioctl(client->fd, LAB_TEE_FREE, req.memref[i]))
			good = false;
	return good;
}

bool client_echo(struct client *client, uint32_t size)
{
	return client->kind == USER ? echo_user(client, size) :
				      echo_kernel(client, size);
}

struct sleeper {
	struct client *client;
	TEEC_Operation op;
	uint32_t result;
	uint64_t returned;
};

static void *sleep_in_call(void *arg)
{
	struct sleeper *sleeper = arg;

	sleeper->result = TEEC_InvokeCommand(&sleeper->client->session,
					     WORKER_CMD_SLEEP, &sleeper->op,
					     NULL);
	sleeper->returned = now();
	return NULL;
}

uint32_t client_cancelled_sleep(struct client *client, uint32_t ms,
				uint32_t cancel_after_ms, double *took_ms)
{
	struct sleeper sleeper = {
		.client = client,
		.op = {
			.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT,
						       TEEC_VALUE_OUTPUT,
						       TEEC_VALUE_OUTPUT,
						       TEEC_NONE),
			.params[0].value.a = ms,
		},
	};
	pthread_t thread;
	uint64_t asked;

	if (pthread_create(&thread, NULL, sleep_in_call, &sleeper))
		die("no thread");
	sleep_until(now() + ticks(cancel_after_ms));
	asked = now();
	TEEC_RequestCancellation(&sleeper.op);
	pthread_join(thread, NULL);
	*took_ms = ms_between(asked, sleeper.returned);
	return sleeper.result;
}
