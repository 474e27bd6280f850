// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold in a large world, worked out from what the callers see, from
 * the table of limits, and from the order in which calls came: not from the
 * queue's own lists and counts. The inputs of the table that the queue is told
 * from outside, policies and clients, are read where it keeps them; so is the
 * ceiling, whose every change is checked.
 */
#include <string.h>

#include "books.h"

struct books books;
struct seen seen;

/* The table of limits */

static unsigned int kept(enum optee_cq_class class, unsigned int spare)
{
	int policy = world.cq.policy[class];
	unsigned int wanted = policy;

	if (policy == OPTEE_CQ_ALWAYS)
		wanted = 1;
	else if (policy == OPTEE_CQ_AUTO)
		wanted = world.cq.clients[class] ||
			 (class == OPTEE_CQ_SYSTEM && books.nests);
	return min(wanted, spare);
}

static void limits(unsigned int *limit)
{
	unsigned int top = world.cq.ceiling, spare = top ? top - 1 : 0;
	unsigned int rs = kept(OPTEE_CQ_SYSTEM, spare);
	unsigned int rk = kept(OPTEE_CQ_KERNEL, spare - rs);
	unsigned int depth;

	limit[0] = top - rs - rk;
	limit[1] = top - rs;
	for (depth = 1; depth <= OPTEE_CQ_MAX_DEPTH; depth++)
		limit[1 + depth] = depth < rs ? top - rs + depth : top;
	limit[TOP_LEVEL] = top;
}

/* How many are inside at each level and below, but for @without */
static void count(unsigned int *inside, int without)
{
	unsigned int level, n;

	memset(inside, 0, OPTEE_CQ_LEVELS * sizeof(*inside));
	for (n = 0; n < world.n; n++)
		inside[call_of(n)->level] += is(n, OPTEE_CQ_HOLDING) &&
					     (int)n != without;
	for (level = 1; level <= TOP_LEVEL; level++)
		inside[level] += inside[level - 1];
}

void find_room(bool *room, int without)
{
	unsigned int inside[OPTEE_CQ_LEVELS], limit[OPTEE_CQ_LEVELS];
	bool fits = true;
	int level;

	count(inside, without);
	limits(limit);
	for (level = TOP_LEVEL; level >= 0; level--) {
		fits = fits && inside[level] < limit[level];
		room[level] = fits;
	}
}

/* Bound */
static void check_entry(unsigned int n)
{
	unsigned int inside[OPTEE_CQ_LEVELS], limit[OPTEE_CQ_LEVELS];
	unsigned int level;

	count(inside, NOBODY);
	limits(limit);
	for (level = call_of(n)->level; level <= TOP_LEVEL; level++)
		must(inside[level] <= limit[level], "an entry broke a limit");
	must(call_of(n)->class >= world.cq.closed,
	     "a call of a closed class entered");
	must(call_of(n)->entry == ++books.entries,
	     "an entry has another one's number");
	seen.entries++;
	seen.most = max(seen.most, inside[TOP_LEVEL]);
	seen.deepest = max(seen.deepest, call_of(n)->depth);
}

/*
 * Order between classes. Either the highest level that may have the thread
 * gets it, or the one that was passed over most often of those that may: not
 * before it was so often that each of the others that wait could come first
 * after it without being passed over more often than the limit.
 */
static void check_classes(unsigned int granted)
{
	unsigned int level, to = call_of(granted)->level, highest = to;
	bool waits[OPTEE_CQ_LEVELS] = { false }, room[OPTEE_CQ_LEVELS];
	unsigned int waiting = 0, most = 0, n;

	find_room(room, granted);
	for (n = 0; n < world.n; n++)
		waits[call_of(n)->level] |= is(n, OPTEE_CQ_WAITING) ||
					    n == granted;
	for (level = 0; level <= TOP_LEVEL; level++) {
		waiting += waits[level];
		if (!waits[level] || !room[level])
			continue;
		highest = max(highest, level);
		most = max(most, books.level[level].passed);
		if (level == to)
			continue;
		must(++books.level[level].passed <= OPTEE_CQ_MAX_PASSED,
		     "a level was passed over too often");
		seen.longest = max(seen.longest, books.level[level].passed);
	}
	must(to == highest || books.level[to].passed == most,
	     "a lower class went first");
	must(to == highest || most + waiting > OPTEE_CQ_MAX_PASSED,
	     "a lower class went first too early");
	books.level[to].passed = 0;
	seen.lower += to != highest;
}

