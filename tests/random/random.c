// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: random [-s SEED] [-n STEPS]
 *        random --replay SEED
 *
 * Goes through large worlds at random, so many steps (1000000) in all, and
 * checks what must hold after each. A world and its schedule come from one
 * seed, the next world's is one more; the first is taken from the clock if
 * none is given, and printed.
 *
 * Half of the worlds are scheduled uniformly: whoever can go on may be next.
 * The others by priorities (PCT, Burckhardt and others, ASPLOS 2010): the
 * first who can go on of those there are goes on, until one of a few change
 * points makes it the last.
 *
 * At the first thing that does not hold it stops, shows the last steps with
 * the callers as columns, and says how to see all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "world.h"

#define STEPS		5000
#define STEPS_TO_END	200000
#define SHOWN		60
#define NEVER		(~0u)

/**
 * struct habits - what a world is like
 * @threads: secure threads
 * @by_priority: the schedule is one of priorities
 * @kill: one step of so many kills somebody
 * @freeze: one step of so many freezes somebody asleep, or thaws all
 * @revoke: one step of so many ends an RPC whose nested call is not over
 * @refuse: one answer of so many is a refusal
 * @change: one step of so many changes a policy, or a client comes or goes
 * @patient: one call of so many waits for ever
 * @change_point: one step of so many takes the runner's priority
 * @close_at: when some classes are closed; late: all are, at the end
 */
static struct habits {
	unsigned int threads;
	bool by_priority;
	unsigned int kill;
	unsigned int freeze;
	unsigned int revoke;
	unsigned int refuse;
	unsigned int change;
	unsigned int patient;
	unsigned int change_point;
	unsigned int close_at;
} habits;

/**
 * struct schedule - where the schedule stands
 * @seed: it comes from
 * @state: of the generator of random numbers
 * @outside: each caller's priority, highest first
 * @inside: the same while it is in the secure world
 * @least: given so far
 * @clients: registered, of each class
 * @closing: no caller is born any more, and nothing happens from outside
 */
static struct schedule {
	u64 seed;
	u64 state;
	s64 outside[CALLERS];
	s64 inside[CALLERS];
	s64 least;
	unsigned int clients[OPTEE_CQ_CLASSES];
	bool closing;
} schedule;

unsigned int steps;

/* splitmix64 */
static u64 any(void)
{
	u64 z = schedule.state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return any() % n;
}

static bool one_in(unsigned int n)
{
	return n != NEVER && !below(n);
}

static unsigned int one_of(const unsigned int *four)
{
	return four[below(4)];
}

/* Callers */

/* Chains of callers that are nested in each other stand side by side */
static unsigned int chain_from(unsigned int n)
{
	while (world.caller[n].plan.nested)
		n--;
	return n;
}

static bool is_over(unsigned int n)
{
	const struct caller *c = &world.caller[n];

	return c->phase == DONE ||
	       (c->phase == NOT_YET && c->plan.nested &&
		world.caller[n - 1].phase == DONE);
}

static void bear(unsigned int n, bool nests, bool nested)
{
	static const enum optee_cq_class classes[] = {
		OPTEE_CQ_USER, OPTEE_CQ_USER, OPTEE_CQ_USER, OPTEE_CQ_KERNEL,
		OPTEE_CQ_KERNEL, OPTEE_CQ_SYSTEM, OPTEE_CQ_UNBLOCK,
	};
	struct plan plan = {
		.class = classes[below(7)],
		/* Some have many callers, most have few */
		.client = below(1 + below(CLIENTS)),
		.patience = one_in(habits.patient) ? 0 :
			    (1 + below(2000)) * CQ_MS / 100,
		.tries = one_in(16),
		.nests = nests,
		.silent = one_in(8),
		.nested = nested,
	};

	world_born(n, &plan);
	schedule.outside[n] = below(1 << 30);
	schedule.inside[n] = below(1 << 30);
}

static void bear_chain(unsigned int from, unsigned int length)
{
	unsigned int n;

	for (n = 0; n < length; n++)
		bear(from + n, n + 1 < length, n);
}

static void bear_all(void)
{
	static const unsigned int lengths[] = {
		1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 10,
	};
	unsigned int n = 0, length;

	while (n < world.n) {
		length = min(lengths[below(12)], world.n - n);
		bear_chain(n, length);
		n += length;
	}
}

/* If the chain that @n is part of is over, another like it begins */
static void bear_again(unsigned int n)
{
	unsigned int from = chain_from(n), to = from;

	do {
		if (!is_over(to))
			return;
	} while (world.caller[to++].plan.nests);
	bear_chain(from, to - from);
}

/* One step */

static s64 *priority_of(unsigned int n)
{
	return world.caller[n].phase == INSIDE ? &schedule.inside[n] :
						 &schedule.outside[n];
}

