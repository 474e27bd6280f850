// SPDX-License-Identifier: GPL-2.0-only
/*
 * D4: a session is closed even if there is no memory for the message.
 *
 * Messages are cut from pages that are kept, so memory must first run out:
 * callers wait for threads with a message each until one of them is refused
 * for lack of memory. Then sessions are closed. Whether OP-TEE was told shows
 * when there is no more room for new ones. What OP-TEE itself keeps back or has
 * in pieces may cost room for one, once: sessions that leak cost it each time.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "worker_ta.h"

#define HOLD_MS		1500
#define MAX_CALLERS	64
#define VICTIMS		4
#define ROUNDS		2
#define TIMES		3

static struct worker crowd;
static struct call crowd_calls[MAX_CALLERS];

static void *crowd_call(void *arg)
{
	worker_call(&crowd, WORKER_CMD_NOP, 0, 0, arg);
	return NULL;
}

static void set_fail(const char *count)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	write_text("/sys/module/failalloc/parameters/pid", pid);
	if (!write_text("/sys/module/failalloc/parameters/fail", count))
		broken("failalloc: %s", strerror(errno));
}

/* Callers until one gets no memory; how many there are */
static unsigned int exhaust(pthread_t *callers)
{
	unsigned int n;

	for (n = 0; n < MAX_CALLERS; n++) {
		struct call *call = &crowd_calls[n];

		memset(call, 0, sizeof(*call));
		if (pthread_create(&callers[n], NULL, crowd_call, call))
			broken("no thread");
		if (await(call->returned, 20) && call->result) {
			if (call->result != (uint32_t)-ENOMEM &&
			    call->result != 0xffff000c)
				broken("no memory, yet %#x", call->result);
			return n + 1;
		}
	}
	return n;
}

static long clients(void)
{
	return is_ours() ? queue("kernel_clients") + queue("system_clients") :
			   0;
}

static enum kind victim_kind(void)
{
	struct worker worker;
	uint32_t why;

	if (worker_try(&worker, SYSTEM, &why))
		return KERNEL;
	worker_close(&worker);
	return SYSTEM;
}

static bool close_starved(struct worker *victims)
{
	pthread_t callers[MAX_CALLERS];
	unsigned int n, i;

	hold_threads(HOLD_MS);
	set_fail("1000");
	n = exhaust(callers);
	for (i = 0; i < VICTIMS; i++) {
		if (victims[i].kind == USER)
			tee_close_session(victims[i].fd, victims[i].session);
		worker_close(&victims[i]);
	}
	set_fail("0");
	for (i = 0; i < n; i++)
		pthread_join(callers[i], NULL);
	return n < MAX_CALLERS;
}

/* The room there is after rounds of closing without memory, if there was @had */
static unsigned int room_after(enum kind kind, unsigned int had)
{
	unsigned int round, i, has, starved = 0;
	struct worker victims[VICTIMS];
	long before = clients();

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < VICTIMS; i++)
			worker_open(&victims[i], i % 2 ? USER : kind);
		starved += close_starved(victims);
	}
	if (!starved)
		broken("memory never ran out");
	if (!await(clients() == before, 5000))
		fault("%ld clients more than before", clients() - before);
	/* A user's close that was put off is counted nowhere; it takes a moment */
	has = worker_room();
	for (i = 0; i < 2 && has < had; i++) {
		sleep_ms(1000);
		has = worker_room();
	}
	return has;
}

void d4_close(void)
{
	unsigned int had, has, first, times = 0;
	enum kind kind;

	load_module("lab_tee", "");
	load_module("failalloc", "");
	kind = victim_kind();
	worker_open(&crowd, USER);
	first = worker_room();
	has = first;
	do {
		had = has;
		has = room_after(kind, had);
	} while (++times < TIMES && has < had);
	worker_close(&crowd);
	unload_module("failalloc");
	if (has < had)
		fault("room for %u sessions, for %u after %u times %d were closed",
		      first, has, times, ROUNDS * VICTIMS);
	sane();
	ok("%u closed without memory, room for %u, for %u still",
	   times * ROUNDS * VICTIMS, first, has);
}
