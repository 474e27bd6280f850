/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a world beside what the queue says: for properties.c and
 * ends.c.
 */
#ifndef RANDOM_BOOKS_H
#define RANDOM_BOOKS_H

#include "holds.h"

/**
 * struct book - what is known of a caller
 * @counted: it is in struct books.calls
 * @waited: it waited once
 * @since: when that began
 * @place: among its client's waiters of its level, least first
 */
struct book {
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
 * @goes_on: the level whose turn is not over, as who had it is frozen, or -1
 * @entries: how often a call got a slot
 * @runner: whose step it is
 * @calls: calls of each class that got a slot
 * @waits: of these, how many waited
 * @longest: the longest of these waits
 */
struct books {
	struct book caller[CALLERS];
	struct level level[OPTEE_CQ_LEVELS];
	s64 first;
	s64 last;
	int goes_on;
	u64 entries;
	int runner;
	u64 calls[OPTEE_CQ_CLASSES];
	u64 waits[OPTEE_CQ_CLASSES];
	cq_time_t longest[OPTEE_CQ_CLASSES];
};

extern struct books books;

/* As this step began, or as it was given a slot since */
static inline bool was(unsigned int n, enum optee_cq_state state)
{
	return before.state[n] == state;
}

/* ends.c: what a call that is over came to */
void check_result(unsigned int n);

#endif /* RANDOM_BOOKS_H */