/* The first by priority of @could, or any */
static unsigned int choose(const unsigned int *could, unsigned int num)
{
	unsigned int n, first = could[0];

	if (!habits.by_priority)
		return could[below(num)];
	for (n = 1; n < num; n++)
		if (*priority_of(could[n]) > *priority_of(first))
			first = could[n];
	if (one_in(habits.change_point))
		*priority_of(first) = --schedule.least;
	return first;
}

/* What was inside as its class was closed is soon gone, and then there is none */
static unsigned int refusals_of(const struct caller *c)
{
	if (habits.refuse != NEVER && c->call.class < world.cq.closed)
		return 4;
	return habits.refuse;
}

static enum answer answer_of(const struct caller *c)
{
	if (c->phase != INSIDE)
		return c->phase == IN_RPC && c->killed ? LEAVE : LOCK;
	/* Only a call that has done nothing yet is refused */
	if (!c->asked && !schedule.closing && one_in(refusals_of(c)))
		return REFUSE;
	return c->plan.nests && !c->asked ? NEST : LEAVE;
}

static void go_on(unsigned int n)
{
	struct caller *c = &world.caller[n];
	enum answer answer = answer_of(c);
	const char *what = step_of(c, answer);

	check_before(n);
	world_go_on(n, answer);
	check_after();
	show("%u, %s: %s", n, name_of(c->call.class), what);
	if (!schedule.closing)
		bear_again(n);
}

/* Return: if anybody could */
static bool somebody_goes_on(void)
{
	unsigned int could[CALLERS], num = 0, n;

	for (n = 0; n < world.n; n++)
		if (world_may_go_on(n))
			could[num++] = n;
	if (!num)
		return false;
	go_on(choose(could, num));
	return true;
}

static void kill_somebody(void)
{
	struct caller *c = &world.caller[below(world.n)];

	if (c->phase == NOT_YET || c->phase == DONE)
		return;
	c->killed = true;
	show("%u is killed", (unsigned int)(c - world.caller));
}

/* Who was woken is not frozen before it sleeps again */
static void freeze_somebody(void)
{
	struct caller *c = &world.caller[below(world.n)];

	if (c->phase != ASLEEP || c->call.event.set)
		return;
	c->frozen = true;
	show("%u is frozen", (unsigned int)(c - world.caller));
}

/* Return: if anybody was frozen */
static bool thaw_all(void)
{
	bool any = false;
	unsigned int n;

	for (n = 0; n < world.n; n++) {
		any |= world.caller[n].frozen;
		world.caller[n].frozen = false;
	}
	if (any)
		show("all are thawed");
	return any;
}

static void freeze_or_thaw(void)
{
	if (below(8))
		freeze_somebody();
	else
		thaw_all();
}

/* An answer by another thread, or its supplicant is gone */
static void revoke_somebody(void)
{
	unsigned int n = below(world.n);

	if (world.caller[n].phase != IN_RPC || world_may_go_on(n))
		return;
	seen.revoked++;
	go_on(n);
}

static void change_policy(enum optee_cq_class class)
{
	int policy = (int)below(habits.threads + 2) - 2;

	/* More than there are threads to keep is refused, and changes nothing */
	check_policy(class, policy,
		     optee_cq_set_policy(&world.cq, class, policy));
	show("%s keeps %d", name_of(class), policy);
}

static void change_clients(enum optee_cq_class class)
{
	if (schedule.clients[class]) {
		schedule.clients[class]--;
		optee_cq_del_client(&world.cq, class);
	} else {
		schedule.clients[class]++;
		optee_cq_add_client(&world.cq, class);
	}
	show("%s: %u clients", name_of(class), schedule.clients[class]);
}

static void change_something(void)
{
	enum optee_cq_class class = OPTEE_CQ_KERNEL + below(2);

	check_before(NOBODY);
	if (below(2))
		change_policy(class);
	else
		change_clients(class);
	check_after();
}

static void close_below(enum optee_cq_class class)
{
	check_before(NOBODY);
	optee_cq_close(&world.cq, class);
	check_after();
	show("closed below %s", name_of(class));
}

static void something_happens(void)
{
	if (steps == habits.close_at)
		close_below(1 + below(OPTEE_CQ_UNBLOCK));
	if (one_in(habits.kill))
		kill_somebody();
	if (one_in(habits.freeze))
		freeze_or_thaw();
	if (one_in(habits.revoke))
		revoke_somebody();
	if (one_in(habits.change))
		change_something();
}

/* Return: if anything could happen */
static bool step(void)
{
	steps++;
	if (below(2))
		world.now += below(CQ_MS / 10);
	if (!schedule.closing)
		something_happens();
	if (somebody_goes_on())
		return true;
	if (world_time_passes()) {
		show("time passes");
		return true;
	}
	check_stuck();
	return thaw_all();
}

