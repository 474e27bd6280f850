// SPDX-License-Identifier: GPL-2.0-only
/*
 * fair-turns (stock defect D2): one process with many threads calls without
 * pause; another with one thread makes the same calls. How many of the first's
 * are let in between a request of the second and its own entry? Processes that
 * take turns: one at most.
 *
 * From outside there are only bounds, and a request counts from before its
 * system call: a processor taken away meanwhile counts, too. Our driver says
 * exactly when it was queued and had its turn; what it says is reported beside.
 */
#include <unistd.h>

#include "flood.h"
#include "worker_ta.h"

#define ROUNDS		100
#define FLOOD_THREADS	32

struct asker {
	struct call rounds[ROUNDS];
};

static void ask(struct asker *asker, struct client *client)
{
	unsigned int i;

	run_at_once();
	for (i = 0; i < ROUNDS; i++)
		client_call(client, WORKER_CMD_BUSY, FLOOD_CALL_MS,
			    &asker->rounds[i]);
}

void fair_turns(void)
{
	struct asker *asker = shared(sizeof(*asker));
	struct client *client = client_need(USER);
	const struct log *log;
	struct verdict verdict;
	struct flood *flood;
	struct turns turns;
	bool traced;

	if (options.flood < 0)
		options.flood = FLOOD_THREADS;
	flood = flood_start(1, options.flood, WORKER_CMD_BUSY);
	traced = turns_start();
	ask(asker, client);
	traced = traced && turns_stop(getpid(), &turns);
	log = flood_stop(flood);
	client_close(client);

	flood_judge(log, asker->rounds, ROUNDS, &verdict);
	report_number("let_in_max", verdict.let_in_most);
	report_number("let_in_mean", verdict.let_in_mean);
	report_number("let_in_upper_bound", verdict.let_in_at_most);
	if (traced) {
		if (turns.rounds < ROUNDS)
			die("the trace has %zu requests only", turns.rounds);
		report_number("driver_let_in_max", turns.passed_most);
	}
	report_number("flood_calls", log_count(log));
	report_number("flood_sessions", flood_sessions(flood));
	report_number("refused_rounds", verdict.failed);
	report("fair-turns", verdict.failed ? REFUSED : SERVED, verdict.waits,
	       ROUNDS - verdict.failed,
	       "%zu calls of the flood let in before one request at worst, %.1f on average",
	       verdict.let_in_most, verdict.let_in_mean);
}
