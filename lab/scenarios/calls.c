// SPDX-License-Identifier: GPL-2.0-only
/*
 * A log of calls, filled by many processes and threads, and what can be said
 * about the order in which they were let in.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "scenario.h"

enum { ENTERED_EARLY, ENTERED_LATE, LEFT_EARLY, LEFT_LATE, TIMES };

/* In shared memory, as are the arrays of max times each. */
struct log {
	size_t max;
	atomic_size_t n;
	uint64_t *times[TIMES];
};

struct log *log_new(size_t max)
{
	struct log *log = shared(sizeof(*log));
	int i;

	log->max = max;
	for (i = 0; i < TIMES; i++)
		log->times[i] = shared(max * sizeof(uint64_t));
	return log;
}

void log_add(struct log *log, const struct call *call)
{
	size_t i = atomic_fetch_add(&log->n, 1);

	if (i >= log->max)
		die("more calls than the log holds");
	log->times[ENTERED_EARLY][i] = call->entered.early;
	log->times[ENTERED_LATE][i] = call->entered.late;
	log->times[LEFT_EARLY][i] = call->left.early;
	log->times[LEFT_LATE][i] = call->left.late;
}

size_t log_count(const struct log *log)
{
	return log->n;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void log_sort(struct log *log)
{
	int i;

	for (i = 0; i < TIMES; i++)
		qsort(log->times[i], log->n, sizeof(uint64_t), compare);
}

/* How many of these times are before time. */
static size_t before(const struct log *log, int which, uint64_t time)
{
	const uint64_t *times = log->times[which];
	size_t low = 0, n = log->n;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (times[middle] < time)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

static size_t less(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

size_t log_inside(const struct log *log, uint64_t time)
{
	return less(before(log, ENTERED_LATE, time),
		    before(log, LEFT_EARLY, time));
}

/*
 * With T threads, at any time: let in <= T + gone, entered <= let in, and
 * gone <= left. So by the request at most T + left(asked) were let in, at
 * least entered(asked); by the entry at least entered(entry), and at most
 * T - 1 + left(entry), as the request itself has a thread by then. Its client's
 * own earlier calls are over at both times and count on neither side. Where a
 * time is not known exactly, the end is taken that makes the bound weaker.
 */
struct let_in log_let_in(const struct log *log, const struct call *call)
{
	size_t threads = options.threads;

	return (struct let_in) {
		.at_least = less(before(log, ENTERED_LATE, call->entered.early),
				 threads +
				 before(log, LEFT_EARLY, call->asked)),
		.at_most = less(threads - 1 +
				before(log, LEFT_EARLY, call->entered.late),
				before(log, ENTERED_LATE, call->asked)),
	};
}
