// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reaper: calls that nobody waits for. What a call comes to is the test's.
 */
#include "smc_world.h"

#include <linux/workqueue.h>

static struct optee optee;
static struct optee_msg_arg arg;
static struct optee_msg msg = { .arg = &arg };

/* What the calls were for, and what came of them */
static struct optee_who asked;
static u32 closed[4];
static unsigned int num_closed, num_done;
static int last_rc;

/* So many calls are in vain, because of this */
static unsigned int num_vain;
static int why;

struct optee_msg *optee_msg_get_private(struct optee *optee,
					size_t num_params)
{
	return &msg;
}

void optee_msg_put(struct optee *optee, struct optee_msg *msg)
{
}

void optee_msg_reset(struct optee *optee, struct optee_msg *msg,
		     size_t num_params)
{
	arg = (struct optee_msg_arg) { .num_params = num_params };
}

int optee_call(struct optee *optee, const struct optee_who *who,
	       struct optee_msg *msg, cq_time_t deadline)
{
	asked = *who;
	if (num_closed < ARRAY_SIZE(closed))
		closed[num_closed] = msg->arg->session;
	num_closed++;
	if (!num_vain)
		return 0;
	num_vain--;
	return why;
}

static void done(struct optee_reap *reap, int rc)
{
	num_done++;
	last_rc = rc;
}

static int setup(void **state)
{
	memset(&optee, 0, sizeof(optee));
	host_reset();
	num_vain = 0;
	num_closed = 0;
	num_done = 0;
	return optee_reaper_init(&optee);
}

static int teardown(void **state)
{
	optee_reaper_exit(&optee);
	return 0;
}

static void init(struct optee_reap *reap, u32 session)
{
	*reap = (struct optee_reap) {
		.cmd = OPTEE_MSG_CMD_CLOSE_SESSION,
		.session = session,
		.done = done,
	};
}

static void test_what_is_left_to_it_goes_in_order(void **state)
{
	struct optee_reap a, b;

	init(&a, 5);
	init(&b, 6);
	optee_reap(&optee, &a);
	optee_reap(&optee, &b);
	assert_false(optee_reaper_flush(&optee, 1));
	host_run_work();
	assert_int_equal(num_closed, 2);
	assert_int_equal(closed[0], 5);
	assert_int_equal(closed[1], 6);
	assert_int_equal(num_done, 2);
	assert_true(optee_reaper_flush(&optee, 1));
}

/* Nobody could end that wait, and all that comes later would wait as well */
static void test_it_does_not_wait_for_a_supplicant_as_a_process(void **state)
{
	struct optee_reap a;

	init(&a, 5);
	a.who.class = OPTEE_CQ_USER;
	optee_reap(&optee, &a);
	host_run_work();
	assert_int_equal(num_closed, 1);
	assert_true(asked.supp_brief);
}

/* It says that the message is at a bad address: it could not map it */
static void test_what_optee_had_no_memory_for_is_tried_again(void **state)
{
	struct optee_reap a, b;

	num_vain = 1;
	why = -EINVAL;
	init(&a, 5);
	init(&b, 6);
	optee_reap(&optee, &a);
	optee_reap(&optee, &b);
	host_run_work();
	assert_int_equal(num_closed, 3);
	/* What the next one cleans up may be the memory that was not there */
	assert_int_equal(closed[1], 6);
	assert_int_equal(closed[2], 5);
	assert_int_equal(num_done, 2);
	assert_int_equal(last_rc, 0);
	assert_int_equal(host_waited_ms, 0);
	assert_true(optee_reaper_flush(&optee, 1));
}

static void test_a_round_in_vain_is_followed_by_a_pause(void **state)
{
	struct optee_reap a, b;

	num_vain = 4;
	why = -ENOMEM;
	init(&a, 5);
	init(&b, 6);
	optee_reap(&optee, &a);
	optee_reap(&optee, &b);
	host_run_work();
	assert_int_equal(num_closed, 6);
	assert_int_equal(num_done, 2);
	assert_int_equal(host_waited_ms, 10 + 20);
}

static void test_it_gives_up_in_the_end(void **state)
{
	struct optee_reap a;

	num_vain = 10000;
	why = -EINVAL;
	init(&a, 5);
	optee_reap(&optee, &a);
	host_run_work();
	assert_int_equal(num_done, 1);
	assert_int_equal(last_rc, -EINVAL);
	assert_in_range(num_closed, 2, 1000);
	/* No pause is longer than a second, so that a remove need not wait */
	assert_in_range(host_waited_ms, 60000, 1000 * num_closed);
}

static void test_what_cannot_come_right_is_not_tried_again(void **state)
{
	struct optee_reap a;

	num_vain = 10000;
	why = -ESHUTDOWN;
	init(&a, 5);
	optee_reap(&optee, &a);
	host_run_work();
	assert_int_equal(num_closed, 1);
	assert_int_equal(num_done, 1);
	assert_int_equal(last_rc, -ESHUTDOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_left_to_it_goes_in_order),
		TEST(test_it_does_not_wait_for_a_supplicant_as_a_process),
		TEST(test_what_optee_had_no_memory_for_is_tried_again),
		TEST(test_a_round_in_vain_is_followed_by_a_pause),
		TEST(test_it_gives_up_in_the_end),
		TEST(test_what_cannot_come_right_is_not_tried_again),
	};

	return cmocka_run_group_tests_name("reaper", tests, NULL, NULL);
}
