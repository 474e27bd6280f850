// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: bench-queue [--test]
 *
 * What the call queue costs, as ratios within one run, so that they mean the
 * same on any machine:
 *
 *   alone   enter and leave with nobody waiting, to one lock and unlock that
 *	     nobody contends for
 *   kept    the same while a thread each is kept for KERNEL and SYSTEM
 *   crowd   a leave that hands its slot to one of n waiters, each of another
 *	     client, to the same with 10 waiters; n is 100, 1000, 10000
 *
 * The lock is the queue's own, and both sides are timed in turns: a figure is
 * the median of the ratios of neighbours, which a processor that slows down or
 * is taken away does not move. With --test each figure has a limit. As noise
 * may still stand on one side only (who else is on the core slows code more than
 * it does a lock), one that is over it is measured again some time later, and the
 * lowest counts: what the code costs is in all of them.
 *
 * Callers of the crowd are contexts of one thread, so that a leave is timed
 * without what the scheduler does: it sets the event, and that is all. Another
 * thread sleeps all along, as glibc's lock is none in a program that has only
 * one. Build with -O2, without sanitizers and lockdep.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "cq_prim.h"
#include "call_queue.h"

#define ROUNDS		101
#define BATCH		10000
#define LEAVES		300
#define STACK_BYTES	(16 * 1024)
#define TRIES		20
#define PAUSE_US	500000

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return values[n / 2];
}

static cq_time_t time_locks(struct optee_cq *cq)
{
	cq_time_t start = cq_now();
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		cq_lock(&cq->lock);
		cq_unlock(&cq->lock);
	}
	return cq_now() - start;
}

static cq_time_t time_calls(struct optee_cq *cq, struct optee_cq_client *client)
{
	cq_time_t start = cq_now();
	struct optee_cq_call call;
	unsigned int i;

	optee_cq_call_init(&call, client, OPTEE_CQ_USER, 0, &call);
	for (i = 0; i < BATCH; i++) {
		if (optee_cq_enter(cq, &call, CQ_FOREVER))
			abort();
		optee_cq_leave(cq, &call);
	}
	return cq_now() - start;
}

/* @kept: threads for KERNEL and for SYSTEM */
static double alone(unsigned int kept)
{
	struct optee_cq_client client;
	double ratios[ROUNDS];
	struct optee_cq cq;
	cq_time_t locks;
	unsigned int i;

	if (optee_cq_init(&cq, 4) ||
	    optee_cq_set_policy(&cq, OPTEE_CQ_KERNEL, kept) ||
	    optee_cq_set_policy(&cq, OPTEE_CQ_SYSTEM, kept))
		abort();
	optee_cq_client_init(&client);
	for (i = 0; i < ROUNDS; i++) {
		locks = time_locks(&cq);
		ratios[i] = (double)time_calls(&cq, &client) / locks;
	}
	optee_cq_destroy(&cq);
	return median(ratios, ROUNDS);
}

/**
 * struct seat - a caller of the crowd
 * @call: its call
 * @client: it alone
 * @context: where it sleeps, or stands with a slot
 * @stack: of @context
 */
struct seat {
	struct optee_cq_call call;
	struct optee_cq_client client;
	ucontext_t context;
	char stack[STACK_BYTES] __attribute__((aligned(16)));
};

/**
 * struct crowd - callers that want the one slot
 * @cq: the queue
 * @n: how many wait
 * @seats: theirs and the holder's
 * @holder: who has the slot
 */
struct crowd {
	struct optee_cq cq;
	unsigned int n;
	struct seat *seats;
	struct seat *holder;
};

/* The context that times, the crowd and the seat whose context runs */
static ucontext_t main_context;
static struct crowd *crowd;
static struct seat *running;
/* Whose event was set last */
static struct seat *chosen;

/* What the queue stands on, for callers that are contexts of one thread */
__thread struct cq_host_task *cq_host_current;

struct cq_host_task *cq_host_adopt(void)
{
	static struct cq_host_task task;

	cq_host_current = &task;
	return &task;
}

void cq_host_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

