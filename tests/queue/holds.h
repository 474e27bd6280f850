/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must hold in any world: what the explorer and the random schedules check
 * alike. What they check beside it is in their own properties.c.
 */
#ifndef QUEUE_HOLDS_H
#define QUEUE_HOLDS_H

#include "table.h"
#include "world.h"

/**
 * struct before - what a step is compared with
 * @state: of each caller's call
 * @phase: of each caller
 * @error: of each caller's call
 * @ceiling: of the queue
 * @deadlocks: of the queue
 */
struct before {
	enum optee_cq_state state[CALLERS];
	enum phase phase[CALLERS];
	int error[CALLERS];
	unsigned int ceiling;
	u64 deadlocks;
};

/**
 * struct now - what is looked at more than once
 * @limit: of each level
 * @inside: calls inside, of that level and below
 */
struct now {
	unsigned int limit[OPTEE_CQ_LEVELS];
	unsigned int inside[OPTEE_CQ_LEVELS];
};

extern struct before before;
extern struct now now;

/* A caller that is not, or no longer, in the queue is in no state of it */
static inline bool is_in(unsigned int n, enum optee_cq_state state)
{
	enum phase phase = world.caller[n].phase;

	return phase != NOT_YET && phase != DONE && call_of(n)->state == state;
}

/* Fill in @before, ahead of a step; and @now, in it or after it */
void remember(void);
void look(void);

/* As of the last look: if a call of level @without were not there */
#define NO_LEVEL	OPTEE_CQ_LEVELS
void find_room(bool *room, unsigned int without);

void check_entry(unsigned int n);
void check_slots(void);
void check_waiters(void);
void check_nested(void);
void check_deadlock(void);
void check_empty(void);

#endif /* QUEUE_HOLDS_H */
