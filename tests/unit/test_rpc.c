// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remote procedure calls: messages out of bounds, and the commands that need
 * no memory.
 */
#include "rpc_world.h"

#define FUNC	0x123

static void test_more_parameters_than_room_are_refused(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_GET_TIME, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_OUT, 0, 0, 0);
	a.arg->num_params = 2;
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	a.arg->num_params = U32_MAX;
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	/* OPTEE_MSG_SIZE() in 32 bits is the size of none */
	a.arg->num_params = 1U << 27;
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	a.arg->num_params = 1;
	a.room--;
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(a.arg->params[0].u.value.a, 0);
	a.room++;
	assert_int_equal(ask(&a), TEEC_SUCCESS);
	asker_free(&a);
}

static void test_more_parameters_than_we_take_are_refused(void **state)
{
	struct caller busy = { .func = FUNC };
	struct fetched f;
	struct asker a;

	asker_init(&a, FUNC, OPTEE_RPC_MAX_PARAMS + 1);
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	assert_true(list_empty(&optee.supp.queued));
	asker_free(&a);
	caller_start(&busy);
	fetch(&supp_ctx, &f);
	answer(&supp_ctx, &f, 0);
	caller_ret(&busy);
}

static void test_without_room_for_a_message_nothing_is_done(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_GET_TIME, 0);
	a.room--;
	assert_int_equal(ask(&a), NOT_SAID);
	a.room++;
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	asker_free(&a);
}

static void test_time_is_told(void **state)
{
	struct optee_msg_value *v;
	struct asker a;

	host_advance_ms(2500);
	asker_init(&a, OPTEE_RPC_CMD_GET_TIME, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_OUT, 0, 0, 7);
	assert_int_equal(ask(&a), TEEC_SUCCESS);
	v = &a.arg->params[0].u.value;
	assert_int_equal(v->a, 1000000003);
	assert_int_equal(v->b, 500000000);
	asker_free(&a);
}

static void test_parameters_of_another_form_are_refused(void **state)
{
	static const u32 cmds[] = {
		OPTEE_RPC_CMD_GET_TIME, OPTEE_RPC_CMD_NOTIFICATION,
		OPTEE_RPC_CMD_SUSPEND, OPTEE_RPC_CMD_SHM_ALLOC,
		OPTEE_RPC_CMD_SHM_FREE,
	};
	struct asker a;
	size_t n;

	for (n = 0; n < ARRAY_SIZE(cmds); n++) {
		asker_init(&a, cmds[n], 2);
		ask_value(&a, 0, OPTEE_MSG_VALUE_INOUT, 1, 1, 1);
		assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
		a.arg->num_params = 1;
		assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
		ask_value(&a, 0, OPTEE_MSG_RMEM_IN, 1, 1, 1);
		assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
		ask_value(&a, 0, OPTEE_MSG_VALUE_IN | 1ULL << 32, 1, 1, 1);
		assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
		a.arg->num_params = 0;
		assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
		assert_int_equal(a.arg->params[0].u.value.a, 1);
		asker_free(&a);
	}
}

static void wait_asleep(struct asker *a, unsigned int wakes)
{
	host_wait_asleep(a->task, wakes);
}

static void test_suspend_sleeps_as_long_as_asked(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_SUSPEND, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, 50, 0, 0);
	ask_start(&a);
	wait_asleep(&a, 0);
	assert_true(host_state(a.task) & TASK_FREEZABLE);
	host_advance_ms(49);
	wait_asleep(&a, 0);
	host_advance_ms(1);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);

	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, 3000, 0, 0);
	ask_start(&a);
	wait_asleep(&a, 0);
	host_advance_ms(100);
	wait_asleep(&a, 1);
	assert_true(host_state(a.task) & TASK_FREEZABLE);
	host_advance_ms(2899);
	wait_asleep(&a, 1);
	host_advance_ms(1);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	asker_free(&a);
}

