// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that other calls wait for: made by a plugin of the real tee-supplicant
 * while it serves a request.
 */
#include <stdlib.h>

#include "gt.h"
#include "plugin/nest.h"
#include "worker_ta.h"

#define FLOOD		6
#define FLOOD_MS	100
#define ROUNDS		5
#define BUSY		0xffff000d	/* TEEC_ERROR_BUSY */

/* Long enough for any chain, if it moves at all */
#define PATIENCE_MS	15000

static struct actor *plugin_call(unsigned int depth)
{
	struct actor *actor = actors_new(1);

	actor->name = "gt-outer";
	actor->cmd = WORKER_CMD_PLUGIN;
	actor->arg = depth;
	actor->stays = true;
	actor_open(actor);
	actors_go(actor, 1);
	return actor;
}

static void must_return(struct actor *actor)
{
	if (!await(actor->call.returned, PATIENCE_MS))
		fault("hangs: not back after %d s", PATIENCE_MS / 1000);
}

/*
 * As deep as there are threads for it: each level has one left for the next,
 * however many processes want them all.
 */
void nested_in_flood(void)
{
	unsigned int depth = threads() - 1, i, ms, worst = 0;
	struct actor *actor;
	char number[16];

	if (is_ours()) {
		number[0] = '0' + depth;
		number[1] = '\0';
		queue_write("reserve_system", number);
	}
	flood_start(FLOOD, FLOOD_MS);
	for (i = 0; i < ROUNDS; i++) {
		actor = plugin_call(depth);
		must_return(actor);
		if (actor->call.result)
			fault("round %u got %#x", i, actor->call.result);
		ms = (actor->call.returned - actor->call.asked) / 1000;
		if (ms > worst)
			worst = ms;
		end(actor->pid, 1000);
	}
	if (is_ours())
		queue_write("reserve_system", "auto");
	ok("%u deep, %d times, %u ms at most", depth, ROUNDS, worst);
}

/*
 * Another thread of tee-supplicant is no part of the chain: it waits as any
 * process does, though a thread is kept for the one that is.
 */
void nested_sibling(void)
{
	struct actor *actor;

	if (!is_ours())
		skip("stock keeps no thread for it");
	if (threads() != 2)
		skip("takes two threads");
	queue_write("reserve_system", "1");
	actor = plugin_call(NEST_SIBLING);
	must_return(actor);
	if (actor->call.result != NEST_LATE)
		fault("a thread that serves nothing was let in: %#x",
		      actor->call.result);
	end(actor->pid, 1000);
	actor = plugin_call(1);
	must_return(actor);
	if (actor->call.result)
		fault("the thread that serves was not: %#x",
		      actor->call.result);
	queue_write("reserve_system", "auto");
	sane();
	ok("the sibling waited, the server did not");
}

/* One deeper than there are threads: nothing can move */
void deadlock_ends(void)
{
	struct actor *actor = plugin_call(threads());
	unsigned int ms;

	must_return(actor);
	ms = (actor->call.returned - actor->call.asked) / 1000;
	if (actor->call.result != BUSY)
		fault("got %#x, not TEEC_ERROR_BUSY", actor->call.result);
	if (is_ours() && !await(log_has("deadlock: every secure thread"), 1000))
		fault("the log says nothing");
	end(actor->pid, 1000);
	sane();
	ok("%u deep with %u threads: TEEC_ERROR_BUSY after %u ms", threads(),
	   threads(), ms);
}
