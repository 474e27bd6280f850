// SPDX-License-Identifier: GPL-2.0-only
/*
 * Something that the kernel does in OP-TEE, again and again while processes
 * flood it: none of its calls may wait for one of theirs.
 */
#include <stdio.h>

#include "gt.h"

#define FLOOD		8
#define FLOOD_MS	300
#define ROUNDS		15
#define LATE_MS		250	/* less than a call of the flood */

static long class_count(const char *class, const char *what)
{
	char file[64];

	snprintf(file, sizeof(file), "%s_%s", class, what);
	return queue(file);
}

void served_in_flood(const char *what, const char *class, round_fn *round,
		     void *arg)
{
	unsigned int i, ms, late = 0, worst = 0;
	struct actor *flood = flood_start(FLOOD, FLOOD_MS);
	long calls = class_count(class, "calls");
	long waits = class_count(class, "waits");
	uint64_t from;

	for (i = 0; i < ROUNDS; i++) {
		from = now_us();
		round(arg, i);
		ms = (now_us() - from) / 1000;
		late += ms > LATE_MS;
		if (ms > worst)
			worst = ms;
		sleep_ms(30 + i * 37 % 100);
	}
	calls = class_count(class, "calls") - calls;
	waits = class_count(class, "waits") - waits;
	for (i = 0; i < FLOOD; i++)
		if (!flood[i].call.asked || !end(flood[i].pid, 5000))
			broken("there was no flood, or it does not end");
	if (waits)
		fault("%ld of %ld %s calls waited in a flood", waits, calls,
		      class);
	if (late > 1)
		fault("%s: %u of %d waited for user space, up to %u ms", what,
		      late, ROUNDS, worst);
	if (is_ours() && calls < ROUNDS)
		fault("%s: only %ld %s calls for %d rounds", what, calls,
		      class, ROUNDS);
	ok("%s in a flood: %u ms at most, %ld %s calls, none waited", what,
	   worst, calls, class);
}
