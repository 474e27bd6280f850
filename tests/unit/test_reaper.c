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
	closed[num_closed++] = msg->arg->session;
	return 0;
}

static void done(struct optee_reap *reap, int rc)
{
	num_done++;
}

static int setup(void **state)
{
	memset(&optee, 0, sizeof(optee));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_left_to_it_goes_in_order),
		TEST(test_it_does_not_wait_for_a_supplicant_as_a_process),
	};

	return cmocka_run_group_tests_name("reaper", tests, NULL, NULL);
}
