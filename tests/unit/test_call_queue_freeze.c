// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 2, while some of its waiters are frozen: no thread
 * stands idle for one, and it has its turn when it is thawed.
 */
#include "queue.h"

static void freeze(struct q_caller *c)
{
	cq_host_freeze(&c->task);
}

static void thaw(struct q_caller *c)
{
	cq_host_thaw(&c->task);
	q_settle(c->q);
}

static bool is_parked(const struct q_caller *c)
{
	return c->call.state == OPTEE_CQ_PARKED;
}

static void frozen_waiter_is_passed_over(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask(q, 1, USER, 0);
	struct q_caller *next = q_ask(q, 2, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	assert_true(q_holds(next));
	thaw(frozen);
	assert_true(q_waits(frozen));
	q_done(next);
	assert_true(q_holds(frozen));
	q_end(q);
}

/* Nobody is inside, and who has to try is frozen: the next one that asks tries */
static void frozen_prober_is_relieved(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *frozen = q_ask(q, 0, USER, 0), *next;

	(void)state;
	q_refuse(frozen);
	assert_ptr_equal(q->cq.prober, &frozen->call);
	freeze(frozen);
	next = q_ask(q, 1, KERNEL, 0);
	assert_ptr_equal(q->cq.prober, &next->call);
	q_clock(q, cq_now() + OPTEE_CQ_PAUSE_MIN_MS * CQ_MS);
	assert_true(q_holds(next));
	q_done(next);
	thaw(frozen);
	assert_true(q_holds(frozen));
	q_end(q);
}

static void frozen_waiter_has_no_entry(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask(q, 1, USER, 0);
	struct q_caller *next = q_ask(q, 2, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	assert_int_equal(next->call.entry, holder->call.entry + 1);
	assert_int_equal(q->cq.entries, next->call.entry);
	thaw(frozen);
	q_end(q);
}

/* A try above the ceiling is due, and its turn comes: the next one tries */
static void parked_waiter_has_tried_nothing(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *frozen, *next, *killed;

	(void)state;
	q_ask(q, 0, USER, 0);
	frozen = q_ask(q, 1, USER, 0);
	q_refuse(frozen);
	next = q_ask(q, 2, USER, 0);
	killed = q_ask(q, 3, USER, 0);
	freeze(frozen);
	q_clock(q, cq_now() + 2 * OPTEE_CQ_PAUSE_MIN_MS * CQ_MS);
	assert_true(q_waits(frozen) && q_waits(next));
	/* Who wakes looks at what is due */
	q_kill(killed);
	assert_true(is_parked(frozen) && q_holds(next));
	assert_true(next->call.probing);
	thaw(frozen);
	q_end(q);
}

/* As a device's suspend callback does, with all of user space frozen */
static void thread_of_frozen_waiters_is_free(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		frozen[i] = q_ask(q, 1 + i, i ? USER : KERNEL, 0);
		freeze(frozen[i]);
	}
	q_done(holder);
	for (i = 0; i < 3; i++)
		assert_true(is_parked(frozen[i]));
	assert_int_equal(q->cq.inside, 0);
	assert_int_equal(q_try(q, KERNEL, 0), 0);
	for (i = 0; i < 3; i++)
		thaw(frozen[i]);
	assert_true(q_holds(frozen[0]));
	assert_int_equal(q->cq.parked, 0);
	q_end(q);
}

/* It had its turn: so it goes before those of its class that came later */
static void thawed_waiter_goes_first(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask(q, 1, USER, 0);
	struct q_caller *a = q_ask(q, 2, USER, 0);
	struct q_caller *b = q_ask(q, 3, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	assert_true(q_holds(a));
	thaw(frozen);
	q_done(a);
	assert_true(q_holds(frozen) && q_waits(b));
	q_end(q);
}

static void frozen_waiter_that_was_not_next_stays(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *next = q_ask(q, 1, USER, 0);
	struct q_caller *frozen = q_ask(q, 2, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	assert_true(q_holds(next) && q_waits(frozen));
	thaw(frozen);
	assert_true(q_waits(frozen));
	q_end(q);
}

static void parked_waiter_can_be_killed(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask(q, 1, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	q_kill(frozen);
	assert_true(is_parked(frozen));
	thaw(frozen);
	assert_int_equal(frozen->rc, -EINTR);
	assert_int_equal(q->cq.parked, 0);
	assert_int_equal(q->cq.inside, 0);
	assert_int_equal(q_try(q, USER, 0), 0);
	q_end(q);
}

static void parked_waiter_keeps_its_deadline(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask_until(q, 1, USER, 0,
					      Q_START + 5 * CQ_MS);
	struct q_caller *next = q_ask(q, 2, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	assert_true(is_parked(frozen) && q_holds(next));
	q_clock(q, Q_START + 6 * CQ_MS);
	assert_true(is_parked(frozen));
	thaw(frozen);
	assert_int_equal(frozen->rc, -ETIMEDOUT);
	q_end(q);
}

static void parked_waiter_of_a_closed_class_goes(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *frozen = q_ask(q, 1, USER, 0);

	(void)state;
	freeze(frozen);
	q_done(holder);
	optee_cq_close(&q->cq, KERNEL);
	thaw(frozen);
	assert_int_equal(frozen->rc, -ESHUTDOWN);
	assert_int_equal(q->cq.waiting, 0);
	q_end(q);
}

/*
 * Two chains want the last thread; the call that may have it is frozen. It will
 * have it: the other one, which is as deep, is not to be ended.
 */
static void no_deadlock_while_one_is_parked(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *a, *b, *other, *frozen, *waiter;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 1), 0);
	a = q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	other = q_ask(q, 2, SYSTEM, 1);
	frozen = q_nested_in(a);
	waiter = q_nested_in(b);
	assert_true(q_waits(frozen) && q_waits(waiter));
	freeze(frozen);
	freeze(waiter);
	q_done(other);
	assert_true(is_parked(frozen) && is_parked(waiter));
	thaw(waiter);
	assert_true(q_holds(waiter));
	thaw(frozen);
	assert_true(q_waits(frozen));
	assert_int_equal(q->cq.deadlocks, 0);
	q_done(waiter);
	assert_true(q_holds(frozen));
	q_end(q);
}

/*
 * Every holder waits for a nested call, and the one that is not frozen may not
 * enter; but the other may, and with it all goes on.
 */
static void no_deadlock_while_a_deeper_one_is_parked(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *a, *system, *deep, *frozen, *waiter;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 2), 0);
	a = q_ask(q, 0, USER, 0);
	system = q_ask(q, 1, SYSTEM, 1);
	deep = q_ask(q, 2, SYSTEM, 2);
	frozen = q_nested_in(system);
	freeze(frozen);
	q_done(deep);
	assert_true(is_parked(frozen));
	waiter = q_nested_in(a);
	assert_true(q_waits(waiter));
	assert_int_equal(q->cq.blocked, q->cq.inside);
	assert_int_equal(q->cq.deadlocks, 0);
	thaw(frozen);
	assert_true(q_holds(frozen));
	q_done(frozen);
	q_done(system);
	assert_true(q_holds(waiter));
	q_end(q);
}

/*
 * A process that stays frozen, as a group of them may for hours, has nobody wait
 * for its call: what cannot move beside it is ended all the same.
 */
/* The innermost cannot go until it is thawed, and its holders with it */
static void deadlock_ends_one_that_can_run(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *a, *b, *one, *frozen, *last;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 0), 0);
	a = q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	one = q_nested_in(a);
	assert_true(q_holds(one));
	frozen = q_nested_in(one);
	freeze(frozen);
	last = q_nested_in(b);
	assert_int_equal(q_result(last), -EDEADLK);
	q_done(b);
	assert_true(is_parked(frozen));
	thaw(frozen);
	assert_true(q_holds(frozen));
	assert_int_equal(q->cq.deadlocks, 1);
	q_end(q);
}

