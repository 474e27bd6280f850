// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of tee-supplicant that calls back into OP-TEE, as one does that
 * needs a clock or a key to serve a request.
 *
 * The command is how deep: with 1 it calls a trusted app, with 2 it calls one
 * that asks a plugin to do so, and so on. NEST_SIBLING has another thread of
 * tee-supplicant make the call, which serves no request; if that is not back
 * in SIBLING_MS the plugin answers that it is busy elsewhere, and lets it be.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <tee_client_api.h>
#include <tee_plugin_method.h>

#include "nest.h"
#include "worker_ta.h"

#define SIBLING_MS	700

static TEEC_Result call_in(TEEC_Session *session, unsigned int depth)
{
	TEEC_Operation op = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT,
					       TEEC_VALUE_OUTPUT,
					       TEEC_VALUE_OUTPUT, TEEC_NONE),
		.params[0].value.a = depth,
	};

	return TEEC_InvokeCommand(session, depth ? WORKER_CMD_PLUGIN :
					   WORKER_CMD_BUSY, &op, NULL);
}

static TEEC_Result call_back(unsigned int depth)
{
	static const TEEC_UUID worker = WORKER_UUID;
	TEEC_Session session;
	TEEC_Context context;
	TEEC_Result res;

	res = TEEC_InitializeContext(NULL, &context);
	if (res)
		return res;
	res = TEEC_OpenSession(&context, &session, &worker, TEEC_LOGIN_PUBLIC,
			       NULL, NULL, NULL);
	if (!res) {
		res = call_in(&session, depth - 1);
		TEEC_CloseSession(&session);
	}
	TEEC_FinalizeContext(&context);
	return res;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over = PTHREAD_COND_INITIALIZER;
static bool is_over;

static void *sibling(void *arg)
{
	call_back(1);
	pthread_mutex_lock(&lock);
	is_over = true;
	pthread_cond_signal(&over);
	pthread_mutex_unlock(&lock);
	return arg;
}

static TEEC_Result have_sibling_call(void)
{
	struct timespec until;
	pthread_t thread;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += SIBLING_MS * 1000000l;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	is_over = false;
	if (pthread_create(&thread, NULL, sibling, NULL))
		return TEEC_ERROR_OUT_OF_MEMORY;
	pthread_detach(thread);
	pthread_mutex_lock(&lock);
	while (!is_over && !rc)
		rc = pthread_cond_timedwait(&over, &lock, &until);
	pthread_mutex_unlock(&lock);
	return rc ? NEST_LATE : TEEC_SUCCESS;
}

static TEEC_Result init(void)
{
	return TEEC_SUCCESS;
}

static TEEC_Result invoke(unsigned int cmd, unsigned int sub_cmd, void *data,
			  size_t in_len, size_t *out_len)
{
	(void)sub_cmd;
	(void)data;
	(void)in_len;
	if (out_len)
		*out_len = 0;
	if (cmd == NEST_SIBLING)
		return have_sibling_call();
	if (!cmd || cmd > NEST_MAX)
		return TEEC_ERROR_BAD_PARAMETERS;
	return call_back(cmd);
}

struct plugin_method plugin_method = {
	"nest", WORKER_PLUGIN_UUID, init, invoke,
};
