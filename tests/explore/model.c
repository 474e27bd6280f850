// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world that is explored: how it goes on, and how it is put aside.
 */
#include <string.h>

#include "world.h"

struct story story;
const struct config *config;
bool plain;

void model_start(const struct config *c)
{
	unsigned int n;

	config = c;
	story = (struct story) { .left = c->left };
	world_start(c->threads, c->n);
	if (optee_cq_set_policy(&world.cq, OPTEE_CQ_KERNEL, c->policy[0]) ||
	    optee_cq_set_policy(&world.cq, OPTEE_CQ_SYSTEM, c->policy[1]))
		abort();
	for (n = 0; n < c->n; n++)
		world_born(n, &c->plan[n]);
}

static size_t in_use(int n)
{
	const struct caller *c = &world.caller[n];

	return c->phase == DONE ? 0 : stacks[n] + STACK_BYTES - c->sp;
}

static size_t size_of_world(void)
{
	return offsetof(struct world, caller) +
	       config->n * sizeof(world.caller[0]);
}

void model_save(struct saved *saved)
{
	char *to = saved->stacks;
	unsigned int n;

	saved->story = story;
	memcpy(&saved->world, &world, size_of_world());
	for (n = 0; n < config->n; n++) {
		memcpy(to, stacks[n] + STACK_BYTES - in_use(n), in_use(n));
		to += in_use(n);
	}
}

void model_restore(const struct saved *saved)
{
	const char *from = saved->stacks;
	unsigned int n;

	story = saved->story;
	memcpy(&world, &saved->world, size_of_world());
	for (n = 0; n < config->n; n++) {
		memcpy(stacks[n] + STACK_BYTES - in_use(n), from, in_use(n));
		from += in_use(n);
	}
}

/* With an answer, who holds a slot has been through the lock before */
static void go_on(int n, enum answer answer)
{
	if (world.caller[n].phase == IN_RPC && !world.caller[n].killed &&
	    world.caller[n + 1].phase != DONE)
		story.left &= ~A_REVOCATION;
	if (world.caller[n].phase == AT_LOCK && answer != LOCK)
		world_go_on(n, LOCK);
	if (answer == REFUSE)
		story.left &= story.left & ANOTHER_REFUSAL ? ~ANOTHER_REFUSAL :
							     ~A_REFUSAL;
	world_go_on(n, answer);
}

/*
 * Until the next time that makes a difference to anybody; first @at_lock go
 * through the lock.
 */
static void time_passes(unsigned int at_lock)
{
	cq_time_t until = CQ_FOREVER;
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (at_lock >> n & 1)
			world_go_on(n, LOCK);
	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase == ASLEEP &&
		    !wakes(&world.caller[n]))
			until = min(until, world.caller[n].until);
	if (world.cq.ceiling < world.cq.threads &&
	    world.cq.probe_at > world.now)
		until = min(until, world.cq.probe_at);
	world.now = until;
	story.in_vain++;
}

void model_do(const struct action *action)
{
	switch (action->what) {
	case GO_ON:
		go_on(action->caller, action->arg);
		return;
	case KILL:
		world.caller[action->caller].killed = true;
		story.left &= ~A_KILL;
		return;
	case TIME:
		time_passes(action->arg);
		return;
	case POLICY:
		story.left &= ~A_CHANGE;
		/* More than there are threads is refused, and changes nothing */
		optee_cq_set_policy(&world.cq, class_of(action->arg),
				    policy_of(action->arg));
		return;
	case CLOSE:
		story.left &= ~A_CLOSE;
		optee_cq_close(&world.cq, action->arg);
		return;
	}
}

/* One whose caller was killed before it could ask never calls */
bool model_is_over(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase != DONE &&
		    !(world.caller[n].phase == NOT_YET &&
		      config->plan[n].nested))
			return false;
	return true;
}
