// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 3: higher class first, clients in turns, a client's
 * own calls as they came, and no level passed over for ever.
 */
#include "queue.h"

static struct q_caller *leave_and_see(struct q *q, struct q_caller *holder)
{
	q_done(holder);
	return q_next(q);
}

static void higher_class_first(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *c[5];
	int i;

	(void)state;
	c[0] = q_ask(q, 1, USER, 0);
	c[1] = q_ask(q, 2, KERNEL, 0);
	c[2] = q_ask(q, 3, SYSTEM, 1);
	c[3] = q_ask(q, 4, SYSTEM, 2);
	c[4] = q_ask(q, 5, UNBLOCK, 0);
	for (i = 4; i >= 0; i--) {
		holder = leave_and_see(q, holder);
		assert_ptr_equal(holder, c[i]);
	}
	q_end(q);
}

/* Cancel requests and the bottom half: both let others go */
static void d5_d6_unblock_gets_the_next_thread_of_all(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 0, USER, 0);
	struct q_caller *unblock;
	unsigned int i;

	(void)state;
	for (i = 0; i < 8; i++)
		q_ask(q, i, i % UNBLOCK, 1);
	unblock = q_ask(q, 9, UNBLOCK, 0);
	assert_ptr_equal(leave_and_see(q, b), unblock);
	assert_true(q_holds(a));
	q_end(q);
}

static void own_calls_go_in_order_of_arrival(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *c[10];
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++)
		c[i] = q_ask(q, 0, USER, 0);
	for (i = 0; i < 10; i++) {
		holder = leave_and_see(q, holder);
		assert_ptr_equal(holder, c[i]);
	}
	q_end(q);
}

static void d2_clients_take_turns(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 9, USER, 0);
	struct q_caller *c[3][3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 9; i++)
		c[i / 3][i % 3] = q_ask(q, i / 3, USER, 0);
	for (i = 0; i < 9; i++) {
		holder = leave_and_see(q, holder);
		assert_ptr_equal(holder, c[i % 3][i / 3]);
	}
	q_end(q);
}

/* Whatever the crowd does: one call of it before each of the single thread */
static void d2_64_waiters_delay_one_by_one_call_a_turn(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	unsigned int i, waited = 0, served = 0;
	struct q_caller *single;

	(void)state;
	for (i = 0; i < 64; i++)
		q_ask(q, 0, USER, 0);
	single = q_ask(q, 1, USER, 0);
	for (i = 0; i < 40; i++) {
		struct q_caller *left = holder;

		holder = leave_and_see(q, left);
		q_ask_again(left);
		waited = holder == single ? 0 : waited + 1;
		served += holder == single;
		assert_in_range(waited, 0, 2);
	}
	assert_in_range(served, 12, 40);
	q_end(q);
}

static void d2_new_clients_do_not_pass_an_old_one(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *old;
	unsigned int i;

	(void)state;
	for (i = 1; i < 4; i++)
		q_ask(q, i, USER, 0);
	old = q_ask(q, 4, USER, 0);
	for (i = 5; i < 9; i++) {
		assert_true(q_waits(old));
		q_ask(q, i, USER, 0);
		holder = leave_and_see(q, holder);
	}
	assert_ptr_equal(holder, old);
	q_end(q);
}

static void kernel_contexts_take_turns_too(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 9, KERNEL, 0);
	struct q_caller *a[2], *b;

	(void)state;
	a[0] = q_ask(q, 1, KERNEL, 0);
	a[1] = q_ask(q, 1, KERNEL, 0);
	b = q_ask(q, 2, KERNEL, 0);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, a[0]);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, b);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, a[1]);
	q_end(q);
}

/* A turn at one level is none at another */
static void client_has_a_turn_at_each_level(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 9, USER, 0);
	struct q_caller *user, *system, *other;

	(void)state;
	user = q_ask(q, 1, USER, 0);
	other = q_ask(q, 2, USER, 0);
	system = q_ask(q, 1, SYSTEM, 1);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, system);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, user);
	holder = leave_and_see(q, holder);
	assert_ptr_equal(holder, other);
	q_end(q);
}

/**
 * struct watch - counts how often each level is passed over
 * @q: the queue
 * @passed: in a row, for a thread that it might have had
 * @most: the most there was
 * @grants: threads handed over, by level
 */
struct watch {
	struct q *q;
	unsigned int passed[OPTEE_CQ_LEVELS];
	unsigned int most;
	unsigned int grants[OPTEE_CQ_LEVELS];
};

