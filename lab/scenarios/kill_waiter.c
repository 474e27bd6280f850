// SPDX-License-Identifier: GPL-2.0-only
/*
 * kill-waiter (stock defect D3): all threads are held, a process waits for
 * one and gets SIGKILL. When is it gone, as its parent sees it?
 *
 * Several are killed, one after the other, while the threads are held. One that
 * is still there after PATIENCE_MS ends the scenario: its state is taken, and
 * it goes when the threads come free.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"
#include "worker_ta.h"

#define HOLD_MS		5000
#define SETTLE_MS	300	/* to be inside, to be waiting */
#define PATIENCE_MS	2000
#define VICTIMS		5
#define MAX_HOLDERS	64

struct victim {
	atomic_bool go;
	atomic_bool asked;
	atomic_bool returned;
};

struct stage {
	pthread_barrier_t ready;
	struct call holders[MAX_HOLDERS];
	struct victim victims[VICTIMS];
};

static struct stage *stage;

static void hold(void *arg)
{
	struct client *client = client_need(USER);

	pthread_barrier_wait(&stage->ready);
	client_call(client, WORKER_CMD_SLEEP, HOLD_MS, arg);
	client_close(client);
}

static void wait_for_thread(void *arg)
{
	struct client *client = client_need(USER);
	struct victim *victim = arg;
	struct call call;

	pthread_barrier_wait(&stage->ready);
	while (!victim->go)
		usleep(1000);
	victim->asked = true;
	client_call(client, WORKER_CMD_BUSY, 10, &call);
	victim->returned = true;
}

static char state_of(pid_t pid)
{
	char path[64], line[512], *end;
	char state = '?';
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stream = fopen(path, "r");
	if (!stream)
		return state;
	/* The name before the state may hold anything but the last ')'. */
	if (fgets(line, sizeof(line), stream)) {
		end = strrchr(line, ')');
		if (end && end[1] == ' ')
			state = end[2];
	}
	fclose(stream);
	return state;
}

static bool gone(pid_t pid, int options)
{
	pid_t got = waitpid(pid, NULL, options);

	if (got < 0)
		die("waitpid: %s", strerror(errno));
	return got == pid;
}

/* In ms; *state is what it was in when patience ended, else 0. */
static double kill_one(struct victim *victim, pid_t pid, char *state)
{
	uint64_t killed, deadline;

	victim->go = true;
	sleep_until(now() + ticks(SETTLE_MS));
	if (!victim->asked || victim->returned)
		die("the process to be killed did not wait");

	*state = 0;
	killed = now();
	deadline = killed + ticks(PATIENCE_MS);
	kill(pid, SIGKILL);
	while (!gone(pid, WNOHANG)) {
		if (now() > deadline) {
			*state = state_of(pid);
			gone(pid, 0);
			break;
		}
		usleep(200);
	}
	return ms_between(killed, now());
}

static void set_stage(pid_t *holders, pid_t *victims)
{
	pthread_barrierattr_t attr;
	unsigned int i;

	stage = shared(sizeof(*stage));
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&stage->ready, &attr,
			     options.threads + VICTIMS + 1);
	for (i = 0; i < options.threads; i++)
		holders[i] = spawn(hold, &stage->holders[i]);
	for (i = 0; i < VICTIMS; i++)
		victims[i] = spawn(wait_for_thread, &stage->victims[i]);
	pthread_barrier_wait(&stage->ready);
	sleep_until(now() + ticks(SETTLE_MS));
}

/* The threads were all held from before the first was to be killed. */
static void check(uint64_t from, uint64_t to)
{
	unsigned int i;

	for (i = 0; i < options.threads; i++) {
		const struct call *call = &stage->holders[i];

		if (call->result || call->entered.late > from ||
		    call->left.early < to)
			die("thread %u was not held all the time (%#x)", i,
			    call->result);
	}
}

void kill_waiter(void)
{
	pid_t holders[MAX_HOLDERS], victims[VICTIMS];
	double ms[VICTIMS], most = 0;
	uint64_t start, last = 0;
	unsigned int rounds = 0, i;
	char state[2] = "";

	if (options.threads > MAX_HOLDERS)
		die("kill-waiter needs 1 to %d threads", MAX_HOLDERS);
	set_stage(holders, victims);
	start = now();
	while (rounds < VICTIMS && !state[0]) {
		last = now() + ticks(SETTLE_MS);
		ms[rounds] = kill_one(&stage->victims[rounds], victims[rounds],
				      state);
		if (ms[rounds] > most)
			most = ms[rounds];
		rounds++;
	}
	for (i = rounds; i < VICTIMS; i++) {
		kill(victims[i], SIGKILL);
		gone(victims[i], 0);
	}
	join(holders, options.threads);
	check(start, last);

	if (!state[0]) {
		report("kill-waiter", SERVED, ms, rounds,
		       "%u waiters killed, the slowest gone after %.1f ms",
		       rounds, most);
		return;
	}
	report_text("state", state);
	report_number("state_after_ms", PATIENCE_MS);
	report("kill-waiter", HUNG, ms, rounds,
	       "still there %.1f s after SIGKILL, in state %s; gone after %.1f s, when threads came free",
	       PATIENCE_MS / 1000.0, state, most / 1000);
}
