// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asynchronous notifications over the SMC conduit, by one interrupt for all
 * CPUs and by one a CPU.
 */
#include <linux/interrupt.h>
#include <linux/workqueue.h>

#include "smc_driver.h"

/* Values a handler reads, and those its work does: see driver/smc/irq.c */
#define IN_HANDLER	64
#define IN_ALL		(IN_HANDLER + 64 * 1024)

static int setup(void **state)
{
	smc_driver_start(4);
	host_irq_fails = NULL;
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(host_irq_users(), 0);
	smc_driver_stop();
	return 0;
}

static void says(u32 value)
{
	assert_true(world.num_values < SMC_MAX_VALUES);
	world.values[world.num_values++] = value;
}

static bool was_sent(u32 value)
{
	return __test_and_clear_bit(value, optee.notif.sent);
}

static void start(unsigned int irq)
{
	assert_int_equal(optee_smc_irq_init(&optee, irq), 0);
}

static void stop(void)
{
	world.num_said = 0;
	optee_smc_irq_exit(&optee);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_STOP_ASYNC_NOTIF);
	assert_int_equal(host_irq_users(), 0);
}

static void test_values_are_sent_in_the_handler(void **state)
{
	start(HOST_IRQ_SHARED);
	says(3);
	says(255);
	assert_true(host_irq_raise(HOST_IRQ_SHARED, 0));
	assert_true(was_sent(3));
	assert_true(was_sent(255));
	assert_int_equal(world.num_said, 0);
	assert_false(host_run_work());
	stop();
}

static void test_bottom_half_is_a_call_that_unblocks(void **state)
{
	start(HOST_IRQ_SHARED);
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	says(4);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	assert_int_equal(world.num_said, 0);
	assert_true(host_run_work());
	assert_int_equal(world.num_said, 1);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_DO_BOTTOM_HALF);
	assert_int_equal(optee.cq.stats[OPTEE_CQ_UNBLOCK].calls, 1);
	assert_true(was_sent(4));
	assert_false(was_sent(OPTEE_SMC_NOTIF_BOTTOM_HALF));
	stop();
}

static void test_value_past_the_end_is_refused(void **state)
{
	start(HOST_IRQ_SHARED);
	says(256);
	says(U32_MAX);
	says(5);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	assert_true(was_sent(5));
	stop();
}

static void test_no_value_and_no_answer_end_it(void **state)
{
	start(HOST_IRQ_SHARED);
	assert_true(host_irq_raise(HOST_IRQ_SHARED, 0));
	assert_false(host_run_work());
	assert_int_equal(world.num_said, 0);
	stop();
}

/* A burst, with the bottom half behind what the handler reads */
static void test_many_values_are_left_to_the_work(void **state)
{
	u32 n;

	start(HOST_IRQ_SHARED);
	for (n = 1; n <= IN_HANDLER + 10; n++)
		says(n);
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	assert_int_equal(world.next_value, IN_HANDLER);
	assert_true(host_run_work());
	assert_int_equal(world.next_value, world.num_values);
	for (n = 1; n <= IN_HANDLER + 10; n++)
		assert_true(was_sent(n));
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_DO_BOTTOM_HALF);
	stop();
}

static void test_secure_world_that_never_ends_is_not_followed(void **state)
{
	start(HOST_IRQ_SHARED);
	world.endless = 7;
	host_irq_raise(HOST_IRQ_SHARED, 0);
	assert_int_equal(world.next_value, IN_HANDLER);
	assert_true(host_run_work());
	assert_int_equal(world.next_value, IN_ALL);
	world.endless = 0;
	stop();
}

static void test_bottom_half_needs_no_memory(void **state)
{
	start(HOST_IRQ_SHARED);
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	host_fail_alloc(1);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	assert_true(host_run_work());
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_DO_BOTTOM_HALF);
	assert_int_equal(world.num_said, 1);
	host_fail_alloc(0);
	stop();
}

/* What was queued when the interrupt went is still done */
static void test_bottom_half_is_made_before_it_goes(void **state)
{
	start(HOST_IRQ_SHARED);
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	optee_smc_irq_exit(&optee);
	assert_int_equal(world.num_said, 2);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_DO_BOTTOM_HALF);
}

static void test_each_cpu_has_its_interrupt(void **state)
{
	unsigned int cpu;

	start(HOST_IRQ_PERCPU);
	for (cpu = 0; cpu < HOST_CPUS - 1; cpu++) {
		says(cpu + 1);
		assert_true(host_irq_raise(HOST_IRQ_PERCPU, cpu));
		assert_true(was_sent(cpu + 1));
	}
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	host_irq_raise(HOST_IRQ_PERCPU, 1);
	assert_true(host_run_work());
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_DO_BOTTOM_HALF);
	stop();
}