/* Might a waiter of @level have the thread of @leaver, were it the only one? */
static bool might_have(struct optee_cq *cq, unsigned int level,
		       unsigned int leaver)
{
	if (list_empty(&cq->levels[level].turns))
		return false;
	for (; level < OPTEE_CQ_LEVELS; level++)
		if (q_below(cq, level) >=
		    cq->levels[level].limit + (level >= leaver ? 1 : 0))
			return false;
	return true;
}

/* One leaves, one gets its thread, and he who left asks again if @again */
static struct q_caller *watch_step(struct watch *watch,
				   struct q_caller *leaver, bool again)
{
	struct optee_cq *cq = &watch->q->cq;
	bool might[OPTEE_CQ_LEVELS];
	struct q_caller *next;
	unsigned int level;

	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		might[level] = might_have(cq, level, leaver->call.level);
	next = leave_and_see(watch->q, leaver);
	assert_true(!next || might[next->call.level]);
	for (level = 0; level < OPTEE_CQ_LEVELS; level++) {
		if (next && next->call.level == level) {
			watch->grants[level]++;
			watch->passed[level] = 0;
		} else if (might[level]) {
			assert_non_null(next);
			watch->passed[level]++;
			if (watch->passed[level] > watch->most)
				watch->most = watch->passed[level];
		}
		if (list_empty(&cq->levels[level].turns))
			watch->passed[level] = 0;
		assert_in_range(watch->passed[level], 0, OPTEE_CQ_MAX_PASSED);
	}
	if (again)
		q_ask_again(leaver);
	return next;
}

static void ask_level(struct q *q, unsigned int level)
{
	static const enum optee_cq_class classes[] = { USER, KERNEL };

	if (level < 2)
		q_ask(q, level, classes[level], 0);
	else if (level < OPTEE_CQ_LEVELS - 1)
		q_ask(q, level, SYSTEM, level - 1);
	else
		q_ask(q, level, UNBLOCK, 0);
}

static void user_is_passed_over_16_times(void **state)
{
	struct watch watch = { .q = q_new(1) };
	struct q_caller *holder = q_ask(watch.q, 50, SYSTEM, 1);
	unsigned int i;

	(void)state;
	ask_level(watch.q, 2);
	ask_level(watch.q, 2);
	ask_level(watch.q, 0);
	for (i = 0; i < 200; i++)
		holder = watch_step(&watch, holder, true);
	assert_in_range(watch.grants[0], 200 / (OPTEE_CQ_MAX_PASSED + 1), 20);
	q_end(watch.q);
}

/* Two levels may have waited equally long: both are served in time */
static void two_levels_are_passed_over_16_times_each(void **state)
{
	struct watch watch = { .q = q_new(1) };
	struct q_caller *holder = q_ask(watch.q, 50, SYSTEM, 1);
	unsigned int i;

	(void)state;
	ask_level(watch.q, 2);
	ask_level(watch.q, 2);
	ask_level(watch.q, 1);
	ask_level(watch.q, 1);
	ask_level(watch.q, 0);
	ask_level(watch.q, 0);
	for (i = 0; i < 200; i++)
		holder = watch_step(&watch, holder, true);
	assert_in_range(watch.grants[0], 200 / (OPTEE_CQ_MAX_PASSED + 1), 20);
	assert_in_range(watch.grants[1], 200 / (OPTEE_CQ_MAX_PASSED + 1), 40);
	assert_in_range(watch.grants[2], 140, 200);
	q_end(watch.q);
}

static void all_levels_are_passed_over_16_times_each(void **state)
{
	struct watch watch = { .q = q_new(1) };
	struct q_caller *holder = q_ask(watch.q, 50, UNBLOCK, 0);
	unsigned int i, level;

	(void)state;
	for (level = 0; level < OPTEE_CQ_LEVELS; level++) {
		ask_level(watch.q, level);
		ask_level(watch.q, level);
	}
	for (i = 0; i < 400; i++)
		holder = watch_step(&watch, holder, true);
	for (level = 0; level < OPTEE_CQ_LEVELS; level++)
		assert_in_range(watch.grants[level],
				400 / (OPTEE_CQ_MAX_PASSED + 1), 400);
	q_end(watch.q);
}

static unsigned int random_below(unsigned int n)
{
	static unsigned int x = 7;

	x = x * 1103515245 + 12345;
	return (x >> 16) % n;
}

static struct q_caller *any_holder(struct q *q)
{
	unsigned int start = random_below(q->n), i;

