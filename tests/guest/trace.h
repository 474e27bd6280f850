/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver's trace points say of the calls that were made meanwhile. */
#ifndef GT_TRACE_H
#define GT_TRACE_H

/* The calls of a class */
struct waits {
	unsigned int calls;	/* that had a thread */
	unsigned int waited;	/* of them, those that waited for it */
	unsigned int unblock;	/* of these, beside one that unblocks others */
	/* While one of the rest waited, at most: */
	unsigned int let_in;	/* calls of processes that were let in */
	unsigned int left;	/* calls of processes that came out */
};

void trace_start(void);
/* No events any more: now the others may be asked */
void trace_stop(void);
/* @class: user, kernel, system */
struct waits trace_waits(const char *class);
/* Calls that ended as nothing could move */
unsigned int trace_deadlocks(void);

#endif /* GT_TRACE_H */
