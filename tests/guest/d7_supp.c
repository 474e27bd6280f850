// SPDX-License-Identifier: GPL-2.0-only
/*
 * D7: a process that dies has objects in storage open, which tee-supplicant is
 * to close as its sessions go. With no supplicant there, or one that does not
 * go on, the process is gone soon all the same, and no thread stays with it;
 * nor with the reaper, if all were taken when it died.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "worker_ta.h"

#define SESSIONS	2
/* Once, not for each session, the driver waits 5 s for one that hangs */
#define ABSENT_MS	2000
#define STOPPED_MS	8500
/* OP-TEE may have lost room for one, once; a way to die that leaks, for more */
#define SPARE		2
/* Long enough to die in, and shorter than the reaper may then take */
#define HOLD_MS		2000

struct way {
	const char *words;
	bool stopped;		/* the supplicant; or it is not there */
	bool exits;		/* the process; or it is killed */
	bool held;		/* all threads are, as it dies */
};

struct victim {
	pid_t pid;
	volatile uint32_t failed;
	volatile bool ready;
	volatile bool go;
};

static pid_t stopped;

static void open_objects(void *arg)
{
	struct victim *victim = arg;
	struct worker workers[SESSIONS];
	unsigned int i;

	for (i = 0; i < SESSIONS && !victim->failed; i++) {
		worker_open(&workers[i], USER);
		victim->failed = worker_call(&workers[i], WORKER_CMD_KEEP, i, 0,
					     NULL);
	}
	victim->ready = true;
	while (!victim->go)
		sleep_ms(2);
}

static struct victim *start_victims(unsigned int n)
{
	struct victim *victims = shared(n * sizeof(*victims));
	unsigned int i;

	for (i = 0; i < n; i++) {
		victims[i].pid = spawn("gt-victim", open_objects, &victims[i]);
		if (!await(victims[i].ready, 10000))
			broken("no object");
		if (victims[i].failed)
			broken("no object: %#x", victims[i].failed);
	}
	return victims;
}

static void supplicant_lose(const struct way *way)
{
	if (!way->stopped) {
		supplicant_stop();
		return;
	}
	stopped = find_process("tee-supplicant");
	if (!stopped || kill(stopped, SIGSTOP))
		broken("no tee-supplicant");
	await(state_of(stopped) == 'T', 2000);
}

static void supplicant_return(void)
{
	if (stopped)
		kill(stopped, SIGCONT);
	else
		supplicant_start();
	stopped = 0;
}

static bool all_free(void)
{
	return queue("threads_free") == queue("threads");
}

/* How long it took the slowest, in milliseconds */
static unsigned int die(const struct way *way, struct victim *victims,
			unsigned int n)
{
	unsigned int limit = way->stopped ? STOPPED_MS : ABSENT_MS, i;
	uint64_t start = now_us();
	char state = 0;

	for (i = 0; i < n; i++) {
		victims[i].go = way->exits;
		if (!way->exits)
			kill(victims[i].pid, SIGKILL);
	}
	for (i = 0; i < n && !state; i++)
		if (!await(gone(victims[i].pid), limit))
			state = state_of(victims[i].pid);
	limit = (now_us() - start) / 1000;
	if (!state && await(all_free(), HOLD_MS + STOPPED_MS))
		return limit;
	supplicant_return();
	if (state)
		fault("%s: in state %c after %u ms", way->words, state, limit);
	fault("%s: a thread is not free", way->words);
}

static unsigned int try(const struct way *way)
{
	unsigned int n = user_threads(), ms;
	struct victim *victims = start_victims(n);

	if (way->held)
		hold_threads(HOLD_MS);
	supplicant_lose(way);
	ms = die(way, victims, n);
	supplicant_return();
	end_children();
	return ms;
}

void d7_no_supplicant(void)
{
	static const struct way ways[] = {
		{ "killed, no supplicant", false, false, false },
		{ "it exits, no supplicant", false, true, false },
		{ "all held, no supplicant", false, false, true },
		{ "killed, supplicant stopped", true, false, false },
		{ "all held, supplicant stopped", true, false, true },
	};
	unsigned int had = worker_room(), has, i, ms, absent = 0, hung = 0;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		ms = try(&ways[i]);
		note("%s: gone after %u ms", ways[i].words, ms);
		if (ways[i].stopped && ms > hung)
			hung = ms;
		if (!ways[i].stopped && ms > absent)
			absent = ms;
	}
	has = worker_room();
	if (has + SPARE < had)
		fault("room for %u sessions, for %u before", has, had);
	sane();
	ok("gone after %u ms without one, %u ms with one that hangs; room for %u, for %u still",
	   absent, hung, had, has);
}
