// SPDX-License-Identifier: GPL-2.0-only
/*
 * docs/guarantees.md, cell by cell: while processes want all threads, for how
 * many of their calls does one wait that the kernel depends on? What is counted
 * is what the driver counts and traces. The driver's own calls that unblock
 * others, one a second here, go before all; a wait beside one is theirs.
 *
 * The class of a call is what matters to the queue, so a system session of
 * /dev/lab_tee stands for SCMI, a session with the kernel's login for HWRNG and
 * trusted keys, and tee-supplicant's plugin for a storage that needs a clock.
 */
#include <errno.h>
#include <stdio.h>

#include "gt.h"
#include "nested.h"
#include "trace.h"
#include "worker_ta.h"

#define FLOOD		5
#define FLOOD_MS	60
#define ROUNDS		15
#define CHAINS		3

/* How many calls of processes one may have to wait for: NEVER or ONE */
enum bound { NEVER, ONE };

static const char *const words[] = { "never waits", "waits for one" };

struct counted {
	long kernel, system;
	uint32_t flood;
};

static struct actor *flood;

static struct counted count(void)
{
	struct counted counted = { queue("kernel_waits"),
				   queue("system_waits"), 0 };
	unsigned int i;

	for (i = 0; i < FLOOD; i++)
		counted.flood += flood[i].done;
	return counted;
}

/* A limit that sank below what is inside holds as calls leave */
static bool limits_hold(void)
{
	return queue("threads_free") >= queue("reserve_kernel_now") +
					queue("reserve_system_now");
}

static struct counted begin(void)
{
	struct counted counted;

	if (!flood)
		flood = flood_start(FLOOD, FLOOD_MS);
	if (!await(limits_hold(), 5000))
		fault("processes keep threads that are kept for others");
	counted = count();
	trace_start();
	return counted;
}

/* What the trace and the counters say of one class */
static void must_hold(const char *class, enum bound bound, unsigned int calls,
		      long counted)
{
	struct waits waits = trace_waits(class);

	note("%s: %u calls, %u waited, %u beside one that unblocks, %u let in before it, %u left",
	     class, waits.calls, waits.waited, waits.unblock, waits.let_in,
	     waits.left);
	if (waits.calls < calls)
		broken("%u %s calls in the trace, not %u", waits.calls, class,
		       calls);
	if (bound == NEVER && (waits.waited > waits.unblock ||
			       counted > waits.unblock))
		fault("%u of %u %s calls waited, %ld as counted", waits.waited,
		      waits.calls, class, counted);
	if (waits.let_in)
		fault("%u calls of processes came before a %s call",
		      waits.let_in, class);
	/* Two that leave at once are both traced before either has left */
	if (waits.left > 2)
		fault("a %s call waited for %u calls of processes", class,
		      waits.left);
}

/* It was one: the processes waited, and were served all the same */
static void must_be_flood(const struct counted *before)
{
	struct waits waits = trace_waits("user");

	if (waits.waited < FLOOD / 2)
		broken("there was no flood: %u calls waited", waits.waited);
	if (count().flood == before->flood)
		fault("no process was served meanwhile");
}

static void ready(void)
{
	if (!is_ours())
		skip("stock keeps no thread");
	queue_write("reserve_kernel", "auto");
	queue_write("reserve_system", "auto");
}

/* --- (a), (b): one call --------------------------------------------------- */

/*
 * Where the kernel knows a system session by SCMI's UUID only, this may be an
 * app without such a command: it was called all the same.
 */
static void calls_in_flood(struct worker *worker, const char *class,
			   enum bound bound)
{
	struct counted before = begin(), after;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (worker_call(worker, WORKER_CMD_BUSY, 2, 0, NULL) == BUSY)
			fault("a %s call was not let in", class);
		sleep_ms(10 + i * 37 % 60);
	}
	trace_stop();
	after = count();
	must_be_flood(&before);
	must_hold(class, bound, ROUNDS, class[0] == 'k' ?
		  after.kernel - before.kernel : after.system - before.system);
}

void guarantees_scmi(void)
{
	enum bound bound = threads() < 2 ? ONE : NEVER;
	struct worker scmi;

	ready();
	worker_open(&scmi, SYSTEM);
	calls_in_flood(&scmi, "system", bound);
	worker_close(&scmi);
	ok("T = %u: %s", threads(), words[bound]);
}