cq_time_t cq_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (cq_time_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void cq_event_set(struct cq_event *ev)
{
	ev->set = true;
	chosen = container_of(ev, struct seat, call.event);
}

bool cq_event_killed(const struct cq_event *ev)
{
	(void)ev;
	return false;
}

bool cq_event_frozen(const struct cq_event *ev)
{
	(void)ev;
	return false;
}

static void back_to_main(struct seat *seat)
{
	swapcontext(&seat->context, &main_context);
}

int cq_event_wait(struct cq_event *ev, cq_time_t until)
{
	(void)until;
	while (!ev->set)
		back_to_main(running);
	ev->set = false;
	return 0;
}

static void caller(void)
{
	struct seat *seat = running;

	for (;;) {
		optee_cq_call_init(&seat->call, &seat->client, OPTEE_CQ_USER,
				   0, seat);
		if (optee_cq_enter(&crowd->cq, &seat->call, CQ_FOREVER))
			abort();
		back_to_main(seat);
	}
}

/* Until it sleeps or has the slot */
static void run(struct seat *seat)
{
	running = seat;
	swapcontext(&main_context, &seat->context);
}

static void sit_down(struct seat *seat)
{
	optee_cq_client_init(&seat->client);
	getcontext(&seat->context);
	seat->context.uc_stack.ss_sp = seat->stack;
	seat->context.uc_stack.ss_size = sizeof(seat->stack);
	makecontext(&seat->context, caller, 0);
	run(seat);
}

/* The holder leaves, the chosen one becomes the holder, the old one waits */
static cq_time_t time_leave(void)
{
	struct seat *left = crowd->holder;
	cq_time_t start = cq_now(), took;

	optee_cq_leave(&crowd->cq, &left->call);
	took = cq_now() - start;
	crowd->holder = chosen;
	run(crowd->holder);
	run(left);
	if (crowd->cq.waiting != crowd->n)
		abort();
	return took;
}

static cq_time_t time_leaves(struct crowd *of)
{
	cq_time_t took = 0;
	unsigned int i;

	crowd = of;
	for (i = 0; i < LEAVES; i++)
		took += time_leave();
	return took;
}

static void gather(struct crowd *to, unsigned int n)
{
	unsigned int i;

	crowd = to;
	crowd->n = n;
	crowd->seats = calloc(n + 1, sizeof(*crowd->seats));
	if (!crowd->seats || optee_cq_init(&crowd->cq, 1))
		abort();
	for (i = 0; i <= n; i++)
		sit_down(&crowd->seats[i]);
	crowd->holder = crowd->seats;
}

/* The contexts end here: nobody looks at the queue any more */
static void disband(struct crowd *c)
{
	cq_free(c->cq.slots);
	cq_free(c->cq.free_slots);
	free(c->seats);
}

static double leave_with(unsigned int n)
{
	struct crowd few, many;
	double ratios[ROUNDS];
	cq_time_t base;
	unsigned int i;

	gather(&few, 10);
	gather(&many, n);
	for (i = 0; i < ROUNDS; i++) {
		base = time_leaves(&few);
		ratios[i] = (double)time_leaves(&many) / base;
	}
	disband(&few);
	disband(&many);
	return median(ratios, ROUNDS);
}

/**
 * struct figure - what is measured
 * @measure: how
 * @arg: for that
 * @limit: it may come to at most
 * @name: of the figure
 */
static const struct figure {
	double (*measure)(unsigned int arg);
	unsigned int arg;
	double limit;
	const char *name;
} figures[] = {
	{ alone, 0, 4.0, "alone: enter and leave / lock and unlock" },
	{ alone, 1, 4.0, "kept: the same, with threads kept for others" },
	{ leave_with, 100, 1.5, "crowd: leave with 100 waiters / with 10" },
	{ leave_with, 1000, 1.5, "crowd: leave with 1000 waiters / with 10" },
	{ leave_with, 10000, 1.5, "crowd: leave with 10000 waiters / with 10" },
};

/* Return: whether it kept its limit */
static bool test(const struct figure *f)
{
	double least = f->measure(f->arg);
	unsigned int tries;

	for (tries = 1; least > f->limit && tries < TRIES; tries++) {
		usleep(PAUSE_US);
		least = min(least, f->measure(f->arg));
	}
	printf("%s bench %s: %.2f, at most %.1f, after %u of %u tries\n",
	       least > f->limit ? "not ok" : "ok", f->name, least, f->limit,
	       tries, TRIES);
	fflush(stdout);
	return least <= f->limit;
}

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	bool failed = false;
	pthread_t other;
	unsigned int i;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--test"))) {
		fprintf(stderr, "usage: bench-queue [--test]\n");
		return 2;
	}
	if (pthread_create(&other, NULL, sleeper, NULL))
		abort();
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (argc == 2)
			failed |= !test(&figures[i]);
		else
			printf("%s: %.2f\n", figures[i].name,
			       figures[i].measure(figures[i].arg));
	}
	return failed;
}
