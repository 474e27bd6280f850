// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 4: a waiter can go at any time, and leaves nothing
 * behind.
 */
#include "queue.h"

static void d3_killed_waiter_is_gone_at_once(void **state)
{
	struct q *q = q_new(1);
	struct optee_cq_call holder;
	struct q_caller *c;

	(void)state;
	q_hold(q, &holder, 0, USER, 0);
	c = q_ask(q, 1, USER, 0);
	assert_true(q_waits(c));
	q_kill(c);
	assert_int_equal(c->rc, -EINTR);
	assert_int_equal(c->call.state, OPTEE_CQ_IDLE);
	assert_int_equal(q->cq.waiting, 0);
	assert_true(list_empty(&q->cq.levels[0].turns));
	assert_true(list_empty(&q->clients[1].turns[0].calls));
	q_leave(q, &holder);
	assert_int_equal(q_try(q, USER, 0), 0);
	q_end(q);
}

static void d3_killed_waiter_leaves_order_of_others(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 9, USER, 0);
	struct q_caller *a[3], *b, *c;

	(void)state;
	a[0] = q_ask(q, 1, USER, 0);
	a[1] = q_ask(q, 1, USER, 0);
	a[2] = q_ask(q, 1, USER, 0);
	b = q_ask(q, 2, USER, 0);
	c = q_ask(q, 3, USER, 0);
	q_kill(a[1]);
	q_kill(b);
	q_done(holder);
	assert_true(q_holds(a[0]));
	q_done(a[0]);
	assert_true(q_holds(c));
	q_done(c);
	assert_true(q_holds(a[2]));
	q_end(q);
}

/* Killed first, and chosen before it could say so */
static void slot_of_a_dying_waiter_goes_to_the_next(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *dying = q_ask(q, 1, SYSTEM, 1);
	struct q_caller *next = q_ask(q, 2, USER, 0);

	(void)state;
	cq_host_stop(&dying->task);
	q_kill(dying);
	assert_true(cq_host_stopped(&dying->task));
	q_done(holder);
	assert_true(q_holds(dying) && q_waits(next));
	cq_host_cont(&dying->task);
	q_settle(q);
	assert_int_equal(dying->rc, -EINTR);
	assert_false(q_holds(dying));
	assert_true(q_holds(next));
	q_end(q);
}

static void slot_of_a_dying_waiter_is_free_again(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *dying = q_ask(q, 1, USER, 0);

	(void)state;
	cq_host_stop(&dying->task);
	q_kill(dying);
	q_done(holder);
	cq_host_cont(&dying->task);
	q_settle(q);
	assert_int_equal(dying->rc, -EINTR);
	assert_int_equal(q->cq.inside, 0);
	assert_int_equal(q_try(q, USER, 0), 0);
	q_end(q);
}

static void wait_ends_at_the_deadline_and_not_before(void **state)
{
	struct q *q = q_new(1);
	struct optee_cq_call holder;
	struct q_caller *c;

	(void)state;
	q_hold(q, &holder, 0, USER, 0);
	c = q_ask_until(q, 1, USER, 0, Q_START + 5 * CQ_MS);
	q_clock(q, Q_START + 5 * CQ_MS - 1);
	assert_true(q_waits(c));
	q_clock(q, Q_START + 5 * CQ_MS);
	assert_int_equal(c->rc, -ETIMEDOUT);
	assert_int_equal(c->call.state, OPTEE_CQ_IDLE);
	assert_int_equal(q->cq.waiting, 0);
	q_leave(q, &holder);
	q_end(q);
}

static void deadline_of_the_past_does_not_keep_out(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *in = q_ask_until(q, 0, USER, 0, 0);
	struct q_caller *out = q_ask_until(q, 0, USER, 0, 0);

	(void)state;
	assert_int_equal(in->rc, 0);
	assert_true(q_holds(in));
	assert_int_equal(out->rc, -ETIMEDOUT);
	q_end(q);
}