static void test_cpu_that_comes_has_it_and_one_that_goes_has_not(void **state)
{
	start(HOST_IRQ_PERCPU);
	assert_false(host_irq_raise(HOST_IRQ_PERCPU, HOST_CPUS - 1));
	host_cpu_up(HOST_CPUS - 1);
	assert_true(host_irq_raise(HOST_IRQ_PERCPU, HOST_CPUS - 1));
	host_cpu_down(HOST_CPUS - 1);
	assert_false(host_irq_raise(HOST_IRQ_PERCPU, HOST_CPUS - 1));
	assert_true(host_irq_raise(HOST_IRQ_PERCPU, 0));
	stop();
	/* Nobody listens any more */
	host_cpu_up(HOST_CPUS - 1);
	assert_false(host_irq_raise(HOST_IRQ_PERCPU, HOST_CPUS - 1));
	host_cpu_down(HOST_CPUS - 1);
}

static void test_what_fails_is_undone(void **state)
{
	static const struct {
		unsigned int irq;
		const char *what;
		int rc;
	} steps[] = {
		{ HOST_IRQ_SHARED, "request_irq", -EBUSY },
		{ HOST_IRQ_PERCPU, "request_percpu_irq", -EBUSY },
		{ HOST_IRQ_PERCPU, "cpuhp_setup_state_multi", -ENOSPC },
		{ HOST_IRQ_PERCPU, "cpuhp_state_add_instance", -ENOMEM },
	};
	size_t n;

	for (n = 0; n < ARRAY_SIZE(steps); n++) {
		host_irq_fails = steps[n].what;
		assert_int_equal(optee_smc_irq_init(&optee, steps[n].irq),
				 steps[n].rc);
		assert_int_equal(host_irq_users(), 0);
		/* There is nothing to stop */
		optee_smc_irq_exit(&optee);
		assert_int_equal(world.num_said, 0);
	}
}

static void test_optee_that_refuses_is_left_alone(void **state)
{
	world.async.a[0] = OPTEE_SMC_ENOTAVAIL;
	assert_int_equal(optee_smc_irq_init(&optee, HOST_IRQ_SHARED),
			 -EOPNOTSUPP);
	assert_int_equal(host_irq_users(), 0);
	assert_int_equal(optee_smc_irq_init(&optee, HOST_IRQ_PERCPU),
			 -EOPNOTSUPP);
	assert_int_equal(host_irq_users(), 0);
}

static void runs_out_of_memory(unsigned int irq)
{
	unsigned int n = 1;
	int rc;

	for (;; n++) {
		host_fail_alloc(n);
		rc = optee_smc_irq_init(&optee, irq);
		if (!rc)
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_int_equal(host_irq_users(), 0);
	}
	assert_in_range(n, 2, 10);
	host_fail_alloc(0);
	stop();
}

static void test_without_memory_there_is_none(void **state)
{
	runs_out_of_memory(HOST_IRQ_SHARED);
	optee_msg_cache_drain(&optee);
	runs_out_of_memory(HOST_IRQ_PERCPU);
}

/* No thread comes free: the queue is closed, and nobody waits for ever */
static void test_exit_without_a_thread_ends(void **state)
{
	struct optee_cq_call held[2];
	size_t n;

	start(HOST_IRQ_SHARED);
	for (n = 0; n < ARRAY_SIZE(held); n++) {
		optee_cq_call_init(&held[n], &optee.own, OPTEE_CQ_UNBLOCK, 0,
				   NULL);
		assert_int_equal(optee_cq_try_enter(&optee.cq, &held[n]), 0);
	}
	says(OPTEE_SMC_NOTIF_BOTTOM_HALF);
	host_irq_raise(HOST_IRQ_SHARED, 0);
	optee_smc_irq_exit(&optee);
	assert_int_equal(world.num_said, 0);
	assert_int_equal(host_irq_users(), 0);
	for (n = 0; n < ARRAY_SIZE(held); n++)
		optee_cq_leave(&optee.cq, &held[n]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_values_are_sent_in_the_handler),
		TEST(test_bottom_half_is_a_call_that_unblocks),
		TEST(test_value_past_the_end_is_refused),
		TEST(test_no_value_and_no_answer_end_it),
		TEST(test_many_values_are_left_to_the_work),
		TEST(test_secure_world_that_never_ends_is_not_followed),
		TEST(test_bottom_half_needs_no_memory),
		TEST(test_bottom_half_is_made_before_it_goes),
		TEST(test_each_cpu_has_its_interrupt),
		TEST(test_cpu_that_comes_has_it_and_one_that_goes_has_not),
		TEST(test_what_fails_is_undone),
		TEST(test_optee_that_refuses_is_left_alone),
		TEST(test_without_memory_there_is_none),
		TEST(test_exit_without_a_thread_ends),
	};

	return cmocka_run_group_tests_name("smc_irq", tests, NULL, NULL);
}
