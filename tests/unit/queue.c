// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call queue with callers, for its tests.
 *
 * Locking: orders go from the test to a caller and back by release and acquire
 * of struct q_caller.order; what a caller's call is in the middle of an order
 * is looked at under the queue's lock.
 */
#include <string.h>
#include <unistd.h>

#include "../queue/table.h"
#include "queue.h"

/* A test that waits longer than this for something to settle has failed */
#define PATIENCE_MS	5000

static enum q_order order_of(struct q_caller *c)
{
	return __atomic_load_n(&c->order, __ATOMIC_ACQUIRE);
}

static void give_order(struct q_caller *c, enum q_order order)
{
	__atomic_store_n(&c->order, order, __ATOMIC_RELEASE);
}

static void obey(struct q_caller *c, enum q_order order)
{
	struct optee_cq *cq = &c->q->cq;

	if (order == Q_ENTER)
		c->rc = optee_cq_enter(cq, &c->call, c->deadline);
	else if (order == Q_REFUSED)
		c->rc = optee_cq_refused(cq, &c->call, c->deadline);
}

static void *caller_main(void *arg)
{
	struct q_caller *c = arg;
	enum q_order order;

	cq_host_attach(&c->task);
	give_order(c, Q_NONE);
	while ((order = order_of(c)) != Q_QUIT) {
		if (order == Q_NONE) {
			usleep(20);
			continue;
		}
		obey(c, order);
		give_order(c, Q_NONE);
	}
	cq_host_detach();
	return NULL;
}

static bool quiet(struct q_caller *c)
{
	return order_of(c) == Q_NONE || cq_host_asleep(&c->task) ||
	       cq_host_stopped(&c->task);
}

/* One that was quiet when looked at may have been woken by one that was not */
static bool all_quiet(struct q *q)
{
	unsigned int wakes = cq_host_wakes();
	unsigned int i;

	for (i = 0; i < q->n; i++)
		if (!quiet(q->callers[i]))
			return false;
	return wakes == cq_host_wakes();
}

static void patience(unsigned int round)
{
	if (round < 20)
		sched_yield();
	else
		usleep(50);
	if (round == PATIENCE_MS * 10)
		fail_msg("a caller is neither done nor asleep");
}

void q_settle(struct q *q)
{
	unsigned int round = 0;

	while (!all_quiet(q))
		patience(round++);
}

static enum optee_cq_state state_of(struct q_caller *c)
{
	enum optee_cq_state state;

	cq_lock(&c->q->cq.lock);
	state = c->call.state;
	cq_unlock(&c->q->cq.lock);
	return state;
}

bool q_waits(struct q_caller *c)
{
	return state_of(c) == OPTEE_CQ_WAITING;
}

bool q_holds(struct q_caller *c)
{
	return state_of(c) == OPTEE_CQ_HOLDING;
}

unsigned int q_below(const struct optee_cq *cq, unsigned int level)
{
	unsigned int below = 0;

	do
		below += cq->levels[level].inside;
	while (level--);
	return below;
}

static unsigned int kept(struct optee_cq *cq, enum optee_cq_class class,
			 unsigned int spare)
{
	return kept_by(cq->policy[class], cq->clients[class] ||
		       (class == SYSTEM && cq->nests), spare);
}

/* By the table, from what the queue was told */
static void check_limits(struct optee_cq *cq)
{
	unsigned int top = cq->ceiling, level;
	unsigned int spare = cq->tracked && top ? top - 1 : 0;
	unsigned int rs = kept(cq, SYSTEM, spare);
	unsigned int rk = kept(cq, KERNEL, spare - rs);

	assert_in_range(top, 0, cq->threads);
	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		assert_int_equal(cq->levels[level].limit,
				 limit_of(top, rk, rs, level));
}

/* Each limit is what the call on top of it says: of that level and below */
static void check_inside(struct q *q)
{
	struct optee_cq *cq = &q->cq;
	unsigned int below[OPTEE_CQ_LEVELS] = { 0 };
	unsigned int inside = 0, level, slot;

	for (slot = 0; slot < cq->threads; slot++) {
		struct optee_cq_call *call = cq->slots[slot];

		if (!call)
			continue;
		inside++;
		assert_int_equal(call->slot, slot);
		assert_int_equal(call->state, OPTEE_CQ_HOLDING);
		for (level = call->level; level < OPTEE_CQ_LEVELS; level++)
			below[level]++;
	}
	assert_int_equal(cq->inside, inside);
	for (level = 0; level < OPTEE_CQ_LEVELS; level++) {
		assert_int_equal(q_below(cq, level), below[level]);
		if (level < cq->limited)
			assert_int_equal(cq->levels[level].below,
					 below[level]);
		if (!q->overfull)
			assert_true(below[level] <= cq->levels[level].limit);
	}
}

