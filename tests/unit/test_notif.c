// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications: who waits, for how long, and what is refused.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "optee.h"

#define MAX	255

static struct optee optee;

struct waiter {
	pthread_t thread;
	struct task_struct *task;
	u64 value;
	u64 ms;
	int rc;
};

static int setup(void **state)
{
	memset(&optee, 0, sizeof(optee));
	host_reset();
	return optee_notif_init(&optee, MAX);
}

static int teardown(void **state)
{
	optee_notif_exit(&optee);
	host_reset();
	return 0;
}

static void *wait_thread(void *arg)
{
	struct waiter *w = arg;

	host_started(&w->task);
	w->rc = optee_notif_wait(&optee, w->value, w->ms);
	return NULL;
}

static void start(struct waiter *w)
{
	w->task = NULL;
	pthread_create(&w->thread, NULL, wait_thread, w);
	host_wait_started(&w->task);
	host_wait_asleep(w->task, 0);
}

static int finish(struct waiter *w)
{
	pthread_join(w->thread, NULL);
	return w->rc;
}

static void test_sent_wakes_its_waiter_only(void **state)
{
	struct waiter a = { .value = 1 }, b = { .value = 2 };

	start(&a);
	start(&b);
	assert_int_equal(optee_notif_send(&optee, 2), 0);
	assert_int_equal(finish(&b), 0);
	host_wait_asleep(a.task, 0);
	assert_int_equal(optee_notif_send(&optee, 1), 0);
	assert_int_equal(finish(&a), 0);
}

static void test_sent_before_the_wait_is_kept_once(void **state)
{
	struct waiter again = { .value = 7, .ms = 10 };

	assert_int_equal(optee_notif_send(&optee, 7), 0);
	assert_int_equal(optee_notif_send(&optee, 7), 0);
	assert_int_equal(optee_notif_wait(&optee, 7, 0), 0);
	start(&again);
	host_advance_ms(10);
	assert_int_equal(finish(&again), -ETIMEDOUT);
}

static void test_sent_to_a_waiter_is_not_kept(void **state)
{
	struct waiter first = { .value = 3 }, again = { .value = 3, .ms = 1 };

	start(&first);
	optee_notif_send(&optee, 3);
	assert_int_equal(finish(&first), 0);
	start(&again);
	host_advance_ms(1);
	assert_int_equal(finish(&again), -ETIMEDOUT);
}

static void test_second_waiter_for_a_value_is_refused(void **state)
{
	struct waiter first = { .value = 3 };

	start(&first);
	assert_int_equal(optee_notif_wait(&optee, 3, 0), -EBUSY);
	optee_notif_send(&optee, 3);
	assert_int_equal(finish(&first), 0);
}

static void test_d11_time_out_is_in_milliseconds(void **state)
{
	struct waiter w = { .value = 9, .ms = 50 };

	start(&w);
	host_advance_ms(49);
	host_wait_asleep(w.task, 0);
	assert_int_equal(host_wakes(w.task), 0);
	host_advance_ms(1);
	assert_int_equal(finish(&w), -ETIMEDOUT);
}

static void test_d11_time_out_of_64_bits_is_taken_as_the_longest(void **state)
{
	struct waiter w = { .value = 9, .ms = ~0ULL };

	start(&w);
	host_advance_ms(U32_MAX - 1ULL);
	host_wait_asleep(w.task, 0);
	host_advance_ms(1);
	assert_int_equal(finish(&w), -ETIMEDOUT);
}

/* Thawing a task wakes it, for nothing */
static void test_d12_untimed_wait_lets_suspend_and_goes_on(void **state)
{
	struct waiter w = { .value = 4 };

	start(&w);
	assert_true(host_state(w.task) & TASK_FREEZABLE);
	wake_up_process(w.task);
	host_wait_asleep(w.task, 1);
	optee_notif_send(&optee, 4);
	assert_int_equal(finish(&w), 0);
}

static void test_timed_wait_lets_suspend_and_goes_on(void **state)
{
	struct waiter w = { .value = 4, .ms = 20 };

	start(&w);
	assert_true(host_state(w.task) & TASK_FREEZABLE);
	wake_up_process(w.task);
	host_wait_asleep(w.task, 1);
	host_advance_ms(20);
	assert_int_equal(finish(&w), -ETIMEDOUT);
}

