/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world that is explored: one call queue, callers that are contexts of one
 * thread, a clock, and what may happen to them. All of it is one piece of
 * memory and the callers' stacks, so that it can be put aside and brought back.
 */
#ifndef EXPLORE_MODEL_H
#define EXPLORE_MODEL_H

#include <ucontext.h>

#include "cq_prim.h"
#include "call_queue.h"

#define CALLERS		5
#define CLIENTS		4
#define THREADS		4
#define STACK_BYTES	4096

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
 * @LEAVE: OP-TEE answers
 * @REFUSE: OP-TEE had no thread for it
 * @NEST: OP-TEE asks for something, which takes the next caller's call
 */
enum answer {
	LEAVE,
	REFUSE,
	NEST,
};

/**
 * struct plan - what a caller shall do
 * @class: of its call
 * @depth: of its call
 * @client: whose turn it takes
 * @nests: the next caller's call is nested in this one's
 * @nested: it is the next caller of one that nests
 */
struct plan {
	enum optee_cq_class class;
	unsigned int depth;
	unsigned int client;
	bool nests;
	bool nested;
};

/**
 * struct caller - a caller
 * @context: where it stands
 * @phase: the same, for a person
 * @answer: told to it when it goes on from INSIDE
 * @until: how long it sleeps
 * @woken: cq_event_wait() returns this
 * @slept: it comes from there, and the next lock is a step of its own
 * @killed: it got a fatal signal
 * @asked: its nested caller had its turn to start
 * @result: of its call, when DONE
 * @arrived: when it began to wait, in arrivals; 0: it does not
 * @told: when its event was set, in events; the last time
 * @refused: OP-TEE refused it, so it goes before others
 * @passed: since then, how often each client had a turn of its level
 * @call: its call
 * @low: the lowest of its stack that is in use
 */
struct caller {
	ucontext_t context;
	enum phase phase;
	enum answer answer;
	cq_time_t until;
	int woken;
	bool slept;
	bool killed;
	bool asked;
	int result;
	unsigned int arrived;
	unsigned int told;
	bool refused;
	unsigned char passed[CLIENTS];
	struct optee_cq_call call;
	char *low;
};

/**
 * struct world - everything
 * @cq: under test
 * @clients: those there are
 * @memory: what the queue allocated
 * @used: of @memory
 * @now: the clock
 * @arrivals: waits that began
 * @events: events that were set
 * @kills: fatal signals that may still come
 * @refusals: refusals that may still come
 * @changes: changes of policy that may still come
 * @caller: those there are
 */
struct world {
	struct optee_cq cq;
	struct optee_cq_client clients[CLIENTS];
	char memory[256] __attribute__((aligned(16)));
	size_t used;
	cq_time_t now;
	unsigned int arrivals;
	unsigned int events;
	unsigned int kills;
	unsigned int refusals;
	unsigned int changes;
	struct caller caller[CALLERS];
};

/**
 * struct config - what a world starts from
 * @threads: secure threads
 * @policy: KERNEL's and SYSTEM's
 * @kills: as in struct world
 * @refusals: the same
 * @changes: the same
 * @n: callers
 * @plan: their plans
 */
struct config {
	unsigned int threads;
	int policy[2];
	unsigned int kills;
	unsigned int refusals;
	unsigned int changes;
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
};

/**
 * struct action - one thing that happens
 * @what: what
 * @caller: GO_ON, KILL: to whom
 * @arg: GO_ON: enum answer; POLICY: class and policy, see model_actions()
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

void model_start(const struct config *c);
unsigned int model_actions(struct action *actions);
void model_do(const struct action *action);
bool model_is_over(void);
u64 model_hash(void);
void model_save(struct saved *saved);
void model_restore(const struct saved *saved);
void model_describe(const struct action *action, char *text, size_t size);

/* properties.c: what must hold after each step; before: what was before */
void check_before(void);
void check_step(void);
void check_end(void);

#endif /* EXPLORE_MODEL_H */
