// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the threads count, beside the queue, and what that must come to.
 */
#include <stdio.h>
#include <string.h>

#include "../queue/table.h"
#include "tally.h"

struct tally tally;

/* By whoever has a slot, while it has it */
static unsigned int inside[OPTEE_CQ_LEVELS];
static unsigned int owner[MOST_THREADS];
static unsigned int failures;

void must(bool holds, const char *what)
{
	if (holds)
		return;
	count(failures);
	printf("# broken: %s\n", what);
}

/* While policies change, only the threads that there are */
static unsigned int limit(unsigned int level)
{
	return now->changes ? now->threads :
			      limit_of(now->threads, now->rk, now->rs, level);
}

/*
 * Counted after it entered, and taken back before it leaves: at no time are
 * more counted than are inside.
 */
void has_slot(const struct optee_cq_call *call)
{
	unsigned int level;

	must(call->slot >= 0 && call->slot < (int)now->threads,
	     "a holder has no slot");
	must(count(owner[call->slot]) == 1, "a slot has two holders");
	for (level = call->level; level < OPTEE_CQ_LEVELS; level++)
		must(count(inside[level]) <= limit(level),
		     "more are inside than a limit allows");
}

void gives_slot_up(const struct optee_cq_call *call)
{
	unsigned int level;

	for (level = call->level; level < OPTEE_CQ_LEVELS; level++)
		uncount(inside[level]);
	must(!uncount(owner[call->slot]), "a slot had two holders");
}

/* What a call came to, and whether it could */
void came_to(int rc, const struct optee_cq_call *call, bool tries,
	     bool serves)
{
	switch (rc) {
	case -EINTR:
		count(tally.killed);
		must(cq_event_killed(&call->event), "killed, but it was not");
		return;
	case -ETIMEDOUT:
		count(tally.timed_out);
		must(cq_now() >= call->deadline, "gave up too early");
		return;
	case -ESHUTDOWN:
		count(tally.sent_away);
		must(get(closed), "sent away, but nothing was closed");
		return;
	case -EDEADLK:
		count(tally.deadlocks);
		must(serves, "ended, but nobody waits for it");
		return;
	default:
		count(tally.busy);
		must(rc == -EBUSY && tries, "failed for no reason");
	}
}

void begin_tally(void)
{
	tally = (struct tally) { 0 };
	failures = 0;
}

void check_books(void)
{
	unsigned int n;

	must(!cq.inside && !cq.waiting && !cq.blocked && !cq.prober,
	     "something was left behind");
	must(list_empty(&cq.waiters) && list_empty(&cq.served),
	     "something was left on a list");
	for (n = 0; n < OPTEE_CQ_LEVELS; n++)
		must(!inside[n] && list_empty(&cq.levels[n].turns) &&
		     !cq.levels[n].inside, "a level is not empty");
	for (n = 0; n < now->threads; n++)
		must(!owner[n] && !cq.slots[n], "a slot is not free");
	for (n = 0; n < OPTEE_CQ_CLASSES; n++)
		must(cq.stats[n].calls == tally.entered[n] &&
		     cq.stats[n].waits <= tally.entered[n] &&
		     tally.left[n] + tally.lost[n] == tally.entered[n],
		     "the counters are wrong");
	must(cq.seq == tally.calls && cq.refusals == tally.refused &&
	     cq.deadlocks == tally.deadlocks, "the numbers are wrong");
	must(!cq_host_failures(), "a rule of the primitives was broken");
}

/* @numbers: of each class */
static unsigned long long sum(const u64 *numbers)
{
	unsigned long long all = 0;
	unsigned int n;

	for (n = 0; n < OPTEE_CQ_CLASSES; n++)
		all += numbers[n];
	return all;
}

static bool has_waited(void)
{
	unsigned int n;

	for (n = 0; n < OPTEE_CQ_CLASSES; n++)
		if (cq.stats[n].waits)
			return true;
	return false;
}

bool report(void)
{
	must(sum(tally.left) && has_waited() && tally.killed &&
	     tally.timed_out && tally.sent_away && tally.nested,
	     "something never happened");
	must(now->threads > 2 || tally.deadlocks, "there was no deadlock");
	must(!now->changes || tally.refused, "there was no refusal");
	printf("%s threads: T = %u, %u callers%s: %llu calls, %llu entered, %llu left, %llu lost\n",
	       failures ? "not ok" : "ok", now->threads, now->callers,
	       now->changes ? ", policies change" : "",
	       (unsigned long long)tally.calls, sum(tally.entered),
	       sum(tally.left), sum(tally.lost));
	printf("# %llu RPCs, %llu killed, %llu gave up, %llu busy\n",
	       (unsigned long long)tally.nested,
	       (unsigned long long)tally.killed,
	       (unsigned long long)tally.timed_out,
	       (unsigned long long)tally.busy);
	printf("# %llu sent away, %llu refused, %llu deadlocks\n",
	       (unsigned long long)tally.sent_away,
	       (unsigned long long)tally.refused,
	       (unsigned long long)tally.deadlocks);
	fflush(stdout);
	return !failures;
}
