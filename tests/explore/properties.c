// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold in every world beside tests/queue/holds.c: order, and what a
 * few callers and incidents make certain.
 */
#include <string.h>

#include "holds.h"

/* Of time that passes with nobody inside, two pauses are too many */
#define MAX_IN_VAIN	3

/* When this step began */
static unsigned int grants;

/* Order between classes: nobody here is passed over 16 times */
static void check_classes(unsigned int granted)
{
	bool room[OPTEE_CQ_LEVELS];
	unsigned int n;

	find_room(room, call_of(granted)->level);
	for (n = 0; n < config->n; n++)
		if (is_in(n, OPTEE_CQ_WAITING) &&
		    call_of(n)->level > call_of(granted)->level)
			must(!room[call_of(n)->level],
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
		story.turns[n].told > grants);
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

/* The first refusal is never one of a call that tried above the ceiling */
static bool may_have_tried(void)
{
	return config->left & ANOTHER_REFUSAL && !(story.left & A_REFUSAL);
}

static void check_try_first(void)
{
	must(world.cq.ceiling == world.cq.threads ||
	     now.inside[TOP_LEVEL] != world.cq.ceiling || may_have_tried(),
	     "a deadlock was declared before a try");
}

void check_before(void)
{
	remember();
	grants = story.grants;
}

/* Who does not wait gets what there is, at once */
static void check_try(unsigned int n)
{
	const struct caller *c = &world.caller[n];
	bool room[OPTEE_CQ_LEVELS];

	must(before.phase[n] != AT_LOCK ||
	     before.state[n] != OPTEE_CQ_WAITING ||
	     !is_in(n, OPTEE_CQ_WAITING) || c->phase != ASLEEP ||
	     world.now < c->call.deadline,
	     "a call waits past its deadline");
	must(!is_in(n, OPTEE_CQ_WAITING) || c->refused,
	     "a call that does not wait waits");
	if (before.phase[n] != NOT_YET || c->phase != DONE)
		return;
	find_room(room, NO_LEVEL);
	must(!room[c->call.level] || c->call.class < world.cq.closed,
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
	if (world.cq.deadlocks != before.deadlocks) {
		check_try_first();
		check_deadlock();
	}
}

void check_end(void)
{
	must(model_is_over(), "somebody waits for ever");
	check_empty();
}
