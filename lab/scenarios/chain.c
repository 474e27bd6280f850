// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain-1, chain-2: an in-kernel client makes a call for which tee-supplicant
 * needs an SCMI clock, which is a call into OP-TEE again; with chain-2 there is
 * one more in between, of a trusted app that tee-supplicant's plugin calls. So
 * the first call needs one thread beside its own, or two. Processes make the
 * same calls without pause. Does it come back?
 *
 * What never comes back cannot be ended on the stock driver: it is left behind,
 * and nothing else can be run in that guest.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tee_client_api.h>

#include "flood.h"
#include "nest.h"
#include "scmi_client.h"
#include "worker_ta.h"

#define LIMIT_MS	100000
#define HUNG_MS		30000

struct chain {
	const char *name;
	unsigned int depth;
	atomic_uint done;	/* of rounds */
	atomic_bool over;
	struct call rounds[MAX_ROUNDS];
};

/*
 * The client's storage has a clock of its own, so that each of its calls does need
 * SCMI: the processes' has one that another of them may have on already.
 */
static uint32_t request(const struct chain *chain, uint32_t clock)
{
	return clock + chain->depth - 1;
}

/* At any phase of the others' calls, the same ones in each run. */
static void ask(void *arg)
{
	struct client *client = client_need(KERNEL);
	uint64_t limit = rounds_end(LIMIT_MS);
	struct chain *chain = arg;
	unsigned int seed = 1;

	run_at_once();
	while (chain->done < options.rounds && now() < limit) {
		sleep_until(now() + ticks(rand_r(&seed) % 20000 / 1000.0));
		client_call(client, WORKER_CMD_PLUGIN,
			    request(chain, NEST_OWN_CLOCK),
			    &chain->rounds[chain->done]);
		chain->done++;
	}
	client_close(client);
	chain->over = true;
}

/* False if no round ended for so long that none will. */
static bool await_rounds(struct chain *chain, pid_t asker)
{
	uint64_t limit = now() + ticks(HUNG_MS);
	unsigned int done = 0;

	while (!chain->over) {
		if (chain->done != done) {
			done = chain->done;
			limit = now() + ticks(HUNG_MS);
		}
		if (waitpid(asker, NULL, WNOHANG) == asker)
			break;
		if (now() > limit)
			return false;
		usleep(10000);
	}
	if (!chain->over)
		die("%s: the client has failed", chain->name);
	return true;
}

/* As an integrator would: as many threads as the chain is deep, if there are. */
static void keep_threads(unsigned int n)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", n);
	if (driver_is_ours() && options.threads > n &&
	    !queue_write("reserve_system", number))
		die("%u threads cannot be kept", n);
}

/* Rounds with an error */
static unsigned int refused(const struct chain *chain, double *took)
{
	unsigned int i, n = 0;

	for (i = 0; i < chain->done; i++) {
		took[i] = ms_between(chain->rounds[i].asked,
				     chain->rounds[i].returned);
		n += !!chain->rounds[i].result;
	}
	return n;
}

/* Of those, with another than a call has that a deadlock ended, or its storage */
static unsigned int refused_otherwise(const struct chain *chain)
{
	unsigned int i, n = 0;

	for (i = 0; i < chain->done; i++)
		n += chain->rounds[i].result &&
		     chain->rounds[i].result != TEEC_ERROR_BUSY &&
		     chain->rounds[i].result != TEEC_ERROR_COMMUNICATION;
	return n;
}

/* The driver's own: waits of the client, of nested calls, and what was ended */
static const char * const counts[] = {
	"kernel_waits", "system_waits", "deadlocks",
};

#define NUM_COUNTS (sizeof(counts) / sizeof(counts[0]))

static void count(long long values[NUM_COUNTS])
{
	size_t i;

	for (i = 0; i < NUM_COUNTS; i++)
		if (!queue_value(counts[i], &values[i]))
			values[i] = 0;
}

static void report_counts(const long long before[NUM_COUNTS])
{
	long long after[NUM_COUNTS];
	char key[64];
	size_t i;

	count(after);
	for (i = 0; i < NUM_COUNTS && driver_is_ours(); i++) {
		snprintf(key, sizeof(key), "driver_%s", counts[i]);
		report_number(key, after[i] - before[i]);
	}
}

/* That a call hangs is for this scenario to tell, not for the kernel's log. */
static void hush_hung_tasks(void)
{
	FILE *stream = fopen("/proc/sys/kernel/hung_task_timeout_secs", "w");

	if (!stream || fputs("0", stream) < 0 || fclose(stream))
		die("hung tasks cannot be left to the scenario");
}

static void run(const char *name, unsigned int depth)
{
	long long before[NUM_COUNTS];
	struct chain *chain = shared(sizeof(*chain));
	static double took[MAX_ROUNDS];
	enum outcome outcome = HUNG;
	struct flood *flood;
	unsigned int n;

	if (options.flood < 0)
		options.flood = 8;
	chain->name = name;
	chain->depth = depth;
	hush_hung_tasks();
	need_scmi();
	if (depth > 1)
		keep_threads(depth);
	flood = flood_start_calls(options.flood, WORKER_CMD_PLUGIN,
				  request(chain, NEST_CLOCK));
	count(before);
	if (await_rounds(chain, spawn(ask, chain)))
		outcome = SERVED;
	report_counts(before);
	n = refused(chain, took);
	if (outcome == SERVED && n)
		outcome = REFUSED;
	if (outcome != HUNG) {
		flood_stop(flood);
		queue_write("reserve_system", "auto");
	}
	report_number("depth", depth);
	report_number("flood_calls", flood_calls(flood));
	report_number("flood_refused", flood_refused(flood));
	report_number("refused_rounds", n);
	report_number("refused_otherwise", refused_otherwise(chain));
	report(name, outcome, took, chain->done,
	       "%u calls came back, %u of them with an error%s", chain->done, n,
	       outcome == HUNG ? ", and the next did not in 30 s" : "");
}

void chain_1(void)
{
	run("chain-1", 1);
}

void chain_2(void)
{
	run("chain-2", 2);
}
