// SPDX-License-Identifier: GPL-2.0-only
/*
 * D10: the secure world has fewer threads than it says, because one is taken
 * elsewhere. No call is lost, all are served, and the mismatch is counted and
 * told once.
 *
 * For the rest of the boot a thread is gone.
 */
#include "gt.h"
#include "worker_ta.h"

#define FLOOD	6
#define CALLS	15
#define WORK_MS	20

void d10_refusal(void)
{
	struct actor *flood = actors_new(FLOOD);
	unsigned int i, told;
	long refusals;

	if (threads() < 2)
		skip("takes two threads");
	for (i = 0; i < FLOOD; i++) {
		flood[i].name = "gt-flood";
		flood[i].cmd = WORKER_CMD_SLEEP;
		flood[i].arg = WORK_MS;
		flood[i].times = CALLS;
		actor_open(&flood[i]);
	}
	load_module("leak_thread", "");
	refusals = queue("refusals");
	actors_go(flood, FLOOD);
	for (i = 0; i < FLOOD; i++)
		if (!await(gone(flood[i].pid), 20000))
			fault("a caller hangs after %u of %d calls",
			      flood[i].done, CALLS);
	for (i = 0; i < FLOOD; i++)
		if (flood[i].done != CALLS)
			fault("a call got %#x", flood[i].call.result);
	sane();
	told = log_count("optee firmware:optee:");
	if (!told)
		fault("all calls were served, but nothing says that a thread is missing");
	if (is_ours() && queue("refusals") <= refusals)
		fault("no refusal was counted");
	if (told > 1)
		fault("told %u times", told);
	ok("%d calls served, %ld refusals, told once", FLOOD * CALLS,
	   queue("refusals") - refusals);
}
