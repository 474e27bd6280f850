// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue: calls that others wait for. Who serves an RPC makes calls
 * that are SYSTEM and deeper than what they serve, and nobody else does.
 */
#include "queue.h"

static void assert_is(const struct q_caller *c, enum optee_cq_class class,
		      unsigned int depth)
{
	assert_int_equal(c->call.class, class);
	assert_int_equal(c->call.depth, depth);
}

static void nested_call_is_system_and_one_deeper(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *system = q_ask(q, 1, SYSTEM, 1);
	struct q_caller *one = q_nested_in(user), *two = q_nested_in(system);

	(void)state;
	assert_is(one, SYSTEM, 1);
	assert_is(two, SYSTEM, 2);
	assert_int_equal(q->cq.blocked, 2);
	assert_int_equal(q->cq.stats[SYSTEM].calls, 3);
	q_done(one);
	assert_int_equal(q->cq.blocked, 1);
	q_end(q);
}

static void nested_in_nested_is_deeper_again(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *c = q_ask(q, 0, KERNEL, 0);
	unsigned int depth;

	(void)state;
	for (depth = 1; depth < 4; depth++) {
		c = q_nested_in(c);
		assert_is(c, SYSTEM, depth);
	}
	q_end(q);
}

/* The thread that is kept for it lets it in, with user space everywhere else */
static void nested_call_gets_the_thread_kept_for_it(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *user, *other, *nested;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 1), 0);
	user = q_ask(q, 0, USER, 0);
	other = q_ask(q, 1, USER, 0);
	assert_true(q_waits(other));
	nested = q_nested_in(user);
	assert_true(q_holds(nested));
	q_done(nested);
	assert_true(q_waits(other));
	q_end(q);
}

static void each_depth_has_a_thread_left_for_the_next(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user, *one, *other, *two;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 2), 0);
	user = q_ask(q, 0, USER, 0);
	one = q_nested_in(user);
	assert_true(q_holds(one));
	other = q_ask(q, 1, SYSTEM, 1);
	assert_true(q_waits(other));
	two = q_nested_in(one);
	assert_true(q_holds(two));
	q_end(q);
}

/* One that shares its process, or its session, is another task */
static void only_the_server_is_nested(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *server = q_idle(q), *sibling;

	(void)state;
	q_serve(user, server);
	sibling = q_ask(q, 10, USER, 0);
	assert_is(sibling, USER, 0);
	q_ask_by(server, 10, USER, 0);
	assert_is(server, SYSTEM, 1);
	q_end(q);
}

static void answer_ends_it(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *server = q_nested_in(user);

	(void)state;
	q_done(server);
	q_serve(user, NULL);
	q_ask_by(server, 10, USER, 0);
	assert_is(server, USER, 0);
	assert_int_equal(q->cq.blocked, 0);
	q_end(q);
}

static void another_server_takes_its_place(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *first = q_nested_in(user), *second;

	(void)state;
	second = q_nested_in(user);
	assert_is(second, SYSTEM, 1);
	assert_int_equal(q->cq.blocked, 1);
	q_done(first);
	assert_int_equal(q->cq.blocked, 1);
	q_ask_by(first, 10, USER, 0);
	assert_is(first, USER, 0);
	q_end(q);
}

/* Its caller was killed, say: what serves it goes on for nobody */
static void holder_that_leaves_takes_its_mark_along(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *server = q_nested_in(user);

	(void)state;
	q_done(user);
	assert_int_equal(q->cq.blocked, 0);
	assert_true(list_empty(&q->cq.served));
	assert_true(q_holds(server));
	q_done(server);
	q_ask_by(server, 10, USER, 0);
	assert_is(server, USER, 0);
	q_end(q);
}

