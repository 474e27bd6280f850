// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold in any world, worked out from what the callers see and from
 * the table of limits: not from the queue's own lists and counts. The inputs of
 * the table that the queue is told from outside, policies and clients, are read
 * where it keeps them; so is the ceiling, whose changes are checked.
 */
#include <string.h>

#include "holds.h"

struct before before;
struct now now;

void remember(void)
{
	unsigned int n;

	for (n = 0; n < world.n; n++) {
		before.state[n] = is_in(n, OPTEE_CQ_WAITING) ?
				  OPTEE_CQ_WAITING :
				  is_in(n, OPTEE_CQ_HOLDING) ?
				  OPTEE_CQ_HOLDING :
				  is_in(n, OPTEE_CQ_PARKED) ?
				  OPTEE_CQ_PARKED : OPTEE_CQ_IDLE;
		before.phase[n] = world.caller[n].phase;
		before.error[n] = call_of(n)->error;
	}
	before.ceiling = world.cq.ceiling;
	before.deadlocks = world.cq.deadlocks;
}

static unsigned int kept(enum optee_cq_class class, unsigned int spare)
{
	return kept_by(world.cq.policy[class], world.cq.clients[class] ||
		       (class == OPTEE_CQ_SYSTEM && world.nests), spare);
}

void look(void)
{
	unsigned int top = world.cq.ceiling, spare = top ? top - 1 : 0;
	unsigned int rs = kept(OPTEE_CQ_SYSTEM, spare);
	unsigned int rk = kept(OPTEE_CQ_KERNEL, spare - rs);
	unsigned int level, n;

	must(top <= world.cq.threads, "more than there are threads");
	for (level = 0; level <= TOP_LEVEL; level++)
		now.limit[level] = limit_of(top, rk, rs, level);
	memset(now.inside, 0, sizeof(now.inside));
	for (n = 0; n < world.n; n++)
		if (is_in(n, OPTEE_CQ_HOLDING))
			now.inside[call_of(n)->level]++;
	for (level = 1; level <= TOP_LEVEL; level++)
		now.inside[level] += now.inside[level - 1];
}

void find_room(bool *room, unsigned int without)
{
	bool fits = true;
	int level;

	for (level = TOP_LEVEL; level >= 0; level--) {
		fits = fits && now.inside[level] < now.limit[level] +
						   (level >= (int)without);
		room[level] = fits;
	}
}

/* Bound */
void check_entry(unsigned int n)
{
	unsigned int level;

	for (level = call_of(n)->level; level <= TOP_LEVEL; level++)
		must(now.inside[level] <= now.limit[level],
		     "an entry broke a limit");
	must(call_of(n)->class >= world.cq.closed, "a closed class was let in");
}

void check_slots(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int holders = 0, n;
	int slot;

	for (n = 0; n < world.n; n++) {
		if (!is_in(n, OPTEE_CQ_HOLDING))
			continue;
		holders++;
		slot = call_of(n)->slot;
		must(slot >= 0 && slot < (int)cq->threads &&
		     cq->slots[slot] == call_of(n),
		     "a slot has two holders, or none");
	}
	must(cq->inside == holders, "a grant was lost or given twice");
	must(holders <= cq->threads, "more holders than threads");
}

/* No idle thread */
void check_waiters(void)
{
	unsigned int waiters = 0, parked = 0, n;
	bool room[OPTEE_CQ_LEVELS];

	find_room(room, NO_LEVEL);
	for (n = 0; n < world.n; n++) {
		parked += is_in(n, OPTEE_CQ_PARKED);
		if (!is_in(n, OPTEE_CQ_WAITING))
			continue;
		waiters++;
		must(!room[call_of(n)->level],
		     "a waiter sleeps that may enter");
		must(call_of(n)->class >= world.cq.closed,
		     "a waiter of a closed class sleeps");
	}
	must(world.cq.waiting == waiters && world.cq.parked == parked,
	     "a waiter was lost");
}

