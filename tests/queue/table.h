/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of limits of docs/design.md, for all tests of the queue.
 */
#ifndef QUEUE_TABLE_H
#define QUEUE_TABLE_H

#include "call_queue.h"

#define TOP_LEVEL	(OPTEE_CQ_LEVELS - 1)

/* How many of @spare threads @policy keeps; @wanted: there are clients */
static inline unsigned int kept_by(int policy, bool wanted, unsigned int spare)
{
	unsigned int kept = policy;

	if (policy == OPTEE_CQ_AUTO)
		kept = wanted;
	else if (policy == OPTEE_CQ_ALWAYS)
		kept = 1;
	return min(kept, spare);
}

/*
 * How many may be inside at @level and below, of @top threads, with @rk kept for
 * KERNEL and @rs for SYSTEM
 */
static inline unsigned int limit_of(unsigned int top, unsigned int rk,
				    unsigned int rs, unsigned int level)
{
	unsigned int depth = level - 1;

	if (level == 0)
		return top - rs - rk;
	if (level == TOP_LEVEL || depth >= rs)
		return top;
	return top - rs + depth;
}

#endif /* QUEUE_TABLE_H */
