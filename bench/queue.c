// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the call queue costs, as ratios within one run, so that they mean the
 * same on any machine:
 *
 *   alone   enter and leave with nobody waiting, to one lock and unlock that
 *	     nobody contends for
 *   crowd   a leave that hands its slot to one of n waiters, each of another
 *	     client, to the same with 10 waiters
 *
 * Callers of the crowd are contexts of one thread, so that a leave is timed
 * without what the scheduler does: it sets the event, and that is all. Each
 * figure is a median; build with -O2 and no sanitizer.
 */
#include <stdio.h>
#include <time.h>
#include <ucontext.h>

#include "cq_prim.h"
#include "call_queue.h"

#define ROUNDS		101
#define BATCH		10000
#define LEAVES		30001
#define STACK_BYTES	(16 * 1024)

static int by_value(const void *a, const void *b)
{
	const cq_time_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static cq_time_t median(cq_time_t *values, size_t n)
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

	for (i = 0; i < BATCH; i++) {
		optee_cq_call_init(&call, client, OPTEE_CQ_USER, 0, &call);
		if (optee_cq_enter(cq, &call, CQ_FOREVER))
			abort();
		optee_cq_leave(cq, &call);
	}
	return cq_now() - start;
}

static double alone(void)
{
	cq_time_t locks[ROUNDS], calls[ROUNDS];
	struct optee_cq_client client;
	struct optee_cq cq;
	unsigned int i;

	if (optee_cq_init(&cq, 4))
		abort();
	optee_cq_client_init(&client);
	for (i = 0; i < ROUNDS; i++) {
		locks[i] = time_locks(&cq);
		calls[i] = time_calls(&cq, &client);
	}
	optee_cq_destroy(&cq);
	return (double)median(calls, ROUNDS) / median(locks, ROUNDS);
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
 * @main: the context that times
 * @running: whose context runs, if not @main
 * @chosen: whose event was set last
 */
static struct crowd {
	struct optee_cq cq;
	ucontext_t main;
	struct seat *running;
	struct seat *chosen;
} crowd;

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
	crowd.chosen = container_of(ev, struct seat, call.event);
}

bool cq_event_killed(const struct cq_event *ev)
{
	(void)ev;
	return false;
}

static void back_to_main(struct seat *seat)
{
	swapcontext(&seat->context, &crowd.main);
}

int cq_event_wait(struct cq_event *ev, cq_time_t until)
{
	(void)until;
	while (!ev->set)
		back_to_main(crowd.running);
	ev->set = false;
	return 0;
}

static void caller(void)
{
	struct seat *seat = crowd.running;

	for (;;) {
		optee_cq_call_init(&seat->call, &seat->client, OPTEE_CQ_USER,
				   0, seat);
		if (optee_cq_enter(&crowd.cq, &seat->call, CQ_FOREVER))
			abort();
		back_to_main(seat);
	}
}

/* Until it sleeps or has the slot */
static void run(struct seat *seat)
{
	crowd.running = seat;
	swapcontext(&crowd.main, &seat->context);
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
static cq_time_t time_leave(struct seat **holder)
{
	struct seat *left = *holder;
	cq_time_t start = cq_now(), took;

	optee_cq_leave(&crowd.cq, &left->call);
	took = cq_now() - start;
	*holder = crowd.chosen;
	run(*holder);
	run(left);
	return took;
}

static cq_time_t leave_with(unsigned int n)
{
	struct seat *seats = calloc(n + 1, sizeof(*seats));
	struct seat *holder = seats;
	cq_time_t times[LEAVES];
	unsigned int i;

	if (!seats || optee_cq_init(&crowd.cq, 1))
		abort();
	for (i = 0; i <= n; i++)
		sit_down(&seats[i]);
	for (i = 0; i < LEAVES; i++) {
		times[i] = time_leave(&holder);
		if (crowd.cq.waiting != n)
			abort();
	}
	/* The contexts end here: nobody looks at the queue any more */
	cq_free(crowd.cq.slots);
	cq_free(crowd.cq.free_slots);
	free(seats);
	return median(times, LEAVES);
}

int main(void)
{
	static const unsigned int crowds[] = { 10, 100, 1000, 10000 };
	cq_time_t ten = 0, took;
	unsigned int i;

	printf("alone: enter and leave / lock and unlock: %.1f\n", alone());
	for (i = 0; i < ARRAY_SIZE(crowds); i++) {
		took = leave_with(crowds[i]);
		if (!i)
			ten = took;
		printf("crowd: leave with %u waiters / with 10: %.2f\n",
		       crowds[i], (double)took / ten);
	}
	return 0;
}
