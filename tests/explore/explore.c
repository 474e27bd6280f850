// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: explore [-j JOBS] [--plain] [--settled] CALLERS [INCIDENT...]
 *        explore --replay FILE
 *
 * Walks through every interleaving of every configuration of at most so many
 * callers, and checks what must hold after each step. An incident is a kill,
 * a refusal, a change, a close, or a revocation, which ends an RPC whose nested
 * call is not over; each of those named may happen once on the way. With try there
 * are callers, too, that do not wait; all is all of these, and another is another
 * refusal, beside four of the others at most.
 * --plain leaves nothing out, where otherwise orders that come to the same are
 * tried once. --settled counts the worlds in which nobody is on his way.
 *
 * At the first thing that does not hold it stops, shows the way there in
 * columns, and prints what to put into a file for --replay.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

/* Configurations: trees of callers, in any mix */

/**
 * struct tree - a caller, and those that are nested in it
 * @class: the outermost's
 * @client: its client
 * @callers: how many of them there are
 * @tries: the innermost does not wait
 */
static const struct tree {
	enum optee_cq_class class;
	unsigned int client;
	unsigned int callers;
	bool tries;
} trees[] = {
	{ OPTEE_CQ_USER, 0, 1, false },
	{ OPTEE_CQ_USER, 1, 1, false },
	{ OPTEE_CQ_KERNEL, 2, 1, false },
	{ OPTEE_CQ_SYSTEM, 2, 1, false },
	{ OPTEE_CQ_UNBLOCK, 2, 1, false },
	{ OPTEE_CQ_USER, 0, 2, false },
	{ OPTEE_CQ_KERNEL, 2, 2, false },
	{ OPTEE_CQ_SYSTEM, 2, 2, false },
	{ OPTEE_CQ_USER, 1, 3, false },
	{ OPTEE_CQ_KERNEL, 2, 3, false },
	{ OPTEE_CQ_SYSTEM, 2, 3, false },
	/* With try only */
	{ OPTEE_CQ_USER, 0, 1, true },
	{ OPTEE_CQ_SYSTEM, 2, 1, true },
	{ OPTEE_CQ_USER, 0, 2, true },
};

#define TREES		(sizeof(trees) / sizeof(trees[0]))
#define TRYING_TREES	3

/* Callers and threads; the policies to start with are tried one by one */
static struct config *mixes;
static unsigned int num_mixes;
static bool with_try;

static void plant(struct config *c, const struct tree *tree)
{
	unsigned int n;

	for (n = 0; n < tree->callers; n++)
		c->plan[c->n++] = (struct plan) {
			.class = n ? OPTEE_CQ_USER : tree->class,
			.client = n ? 3 : tree->client,
			.nests = n + 1 < tree->callers,
			.nested = n,
			.tries = tree->tries && n + 1 == tree->callers,
		};
}

/* The first two clients are alike, if all they do is to call */
static bool is_renamed(const struct config *c)
{
	unsigned int calls[2] = { 0 }, n;

	for (n = 0; n < c->n; n++) {
		if (c->plan[n].client > 1)
			continue;
		if (c->plan[n].nests || c->plan[n].tries)
			return false;
		calls[c->plan[n].client]++;
	}
	return calls[1] > calls[0];
}

static void add_mix(struct config *c)
{
	if (is_renamed(c))
		return;
	for (c->threads = THREADS; c->threads; c->threads--) {
		mixes = realloc(mixes, (num_mixes + 1) * sizeof(*mixes));
		mixes[num_mixes++] = *c;
	}
}

/* Every mix of trees from the @from-th on that has @callers callers */
static void add_mixes(const struct config *start, unsigned int from,
		      unsigned int callers)
{
	unsigned int n, num = with_try ? TREES : TREES - TRYING_TREES;
	struct config c;

	for (n = from; n < num; n++) {
		c = *start;
		if (trees[n].callers > callers)
			continue;
		plant(&c, &trees[n]);
		if (trees[n].callers == callers)
			add_mix(&c);
		else
			add_mixes(&c, n, callers - trees[n].callers);
	}
}

/* With nobody to reserve for, auto is 0: only nested calls make a difference */
static int least_rs(const struct config *c)
{
	unsigned int n;

	for (n = 0; n < c->n; n++)
		if (c->plan[n].nests)
			return OPTEE_CQ_AUTO;
	return 0;
}

static bool explore_policies(struct config *c)
{
	int threads = c->threads, rk, rs;

	forget();
	for (rk = 0; rk < threads; rk++)
		for (rs = least_rs(c); rs < threads; rs++) {
			if (rk + max(rs, 0) >= threads)
				continue;
			c->policy[0] = rk;
			c->policy[1] = rs;
			if (!explore(c))
				return false;
		}
	return true;
}

/* Each on its own, until there is nothing more to do */

/**
 * struct work - what all jobs share
 * @next: the next mix that none has begun
 * @done: mixes that are done
 * @failed: one found something, and shows it
 * @totals: of what is done
 */