/* A supplicant that has fetched two requests: for which it calls is unknown */
static void server_of_several_is_below_the_deepest(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *system = q_ask(q, 1, SYSTEM, 1);
	struct q_caller *server = q_idle(q);

	(void)state;
	q_serve(system, server);
	q_serve(user, server);
	q_ask_by(server, 10, USER, 0);
	assert_is(server, SYSTEM, 2);
	assert_int_equal(q->cq.blocked, 2);
	q_done(server);
	assert_int_equal(q->cq.blocked, 0);
	q_end(q);
}

/* An RPC that the caller's own task serves, on behalf of another's */
static void own_task_is_nested_in_its_own_call_only(void **state)
{
	struct q *q = q_new(4);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *server = q_nested_in(user);
	struct q_caller *same = q_idle(q);

	(void)state;
	same->key = server->key;
	q_serve(server, server);
	q_ask_by(same, 10, USER, 0);
	assert_is(same, SYSTEM, 2);
	assert_ptr_equal(user->call.inner, &server->call);
	assert_ptr_equal(server->call.inner, &same->call);
	q_end(q);
}

static void cancellation_by_a_server_stays_what_it_is(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *server = q_idle(q);

	(void)state;
	q_serve(user, server);
	q_ask_by(server, 10, UNBLOCK, 0);
	assert_is(server, UNBLOCK, 1);
	assert_int_equal(server->call.level, OPTEE_CQ_LEVELS - 1);
	q_end(q);
}

/* Who nests once will again */
static void auto_keeps_a_thread_once_a_call_was_nested(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *nested;

	(void)state;
	assert_int_equal(q->cq.reserved[SYSTEM], 0);
	nested = q_nested_in(user);
	assert_int_equal(q->cq.reserved[SYSTEM], 1);
	q_done(nested);
	q_done(user);
	assert_int_equal(q->cq.reserved[SYSTEM], 1);
	assert_int_equal(q_try(q, USER, 0), 0);
	q_end(q);
}

static void nested_call_that_is_killed_leaves_nothing(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *other = q_ask(q, 1, USER, 0);
	struct q_caller *nested;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 0), 0);
	nested = q_nested_in(user);
	assert_true(q_waits(nested));
	assert_int_equal(q->cq.blocked, 1);
	q_kill(nested);
	assert_int_equal(q_result(nested), -EINTR);
	assert_int_equal(q->cq.blocked, 0);
	assert_null(user->call.inner);
	assert_true(q_holds(other));
	q_end(q);
}

static void refused_nested_call_stays_nested(void **state)
{
	struct q *q = q_new(3);
	struct q_caller *user = q_ask(q, 0, USER, 0);
	struct q_caller *other = q_ask(q, 1, USER, 0);
	struct q_caller *nested;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 0), 0);
	nested = q_nested_in(user);
	assert_true(q_holds(nested));
	q_refuse(nested);
	assert_true(q_waits(nested));
	assert_int_equal(q->cq.blocked, 1);
	q_done(other);
	assert_true(q_holds(nested));
	assert_int_equal(q->cq.blocked, 1);
	q_end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_call_is_system_and_one_deeper),
		cmocka_unit_test(nested_in_nested_is_deeper_again),
		cmocka_unit_test(nested_call_gets_the_thread_kept_for_it),
		cmocka_unit_test(each_depth_has_a_thread_left_for_the_next),
		cmocka_unit_test(only_the_server_is_nested),
		cmocka_unit_test(answer_ends_it),
		cmocka_unit_test(another_server_takes_its_place),
		cmocka_unit_test(holder_that_leaves_takes_its_mark_along),
		cmocka_unit_test(server_of_several_is_below_the_deepest),
		cmocka_unit_test(own_task_is_nested_in_its_own_call_only),
		cmocka_unit_test(cancellation_by_a_server_stays_what_it_is),
		cmocka_unit_test(auto_keeps_a_thread_once_a_call_was_nested),
		cmocka_unit_test(nested_call_that_is_killed_leaves_nothing),
		cmocka_unit_test(refused_nested_call_stays_nested),
	};

	return cmocka_run_group_tests_name("call_queue_nested", tests, NULL,
					   NULL);
}