static void test_suspend_of_nothing_and_of_too_much(void **state)
{
	struct asker a;

	assert_int_equal(ask_once(OPTEE_RPC_CMD_SUSPEND, 0, 0, 0),
			 TEEC_SUCCESS);
	asker_init(&a, OPTEE_RPC_CMD_SUSPEND, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, ~0ULL, 0, 0);
	ask_start(&a);
	wait_asleep(&a, 0);
	host_advance_ms(100);
	wait_asleep(&a, 1);
	host_advance_ms(U32_MAX - 100ULL);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	asker_free(&a);
}

/* A killed process does not sleep on; nor does OP-TEE, asking again, spin */
static void test_signal_ends_suspend_but_not_at_once(void **state)
{
	struct asker a;
	int round;

	for (round = 0; round < 2; round++) {
		asker_init(&a, OPTEE_RPC_CMD_SUSPEND, 1);
		ask_value(&a, 0, OPTEE_MSG_VALUE_IN, 3600000, 0, 0);
		ask_start(&a);
		wait_asleep(&a, 0);
		if (round)
			host_kill(a.task);
		else
			host_signal(a.task);
		host_advance_ms(99);
		wait_asleep(&a, 0);
		assert_int_equal(host_wakes(a.task), 0);
		host_advance_ms(1);
		assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
		asker_free(&a);
	}
}

static void test_signal_ends_a_suspend_under_way_at_once(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_SUSPEND, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, 3600000, 0, 0);
	ask_start(&a);
	wait_asleep(&a, 0);
	host_advance_ms(200);
	wait_asleep(&a, 1);
	host_kill(a.task);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	asker_free(&a);
}

static void test_notification_is_waited_for_and_sent(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_NOTIFICATION, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, OPTEE_RPC_NOTIFICATION_WAIT, 3, 0);
	ask_start(&a);
	wait_asleep(&a, 0);
	assert_int_equal(READ_ONCE(a.call.rpc_cmd), OPTEE_RPC_CMD_NOTIFICATION);
	assert_ptr_equal(READ_ONCE(a.call.cq.server), task_pid(a.task));
	assert_int_equal(ask_once(OPTEE_RPC_CMD_NOTIFICATION,
				  OPTEE_RPC_NOTIFICATION_WAIT, 3, 0),
			 TEEC_ERROR_BUSY);
	assert_int_equal(ask_once(OPTEE_RPC_CMD_NOTIFICATION,
				  OPTEE_RPC_NOTIFICATION_SEND, 3, 0),
			 TEEC_SUCCESS);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	assert_null(a.call.cq.server);
	asker_free(&a);
	assert_int_equal(ask_once(OPTEE_RPC_CMD_NOTIFICATION, 2, 3, 0),
			 TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(ask_once(OPTEE_RPC_CMD_NOTIFICATION, 1ULL << 32, 3, 0),
			 TEEC_ERROR_BAD_PARAMETERS);
}

static void test_d11_notification_times_out_in_milliseconds(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_NOTIFICATION, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, OPTEE_RPC_NOTIFICATION_WAIT, 3,
		  40);
	ask_start(&a);
	wait_asleep(&a, 0);
	host_advance_ms(39);
	wait_asleep(&a, 0);
	host_advance_ms(1);
	assert_int_equal(ask_finish(&a), TEE_ERROR_TIMEOUT);
	asker_free(&a);
}

static void test_d13_notification_past_the_end_is_refused(void **state)
{
	u64 what;

	for (what = OPTEE_RPC_NOTIFICATION_WAIT;
	     what <= OPTEE_RPC_NOTIFICATION_SEND; what++)
		assert_int_equal(ask_once(OPTEE_RPC_CMD_NOTIFICATION, what, 256,
					  0), TEEC_ERROR_BAD_PARAMETERS);
}

