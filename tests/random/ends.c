// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold of ends: of a call, with and without a slot, of a deadlock,
 * of a world.
 */
#include "books.h"

/* It tried, and did not get a slot */
static void check_try(unsigned int n)
{
	bool room[OPTEE_CQ_LEVELS];

	find_room(room, NOBODY);
	must(!room[call_of(n)->level], "a try failed though there was room");
}

/* What a call came to, and why */
void check_result(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	must(is(n, OPTEE_CQ_IDLE), "a call is over and still in the queue");
	switch (c->result) {
	case 0:
		break;
	case -EINTR:
		must(c->killed, "a call was killed that was not");
		seen.killed++;
		break;
	case -ETIMEDOUT:
		must(c->call.deadline <= world.now, "a call gave up too early");
		seen.timed_out++;
		break;
	case -ESHUTDOWN:
		must(c->call.class < world.cq.closed,
		     "a call was sent away that need not go");
		seen.closed++;
		break;
	case -EDEADLK:
		must(c->plan.nested, "a call that is not nested was ended");
		seen.deadlocks++;
		break;
	case -EBUSY:
		must(c->plan.tries, "a call that waits was sent away");
		check_try(n);
		break;
	default:
		must(false, "a call failed for no reason");
	}
}

static bool is_victim(unsigned int n)
{
	return call_of(n)->error == -EDEADLK && !books.caller[n].error;
}

/* By a holder that it is nested in */
static bool is_waited_for(unsigned int n)
{
	return is(n, OPTEE_CQ_WAITING) && world.caller[n].plan.nested &&
	       world.caller[n - 1].phase == IN_RPC;
}

/* Before the deadlock was found, that is */
static bool can_move(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	/* It will go by itself, and whoever waits for it goes on */
	if (is_waited_for(n))
		return c->killed || c->plan.patience;
	if (!is(n, OPTEE_CQ_HOLDING))
		return false;
	/* Its nested call is in the queue, or it goes on by itself */
	return c->phase != IN_RPC || c->killed ||
	       books.caller[n + 1].phase == DONE ||
	       (is(n + 1, OPTEE_CQ_IDLE) && !is_victim(n + 1));
}

void check_deadlock(void)
{
	unsigned int victims = 0, depth = 0, deepest = 0, n;

	for (n = 0; n < world.n; n++) {
		if (is_victim(n)) {
			victims++;
			depth = call_of(n)->depth;
			continue;
		}
		must(!can_move(n), "a deadlock that was none");
		if (is_waited_for(n))
			deepest = max(deepest, call_of(n)->depth);
	}
	must(victims == 1, "not one call was ended");
	must(depth >= deepest, "it was not the innermost call that ended");
}

/* Whether a policy may be set: one thread at least is left to USER */
void check_policy(enum optee_cq_class class, int policy, int rc)
{
	enum optee_cq_class other = OPTEE_CQ_KERNEL + OPTEE_CQ_SYSTEM - class;
	/* Set or not, that one has not moved */
	int others = max(world.cq.policy[other], 0);
	bool fits = policy <= 0 || policy + others < (int)world.cq.threads;

	if (class == OPTEE_CQ_SYSTEM && policy > OPTEE_CQ_MAX_DEPTH)
		fits = false;
	must(fits == !rc, "a policy was set or refused without reason");
}

static void check_stats(enum optee_cq_class class)
{
	const struct optee_cq_stats *stats = &world.cq.stats[class];

	must(stats->calls == books.calls[class] &&
	     stats->waits == books.waits[class] &&
	     stats->longest_wait == books.longest[class],
	     "the counters are wrong");
}

void check_end(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int n;

	for (n = 0; n < world.n; n++)
		must(is(n, OPTEE_CQ_IDLE), "somebody waits for ever");
	must(!cq->inside && !cq->waiting && !cq->blocked && !cq->prober,
	     "something was left behind");
	must(list_empty(&cq->waiters) && list_empty(&cq->served),
	     "something was left on a list");
	for (n = 0; n <= TOP_LEVEL; n++)
		must(list_empty(&cq->levels[n].turns) && !cq->levels[n].inside,
		     "a turn was left behind");
	for (n = 0; n < OPTEE_CQ_CLASSES; n++)
		check_stats(n);
}
