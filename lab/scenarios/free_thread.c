// SPDX-License-Identifier: GPL-2.0-only
/*
 * free-thread and free-thread-system (stock defect D1): a thread comes free
 * while another call stays inside for long, and somebody waits. How long after
 * the thread came free is the waiter in OP-TEE?
 *
 * All threads are held: by one long call, and by short ones until the release.
 * The time measured is from when the last instruction of the first short call
 * ran in its trusted app to the first of the waiter's in its own, both by the
 * secure world's clock; it is up to 2 ms less than reported.
 */
#include <pthread.h>
#include <stdio.h>
#include <tee_client_api.h>

#include "scenario.h"
#include "worker_ta.h"

#define MAX_ACTORS 64

/* Times in ms from the start. */
struct actor {
	enum client_kind kind;
	unsigned int asks;
	uint32_t cmd;
	uint32_t ms;
	struct call call;
};

struct stage {
	pthread_barrier_t ready;	/* all sessions are open */
	pthread_barrier_t started;	/* start is set */
	pthread_barrier_t over;		/* nobody is in OP-TEE */
	uint64_t start;
	struct actor actors[MAX_ACTORS];
};

static struct stage *stage;

/*
 * Sessions are opened, and shown to work, before anything is held. None is
 * closed until all is over: that would be one more call, and its end one more
 * wake-up, which the stock driver might give to the waiter.
 */
static void act(void *arg)
{
	struct actor *actor = arg;
	struct client *client = client_need(actor->kind);

	client_call(client, WORKER_CMD_BUSY, 0, &actor->call);
	if (actor->call.result)
		die("a first call gave %#x", actor->call.result);
	pthread_barrier_wait(&stage->ready);
	pthread_barrier_wait(&stage->started);
	sleep_until(stage->start + ticks(actor->asks));
	client_call(client, actor->cmd, actor->ms, &actor->call);
	pthread_barrier_wait(&stage->over);
	client_close(client);
}

static void barrier(pthread_barrier_t *barrier, unsigned int n)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(barrier, &attr, n);
}

static void play(unsigned int n)
{
	pid_t pids[MAX_ACTORS];
	unsigned int i;

	barrier(&stage->ready, n + 1);
	barrier(&stage->started, n + 1);
	barrier(&stage->over, n);
	for (i = 0; i < n; i++)
		pids[i] = spawn(act, &stage->actors[i]);
	pthread_barrier_wait(&stage->ready);
	stage->start = now() + ticks(100);
	pthread_barrier_wait(&stage->started);
	join(pids, n);
}

/* Held as meant: all in before the waiter asked, only the short ones out. */
static void check(const struct actor *actors, unsigned int n,
		  const struct call *waiter, uint64_t release)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct call *call = &actors[i].call;

		if (call->result || call->entered.late >= waiter->asked)
			die("holder %u was not in OP-TEE in time (%#x)", i,
			    call->result);
	}
	if (release <= waiter->asked || actors[0].call.left.early <= release)
		die("the thread did not come free while it was waited for");
}

static void show(const char *name, enum client_kind kind, uint32_t long_ms,
		 uint32_t release_ms, unsigned int asks)
{
	unsigned int holders = options.threads, i;
	struct call *waiter;
	uint64_t release = UINT64_MAX;
	double ms;

	if (holders < 2 || holders >= MAX_ACTORS)
		die("%s needs 2 to %d threads", name, MAX_ACTORS - 1);
	stage = shared(sizeof(*stage));
	stage->actors[0] = (struct actor) {
		.kind = kind, .cmd = WORKER_CMD_SLEEP, .ms = long_ms };
	/*
	 * Of the same kind: the stock driver lets no user call in beside a
	 * system call on two threads. And at the same time: Debian's OP-TEE
	 * asks for a bottom half once a second, and one that ended between
	 * them would use up the stock driver's wake-up that gets lost.
	 */
	for (i = 1; i < holders; i++)
		stage->actors[i] = (struct actor) {
			.kind = kind, .cmd = WORKER_CMD_SLEEP,
			.ms = release_ms };
	stage->actors[holders] = (struct actor) {
		.kind = kind, .asks = asks, .cmd = WORKER_CMD_BUSY, .ms = 10 };

	play(holders + 1);

	waiter = &stage->actors[holders].call;
	for (i = 1; i < holders; i++)
		if (stage->actors[i].call.left.early < release)
			release = stage->actors[i].call.left.early;
	check(stage->actors, holders, waiter, release);
	if (waiter->result) {
		report_number("result", waiter->result);
		report(name, REFUSED, NULL, 0, "the waiter got %#x",
		       waiter->result);
		return;
	}
	ms = ms_between(release, waiter->entered.late);
	report_number("returned_after_start_ms",
		      ms_between(stage->start, waiter->returned));
	report(name, SERVED, &ms, 1,
	       "in OP-TEE %.1f ms after a thread came free (returned at %.1f s)",
	       ms, ms_between(stage->start, waiter->returned) / 1000);
}

void free_thread(void)
{
	show("free-thread", USER, 8000, 1800, 800);
}

void free_thread_system(void)
{
	struct client *client;
	int why;

	client = client_open(SYSTEM, &why);
	if (!client) {
		report_text("note", "no system sessions");
		report("free-thread-system", REFUSED, NULL, 0,
		       "no system sessions here");
		return;
	}
	client_close(client);
	show("free-thread-system", SYSTEM, 6000, 1500, 600);
}
