// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains as boards have them: what tee-supplicant serves for one call needs an
 * SCMI clock, and that is a call of the kernel's to the SCMI service in OP-TEE,
 * through the distribution's own drivers. The clock is turned on by a plugin, or
 * by the disk that OP-TEE's storage is on (lab/modules/lab_disk).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "nest.h"
#include "worker_ta.h"

#define FLOOD		6
#define FLOOD_MS	100
#define ROUNDS		5
#define PATIENCE_MS	15000
#define OBJECT_SIZE	256

/* Levels of the queue: USER, KERNEL, SYSTEM one deep, two deep and so on */
#define LEVEL(depth)	(1 + (depth))

#define TRACING		"/sys/kernel/tracing/"

static void clock_service(void)
{
	load_module("lab_scmi", "");
	if (access("/sys/kernel/debug/lab_scmi/lab-storage/on", F_OK))
		broken("there is no SCMI clock");
}

/* A call of @cmd that has a session by now, and has not begun */
static struct actor *outer(enum kind kind, uint32_t cmd, uint32_t arg)
{
	struct actor *actor = actors_new(1);

	actor->name = "gt-outer";
	actor->kind = kind;
	actor->cmd = cmd;
	actor->arg = arg;
	actor->stays = true;
	actor_open(actor);
	return actor;
}

/* Milliseconds that it took */
static unsigned int must_return(struct actor *actor)
{
	actors_go(actor, 1);
	if (!await(actor->call.returned, PATIENCE_MS))
		fault("hangs: not back after %d s", PATIENCE_MS / 1000);
	return (actor->call.returned - actor->call.asked) / 1000;
}

static void reserve(unsigned int n)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", n);
	if (is_ours() && !queue_write("reserve_system", number))
		broken("%u threads cannot be kept", n);
}

static void reserve_auto(void)
{
	if (is_ours() && !queue_write("reserve_system", "auto"))
		broken("the policy cannot be changed");
}

/* The deepest level at which the SCMI service was let in while traced */
static unsigned int deepest_scmi(void)
{
	unsigned int level, deepest = 0;
	char line[512];
	FILE *trace = fopen(TRACING "trace", "r");
	char *at;

	while (trace && fgets(line, sizeof(line), trace)) {
		at = strstr(line, " level=");
		if (!at || !strstr(line, "uuid=a8cfe406"))
			continue;
		level = atoi(at + strlen(" level="));
		if (level > deepest)
			deepest = level;
	}
	if (trace)
		fclose(trace);
	return deepest;
}

static void trace(const char *on)
{
	if (is_ours() &&
	    !write_text(TRACING "events/optee/optee_call_grant/enable", on))
		broken("no trace points");
}

/*
 * As deep as there are threads for it. That the last call is of that depth
 * shows that Linux makes it in the task that serves the one before.
 */
void chain_clock(void)
{
	unsigned int depth = threads() - 1, i, ms, worst = 0;
	struct actor *actor;

	clock_service();
	reserve(depth);
	trace("1");
	flood_start(FLOOD, FLOOD_MS);
	for (i = 0; i < ROUNDS; i++) {
		actor = outer(USER, WORKER_CMD_PLUGIN, NEST_CLOCK + depth - 1);
		ms = must_return(actor);
		if (actor->call.result)
			fault("round %u got %#x", i, actor->call.result);
		if (ms > worst)
			worst = ms;
		end(actor->pid, 1000);
	}
	trace("0");
	reserve_auto();
	if (is_ours() && deepest_scmi() != LEVEL(depth))
		fault("the clock's call was at level %u, not %u",
		      deepest_scmi(), LEVEL(depth));
	ok("%u deep, %d times, %u ms at most", depth, ROUNDS, worst);
}

/* One deeper than there are threads: the clock fails, and nothing hangs */
void chain_too_deep(void)
{
	struct actor *actor;
	unsigned int ms;

	clock_service();
	actor = outer(USER, WORKER_CMD_PLUGIN, NEST_CLOCK + threads() - 1);
	ms = must_return(actor);
	if (!actor->call.result)
		fault("%u deep with %u threads was served", threads(),
		      threads());
	if (is_ours() && !await(log_has("deadlock: every secure thread"), 1000))
		fault("the log says nothing");
	end(actor->pid, 1000);
	actor = outer(USER, WORKER_CMD_PLUGIN, NEST_CLOCK);
	must_return(actor);
	if (threads() > 1 && actor->call.result)
		fault("the clock does not work afterwards: %#x",
		      actor->call.result);
	sane();
	ok("%u deep with %u threads: refused after %u ms", threads(),
	   threads(), ms);
}

static void drop_caches(void)
{
	if (!write_text("/proc/sys/vm/drop_caches", "3"))
		broken("caches are not dropped");
}

/*
 * The trusted app comes from lab_disk anew, and an object of OP-TEE's storage is
 * written there and read back.
 */
static void chain_storage(enum kind kind)
{
	unsigned int i, ms, worst = 0;
	struct actor *actor;

	flood_start(FLOOD, FLOOD_MS);
	for (i = 0; i < ROUNDS; i++) {
		drop_caches();
		actor = outer(kind, WORKER_CMD_STORE, OBJECT_SIZE);
		ms = must_return(actor);
		if (actor->call.result)
			fault("round %u got %#x", i, actor->call.result);
		if (ms > worst)
			worst = ms;
		end(actor->pid, 1000);
	}
	ok("%d objects, %u ms at most", ROUNDS, worst);
}

void chain_storage_user(void)
{
	chain_storage(USER);
}

void chain_storage_kernel(void)
{
	chain_storage(KERNEL);
}

/*
 * Two deep: the plugin opens a session, for which the trusted app has to come
 * from lab_disk.
 */
void chain_storage_deep(void)
{
	unsigned int i, ms, worst = 0;
	struct actor *actor;

	if (threads() < 3)
		skip("takes three threads");
	reserve(2);
	flood_start(FLOOD, FLOOD_MS);
	for (i = 0; i < ROUNDS; i++) {
		actor = outer(USER, WORKER_CMD_PLUGIN, 1);
		drop_caches();
		ms = must_return(actor);
		if (actor->call.result)
			fault("round %u got %#x", i, actor->call.result);
		if (ms > worst)
			worst = ms;
		end(actor->pid, 1000);
	}
	reserve_auto();
	ok("two deep: %u ms at most", worst);
}
