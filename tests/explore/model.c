// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world that is explored: what may happen in it, and does.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

struct world world;
const struct config *config;
const char *broken;

static char stacks[CALLERS][STACK_BYTES] __attribute__((aligned(16)));

/* Neither is part of the world: between two steps nobody runs */
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
	/* What swapcontext() needs of it is far less */
	c->low = (char *)__builtin_frame_address(0) - 256;
	swapcontext(&c->context, &scheduler);
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
	world.caller[ev->caller].told = ++world.events;
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
	rc = optee_cq_enter(&world.cq, &c->call, CQ_FOREVER);
	while (!rc) {
		stop_at(INSIDE);
		if (c->answer == REFUSE) {
			c->refused = true;
			rc = optee_cq_refused(&world.cq, &c->call, CQ_FOREVER);
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

static void resume(int caller)
{
	running = caller;
	swapcontext(&scheduler, &world.caller[caller].context);
	running = -1;
}

static void born(int n)
{
	struct caller *c = &world.caller[n];

	getcontext(&c->context);
	c->context.uc_stack.ss_sp = stacks[n];
	c->context.uc_stack.ss_size = sizeof(stacks[n]);
	makecontext(&c->context, live, 0);
	resume(n);
}

void model_start(const struct config *c)
{
	unsigned int n;

	memset(&world, 0, sizeof(world));
	config = c;
	broken = NULL;
	world.now = 1000 * CQ_MS;
	world.kills = c->kills;
	world.refusals = c->refusals;
	world.changes = c->changes;
	if (optee_cq_init(&world.cq, c->threads))
		abort();
	if (optee_cq_set_policy(&world.cq, OPTEE_CQ_KERNEL, c->policy[0]) ||
	    optee_cq_set_policy(&world.cq, OPTEE_CQ_SYSTEM, c->policy[1]))
		abort();
	for (n = 0; n < CLIENTS; n++)
		optee_cq_client_init(&world.clients[n]);
	for (n = 0; n < c->n; n++)
		born(n);
}

static size_t in_use(int n)
{
	const struct caller *c = &world.caller[n];

	return c->phase == DONE ? 0 : stacks[n] + STACK_BYTES - c->low;
}

void model_save(struct saved *saved)
{
	char *to = saved->stacks;
	unsigned int n;

	saved->world = world;
	for (n = 0; n < config->n; n++) {
		memcpy(to, stacks[n] + STACK_BYTES - in_use(n), in_use(n));
		to += in_use(n);
	}
}

void model_restore(const struct saved *saved)
{
	const char *from = saved->stacks;
	unsigned int n;

	world = saved->world;
	for (n = 0; n < config->n; n++) {
		memcpy(stacks[n] + STACK_BYTES - in_use(n), from, in_use(n));
		from += in_use(n);
	}
}

/* What may happen */

static bool child_is_over(int n)
{
	return world.caller[n + 1].phase == DONE;
}

/* Callers with the same plan are each other's mirror image: in one order */
static bool is_mirrored(int n)
{
	return n && !config->plan[n].nests && !config->plan[n].nested &&
	       !memcmp(&config->plan[n], &config->plan[n - 1],
		       sizeof(config->plan[n])) &&
	       world.caller[n - 1].phase == NOT_YET;
}

static bool may_start(int n)
{
	if (config->plan[n].nested)
		return world.caller[n - 1].phase == IN_RPC;
	return !is_mirrored(n);
}

static bool wakes(const struct caller *c)
{
	return c->killed || c->call.event.set || c->until <= world.now;
}

static bool may_nest(int n)
{
	return config->plan[n].nests && !world.caller[n].asked;
}

static void add(struct action *actions, unsigned int *n, enum what what,
		int caller, int arg)
{
	if (*n == MAX_ACTIONS)
		abort();
	actions[(*n)++] = (struct action) { what, caller, arg };
}

static void steps_of(int n, struct action *actions, unsigned int *num)
{
	const struct caller *c = &world.caller[n];

	switch (c->phase) {
	case NOT_YET:
		if (may_start(n))
			add(actions, num, GO_ON, n, 0);
		return;
	case AT_LOCK:
		add(actions, num, GO_ON, n, 0);
		return;
	case ASLEEP:
		if (wakes(c))
			add(actions, num, GO_ON, n, 0);
		return;
	case INSIDE:
		add(actions, num, GO_ON, n, may_nest(n) ? NEST : LEAVE);
		/* Only one that has done nothing yet */
		if (world.refusals && !c->asked)
			add(actions, num, GO_ON, n, REFUSE);
		return;
	case IN_RPC:
		if (child_is_over(n) || c->killed)
			add(actions, num, GO_ON, n, 0);
		return;
	case DONE:
		return;
	}
}

static bool has_time_to_pass(void)
{
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase == ASLEEP &&
		    world.caller[n].until != CQ_FOREVER &&
		    !wakes(&world.caller[n]))
			return true;
	return false;
}

/* A policy of class 1 + arg / 4: auto, 0, 1, 2 */
static enum optee_cq_class class_of(int arg)
{
	return OPTEE_CQ_KERNEL + arg / 4;
}

static int policy_of(int arg)
{
	return arg % 4 ? arg % 4 - 1 : OPTEE_CQ_AUTO;
}

static void changes(struct action *actions, unsigned int *num)
{
	int arg;

	for (arg = 0; arg < 8; arg++)
		if (world.cq.policy[class_of(arg)] != policy_of(arg))
			add(actions, num, POLICY, 0, arg);
}

unsigned int model_actions(struct action *actions)
{
	unsigned int num = 0, n;

	for (n = 0; n < config->n; n++)
		steps_of(n, actions, &num);
	if (has_time_to_pass())
		add(actions, &num, TIME, 0, 0);
	if (!num)
		return 0;
	for (n = 0; n < config->n && world.kills; n++)
		if (world.caller[n].phase != NOT_YET &&
		    world.caller[n].phase != DONE && !world.caller[n].killed)
			add(actions, &num, KILL, n, 0);
	if (world.changes)
		changes(actions, &num);
	return num;
}

/* A signal first, as in the kernel: who is dying is to hand on what it got */
static void wake_up(struct caller *c)
{
	c->woken = c->killed ? -EINTR : 0;
}

static void time_passes(void)
{
	cq_time_t until = CQ_FOREVER;
	unsigned int n;

	for (n = 0; n < config->n; n++)
		if (world.caller[n].phase == ASLEEP)
			until = min(until, world.caller[n].until);
	world.now = until;
}

void model_do(const struct action *action)
{
	struct caller *c = &world.caller[action->caller];

	switch (action->what) {
	case GO_ON:
		if (c->phase == ASLEEP)
			wake_up(c);
		c->answer = action->arg;
		world.refusals -= c->phase == INSIDE && c->answer == REFUSE;
		resume(action->caller);
		return;
	case KILL:
		c->killed = true;
		world.kills--;
		return;
	case TIME:
		time_passes();
		return;
	case POLICY:
		world.changes--;
		/* More than there are threads is refused, and changes nothing */
		optee_cq_set_policy(&world.cq, class_of(action->arg),
				    policy_of(action->arg));
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

/*
 * Two worlds are the same if all that a step can look at is. Left out: the
 * numbers of slots and calls, counters, and how long something has lasted.
 */

static u64 hash;

static void mix(u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	hash ^= hash >> 32;
}

static int number_of(const struct optee_cq_call *call)
{
	return call ? (int)(container_of(call, struct caller, call) -
			    world.caller) : -1;
}

static void mix_caller(unsigned int n)
{
	const struct caller *c = &world.caller[n];
	const struct optee_cq_call *call = &c->call;
	struct optee_cq_call *outer;
	unsigned int i;

	mix(c->phase << 8 | c->killed << 3 | c->asked << 2 | c->refused << 1);
	if (c->phase == NOT_YET || c->phase == DONE)
		return;
	mix(c->phase == AT_LOCK ? (u32)c->woken : 0);
	mix(c->phase == ASLEEP ? c->until != CQ_FOREVER : 0);
	mix((u64)call->class << 40 | call->depth << 24 | call->state << 16 |
	    call->waited << 9 | call->probing << 8 | call->event.set);
	mix((u32)call->error);
	mix(call->server ? 1 : 0);
	mix(number_of(call->inner));
	for (i = 0; i < CLIENTS; i++)
		mix(call->state == OPTEE_CQ_WAITING ? c->passed[i] : 0);
	if (call->state == OPTEE_CQ_IDLE)
		return;
	list_for_each_entry(outer, &call->outers, outer_node)
		mix(number_of(outer));
}

static void mix_level(const struct optee_cq_level *level, unsigned int l)
{
	struct optee_cq_turn *turn;
	struct optee_cq_call *call;

	mix(level->inside << 16 | level->passed);
	list_for_each_entry(turn, &level->turns, ring) {
		mix(100 + (container_of(turn, struct optee_cq_client, turns[l]) -
			   world.clients));
		list_for_each_entry(call, &turn->calls, node)
			mix(number_of(call));
	}
}

u64 model_hash(void)
{
	const struct optee_cq *cq = &world.cq;
	struct optee_cq_call *call;
	unsigned int n;

	hash = 1;
	for (n = 0; n < config->n; n++)
		mix_caller(n);
	for (n = 0; n < OPTEE_CQ_LEVELS; n++)
		mix_level(&cq->levels[n], n);
	list_for_each_entry(call, &cq->waiters, wait_node)
		mix(number_of(call));
	mix(200);
	list_for_each_entry(call, &cq->served, served_node)
		mix(number_of(call));
	mix((u64)cq->policy[1] << 32 | (u32)cq->policy[2]);
	mix(cq->nests << 4 | cq->raised << 3 | cq->in_vain << 2 |
	    (cq->ceiling < cq->threads && world.now >= cq->probe_at) << 1);
	mix(cq->ceiling << 8 | cq->inside);
	mix(cq->ceiling < cq->threads ? cq->pause : 0);
	mix(number_of(cq->prober));
	mix(world.kills << 16 | world.refusals << 8 | world.changes);
	return hash;
}

void model_describe(const struct action *action, char *text, size_t size)
{
	static const char *const answers[] = { "leaves", "refused", "nests" };
	const struct caller *c = &world.caller[action->caller];

	switch (action->what) {
	case KILL:
		snprintf(text, size, "killed");
		return;
	case TIME:
		snprintf(text, size, "time passes");
		return;
	case POLICY:
		snprintf(text, size, "reserve_%s=%d",
			 class_of(action->arg) == OPTEE_CQ_KERNEL ? "kernel" :
			 "system", policy_of(action->arg));
		return;
	}
	switch (c->phase) {
	case NOT_YET:
		snprintf(text, size, "asks");
		return;
	case AT_LOCK:
		snprintf(text, size, "lock");
		return;
	case ASLEEP:
		snprintf(text, size, "%s", c->killed ? "wakes to die" :
			 c->call.event.set ? "wakes" : "wakes by itself");
		return;
	case INSIDE:
		snprintf(text, size, "%s", answers[action->arg]);
		return;
	default:
		snprintf(text, size, c->killed ? "gives up RPC" : "RPC ends");
		return;
	}
}
