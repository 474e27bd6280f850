/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The call queue: who gets a secure thread, who waits.
 *
 * It knows no SMC, no message and no session. It is handed a class, a client
 * and a depth, and it answers with a slot. The same file is compiled for the
 * kernel and for user space; cq_prim.h is all it stands on.
 */
#ifndef OPTEE_CALL_QUEUE_H
#define OPTEE_CALL_QUEUE_H

#include "cq_prim.h"

/**
 * enum optee_cq_class - whom a call is for, lowest first
 * @OPTEE_CQ_USER: a session of a process
 * @OPTEE_CQ_KERNEL: a session of an in-kernel client
 * @OPTEE_CQ_SYSTEM: what other calls depend on
 * @OPTEE_CQ_UNBLOCK: the driver's own calls that only let others go on
 * @OPTEE_CQ_CLASSES: how many there are
 */
enum optee_cq_class {
	OPTEE_CQ_USER,
	OPTEE_CQ_KERNEL,
	OPTEE_CQ_SYSTEM,
	OPTEE_CQ_UNBLOCK,
	OPTEE_CQ_CLASSES,
};

/* SYSTEM calls nested deeper than this share the level of this depth */
#define OPTEE_CQ_MAX_DEPTH	8

/*
 * Levels, lowest first: USER, KERNEL, SYSTEM at depth 1 to
 * OPTEE_CQ_MAX_DEPTH, UNBLOCK.
 */
#define OPTEE_CQ_LEVELS		(OPTEE_CQ_MAX_DEPTH + 3)

/* Slots when the secure world does not say how many threads it has */
#define OPTEE_CQ_UNTRACKED_SLOTS	64

/* A level that may have a thread is passed over at most so often in a row */
#define OPTEE_CQ_MAX_PASSED	16

/* Pause after a refusal by the secure world: first and longest, in ms */
#define OPTEE_CQ_PAUSE_MIN_MS	1
#define OPTEE_CQ_PAUSE_MAX_MS	1000

/* Policies besides a number of threads */
#define OPTEE_CQ_AUTO		(-1)	/* reserve while a client exists */
#define OPTEE_CQ_ALWAYS		(-2)	/* reserve as if a client existed */

/**
 * struct optee_cq_turn - a client's waiters at one level
 * @calls: struct optee_cq_call.node in order of arrival; the queue's lock
 * @ring: in struct optee_cq_level.turns while @calls is not empty; the
 *	  queue's lock
 */
struct optee_cq_turn {
	struct list_head calls;
	struct list_head ring;
};

/**
 * struct optee_cq_client - one who takes turns: a process or kernel context
 * @turns: its waiters, one entry a level
 *
 * Lives at least as long as any call made with it.
 */
struct optee_cq_client {
	struct optee_cq_turn turns[OPTEE_CQ_LEVELS];
};

/**
 * enum optee_cq_state - where a call is; changes under the queue's lock
 * @OPTEE_CQ_IDLE: not in the queue
 * @OPTEE_CQ_WAITING: on its client's list, without a slot
 * @OPTEE_CQ_PARKED: on no list: it was frozen when its turn came, and waits
 *		      again when it is thawed
 * @OPTEE_CQ_HOLDING: has a slot, maybe not yet awake to use it
 */
enum optee_cq_state {
	OPTEE_CQ_IDLE,
	OPTEE_CQ_WAITING,
	OPTEE_CQ_PARKED,
	OPTEE_CQ_HOLDING,
};

/**
 * struct optee_cq_call - one standard call, on its caller's stack
 * @client: who takes the turn; set by optee_cq_call_init()
 * @task: key of its task, compared only; set by optee_cq_call_init()
 * @class: set by optee_cq_call_init(), and when it is found to be nested
 * @depth: the same; 0 for USER and KERNEL
 * @level: derived from @class and @depth
 * @state: the queue's lock
 * @slot: 0..threads-1 while HOLDING, else -1; the queue's lock
 * @seq: number of this call since the queue was made, from 1; the queue's
 *	 lock
 * @entry: while HOLDING the number of its entry, from 1; while WAITING that of
 *	   the last entry before it came, so that it was passed by those
 *	   between; the queue's lock
 * @error: why it was taken out while WAITING; the queue's lock
 * @deadline: when it gives up, cq_now() units; the queue's lock
 * @since: when the call began to wait, cq_now() units; the queue's lock
 * @waited: it slept before it got its slot; the queue's lock
 * @probing: it was let in over the ceiling, see optee_cq_refused(); the
 *	     queue's lock
 * @node: in struct optee_cq_turn.calls while WAITING; the queue's lock
 * @wait_node: in struct optee_cq.waiters while WAITING; the queue's lock
 * @server: key of the task that serves its RPC, or NULL; only while HOLDING;
 *	    the queue's lock
 * @served_node: in struct optee_cq.served while @server is there; the queue's
 *		 lock
 * @inner: the call of @server that is nested in this one, or NULL; the queue's
 *	   lock
 * @outers: the calls that this one is nested in, their @outer_node; the
 *	    queue's lock
 * @outer_node: in @outers of @inner while that is there; the queue's lock
 * @event: what the caller sleeps on
 */
