// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 1: no limit is ever broken by an entry, and nobody
 * is kept out who breaks none.
 */
#include "../queue/table.h"
#include "queue.h"

static void reserve(struct q *q, unsigned int rk, unsigned int rs)
{
	struct optee_cq *cq = &q->cq;

	assert_int_equal(optee_cq_set_policy(cq, KERNEL, rk), 0);
	assert_int_equal(optee_cq_set_policy(cq, SYSTEM, rs), 0);
	assert_int_equal(cq->reserved[KERNEL], rk);
	assert_int_equal(cq->reserved[SYSTEM], rs);
}

static void look_at_limits(unsigned int t, unsigned int rk, unsigned int rs)
{
	struct q *q = q_new(t);
	unsigned int level;

	reserve(q, rk, rs);
	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		assert_int_equal(q->cq.levels[level].limit,
				 limit_of(t, rk, rs, level));
	q_end(q);
}

static void limits_are_those_of_the_table(void **state)
{
	unsigned int t, rk, rs;

	(void)state;
	for (t = 1; t <= 8; t++)
		for (rk = 0; rk < t; rk++)
			for (rs = 0; rk + rs < t; rs++)
				look_at_limits(t, rk, rs);
}

static void unknown_number_of_threads_limits_nobody(void **state)
{
	struct q *q = q_new(0);
	unsigned int level;

	(void)state;
	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		assert_int_equal(q->cq.levels[level].limit,
				 OPTEE_CQ_UNTRACKED_SLOTS);
	q_end(q);
}

static void a_level_comes_from_class_and_depth(void **state)
{
	struct optee_cq_client client;
	struct optee_cq_call call;
	unsigned int depth;

	(void)state;
	optee_cq_client_init(&client);
	for (depth = 0; depth < 20; depth++) {
		optee_cq_call_init(&call, &client, USER, depth, NULL);
		assert_int_equal(call.level, 0);
		optee_cq_call_init(&call, &client, KERNEL, depth, NULL);
		assert_int_equal(call.level, 1);
		optee_cq_call_init(&call, &client, SYSTEM, depth, NULL);
		assert_int_equal(call.level, 1 + (depth < 1 ? 1 :
						  depth > 8 ? 8 : depth));
		optee_cq_call_init(&call, &client, UNBLOCK, depth, NULL);
		assert_int_equal(call.level, TOP_LEVEL);
	}
}

/* Kinds of calls the mixes are made of */
static const struct {
	enum optee_cq_class class;
	unsigned int depth;
	unsigned int level;
} kinds[] = {
	{ USER, 0, 0 },
	{ KERNEL, 0, 1 },
	{ SYSTEM, 1, 2 },
	{ SYSTEM, 2, 3 },
	{ SYSTEM, 3, 4 },
	{ UNBLOCK, 0, TOP_LEVEL },
};

#define KINDS		ARRAY_SIZE(kinds)
#define MOST_THREADS	5
#define MIXES		(6 * 6 * 6 * 6 * 6 * 6)

/**
 * struct mix - a walk through every mix of holders
 * @q: the queue they hold slots of
 * @t: its threads
 * @rk: those reserved for KERNEL
 * @rs: those reserved for SYSTEM
 * @held: how many of each kind there are
 * @seen: mixes that have been looked at
 */
struct mix {
	struct q *q;
	unsigned int t;
	unsigned int rk;
	unsigned int rs;
	unsigned int held[KINDS];
	bool seen[MIXES];
};

static bool may_enter(const struct mix *mix, unsigned int kind)
{
	unsigned int level, i, inside;

	for (level = kinds[kind].level; level < OPTEE_CQ_LEVELS; level++) {
		inside = 1;
		for (i = 0; i < KINDS; i++)
			if (kinds[i].level <= level)
				inside += mix->held[i];
		if (inside > limit_of(mix->t, mix->rk, mix->rs, level))
			return false;
	}
	return true;
}

static bool seen_before(struct mix *mix)
{
	unsigned int number = 0, i;
	bool before;

	for (i = 0; i < KINDS; i++)
		number = number * (MOST_THREADS + 1) + mix->held[i];
	before = mix->seen[number];
	mix->seen[number] = true;
	return before;
}

