// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold in every world, worked out from what the callers see and from
 * the table of limits, not from the queue's own books.
 */
#include <string.h>

#include "world.h"

/* Of time that passes with nobody inside, two pauses are too many */
#define MAX_IN_VAIN	3

/**
 * struct before - what a step is compared with
 * @state: of each caller's call
 * @phase: of each caller
 * @ended: its call was the innermost of a deadlock
 * @grants: of the world
 * @ceiling: of the queue
 * @deadlocks: of the queue
 */
static struct before {
	enum optee_cq_state state[CALLERS];
	enum phase phase[CALLERS];
	bool ended[CALLERS];
	unsigned int grants;
	unsigned int ceiling;
	u64 deadlocks;
} before;

static bool is_in(unsigned int n, enum optee_cq_state state)
{
	enum phase phase = world.caller[n].phase;

	return phase != NOT_YET && phase != DONE && call_of(n)->state == state;
}

/* The table of limits, by ceiling and what is kept */

static unsigned int limits[4][4][4][OPTEE_CQ_LEVELS];

static unsigned int limit(unsigned int top, unsigned int rk, unsigned int rs,
			  unsigned int level)
{
	unsigned int depth = level - 1;

	if (level == 0)
		return top - rs - rk;
	if (level == 1)
		return top - rs;
	if (level == TOP_LEVEL || depth >= rs)
		return top;
	return top - (rs - depth);
}

void check_start(void)
{
	unsigned int top, rk, rs, level;

	for (top = 0; top <= config->threads; top++)
		for (rk = 0; rk <= top; rk++)
			for (rs = 0; rs + rk <= top; rs++)
				for (level = 0; level <= TOP_LEVEL; level++)
					limits[top][rk][rs][level] =
						limit(top, rk, rs, level);
}

/**
 * struct now - what is looked at more than once after a step
 * @limit: of each level
 * @inside: calls inside, of that level and below
 * @nests: there was a nested call
 */
static struct now {
	const unsigned int *limit;
	unsigned int inside[OPTEE_CQ_LEVELS];
	bool nests;
} now;

static unsigned int kept(enum optee_cq_class class, unsigned int spare)
{
	int policy = world.cq.policy[class];
	unsigned int wanted = policy;

	if (policy == OPTEE_CQ_AUTO)
		wanted = class == OPTEE_CQ_SYSTEM && now.nests;
	return min(wanted, spare);
}

static void look(void)
{
	unsigned int top = world.cq.ceiling, spare = top ? top - 1 : 0;
	unsigned int rs, rk, level, n;

	/* A ceiling that no queue should have */
	if (top > config->threads) {
		must(false, "more than there are threads");
		top = config->threads;
		spare = top - 1;
	}
	now.nests = false;
	for (n = 0; n < config->n; n++)
		now.nests |= config->plan[n].nested &&
			     world.caller[n].phase != NOT_YET;
	rs = kept(OPTEE_CQ_SYSTEM, spare);
	rk = kept(OPTEE_CQ_KERNEL, spare - rs);
	now.limit = limits[top][rk][rs];
	memset(now.inside, 0, sizeof(now.inside));
	for (n = 0; n < config->n; n++)
		if (is_in(n, OPTEE_CQ_HOLDING))
			now.inside[call_of(n)->level]++;
	for (level = 1; level <= TOP_LEVEL; level++)
		now.inside[level] += now.inside[level - 1];
}

/* Were the call inside of level @without not there; NOBODY: as it is */
#define NOBODY	OPTEE_CQ_LEVELS

static bool may_enter(unsigned int level, unsigned int without)
{
	unsigned int less;

	for (; level <= TOP_LEVEL; level++) {
		less = level >= without;
		if (now.inside[level] + 1 - less > now.limit[level])
			return false;
	}
	return true;
}

/* Bound */
static void check_entry(unsigned int n)
{
	unsigned int level;

	for (level = call_of(n)->level; level <= TOP_LEVEL; level++)
		must(now.inside[level] <= now.limit[level],
		     "an entry broke a limit");
	must(call_of(n)->class >= world.cq.closed, "a closed class was let in");
}

/* Order between classes: nobody here is passed over 16 times */
static void check_classes(unsigned int granted)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (is_in(n, OPTEE_CQ_WAITING) &&
		    call_of(n)->level > call_of(granted)->level)
			must(!may_enter(call_of(n)->level,
					call_of(granted)->level),
			     "a lower class went first");
}

static bool same_turns(unsigned int a, unsigned int b)
{
	return call_of(a)->level == call_of(b)->level;
}

static unsigned int client_of(unsigned int n)
{
	return config->plan[n].client;
}

void check_granted(unsigned int n)
{
	story.turns[n].told = ++story.grants;
}