/* Nesting, from who is in an RPC that the next caller serves */
void check_nested(void)
{
	const struct optee_cq_call *call;
	unsigned int n, level;

	for (n = 1; n < world.n; n++) {
		if (!world.caller[n].plan.nested ||
		    world.caller[n].phase == NOT_YET ||
		    world.caller[n].phase == DONE)
			continue;
		call = call_of(n);
		level = call->class == OPTEE_CQ_UNBLOCK ? TOP_LEVEL :
			1 + min(call->depth, (unsigned int)OPTEE_CQ_MAX_DEPTH);
		must(call->class >= OPTEE_CQ_SYSTEM && call->level == level &&
		     call->depth == call_of(n - 1)->depth + 1,
		     "a nested call is not one deeper than its holder");
	}
}

/* Of the deadlock that was found in this step */
static bool is_victim(unsigned int n)
{
	return call_of(n)->error == -EDEADLK && !before.error[n];
}

/* By a holder that it is nested in */
static bool is_waited_for(unsigned int n)
{
	return is_in(n, OPTEE_CQ_WAITING) && world.caller[n].plan.nested &&
	       world.caller[n - 1].phase == IN_RPC;
}

/* Before the deadlock was found, that is */
static bool can_move(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	/* It will go by itself, and whoever waits for it goes on */
	if (is_waited_for(n))
		return c->killed || c->call.deadline != CQ_FOREVER;
	if (!is_in(n, OPTEE_CQ_HOLDING))
		return false;
	/* Its nested call is in the queue, or it goes on by itself */
	return c->phase != IN_RPC || c->killed ||
	       !(is_in(n + 1, OPTEE_CQ_WAITING) ||
		 is_in(n + 1, OPTEE_CQ_HOLDING) || is_victim(n + 1));
}

void check_deadlock(void)
{
	/* Of waiters that can run, and of frozen ones */
	unsigned int deepest[] = { 0, 0 }, *most;
	unsigned int victims = 0, depth = 0, n;
	bool frozen = false;

	for (n = 0; n < world.n; n++) {
		if (is_victim(n)) {
			victims++;
			depth = call_of(n)->depth;
			frozen = world.caller[n].frozen;
			must(world.caller[n].plan.nested &&
			     world.caller[n - 1].phase == IN_RPC,
			     "a call that is not nested was ended");
			continue;
		}
		must(!can_move(n), "a deadlock that was none");
		most = &deepest[world.caller[n].frozen];
		if (is_waited_for(n))
			*most = max(*most, call_of(n)->depth);
	}
	must(victims == 1, "not one call was ended");
	must(!frozen || !deepest[0],
	     "a frozen call was ended, and another could run");
	must(depth >= deepest[frozen],
	     "a call that was ended is not the innermost");
}

/* Nobody goes on by himself, though somebody may be thawed */
void check_stuck(void)
{
	const struct optee_cq_call *prober = world.cq.prober;
	bool waits = false;
	unsigned int n;

	/* Or until the next call, which has it try in its place */
	if (prober && cq_event_frozen(&prober->event))
		return;
	for (n = 0; n < world.n; n++) {
		/* Nor is one definite while who was ended is frozen */
		if (can_move(n) || (world.caller[n].frozen &&
				    call_of(n)->state == OPTEE_CQ_IDLE))
			return;
		waits |= is_waited_for(n);
	}
	must(!waits, "a deadlock was not ended");
}

/* Nothing can happen any more */
void check_empty(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int level;

	must(!cq->inside && !cq->waiting && !cq->blocked && !cq->prober,
	     "something was left behind");
	must(list_empty(&cq->waiters) && list_empty(&cq->served),
	     "something was left on a list");
	for (level = 0; level <= TOP_LEVEL; level++)
		must(list_empty(&cq->levels[level].turns) &&
		     !cq->levels[level].inside, "a turn was left behind");
}
