/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call queue with callers, for its tests.
 *
 * A caller is a thread that waits for orders. A test gives one order at a time
 * and gets control back when nothing moves any more: each caller sleeps in the
 * queue, stands stopped there, or waits for orders. So tests are deterministic
 * and need no pauses.
 *
 * After each order and each q_leave() what must always hold is looked at; see
 * q_check().
 */
#ifndef TESTS_UNIT_QUEUE_H
#define TESTS_UNIT_QUEUE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "cq_prim.h"
#include "call_queue.h"

#define Q_CALLERS	96
#define Q_CLIENTS	80

/* What the clock says when a queue is made */
#define Q_START		(1000 * CQ_MS)

#define USER		OPTEE_CQ_USER
#define KERNEL		OPTEE_CQ_KERNEL
#define SYSTEM		OPTEE_CQ_SYSTEM
#define UNBLOCK		OPTEE_CQ_UNBLOCK

enum q_order {
	Q_NONE,
	Q_ENTER,
	Q_REFUSED,
	Q_QUIT,
};

/**
 * struct q_caller - a thread that makes calls
 * @q: where
 * @call: its call
 * @task: for cq_host_kill() and the like
 * @thread: itself
 * @order: what to do next; Q_NONE when it is done. The test stores what the
 *	   caller clears
 * @deadline: of the order
 * @key: the task that its calls are made by: itself, unless a test says
 *	 otherwise
 * @rc: what the last order came to; valid when it is done
 * @held: the test knows that it holds a slot, see q_next()
 */
struct q_caller {
	struct q *q;
	struct optee_cq_call call;
	struct cq_host_task task;
	pthread_t thread;
	enum q_order order;
	cq_time_t deadline;
	const void *key;
	int rc;
	bool held;
};

/**
 * struct q - a queue and its callers
 * @cq: under test
 * @clients: as many as a test may want; kernel and user alike
 * @callers: those there are
 * @n: how many
 * @overfull: more may be inside than a limit says, as it fell
 * @failures: cq_host_failures() when it was made
 */
struct q {
	struct optee_cq cq;
	struct optee_cq_client clients[Q_CLIENTS];
	struct q_caller *callers[Q_CALLERS];
	unsigned int n;
	bool overfull;
	unsigned int failures;
};

struct q *q_new(unsigned int threads);
void q_end(struct q *q);

/* A call of @q's client number @client that is in now, made by no thread */
void q_hold(struct q *q, struct optee_cq_call *call, unsigned int client,
	    enum optee_cq_class class, unsigned int depth);
int q_try(struct q *q, enum optee_cq_class class, unsigned int depth);
void q_leave(struct q *q, struct optee_cq_call *call);

/* A caller that has not asked yet */
struct q_caller *q_idle(struct q *q);
void q_ask_by(struct q_caller *c, unsigned int client,
	      enum optee_cq_class class, unsigned int depth);
void q_ask_by_until(struct q_caller *c, unsigned int client,
		    enum optee_cq_class class, unsigned int depth,
		    cq_time_t deadline);
/* What @holder's RPC needs: a call by the caller that serves it from now on */
struct q_caller *q_nested_in(struct q_caller *holder);

/* A caller that has asked for a slot: it has got it or sleeps */
struct q_caller *q_ask(struct q *q, unsigned int client,
		       enum optee_cq_class class, unsigned int depth);
struct q_caller *q_ask_until(struct q *q, unsigned int client,
			     enum optee_cq_class class, unsigned int depth,
			     cq_time_t deadline);
void q_ask_again(struct q_caller *c);
void q_refuse(struct q_caller *c);
void q_refuse_until(struct q_caller *c, cq_time_t deadline);
void q_done(struct q_caller *c);
void q_kill(struct q_caller *c);
void q_clock(struct q *q, cq_time_t now);

bool q_waits(struct q_caller *c);
bool q_holds(struct q_caller *c);
struct q_caller *q_next(struct q *q);
void q_settle(struct q *q);
void q_check(struct q *q);

/* Calls inside, of @level and of those below it */
unsigned int q_below(const struct optee_cq *cq, unsigned int level);

/* By whom @holder's RPC is served, from now on; NULL: by nobody known */
void q_serve(struct q_caller *holder, struct q_caller *server);

/* The last order's result, when it is done */
int q_result(struct q_caller *c);

#endif /* TESTS_UNIT_QUEUE_H */
