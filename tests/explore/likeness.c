// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two worlds are alike if all that a step may still look at is the same, but
 * for the names of what is alike from the start: callers with the same plan,
 * and clients. docs/explorer.md says why.
 *
 * So each caller is described by where it stands in the lists, not by its
 * number, and the descriptions are added up, as their order says nothing.
 */
#include <string.h>

#include "world.h"

/**
 * struct place - where a caller that waits stands
 * @wait: in struct optee_cq.waiters, from 1
 * @ring: its client in struct optee_cq_level.turns, from 1
 * @turn: in struct optee_cq_turn.calls, from 1
 * @served: where a holder stands in struct optee_cq.served, from 1
 */
struct place {
	unsigned char wait;
	unsigned char ring;
	unsigned char turn;
	unsigned char served;
};

static struct place places[CALLERS];
static bool calm;
static bool settled;
static bool exact;

static u64 mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93ull;
	return hash ^ hash >> 29;
}

static unsigned int number_of(const struct optee_cq_call *call)
{
	return container_of(call, struct caller, call) - world.caller;
}

static void find_turns(const struct optee_cq_level *level)
{
	struct optee_cq_turn *turn;
	struct optee_cq_call *call;
	unsigned int ring = 0, n;

	list_for_each_entry(turn, &level->turns, ring) {
		unsigned int place = 0;

		ring++;
		list_for_each_entry(call, &turn->calls, node) {
			n = number_of(call);
			places[n].ring = ring;
			places[n].turn = ++place;
		}
	}
}

/*
 * The order in which all waiters asked is looked at to appoint a prober, and
 * among nested ones for the innermost.
 */
static void find_places(void)
{
	const struct optee_cq *cq = &world.cq;
	unsigned int place = 0, level;
	struct optee_cq_call *call;

	memset(places, 0, sizeof(places));
	list_for_each_entry(call, &cq->waiters, wait_node)
		if (!calm || !list_empty(&call->outers))
			places[number_of(call)].wait = ++place;
	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		if (!list_empty(&cq->levels[level].turns))
			find_turns(&cq->levels[level]);
	place = 0;
	if (!exact)
		return;
	list_for_each_entry(call, &cq->served, served_node)
		places[number_of(call)].served = ++place;
}

static u64 time_left(cq_time_t until)
{
	if (until == CQ_FOREVER)
		return 0;
	return until <= world.now ? 1 : 1 + (until - world.now);
}

/* It may still wait, or be in an RPC */
bool kill_is_looked_at(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (c->phase != INSIDE &&
	    !(c->phase == AT_LOCK && c->call.state == OPTEE_CQ_HOLDING))
		return true;
	return !c->asked && (config->plan[n].nests || story.left & A_REFUSAL);
}

/* A nested call that was not made while it was asked for */
static bool will_never_call(unsigned int n)
{
	return config->plan[n].nested && world.caller[n].phase == NOT_YET &&
	       (world.caller[n - 1].phase == DONE ||
		(world.caller[n - 1].phase == INSIDE &&
		 world.caller[n - 1].asked));
}

static bool event_is_looked_at(const struct caller *c)
{
	if (c->phase == ASLEEP)
		return !c->killed;
	return c->phase == AT_LOCK && !c->woken &&
	       c->call.state == OPTEE_CQ_WAITING;
}

/* What a step looks at of a call, as numbers of few bits side by side */
static u64 describe_call(unsigned int n)
{
	const struct optee_cq_call *call = &world.caller[n].call;
	u64 d = call->class | call->depth << 3 | call->level << 7 |
		call->state << 11 | !!call->server << 13;

	if (exact || (!calm && call->state == OPTEE_CQ_HOLDING))
		d |= call->probing << 14;
	if (exact)
		d |= call->waited << 15;
	if (exact || call->state == OPTEE_CQ_IDLE)
		d |= (u64)(-call->error & 0xff) << 16;
	if (call->inner)
		d |= (u64)(8 + number_of(call->inner) - n) << 24;
	if (!list_empty(&call->outers))
		d |= (u64)(8 + n - number_of(list_first_entry(&call->outers,
				struct optee_cq_call, outer_node))) << 28;
	d |= (u64)(world.cq.prober == call) << 32;
	return d | (u64)places[n].wait << 33 | (u64)places[n].ring << 36 |
	       (u64)places[n].turn << 39 | (u64)places[n].served << 42;
}

static u64 describe_turns(unsigned int n)
{
	const unsigned char *passed = story.turns[n].passed;
	unsigned int client = config->plan[n].client;

	if (exact)
		return passed[0] | passed[1] << 2 | passed[2] << 4 |
		       passed[3] << 6;
	/* At a level, either 0 and 1 or 2 and 3 take turns */
	return world.caller[n].refused ? 0 : passed[client ^ 1];
}

