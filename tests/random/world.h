/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world that is too large to be explored: its callers call again and again.
 */
#ifndef RANDOM_WORLD_H
#define RANDOM_WORLD_H

#define CALLERS		64
#define CLIENTS		24
#define THREADS		16
#define STACK_BYTES	(16 * 1024)

#include "callers.h"

#define NOBODY		(-1)

/* Steps of this world so far */
extern unsigned int steps;

/* world.c: what may happen */
bool world_may_go_on(unsigned int n);
bool world_time_passes(void);

/**
 * struct seen - how often something happened that not every step brings about
 * @entries: calls that got a slot
 * @killed: calls that were killed while they waited
 * @revoked: RPCs that ended before their nested call did
 * @parked: slots that were not for their callers, as these were frozen
 * @timed_out: calls that waited as long as they would
 * @deadlocks: nested calls that were ended
 * @closed: calls that were sent away
 * @refused: refusals by the secure world
 * @lower: threads that a lower class got first, as it was passed over so often
 * @longest: how often in a row a level was passed over, at most
 * @deepest: the greatest depth of a call
 * @most: the most calls that were inside at a time
 */
struct seen {
	unsigned long entries;
	unsigned long killed;
	unsigned long revoked;
	unsigned long parked;
	unsigned long timed_out;
	unsigned long deadlocks;
	unsigned long closed;
	unsigned long refused;
	unsigned long lower;
	unsigned int longest;
	unsigned int deepest;
	unsigned int most;
};

extern struct seen seen;

/*
 * properties.c, ends.c: what must hold. Before a step of @runner, or of NOBODY;
 * after the step; after a change of policy; when nobody goes on unless somebody is
 * thawed (tests/queue/holds.c); when nothing can happen any more.
 */
void check_start(void);
void check_before(int runner);
void check_after(void);
void check_policy(enum optee_cq_class class, int policy, int rc);
void check_stuck(void);
void check_end(void);

/* crash.c: what a step that does not end well says; it is of this world */
void catch_crashes(void);
void crash_is_of(u64 seed);

/* show.c: each caller's letter, and what happened, from a step on */
#define SHOW_NONE	(~0u)

void show_from(unsigned int step);
void show_head(u64 seed);
void show(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* RANDOM_WORLD_H */
