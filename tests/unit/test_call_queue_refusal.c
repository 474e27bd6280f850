// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 5: a call that the secure world refused waits at the
 * head of its class, for a leave or for a pause.
 */
#include "queue.h"

#define PAUSE_MIN	(OPTEE_CQ_PAUSE_MIN_MS * CQ_MS)
#define PAUSE_MAX	(OPTEE_CQ_PAUSE_MAX_MS * CQ_MS)

static void later(struct q *q, cq_time_t by)
{
	q_clock(q, cq_now() + by);
}

static void d10_refused_call_gives_up_its_slot(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);

	(void)state;
	q_refuse(b);
	assert_true(q_holds(a) && q_waits(b));
	assert_int_equal(q->cq.inside, 1);
	assert_int_equal(q->cq.refusals, 1);
	assert_int_equal(q->cq.ceiling, 1);
	assert_int_equal(q_try(q, UNBLOCK, 0), -EBUSY);
	q_end(q);
}

static void d10_refused_call_wakes_on_the_next_leave(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);

	(void)state;
	q_refuse(b);
	q_done(a);
	assert_true(q_holds(b));
	assert_int_equal(b->rc, 0);
	q_end(q);
}

static void d10_refused_call_heads_its_class(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *refused = q_ask(q, 1, USER, 0);
	struct q_caller *other = q_ask(q, 2, USER, 0);
	struct q_caller *own = q_ask(q, 1, USER, 0);
	struct q_caller *kernel = q_ask(q, 3, KERNEL, 0);

	(void)state;
	q_refuse(refused);
	assert_true(q_waits(refused));
	q_done(a);
	assert_true(q_holds(kernel));
	q_done(kernel);
	assert_true(q_holds(refused));
	q_done(refused);
	assert_true(q_holds(other) || q_holds(own));
	q_end(q);
}

/* From the first to the longest, and never longer */
static void pause_doubles_from_1_ms_to_1_s(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *c = q_ask(q, 0, USER, 0);
	cq_time_t pause = PAUSE_MIN;
	unsigned int i;

	(void)state;
	for (i = 0; i < 14; i++) {
		q_refuse(c);
		assert_true(q_waits(c));
		later(q, pause - 1);
		assert_true(q_waits(c));
		later(q, 1);
		assert_true(q_holds(c));
		pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
	}
	assert_int_equal(pause, PAUSE_MAX);
	assert_int_equal(q->cq.refusals, 14);
	q_end(q);
}

static void pause_doubles_beside_a_holder_too(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *c = q_ask(q, 1, USER, 0);
	cq_time_t pause = PAUSE_MIN;
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		q_refuse(c);
		later(q, pause - 1);
		assert_true(q_waits(c));
		later(q, 1);
		assert_true(q_holds(c));
		pause *= 2;
	}
	assert_true(q_holds(holder));
	q_end(q);
}

static void pause_is_short_again_after_a_try_that_worked(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *c = q_ask(q, 0, USER, 0);
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		q_refuse(c);
		later(q, PAUSE_MAX);
		assert_true(q_holds(c));
	}
	q_done(c);
	q_ask_again(c);
	assert_true(q_holds(c));
	q_refuse(c);
	later(q, PAUSE_MIN);
	assert_true(q_holds(c));
	q_end(q);
}

static void refused_call_can_be_killed(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *c = q_ask(q, 0, USER, 0);

	(void)state;
	q_refuse(c);
	assert_true(q_waits(c));
	q_kill(c);
	assert_int_equal(c->rc, -EINTR);
	assert_int_equal(q->cq.waiting, 0);
	later(q, PAUSE_MIN);
	assert_int_equal(q_try(q, USER, 0), 0);
	q_end(q);
}

static void refused_call_ends_at_its_deadline(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *c = q_ask(q, 1, USER, 0);

	(void)state;
	q_refuse(c);
	later(q, PAUSE_MIN);
	q_refuse_until(c, cq_now() + PAUSE_MIN);
	later(q, PAUSE_MIN);
	assert_int_equal(c->rc, -ETIMEDOUT);
	assert_int_equal(q->cq.waiting, 0);
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d10_refused_call_gives_up_its_slot),
		cmocka_unit_test(d10_refused_call_wakes_on_the_next_leave),
		cmocka_unit_test(d10_refused_call_heads_its_class),
		cmocka_unit_test(pause_doubles_from_1_ms_to_1_s),
		cmocka_unit_test(pause_doubles_beside_a_holder_too),
		cmocka_unit_test(pause_is_short_again_after_a_try_that_worked),
		cmocka_unit_test(refused_call_can_be_killed),
		cmocka_unit_test(refused_call_ends_at_its_deadline),
	};

	return cmocka_run_group_tests_name("call queue: refusal", tests, NULL,
					   NULL);
}