/* Maybe to give it back in the same step, as it was killed */
static bool was_granted(unsigned int n)
{
	return before.state[n] == OPTEE_CQ_WAITING &&
	       (is_in(n, OPTEE_CQ_HOLDING) ||
		story.turns[n].told > before.grants);
}

/* As @granted had its turn: others may have had theirs later in this step */
static bool waited(unsigned int n, unsigned int granted)
{
	return is_in(n, OPTEE_CQ_WAITING) ||
	       (was_granted(n) &&
		story.turns[n].told > story.turns[granted].told);
}

static bool heads_its_client(unsigned int n, unsigned int granted)
{
	unsigned int m;

	for (m = 0; m < config->n; m++)
		if (m != n && waited(m, granted) && same_turns(m, n) &&
		    client_of(m) == client_of(n) &&
		    story.turns[m].arrived < story.turns[n].arrived)
			return false;
	return true;
}

/* Turns between clients, order within one */
static void check_turns(unsigned int granted)
{
	bool goes_first = world.caller[granted].refused;
	unsigned int client = client_of(granted), n;
	struct turns *turns;

	for (n = 0; n < config->n; n++) {
		turns = &story.turns[n];
		if (!waited(n, granted) || !same_turns(n, granted))
			continue;
		if (world.caller[n].refused) {
			/* Of two of one client one has its next turn */
			must(goes_first || config->left & ANOTHER_REFUSAL,
			     "a refused call did not go first");
			continue;
		}
		if (client_of(n) == client) {
			must(turns->arrived > story.turns[granted].arrived ||
			     goes_first, "a client's own calls changed places");
			memset(turns->passed, 0, sizeof(turns->passed));
		} else if (heads_its_client(n, granted)) {
			must(!turns->passed[client]++,
			     "a client had two turns before another had one");
		}
	}
}

/* It had a turn, and nothing of it: its client has it again */
static void give_turn_back(unsigned int refused)
{
	unsigned int client = client_of(refused), n;

	for (n = 0; n < config->n; n++)
		if (story.turns[n].passed[client])
			story.turns[n].passed[client]--;
}

static void check_slots(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int holders = 0, n;

	for (n = 0; n < config->n; n++) {
		if (!is_in(n, OPTEE_CQ_HOLDING))
			continue;
		holders++;
		must(call_of(n)->slot >= 0 &&
		     call_of(n)->slot < (int)cq->threads &&
		     cq->slots[call_of(n)->slot] == call_of(n),
		     "a slot has two holders, or none");
	}
	must(cq->inside == holders, "a grant was lost or given twice");
	must(holders <= cq->threads, "more holders than threads");
}

/* No idle thread */
static void check_waiters(void)
{
	unsigned int waiters = 0, n;

	for (n = 0; n < config->n; n++) {
		if (!is_in(n, OPTEE_CQ_WAITING))
			continue;
		waiters++;
		must(!may_enter(call_of(n)->level, NOBODY),
		     "a waiter sleeps that may enter");
		must(call_of(n)->class >= world.cq.closed,
		     "a waiter of a closed class sleeps");
	}
	must(world.cq.waiting == waiters, "a waiter was lost");
}

/* Nesting, from who is in an RPC that the next caller serves */
static void check_nested(void)
{
	unsigned int n, depth;

	for (n = 1; n < config->n; n++) {
		if (!config->plan[n].nested || world.caller[n].phase == DONE ||
		    world.caller[n].phase == NOT_YET)
			continue;
		depth = call_of(n - 1)->depth + 1;
		must(call_of(n)->class >= OPTEE_CQ_SYSTEM &&
		     call_of(n)->depth == depth &&
		     call_of(n)->level == 1 + depth,
		     "a nested call is not one deeper than its holder");
	}
}

static bool is_ended(unsigned int n)
{
	return world.caller[n].phase != NOT_YET &&
	       call_of(n)->state == OPTEE_CQ_IDLE &&
	       call_of(n)->error == -EDEADLK;
}

/* In this step */
static bool was_ended(unsigned int n)
{
	return is_ended(n) && !before.ended[n];
}

static bool can_move(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (is_in(n, OPTEE_CQ_WAITING))
		return c->killed && config->plan[n].nested;
	if (!is_in(n, OPTEE_CQ_HOLDING))
		return false;
	/* Its nested call is in the queue, or it goes on by itself */
	return c->phase != IN_RPC || c->killed ||
	       !(is_in(n + 1, OPTEE_CQ_WAITING) ||
		 is_in(n + 1, OPTEE_CQ_HOLDING) || was_ended(n + 1));
}

/* Nobody waits for a call that is nested deeper */
static void check_victim(unsigned int victim)
{
	unsigned int n;

	must(config->plan[victim].nested, "a call that is not nested was ended");
	for (n = 0; n < config->n; n++)
		if (config->plan[n].nested && is_in(n, OPTEE_CQ_WAITING))
			must(call_of(n)->depth <= call_of(victim)->depth,
			     "a call that was ended is not the innermost");
}

