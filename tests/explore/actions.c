// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen in a world, and what need not be tried because another order
 * comes to the same. Why, is in docs/explorer.md, under the names in brackets
 * here.
 */
#include "world.h"

static bool has(unsigned int incident)
{
	return story.left & incident;
}

/* No pause, and none to come: who takes the lock changes nothing by that */
static bool is_calm(void)
{
	return world.cq.ceiling == world.cq.threads && !has(A_REFUSAL);
}

/* Whoever takes the lock may be the one that raises the ceiling */
static bool is_due(void)
{
	return world.cq.ceiling < world.cq.threads &&
	       world.now >= world.cq.probe_at;
}

static bool child_is_over(int n)
{
	return world.caller[n + 1].phase == DONE;
}

/* Callers with the same plan are each other's mirror image: in one order */
static bool is_mirrored(int n)
{
	const struct plan *plan = &config->plan[n];

	return !plain && n && !plan->nests && !plan[-1].nested &&
	       plan->class == plan[-1].class &&
	       plan->client == plan[-1].client &&
	       plan->tries == plan[-1].tries &&
	       world.caller[n - 1].phase == NOT_YET;
}

static bool may_start(int n)
{
	if (config->plan[n].nested)
		return world.caller[n - 1].phase == IN_RPC;
	return !is_mirrored(n);
}

static bool may_nest(int n)
{
	return config->plan[n].nests && !world.caller[n].asked;
}

static bool may_be_refused(int n)
{
	/* Only one that has done nothing yet */
	return has(A_REFUSAL) && !world.caller[n].asked;
}

static void add(struct action *actions, unsigned int *n, enum what what,
		int caller, int arg)
{
	if (*n == MAX_ACTIONS)
		abort();
	actions[(*n)++] = (struct action) { what, caller, arg };
}

/* Was given a slot, and has yet to take the lock to see it */
bool is_let_in(const struct caller *c)
{
	return c->phase == AT_LOCK && !c->woken &&
	       c->call.state == OPTEE_CQ_HOLDING;
}

/* [late lock] Its lock changes nothing, unless time passes before */
static bool may_be_late(const struct caller *c)
{
	return !plain && is_let_in(c) && !is_due();
}

static void answers(int n, struct action *actions, unsigned int *num)
{
	add(actions, num, GO_ON, n, may_nest(n) ? NEST : LEAVE);
	if (may_be_refused(n))
		add(actions, num, GO_ON, n, REFUSE);
}

static void steps_of(int n, struct action *actions, unsigned int *num)
{
	const struct caller *c = &world.caller[n];

	switch (c->phase) {
	case NOT_YET:
		if (may_start(n))
			add(actions, num, GO_ON, n, LOCK);
		return;
	case AT_LOCK:
		if (may_be_late(c))
			answers(n, actions, num);
		else
			add(actions, num, GO_ON, n, LOCK);
		return;
	case ASLEEP:
		if (wakes(c))
			add(actions, num, GO_ON, n, LOCK);
		return;
	case INSIDE:
		answers(n, actions, num);
		return;
	case IN_RPC:
		if (child_is_over(n) || c->killed)
			add(actions, num, GO_ON, n, LOCK);
		return;
	case DONE:
		return;
	}
}

/* Somebody sleeps who wakes by himself */
static bool is_waited_for(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase == ASLEEP &&
		    world.caller[n].until != CQ_FOREVER &&
		    !wakes(&world.caller[n]))
			return true;
	return false;
}

static bool makes_a_difference(void)
{
	return world.cq.ceiling < world.cq.threads && !is_due();
}

/* Any of those that may be late are in time, or are not */
static void time_steps(struct action *actions, unsigned int *num)
{
	unsigned int late = 0, in_time = 0, n;

	for (n = 0; n < config->n; n++)
		late |= may_be_late(&world.caller[n]) << n;
	do {
		add(actions, num, TIME, 0, in_time);
		in_time = (in_time - late) & late;
	} while (in_time);
}

/* An answer by another thread, or its supplicant is gone: the RPC is over */
static bool may_be_revoked(int n)
{
	const struct caller *c = &world.caller[n];

	return c->phase == IN_RPC && !c->killed && !child_is_over(n);
}

static void revocations(struct action *actions, unsigned int *num)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (may_be_revoked(n))
			add(actions, num, GO_ON, n, LOCK);
}

/* [kills] Is there anybody who looks whether it was killed? */
static bool kill_matters(int n)
{
	const struct caller *c = &world.caller[n];
	bool nested = config->plan[n].nested;

	if (c->phase == NOT_YET || c->phase == DONE || c->killed)
		return false;
	if (plain || c->phase == IN_RPC)
		return true;
	if (c->phase == ASLEEP)
		return c->call.state != OPTEE_CQ_IDLE;
	if (c->phase == INSIDE || is_let_in(c))
		return nested && may_be_refused(n);
	return nested && c->call.state == OPTEE_CQ_WAITING && !c->woken;
}

static void kills(struct action *actions, unsigned int *num)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (kill_matters(n))
			add(actions, num, KILL, n, 0);
}

/* A policy of class 1 + arg / 4: auto, 0, 1, 2 */
enum optee_cq_class class_of(int arg)
{
	return OPTEE_CQ_KERNEL + arg / 4;
}

