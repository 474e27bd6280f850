// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold in a large world beside tests/queue/holds.c: the order in which
 * calls get their slots, worked out from that in which they came, and the
 * numbers that the queue gives.
 */
#include <string.h>

#include "books.h"

struct books books;
struct seen seen;

static void enters(unsigned int n)
{
	check_entry(n);
	must(call_of(n)->entry == ++books.entries,
	     "an entry has another one's number");
	seen.entries++;
	seen.most = max(seen.most, now.inside[TOP_LEVEL]);
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

	find_room(room, to);
	for (n = 0; n < world.n; n++)
		waits[call_of(n)->level] |= is_in(n, OPTEE_CQ_WAITING) ||
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
		if (!is_in(n, OPTEE_CQ_WAITING) ||
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

static bool level_waits(unsigned int level)
{
	unsigned int n;

	for (n = 0; n < world.n; n++)
		if (is_in(n, OPTEE_CQ_WAITING) && call_of(n)->level == level)
			return true;
	return false;
}

/*
 * A frozen one has had its turn, and steps aside; the thread goes to the next of
 * its level, while there is one.
 */
static bool steps_aside(unsigned int n)
{
	unsigned int level = call_of(n)->level;

	if (!world.caller[n].frozen)
		return false;
	seen.parked++;
	before.state[n] = OPTEE_CQ_PARKED;
	books.goes_on = level_waits(level) ? (int)level : -1;
	return true;
}

void check_granted(unsigned int n)
{
	enum optee_cq_class class = call_of(n)->class;

	if (was(n, OPTEE_CQ_PARKED)) {
		joins(n, true);
		books.caller[n].place = --books.first;
	} else if (!was(n, OPTEE_CQ_WAITING)) {
		return;
	}
	before.state[n] = OPTEE_CQ_HOLDING;
	look();
	if (books.goes_on != (int)call_of(n)->level)
		check_classes(n);
	books.goes_on = -1;
	check_turn(n);
	if (steps_aside(n))
		return;
	enters(n);
	books.longest[class] = max(books.longest[class],
				   world.now - books.caller[n].since);
}

static void has_begun_to_wait(unsigned int n, bool refused)
{
	struct book *book = &books.caller[n];

	must(!world.caller[n].plan.tries || refused,
	     "a call that does not wait waits");
	/* Who was parked asked before the slots of this step were given */
	must(was(n, OPTEE_CQ_PARKED) || call_of(n)->entry == books.entries,
	     "a waiter does not know the last entry before it");
	book->place = refused ? --books.first : ++books.last;
	if (!book->waited)
		book->since = world.now;
	book->waited = true;
}

static void look_for_wait(unsigned int n)
{
	const struct caller *c = &world.caller[n];
	/* Either has had its turn */
	bool refused = was(n, OPTEE_CQ_HOLDING) || was(n, OPTEE_CQ_PARKED);

	if (was(n, OPTEE_CQ_WAITING))
		return;
	if (is_in(n, OPTEE_CQ_WAITING)) {
		joins(n, refused);
		has_begun_to_wait(n, refused);
	} else if (c->phase == DONE &&
		   (c->result == -EDEADLK ||
		    (was(n, OPTEE_CQ_PARKED) && c->result != -ESHUTDOWN))) {
		joins(n, refused);
	}
}

/* It woke for good reason, took the lock, and did not go */
static void check_stay(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	if (!was(n, OPTEE_CQ_WAITING) || !is_in(n, OPTEE_CQ_WAITING) ||
	    before.phase[n] != AT_LOCK)
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
	look_for_wait(n);
	count_call(n);
	if (world.caller[n].phase == DONE)
		check_result(n);
}

static void look_at(unsigned int n)
{
	if (!is_in(n, OPTEE_CQ_HOLDING))
		return;
	must(!world.caller[n].frozen, "a frozen caller has a thread");
	if (was(n, OPTEE_CQ_HOLDING))
		return;
	must(!was(n, OPTEE_CQ_WAITING), "a waiter was not told");
	enters(n);
}

/* A level without waiters is passed over by nobody */
static void forget_passed(void)
{
	bool waits[OPTEE_CQ_LEVELS] = { false };
	unsigned int level, n;

	for (n = 0; n < world.n; n++)
		waits[call_of(n)->level] |= is_in(n, OPTEE_CQ_WAITING);
	for (level = 0; level <= TOP_LEVEL; level++)
		if (!waits[level])
			books.level[level].passed = 0;
}

/* The ceiling sinks by refusals alone, to what was taken; it rises by one */
static void check_ceiling(void)
{
	unsigned int ceiling = world.cq.ceiling;
	bool refused = books.runner >= 0 &&
		       world.caller[books.runner].answer == REFUSE &&
		       before.phase[books.runner] == INSIDE;

	if (refused) {
		seen.refused++;
		must(ceiling == world.cq.inside,
		     "a refusal told nothing");
	} else {
		must(ceiling == before.ceiling || ceiling == before.ceiling + 1,
		     "the ceiling moved by itself");
	}
}

void check_start(void)
{
	memset(&books, 0, sizeof(books));
	books.goes_on = -1;
}

void check_before(int runner)
{
	unsigned int n;

	for (n = 0; n < world.n; n++)
		if (world.caller[n].phase == NOT_YET)
			books.caller[n] = (struct book) { 0 };
	books.runner = runner;
	remember();
}

void check_after(void)
{
	unsigned int n;

	must(!world.cq.lock.held, "the lock was kept");
	look();
	if (books.runner >= 0)
		look_at_runner(books.runner);
	for (n = 0; n < world.n; n++)
		look_at(n);
	check_slots();
	check_waiters();
	check_nested();
	forget_passed();
	check_ceiling();
	if (world.cq.deadlocks != before.deadlocks)
		check_deadlock();
}