static void deadlock_beside_a_frozen_process_is_ended(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *first, *holder, *frozen, *inner;

	(void)state;
	first = q_ask(q, 0, USER, 0);
	frozen = q_ask(q, 1, USER, 0);
	freeze(frozen);
	q_done(first);
	assert_true(is_parked(frozen));
	holder = q_ask(q, 2, USER, 0);
	inner = q_nested_in(holder);
	assert_int_equal(inner->rc, -EDEADLK);
	assert_int_equal(q->cq.deadlocks, 1);
	q_done(holder);
	thaw(frozen);
	assert_true(q_holds(frozen));
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frozen_waiter_is_passed_over),
		cmocka_unit_test(frozen_prober_is_relieved),
		cmocka_unit_test(frozen_waiter_has_no_entry),
		cmocka_unit_test(parked_waiter_has_tried_nothing),
		cmocka_unit_test(thread_of_frozen_waiters_is_free),
		cmocka_unit_test(thawed_waiter_goes_first),
		cmocka_unit_test(frozen_waiter_that_was_not_next_stays),
		cmocka_unit_test(parked_waiter_can_be_killed),
		cmocka_unit_test(parked_waiter_keeps_its_deadline),
		cmocka_unit_test(parked_waiter_of_a_closed_class_goes),
		cmocka_unit_test(no_deadlock_while_one_is_parked),
		cmocka_unit_test(no_deadlock_while_a_deeper_one_is_parked),
		cmocka_unit_test(deadlock_ends_one_that_can_run),
		cmocka_unit_test(deadlock_beside_a_frozen_process_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
