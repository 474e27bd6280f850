// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standard calls over the SMC conduit: what goes to the secure world in which
 * register, what it may ask on the way, and what its answers mean.
 */
#include "rpc_abi.h"
#include "smc_driver.h"

#define RPC(func)	(OPTEE_SMC_RPC_PREFIX | (func))
#define CMD		0x77
/* The driver does not know it: it is tee-supplicant's */
#define RPC_FS		2

static struct optee_msg *msg;

static void begin(unsigned int rpc_params)
{
	smc_driver_start(rpc_params);
	msg = optee_msg_get_private(&optee, 1);
	assert_false(IS_ERR(msg));
	msg->arg->cmd = CMD;
}

static void end(void)
{
	optee_msg_put(&optee, msg);
	smc_driver_stop();
}

static int setup(void **state)
{
	begin(4);
	return 0;
}

static int teardown(void **state)
{
	end();
	return 0;
}

static int call(void)
{
	return optee_call(&optee, &smc_who, msg, CQ_FOREVER);
}

static u64 pair(unsigned int n, unsigned int high)
{
	return optee_smc_pair(world.said[n][high], world.said[n][high + 1]);
}

/* The secure world got RETURN_FROM_RPC, and a1 to a3 like this */
static void assert_returned(unsigned int n, u32 a1, u32 a2, u32 a3)
{
	assert_in_range(n, 0, world.num_said - 1);
	assert_int_equal(world.said[n][0], OPTEE_SMC_RETURN_FROM_RPC);
	assert_int_equal(world.said[n][1], a1);
	assert_int_equal(world.said[n][2], a2);
	assert_int_equal(world.said[n][3], a3);
}

static void test_message_goes_by_its_address(void **state)
{
	assert_int_equal(call(), 0);
	assert_int_equal(world.num_said, 1);
	assert_int_equal(world.said[0][0], OPTEE_SMC_WITH_RPC_ARG);
	assert_int_equal(pair(0, 1), (uintptr_t)msg->arg);
	assert_int_equal(world.said[0][3], OPTEE_SMC_SHM_CACHED);
	assert_int_equal(world.cmd, CMD);
	assert_int_equal(msg->arg->ret, TEEC_SUCCESS);
}

static void test_message_without_room_for_rpcs(void **state)
{
	end();
	begin(0);
	assert_int_equal(call(), 0);
	assert_int_equal(world.said[0][0], OPTEE_SMC_WITH_ARG);
	assert_int_equal(pair(0, 1), (uintptr_t)msg->arg);
	assert_int_equal(world.said[0][3], OPTEE_SMC_SHM_CACHED);
}

/* The page is registered first, by a message of its own */
static void test_message_in_registered_memory_goes_by_cookie(void **state)
{
	struct optee_msg *first = optee_msg_get(&optee, &smc_who, 0);
	struct optee_msg *second = optee_msg_get(&optee, &smc_who, 0);
	u64 cookie;

	assert_int_equal(world.cmd, OPTEE_MSG_CMD_REGISTER_SHM);
	assert_int_equal(world.num_said, 1);
	optee_call(&optee, &smc_who, first, CQ_FOREVER);
	optee_call(&optee, &smc_who, second, CQ_FOREVER);
	assert_int_equal(world.said[1][0], OPTEE_SMC_WITH_REGD_ARG);
	assert_int_equal(world.said[2][0], OPTEE_SMC_WITH_REGD_ARG);
	cookie = pair(1, 1);
	assert_int_not_equal(cookie, 0);
	assert_int_equal(pair(2, 1), cookie);
	assert_int_equal(world.said[1][3], 0);
	assert_int_equal(world.said[2][3],
			 (char *)second->arg - (char *)first->arg);
	/* Nor can the secure world have it as memory for parameters */
	assert_true(IS_ERR(optee_shm_by_cookie(&optee, cookie)));
	optee_msg_put(&optee, first);
	optee_msg_put(&optee, second);
}

