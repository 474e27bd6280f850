// SPDX-License-Identifier: GPL-2.0-only
/*
 * D1: a thread that comes free goes to the caller that waits for it, not to
 * one that runs already.
 *
 * All threads are held: one for LONG_MS, the rest for SHORT_MS. A call made
 * meanwhile is served when the short ones end.
 */
#include "gt.h"
#include "worker_ta.h"

#define LONG_MS		5000
#define SHORT_MS	1500
#define ASK_MS		600
#define LATE_MS		1000

static void hand_off(enum kind kind)
{
	unsigned int n = threads(), i;
	struct actor *actors;
	uint64_t late_us;

	if (n < 2)
		skip("takes two threads");
	actors = actors_new(n + 1);
	for (i = 0; i <= n; i++) {
		actors[i].at_ms = i ? 30 : 0;
		actors[i].name = "gt-holder";
		actors[i].kind = kind;
		/* A close would be one more call, and its end a wake-up */
		actors[i].stays = true;
		actors[i].cmd = WORKER_CMD_SLEEP;
		actors[i].arg = i ? SHORT_MS : LONG_MS;
	}
	actors[n].name = "gt-waiter";
	actors[n].at_ms = ASK_MS;
	actors[n].arg = 10;
	/* As would be a bottom half between the holders */
	await_tick();
	actors_go(actors, n + 1);

	if (!await(actors[n].call.returned, LONG_MS * 3))
		fault("the waiter was not served at all");
	if (actors[n].call.result)
		broken("the waiter got %#x", actors[n].call.result);
	for (i = 0; i < n; i++)
		if (actors[i].call.asked > actors[n].call.asked)
			broken("holder %u came late", i);
	late_us = actors[n].call.returned - actors[0].go - SHORT_MS * 1000;
	if (actors[0].call.returned || late_us > LATE_MS * 1000)
		fault("served %.1f s after a thread came free",
		      late_us / 1e6);
	ok("served %llu ms after a thread came free",
	   (unsigned long long)late_us / 1000);
}

void d1_user(void)
{
	hand_off(USER);
}

/* One system client's call from another's */
void d1_system(void)
{
	hand_off(system_kind());
}
