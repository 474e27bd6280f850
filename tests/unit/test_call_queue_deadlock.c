// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 7: a definite deadlock ends with an error for the
 * innermost nested call, and what is none is left alone.
 */
#include "queue.h"

/* Nothing is kept for anybody, unless a test says so */
static struct q *queue(unsigned int threads)
{
	struct q *q = q_new(threads);

	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 0), 0);
	return q;
}

static bool was_ended(struct q_caller *c)
{
	return !q_waits(c) && !q_holds(c) && q_result(c) == -EDEADLK;
}

/* One thread, and the call in it waits for another: stock hangs */
static void one_thread_that_needs_another_ends(void **state)
{
	struct q *q = queue(1);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *next = q_ask(q, 1, USER, 0);
	struct q_caller *nested = q_nested_in(user);

	(void)state;
	assert_true(was_ended(nested));
	assert_int_equal(q->cq.deadlocks, 1);
	assert_true(q_holds(user) && q_waits(next));
	q_serve(user, NULL);
	q_done(user);
	assert_true(q_holds(next));
	q_end(q);
}

/* Both threads' calls wait for a third: one of the two ends, the other goes on */
static void two_threads_that_both_need_another(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *for_b;

	(void)state;
	assert_true(q_waits(for_a));
	for_b = q_nested_in(b);
	assert_true(was_ended(for_b));
	assert_true(q_waits(for_a));
	assert_int_equal(q->cq.deadlocks, 1);
	q_serve(b, NULL);
	q_done(b);
	assert_true(q_holds(for_a));
	q_end(q);
}

static void chain_through_all_threads_ends_at_its_inner_end(void **state)
{
	struct q *q = queue(2);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *one = q_nested_in(user), *two;

	(void)state;
	assert_true(q_holds(one));
	two = q_nested_in(one);
	assert_true(was_ended(two));
	assert_true(q_holds(one) && q_holds(user));
	q_end(q);
}

/* Not the one that completed it */
static void innermost_ends_not_the_last(void **state)
{
	struct q *q = queue(3);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *one = q_nested_in(a), *two, *last;

	(void)state;
	assert_true(q_holds(one));
	two = q_nested_in(one);
	assert_true(q_waits(two));
	last = q_nested_in(b);
	assert_true(was_ended(two));
	assert_true(q_waits(last));
	q_end(q);
}

static void holder_that_may_leave_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *nested = q_nested_in(a);

	(void)state;
	/* In an RPC, but whoever serves it is not in the queue */
	q_serve(b, q_idle(q));
	assert_true(q_waits(nested));
	q_serve(b, NULL);
	q_done(b);
	assert_true(q_holds(nested));
	assert_int_equal(q->cq.deadlocks, 0);
	q_end(q);
}

/* One that was let in is not awake yet, and is not blocked by anybody */
static void granted_call_that_has_not_run_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *waiter;

	(void)state;
	cq_host_stop(&for_a->task);
	q_done(b);
	waiter = q_ask(q, 3, USER, 0);
	assert_true(q_waits(waiter));
	assert_int_equal(q->cq.deadlocks, 0);
	cq_host_cont(&for_a->task);
	q_settle(q);
	assert_true(q_holds(for_a));
	q_end(q);
}

/* A thread is free, and kept for a depth that nobody can reach any more */
static void kept_thread_that_nobody_can_use(void **state)
{
	struct q *q = queue(3);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a, *for_b;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 2), 0);
	q->overfull = true;
	for_a = q_nested_in(a);
	assert_true(q_waits(for_a));
	for_b = q_nested_in(b);
	assert_true(was_ended(for_b));
	assert_true(q_waits(for_a));
	q_end(q);
}

static void policy_that_ends_every_way_ends_a_call(void **state)
{
	struct q *q = queue(3);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *c = q_ask(q, 2, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *for_b = q_nested_in(b);

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 2), 0);
	q->overfull = true;
	assert_true(q_waits(for_a) && q_waits(for_b));
	/* The thread that comes free now is kept for a deeper call */
	q_done(c);
	assert_true(was_ended(for_b));
	assert_true(q_waits(for_a));
	q_end(q);
}

static void revoked_request_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *for_b;

	(void)state;
	/* The caller is being killed: it does not wait for the answer */
	q_serve(a, NULL);
	for_b = q_nested_in(b);
	assert_true(q_waits(for_a) && q_waits(for_b));
	assert_int_equal(q->cq.deadlocks, 0);
	q_done(a);
	assert_true(q_holds(for_a));
	q_end(q);
}