static void test_foreign_interrupt_goes_back_as_it_came(void **state)
{
	smc_world_says(RPC(OPTEE_SMC_RPC_FOREIGN_INTR), 1, 2, 3);
	assert_int_equal(call(), 0);
	assert_int_equal(world.num_said, 2);
	assert_returned(1, 1, 2, 3);
	assert_memory_equal(&world.said[1][4], &world.said[0][4],
			    4 * sizeof(u32));
}

static void test_unknown_rpc_goes_back_as_it_came(void **state)
{
	smc_world_says(RPC(1), 1, 2, 3);
	smc_world_says(RPC(0xfffe), 4, 5, 6);
	assert_int_equal(call(), 0);
	assert_returned(1, 1, 2, 3);
	assert_returned(2, 4, 5, 6);
}

static void test_memory_is_given_and_taken_back(void **state)
{
	unsigned int before = host_tee_shms;

	end();
	begin(0);
	smc_world_says(RPC(OPTEE_SMC_RPC_ALLOC), OPTEE_MSG_SIZE(4), 8, 9);
	assert_int_equal(call(), 0);
	assert_int_equal(host_tee_shms, before + 1);
	assert_int_not_equal(pair(1, 1), 0);
	assert_int_equal(pair(1, 1) % OPTEE_MSG_PAGE_SIZE, 0);
	assert_int_not_equal(pair(1, 4), 0);
	assert_int_equal(world.said[1][3], 9);
	smc_world_says(OPTEE_SMC_OK, 0, 0, 0);
	smc_world_says(RPC(OPTEE_SMC_RPC_FREE), world.said[1][4],
		       world.said[1][5], 0);
	assert_int_equal(call(), 0);
	assert_int_equal(host_tee_shms, before);
}

static void gives_nothing(u32 size)
{
	unsigned int before = host_tee_shms;

	smc_world_says(RPC(OPTEE_SMC_RPC_ALLOC), size, 8, 9);
	assert_int_equal(call(), 0);
	assert_returned(world.num_said - 1, 0, 0, 9);
	assert_int_equal(pair(world.num_said - 1, 4), 0);
	assert_int_equal(host_tee_shms, before);
	world.num_said = 0;
	world.num_script = 0;
}

static void test_memory_of_a_wrong_size_is_not_given(void **state)
{
	gives_nothing(0);
	gives_nothing(sizeof(struct optee_msg_arg) - 1);
	gives_nothing(OPTEE_MSG_PAGE_SIZE + 1);
	gives_nothing(U32_MAX);
}

static void no_memory(unsigned int n)
{
	host_fail_alloc(1);
}

static void test_without_memory_none_is_given(void **state)
{
	world.on_call = no_memory;
	gives_nothing(OPTEE_MSG_PAGE_SIZE);
}

static void test_memory_it_does_not_have_is_not_taken_back(void **state)
{
	struct optee_msg *known = optee_msg_get(&optee, &smc_who, 0);
	unsigned int before = host_tee_shms;
	u64 cookie;
	size_t offs;

	assert_true(optee_msg_cookie(known, &cookie, &offs));
	world.num_said = 0;
	smc_world_says(RPC(OPTEE_SMC_RPC_FREE), 0, 0, 0);
	smc_world_says(RPC(OPTEE_SMC_RPC_FREE), U32_MAX, U32_MAX, 0);
	/* It knows that page, but was not lent it */
	smc_world_says(RPC(OPTEE_SMC_RPC_FREE), upper_32_bits(cookie),
		       lower_32_bits(cookie), 0);
	assert_int_equal(call(), 0);
	assert_int_equal(world.num_said, 4);
	assert_int_equal(host_tee_shms, before);
	optee_msg_put(&optee, known);
}

static void ask_time(struct optee_msg_arg *arg)
{
	arg->cmd = OPTEE_RPC_CMD_GET_TIME;
	arg->num_params = 1;
	arg->params[0].attr = OPTEE_MSG_VALUE_OUT;
	arg->params[0].u.value.a = 0;
}

