/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a world beside what the queue says: for properties.c and
 * ends.c.
 */
#ifndef RANDOM_BOOKS_H
#define RANDOM_BOOKS_H

#include "world.h"

/**
 * struct book - what is known of a caller since its last step
 * @state: of its call
 * @phase: its own
 * @error: of its call
 * @counted: it is in struct books.calls
 * @waited: it waited once
 * @since: when that began
 * @place: among its client's waiters of its level, least first
 */
struct book {
	enum optee_cq_state state;
	enum phase phase;
	int error;
	bool counted;
	bool waited;
	cq_time_t since;
	s64 place;
};

/**
 * struct level - what is known of a level
 * @turn: the clients' places in the ring, least first; of those that wait
 * @passed: how often in a row a thread it may have went to another level
 */
struct level {
	s64 turn[CLIENTS];
	unsigned int passed;
};

/**
 * struct books - all that is known
 * @caller: of each
 * @level: of each
 * @first: the least place given so far
 * @last: the greatest
 * @entries: how often a call got a slot
 * @runner: whose step it is
 * @deadlocks: of the queue, before this step
 * @ceiling: the same
 * @nests: there was a nested call
 * @calls: calls of each class that got a slot
 * @waits: of these, how many waited
 * @longest: the longest of these waits
 */
struct books {
	struct book caller[CALLERS];
	struct level level[OPTEE_CQ_LEVELS];
	s64 first;
	s64 last;
	u64 entries;
	int runner;
	u64 deadlocks;
	unsigned int ceiling;
	bool nests;
	u64 calls[OPTEE_CQ_CLASSES];
	u64 waits[OPTEE_CQ_CLASSES];
	cq_time_t longest[OPTEE_CQ_CLASSES];
};

extern struct books books;

static inline bool is(unsigned int n, enum optee_cq_state state)
{
	return call_of(n)->state == state;
}

static inline bool was(unsigned int n, enum optee_cq_state state)
{
	return books.caller[n].state == state;
}

/* Which levels may have a thread, if @without has none */
void find_room(bool *room, int without);

/* ends.c: what a call that is over came to; a deadlock that was just found */
void check_result(unsigned int n);
void check_deadlock(void);

#endif /* RANDOM_BOOKS_H */
