// SPDX-License-Identifier: GPL-2.0-only
/*
 * watchdog (optee_os issue 4438): the board's watchdog is in OP-TEE, and a
 * daemon keeps it alive with a call now and then, among processes that encrypt
 * in calls of about 10 ms without pause. A keep-alive that is not answered in
 * time reboots the board.
 */
#include <stdlib.h>
#include <unistd.h>

#include "flood.h"
#include "worker_ta.h"

#define ROUNDS		200
#define LIMIT_MS	100000
#define FLOOD_PROCESSES	8
#define DEADLINE_MS	200

struct daemon {
	struct call rounds[ROUNDS];
	unsigned int done;
};

/* A daemon like that has real-time priority, and its own rhythm */
static void keep_alive(struct daemon *daemon, struct client *client)
{
	uint64_t limit = rounds_end(LIMIT_MS);
	unsigned int seed = 1;

	run_at_once();
	while (daemon->done < ROUNDS && now() < limit) {
		sleep_until(now() + ticks(rand_r(&seed) % 40000 / 1000.0));
		client_call(client, WORKER_CMD_BUSY, 0,
			    &daemon->rounds[daemon->done++]);
	}
}

static unsigned int missed(const struct call *rounds, unsigned int done,
			   double *took)
{
	unsigned int i, n = 0;

	for (i = 0; i < done; i++) {
		took[i] = ms_between(rounds[i].asked, rounds[i].returned);
		n += rounds[i].result || took[i] > DEADLINE_MS;
	}
	return n;
}

void watchdog(void)
{
	struct daemon *daemon = shared(sizeof(*daemon));
	struct client *client = client_need(USER);
	const struct log *log;
	struct verdict verdict;
	struct flood *flood;
	double took[ROUNDS];
	unsigned int late;

	if (options.flood < 0)
		options.flood = FLOOD_PROCESSES;
	flood = flood_start(options.flood, 1, WORKER_CMD_BUSY);
	keep_alive(daemon, client);
	log = flood_stop(flood);
	client_close(client);

	flood_judge(log, daemon->rounds, daemon->done, &verdict);
	late = missed(daemon->rounds, daemon->done, took);
	report_number("deadline_ms", DEADLINE_MS);
	report_number("missed", late);
	report_number("let_in_max", verdict.let_in_most);
	report_number("flood_calls", log_count(log));
	report_number("refused_rounds", verdict.failed);
	report("watchdog", verdict.failed ? REFUSED : SERVED, took,
	       daemon->done,
	       "%u of %u keep-alives missed their deadline of %d ms", late,
	       daemon->done, DEADLINE_MS);
}