static void test_what_is_not_ours_goes_to_the_supplicant(void **state)
{
	struct fetched f;
	struct asker a;

	asker_init(&a, FUNC, 3);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, 1, 2, 3);
	ask_value(&a, 1, OPTEE_MSG_VALUE_INOUT, 4, 5, 6);
	ask_start(&a);
	assert_int_equal(fetch(&supp_ctx, &f), 0);
	assert_int_equal(READ_ONCE(a.call.rpc_cmd), FUNC);
	assert_ptr_equal(READ_ONCE(a.call.cq.server), task_pid(current));
	assert_int_equal(f.func, FUNC);
	assert_int_equal(f.num, 4);
	assert_int_equal(f.param[1].u.value.a, 1);
	assert_int_equal(f.param[2].attr, VALUE_INOUT);
	assert_int_equal(f.param[3].attr, 0);
	/* The secure world writes there too: its inputs are its own */
	a.arg->params[0].u.value.b = 22;
	f.param[1].u.value.a = 99;
	f.param[2].u.value.a = 77;
	answer(&supp_ctx, &f, TEEC_ERROR_SHORT_BUFFER);
	assert_int_equal(ask_finish(&a), TEEC_ERROR_SHORT_BUFFER);
	assert_null(a.call.cq.server);
	assert_int_equal(a.arg->params[0].u.value.a, 1);
	assert_int_equal(a.arg->params[0].u.value.b, 22);
	assert_int_equal(a.arg->params[1].u.value.a, 77);
	asker_free(&a);
}

static void test_parameters_that_are_none_go_to_nobody(void **state)
{
	struct asker a;

	asker_init(&a, FUNC, 1);
	ask_value(&a, 0, 4, 1, 2, 3);
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN | OPTEE_MSG_META, 1, 2, 3);
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	ask_rmem(&a, 0, OPTEE_MSG_RMEM_IN, 5, 0, 1);
	assert_int_equal(ask(&a), TEEC_ERROR_BAD_PARAMETERS);
	assert_true(list_empty(&optee.supp.queued));
	asker_free(&a);
}

/* On a kernel without I2C and without the rpmb subsystem */
static void test_what_the_kernel_lacks_is_not_supported(void **state)
{
	struct asker a;

	asker_init(&a, OPTEE_RPC_CMD_RPMB_PROBE_RESET, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_OUT, 0, 0, 0);
	assert_int_equal(ask(&a), TEEC_ERROR_NOT_SUPPORTED);
	a.arg->cmd = OPTEE_RPC_CMD_RPMB_PROBE_NEXT;
	assert_int_equal(ask(&a), TEEC_ERROR_NOT_SUPPORTED);
	a.arg->cmd = OPTEE_RPC_CMD_RPMB_FRAMES;
	assert_int_equal(ask(&a), TEEC_ERROR_NOT_SUPPORTED);
	a.arg->cmd = OPTEE_RPC_CMD_I2C_TRANSFER;
	assert_int_equal(ask(&a), TEEC_ERROR_NOT_SUPPORTED);
	asker_free(&a);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rpc_setup, rpc_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_more_parameters_than_room_are_refused),
		TEST(test_more_parameters_than_we_take_are_refused),
		TEST(test_without_room_for_a_message_nothing_is_done),
		TEST(test_time_is_told),
		TEST(test_parameters_of_another_form_are_refused),
		TEST(test_suspend_sleeps_as_long_as_asked),
		TEST(test_suspend_of_nothing_and_of_too_much),
		TEST(test_signal_ends_suspend_but_not_at_once),
		TEST(test_signal_ends_a_suspend_under_way_at_once),
		TEST(test_notification_is_waited_for_and_sent),
		TEST(test_d11_notification_times_out_in_milliseconds),
		TEST(test_d13_notification_past_the_end_is_refused),
		TEST(test_what_is_not_ours_goes_to_the_supplicant),
		TEST(test_parameters_that_are_none_go_to_nobody),
		TEST(test_what_the_kernel_lacks_is_not_supported),
	};

	return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