int policy_of(int arg)
{
	return arg % 4 ? arg % 4 - 1 : OPTEE_CQ_AUTO;
}

static bool anybody_nests(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (config->plan[n].nests)
			return true;
	return false;
}

/*
 * [policies] With nobody to reserve for, auto is 0: no client ever registers,
 * and only nested calls count as one.
 */
int likely_policy(enum optee_cq_class class, int policy)
{
	if (config->threads == 1)
		return 0;
	if (class == OPTEE_CQ_KERNEL || !anybody_nests())
		return max(policy, 0);
	if (policy == OPTEE_CQ_AUTO && world.cq.nests && !has(A_CHANGE))
		return 1;
	return policy;
}

static bool change_matters(enum optee_cq_class class, int policy)
{
	if (plain)
		return world.cq.policy[class] != policy;
	return likely_policy(class, policy) !=
	       likely_policy(class, world.cq.policy[class]);
}

static void changes(struct action *actions, unsigned int *num)
{
	int arg;

	for (arg = 0; arg < 8; arg++) {
		/* The same as 0 */
		if (!plain && policy_of(arg) == OPTEE_CQ_AUTO &&
		    likely_policy(class_of(arg), OPTEE_CQ_AUTO) >= 0)
			continue;
		if (change_matters(class_of(arg), policy_of(arg)))
			add(actions, num, POLICY, 0, arg);
	}
}

/*
 * [hand-over] A sleeper that was given a slot: it wakes, or is killed before.
 * Nobody else can tell the one from the other until it takes the lock.
 */
static int find_woken(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++) {
		const struct caller *c = &world.caller[n];

		if (c->phase == ASLEEP && c->call.state == OPTEE_CQ_HOLDING &&
		    !c->killed && c->call.event.set)
			return n;
	}
	return -1;
}

static unsigned int woken_actions(int n, struct action *actions)
{
	unsigned int num = 0;

	add(actions, &num, GO_ON, n, LOCK);
	add(actions, &num, KILL, n, 0);
	return num;
}

unsigned int model_actions(struct action *actions)
{
	int woken = plain ? -1 : find_woken();
	unsigned int num = 0, n;

	if (woken >= 0)
		return woken_actions(woken, actions);
	for (n = 0; n < config->n; n++)
		steps_of(n, actions, &num);
	if (is_waited_for() || (num && makes_a_difference()))
		time_steps(actions, &num);
	if (!num)
		return 0;
	if (has(A_KILL))
		kills(actions, &num);
	if (has(A_REVOCATION))
		revocations(actions, &num);
	if (has(A_CHANGE))
		changes(actions, &num);
	if (has(A_CLOSE)) {
		add(actions, &num, CLOSE, 0, OPTEE_CQ_UNBLOCK);
		add(actions, &num, CLOSE, 0, OPTEE_CQ_CLASSES);
	}
	return num;
}

static bool is_forced_awake(int n)
{
	const struct caller *c = &world.caller[n];

	if (!wakes(c))
		return false;
	/* [kills] [out] */
	if (c->killed || c->call.state == OPTEE_CQ_IDLE)
		return true;
	/* [hand-over] with no kill to come */
	if (c->call.state == OPTEE_CQ_HOLDING)
		return !has(A_KILL);
	/* [calm] For nothing */
	return is_calm() && c->call.deadline == CQ_FOREVER;
}

static bool is_forced_to_lock(int n)
{
	const struct caller *c = &world.caller[n];
	enum optee_cq_state state = c->call.state;

	/* [kills] It may as well have been killed just now */
	if (c->woken && state == OPTEE_CQ_WAITING)
		return !config->plan[n].nested;
	/* [calm] */
	return is_calm() && (state == OPTEE_CQ_IDLE ||
			     (!c->woken && (state == OPTEE_CQ_HOLDING ||
					    c->call.deadline == CQ_FOREVER)));
}

/* The step that may be taken at once, and before all others */
bool model_forced(struct action *action)
{
	unsigned int n;
	bool forced;

	for (n = 0; n < config->n && !plain; n++) {
		enum phase phase = world.caller[n].phase;

		*action = (struct action) { GO_ON, n, LOCK };
		if (phase == INSIDE) {
			/* [rpc] */
			forced = may_nest(n) && !may_be_refused(n);
			action->arg = NEST;
		} else {
			forced = (phase == IN_RPC && child_is_over(n)) ||
				 (phase == ASLEEP && is_forced_awake(n)) ||
				 (phase == AT_LOCK && is_forced_to_lock(n));
		}
		if (forced)
			return true;
	}
	return false;
}

static bool is_settled(int n)
{
	const struct caller *c = &world.caller[n];

	if (c->phase == NOT_YET || c->phase == DONE)
		return true;
	/* Where nobody looks, it is alike whether it was */
	if (c->killed && kill_is_looked_at(n))
		return false;
	if (c->phase == INSIDE || may_be_late(c))
		return !may_nest(n) || may_be_refused(n);
	if (c->phase == IN_RPC)
		return !child_is_over(n);
	return c->phase == ASLEEP && c->call.state == OPTEE_CQ_WAITING &&
	       !wakes(c);
}

/*
 * Nobody is on his way from one place to another. Such worlds are the same,
 * whatever orders are tried: what is left out is on the way between them.
 */
bool model_is_settled(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (!is_settled(n))
			return false;
	return true;
}