/*
 * Order within a level: its clients have a place each in a ring. A client that
 * joins, or has had its turn, goes to the end, one that was refused to the
 * front; and so do its calls.
 */
static void check_turn(unsigned int granted)
{
	struct optee_cq_call *call = call_of(granted);
	struct level *level = &books.level[call->level];
	unsigned int client = world.caller[granted].plan.client, of, n;

	for (n = 0; n < world.n; n++) {
		if (!is(n, OPTEE_CQ_WAITING) ||
		    call_of(n)->level != call->level)
			continue;
		of = world.caller[n].plan.client;
		if (of == client)
			must(books.caller[granted].place <
			     books.caller[n].place,
			     "a client's own calls changed places");
		else
			must(level->turn[client] < level->turn[of],
			     "a client had another one's turn");
	}
	level->turn[client] = ++books.last;
}

void check_granted(unsigned int n)
{
	enum optee_cq_class class = call_of(n)->class;
	struct book *book = &books.caller[n];

	if (book->state != OPTEE_CQ_WAITING)
		return;
	book->state = OPTEE_CQ_HOLDING;
	check_entry(n);
	check_classes(n);
	check_turn(n);
	books.longest[class] = max(books.longest[class],
				   world.now - book->since);
}

/* As this step began */
static bool had_waiters(unsigned int level, unsigned int client)
{
	unsigned int n;

	for (n = 0; n < world.n; n++)
		if (was(n, OPTEE_CQ_WAITING) && call_of(n)->level == level &&
		    world.caller[n].plan.client == client)
			return true;
	return false;
}

/* One that was refused goes to the front, though it need not wait for long */
static void joins(unsigned int n, bool refused)
{
	unsigned int client = world.caller[n].plan.client;
	struct level *level = &books.level[call_of(n)->level];

	if (refused)
		level->turn[client] = --books.first;
	else if (!had_waiters(call_of(n)->level, client))
		level->turn[client] = ++books.last;
}

static void has_begun_to_wait(unsigned int n, bool refused)
{
	struct book *book = &books.caller[n];

	must(!world.caller[n].plan.tries || refused,
	     "a call that does not wait waits");
	must(call_of(n)->entry == books.entries,
	     "a waiter does not know the last entry before it");
	book->place = refused ? --books.first : ++books.last;
	if (!book->waited)
		book->since = world.now;
	book->waited = true;
}

static void look_for_wait(unsigned int n)
{
	const struct caller *c = &world.caller[n];
	bool refused = was(n, OPTEE_CQ_HOLDING);

	if (was(n, OPTEE_CQ_WAITING))
		return;
	if (is(n, OPTEE_CQ_WAITING)) {
		joins(n, refused);
		has_begun_to_wait(n, refused);
	} else if (c->phase == DONE && c->result == -EDEADLK) {
		joins(n, refused);
	}
}

/* Nesting, from who is in an RPC that the next caller serves */
static void check_nested(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (!c->plan.nested || books.caller[n].phase != NOT_YET)
		return;
	books.nests = true;
	must(call_of(n)->class == OPTEE_CQ_SYSTEM ||
	     call_of(n)->class == OPTEE_CQ_UNBLOCK,
	     "a nested call is not SYSTEM");
	must(call_of(n)->depth == call_of(n - 1)->depth + 1,
	     "a nested call is not one deeper than its holder");
	must(call_of(n)->class == OPTEE_CQ_UNBLOCK ||
	     call_of(n)->level == 1 + min(call_of(n)->depth,
					  (unsigned int)OPTEE_CQ_MAX_DEPTH),
	     "a nested call has another one's level");
}

