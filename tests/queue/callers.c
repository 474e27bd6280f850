// SPDX-License-Identifier: GPL-2.0-only
/*
 * What callers do, and the primitives that the queue stands on. docs/explorer.md
 * says why taking the lock after a sleep, sleeping, and being inside are all
 * the places where another caller need go on.
 */
#include <string.h>

#include "world.h"

#ifndef __x86_64__
#error "switch_stacks() is written for x86-64"
#endif

struct world world;
const char *broken;

char stacks[CALLERS][STACK_BYTES] __attribute__((aligned(16)));

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
	".globl switch_stacks\n"
	".type switch_stacks, @function\n"
	"switch_stacks:\n"
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
	".size switch_stacks, . - switch_stacks\n");

static struct caller *self(void)
{
	return &world.caller[running];
}

static void stop_at(enum phase phase)
{
	struct caller *c = self();

	c->slept = false;
	c->phase = phase;
	switch_stacks(&c->sp, scheduler);
}

static void resume(unsigned int n)
{
	running = n;
	switch_stacks(&scheduler, world.caller[n].sp);
	running = -1;
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
	if (call_of(ev->caller)->state == OPTEE_CQ_HOLDING)
		check_granted(ev->caller);
}

bool cq_event_killed(const struct cq_event *ev)
{
	return world.caller[ev->caller].killed;
}

bool cq_event_frozen(const struct cq_event *ev)
{
	return world.caller[ev->caller].frozen;
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

/* As the driver: who does not wait for a thread does not after a refusal */
static cq_time_t deadline_of(const struct plan *plan)
{
	if (plan->tries)
		return world.now;
	return plan->patience ? world.now + plan->patience : CQ_FOREVER;
}

static int enter(struct caller *c)
{
	if (c->plan.tries)
		return optee_cq_try_enter(&world.cq, &c->call);
	return optee_cq_enter(&world.cq, &c->call, deadline_of(&c->plan));
}

static int refused(struct caller *c)
{
	c->refused = true;
	return optee_cq_refused(&world.cq, &c->call, deadline_of(&c->plan));
}

static void serve_rpc(struct caller *c)
{
	optee_cq_serve(&world.cq, &c->call, c + 1);
	c->asked = true;
	stop_at(IN_RPC);
	/* A holder that leaves is no longer served, whether it says so or not */
	if (c->answer != LEAVE)
		optee_cq_serve(&world.cq, &c->call, NULL);
}

static void live(void)
{
	struct caller *c = self();
	int rc;

	stop_at(NOT_YET);
	world.nests |= c->plan.nested;
	optee_cq_call_init(&c->call, &world.clients[c->plan.client],
			   c->plan.class, c->plan.class == OPTEE_CQ_SYSTEM, c);
	rc = enter(c);
	while (!rc) {
		stop_at(INSIDE);
		if (c->answer == REFUSE) {
			rc = refused(c);
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

/* Its stack is as if live() had been called, and had called switch_stacks() */
void world_born(unsigned int n, const struct plan *plan)
{
	void **top = (void **)(stacks[n] + STACK_BYTES) - 2;
	struct caller *c = &world.caller[n];

	memset(c, 0, sizeof(*c));
	c->plan = *plan;
	*top = (void *)live;
	c->sp = (char *)(top - 6);
	resume(n);
}

void world_start(unsigned int threads, unsigned int callers)
{
	unsigned int n;

	memset(&world, 0, sizeof(world));
	broken = NULL;
	world.now = 1000 * CQ_MS;
	world.n = callers;
	if (optee_cq_init(&world.cq, threads))
		abort();
	for (n = 0; n < CLIENTS; n++)
		optee_cq_client_init(&world.clients[n]);
}

bool wakes(const struct caller *c)
{
	return c->killed || c->call.event.set || c->until <= world.now;
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

/* For a person */

const char *name_of(enum optee_cq_class class)
{
	static const char *const names[] = { "user", "kernel", "system",
					     "unblock", "all" };

	return names[class];
}

const char *step_of(const struct caller *c, enum answer answer)
{
	static const char *const answers[] = {
		"takes the lock", "leaves", "is refused", "asks the next one",
	};

	switch (c->phase) {
	case NOT_YET:
		return "asks";
	case ASLEEP:
		return c->killed ? "wakes to die" :
		       c->call.event.set ? "wakes" : "wakes by itself";
	case AT_LOCK:
	case INSIDE:
		return answers[answer];
	default:
		return c->killed ? "gives its RPC up" : "has its RPC answered";
	}
}
