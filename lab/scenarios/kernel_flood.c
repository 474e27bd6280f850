// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel-flood (stock defect D17): processes call without pause; an in-kernel
 * client asks now and then. How long until it is in OP-TEE, and did it wait
 * for a user's call?
 *
 * It surely did when all threads had a user's call inside as it asked, or more
 * of those were let in before it. Our driver says exactly whose call it waited
 * for: that may be the bottom half, which has the thread that is kept.
 */
#include <stdlib.h>
#include <unistd.h>

#include "flood.h"
#include "worker_ta.h"

#define ROUNDS		200
#define FLOOD_PROCESSES	16

struct asker {
	struct call rounds[ROUNDS];
};

/* At any phase of the flood's calls, the same ones in each run. */
static void ask(struct asker *asker, struct client *client)
{
	unsigned int i, seed = 1;

	run_at_once();
	for (i = 0; i < ROUNDS; i++) {
		sleep_until(now() + ticks(rand_r(&seed) % 20000 / 1000.0));
		client_call(client, WORKER_CMD_BUSY, 0, &asker->rounds[i]);
	}
}

void kernel_flood(void)
{
	struct asker *asker = shared(sizeof(*asker));
	struct client *client = client_need(KERNEL);
	const struct log *log;
	struct verdict verdict;
	struct flood *flood;
	struct turns turns;
	bool traced;

	if (options.flood < 0)
		options.flood = FLOOD_PROCESSES;
	flood = flood_start(options.flood, 1, WORKER_CMD_BUSY);
	traced = turns_start();
	ask(asker, client);
	traced = traced && turns_stop(getpid(), &turns);
	log = flood_stop(flood);
	client_close(client);

	flood_judge(log, asker->rounds, ROUNDS, &verdict);
	report_number("waited_for_user", verdict.waited);
	report_number("user_calls_let_in_max", verdict.let_in_most);
	report_number("user_calls_let_in_mean", verdict.let_in_mean);
	if (traced) {
		if (turns.rounds < ROUNDS)
			die("the trace has %zu requests only", turns.rounds);
		report_number("driver_kernel_waits", turns.waits);
		report_number("driver_waits_for_user", turns.waits_for_user);
	}
	report_number("flood_calls", log_count(log));
	report_number("flood_sessions", flood_sessions(flood));
	report_number("refused_rounds", verdict.failed);
	report("kernel-flood", verdict.failed ? REFUSED : SERVED,
	       verdict.waits, ROUNDS - verdict.failed,
	       "%u of %d requests waited for a user's call; at worst %zu more were let in before one",
	       verdict.waited, ROUNDS, verdict.let_in_most);
}
