// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world that is explored: how its callers go on, and how it is put aside.
 */
#include <string.h>

#include "model.h"

#ifndef __x86_64__
#error "explore_switch() is written for x86-64"
#endif

struct world world;
const struct config *config;
const char *broken;
bool plain;

static char stacks[CALLERS][STACK_BYTES] __attribute__((aligned(16)));

/* Neither is part of the world: between two steps nobody runs */
static char *scheduler;
static int running = -1;

/*
 * Goes on where @to was left, and leaves where it was in *@from. What a
 * function keeps for its caller is all there is to keep: callers touch no
 * signals, and no floating point modes. swapcontext() would ask the kernel
 * twice a step.
 */
__asm__(".text\n"
	".globl explore_switch\n"
	".type explore_switch, @function\n"
	"explore_switch:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n"
	".size explore_switch, . - explore_switch\n");

void xp_broken(const char *what)
{
	if (!broken)
		broken = what;
}

static struct caller *self(void)
{
	return &world.caller[running];
}

static void stop_at(enum phase phase)
{
	struct caller *c = self();

	c->slept = false;
	c->phase = phase;
	explore_switch(&c->sp, scheduler);
}

/* The primitives */

void cq_lock(cq_lock_t *l)
{
	/*
	 * What comes before any other lock is a decision of the caller's own:
	 * it may as well be made now.
	 */
	if (running >= 0 && self()->slept)
		stop_at(AT_LOCK);
	cq_assert(!l->held);
	l->held = true;
}

void cq_unlock(cq_lock_t *l)
{
	cq_assert(l->held);
	l->held = false;
}

cq_time_t cq_now(void)
{
	return world.now;
}

void cq_event_init(struct cq_event *ev)
{
	ev->caller = running;
	ev->set = false;
}

void cq_event_set(struct cq_event *ev)
{
	cq_assert_locked(&world.cq.lock);
	ev->set = true;
	if (world.caller[ev->caller].call.state == OPTEE_CQ_HOLDING)
		world.caller[ev->caller].told = ++world.grants;
}

bool cq_event_killed(const struct cq_event *ev)
{
	return world.caller[ev->caller].killed;
}

int cq_event_wait(struct cq_event *ev, cq_time_t until)
{
	struct caller *c = self();

	cq_assert(!world.cq.lock.held);
	cq_assert(ev->caller == running);
	c->until = until;
	stop_at(ASLEEP);
	ev->set = false;
	c->slept = true;
	return c->woken;
}

void *cq_alloc(size_t n, size_t size)
{
	void *p = world.memory + world.used;

	world.used += (n * size + 15) & ~15ul;
	if (world.used > sizeof(world.memory))
		abort();
	return p;
}

/* What a caller does, from its first step to its last */

static int enter(struct caller *c, const struct plan *plan)
{
	if (plan->tries)
		return optee_cq_try_enter(&world.cq, &c->call);
	return optee_cq_enter(&world.cq, &c->call, CQ_FOREVER);
}

/* As the driver: who does not wait for a thread does not after a refusal */
static int refused(struct caller *c, const struct plan *plan)
{
	c->refused = true;
	return optee_cq_refused(&world.cq, &c->call,
				plan->tries ? cq_now() : CQ_FOREVER);
}

static void serve_rpc(struct caller *c)
{
	optee_cq_serve(&world.cq, &c->call, c + 1);
	c->asked = true;
	stop_at(IN_RPC);
	optee_cq_serve(&world.cq, &c->call, NULL);
}

static void live(void)
{
	const struct plan *plan = &config->plan[running];
	struct caller *c = self();
	int rc;

	stop_at(NOT_YET);
	optee_cq_call_init(&c->call, &world.clients[plan->client], plan->class,
			   plan->depth, c);
	rc = enter(c, plan);
	while (!rc) {
		stop_at(INSIDE);
		if (c->answer == REFUSE) {
			rc = refused(c, plan);
		} else if (c->answer == NEST) {
			serve_rpc(c);
		} else {
			optee_cq_leave(&world.cq, &c->call);
			break;
		}
	}
	stop_at(DONE);
	abort();
}

static void resume(int caller)
{
	running = caller;
	explore_switch(&scheduler, world.caller[caller].sp);
	running = -1;
}

/* Its stack is as if live() had been called, and had called explore_switch() */
static void born(int n)
{
	void **top = (void **)(stacks[n] + STACK_BYTES) - 2;

	*top = (void *)live;
	world.caller[n].sp = (char *)(top - 6);
	resume(n);
}

void model_start(const struct config *c)
{
	unsigned int n;

	memset(&world, 0, sizeof(world));
	config = c;
	broken = NULL;
	world.now = 1000 * CQ_MS;
	world.left = c->left;
	if (optee_cq_init(&world.cq, c->threads))
		abort();
	if (optee_cq_set_policy(&world.cq, OPTEE_CQ_KERNEL, c->policy[0]) ||
	    optee_cq_set_policy(&world.cq, OPTEE_CQ_SYSTEM, c->policy[1]))
		abort();
	for (n = 0; n < CLIENTS; n++)
		optee_cq_client_init(&world.clients[n]);
	for (n = 0; n < c->n; n++)
		born(n);
	check_start();
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

	memcpy(&world, &saved->world, size_of_world());
	for (n = 0; n < config->n; n++) {
		memcpy(stacks[n] + STACK_BYTES - in_use(n), from, in_use(n));
		from += in_use(n);
	}
}

/*
 * A signal first, as in the kernel: who is dying is to hand on what it got.
 * With an answer, who holds a slot has been through the lock before.
 */
static void go_on(struct caller *c, int n, enum answer answer)
{
	if (c->phase == AT_LOCK && answer != LOCK)
		resume(n);
	if (c->phase == ASLEEP)
		c->woken = c->killed ? -EINTR : 0;
	if (c->phase == INSIDE && answer == REFUSE)
		world.left &= world.left & ANOTHER_REFUSAL ? ~ANOTHER_REFUSAL :
							     ~A_REFUSAL;
	c->answer = answer;
	resume(n);
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
			resume(n);
	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase == ASLEEP &&
		    !wakes(&world.caller[n]))
			until = min(until, world.caller[n].until);
	if (world.cq.ceiling < world.cq.threads &&
	    world.cq.probe_at > world.now)
		until = min(until, world.cq.probe_at);
	world.now = until;
	world.in_vain++;
}

void model_do(const struct action *action)
{
	struct caller *c = &world.caller[action->caller];

	switch (action->what) {
	case GO_ON:
		go_on(c, action->caller, action->arg);
		return;
	case KILL:
		c->killed = true;
		world.left &= ~A_KILL;
		return;
	case TIME:
		time_passes(action->arg);
		return;
	case POLICY:
		world.left &= ~A_CHANGE;
		/* More than there are threads is refused, and changes nothing */
		optee_cq_set_policy(&world.cq, class_of(action->arg),
				    policy_of(action->arg));
		return;
	case CLOSE:
		world.left &= ~A_CLOSE;
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
