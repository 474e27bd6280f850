// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world: what its callers do, and the primitives that the queue stands on.
 * docs/explorer.md says why taking the lock after a sleep, sleeping, and being
 * inside are all the places where another caller need go on.
 */
#include <string.h>

#include "world.h"

#define STACK_BYTES	(16 * 1024)

struct world world;
const char *broken;

static char stacks[CALLERS][STACK_BYTES] __attribute__((aligned(16)));
static char memory[THREADS * 64] __attribute__((aligned(16)));
static size_t used;
static ucontext_t scheduler;
static int running = -1;

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
	swapcontext(&c->context, &scheduler);
}

/* The primitives */

void cq_lock(cq_lock_t *l)
{
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
		check_granted(ev->caller);
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
	void *p = memory + used;

	used += (n * size + 15) & ~15ul;
	if (used > sizeof(memory))
		abort();
	return p;
}

/* What a caller does, from its first step to its last */

static cq_time_t deadline_of(const struct caller *c)
{
	if (c->plan.tries)
		return world.now;
	return c->plan.patience ? world.now + c->plan.patience : CQ_FOREVER;
}

static int enter(struct caller *c)
{
	if (c->plan.tries)
		return optee_cq_try_enter(&world.cq, &c->call);
	return optee_cq_enter(&world.cq, &c->call, deadline_of(c));
}

static void serve_rpc(struct caller *c)
{
	optee_cq_serve(&world.cq, &c->call, c + 1);
	c->asked = true;
	stop_at(IN_RPC);
	/* A holder that leaves is no longer served, whether it says so or not */
	if (!c->killed)
		optee_cq_serve(&world.cq, &c->call, NULL);
}

static void live(void)
{
	struct caller *c = self();
	int rc;

	stop_at(NOT_YET);
	optee_cq_call_init(&c->call, &world.clients[c->plan.client],
			   c->plan.class, c->plan.class == OPTEE_CQ_SYSTEM, c);
	rc = enter(c);
	while (!rc) {
		stop_at(INSIDE);
		if (c->answer == REFUSE) {
			rc = optee_cq_refused(&world.cq, &c->call,
					      deadline_of(c));
		} else if (c->answer == NEST) {
			serve_rpc(c);
		} else {
			optee_cq_leave(&world.cq, &c->call);
			break;
		}
	}
	c->result = rc;
	stop_at(DONE);
	abort();
}

static void resume(unsigned int n)
{
	running = n;
	swapcontext(&scheduler, &world.caller[n].context);
	running = -1;
}

void world_born(unsigned int n, const struct plan *plan)
{
	struct caller *c = &world.caller[n];

	memset(c, 0, sizeof(*c));
	c->plan = *plan;
	getcontext(&c->context);
	c->context.uc_stack.ss_sp = stacks[n];
	c->context.uc_stack.ss_size = sizeof(stacks[n]);
	makecontext(&c->context, live, 0);
	resume(n);
}

void world_start(unsigned int threads, unsigned int callers)
{
	unsigned int n;

	memset(&world, 0, sizeof(world));
	memset(memory, 0, sizeof(memory));
	used = 0;
	broken = NULL;
	world.now = 1000 * CQ_MS;
	world.n = callers;
	if (optee_cq_init(&world.cq, threads))
		abort();
	for (n = 0; n < CLIENTS; n++)
		optee_cq_client_init(&world.clients[n]);
}

/* What may happen */

static bool wakes(const struct caller *c)
{
	return c->killed || c->call.event.set || c->until <= world.now;
}

/* Whom it serves may be gone, or may have been killed, by then */
static bool may_start(unsigned int n)
{
	return !world.caller[n].plan.nested ||
	       world.caller[n - 1].phase == IN_RPC;
}

static bool rpc_may_end(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	return c->killed || c[1].phase == DONE ||
	       (c[1].phase == NOT_YET && c->plan.silent);
}

bool world_may_go_on(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	switch (c->phase) {
	case NOT_YET:
		return may_start(n);
	case ASLEEP:
		return wakes(c);
	case IN_RPC:
		return rpc_may_end(n);
	default:
		return c->phase != DONE;
	}
}

/* A signal first, as in the kernel: who is dying is to hand on what it got */
void world_go_on(unsigned int n, enum answer answer)
{
	struct caller *c = &world.caller[n];

	if (c->phase == ASLEEP)
		c->woken = c->killed ? -EINTR : 0;
	c->answer = answer;
	resume(n);
}

/* Until the first of those that sleep wakes by itself. Return: if one does */
bool world_time_passes(void)
{
	cq_time_t until = CQ_FOREVER;
	unsigned int n;

	for (n = 0; n < world.n; n++)
		if (world.caller[n].phase == ASLEEP)
			until = min(until, world.caller[n].until);
	if (until == CQ_FOREVER)
		return false;
	world.now = max(world.now, until);
	return true;
}
