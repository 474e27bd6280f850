/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world that is explored: one call queue, callers that take turns on one
 * thread, a clock, and what may happen to them. All of it is one piece of
 * memory and the callers' stacks, so that it can be put aside and brought back.
 */
#ifndef EXPLORE_MODEL_H
#define EXPLORE_MODEL_H

#include "cq_prim.h"
#include "call_queue.h"

#define CALLERS		5
#define CLIENTS		4
#define STACK_BYTES	4096
#define TOP_LEVEL	(OPTEE_CQ_LEVELS - 1)

/**
 * enum phase - where a caller is; it goes on from there in one step
 * @NOT_YET: it has made no call
 * @AT_LOCK: it woke, and is about to take the lock
 * @ASLEEP: in cq_event_wait()
 * @INSIDE: it has a slot, and is in the secure world
 * @IN_RPC: it has a slot, and waits for the caller that is nested in it
 * @DONE: its call is over
 */
enum phase {
	NOT_YET,
	AT_LOCK,
	ASLEEP,
	INSIDE,
	IN_RPC,
	DONE,
};

/**
 * enum answer - what a caller that is INSIDE does next
 * @LOCK: nothing yet: it is not INSIDE
 * @LEAVE: OP-TEE answers
 * @REFUSE: OP-TEE had no thread for it
 * @NEST: OP-TEE asks for something, which takes the next caller's call
 */
enum answer {
	LOCK,
	LEAVE,
	REFUSE,
	NEST,
};

/* What may still happen on the way, each once; another refusal goes first */
#define A_KILL		1u
#define A_REFUSAL	2u
#define A_CHANGE	4u
#define A_CLOSE		8u
#define ANOTHER_REFUSAL	16u
#define INCIDENTS	5

/**
 * struct plan - what a caller shall do
 * @class: of its call
 * @depth: of its call
 * @client: whose turn it takes
 * @nests: the next caller's call is nested in this one's
 * @nested: it is the next caller of one that nests
 * @tries: it does not wait, as the driver's optee_call_now()
 */
struct plan {
	enum optee_cq_class class;
	unsigned int depth;
	unsigned int client;
	bool nests;
	bool nested;
	bool tries;
};

/**
 * struct caller - a caller
 * @sp: where its stack is in use down to, and where it goes on from
 * @phase: the same, for a person
 * @answer: told to it when it goes on from INSIDE
 * @until: how long it sleeps
 * @woken: cq_event_wait() returns this
 * @slept: it comes from there, and the next lock is a step of its own
 * @killed: it got a fatal signal
 * @asked: its nested caller had its turn to start
 * @arrived: when it began to wait, in arrivals; 0: it does not
 * @told: when it was told that it has a slot, in grants; the last time
 * @refused: OP-TEE refused it, so it goes before others
 * @passed: since then, how often each client had a turn of its level
 * @call: its call
 */
struct caller {
	char *sp;
	enum phase phase;
	enum answer answer;
	cq_time_t until;
	int woken;
	bool slept;
	bool killed;
	bool asked;
	unsigned int arrived;
	unsigned int told;
	bool refused;
	unsigned char passed[CLIENTS];
	struct optee_cq_call call;
};

/**
 * struct world - everything
 * @cq: under test
 * @clients: those there are
 * @memory: what the queue allocated
 * @used: of @memory
 * @now: the clock
 * @arrivals: waits that began
 * @grants: waiters that were told that they have a slot
 * @left: what may still happen on the way, A_...
 * @in_vain: how often time passed with somebody waiting and nobody inside
 * @caller: those there are; the last field, as few have all of them
 */
struct world {
	struct optee_cq cq;
	struct optee_cq_client clients[CLIENTS];
	char memory[64] __attribute__((aligned(16)));
	size_t used;
	cq_time_t now;
	unsigned int arrivals;
	unsigned int grants;
	unsigned int left;
	unsigned int in_vain;
	struct caller caller[CALLERS];
};

/**
 * struct config - what a world starts from
 * @threads: secure threads
 * @policy: KERNEL's and SYSTEM's
 * @left: as in struct world
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
 * @world: all but the stacks
 * @stacks: what was in use of them, one after the other
 */
struct saved {
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

extern struct world world;
extern const struct config *config;
/* What was found to be wrong, or NULL */
extern const char *broken;
/* Nothing is left out, see docs/explorer.md */
extern bool plain;

/* model.c: how it goes on */
void explore_switch(char **from, char *to);
void model_start(const struct config *c);
void model_do(const struct action *action);
bool model_is_over(void);
void model_save(struct saved *saved);
void model_restore(const struct saved *saved);

/* actions.c: what may happen */
unsigned int model_actions(struct action *actions);
bool model_forced(struct action *action);
bool model_is_settled(void);
bool wakes(const struct caller *c);
bool is_let_in(const struct caller *c);
enum optee_cq_class class_of(int arg);
int policy_of(int arg);
int likely_policy(enum optee_cq_class class, int policy);

/* likeness.c: which worlds are alike; but for world.left */
u64 model_hash(void);
u64 model_settled_hash(void);

/* properties.c: what must hold after each step; before: what was before */
void check_start(void);
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

void forget(void);
bool explore(const struct config *c);
void print_failure(void);

#endif /* EXPLORE_MODEL_H */
