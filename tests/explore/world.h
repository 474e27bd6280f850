/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world that is explored, and what may happen to it. All of it is two
 * pieces of memory and the callers' stacks, so that it can be put aside and
 * brought back.
 */
#ifndef EXPLORE_WORLD_H
#define EXPLORE_WORLD_H

#define CALLERS		5
#define CLIENTS		4
#define THREADS		3
#define STACK_BYTES	4096

#include "callers.h"

/* What may still happen on the way, each once; another refusal goes first */
#define A_KILL		1u
#define A_REFUSAL	2u
#define A_CHANGE	4u
#define A_CLOSE		8u
#define ANOTHER_REFUSAL	16u
#define A_REVOCATION	32u
#define INCIDENTS	6
/* No more of them in one run: each set of what may still happen is a bit */
#define MOST_INCIDENTS	5

/**
 * struct turns - the turns that a caller waits for and has
 * @arrived: when it began to wait, in arrivals
 * @told: when it was told that it has a slot, in grants; the last time
 * @passed: since it waits, how often each client had a turn of its level
 */
struct turns {
	unsigned int arrived;
	unsigned int told;
	unsigned char passed[CLIENTS];
};

/**
 * struct story - what happened in a world that it does not show
 * @arrivals: waits that began
 * @grants: waiters that were told that they have a slot
 * @left: what may still happen on the way, A_...
 * @in_vain: how often time passed with somebody waiting and nobody inside
 * @turns: of each caller
 */
struct story {
	unsigned int arrivals;
	unsigned int grants;
	unsigned int left;
	unsigned int in_vain;
	struct turns turns[CALLERS];
};

/**
 * struct config - what a world starts from
 * @threads: secure threads
 * @policy: KERNEL's and SYSTEM's
 * @left: as in struct story
 * @n: callers
 * @plan: their plans
 */
struct config {
	unsigned int threads;
	int policy[2];
	unsigned int left;
	unsigned int n;
	struct plan plan[CALLERS];
};

/**
 * struct saved - a world put aside
 * @story: its story
 * @world: all else but the stacks
 * @stacks: what was in use of them, one after the other
 */
struct saved {
	struct story story;
	struct world world;
	char stacks[CALLERS * STACK_BYTES];
};

/* What may happen: a caller goes on, or something happens to it or to all */
enum what {
	GO_ON,
	KILL,
	TIME,
	POLICY,
	CLOSE,
};

/**
 * struct action - one thing that happens
 * @what: what
 * @caller: GO_ON, KILL: to whom
 * @arg: GO_ON: enum answer; TIME: a bit for each caller that takes the lock
 *	 before; POLICY: class and policy, see policy_of(); CLOSE: the lowest
 *	 class that still may enter
 */
struct action {
	unsigned char what;
	unsigned char caller;
	signed char arg;
};

#define MAX_ACTIONS	64

extern struct story story;
extern const struct config *config;
/* Nothing is left out, see docs/explorer.md */
extern bool plain;

/* model.c: how it goes on */
void model_start(const struct config *c);
void model_do(const struct action *action);
bool model_is_over(void);
void model_save(struct saved *saved);
void model_restore(const struct saved *saved);

/* actions.c: what may happen */
unsigned int model_actions(struct action *actions);
bool model_forced(struct action *action);
bool model_is_settled(void);
bool is_let_in(const struct caller *c);
enum optee_cq_class class_of(int arg);
int policy_of(int arg);
int likely_policy(enum optee_cq_class class, int policy);

/* likeness.c: which worlds are alike; but for story.left */
bool kill_is_looked_at(unsigned int n);
u64 model_hash(void);
u64 model_settled_hash(void);

/* properties.c: what must hold after each step; before: what was before */
void check_before(void);
void check_step(void);
void check_end(void);

/* show.c: for a person */
void show(const struct config *c, const unsigned int *way, unsigned int length);
void print_config(const struct config *c);
int replay(const char *path);

/* worlds.c: which were seen */
struct worlds *worlds_new(void);
void worlds_free(struct worlds *w);
u32 *worlds_find(struct worlds *w, u64 hash);

/* search.c: every way on from where a configuration starts */
#define MAX_STEPS	250

/* Steps in a row that need no decision; with all callers there are few */
#define MAX_FORCED	40
#define GOES_NOWHERE	"somebody wakes and sleeps for ever"

/**
 * struct totals - what was explored
 * @configs: configurations
 * @states: worlds
 * @steps: from one to the next
 * @settled: worlds that are settled, and unlike
 * @settled_sum: of their hashes
 * @deepest: so many steps on one way
 */
struct totals {
	u64 configs;
	u64 states;
	u64 steps;
	u64 settled;
	u64 settled_sum;
	unsigned int deepest;
};

extern struct totals totals;
extern bool count_settled;

void search_init(unsigned int left);
void forget(void);
bool explore(const struct config *c);
void print_failure(void);

#endif /* EXPLORE_WORLD_H */
