/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world that is too large to be explored: one call queue, callers that are
 * contexts of one thread and call again and again, a clock, and what may
 * happen to them. The queue stands on the explorer's primitives.
 */
#ifndef RANDOM_WORLD_H
#define RANDOM_WORLD_H

#include <ucontext.h>

#include "cq_prim.h"
#include "call_queue.h"

#define CALLERS		64
#define CLIENTS		24
#define THREADS		16
#define NOBODY		(-1)
#define TOP_LEVEL	(OPTEE_CQ_LEVELS - 1)

/**
 * enum phase - where a caller is; it goes on from there in one step
 * @NOT_YET: it has made no call
 * @AT_LOCK: it woke, and is about to take the lock
 * @ASLEEP: in cq_event_wait()
 * @INSIDE: it has a slot, and is in the secure world
 * @IN_RPC: it has a slot, and the next caller serves its RPC
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
 * @NEST: OP-TEE asks for something, which the next caller serves
 */
enum answer {
	LEAVE,
	REFUSE,
	NEST,
};

/**
 * struct plan - what a caller shall do
 * @class: of its call
 * @client: whose turn it takes
 * @patience: how long it waits at most; 0: for ever
 * @tries: it does not wait at all
 * @nests: its RPC is served by the next caller
 * @silent: that one need not make a call for it
 * @nested: it is the next caller of one that nests
 */
struct plan {
	enum optee_cq_class class;
	unsigned int client;
	cq_time_t patience;
	bool tries;
	bool nests;
	bool silent;
	bool nested;
};

/**
 * struct caller - a caller
 * @context: where it stands
 * @plan: what it shall do
 * @phase: where it stands, for a person
 * @answer: told to it when it goes on from INSIDE
 * @until: how long it sleeps
 * @woken: cq_event_wait() returns this
 * @slept: it comes from there, and the next lock is a step of its own
 * @killed: it got a fatal signal
 * @asked: its RPC began
 * @result: of its call, when DONE
 * @call: its call
 */
struct caller {
	ucontext_t context;
	struct plan plan;
	enum phase phase;
	enum answer answer;
	cq_time_t until;
	int woken;
	bool slept;
	bool killed;
	bool asked;
	int result;
	struct optee_cq_call call;
};

/**
 * struct world - everything
 * @cq: under test
 * @clients: those there are
 * @now: the clock
 * @step: how many there were
 * @n: callers there are
 * @caller: these
 */
struct world {
	struct optee_cq cq;
	struct optee_cq_client clients[CLIENTS];
	cq_time_t now;
	unsigned int step;
	unsigned int n;
	struct caller caller[CALLERS];
};

extern struct world world;
/* What was found to be wrong, or NULL */
extern const char *broken;

/* world.c */
void world_start(unsigned int threads, unsigned int callers);
void world_born(unsigned int n, const struct plan *plan);
bool world_may_go_on(unsigned int n);
void world_go_on(unsigned int n, enum answer answer);
bool world_time_passes(void);

/**
 * struct seen - how often something happened that not every step brings about
 * @entries: calls that got a slot
 * @killed: calls that were killed while they waited
 * @timed_out: calls that waited as long as they would
 * @deadlocks: nested calls that were ended
 * @closed: calls that were sent away
 * @refused: refusals by the secure world
 * @lower: threads that a lower class got first, as it was passed over so often
 * @longest: how often in a row a level was passed over, at most
 * @deepest: the greatest depth of a call
 * @most: the most calls that were inside at a time
 */
struct seen {
	unsigned long entries;
	unsigned long killed;
	unsigned long timed_out;
	unsigned long deadlocks;
	unsigned long closed;
	unsigned long refused;
	unsigned long lower;
	unsigned int longest;
	unsigned int deepest;
	unsigned int most;
};

extern struct seen seen;

/*
 * properties.c, ends.c: what must hold. Before a step of @runner, or of NOBODY; as
 * a waiter is given a slot; after the step; after a change of policy; when
 * nothing can happen any more.
 */
void check_start(void);
void check_before(int runner);
void check_granted(unsigned int n);
void check_after(void);
void check_policy(enum optee_cq_class class, int policy, int rc);
void check_end(void);

/* show.c: each caller's letter, and what happened, from a step on */
#define SHOW_NONE	(~0u)

void show_from(unsigned int step);
void show_head(u64 seed);
void show(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *name_of(enum optee_cq_class class);
const char *step_of(const struct caller *c, enum answer answer);

#endif /* RANDOM_WORLD_H */