static void check_free(struct optee_cq *cq)
{
	unsigned int i, j;

	for (i = 0; i < cq->threads - cq->inside; i++) {
		assert_in_range(cq->free_slots[i], 0, cq->threads - 1);
		assert_null(cq->slots[cq->free_slots[i]]);
		for (j = 0; j < i; j++)
			assert_int_not_equal(cq->free_slots[i],
					     cq->free_slots[j]);
	}
}

static bool may_enter(struct optee_cq *cq, unsigned int level)
{
	for (; level < OPTEE_CQ_LEVELS; level++)
		if (q_below(cq, level) + 1 > cq->levels[level].limit)
			return false;
	return true;
}

static void check_waiters(struct optee_cq *cq)
{
	struct optee_cq_call *call;
	unsigned int waiting = 0;

	list_for_each_entry(call, &cq->waiters, wait_node) {
		waiting++;
		assert_int_equal(call->state, OPTEE_CQ_WAITING);
		assert_int_equal(call->slot, -1);
		assert_true(call->class >= cq->closed);
		assert_false(may_enter(cq, call->level));
		assert_false(list_empty(&cq->levels[call->level].turns));
	}
	assert_int_equal(cq->waiting, waiting);
}

/* A holder is blocked by one call that is in the queue, and no other */
static void check_nested(struct optee_cq *cq)
{
	struct optee_cq_call *outer;
	unsigned int blocked = 0;

	list_for_each_entry(outer, &cq->served, served_node) {
		assert_int_equal(outer->state, OPTEE_CQ_HOLDING);
		assert_non_null(outer->server);
		if (!outer->inner)
			continue;
		blocked++;
		assert_int_not_equal(outer->inner->state, OPTEE_CQ_IDLE);
		assert_true(outer->inner->depth > outer->depth);
		assert_true(outer->inner->class >= SYSTEM);
	}
	assert_int_equal(cq->blocked, blocked);
	assert_true(!blocked || cq->nests);
}

/*
 * What holds at any time: the books are right, no limit is broken, and no
 * waiter sleeps that may enter.
 */
void q_check(struct q *q)
{
	cq_lock(&q->cq.lock);
	check_limits(&q->cq);
	check_inside(q);
	check_free(&q->cq);
	check_waiters(&q->cq);
	check_nested(&q->cq);
	cq_unlock(&q->cq.lock);
	assert_int_equal(cq_host_failures(), q->failures);
}

struct q *q_new(unsigned int threads)
{
	struct q *q = calloc(1, sizeof(*q));
	unsigned int i;

	assert_non_null(q);
	q->failures = cq_host_failures();
	cq_host_set_clock(Q_START);
	assert_int_equal(optee_cq_init(&q->cq, threads), 0);
	for (i = 0; i < Q_CLIENTS; i++)
		optee_cq_client_init(&q->clients[i]);
	q_check(q);
	return q;
}

struct q_caller *q_idle(struct q *q)
{
	struct q_caller *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	assert_in_range(q->n, 0, Q_CALLERS - 1);
	c->q = q;
	c->key = c;
	c->order = Q_ENTER;	/* until it waits for orders */
	assert_int_equal(pthread_create(&c->thread, NULL, caller_main, c), 0);
	while (order_of(c) != Q_NONE)
		sched_yield();
	q->callers[q->n++] = c;
	return c;
}

/*
 * Everybody leaves, then nothing may be left. A test that failed is not
 * tidied up: its memory and its threads end with the process.
 */
void q_end(struct q *q)
{
	unsigned int i;

	for (i = 0; i < q->n; i++)
		if (q_waits(q->callers[i]))
			q_kill(q->callers[i]);
	for (i = 0; i < q->n; i++) {
		struct q_caller *c = q->callers[i];

		cq_host_cont(&c->task);
		q_settle(q);
		if (q_holds(c))
			q_leave(q, &c->call);
		give_order(c, Q_QUIT);
		pthread_join(c->thread, NULL);
		c->order = Q_NONE;
	}
	assert_int_equal(q->cq.inside, 0);
	assert_int_equal(q->cq.waiting, 0);
	assert_true(list_empty(&q->cq.waiters));
	for (i = 0; i < OPTEE_CQ_LEVELS; i++)
		assert_true(list_empty(&q->cq.levels[i].turns));
	optee_cq_destroy(&q->cq);
	assert_int_equal(cq_host_failures(), q->failures);
	for (i = 0; i < q->n; i++)
		free(q->callers[i]);
	free(q);
}

