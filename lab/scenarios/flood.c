// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flood, and what it did to the asker; flood.h says what is promised.
 *
 * A process opens its sessions one after the other, before any call is made.
 * When the secure world has no room for one session a thread, the threads of
 * a process share those it got, in rotation: neighbours never have the same.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flood.h"
#include "worker_ta.h"

#define MAX_CALLS	0x20000
#define MAX_PROCESSES	128
/* OP-TEE has 64 address spaces; a session of the worker takes one */
#define WORKERS		32
#define MAX_THREADS	256
/* Loading an instance of the worker takes tenths of a second. */
#define LIMIT_MS	60000

struct flood {
	struct log *log;
	unsigned int processes;
	unsigned int threads;	/* of each */
	atomic_uint sessions;
	atomic_uint turn;	/* the process that opens its sessions */
	sem_t go;		/* none polls: 64 that did filled two processors */
	uint32_t cmd;
	uint32_t arg;
	bool any_end;		/* of its calls is well */
	atomic_uint running;	/* threads that have made a call */
	atomic_uint calls;
	atomic_uint refused;
	atomic_bool stop;
	pid_t pids[MAX_PROCESSES];
};

struct flooder {
	struct flood *flood;
	struct client *client;
	pthread_t thread;
};

static void *run(void *arg)
{
	struct flooder *flooder = arg;
	struct flood *flood = flooder->flood;
	bool first = true;
	struct call call;

	while (!flood->stop) {
		client_call(flooder->client, flood->cmd, flood->arg, &call);
		flood->calls++;
		flood->refused += !!call.result;
		if (call.result && !flood->any_end)
			die("a call of the flood gave %#x", call.result);
		if (!flood->any_end)
			log_add(flood->log, &call);
		if (first)
			atomic_fetch_add(&flood->running, 1);
		first = false;
	}
	return NULL;
}

static void flood_process(void *arg)
{
	struct flood *flood = arg;
	unsigned int turn = flood->turn, opened = 0, i;
	struct flooder flooders[MAX_THREADS];

	for (i = 0; i < flood->threads; i++) {
		flooders[i].flood = flood;
		flooders[i].client = turn < WORKERS ? client_open(USER, NULL) :
						      client_open_load();
		if (!flooders[i].client)
			break;
		opened++;
	}
	if (!opened)
		die("no session for process %u of the flood", turn);
	for (; i < flood->threads; i++) {
		flooders[i].flood = flood;
		flooders[i].client = flooders[i % opened].client;
	}
	atomic_fetch_add(&flood->sessions, opened);
	atomic_fetch_add(&flood->turn, 1);
	while (sem_wait(&flood->go) && errno == EINTR)
		;
	for (i = 0; i < flood->threads; i++)
		if (pthread_create(&flooders[i].thread, NULL, run,
				   &flooders[i]))
			die("no thread");
	for (i = 0; i < flood->threads; i++)
		pthread_join(flooders[i].thread, NULL);
	for (i = 0; i < opened; i++)
		client_close(flooders[i].client);
}

static void await(atomic_uint *count, unsigned int wanted, const char *what)
{
	uint64_t limit = now() + ticks(LIMIT_MS);

	while (*count < wanted) {
		if (now() > limit)
			die("%s: %u of %u", what, *count, wanted);
		usleep(1000);
	}
}

static struct flood *flood_new(unsigned int processes, unsigned int threads,
			       uint32_t cmd, uint32_t arg)
{
	struct flood *flood = shared(sizeof(*flood));

	if (!threads)
		processes = 0;
	if (processes > MAX_PROCESSES || threads > MAX_THREADS)
		die("a flood of at most %d processes, %d threads each",
		    MAX_PROCESSES, MAX_THREADS);
	if (sem_init(&flood->go, 1, 0))
		die("no semaphore: %s", strerror(errno));
	flood->log = log_new(MAX_CALLS);
	flood->processes = processes;
	flood->threads = threads;
	flood->cmd = cmd;
	flood->arg = arg;
	return flood;
}

static void flood_go(struct flood *flood)
{
	unsigned int i;

	for (i = 0; i < flood->processes; i++) {
		flood->pids[i] = spawn(flood_process, flood);
		await(&flood->turn, i + 1, "processes ready to flood");
	}
	for (i = 0; i < flood->processes; i++)
		sem_post(&flood->go);
}

struct flood *flood_start(unsigned int processes, unsigned int threads,
			  uint32_t cmd)
{
	struct flood *flood = flood_new(processes, threads, cmd, FLOOD_CALL_MS);

	flood_go(flood);
	await(&flood->running, flood->processes * threads, "callers running");
	return flood;
}

struct flood *flood_start_calls(unsigned int processes, uint32_t cmd,
				uint32_t arg)
{
	struct flood *flood = flood_new(processes, 1, cmd, arg);

	flood->any_end = true;
	flood_go(flood);
	return flood;
}

unsigned int flood_calls(const struct flood *flood)
{
	return flood->calls;
}

unsigned int flood_refused(const struct flood *flood)
{
	return flood->refused;
}

const struct log *flood_stop(struct flood *flood)
{
	flood->stop = true;
	join(flood->pids, flood->processes);
	log_sort(flood->log);
	return flood->log;
}

unsigned int flood_sessions(const struct flood *flood)
{
	return flood->sessions;
}

static void judge_round(const struct log *log, const struct call *round,
			struct verdict *verdict)
{
	struct let_in in = log_let_in(log, round);

	if (in.at_least > verdict->let_in_most)
		verdict->let_in_most = in.at_least;
	if (in.at_most > verdict->let_in_at_most)
		verdict->let_in_at_most = in.at_most;
	verdict->let_in_mean += in.at_least;
	verdict->waited += in.at_least ||
			   log_inside(log, round->asked) >= options.threads;
}

void flood_judge(const struct log *log, const struct call *rounds,
		 unsigned int n, struct verdict *verdict)
{
	unsigned int i, good = 0;

	memset(verdict, 0, sizeof(*verdict));
	verdict->waits = calloc(n, sizeof(*verdict->waits));
	if (!verdict->waits)
		die("no memory");
	for (i = 0; i < n; i++) {
		if (rounds[i].result) {
			verdict->failed++;
			continue;
		}
		judge_round(log, &rounds[i], verdict);
		verdict->waits[good++] = ms_between(rounds[i].asked,
						    rounds[i].entered.late);
	}
	if (good)
		verdict->let_in_mean /= good;
}
