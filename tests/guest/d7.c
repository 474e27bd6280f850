// SPDX-License-Identifier: GPL-2.0-only
/*
 * D7: a process that dies with sessions and memory open is gone at once, also
 * while all threads are held, and OP-TEE is told later.
 */
#include <string.h>
#include <sys/mman.h>

#include "gt.h"
#include "worker_ta.h"

#define HOLD_MS		2500
#define GONE_MS		400
#define STILL_MS	1500
#define VICTIMS		2
#define SESSIONS	2
#define ROUNDS		4
#define MEMORY		(64 << 10)

struct victim {
	pid_t pid;
	volatile uint32_t failed;
	volatile bool ready;
};

static void open_things(void *arg)
{
	struct victim *victim = arg;
	uint32_t session, why = 0;
	void *memory;
	int fd = tee_open(), i, id, rc;

	for (i = 0; i < SESSIONS && !victim->failed; i++) {
		rc = tee_open_session(fd, worker_uuid, &session, &why);
		victim->failed = rc ? (uint32_t)rc : why;
	}
	memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(memory, 1, MEMORY);
	if (tee_shm_alloc(fd, MEMORY, &id) < 0)
		victim->failed = 1;
	/* Fails without dynamic shared memory: no matter */
	tee_shm_register(fd, memory, MEMORY, &id);
	victim->ready = true;
	for (;;)
		sleep_ms(1000);
}

static unsigned int round_of(struct victim *victims)
{
	struct actor *holders;
	uint64_t killed;
	unsigned int i, worst = 0;

	memset(victims, 0, VICTIMS * sizeof(*victims));
	for (i = 0; i < VICTIMS; i++) {
		victims[i].pid = spawn("gt-victim", open_things, &victims[i]);
		if (!await(victims[i].ready, 10000))
			broken("a session is not opened");
		if (victims[i].failed)
			fault("no room for a session: %#x", victims[i].failed);
	}
	holders = hold_threads(HOLD_MS);
	for (i = 0; i < VICTIMS; i++) {
		killed = now_us();
		if (!end(victims[i].pid, STILL_MS))
			fault("still in state %c after %d ms",
			      state_of(victims[i].pid), STILL_MS);
		if ((now_us() - killed) / 1000 > worst)
			worst = (now_us() - killed) / 1000;
		if (!is_held(holders, killed))
			broken("the threads were not held all the time");
	}
	for (i = 0; i < user_threads(); i++)
		await(gone(holders[i].pid), HOLD_MS * 2);
	return worst;
}

void d7_dying(void)
{
	struct victim *victims = shared(VICTIMS * sizeof(*victims));
	unsigned int round, worst = 0, ms;

	for (round = 0; round < ROUNDS; round++) {
		ms = round_of(victims);
		if (ms > worst)
			worst = ms;
	}
	if (worst > GONE_MS)
		fault("gone only after %u ms", worst);
	sane();
	ok("gone after %u ms at most, %d sessions not leaked", worst,
	   ROUNDS * VICTIMS * SESSIONS);
}