static void ask_time_behind_the_message(unsigned int n)
{
	struct optee_msg_arg *rpc = (void *)((char *)msg->arg +
					     OPTEE_MSG_SIZE(1));

	if (n == 0)
		ask_time(rpc);
	else
		assert_int_equal(rpc->ret, TEEC_SUCCESS);
}

static void test_command_behind_the_message_is_served(void **state)
{
	world.on_call = ask_time_behind_the_message;
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), 1, 2, 3);
	assert_int_equal(call(), 0);
	assert_returned(1, 1, 2, 3);
	assert_int_not_equal(msg->rpc->params[0].u.value.a, 0);
}

/* Returns the message as the secure world sees it */
static struct optee_msg_arg *rpc_message(u64 *cookie)
{
	struct optee_msg_arg *arg;

	smc_world_says(RPC(OPTEE_SMC_RPC_ALLOC), OPTEE_MSG_SIZE(1), 0, 0);
	assert_int_equal(call(), 0);
	arg = (void *)pair(1, 1);
	*cookie = pair(1, 4);
	world.num_said = 0;
	world.num_script = 0;
	return arg;
}

static void test_command_by_cookie_is_served(void **state)
{
	struct optee_msg_arg *arg;
	u64 cookie;

	end();
	begin(0);
	arg = rpc_message(&cookie);
	ask_time(arg);
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), upper_32_bits(cookie),
		       lower_32_bits(cookie), 0);
	assert_int_equal(call(), 0);
	assert_int_equal(arg->ret, TEEC_SUCCESS);
	assert_int_not_equal(arg->params[0].u.value.a, 0);
}

static void test_command_by_a_wrong_cookie_is_not_served(void **state)
{
	struct optee_msg_arg *arg;
	u64 cookie;

	end();
	begin(0);
	arg = rpc_message(&cookie);
	ask_time(arg);
	arg->ret = CMD;
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), 1, lower_32_bits(cookie), 0);
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), 0, 0, 0);
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), U32_MAX, U32_MAX, 0);
	assert_int_equal(call(), 0);
	assert_int_equal(world.num_said, 4);
	assert_int_equal(arg->ret, CMD);
}

/* To forget a page of messages is no call for whoever had them */
static void test_page_of_messages_is_tidied_up_last(void **state)
{
	struct optee_msg *known = optee_msg_get(&optee, &smc_who, 0);
	struct optee_shm_ref *ref;
	u64 cookie;
	size_t offs;

	assert_int_equal(smc_who.class, OPTEE_CQ_KERNEL);
	assert_true(optee_msg_cookie(known, &cookie, &offs));
	ref = xa_load(&optee.shm.refs, cookie);
	assert_non_null(ref);
	assert_int_equal(ref->reap.who.class, OPTEE_CQ_USER);
	optee_msg_put(&optee, known);
}

static void ask_supplicant(unsigned int n)
{
	struct optee_msg_arg *rpc = (void *)((char *)msg->arg +
					     OPTEE_MSG_SIZE(1));

	if (n == 0)
		rpc->cmd = RPC_FS;
	else
		assert_int_equal(rpc->ret, TEEC_ERROR_COMMUNICATION);
}

static void nobody_comes(void)
{
	fail_msg("it waits, and no signal would end that");
}

/* Its SIGKILL is behind it; what closes its sessions asks for a file */
static void test_exiting_process_does_not_wait_for_a_supplicant(void **state)
{
	struct optee_who process = smc_who;

	process.supp_nowait = false;
	world.on_call = ask_supplicant;
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), 0, 0, 0);
	host_idle = nobody_comes;
	current->flags = PF_EXITING;
	assert_int_equal(optee_call(&optee, &process, msg, CQ_FOREVER), 0);
	current->flags = 0;
	assert_int_equal(world.num_said, 2);
}