/* OP-TEE would ask again at once, and spin */
static void test_signal_does_not_end_a_wait(void **state)
{
	struct waiter w = { .value = 4 };

	start(&w);
	host_kill(w.task);
	host_advance_ms(1000);
	host_wait_asleep(w.task, 0);
	assert_int_equal(host_wakes(w.task), 0);
	optee_notif_send(&optee, 4);
	assert_int_equal(finish(&w), 0);
}

static void test_d13_value_past_the_end_is_refused(void **state)
{
	assert_int_equal(optee_notif_send(&optee, MAX), 0);
	assert_int_equal(optee_notif_wait(&optee, MAX, 0), 0);
	assert_int_equal(optee_notif_send(&optee, MAX + 1), -EINVAL);
	assert_int_equal(optee_notif_wait(&optee, MAX + 1, 0), -EINVAL);
	assert_int_equal(optee_notif_send(&optee, ~0ULL), -EINVAL);
	assert_int_equal(optee_notif_wait(&optee, 1ULL << 32, 0), -EINVAL);
}

/* The bitmap has room for one more than a multiple of a word */
static void test_d13_highest_value_has_a_bit_of_its_own(void **state)
{
	optee_notif_exit(&optee);
	memset(&optee, 0, sizeof(optee));
	assert_int_equal(optee_notif_init(&optee, 64), 0);
	assert_int_equal(optee_notif_send(&optee, 64), 0);
	assert_int_equal(optee_notif_send(&optee, 65), -EINVAL);
	assert_int_equal(optee_notif_wait(&optee, 64, 0), 0);
}

static void send_too_late(void)
{
	host_idle = NULL;
	host_advance_ms(100);
	assert_int_equal(optee_notif_send(&optee, 5), 0);
}

static void test_sent_as_the_time_is_over_counts(void **state)
{
	host_idle = send_too_late;
	assert_int_equal(optee_notif_wait(&optee, 5, 100), 0);
	host_idle = NULL;
}

static void test_exit_ends_every_wait(void **state)
{
	struct waiter a = { .value = 1 }, b = { .value = 2, .ms = 5 };

	start(&a);
	start(&b);
	optee_notif_exit(&optee);
	assert_int_equal(finish(&a), -ESHUTDOWN);
	assert_int_equal(finish(&b), -ESHUTDOWN);
	assert_int_equal(optee_notif_wait(&optee, 1, 0), -ESHUTDOWN);
	assert_int_equal(optee_notif_send(&optee, 1), -ESHUTDOWN);
}

static void test_what_no_optee_has_is_not_believed(void **state)
{
	struct optee other = { };

	assert_int_equal(optee_notif_init(&other, U32_MAX), -EINVAL);
	optee_notif_exit(&other);
	assert_int_equal(optee_notif_init(&other, OPTEE_NOTIF_LIMIT), 0);
	optee_notif_exit(&other);
	host_fail_alloc(1);
	assert_int_equal(optee_notif_init(&other, 1), -ENOMEM);
	optee_notif_exit(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sent_wakes_its_waiter_only),
		TEST(test_sent_before_the_wait_is_kept_once),
		TEST(test_sent_to_a_waiter_is_not_kept),
		TEST(test_second_waiter_for_a_value_is_refused),
		TEST(test_d11_time_out_is_in_milliseconds),
		TEST(test_d11_time_out_of_64_bits_is_taken_as_the_longest),
		TEST(test_d12_untimed_wait_lets_suspend_and_goes_on),
		TEST(test_timed_wait_lets_suspend_and_goes_on),
		TEST(test_signal_does_not_end_a_wait),
		TEST(test_d13_value_past_the_end_is_refused),
		TEST(test_d13_highest_value_has_a_bit_of_its_own),
		TEST(test_sent_as_the_time_is_over_counts),
		TEST(test_exit_ends_every_wait),
		TEST(test_what_no_optee_has_is_not_believed),
	};

	return cmocka_run_group_tests_name("notif", tests, NULL, NULL);
}
