// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of tee-supplicant that calls back into OP-TEE, as one does that
 * needs a clock or a key to serve a request.
 *
 * The command is how deep: with 1 it calls a trusted app, with 2 it calls one
 * that asks a plugin to do so, and so on. NEST_CLOCK has the kernel turn on an
 * SCMI clock, which is a call of the kernel's in the same task; where the kernel
 * has no SCMI over OP-TEE, lab_tee sends its messages. NEST_STAY takes its time.
 * NEST_SIBLING has another thread of tee-supplicant make the call, which serves no
 * request; if that is not back in SIBLING_MS the plugin answers that it is busy
 * elsewhere, and lets it be.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <tee_client_api.h>
#include <tee_plugin_method.h>

#include "nest.h"
#include "scmi_client.h"
#include "worker_ta.h"

#define SIBLING_MS	700

static TEEC_Result call_in(TEEC_Session *session, uint32_t cmd, uint32_t arg)
{
	TEEC_Operation op = {
		.paramTypes = TEEC_PARAM_TYPES(TEEC_VALUE_INPUT,
					       TEEC_VALUE_OUTPUT,
					       TEEC_VALUE_OUTPUT, TEEC_NONE),
		.params[0].value.a = arg,
	};

	return TEEC_InvokeCommand(session, cmd, &op, NULL);
}

static TEEC_Result call_back(uint32_t cmd, uint32_t arg)
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
		res = call_in(&session, cmd, arg);
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
	call_back(WORKER_CMD_BUSY, 0);
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

/* Clocks, by their number in the SCMI service */
static const char *const switches[] = {
	"/sys/kernel/debug/lab_scmi/lab-storage/on",
	"/sys/kernel/debug/lab_scmi/lab-bus/on",
};

static bool turn(unsigned int clock, bool on)
{
	int fd = open(switches[clock], O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, on ? "1" : "0", 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

/* One at a time, as it is with the kernel's own channel */
static bool turn_by_message(unsigned int clock, bool on)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	static struct scmi scmi;
	static bool is_open;
	bool done = false;

	pthread_mutex_lock(&one);
	if (!is_open)
		is_open = !scmi_open(&scmi);
	if (is_open)
		done = !scmi_turn_clock(&scmi, clock, on);
	pthread_mutex_unlock(&one);
	return done;
}

/* In this task: it returns when the service in OP-TEE has answered */
static TEEC_Result use_clock(unsigned int clock)
{
	bool (*how)(unsigned int clock, bool on) =
		scmi_has_transport() ? turn : turn_by_message;

	return how(clock, true) && how(clock, false) ? TEEC_SUCCESS :
						       TEEC_ERROR_COMMUNICATION;
}

static TEEC_Result stay(unsigned int ms)
{
	struct timespec time = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l,
	};

	while (nanosleep(&time, &time) && errno == EINTR)
		;
	return TEEC_SUCCESS;
}

static bool is_deep(unsigned int cmd, unsigned int base)
{
	return cmd > base && cmd <= base + NEST_MAX;
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
	if (cmd == NEST_CLOCK || cmd == NEST_OWN_CLOCK)
		return use_clock(cmd == NEST_OWN_CLOCK);
	if (cmd >= NEST_STAY && cmd <= NEST_STAY + NEST_STAY_MAX)
		return stay(cmd - NEST_STAY);
	if (cmd == 1)
		return call_back(WORKER_CMD_BUSY, 0);
	if (is_deep(cmd, 0) || is_deep(cmd, NEST_CLOCK) ||
	    is_deep(cmd, NEST_OWN_CLOCK))
		return call_back(WORKER_CMD_PLUGIN, cmd - 1);
	return TEEC_ERROR_BAD_PARAMETERS;
}

struct plugin_method plugin_method = {
	"nest", WORKER_PLUGIN_UUID, init, invoke,
};
