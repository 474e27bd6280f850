// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worker's clients: processes by libteec, the kernel by /dev/lab_tee.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"
#include "lab_load.h"
#include "lab_tee.h"
#include "worker_ta.h"

static const TEEC_UUID worker = WORKER_UUID;
static const TEEC_UUID worker_scmi = WORKER_SCMI_UUID;
static const TEEC_UUID load = LAB_LOAD_UUID;

/*
 * What the worker told, in milliseconds rounded down. It was during the call,
 * or the two worlds' clocks are not one.
 */
static struct span span_of(uint64_t ms, const struct call *call)
{
	struct span span = {
		.early = ticks(1) * ms,
		.late = ticks(1) * (ms + 1),
	};

	if (span.late <= call->asked || span.early > call->returned)
		die("the secure world's clock is not ours");
	if (span.early < call->asked)
		span.early = call->asked;
	if (span.late > call->returned)
		span.late = call->returned;
	return span;
}

static bool tells_time(uint32_t cmd)
{
	return cmd == WORKER_CMD_BUSY || cmd == WORKER_CMD_SLEEP ||
	       cmd == WORKER_CMD_STORE;
}

static int open_user(struct client *client, const TEEC_UUID *uuid)
{
	TEEC_Result res = TEEC_InitializeContext(NULL, &client->context);
	uint32_t origin;

	if (res)
		return -ENODEV;
	res = TEEC_OpenSession(&client->context, &client->session, uuid,
			       TEEC_LOGIN_PUBLIC, NULL, NULL, &origin);
	if (!res)
		return 0;
	fprintf(stderr, "scenario: open session: %#x from %u\n", res, origin);
	TEEC_FinalizeContext(&client->context);
	return res == TEEC_ERROR_OUT_OF_MEMORY ? -ENOMEM : -EIO;
}

/* The order in which a UUID is written. */
static void write_uuid(uint8_t out[16], const TEEC_UUID *uuid)
{
	int i;

	for (i = 0; i < 4; i++)
		out[i] = (uint8_t)(uuid->timeLow >> (24 - 8 * i));
	out[4] = (uint8_t)(uuid->timeMid >> 8);
	out[5] = (uint8_t)uuid->timeMid;
	out[6] = (uint8_t)(uuid->timeHiAndVersion >> 8);
	out[7] = (uint8_t)uuid->timeHiAndVersion;
	memcpy(out + 8, uuid->clockSeqAndNode, 8);
}

static int open_kernel(struct client *client, uint32_t kind,
		       const TEEC_UUID *uuid)
{
	struct lab_tee_open req = { .kind = kind };
	int rc;

	write_uuid(req.uuid, uuid);
	client->fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	if (client->fd < 0)
		die("/dev/lab_tee: %s", strerror(errno));
	if (!ioctl(client->fd, LAB_TEE_OPEN, &req))
		return 0;
	if (errno == EIO)
		fprintf(stderr, "scenario: kernel session: %#x from %u\n",
			req.result, req.origin);
	rc = -errno;
	close(client->fd);
	return rc;
}

/*
 * A kernel older than system sessions knows them by their UUID when the driver
 * is ours, and not at all when it is not.
 */
static int open_system(struct client *client)
{
	int rc = open_kernel(client, LAB_TEE_SYSTEM, &worker);

	if (rc == -EOPNOTSUPP && driver_is_ours())
		rc = open_kernel(client, LAB_TEE_KERNEL, &worker_scmi);
	return rc;
}

struct client *client_open(enum client_kind kind, int *why)
{
	struct client *client = calloc(1, sizeof(*client));
	int rc;

	if (!client)
		die("no memory");
	client->kind = kind;
	if (kind == USER)
		rc = open_user(client, &worker);
	else if (kind == KERNEL)
		rc = open_kernel(client, LAB_TEE_KERNEL, &worker);
	else
		rc = open_system(client);
	if (why)
		*why = rc;
	if (!rc)
		return client;
	free(client);
	return NULL;
}

struct client *client_open_load(void)
{
	struct client *client = calloc(1, sizeof(*client));

	if (!client)
		die("no memory");
	client->kind = USER;
	if (!open_user(client, &load))
		return client;
	free(client);
	return NULL;
}

struct client *client_need(enum client_kind kind)
{
	int why;
	struct client *client = client_open(kind, &why);

	if (!client)
		die("cannot open a session: %s", strerror(-why));
	return client;
}

static void call_user(struct client *client, uint32_t cmd, uint32_t ms,
		      struct call *call)
{
	TEEC_Operation op = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT,
					       TEEC_VALUE_OUTPUT,
					       TEEC_VALUE_OUTPUT, TEEC_NONE),
		.params[0].value.a = ms,
	};

	call->asked = now();
	call->result = TEEC_InvokeCommand(&client->session, cmd, &op, NULL);
	call->returned = now();
	if (call->result || !tells_time(cmd))
		return;
	call->entered = span_of((uint64_t)op.params[1].value.b << 32 |
				op.params[1].value.a, call);
	call->left = span_of((uint64_t)op.params[2].value.b << 32 |
			     op.params[2].value.a, call);
}

static void call_kernel(struct client *client, uint32_t cmd, uint32_t ms,
			struct call *call)
{
	struct lab_tee_invoke req = { .cmd = cmd, .in.a = ms };

	if (ioctl(client->fd, LAB_TEE_INVOKE, &req))
		die("kernel client: %s", strerror(errno));
	call->asked = req.asked;
	call->returned = req.returned;
	call->result = req.result;
	if (req.error)
		call->result = req.error == -EDEADLK || req.error == -EBUSY ?
			       TEEC_ERROR_BUSY : TEEC_ERROR_GENERIC;
	if (call->result || !tells_time(cmd))
		return;
	call->entered = span_of(req.out[0].b << 32 | req.out[0].a, call);
	call->left = span_of(req.out[1].b << 32 | req.out[1].a, call);
}

void client_call(struct client *client, uint32_t cmd, uint32_t ms,
		 struct call *call)
{
	if (client->kind == USER)
		call_user(client, cmd, ms, call);
	else
		call_kernel(client, cmd, ms, call);
}

void client_close(struct client *client)
{
	if (client->kind == USER) {
		TEEC_CloseSession(&client->session);
		TEEC_FinalizeContext(&client->context);
	} else {
		close(client->fd);
	}
	free(client);
}