static void dying_nested_call_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *for_b;

	(void)state;
	cq_host_stop(&for_a->task);
	q_kill(for_a);
	for_b = q_nested_in(b);
	assert_true(q_waits(for_b));
	assert_int_equal(q->cq.deadlocks, 0);
	cq_host_cont(&for_a->task);
	q_settle(q);
	assert_int_equal(q_result(for_a), -EINTR);
	assert_true(q_waits(for_b));
	assert_int_equal(q->cq.deadlocks, 0);
	q_end(q);
}

/* It will give its RPC up, and leave */
static void dying_holder_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a), *for_b;

	(void)state;
	q_kill(a);
	for_b = q_nested_in(b);
	assert_true(q_waits(for_a) && q_waits(for_b));
	q_serve(a, NULL);
	q_done(a);
	assert_true(q_holds(for_a));
	assert_int_equal(q->cq.deadlocks, 0);
	q_end(q);
}

static void nested_call_that_gives_up_by_itself_is_no_deadlock(void **state)
{
	struct q *q = queue(1);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *nested = q_idle(q);

	(void)state;
	q_serve(a, nested);
	q_ask_by_until(nested, 10, USER, 0, Q_START + 5 * CQ_MS);
	assert_true(q_waits(nested));
	q_clock(q, Q_START + 5 * CQ_MS);
	assert_int_equal(q_result(nested), -ETIMEDOUT);
	assert_int_equal(q->cq.deadlocks, 0);
	q_end(q);
}

/* A thread is missing; it may come back, so one more try is made */
static void missing_thread_is_tried_for_first(void **state)
{
	struct q *q = queue(2);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *nested = q_nested_in(user);

	(void)state;
	assert_true(q_holds(nested));
	q_refuse(nested);
	assert_true(q_waits(nested));
	q_clock(q, cq_now() + OPTEE_CQ_PAUSE_MIN_MS * CQ_MS);
	assert_true(q_holds(nested));
	q_refuse(nested);
	assert_true(was_ended(nested));
	assert_int_equal(q->cq.deadlocks, 1);
	q_end(q);
}

static void missing_thread_that_comes_back_is_no_deadlock(void **state)
{
	struct q *q = queue(2);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *nested = q_nested_in(user);

	(void)state;
	q_refuse(nested);
	q_clock(q, cq_now() + OPTEE_CQ_PAUSE_MIN_MS * CQ_MS);
	assert_true(q_holds(nested));
	q_done(nested);
	assert_int_equal(q->cq.deadlocks, 0);
	q_end(q);
}

/* Each is found and ended on its own, and only once */
static void second_deadlock_is_another(void **state)
{
	struct q *q = queue(1);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *nested = q_nested_in(user);

	(void)state;
	assert_true(was_ended(nested));
	q_ask_by(nested, 10, USER, 0);
	assert_true(was_ended(nested));
	assert_int_equal(q->cq.deadlocks, 2);
	q_serve(user, NULL);
	q_done(user);
	q_ask_by(nested, 10, USER, 0);
	assert_true(q_holds(nested));
	q_end(q);
}

static void closing_ends_nested_calls_as_others(void **state)
{
	struct q *q = queue(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *for_a = q_nested_in(a);

	(void)state;
	assert_true(q_waits(for_a));
	optee_cq_close(&q->cq, OPTEE_CQ_CLASSES);
	q_settle(q);
	assert_int_equal(q_result(for_a), -ESHUTDOWN);
	assert_int_equal(q->cq.blocked, 0);
	assert_true(q_holds(b));
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_thread_that_needs_another_ends),
		cmocka_unit_test(two_threads_that_both_need_another),
		cmocka_unit_test(chain_through_all_threads_ends_at_its_inner_end),
		cmocka_unit_test(innermost_ends_not_the_last),
		cmocka_unit_test(holder_that_may_leave_is_no_deadlock),
		cmocka_unit_test(granted_call_that_has_not_run_is_no_deadlock),
		cmocka_unit_test(kept_thread_that_nobody_can_use),
		cmocka_unit_test(policy_that_ends_every_way_ends_a_call),
		cmocka_unit_test(revoked_request_is_no_deadlock),
		cmocka_unit_test(dying_nested_call_is_no_deadlock),
		cmocka_unit_test(dying_holder_is_no_deadlock),
		cmocka_unit_test(nested_call_that_gives_up_by_itself_is_no_deadlock),
		cmocka_unit_test(missing_thread_is_tried_for_first),
		cmocka_unit_test(missing_thread_that_comes_back_is_no_deadlock),
		cmocka_unit_test(second_deadlock_is_another),
		cmocka_unit_test(closing_ends_nested_calls_as_others),
	};

	return cmocka_run_group_tests_name("call_queue_deadlock", tests, NULL,
					   NULL);
}
