// SPDX-License-Identifier: GPL-2.0-only
/*
 * worker-check: the trusted app and the lab's kernel client do what their
 * headers say, so that the other scenarios show what they are meant to.
 */
#include <stdio.h>

#include <tee_client_api.h>

#include "nest.h"
#include "scenario.h"
#include "worker_ta.h"

static const char *kind_name(enum client_kind kind)
{
	static const char * const names[] = { "user", "kernel", "system" };

	return names[kind];
}

static void need(bool good, enum client_kind kind, const char *what)
{
	if (!good)
		die("%s client: %s went wrong", kind_name(kind), what);
}

static bool works(struct client *client, uint32_t cmd, uint32_t value)
{
	struct call call;

	client_call(client, cmd, value, &call);
	return !call.result;
}

static bool took(const struct call *call, uint32_t ms)
{
	return !call->result &&
	       ms_between(call->entered.early, call->left.late) >= ms - 1 &&
	       ms_between(call->asked, call->returned) < ms + 1000;
}

static bool lasts(struct client *client, uint32_t cmd, uint32_t ms)
{
	struct call call;

	client_call(client, cmd, ms, &call);
	return took(&call, ms);
}

/* In an RPC that tee-supplicant's plugin serves */
static bool stays(struct client *client, uint32_t ms)
{
	struct call call;

	client_call(client, WORKER_CMD_PLUGIN, NEST_STAY + ms, &call);
	return took(&call, ms);
}

static void check(enum client_kind kind)
{
	struct client *client = client_need(kind);

	need(works(client, WORKER_CMD_NOP, 0), kind, "NOP");
	need(lasts(client, WORKER_CMD_BUSY, 20), kind, "BUSY");
	need(lasts(client, WORKER_CMD_SLEEP, 200), kind, "SLEEP");
	need(stays(client, 200), kind, "PLUGIN that takes its time");
	need(works(client, WORKER_CMD_PLUGIN, 1), kind, "PLUGIN that calls back");
	need(works(client, WORKER_CMD_STORE, 1000), kind, "STORE");
	need(works(client, WORKER_CMD_KEEP, 2000 + kind), kind, "KEEP");
	need(client_echo(client, 1), kind, "ECHO of bytes");
	need(client_echo(client, 5003), kind, "ECHO of pages");
	client_close(client);
}

void worker_check(void)
{
	struct client *client, *system;
	uint32_t result;
	double ms;
	int why;

	check(USER);
	check(KERNEL);
	system = client_open(SYSTEM, &why);
	if (system) {
		client_close(system);
		check(SYSTEM);
	}
	report_text("system_sessions", system ? "yes" : "no");

	client = client_need(USER);
	result = client_cancelled_sleep(client, 5000, 300, &ms);
	client_close(client);
	if (result != TEEC_ERROR_CANCEL || ms > 1000)
		die("a cancelled call gave %#x after %.1f ms", result, ms);
	report_number("cancelled_after_ms", ms);
	report("worker-check", SERVED, NULL, 0,
	       "every command works; a cancelled call returned after %.1f ms",
	       ms);
}
