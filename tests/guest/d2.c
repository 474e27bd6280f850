// SPDX-License-Identifier: GPL-2.0-only
/*
 * D2: nobody barges past a waiter: one that asks at long intervals is served
 * after at most one call by each of those that never stop asking.
 *
 * Counted are calls that were asked for after the waiter's own and done before
 * it was in OP-TEE. With turns there is about none; how long the host takes to
 * schedule a process between its clock and its ioctl leaves room for a few.
 */
#include "gt.h"
#include "worker_ta.h"

#define FLOOD		6
#define FLOOD_MS	40
#define ROUNDS		25
#define MAX_CALLS	4096

struct log {
	volatile bool stop;
	volatile unsigned int running;
	volatile unsigned int n;
	struct call calls[MAX_CALLS];
};

static struct log *log_of_flood;

static void flood(void *arg)
{
	struct log *log = arg;
	struct worker worker;
	struct call call;
	unsigned int at;

	worker_open(&worker, USER);
	__sync_fetch_and_add(&log->running, 1);
	while (!log->stop) {
		worker_call(&worker, WORKER_CMD_SLEEP, FLOOD_MS, 0, &call);
		at = __sync_fetch_and_add(&log->n, 1);
		if (at < MAX_CALLS)
			log->calls[at] = call;
	}
	worker_close(&worker);
}

static unsigned int overtakers(const struct call *mine, unsigned int first)
{
	unsigned int n = log_of_flood->n, i, passed = 0;

	for (i = first; i < n && i < MAX_CALLS; i++)
		passed += log_of_flood->calls[i].asked > mine->asked &&
			  log_of_flood->calls[i].returned < mine->entered;
	return passed;
}

void d2_turns(void)
{
	unsigned int i, first, passed, most = 0, most_ms = 0;
	struct worker worker;
	struct call call;

	log_of_flood = shared(sizeof(*log_of_flood));
	worker_open(&worker, USER);
	for (i = 0; i < FLOOD; i++) {
		spawn("gt-flood", flood, log_of_flood);
		if (!await(log_of_flood->running == i + 1, 15000))
			broken("no session for the flood");
	}
	sleep_ms(300);
	for (i = 0; i < ROUNDS; i++) {
		first = log_of_flood->n;
		if (worker_call(&worker, WORKER_CMD_NOP, 0, 0, &call))
			broken("a call got %#x", call.result);
		/* NOP does not tell: it is over as soon as it is in */
		call.entered = call.returned;
		sleep_ms(10);
		passed = overtakers(&call, first);
		if (passed > most)
			most = passed;
		if ((call.returned - call.asked) / 1000 > most_ms)
			most_ms = (call.returned - call.asked) / 1000;
		sleep_ms(20 + i * 7 % 40);
	}
	log_of_flood->stop = true;
	if (most > FLOOD)
		fault("%u calls by %u others overtook one that waited %u ms",
		      most, FLOOD, most_ms);
	ok("at most %u calls by %u others overtook, longest wait %u ms", most,
	   FLOOD, most_ms);
}