/* It may keep the slot or hand it on; it may not do neither or both */
static void slot_handed_over_at_the_deadline_is_not_lost(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *late = q_ask_until(q, 1, USER, 0, Q_START + CQ_MS);
	struct q_caller *next = q_ask(q, 2, USER, 0);

	(void)state;
	cq_host_stop(&late->task);
	q_clock(q, Q_START + CQ_MS);
	q_done(holder);
	assert_true(q_holds(late));
	cq_host_cont(&late->task);
	q_settle(q);
	q_check(q);
	assert_int_equal(q_holds(late), late->rc == 0);
	assert_int_equal(q_holds(next), late->rc != 0);
	q_end(q);
}

static void close_sends_waiters_and_newcomers_away(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *user = q_ask(q, 1, USER, 0);
	struct q_caller *system = q_ask(q, 2, SYSTEM, 1);
	struct q_caller *unblock = q_ask(q, 3, UNBLOCK, 0);

	(void)state;
	optee_cq_close(&q->cq, UNBLOCK);
	q_settle(q);
	q_check(q);
	assert_int_equal(user->rc, -ESHUTDOWN);
	assert_int_equal(system->rc, -ESHUTDOWN);
	assert_true(q_waits(unblock));
	assert_true(q_holds(holder));
	assert_int_equal(q_try(q, SYSTEM, 1), -ESHUTDOWN);
	assert_int_equal(q_ask(q, 4, KERNEL, 0)->rc, -ESHUTDOWN);
	q_done(holder);
	assert_true(q_holds(unblock));
	q_done(unblock);
	assert_int_equal(q_try(q, UNBLOCK, 0), 0);
	q_end(q);
}

static void close_spares_the_classes_above(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *kernel = q_ask(q, 1, KERNEL, 0);
	struct q_caller *user = q_ask(q, 2, USER, 0);

	(void)state;
	optee_cq_close(&q->cq, KERNEL);
	q_settle(q);
	assert_int_equal(user->rc, -ESHUTDOWN);
	assert_true(q_waits(kernel));
	q_done(holder);
	assert_true(q_holds(kernel));
	q_end(q);
}

static void refused_call_of_a_closed_class_is_sent_away(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *c = q_ask(q, 0, USER, 0);

	(void)state;
	optee_cq_close(&q->cq, UNBLOCK);
	q_refuse(c);
	assert_int_equal(c->rc, -ESHUTDOWN);
	assert_int_equal(q->cq.inside, 0);
	q_end(q);
}

/* With its slot gone nobody is inside any more whose leave would wake them */
static void refused_call_of_a_closed_class_leaves_others_a_prober(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *c = q_ask(q, 0, USER, 0);
	struct q_caller *unblock = q_ask(q, 1, UNBLOCK, 0);

	(void)state;
	optee_cq_close(&q->cq, UNBLOCK);
	q_refuse(c);
	assert_int_equal(c->rc, -ESHUTDOWN);
	assert_true(q_waits(unblock));
	q_clock(q, cq_now() + OPTEE_CQ_PAUSE_MIN_MS * CQ_MS);
	assert_true(q_holds(unblock));
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d3_killed_waiter_is_gone_at_once),
		cmocka_unit_test(d3_killed_waiter_leaves_order_of_others),
		cmocka_unit_test(slot_of_a_dying_waiter_goes_to_the_next),
		cmocka_unit_test(slot_of_a_dying_waiter_is_free_again),
		cmocka_unit_test(wait_ends_at_the_deadline_and_not_before),
		cmocka_unit_test(deadline_of_the_past_does_not_keep_out),
		cmocka_unit_test(slot_handed_over_at_the_deadline_is_not_lost),
		cmocka_unit_test(close_sends_waiters_and_newcomers_away),
		cmocka_unit_test(close_spares_the_classes_above),
		cmocka_unit_test(refused_call_of_a_closed_class_is_sent_away),
		cmocka_unit_test(refused_call_of_a_closed_class_leaves_others_a_prober),
	};

	return cmocka_run_group_tests_name("call queue: going away", tests,
					   NULL, NULL);
}
