// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that other calls wait for: made by a plugin of the real tee-supplicant
 * while it serves a request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gt.h"
#include "nested.h"
#include "nest.h"
#include "worker_ta.h"

#define FLOOD		6
#define FLOOD_MS	100
#define ROUNDS		5
#define MAX_CHAIN	8

void reserve_system(unsigned int n)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", n);
	if (!queue_write("reserve_system", number))
		broken("%u threads cannot be kept", n);
}

struct actor *plugin_caller(unsigned int depth)
{
	struct actor *actor = actors_new(1);

	actor->name = "gt-outer";
	actor->cmd = WORKER_CMD_PLUGIN;
	actor->arg = depth;
	actor->stays = true;
	actor_open(actor);
	return actor;
}

static struct actor *plugin_call(unsigned int depth)
{
	struct actor *actor = plugin_caller(depth);

	actors_go(actor, 1);
	return actor;
}

void must_go_on(const struct actor *flood, unsigned int n)
{
	uint32_t before;
	unsigned int i;

	for (i = 0; i < n; i++) {
		before = flood[i].done;
		if (!await(flood[i].done > before + 1, PATIENCE_MS))
			fault("process %u of the flood stands still", i);
	}
}

/* Lines of the log after @from that have both */
static unsigned int rows(const char *from, const char *one, const char *other)
{
	const char *end = strchr(from, '\n');
	unsigned int n = 0;
	char line[512];

	for (; end; end = strchr(from, '\n')) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - from), from);
		n += strstr(line, one) && strstr(line, other);
		from = end + 1;
	}
	return n;
}

/* Holders of a report that another task serves: which, and by whom */
static unsigned int served(const char *from, pid_t *who, pid_t *by)
{
	const char *end, *row, *server;
	unsigned int n = 0;
	char line[512];

	for (; (end = strchr(from, '\n')); from = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - from), from);
		row = strstr(line, "optee: ");
		server = strstr(line, ", served by ");
		if (!row || !server)
			continue;
		if (n == MAX_CHAIN ||
		    sscanf(row, "optee: %*d %*s %d", &who[n]) != 1 ||
		    sscanf(server, ", served by %d", &by[n]) != 1)
			fault("the report has a row like this: %s", line);
		n++;
	}
	return n;
}

/*
 * Each holder is served by a task that holds another thread, but for one: that
 * one's waits, and its call is the one that fails.
 */
static void chain_must_be_told(const char *report)
{
	pid_t who[MAX_CHAIN], by[MAX_CHAIN], failed;
	unsigned int n = served(report, who, by), i, j, last = 0;
	const char *pid = strstr(report, "(pid ");

	if (!pid || sscanf(pid, "(pid %d)", &failed) != 1)
		fault("the report does not say whose call fails");
	if (n != threads())
		fault("%u of %u holders are served by somebody", n, threads());
	for (i = 0; i < n; i++) {
		for (j = 0; j < n && who[j] != by[i]; j++)
			;
		last += by[i] == failed;
		if (j == n && by[i] != failed)
			fault("%d is served by %d, who has no call", who[i],
			      by[i]);
	}
	if (last != 1)
		fault("%u holders wait for the call that fails, %d's", last,
		      failed);
}

void must_be_reported(const char *rpc, pid_t pid)
{
	static const char report[] = "deadlock: every secure thread";
	unsigned int holders, waiters;
	char who[64];
	const char *at;

	if (!await(log_count(report), 1000))
		fault("the log says nothing");
	if (log_count(report) != 1)
		fault("it is reported %u times", log_count(report));
	at = strstr(log_since_mark(), report);
	snprintf(who, sizeof(who), "%u deep, fails", threads());
	if (!rows(at, report, who))
		fault("the report does not say '%s'", who);
	snprintf(who, sizeof(who), "(pid %d)", pid);
	if (pid && !rows(at, report, who))
		fault("the report does not say '%s'", who);
	if (!pid)
		chain_must_be_told(at);
	holders = rows(at, "invoke", rpc);
	if (holders != threads())
		fault("the report has %u holders in '%s', not %u", holders, rpc,
		      threads());
	waiters = rows(at, "gt-flood", " waiting");
	if (!waiters)
		fault("the report has none of those that wait behind it");
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

	if (is_ours())
		reserve_system(depth);
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

/*
 * One deeper than there are threads: nothing can move, neither the chain nor
 * the processes that wait behind it.
 */
void deadlock_ends(void)
{
	struct actor *actor = plugin_caller(threads());
	struct actor *flood = flood_start(DEADLOCK_FLOOD, FLOOD_MS);
	unsigned int ms;

	actors_go(actor, 1);
	must_return(actor);
	ms = (actor->call.returned - actor->call.asked) / 1000;
	if (actor->call.result != BUSY)
		fault("got %#x, not TEEC_ERROR_BUSY", actor->call.result);
	if (is_ours())
		must_be_reported("rpc plugin", 0);
	must_go_on(flood, DEADLOCK_FLOOD);
	end(actor->pid, 1000);
	sane();
	ok("%u deep with %u threads: TEEC_ERROR_BUSY after %u ms", threads(),
	   threads(), ms);
}
