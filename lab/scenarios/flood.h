/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flood: callers in processes of their own, or threads of one process, that
 * keep OP-TEE busy without pause, and one asker whose waits are looked at.
 */
#ifndef FLOOD_H
#define FLOOD_H

#include "scenario.h"

#define FLOOD_CALL_MS 10

struct flood;

/*
 * Calls of cmd for FLOOD_CALL_MS each: WORKER_CMD_BUSY also has a processor for
 * so long, WORKER_CMD_SLEEP has a thread alone. Sessions are open and calls are
 * being made when this returns.
 */
struct flood *flood_start(unsigned int processes, unsigned int threads,
			  uint32_t cmd);
/*
 * The same with processes of one thread and any call of the worker's, which may
 * fail, or never come back: they begin as this returns, and are not in the log.
 */
struct flood *flood_start_calls(unsigned int processes, uint32_t cmd,
				uint32_t arg);
/* Calls that came back by now, and those of them that failed. */
unsigned int flood_calls(const struct flood *flood);
unsigned int flood_refused(const struct flood *flood);
/* Ends it; its log is complete and sorted then. */
const struct log *flood_stop(struct flood *flood);
/* Sessions that the secure world had room for; threads may share them. */
unsigned int flood_sessions(const struct flood *flood);

/* What the asker's rounds looked like against the log. */
struct verdict {
	double *waits;			/* request to entry, in ms, up to 1 more than it was */
	size_t let_in_most;		/* log_let_in().at_least */
	double let_in_mean;
	size_t let_in_at_most;
	/*
	 * Rounds that surely waited for calls of the flood: all threads were
	 * theirs as it asked, or more were let in after.
	 */
	unsigned int waited;
	unsigned int failed;		/* rounds that returned an error */
};

void flood_judge(const struct log *log, const struct call *rounds,
		 unsigned int n, struct verdict *verdict);

#endif /* FLOOD_H */