void q_hold(struct q *q, struct optee_cq_call *call, unsigned int client,
	    enum optee_cq_class class, unsigned int depth)
{
	optee_cq_call_init(call, &q->clients[client], class, depth,
			   call);
	assert_int_equal(optee_cq_try_enter(&q->cq, call), 0);
	q_check(q);
}

/* Would a call get in? If so it is out again. */
int q_try(struct q *q, enum optee_cq_class class, unsigned int depth)
{
	struct optee_cq_call call;
	int rc;

	optee_cq_call_init(&call, &q->clients[Q_CLIENTS - 1], class, depth,
			   NULL);
	rc = optee_cq_try_enter(&q->cq, &call);
	q_check(q);
	if (!rc)
		q_leave(q, &call);
	return rc;
}

/* Looked at before the next holder had a chance to run, and after */
void q_leave(struct q *q, struct optee_cq_call *call)
{
	optee_cq_leave(&q->cq, call);
	q_check(q);
	q_settle(q);
	q_check(q);
}

static void do_order(struct q_caller *c, enum q_order order,
		     cq_time_t deadline)
{
	assert_int_equal(order_of(c), Q_NONE);
	c->deadline = deadline;
	c->held = false;
	give_order(c, order);
	q_settle(c->q);
	if (order_of(c) == Q_NONE && !c->rc)
		c->held = true;
	q_check(c->q);
}

void q_ask_by_until(struct q_caller *c, unsigned int client,
		    enum optee_cq_class class, unsigned int depth,
		    cq_time_t deadline)
{
	optee_cq_call_init(&c->call, &c->q->clients[client], class, depth,
			   c->key);
	do_order(c, Q_ENTER, deadline);
}

void q_ask_by(struct q_caller *c, unsigned int client,
	      enum optee_cq_class class, unsigned int depth)
{
	q_ask_by_until(c, client, class, depth, CQ_FOREVER);
}

struct q_caller *q_ask_until(struct q *q, unsigned int client,
			     enum optee_cq_class class, unsigned int depth,
			     cq_time_t deadline)
{
	struct q_caller *c = q_idle(q);

	q_ask_by_until(c, client, class, depth, deadline);
	return c;
}

struct q_caller *q_ask(struct q *q, unsigned int client,
		       enum optee_cq_class class, unsigned int depth)
{
	return q_ask_until(q, client, class, depth, CQ_FOREVER);
}

/* The same call once more: whose it is and its class are those it had */
void q_ask_again(struct q_caller *c)
{
	unsigned int level = c->call.level;

	assert_int_equal(c->call.state, OPTEE_CQ_IDLE);
	optee_cq_call_init(&c->call, c->call.client, c->call.class, level - 1,
			   c->key);
	assert_int_equal(c->call.level, level);
	do_order(c, Q_ENTER, CQ_FOREVER);
}

void q_refuse_until(struct q_caller *c, cq_time_t deadline)
{
	assert_true(q_holds(c));
	do_order(c, Q_REFUSED, deadline);
}

void q_refuse(struct q_caller *c)
{
	q_refuse_until(c, CQ_FOREVER);
}

/* A caller that holds a slot leaves, by the test's hand */
void q_done(struct q_caller *c)
{
	q_settle(c->q);
	assert_int_equal(order_of(c), Q_NONE);
	assert_int_equal(c->rc, 0);
	assert_true(q_holds(c));
	c->held = false;
	q_leave(c->q, &c->call);
}

void q_kill(struct q_caller *c)
{
	cq_host_kill(&c->task);
	q_settle(c->q);
	q_check(c->q);
}

void q_clock(struct q *q, cq_time_t now)
{
	cq_host_set_clock(now);
	q_settle(q);
	q_check(q);
}

struct q_caller *q_nested_in(struct q_caller *holder)
{
	struct q_caller *server = q_idle(holder->q);

	q_serve(holder, server);
	q_ask_by(server, Q_CLIENTS - 2, USER, 0);
	return server;
}

int q_result(struct q_caller *c)
{
	assert_int_equal(order_of(c), Q_NONE);
	return c->rc;
}

void q_serve(struct q_caller *holder, struct q_caller *server)
{
	optee_cq_serve(&holder->q->cq, &holder->call,
		       server ? server->key : NULL);
	q_check(holder->q);
}

/* Who holds a slot and did not when this was last asked: one, or NULL */
struct q_caller *q_next(struct q *q)
{
	struct q_caller *next = NULL;
	unsigned int i;

	for (i = 0; i < q->n; i++) {
		struct q_caller *c = q->callers[i];

		if (c->held || !q_holds(c))
			continue;
		assert_null(next);
		next = c;
		c->held = true;
	}
	return next;
}