/* It woke for good reason, took the lock, and did not go */
static void check_stay(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (!was(n, OPTEE_CQ_WAITING) || !is(n, OPTEE_CQ_WAITING) ||
	    books.caller[n].phase != AT_LOCK)
		return;
	must(!c->woken, "a killed waiter stays");
	must(c->call.deadline > world.now, "a waiter stays past its time");
}

/* In the secure world for the first time */
static void count_call(unsigned int n)
{
	enum optee_cq_class class = call_of(n)->class;
	struct book *book = &books.caller[n];

	if (world.caller[n].phase != INSIDE || book->counted)
		return;
	book->counted = true;
	books.calls[class]++;
	books.waits[class] += book->waited;
}

static void look_at_runner(unsigned int n)
{
	check_stay(n);
	check_nested(n);
	look_for_wait(n);
	count_call(n);
	if (world.caller[n].phase == DONE)
		check_result(n);
}

static void look_at(unsigned int n)
{
	struct book *book = &books.caller[n];

	if (is(n, OPTEE_CQ_HOLDING) && !was(n, OPTEE_CQ_HOLDING)) {
		must(!was(n, OPTEE_CQ_WAITING), "a waiter was not told");
		check_entry(n);
	}
	book->state = call_of(n)->state;
}

static void check_slots(void)
{
	struct optee_cq *cq = &world.cq;
	unsigned int holders = 0, n;
	int slot;

	for (n = 0; n < world.n; n++) {
		if (!is(n, OPTEE_CQ_HOLDING))
			continue;
		holders++;
		slot = call_of(n)->slot;
		must(slot >= 0 && slot < (int)cq->threads &&
		     cq->slots[slot] == call_of(n),
		     "a slot has two holders, or none");
	}
	must(cq->inside == holders, "a grant was lost or given twice");
	must(holders <= cq->threads, "more holders than threads");
}

/* No idle thread; and a level without waiters is passed over by nobody */
static void check_waiters(void)
{
	bool waits[OPTEE_CQ_LEVELS] = { false }, room[OPTEE_CQ_LEVELS];
	unsigned int waiters = 0, level, n;

	for (n = 0; n < world.n; n++) {
		if (!is(n, OPTEE_CQ_WAITING))
			continue;
		waiters++;
		waits[call_of(n)->level] = true;
		must(call_of(n)->class >= world.cq.closed,
		     "a waiter of a closed class stays");
	}
	must(world.cq.waiting == waiters, "a waiter was lost");
	find_room(room, NOBODY);
	for (level = 0; level <= TOP_LEVEL; level++) {
		must(!waits[level] || !room[level],
		     "a waiter sleeps that may enter");
		if (!waits[level])
			books.level[level].passed = 0;
	}
}

/* The ceiling sinks by refusals alone, to what was taken; it rises by one */
static void check_ceiling(void)
{
	unsigned int ceiling = world.cq.ceiling;
	bool refused = books.runner >= 0 &&
		       world.caller[books.runner].answer == REFUSE &&
		       books.caller[books.runner].phase == INSIDE;

	if (refused) {
		seen.refused++;
		must(ceiling == world.cq.inside,
		     "a refusal told nothing");
	} else {
		must(ceiling == books.ceiling || ceiling == books.ceiling + 1,
		     "the ceiling moved by itself");
	}
}

void check_start(void)
{
	memset(&books, 0, sizeof(books));
}

void check_before(int runner)
{
	unsigned int n;

	for (n = 0; n < world.n; n++) {
		if (world.caller[n].phase == NOT_YET)
			books.caller[n] = (struct book) { 0 };
		books.caller[n].phase = world.caller[n].phase;
		books.caller[n].error = call_of(n)->error;
	}
	books.runner = runner;
	books.deadlocks = world.cq.deadlocks;
	books.ceiling = world.cq.ceiling;
}

void check_after(void)
{
	unsigned int n;

	must(!world.cq.lock.held, "the lock was kept");
	if (books.runner >= 0)
		look_at_runner(books.runner);
	for (n = 0; n < world.n; n++)
		look_at(n);
	check_slots();
	check_waiters();
	check_ceiling();
	if (world.cq.deadlocks != books.deadlocks)
		check_deadlock();
}