	for (i = 0; i < q->n; i++) {
		struct q_caller *c = q->callers[(start + i) % q->n];

		if (q_holds(c))
			return c;
	}
	return NULL;
}

static void ask_again_some(struct q *q)
{
	unsigned int i;

	for (i = 0; i < q->n; i++)
		if (q->callers[i]->call.state == OPTEE_CQ_IDLE &&
		    !random_below(3))
			q_ask_again(q->callers[i]);
}

/* Levels come and go, and not all of them may have each thread */
static void changing_levels_are_passed_over_16_times(void **state)
{
	struct watch watch = { .q = q_new(3) };
	unsigned int i;

	(void)state;
	optee_cq_set_policy(&watch.q->cq, KERNEL, 1);
	optee_cq_set_policy(&watch.q->cq, SYSTEM, 1);
	for (i = 0; i < 3 * OPTEE_CQ_LEVELS; i++)
		ask_level(watch.q, i % OPTEE_CQ_LEVELS);
	for (i = 0; i < 500; i++) {
		struct q_caller *holder = any_holder(watch.q);

		if (holder)
			watch_step(&watch, holder, false);
		ask_again_some(watch.q);
	}
	assert_in_range(watch.most, 1, OPTEE_CQ_MAX_PASSED);
	q_end(watch.q);
}

static void entries_are_numbered_one_by_one(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *b = q_ask(q, 1, KERNEL, 0);

	(void)state;
	assert_int_equal(a->call.entry, 1);
	assert_int_equal(b->call.entry, 2);
	assert_int_equal(q_try(q, USER, 0), -EBUSY);
	q_done(a);
	assert_int_equal(q_ask(q, 2, USER, 0)->call.entry, 3);
	assert_int_equal(q->cq.entries, 3);
	q_end(q);
}

/* What was let in since a call asked has the numbers between, and nobody else */
static void numbers_between_are_of_those_that_passed(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *holder = q_ask(q, 0, USER, 0);
	struct q_caller *user = q_ask(q, 1, USER, 0);
	struct q_caller *passing[3];
	unsigned int i;

	(void)state;
	assert_int_equal(user->call.entry, 1);
	passing[0] = q_ask(q, 2, UNBLOCK, 0);
	passing[1] = q_ask(q, 3, SYSTEM, 1);
	passing[2] = q_ask(q, 4, KERNEL, 0);
	for (i = 0; i < 3; i++) {
		holder = leave_and_see(q, holder);
		assert_ptr_equal(holder, passing[i]);
		assert_int_equal(holder->call.entry, 2 + i);
		assert_int_equal(user->call.entry, 1);
	}
	assert_ptr_equal(leave_and_see(q, holder), user);
	assert_int_equal(user->call.entry, 5);
	q_end(q);
}

/* Let in twice; what it waits for the second time was not passed by itself */
static void refused_call_gets_another_number(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a = q_ask(q, 0, USER, 0);
	struct q_caller *refused = q_ask(q, 1, USER, 0);
	struct q_caller *waiter = q_ask(q, 2, USER, 0);

	(void)state;
	assert_int_equal(waiter->call.entry, 2);
	q_refuse(refused);
	assert_int_equal(refused->call.entry, 2);
	assert_ptr_equal(leave_and_see(q, a), refused);
	assert_int_equal(refused->call.entry, 3);
	assert_ptr_equal(leave_and_see(q, refused), waiter);
	assert_int_equal(waiter->call.entry, 4);
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(higher_class_first),
		cmocka_unit_test(d5_d6_unblock_gets_the_next_thread_of_all),
		cmocka_unit_test(own_calls_go_in_order_of_arrival),
		cmocka_unit_test(d2_clients_take_turns),
		cmocka_unit_test(d2_64_waiters_delay_one_by_one_call_a_turn),
		cmocka_unit_test(d2_new_clients_do_not_pass_an_old_one),
		cmocka_unit_test(kernel_contexts_take_turns_too),
		cmocka_unit_test(client_has_a_turn_at_each_level),
		cmocka_unit_test(user_is_passed_over_16_times),
		cmocka_unit_test(two_levels_are_passed_over_16_times_each),
		cmocka_unit_test(all_levels_are_passed_over_16_times_each),
		cmocka_unit_test(changing_levels_are_passed_over_16_times),
		cmocka_unit_test(entries_are_numbered_one_by_one),
		cmocka_unit_test(numbers_between_are_of_those_that_passed),
		cmocka_unit_test(refused_call_gets_another_number),
	};

	return cmocka_run_group_tests_name("call queue: order", tests, NULL,
					   NULL);
}
