// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen in a world.
 */
#include "world.h"

/* Whom it serves may be gone, or may have been killed, by then */
static bool may_start(unsigned int n)
{
	return !world.caller[n].plan.nested ||
	       world.caller[n - 1].phase == IN_RPC;
}

static bool rpc_may_end(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	return c->killed || c[1].phase == DONE ||
	       (c[1].phase == NOT_YET && c->plan.silent);
}

bool world_may_go_on(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (c->frozen)
		return false;
	switch (c->phase) {
	case NOT_YET:
		return may_start(n);
	case ASLEEP:
		return wakes(c);
	case IN_RPC:
		return rpc_may_end(n);
	default:
		return c->phase != DONE;
	}
}

/* Until the first of those that sleep wakes by itself. Return: if one does */
bool world_time_passes(void)
{
	cq_time_t until = CQ_FOREVER;
	unsigned int n;

	for (n = 0; n < world.n; n++)
		if (world.caller[n].phase == ASLEEP && !world.caller[n].frozen)
			until = min(until, world.caller[n].until);
	if (until == CQ_FOREVER)
		return false;
	world.now = max(world.now, until);
	return true;
}
