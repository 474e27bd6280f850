// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is registered while the machine goes down: the next kernel finds
 * none of it in OP-TEE.
 */
#include <semaphore.h>

#include "smc_driver.h"

static struct tee_shm *shm;
static sem_t inside, go_on;

static int setup(void **state)
{
	smc_driver_start(4);
	shm = tee_shm_alloc_priv_buf(optee.ctx, 100);
	sem_init(&inside, 0, 0);
	sem_init(&go_on, 0, 0);
	return 0;
}

static int teardown(void **state)
{
	tee_shm_put(shm);
	smc_driver_stop();
	return 0;
}

static int make_known(void)
{
	return optee_shm_make_known(&optee, &smc_who, CQ_FOREVER, shm,
				    OPTEE_SHM_KNOWN);
}

static void assert_unknown(void)
{
	assert_int_equal(shm->sec_world_id, 0);
	assert_true(xa_empty(&optee.shm.refs));
}

static void test_shutdown_makes_optee_forget(void **state)
{
	assert_int_equal(make_known(), 0);
	optee_shm_unregister_all(&optee, 1000);
	assert_int_equal(world.num_said, 2);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_UNREGISTER_SHM);
	assert_int_equal(optee_shm_make_forgotten(&optee, &smc_who, CQ_FOREVER,
						  shm), 0);
	assert_int_equal(world.num_said, 2);
	assert_unknown();
}

static void test_after_shutdown_nothing_is_registered(void **state)
{
	optee_shm_unregister_all(&optee, 1000);
	assert_int_equal(make_known(), -ESHUTDOWN);
	assert_int_equal(world.num_said, 0);
	assert_unknown();
}

/* A client's, that names the memory or does not */
static int call(u64 cookie)
{
	struct optee_msg *msg = optee_msg_get_private(&optee, 1);
	int rc;

	msg->arg->cmd = OPTEE_MSG_CMD_INVOKE_COMMAND;
	if (cookie) {
		msg->arg->params[0].attr = OPTEE_MSG_RMEM_INOUT;
		msg->arg->params[0].u.rmem.shm_ref = cookie;
	}
	rc = optee_call(&optee, &smc_who, msg, CQ_FOREVER);
	optee_msg_put(&optee, msg);
	return rc;
}

static u64 named;
static int came_in;

static void name_it_meanwhile(unsigned int n)
{
	if (n == 1)
		came_in = call(named);
}

/* OP-TEE would make the one wait for the other, or worse */
static void test_what_is_being_forgotten_is_not_named(void **state)
{
	assert_int_equal(make_known(), 0);
	named = shm->sec_world_id;
	world.on_call = name_it_meanwhile;
	optee_shm_unregister_all(&optee, 1000);
	assert_int_equal(came_in, -ESHUTDOWN);
	assert_int_equal(call(named), -ESHUTDOWN);
	assert_int_equal(call(0), 0);
	assert_int_equal(optee_shm_make_forgotten(&optee, &smc_who, CQ_FOREVER,
						  shm), 0);
}

static void shut_down_at_first(unsigned int n)
{
	if (n == 0)
		optee_shm_unregister_all(&optee, 0);
}

static void test_what_is_registered_meanwhile_is_forgotten_again(void **state)
{
	world.on_call = shut_down_at_first;
	assert_int_equal(make_known(), -ESHUTDOWN);
	assert_int_equal(world.num_said, 2);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_UNREGISTER_SHM);
	assert_unknown();
}

static void stay_inside_at_first(unsigned int n)
{
	if (n)
		return;
	sem_post(&inside);
	sem_wait(&go_on);
}

static void *registers(void *rc)
{
	*(int *)rc = make_known();
	return NULL;
}

static void *shuts_down(void *task)
{
	host_started(task);
	optee_shm_unregister_all(&optee, 60000);
	return NULL;
}

/* It would be over before OP-TEE knows what it is to forget */
static void test_shutdown_waits_for_what_is_being_registered(void **state)
{
	struct task_struct *task = NULL;
	pthread_t one, other;
	int rc = 0;

	world.on_call = stay_inside_at_first;
	pthread_create(&one, NULL, registers, &rc);
	sem_wait(&inside);
	pthread_create(&other, NULL, shuts_down, &task);
	host_wait_started(&task);
	host_wait_asleep(task, 0);
	sem_post(&go_on);
	pthread_join(one, NULL);
	assert_int_equal(rc, -ESHUTDOWN);
	host_advance_ms(10);
	pthread_join(other, NULL);
	assert_unknown();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_shutdown_makes_optee_forget),
		TEST(test_after_shutdown_nothing_is_registered),
		TEST(test_what_is_being_forgotten_is_not_named),
		TEST(test_what_is_registered_meanwhile_is_forgotten_again),
		TEST(test_shutdown_waits_for_what_is_being_registered),
	};

	return cmocka_run_group_tests_name("shm_register", tests, NULL, NULL);
}
