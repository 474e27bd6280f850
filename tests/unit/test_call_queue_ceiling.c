// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 5: how many calls the secure world takes is learned
 * from its refusals, and tried again by one call at a time.
 */
#include "queue.h"

#define PAUSE_MIN	(OPTEE_CQ_PAUSE_MIN_MS * CQ_MS)
#define PAUSE_MAX	(OPTEE_CQ_PAUSE_MAX_MS * CQ_MS)

static void later(struct q *q, cq_time_t by)
{
	q_clock(q, cq_now() + by);
}

static void one_at_a_time_is_let_in_above_the_ceiling(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *c[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		c[i] = q_ask(q, 1 + i, USER, 0);
	for (i = 0; i < 3; i++)
		q_refuse(c[2 - i]);
	assert_int_equal(q->cq.ceiling, 1);
	later(q, PAUSE_MAX);
	assert_int_equal(q->cq.inside, 2);
	assert_true(q_holds(holder));
	q_end(q);
}

static void ceiling_is_regained_when_threads_come_back(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *c[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		c[i] = q_ask(q, i, USER, 0);
	for (i = 3; i > 0; i--)
		q_refuse(c[i]);
	assert_int_equal(q->cq.inside, 1);
	for (i = 0; i < 4; i++)
		later(q, PAUSE_MAX);
	assert_int_equal(q->cq.inside, 4);
	assert_int_equal(q->cq.ceiling, 4);
	for (i = 0; i < 4; i++)
		assert_true(q_holds(c[i]));
	q_end(q);
}

/* By calls that come and go, with never a waiter at all */
static void ceiling_is_regained_without_waiters(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);

	(void)state;
	q_refuse(b);
	q_done(a);
	q_done(b);
	later(q, PAUSE_MAX);
	q_ask_again(a);
	q_ask_again(b);
	assert_true(q_holds(a) && q_holds(b));
	q_end(q);
}

static void unknown_number_is_learned_from_refusals(void **state)
{
	struct q *q = q_new(0);
	struct q_caller *c[6];
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		c[i] = q_ask(q, i, USER, 0);
		assert_true(q_holds(c[i]));
	}
	q_refuse(c[5]);
	assert_int_equal(q->cq.ceiling, 5);
	assert_true(q_waits(c[5]));
	assert_int_equal(q_try(q, UNBLOCK, 0), -EBUSY);
	q_done(c[0]);
	assert_true(q_holds(c[5]));
	q_ask_again(c[0]);
	assert_true(q_waits(c[0]));
	later(q, PAUSE_MIN);
	assert_true(q_holds(c[0]));
	q_end(q);
}

/* The one that was to try stops trying when there is nothing to regain */
static void nobody_tries_when_the_ceiling_is_regained(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *refused = q_ask(q, 1, USER, 0);
	struct q_caller *system;

	(void)state;
	q_refuse(refused);
	system = q_ask(q, 2, SYSTEM, 1);
	later(q, PAUSE_MIN);
	assert_true(q_holds(a) && q_holds(system) && q_waits(refused));
	later(q, PAUSE_MAX);
	assert_true(q_waits(refused));
	assert_true(cq_host_asleep(&refused->task));
	q_done(a);
	assert_true(q_holds(refused));
	q_end(q);
}

/* Threads are gone, come back, and are gone again, while one waits on */
static void somebody_tries_after_each_refusal(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *user = q_ask(q, 1, USER, 0);
	struct q_caller *system;
	unsigned int i;

	(void)state;
	q_refuse(user);
	system = q_ask(q, 2, SYSTEM, 1);
	for (i = 0; i < 4; i++) {
		later(q, PAUSE_MAX);
		assert_true(q_holds(system) && q_waits(user));
		q_refuse(system);
		assert_true(q_waits(system));
	}
	q_kill(system);
	later(q, PAUSE_MAX);
	assert_true(q_holds(user));
	assert_true(q_holds(a));
	q_end(q);
}