/* The first refusal is never one of a call that tried above the ceiling */
static bool may_have_tried(void)
{
	return config->left & ANOTHER_REFUSAL && !(story.left & A_REFUSAL);
}

static void check_deadlock(void)
{
	unsigned int victims = 0, n;

	must(world.cq.ceiling == world.cq.threads ||
	     now.inside[TOP_LEVEL] != world.cq.ceiling || may_have_tried(),
	     "a deadlock was declared before a try");
	for (n = 0; n < config->n; n++) {
		if (was_ended(n)) {
			victims++;
			check_victim(n);
			continue;
		}
		must(!can_move(n), "a deadlock that was none");
	}
	must(victims <= 1, "more than one call was ended");
}

/* What the caller that ran is no longer part of: its own step is over */
void check_before(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++) {
		before.phase[n] = world.caller[n].phase;
		before.ended[n] = is_ended(n);
		before.state[n] = OPTEE_CQ_IDLE;
		if (is_in(n, OPTEE_CQ_WAITING))
			before.state[n] = OPTEE_CQ_WAITING;
		else if (is_in(n, OPTEE_CQ_HOLDING))
			before.state[n] = OPTEE_CQ_HOLDING;
	}
	before.ceiling = world.cq.ceiling;
	before.grants = story.grants;
	before.deadlocks = world.cq.deadlocks;
}

/* Who does not wait gets what there is, at once */
static void check_try(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	must(before.phase[n] != AT_LOCK ||
	     before.state[n] != OPTEE_CQ_WAITING ||
	     !is_in(n, OPTEE_CQ_WAITING) || c->phase != ASLEEP ||
	     world.now < c->call.deadline,
	     "a call waits past its deadline");
	must(!is_in(n, OPTEE_CQ_WAITING) || c->refused,
	     "a call that does not wait waits");
	if (before.phase[n] == NOT_YET && c->phase == DONE)
		must(!may_enter(c->call.level, NOBODY) ||
		     c->call.class < world.cq.closed,
		     "a try failed though there was room");
}

static void check_change(unsigned int n)
{
	struct turns *turns = &story.turns[n];

	if (is_in(n, OPTEE_CQ_WAITING) && before.state[n] != OPTEE_CQ_WAITING) {
		if (before.state[n] == OPTEE_CQ_HOLDING)
			give_turn_back(n);
		turns->arrived = ++story.arrivals;
		memset(turns->passed, 0, sizeof(turns->passed));
	}
	if (!is_in(n, OPTEE_CQ_HOLDING) || before.state[n] == OPTEE_CQ_HOLDING)
		return;
	check_entry(n);
}

static void check_ceiling(void)
{
	const struct optee_cq *cq = &world.cq;

	must(cq->ceiling <= before.ceiling + 1,
	     "more than one tries above the ceiling");
	must(max(cq->policy[OPTEE_CQ_KERNEL], 0) +
	     max(cq->policy[OPTEE_CQ_SYSTEM], 0) < (int)cq->threads,
	     "no thread is left to USER");
	if (now.inside[TOP_LEVEL] || !cq->waiting)
		story.in_vain = 0;
	must(story.in_vain < MAX_IN_VAIN, "time passes and nobody is let in");
}

/* The next after the @told-th that had its turn in this step, or -1 */
static int next_granted(unsigned int told)
{
	int next = -1;
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (was_granted(n) && story.turns[n].told > told &&
		    (next < 0 ||
		     story.turns[n].told < story.turns[next].told))
			next = n;
	return next;
}

static void check_grants(void)
{
	unsigned int told = 0;
	int n;

	while ((n = next_granted(told)) >= 0) {
		if (is_in(n, OPTEE_CQ_HOLDING))
			check_classes(n);
		check_turns(n);
		told = story.turns[n].told;
	}
}

void check_step(void)
{
	unsigned int n;

	must(!world.cq.lock.held, "the lock was kept");
	look();
	for (n = 0; n < config->n; n++) {
		if (config->plan[n].tries)
			check_try(n);
		check_change(n);
	}
	check_ceiling();
	check_grants();
	check_slots();
	check_waiters();
	check_nested();
	if (world.cq.deadlocks != before.deadlocks)
		check_deadlock();
}

/* Nothing can happen any more */
void check_end(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int level;

	must(model_is_over(), "somebody waits for ever");
	must(!cq->inside && !cq->waiting && !cq->blocked && !cq->prober,
	     "something was left behind");
	must(list_empty(&cq->waiters) && list_empty(&cq->served),
	     "something was left on a list");
	for (level = 0; level <= TOP_LEVEL; level++)
		must(list_empty(&cq->levels[level].turns) &&
		     !cq->levels[level].inside, "a turn was left behind");
}
