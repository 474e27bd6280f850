// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue, promise 2: no waiter sleeps that may enter, and nobody
 * comes before a chosen one.
 */
#include "queue.h"

static void d1_freed_thread_goes_to_a_waiter(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *u1 = q_ask(q, 1, USER, 0);
	struct q_caller *u2 = q_ask(q, 2, USER, 0);
	struct q_caller *u3 = q_ask(q, 3, USER, 0);

	(void)state;
	assert_true(q_holds(u1) && q_holds(u2) && q_waits(u3));
	optee_cq_leave(&q->cq, &u2->call);
	assert_true(q_holds(u3));
	assert_true(q_holds(u1));
	assert_false(u1->call.event.set);
	q_end(q);
}

static void d1_system_call_gets_the_freed_thread(void **state)
{
	struct q *q = q_new(2);
	struct q_caller *a, *b, *u;

	(void)state;
	optee_cq_add_client(&q->cq, SYSTEM);
	a = q_ask(q, 1, SYSTEM, 1);
	u = q_ask(q, 2, USER, 0);
	b = q_ask(q, 3, SYSTEM, 1);
	assert_true(q_holds(a) && q_holds(u) && q_waits(b));
	optee_cq_leave(&q->cq, &u->call);
	assert_true(q_holds(b));
	optee_cq_del_client(&q->cq, SYSTEM);
	q_end(q);
}

static void d2_nobody_barges_past_a_chosen_waiter(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *first = q_ask(q, 1, USER, 0);
	struct q_caller *chosen = q_ask(q, 2, USER, 0);
	struct q_caller *late;

	(void)state;
	cq_host_stop(&chosen->task);
	q_done(first);
	assert_true(cq_host_stopped(&chosen->task));
	assert_int_equal(q_try(q, USER, 0), -EBUSY);
	assert_int_equal(q_try(q, UNBLOCK, 0), -EBUSY);
	late = q_ask(q, 3, SYSTEM, 1);
	assert_true(q_waits(late));
	cq_host_cont(&chosen->task);
	q_settle(q);
	assert_true(q_holds(chosen));
	q_done(chosen);
	assert_true(q_holds(late));
	q_end(q);
}

static void d2_newcomer_goes_behind_those_who_wait(void **state)
{
	struct q *q = q_new(1);
	struct q_caller *c[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		c[i] = q_ask(q, i, USER, 0);
	q_done(c[0]);
	assert_true(q_holds(c[1]));
	q_ask_again(c[0]);
	q_done(c[1]);
	assert_true(q_holds(c[2]));
	q_done(c[2]);
	assert_true(q_holds(c[0]));
	q_end(q);
}

static void thread_kept_for_others_is_not_handed_down(void **state)
{
	struct q *q = q_new(2);
	struct optee_cq_call u, s;
	struct q_caller *waiter;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 1), 0);
	q_hold(q, &u, 0, USER, 0);
	q_hold(q, &s, 1, SYSTEM, 1);
	waiter = q_ask(q, 2, USER, 0);
	q_leave(q, &s);
	assert_true(q_waits(waiter));
	q_hold(q, &s, 1, SYSTEM, 1);
	q_leave(q, &u);
	assert_true(q_holds(waiter));
	q_leave(q, &s);
	q_end(q);
}

/* The one waiter that may enter is found behind those that may not */
static void waiter_that_may_not_enter_holds_up_nobody(void **state)
{
	struct q *q = q_new(3);
	struct optee_cq_call u, s[2];
	struct q_caller *user, *kernel, *system;

	(void)state;
	assert_int_equal(optee_cq_set_policy(&q->cq, SYSTEM, 2), 0);
	q_hold(q, &u, 0, USER, 0);
	q_hold(q, &s[0], 1, SYSTEM, 1);
	q_hold(q, &s[1], 1, SYSTEM, 2);
	user = q_ask(q, 2, USER, 0);
	kernel = q_ask(q, 3, KERNEL, 0);
	system = q_ask(q, 4, SYSTEM, 1);
	q_leave(q, &s[0]);
	assert_true(q_holds(system));
	assert_true(q_waits(user) && q_waits(kernel));
	q_leave(q, &u);
	assert_true(q_holds(kernel));
	q_done(kernel);
	assert_true(q_holds(user));
	q_leave(q, &s[1]);
	q_end(q);
}

static unsigned int random_below(unsigned int n)
{
	static unsigned int x = 1;

	x = x * 1103515245 + 12345;
	return (x >> 16) % n;
}