static void choose_habits(void)
{
	static const unsigned int rates[] = { NEVER, 1000, 100, 20 };
	static const unsigned int refusals[] = { NEVER, NEVER, 500, 50 };
	static const unsigned int patience[] = { 1, 1, 2, 8 };
	static const unsigned int change_points[] = { NEVER, STEPS, STEPS / 5,
						      STEPS / 50 };

	habits = (struct habits) {
		.threads = 1 + below(1 + below(THREADS)),
		.by_priority = below(2),
		.kill = one_of(rates),
		.freeze = one_of(rates),
		.revoke = one_of(rates),
		.refuse = one_of(refusals),
		.change = one_of(rates),
		.patient = one_of(patience),
		.change_point = one_of(change_points),
		.close_at = below(2 * STEPS),
	};
}

/* Return: how many steps, or 0 if something did not hold */
static unsigned int run(u64 seed)
{
	schedule = (struct schedule) {
		.seed = seed,
		.state = seed,
	};
	steps = 0;
	crash_is_of(seed);
	choose_habits();
	check_start();
	world_start(habits.threads, one_in(4) ? 1 + below(CALLERS) : CALLERS);
	show_head(seed);
	bear_all();
	while (steps < STEPS && step())
		if (broken)
			return 0;
	schedule.closing = true;
	thaw_all();
	if (habits.close_at >= STEPS + STEPS / 2)
		close_below(OPTEE_CQ_CLASSES);
	while (!broken && step())
		if (steps == STEPS_TO_END)
			must(false, "it never ends");
	if (!broken)
		check_end();
	return broken ? 0 : steps;
}

static int replay(u64 seed, unsigned int shown_from)
{
	show_from(shown_from);
	if (run(seed))
		return 0;
	printf("broken: %s\n", broken);
	return 1;
}

/* What is never seen is not tested */
static bool saw(const char *what, unsigned long often)
{
	if (!often)
		printf("not ok random: no world had %s\n", what);
	return often;
}

static bool saw_enough(void)
{
	return saw("a waiter that was killed", seen.killed) &
	       saw("a waiter that gave up", seen.timed_out) &
	       saw("a deadlock", seen.deadlocks) &
	       saw("a call that a closed queue sent away", seen.closed) &
	       saw("a refusal", seen.refused) &
	       saw("a turn that came to a frozen waiter", seen.parked) &
	       saw("an RPC that ended before its nested call", seen.revoked) &
	       saw("a lower class go first as it was its turn", seen.lower) &
	       saw("a call as deep as levels go",
		   seen.deepest > OPTEE_CQ_MAX_DEPTH) &
	       saw("all threads taken", seen.most == THREADS);
}

static int run_all(u64 seed, u64 wanted)
{
	unsigned int worlds = 0, did;
	u64 first = seed, all = 0;

	printf("# random: seed %llu\n", (unsigned long long)seed);
	for (; all < wanted; all += did, worlds++) {
		did = run(seed++);
		if (did)
			continue;
		did = steps;
		replay(seed - 1, did > SHOWN ? did - SHOWN : 0);
		printf("not ok random: random --replay %llu shows all %u steps\n",
		       (unsigned long long)seed - 1, did);
		return 1;
	}
	if (!saw_enough())
		return 1;
	printf("ok random: %llu steps in %u worlds of up to %d callers, T 1 to %d, seed %llu\n",
	       (unsigned long long)all, worlds, CALLERS, THREADS,
	       (unsigned long long)first);
	printf("# %lu entries, %lu waiters killed, %lu gave up, %lu sent away, %lu parked\n",
	       seen.entries, seen.killed, seen.timed_out, seen.closed,
	       seen.parked);
	printf("# %lu RPCs revoked, %lu refusals\n", seen.revoked,
	       seen.refused);
	printf("# %lu deadlocks, %lu times a lower class first, at most %u times passed over\n",
	       seen.deadlocks, seen.lower, seen.longest);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: random [-s SEED] [-n STEPS] | --replay SEED\n");
	return 2;
}

/* All of @text is one, and it is no more than there are */
static bool is_number(const char *text, u64 *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !*end && !errno;
}

int main(int argc, char **argv)
{
	u64 seed = (u64)time(NULL) * 1000, wanted = 1000000;
	u64 *number;
	int i;

	/* What was said before a crash has been said */
	setvbuf(stdout, NULL, _IOLBF, 0);
	catch_crashes();
	if (argc == 3 && !strcmp(argv[1], "--replay"))
		return is_number(argv[2], &seed) ? replay(seed, 0) : usage();
	for (i = 1; i + 1 < argc; i += 2) {
		number = !strcmp(argv[i], "-s") ? &seed :
			 !strcmp(argv[i], "-n") ? &wanted : NULL;
		if (!number || !is_number(argv[i + 1], number))
			return usage();
	}
	if (i != argc || !wanted)
		return usage();
	return run_all(seed, wanted);
}
