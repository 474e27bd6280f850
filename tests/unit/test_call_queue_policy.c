// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 6 and what it counts.
 */
#include "queue.h"

static void assert_reserved(struct q *q, unsigned int rk, unsigned int rs)
{
	assert_int_equal(q->cq.reserved[KERNEL], rk);
	assert_int_equal(q->cq.reserved[SYSTEM], rs);
	q_check(q);
}

static void auto_reserves_while_a_client_exists(void **state)
{
	/* rk and rs with: a kernel client, a system client, both */
	static const unsigned int table[][3][2] = {
		{ { 0, 0 }, { 0, 0 }, { 0, 0 } },
		{ { 0, 0 }, { 0, 0 }, { 0, 0 } },
		{ { 1, 0 }, { 0, 1 }, { 0, 1 } },
		{ { 1, 0 }, { 0, 1 }, { 1, 1 } },
		{ { 1, 0 }, { 0, 1 }, { 1, 1 } },
	};
	unsigned int t;

	(void)state;
	for (t = 0; t < ARRAY_SIZE(table); t++) {
		struct q *q = q_new(t);

		assert_reserved(q, 0, 0);
		optee_cq_add_client(&q->cq, KERNEL);
		assert_reserved(q, table[t][0][0], table[t][0][1]);
		optee_cq_add_client(&q->cq, SYSTEM);
		assert_reserved(q, table[t][2][0], table[t][2][1]);
		optee_cq_del_client(&q->cq, KERNEL);
		assert_reserved(q, table[t][1][0], table[t][1][1]);
		optee_cq_del_client(&q->cq, SYSTEM);
		assert_reserved(q, 0, 0);
		q_end(q);
	}
}

static void auto_counts_clients(void **state)
{
	struct q *q = q_new(3);

	(void)state;
	optee_cq_add_client(&q->cq, SYSTEM);
	optee_cq_add_client(&q->cq, SYSTEM);
	optee_cq_del_client(&q->cq, SYSTEM);
	assert_reserved(q, 0, 1);
	optee_cq_del_client(&q->cq, SYSTEM);
	assert_reserved(q, 0, 0);
	q_end(q);
}

static void always_reserves_without_a_client(void **state)
{
	static const unsigned int table[][2] = {
		{ 0, 0 }, { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 1 },
	};
	unsigned int t;

	(void)state;
	for (t = 0; t < ARRAY_SIZE(table); t++) {
		struct q *q = q_new(t);
		struct optee_cq *cq = &q->cq;

		assert_int_equal(optee_cq_set_policy(cq, KERNEL,
						     OPTEE_CQ_ALWAYS), 0);
		assert_int_equal(optee_cq_set_policy(cq, SYSTEM,
						     OPTEE_CQ_ALWAYS), 0);
		assert_reserved(q, table[t][0], table[t][1]);
		optee_cq_add_client(cq, SYSTEM);
		assert_reserved(q, table[t][0], table[t][1]);
		optee_cq_del_client(cq, SYSTEM);
		q_end(q);
	}
}

static void number_is_kept_whoever_exists(void **state)
{
	struct q *q = q_new(6);

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 3), 0);
	assert_int_equal(optee_cq_set_policy(&q->cq, KERNEL, 2), 0);
	assert_reserved(q, 2, 3);
	optee_cq_add_client(&q->cq, SYSTEM);
	optee_cq_del_client(&q->cq, SYSTEM);
	assert_reserved(q, 2, 3);
	assert_int_equal(optee_cq_set_policy(&q->cq, KERNEL, 0), 0);
	optee_cq_add_client(&q->cq, KERNEL);
	assert_reserved(q, 0, 3);
	optee_cq_del_client(&q->cq, KERNEL);
	q_end(q);
}

static void what_is_out_of_range_changes_nothing(void **state)
{
	struct q *q = q_new(4);
	struct optee_cq *cq = &q->cq;

	(void)state;
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, 2), 0);
	assert_int_equal(optee_cq_set_policy(cq, KERNEL, 1), 0);
	assert_int_equal(optee_cq_set_policy(cq, KERNEL, 2), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, 3), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, 4), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, INT_MAX), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, -3), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, KERNEL, INT_MIN), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, USER, 0), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, UNBLOCK, 1), -EINVAL);
	assert_int_equal(optee_cq_set_policy(cq, OPTEE_CQ_CLASSES, 1),
			 -EINVAL);
	assert_reserved(q, 1, 2);
	q_end(q);
}

static void number_needs_a_known_number_of_threads(void **state)
{
	struct q *q = q_new(0);

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 1), -EINVAL);
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 0), 0);
	assert_reserved(q, 0, 0);
	q_end(q);
}