/* Alone, and with SCMI, whose thread comes first; this is before any nesting */
void guarantees_hwrng(void)
{
	enum bound alone = threads() < 2 ? ONE : NEVER;
	enum bound beside = threads() < 3 ? ONE : NEVER;
	struct worker hwrng, scmi;

	ready();
	worker_open(&hwrng, KERNEL);
	if (queue("reserve_kernel_now") != (threads() > 1))
		broken("%ld threads are kept", queue("reserve_kernel_now"));
	calls_in_flood(&hwrng, "kernel", alone);
	worker_open(&scmi, SYSTEM);
	calls_in_flood(&hwrng, "kernel", beside);
	worker_close(&scmi);
	worker_close(&hwrng);
	ok("T = %u: alone %s, beside SCMI %s", threads(), words[alone],
	   words[beside]);
}

/* --- (c), (d): chains ----------------------------------------------------- */

struct chain {
	const char *policy;	/* reserve_system */
	unsigned int depth;
	uint32_t result;
	enum bound outer, inner;
};

static uint32_t chain_once(struct worker *worker, unsigned int depth)
{
	struct call *call = shared(sizeof(*call));

	worker_call(worker, WORKER_CMD_PLUGIN, depth, 0, call);
	return call->result;
}

/* SCMI is there, idle: that is why auto keeps a thread */
static void chains_in_flood(const struct chain *chain)
{
	bool ends = chain->result == BUSY;
	struct counted before, after;
	struct worker key, scmi;
	unsigned int i, n;
	uint32_t result;

	queue_write("reserve_system", chain->policy);
	worker_open(&scmi, SYSTEM);
	worker_open(&key, KERNEL);
	before = begin();
	for (i = 0; i < CHAINS; i++) {
		result = chain_once(&key, chain->depth);
		if (result != chain->result)
			fault("a chain got %#x, not %#x", result,
			      chain->result);
		/* Time for the flood to fill every thread it may have */
		sleep_ms(200 + i * 37 % 60);
	}
	trace_stop();
	after = count();
	must_be_flood(&before);
	must_hold("kernel", chain->outer, CHAINS, after.kernel - before.kernel);
	/* The call whose end it is waited too, and has no thread to show */
	must_hold("system", chain->inner, ends ? 0 : CHAINS * chain->depth,
		  after.system - before.system);
	n = trace_deadlocks();
	if (n != (ends ? CHAINS : 0))
		fault("%u deadlocks in %d chains", n, CHAINS);
	must_go_on(flood, FLOOD);
	worker_close(&key);
	worker_close(&scmi);
	queue_write("reserve_system", "auto");
}

static const char *in_words(const struct chain *chain)
{
	static char text[4][128];
	static unsigned int n;
	char *at = text[n++ % ARRAY_SIZE(text)];

	if (chain->result)
		snprintf(at, sizeof(text[0]), "%s: TEEC_ERROR_BUSY",
			 chain->policy);
	else
		snprintf(at, sizeof(text[0]), "%s: outer %s, nested %s",
			 chain->policy, words[chain->outer],
			 words[chain->inner]);
	return at;
}

void guarantees_chain_1(void)
{
	static const struct chain chains[] = {
		{ "auto", 1, BUSY, ONE, NEVER },
		{ "auto", 1, 0, ONE, NEVER },
		{ "auto", 1, 0, NEVER, NEVER },
	};
	const struct chain *chain = &chains[threads() < 3 ? threads() - 1 : 2];

	ready();
	chains_in_flood(chain);
	ok("T = %u, reserve_system=%s", threads(), in_words(chain));
}

void guarantees_chain_2(void)
{
	static const struct chain chains[][2] = {
		{ { "auto", 2, BUSY, ONE, NEVER } },
		{ { "auto", 2, BUSY, ONE, NEVER } },
		{ { "auto", 2, 0, NEVER, ONE }, { "2", 2, 0, ONE, NEVER } },
		{ { "auto", 2, 0, NEVER, ONE }, { "2", 2, 0, NEVER, NEVER } },
	};
	const struct chain *chain = chains[threads() < 4 ? threads() - 1 : 3];

	ready();
	chains_in_flood(&chain[0]);
	if (threads() < 3 && (queue_write("reserve_system", "2") ||
			      errno != EINVAL))
		fault("two threads of %u can be kept", threads());
	if (!chain[1].policy)
		ok("T = %u, reserve_system=%s", threads(), in_words(chain));
	chains_in_flood(&chain[1]);
	ok("T = %u, reserve_system=%s; %s", threads(), in_words(&chain[0]),
	   in_words(&chain[1]));
}