static u64 describe(unsigned int n)
{
	const struct caller *c = &world.caller[n];
	enum optee_cq_state state = c->call.state;
	enum phase phase = c->phase;
	u64 d;

	if (phase == DONE || will_never_call(n))
		return mix(1, DONE);
	if (phase == NOT_YET)
		return mix(1, NOT_YET);
	if (settled && is_let_in(c))
		phase = INSIDE;
	d = phase | c->asked << 3;
	if (exact || kill_is_looked_at(n))
		d |= c->killed << 4;
	if (exact || state == OPTEE_CQ_WAITING)
		d |= c->refused << 5;
	if (phase == AT_LOCK)
		d |= !!c->woken << 6;
	if (exact || event_is_looked_at(c))
		d |= c->call.event.set << 7;
	if (state == OPTEE_CQ_WAITING)
		d |= describe_turns(n) << 8;
	d = mix(mix(1, d), describe_call(n));
	if (phase == ASLEEP && (exact || !c->killed))
		d = mix(d, time_left(c->until));
	if (state == OPTEE_CQ_WAITING && c->call.deadline != CQ_FOREVER)
		d = mix(d, time_left(c->call.deadline));
	return d;
}

static u64 kind_of(unsigned int n)
{
	const struct plan *plan = &config->plan[n];

	return plan->class | plan->nests << 7 | plan->tries << 8 |
	       (exact ? n << 9 | plan->client << 13 : 0);
}

/* A caller and what is nested in it, from the outermost */
static u64 describe_tree(unsigned int *n)
{
	u64 hash = mix(2, kind_of(*n));

	for (;;) {
		hash = mix(hash, describe(*n));
		if (++*n == config->n || !config->plan[*n].nested)
			return hash;
		hash = mix(hash, kind_of(*n));
	}
}

static u64 describe_callers(void)
{
	u64 of_client[CLIENTS] = { 0 };
	unsigned int n = 0;

	while (n < config->n) {
		unsigned int client = config->plan[n].client;

		of_client[client] += describe_tree(&n);
	}
	return mix(3, of_client[0]) + mix(3, of_client[1]) + of_client[2];
}

static u64 describe_policies(void)
{
	const struct optee_cq *cq = &world.cq;
	int rk = cq->policy[OPTEE_CQ_KERNEL], rs = cq->policy[OPTEE_CQ_SYSTEM];
	bool nests = cq->nests;

	if (!exact) {
		rk = likely_policy(OPTEE_CQ_KERNEL, rk);
		rs = likely_policy(OPTEE_CQ_SYSTEM, rs);
		nests &= story.left & A_CHANGE || rs == OPTEE_CQ_AUTO;
	}
	return (rk + 1) | (rs + 1) << 3 | nests << 6;
}

static u64 describe_ceiling(void)
{
	const struct optee_cq *cq = &world.cq;
	u64 hash = mix(4, cq->ceiling | cq->raised << 8);

	if (exact || cq->ceiling < cq->threads)
		hash = mix(hash, time_left(cq->probe_at) << 1 | cq->in_vain);
	return mix(hash, cq->pause);
}

/*
 * How often levels were passed over is left out. It makes a difference once
 * one was so often that no world here comes there: nobody is let in more often
 * than there are callers and one refusal.
 */
static u64 describe_levels(void)
{
	unsigned int n;
	u64 hash = 5;

	for (n = 0; n < OPTEE_CQ_LEVELS; n++) {
		unsigned int passed = world.cq.levels[n].passed;

		must(passed + CALLERS <= OPTEE_CQ_MAX_PASSED,
		     "a level was passed over more than is looked at");
		if (exact)
			hash = mix(hash, passed);
	}
	return hash;
}

static u64 hash_world(void)
{
	const struct optee_cq *cq = &world.cq;
	u64 hash;

	calm = !exact && cq->ceiling == cq->threads &&
	       !(story.left & A_REFUSAL);
	find_places();
	hash = mix(describe_levels(), describe_policies());
	hash = mix(hash, cq->inside | cq->waiting << 8 | cq->blocked << 16 |
		   (u64)cq->closed << 24 | (u64)story.in_vain << 32);
	if (!calm)
		hash = mix(hash, describe_ceiling());
	return mix(hash, describe_callers());
}

u64 model_hash(void)
{
	exact = plain;
	return hash_world();
}

/* The same, whatever may still happen, and for whoever may still be late */
u64 model_settled_hash(void)
{
	unsigned int left = story.left;
	u64 hash;

	exact = false;
	settled = true;
	story.left = 0;
	hash = hash_world();
	story.left = left;
	settled = false;
	return hash;
}