/* The one that is to try may be asleep, as there was nothing to try */
static void refusal_wakes_the_one_that_is_to_try(void **state)
{
	struct q *q = q_new(5);
	struct q_caller *a, *c, *system;

	(void)state;
	optee_cq_set_policy(&q->cq, SYSTEM, 1);
	optee_cq_set_policy(&q->cq, KERNEL, 1);
	q->overfull = true;
	a = q_ask(q, 0, USER, 0);
	q_ask(q, 1, USER, 0);
	c = q_ask(q, 2, USER, 0);
	q_refuse(c);
	later(q, PAUSE_MIN);
	q_done(a);
	system = q_ask(q, 3, SYSTEM, 1);
	assert_true(q_holds(system));
	q_refuse(system);
	assert_true(q_waits(system));
	later(q, PAUSE_MAX);
	assert_true(q_holds(system));
	q_end(q);
}

static void killed_prober_passes_its_role_on(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *c = q_ask(q, 2, USER, 0);

	(void)state;
	q_refuse(b);
	assert_true(q_waits(b) && q_waits(c));
	q_kill(b);
	assert_int_equal(b->rc, -EINTR);
	later(q, PAUSE_MIN);
	assert_true(q_holds(a) && q_holds(c));
	q_end(q);
}

static void prober_at_its_deadline_passes_its_role_on(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *b, *c;

	(void)state;
	q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	c = q_ask(q, 2, USER, 0);
	q_refuse_until(b, cq_now() + PAUSE_MIN / 2);
	later(q, PAUSE_MIN / 2);
	assert_int_equal(b->rc, -ETIMEDOUT);
	assert_true(q_waits(c));
	later(q, PAUSE_MIN / 2);
	assert_true(q_holds(c));
	q_end(q);
}

/* It was let in over the ceiling but died: the next one tries in its place */
static void slot_of_a_dying_prober_goes_to_the_next(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *b, *c;
	unsigned int i;

	(void)state;
	q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	c = q_ask(q, 2, USER, 0);
	q_refuse(c);
	q_refuse(b);
	for (i = 0; i < 3; i++) {
		later(q, PAUSE_MAX);
		assert_true(q_holds(b));
		q_refuse(b);
	}
	cq_host_stop(&b->task);
	q_kill(b);
	later(q, PAUSE_MAX);
	assert_true(q_holds(b));
	cq_host_cont(&b->task);
	q_settle(q);
	q_check(q);
	assert_int_equal(b->rc, -EINTR);
	later(q, PAUSE_MAX);
	assert_true(q_holds(c));
	/* The pauses go on where they were */
	q_refuse(c);
	later(q, PAUSE_MIN);
	assert_true(q_waits(c));
	later(q, PAUSE_MAX);
	assert_true(q_holds(c));
	q_end(q);
}

/*
 * What is kept for others is kept of what there is: a try for a class that
 * may not have that thread would take it, so the class waits for a leave.
 */
static void what_is_kept_is_kept_of_what_there_is(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *a, *b, *c;
	unsigned int i;

	(void)state;
	optee_cq_set_policy(&q->cq, SYSTEM, 1);
	a = q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	c = q_ask(q, 2, USER, 0);
	assert_true(q_holds(c));
	q->overfull = true;
	q_refuse(c);
	assert_true(q_waits(c));
	for (i = 0; i < 4; i++)
		later(q, PAUSE_MAX);
	assert_true(q_holds(a) && q_holds(b) && q_waits(c));
	q_done(a);
	assert_true(q_holds(c));
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_a_time_is_let_in_above_the_ceiling),
		cmocka_unit_test(ceiling_is_regained_when_threads_come_back),
		cmocka_unit_test(ceiling_is_regained_without_waiters),
		cmocka_unit_test(unknown_number_is_learned_from_refusals),
		cmocka_unit_test(nobody_tries_when_the_ceiling_is_regained),
		cmocka_unit_test(somebody_tries_after_each_refusal),
		cmocka_unit_test(refusal_wakes_the_one_that_is_to_try),
		cmocka_unit_test(killed_prober_passes_its_role_on),
		cmocka_unit_test(prober_at_its_deadline_passes_its_role_on),
		cmocka_unit_test(slot_of_a_dying_prober_goes_to_the_next),
		cmocka_unit_test(what_is_kept_is_kept_of_what_there_is),
	};

	return cmocka_run_group_tests_name("call queue: ceiling", tests, NULL,
					   NULL);
}
