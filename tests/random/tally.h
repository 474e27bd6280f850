/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the threads count, beside the queue.
 */
#ifndef RANDOM_TALLY_H
#define RANDOM_TALLY_H

#include "cq_prim.h"
#include "call_queue.h"

#define MOST_THREADS	8

/**
 * struct round - what differs from round to round
 * @threads: secure threads
 * @callers: that call
 * @rk: reserve_kernel; as it begins
 * @rs: reserve_system; the same
 * @changes: policies change and calls are refused, so that limits are not known
 */
struct round {
	unsigned int threads;
	unsigned int callers;
	unsigned int rk;
	unsigned int rs;
	bool changes;
};

/* What runs, the queue under test, and whether that was closed */
extern const struct round *now;
extern struct optee_cq cq;
extern bool closed;

/**
 * struct tally - what calls came to
 * @calls: those that asked
 * @entered: of each class, those that got a slot
 * @left: of these, those that gave it back
 * @lost: of these, those that were refused, and then gave up
 * @killed: ended by a kill
 * @timed_out: by a deadline
 * @sent_away: as the queue was closed
 * @refused: refusals by the secure world
 * @deadlocks: ended as there was a deadlock
 * @nested: RPCs that somebody serves
 * @busy: those that would not wait
 */
struct tally {
	u64 calls;
	u64 entered[OPTEE_CQ_CLASSES];
	u64 left[OPTEE_CQ_CLASSES];
	u64 lost[OPTEE_CQ_CLASSES];
	u64 killed;
	u64 timed_out;
	u64 sent_away;
	u64 refused;
	u64 deadlocks;
	u64 nested;
	u64 busy;
};

extern struct tally tally;

#define count(what)	__atomic_add_fetch(&(what), 1, __ATOMIC_RELAXED)
#define uncount(what)	__atomic_sub_fetch(&(what), 1, __ATOMIC_RELAXED)
#define get(what)	__atomic_load_n(&(what), __ATOMIC_RELAXED)

void must(bool holds, const char *what);

/* By the holder, after it entered; and before it leaves */
void has_slot(const struct optee_cq_call *call);
void gives_slot_up(const struct optee_cq_call *call);

/* A call ended with @rc; it @tries without waiting, it @serves another one */
void came_to(int rc, const struct optee_cq_call *call, bool tries,
	     bool serves);

/* Of a round, when nobody is left in it. report(): if all held */
void begin_tally(void);
void check_books(void);
bool report(void);

#endif /* RANDOM_TALLY_H */
