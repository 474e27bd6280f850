// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold of ends: of a call, with and without a slot, and of a world;
 * and of a change of policy.
 */
#include "books.h"

/* It tried, and did not get a slot */
static void check_try(unsigned int n)
{
	bool room[OPTEE_CQ_LEVELS];

	find_room(room, NO_LEVEL);
	must(!room[call_of(n)->level], "a try failed though there was room");
}

/* What a call came to, and why */
void check_result(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	must(call_of(n)->state == OPTEE_CQ_IDLE,
	     "a call is over and still in the queue");
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
	unsigned int n;

	for (n = 0; n < world.n; n++)
		must(call_of(n)->state == OPTEE_CQ_IDLE,
		     "somebody waits for ever");
	check_empty();
	for (n = 0; n < OPTEE_CQ_CLASSES; n++)
		check_stats(n);
}