/* The same for what the reaper closes for it */
static void test_who_cannot_be_killed_does_not_wait_for_a_supplicant(void **state)
{
	struct optee_who reaper = smc_who;

	reaper.supp_nowait = false;
	reaper.supp_brief = true;
	world.on_call = ask_supplicant;
	smc_world_says(RPC(OPTEE_SMC_RPC_CMD), 0, 0, 0);
	host_idle = nobody_comes;
	assert_int_equal(optee_call(&optee, &reaper, msg, CQ_FOREVER), 0);
	assert_int_equal(world.num_said, 2);
}

static int outcome(u32 ret, bool resumed)
{
	struct optee_call c = { .optee = &optee, .msg = msg };

	world.num_said = 0;
	world.num_script = 0;
	if (resumed)
		smc_world_says(RPC(OPTEE_SMC_RPC_FOREIGN_INTR), 0, 0, 0);
	smc_world_says(ret, 0, 0, 0);
	return optee_smc_run(&optee, &c);
}

static void test_answers_become_errors(void **state)
{
	static const struct {
		u32 ret;
		int rc;
	} answers[] = {
		{ OPTEE_SMC_OK, 0 },
		{ OPTEE_SMC_EBUSY, -EBUSY },
		{ OPTEE_SMC_ERESUME, -EPROTO },
		{ OPTEE_SMC_EBADADDR, -EINVAL },
		{ OPTEE_SMC_EBADCMD, -EINVAL },
		{ OPTEE_SMC_ENOMEM, -ENOMEM },
		{ OPTEE_SMC_ENOTAVAIL, -ENODEV },
		{ OPTEE_SMC_UNKNOWN, -EOPNOTSUPP },
		{ 8, -EPROTO },
		{ 0xfffe0000, -EPROTO },
	};
	size_t n;

	for (n = 0; n < ARRAY_SIZE(answers); n++) {
		assert_int_equal(outcome(answers[n].ret, false), answers[n].rc);
		assert_int_equal(world.num_said, 1);
		assert_int_equal(outcome(answers[n].ret, true), answers[n].rc);
		assert_int_equal(world.num_said, 2);
	}
}

/* Once inside, a call has a thread: it cannot be refused one */
static void test_refusal_is_one_only_at_first(void **state)
{
	assert_int_equal(outcome(OPTEE_SMC_ETHREAD_LIMIT, false), -EAGAIN);
	assert_int_equal(outcome(OPTEE_SMC_ETHREAD_LIMIT, true), -EPROTO);
}

/* The same message goes again, whole, and nothing of it was consumed */
static void test_refused_call_is_made_again(void **state)
{
	smc_world_says(OPTEE_SMC_ETHREAD_LIMIT, 0, 0, 0);
	smc_world_says(OPTEE_SMC_ETHREAD_LIMIT, 0, 0, 0);
	assert_int_equal(call(), 0);
	assert_int_equal(world.num_said, 3);
	assert_memory_equal(world.said[2], world.said[0],
			    sizeof(world.said[0]));
	assert_int_equal(optee.cq.refusals, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_message_goes_by_its_address),
		TEST(test_message_without_room_for_rpcs),
		TEST(test_message_in_registered_memory_goes_by_cookie),
		TEST(test_foreign_interrupt_goes_back_as_it_came),
		TEST(test_unknown_rpc_goes_back_as_it_came),
		TEST(test_memory_is_given_and_taken_back),
		TEST(test_memory_of_a_wrong_size_is_not_given),
		TEST(test_without_memory_none_is_given),
		TEST(test_memory_it_does_not_have_is_not_taken_back),
		TEST(test_command_behind_the_message_is_served),
		TEST(test_command_by_cookie_is_served),
		TEST(test_command_by_a_wrong_cookie_is_not_served),
		TEST(test_page_of_messages_is_tidied_up_last),
		TEST(test_exiting_process_does_not_wait_for_a_supplicant),
		TEST(test_who_cannot_be_killed_does_not_wait_for_a_supplicant),
		TEST(test_answers_become_errors),
		TEST(test_refusal_is_one_only_at_first),
		TEST(test_refused_call_is_made_again),
	};

	return cmocka_run_group_tests_name("smc_call", tests, NULL, NULL);
}