static void walk(struct mix *mix)
{
	struct optee_cq_call call;
	unsigned int kind;
	int rc;

	if (seen_before(mix))
		return;
	for (kind = 0; kind < KINDS; kind++) {
		optee_cq_call_init(&call, &mix->q->clients[kind],
				   kinds[kind].class, kinds[kind].depth, NULL);
		rc = optee_cq_try_enter(&mix->q->cq, &call);
		assert_int_equal(rc, may_enter(mix, kind) ? 0 : -EBUSY);
		if (rc)
			continue;
		q_check(mix->q);
		mix->held[kind]++;
		walk(mix);
		mix->held[kind]--;
		optee_cq_leave(&mix->q->cq, &call);
	}
}

static void every_mix_lets_in_who_breaks_no_limit(void **state)
{
	static struct mix mix;
	unsigned int t, rk, rs;

	(void)state;
	for (t = 1; t <= MOST_THREADS; t++)
		for (rk = 0; rk < t; rk++)
			for (rs = 0; rk + rs < t; rs++) {
				mix = (struct mix) {
					.q = q_new(t),
					.t = t,
					.rk = rk,
					.rs = rs,
				};
				reserve(mix.q, rk, rs);
				walk(&mix);
				q_end(mix.q);
			}
}

static void d17_kernel_call_does_not_wait_for_user_calls(void **state)
{
	struct q *q = q_new(2);
	struct optee_cq_call u, k;
	struct q_caller *more;

	(void)state;
	optee_cq_add_client(&q->cq, KERNEL);
	q_hold(q, &u, 0, USER, 0);
	more = q_ask(q, 1, USER, 0);
	assert_true(q_waits(more));
	q_hold(q, &k, 2, KERNEL, 0);
	q_leave(q, &k);
	q_leave(q, &u);
	optee_cq_del_client(&q->cq, KERNEL);
	q_end(q);
}

static void d5_d6_unblock_enters_though_others_are_full(void **state)
{
	struct q *q = q_new(3);
	struct optee_cq_call u[2], b;

	(void)state;
	reserve(q, 0, 1);
	q_hold(q, &u[0], 0, USER, 0);
	q_hold(q, &u[1], 1, USER, 0);
	assert_int_equal(q_try(q, USER, 0), -EBUSY);
	assert_int_equal(q_try(q, KERNEL, 0), -EBUSY);
	q_hold(q, &b, 2, UNBLOCK, 0);
	q_leave(q, &b);
	q_leave(q, &u[0]);
	q_leave(q, &u[1]);
	q_end(q);
}

static void kernel_call_locks_user_space_out_of_nothing(void **state)
{
	struct q *q = q_new(3);
	struct optee_cq_call k, u[2];

	(void)state;
	reserve(q, 1, 0);
	q_hold(q, &k, 0, KERNEL, 0);
	q_hold(q, &u[0], 1, USER, 0);
	q_hold(q, &u[1], 2, USER, 0);
	q_leave(q, &k);
	assert_int_equal(q_try(q, USER, 0), -EBUSY);
	q_leave(q, &u[0]);
	q_leave(q, &u[1]);
	q_end(q);
}

/* As deep as there are reserved threads, a nested call has one left */
static void each_nesting_leaves_a_thread_for_the_next(void **state)
{
	struct q *q = q_new(4);
	struct optee_cq_call u, s[3];
	unsigned int depth;

	(void)state;
	reserve(q, 0, 3);
	q_hold(q, &u, 0, USER, 0);
	for (depth = 1; depth <= 3; depth++) {
		q_hold(q, &s[depth - 1], depth, SYSTEM, depth);
		assert_int_equal(q_try(q, SYSTEM, depth), -EBUSY);
	}
	for (depth = 1; depth <= 3; depth++)
		q_leave(q, &s[depth - 1]);
	q_leave(q, &u);
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_those_of_the_table),
		cmocka_unit_test(unknown_number_of_threads_limits_nobody),
		cmocka_unit_test(a_level_comes_from_class_and_depth),
		cmocka_unit_test(every_mix_lets_in_who_breaks_no_limit),
		cmocka_unit_test(d17_kernel_call_does_not_wait_for_user_calls),
		cmocka_unit_test(d5_d6_unblock_enters_though_others_are_full),
		cmocka_unit_test(kernel_call_locks_user_space_out_of_nothing),
		cmocka_unit_test(each_nesting_leaves_a_thread_for_the_next),
	};

	return cmocka_run_group_tests_name("call queue: bound", tests, NULL,
					   NULL);
}