static void one_step(struct q *q, struct q_caller *c)
{
	unsigned int what = random_below(8);

	if (q_holds(c) && what < 6)
		q_done(c);
	else if (q_holds(c) && what < 7)
		q_refuse(c);
	else if (c->call.state == OPTEE_CQ_IDLE)
		q_ask_again(c);
	else
		q_clock(q, cq_now() + CQ_MS);
}

/* What q_check() looks at holds after each step, whatever they are */
static void no_idle_thread_in_a_random_walk(void **state)
{
	static const enum optee_cq_class classes[] = {
		USER, USER, USER, KERNEL, SYSTEM, SYSTEM, UNBLOCK,
	};
	unsigned int threads, i;

	(void)state;
	for (threads = 1; threads <= 6; threads++) {
		struct q *q = q_new(threads);

		optee_cq_set_policy(&q->cq, KERNEL, OPTEE_CQ_ALWAYS);
		optee_cq_set_policy(&q->cq, SYSTEM, threads / 2);
		for (i = 0; i < 12; i++)
			q_ask(q, i / 2, classes[i % ARRAY_SIZE(classes)],
			      1 + i / 7);
		for (i = 0; i < 400; i++) {
			if (!random_below(20))
				optee_cq_set_policy(&q->cq, SYSTEM,
						    random_below(2));
			q->overfull = true;
			one_step(q, q->callers[random_below(q->n)]);
		}
		q_end(q);
	}
}

/**
 * struct crowd - real threads that enter and leave as fast as they can
 * @cq: the queue
 * @client: everybody's
 * @number: the next one's
 * @inside: how many are, by their own count
 * @too_many: more were than there are threads
 */
struct crowd {
	struct optee_cq cq;
	struct optee_cq_client client[4];
	unsigned int number;
	unsigned int inside;
	bool too_many;
};

#define CROWD_THREADS	3
#define CROWD_CALLS	400

static void *crowd_main(void *arg)
{
	struct crowd *crowd = arg;
	unsigned int number, class, i;
	struct optee_cq_call call;

	number = __atomic_fetch_add(&crowd->number, 1, __ATOMIC_RELAXED);
	class = number % OPTEE_CQ_CLASSES;
	for (i = 0; i < CROWD_CALLS; i++) {
		optee_cq_call_init(&call, &crowd->client[number % 4], class,
				   1 + i % 3, NULL);
		if (optee_cq_enter(&crowd->cq, &call, CQ_FOREVER))
			return crowd;
		if (__atomic_add_fetch(&crowd->inside, 1, __ATOMIC_RELAXED) >
		    CROWD_THREADS)
			crowd->too_many = true;
		sched_yield();
		__atomic_sub_fetch(&crowd->inside, 1, __ATOMIC_RELAXED);
		optee_cq_leave(&crowd->cq, &call);
	}
	return NULL;
}

static void crowd_of_threads_all_get_through(void **state)
{
	static struct crowd crowd;
	unsigned int i, failures = cq_host_failures();
	pthread_t threads[12];
	void *rc;

	(void)state;
	cq_host_set_clock(-1);
	assert_int_equal(optee_cq_init(&crowd.cq, CROWD_THREADS), 0);
	optee_cq_set_policy(&crowd.cq, SYSTEM, OPTEE_CQ_ALWAYS);
	for (i = 0; i < 4; i++)
		optee_cq_client_init(&crowd.client[i]);
	for (i = 0; i < 12; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_main,
						&crowd), 0);
	for (i = 0; i < 12; i++) {
		pthread_join(threads[i], &rc);
		assert_null(rc);
	}
	assert_false(crowd.too_many);
	assert_int_equal(crowd.cq.inside, 0);
	assert_int_equal(crowd.cq.seq, 12 * CROWD_CALLS);
	optee_cq_destroy(&crowd.cq);
	assert_int_equal(cq_host_failures(), failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(d1_freed_thread_goes_to_a_waiter),
		cmocka_unit_test(d1_system_call_gets_the_freed_thread),
		cmocka_unit_test(d2_nobody_barges_past_a_chosen_waiter),
		cmocka_unit_test(d2_newcomer_goes_behind_those_who_wait),
		cmocka_unit_test(thread_kept_for_others_is_not_handed_down),
		cmocka_unit_test(waiter_that_may_not_enter_holds_up_nobody),
		cmocka_unit_test(no_idle_thread_in_a_random_walk),
		cmocka_unit_test(crowd_of_threads_all_get_through),
	};

	return cmocka_run_group_tests_name("call queue: no idle thread",
					   tests, NULL, NULL);
}
