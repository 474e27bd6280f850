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
#define LIMIT_MS	25000	/* where they starve, fewer rounds will do */
#define LATE_MS		250	/* less than a call of the flood */
/* OP-TEE's bottom half may have the thread that is kept: it is soon over */
#define BRIEF_US	50000

static long class_count(const char *class, const char *what)
{
	char file[64];

	snprintf(file, sizeof(file), "%s_%s", class, what);
	return queue(file);
}

void served_in_flood(const char *what, const char *class, round_fn *round,
		     void *arg)
{
	unsigned int i, ms, done = 0, late = 0, worst = 0;
	struct actor *flood = flood_start(FLOOD, FLOOD_MS);
	long calls = class_count(class, "calls");
	long waits = class_count(class, "waits");
	uint64_t from, limit = now_us() + LIMIT_MS * 1000ull;

	for (i = 0; i < ROUNDS && now_us() < limit; i++, done++) {
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
		if (!flood[i].call.asked)
			broken("there was no flood");
	if (waits && class_count(class, "longest_wait_us") > BRIEF_US)
		fault("%ld of %ld %s calls waited in a flood, up to %ld us",
		      waits, calls, class,
		      class_count(class, "longest_wait_us"));
	if (late > 1 || done < ROUNDS)
		fault("%s: %u of %d waited for user space, up to %u ms", what,
		      late, done, worst);
	if (is_ours() && calls < ROUNDS)
		fault("%s: only %ld %s calls for %d rounds", what, calls,
		      class, ROUNDS);
	if (!is_ours())
		ok("%s in a flood: %u ms at most", what, worst);
	ok("%s in a flood: %u ms at most, %ld of %ld %s calls waited", what,
	   worst, waits, calls, class);
}
