/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world: one call queue, callers that take turns on one thread, and a clock.
 * It is what the explorer and the random schedules have in common. Each brings
 * a world.h that says how large a world may be and includes this.
 */
#ifndef QUEUE_CALLERS_H
#define QUEUE_CALLERS_H

#include "cq_prim.h"
#include "call_queue.h"

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
 * enum answer - what a caller does next
 * @LOCK: what its phase says
 * @LEAVE: INSIDE: OP-TEE answers; IN_RPC: it does not say that this is over
 * @REFUSE: OP-TEE had no thread for it
 * @NEST: OP-TEE asks for something, which the next caller serves
 */
enum answer {
	LOCK,
	LEAVE,
	REFUSE,
	NEST,
};

/**
 * struct plan - what a caller shall do
 * @class: of its call
 * @client: whose turn it takes
 * @patience: how long it waits at most; 0: for ever
 * @tries: it does not wait at all, as the driver's optee_call_now()
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
 * @sp: where its stack is in use down to, and where it goes on from
 * @plan: what it shall do
 * @phase: where it stands, for a person
 * @answer: told to it when it goes on
 * @until: how long it sleeps
 * @woken: cq_event_wait() returns this
 * @slept: it comes from there, and the next lock is a step of its own
 * @killed: it got a fatal signal
 * @frozen: it does not go on, whatever it is told
 * @asked: its RPC began
 * @refused: OP-TEE refused it, so it goes before others
 * @result: of its call, when DONE
 * @call: its call
 */
struct caller {
	char *sp;
	struct plan plan;
	enum phase phase;
	enum answer answer;
	cq_time_t until;
	int woken;
	bool slept;
	bool killed;
	bool frozen;
	bool asked;
	bool refused;
	int result;
	struct optee_cq_call call;
};

/**
 * struct world - everything but the stacks
 * @cq: under test
 * @clients: those there are
 * @memory: what the queue allocated
 * @used: of @memory
 * @now: the clock
 * @nests: there was a nested call
 * @n: callers there are
 * @caller: these; the last field, as few worlds have all of them
 */
struct world {
	struct optee_cq cq;
	struct optee_cq_client clients[CLIENTS];
	char memory[16 * (THREADS + 1)] __attribute__((aligned(16)));
	size_t used;
	cq_time_t now;
	bool nests;
	unsigned int n;
	struct caller caller[CALLERS];
};

extern struct world world;
extern char stacks[CALLERS][STACK_BYTES];

static inline struct optee_cq_call *call_of(unsigned int n)
{
	return &world.caller[n].call;
}

/* callers.c */
void switch_stacks(char **from, char *to);
void world_start(unsigned int threads, unsigned int callers);
void world_born(unsigned int n, const struct plan *plan);
void world_go_on(unsigned int n, enum answer answer);
bool wakes(const struct caller *c);
const char *name_of(enum optee_cq_class class);
const char *step_of(const struct caller *c, enum answer answer);

/* Each for itself: caller @n is told that it has a slot */
void check_granted(unsigned int n);

#endif /* QUEUE_CALLERS_H */