struct optee_cq_call {
	struct optee_cq_client *client;
	const void *task;
	enum optee_cq_class class;
	unsigned int depth;
	unsigned int level;
	enum optee_cq_state state;
	int slot;
	int error;
	u64 seq;
	u64 entry;
	cq_time_t deadline;
	cq_time_t since;
	bool waited;
	bool probing;
	struct list_head node;
	struct list_head wait_node;
	const void *server;
	struct list_head served_node;
	struct optee_cq_call *inner;
	struct list_head outers;
	struct list_head outer_node;
	struct cq_event event;
};

/**
 * struct optee_cq_stats - what one class did since the queue was made
 * @calls: calls that got a slot
 * @waits: of these, how many slept for it
 * @longest_wait: longest of those sleeps, cq_time_t units
 */
struct optee_cq_stats {
	u64 calls;
	u64 waits;
	cq_time_t longest_wait;
};

/**
 * struct optee_cq_level - one level of the queue
 * @turns: clients with waiters here, next first; the queue's lock
 * @inside: calls of this level that are inside; the queue's lock
 * @below: those, and of lower levels; for levels below struct
 *	   optee_cq.limited; the queue's lock
 * @limit: how many of this level and of lower ones there may be inside; the
 *	   queue's lock
 * @passed: how often in a row a thread it may have went to another level;
 *	    the queue's lock
 */
struct optee_cq_level {
	struct list_head turns;
	unsigned int inside;
	unsigned int below;
	unsigned int limit;
	unsigned int passed;
};

/**
 * struct optee_cq - the queue of one OP-TEE
 * @lock: protects every field below and those of calls and clients as said
 *	  there; a leaf, taken in task context only
 * @threads: slots there are; constant
 * @tracked: the secure world said how many threads it has; constant
 * @ceiling: how many calls the secure world is known to take at once, at
 *	     most @threads; less after a refusal
 * @pause: time from a refusal to the next try over the ceiling
 * @probe_at: when that try is due; valid while @ceiling < @threads
 * @prober: the waiter that sleeps no longer than until @probe_at, or NULL
 * @in_vain: the last thing that happened was a try above @ceiling that was
 *	     refused
 * @closed: nobody of a class below this one enters any more
 * @raised: @ceiling was raised for the next call that enters
 * @policy: OPTEE_CQ_AUTO, OPTEE_CQ_ALWAYS or a number; KERNEL and SYSTEM
 * @clients: registered clients; KERNEL and SYSTEM
 * @nests: a nested call was made, which counts as a client of SYSTEM from then
 *	   on
 * @reserved: threads kept by the policies now; KERNEL and SYSTEM
 * @limited: levels below this one have a limit of their own, the others
 *	     @ceiling
 * @levels: limits and waiters
 * @waiters: every waiter, in the order they asked
 * @waiting: how many those are
 * @parked: how many more there are, on no list
 * @slots: holder of each slot or NULL, @threads entries
 * @free_slots: stack of free slot numbers, @threads entries
 * @inside: calls that have a slot; @free_slots holds @threads - @inside
 * @served: holders whose RPC is served by a task that is known
 * @blocked: how many of those wait for a call that is nested in them
 * @seq: last call's number
 * @entries: how often a call got a slot
 * @refusals: refusals by the secure world
 * @deadlocks: deadlocks that were ended
 * @stats: counters of each class
 */
struct optee_cq {
	cq_lock_t lock;
	unsigned int threads;
	bool tracked;
	unsigned int ceiling;
	cq_time_t pause;
	cq_time_t probe_at;
	struct optee_cq_call *prober;
	bool raised;
	bool in_vain;
	enum optee_cq_class closed;
	int policy[OPTEE_CQ_CLASSES];
	unsigned int clients[OPTEE_CQ_CLASSES];
	bool nests;
	unsigned int reserved[OPTEE_CQ_CLASSES];
	unsigned int limited;
	struct optee_cq_level levels[OPTEE_CQ_LEVELS];
	struct list_head waiters;
	unsigned int waiting;
	unsigned int parked;
	struct optee_cq_call **slots;
	unsigned int *free_slots;
	unsigned int inside;
	struct list_head served;
	unsigned int blocked;
	u64 seq;
	u64 entries;
	u64 refusals;
	u64 deadlocks;
	struct optee_cq_stats stats[OPTEE_CQ_CLASSES];
};

int optee_cq_init(struct optee_cq *cq, unsigned int threads);
void optee_cq_destroy(struct optee_cq *cq);
void optee_cq_client_init(struct optee_cq_client *client);
void optee_cq_call_init(struct optee_cq_call *call,
			struct optee_cq_client *client,
			enum optee_cq_class class, unsigned int depth,
			const void *task);

int optee_cq_try_enter(struct optee_cq *cq, struct optee_cq_call *call);
int optee_cq_enter(struct optee_cq *cq, struct optee_cq_call *call,
		   cq_time_t deadline);
int optee_cq_refused(struct optee_cq *cq, struct optee_cq_call *call,
		     cq_time_t deadline);
void optee_cq_leave(struct optee_cq *cq, struct optee_cq_call *call);
void optee_cq_serve(struct optee_cq *cq, struct optee_cq_call *call,
		    const void *server);

void optee_cq_add_client(struct optee_cq *cq, enum optee_cq_class class);
void optee_cq_del_client(struct optee_cq *cq, enum optee_cq_class class);
int optee_cq_set_policy(struct optee_cq *cq, enum optee_cq_class class,
			int policy);
void optee_cq_close(struct optee_cq *cq, enum optee_cq_class below);

#endif /* OPTEE_CALL_QUEUE_H */