static void change_wakes_whoever_may_now_go(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *c[4];
	unsigned int i;

	(void)state;
	optee_cq_set_policy(&q->cq, KERNEL, 2);
	optee_cq_set_policy(&q->cq, SYSTEM, 1);
	for (i = 0; i < 4; i++)
		c[i] = q_ask(q, i, USER, 0);
	assert_true(q_holds(c[0]) && q_waits(c[1]));
	/* Nobody who wakes hands over for those who were forgotten */
	for (i = 1; i < 4; i++)
		cq_host_stop(&c[i]->task);
	optee_cq_set_policy(&q->cq, KERNEL, 0);
	assert_true(q_holds(c[1]) && q_holds(c[2]) && q_waits(c[3]));
	optee_cq_set_policy(&q->cq, SYSTEM, OPTEE_CQ_AUTO);
	assert_true(q_holds(c[3]));
	for (i = 1; i < 4; i++)
		cq_host_cont(&c[i]->task);
	q_settle(q);
	q_end(q);
}

static void last_client_wakes_whoever_may_now_go(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *waiter;

	(void)state;
	optee_cq_add_client(&q->cq, SYSTEM);
	q_ask(q, 0, USER, 0);
	waiter = q_ask(q, 1, USER, 0);
	assert_true(q_waits(waiter));
	optee_cq_del_client(&q->cq, SYSTEM);
	assert_true(q_holds(waiter));
	q_settle(q);
	q_end(q);
}

static void limit_that_fell_holds_as_calls_leave(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *c[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		c[i] = q_ask(q, i, USER, 0);
	q->overfull = true;
	optee_cq_add_client(&q->cq, SYSTEM);
	optee_cq_add_client(&q->cq, KERNEL);
	q_done(c[0]);
	assert_true(q_waits(c[3]));
	assert_int_equal(q_try(q, KERNEL, 0), -EBUSY);
	q_done(c[1]);
	assert_true(q_waits(c[3]));
	assert_int_equal(q_try(q, KERNEL, 0), 0);
	q->overfull = false;
	q_done(c[2]);
	assert_true(q_holds(c[3]));
	optee_cq_del_client(&q->cq, SYSTEM);
	optee_cq_del_client(&q->cq, KERNEL);
	q_end(q);
}

static void each_class_has_its_counters(void **state)
{
	struct q *q = q_new(1);
	struct optee_cq_stats *stats = q->cq.stats;
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, USER, 0);
	struct q_caller *k;

	(void)state;
	q_clock(q, Q_START + 3 * CQ_MS);
	k = q_ask(q, 2, KERNEL, 0);
	q_clock(q, Q_START + 5 * CQ_MS);
	q_done(a);
	assert_true(q_holds(k));
	q_clock(q, Q_START + 9 * CQ_MS);
	q_done(k);
	assert_true(q_holds(b));
	q_ask_again(a);
	q_clock(q, Q_START + 10 * CQ_MS);
	q_done(b);
	q_done(a);
	q_ask_again(a);

	assert_int_equal(stats[USER].calls, 4);
	assert_int_equal(stats[USER].waits, 2);
	assert_int_equal(stats[USER].longest_wait, 9 * CQ_MS);
	assert_int_equal(stats[KERNEL].calls, 1);
	assert_int_equal(stats[KERNEL].waits, 1);
	assert_int_equal(stats[KERNEL].longest_wait, 2 * CQ_MS);
	assert_int_equal(stats[SYSTEM].calls, 0);
	assert_int_equal(stats[UNBLOCK].calls, 0);
	q_end(q);
}

static void call_that_gave_up_is_not_counted(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *b;

	(void)state;
	q_ask(q, 0, USER, 0);
	b = q_ask(q, 1, USER, 0);
	q_kill(b);
	assert_int_equal(q_try(q, USER, 0), -EBUSY);
	assert_int_equal(q->cq.stats[USER].calls, 1);
	assert_int_equal(q->cq.stats[USER].waits, 0);
	q_end(q);
}

static void each_call_has_a_number_of_its_own(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *c[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		c[i] = q_ask(q, i, USER, 0);
	for (i = 1; i < 4; i++)
		assert_true(c[i]->call.seq > c[i - 1]->call.seq);
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auto_reserves_while_a_client_exists),
		cmocka_unit_test(auto_counts_clients),
		cmocka_unit_test(always_reserves_without_a_client),
		cmocka_unit_test(number_is_kept_whoever_exists),
		cmocka_unit_test(what_is_out_of_range_changes_nothing),
		cmocka_unit_test(number_needs_a_known_number_of_threads),
		cmocka_unit_test(change_wakes_whoever_may_now_go),
		cmocka_unit_test(last_client_wakes_whoever_may_now_go),
		cmocka_unit_test(limit_that_fell_holds_as_calls_leave),
		cmocka_unit_test(each_class_has_its_counters),
		cmocka_unit_test(call_that_gave_up_is_not_counted),
		cmocka_unit_test(each_call_has_a_number_of_its_own),
	};

	return cmocka_run_group_tests_name("call queue: policy", tests, NULL,
					   NULL);
}