static struct work {
	unsigned int next;
	unsigned int done;
	bool failed;
	struct totals totals;
} *work;

static void add_totals(void)
{
	unsigned int deepest = __atomic_load_n(&work->totals.deepest,
					       __ATOMIC_RELAXED);

	__atomic_fetch_add(&work->totals.configs, totals.configs,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&work->totals.states, totals.states,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&work->totals.steps, totals.steps, __ATOMIC_RELAXED);
	__atomic_fetch_add(&work->totals.settled, totals.settled,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&work->totals.settled_sum, totals.settled_sum,
			   __ATOMIC_RELAXED);
	while (deepest < totals.deepest &&
	       !__atomic_compare_exchange_n(&work->totals.deepest, &deepest,
					    totals.deepest, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	totals = (struct totals) { 0 };
	__atomic_fetch_add(&work->done, 1, __ATOMIC_RELAXED);
}

/* What is found by two at once is shown once */
static int fail(void)
{
	if (!__atomic_exchange_n(&work->failed, true, __ATOMIC_RELAXED))
		print_failure();
	return 1;
}

static int do_work(void)
{
	unsigned int n;

	while ((n = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED)) <
	       num_mixes) {
		if (!explore_policies(&mixes[n]))
			return fail();
		add_totals();
	}
	return 0;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static pid_t start_job(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("explore: fork");
		exit(2);
	}
	if (pid)
		return pid;
	exit(do_work());
}

/* As long as it takes, with a line now and then that says how far it is */
static int wait_for_jobs(const pid_t *jobs, unsigned int num)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	double told = seconds();
	int status, worst = 0;
	unsigned int n, left = num;
	pid_t pid;

	while (left) {
		pid = waitpid(-1, &status, WNOHANG);
		if (!pid) {
			nanosleep(&pause, NULL);
			if (seconds() - told < 10)
				continue;
			told = seconds();
			fprintf(stderr, "# %u of %u mixes of callers and threads, %llu states\n",
				work->done, num_mixes,
				(unsigned long long)work->totals.states);
			continue;
		}
		left--;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 2;
		worst = max(worst, status);
		for (n = 0; n < num && status; n++)
			kill(jobs[n], SIGTERM);
	}
	return worst;
}

static int explore_all(unsigned int jobs)
{
	double start = seconds();
	pid_t pids[64];
	unsigned int n;
	int status;

	work = mmap(NULL, sizeof(*work), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work == MAP_FAILED) {
		perror("explore: mmap");
		return 2;
	}
	for (n = 0; n < jobs; n++)
		pids[n] = start_job();
	status = wait_for_jobs(pids, jobs);
	if (work->failed)
		return 1;
	if (status)
		return 2;
	printf("ok explore: %llu configurations, %llu states, %llu steps",
	       (unsigned long long)work->totals.configs,
	       (unsigned long long)work->totals.states,
	       (unsigned long long)work->totals.steps);
	printf(", %u deep at most, %.1f s\n", work->totals.deepest,
	       seconds() - start);
	if (count_settled)
		printf("settled: %llu worlds, %llx\n",
		       (unsigned long long)work->totals.settled,
		       (unsigned long long)work->totals.settled_sum);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: explore [-j JOBS] [--plain] [--settled] CALLERS [INCIDENT...]\n"
		"       explore --replay FILE\n"
		"incidents: kill refusal change close revocation try all another\n");
	return 2;
}

static bool read_incident(const char *word, unsigned int *left)
{
	static const char *const words[] = { "kill", "refusal", "change",
					     "close", "another",
					     "revocation" };
	bool all = !strcmp(word, "all"), known = all || !strcmp(word, "try");
	unsigned int n;

	with_try |= known;
	for (n = 0; n < INCIDENTS; n++)
		if (!strcmp(word, words[n]) ||
		    (all && 1u << n != ANOTHER_REFUSAL)) {
			*left |= 1u << n;
			known = true;
		}
	return known;
}

int main(int argc, char **argv)
{
	long jobs = sysconf(_SC_NPROCESSORS_ONLN);
	struct config start = { 0 };
	unsigned int most, callers;

	if (argc == 3 && !strcmp(argv[1], "--replay"))
		return replay(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "-j")) {
		jobs = atol(argv[2]);
		argv += 2;
		argc -= 2;
	}
	for (; argc > 1 && argv[1][0] == '-'; argv++, argc--) {
		plain |= !strcmp(argv[1], "--plain");
		count_settled |= !strcmp(argv[1], "--settled");
	}
	if (argc < 2)
		return usage();
	most = atoi(argv[1]);
	for (argv += 2; *argv; argv++)
		if (!read_incident(*argv, &start.left))
			return usage();
	if (!most || most > CALLERS || jobs < 1 ||
	    __builtin_popcount(start.left) > MOST_INCIDENTS)
		return usage();
	search_init(start.left);
	for (callers = 1; callers <= most; callers++)
		add_mixes(&start, 0, callers);
	return explore_all(min(jobs, 64L));
}
