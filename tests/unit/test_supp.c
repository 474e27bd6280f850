// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to tee-supplicant: what it is shown, and which answers count.
 */
#include "supplicant.h"

#define FUNC	0x123

static int open_setup(void **state)
{
	supplicant_setup(state);
	return optee_supp_open(&optee, &supp_ctx);
}

static void test_request_is_answered(void **state)
{
	struct caller c = { .func = FUNC, .num = 2, .param = {
		{ .attr = VALUE_IN, .u.value = { 1, 2, 3 } },
		{ .attr = VALUE_INOUT, .u.value = { 4, 5, 6 } },
	} };
	struct fetched f;

	caller_start(&c);
	assert_int_equal(fetch(&supp_ctx, &f), 0);
	assert_int_equal(f.func, FUNC);
	assert_int_equal(f.num, 3);
	assert_int_equal(f.param[0].attr, META | VALUE_INOUT);
	assert_int_equal(f.param[1].attr, VALUE_IN);
	assert_int_equal(f.param[1].u.value.c, 3);
	assert_int_equal(f.param[2].u.value.b, 5);
	f.param[1].u.value.a = 99;
	f.param[2].u.value.b = 77;
	assert_int_equal(answer(&supp_ctx, &f, 0xffff1234), 0);
	assert_int_equal(caller_ret(&c), 0xffff1234);
	assert_int_equal(c.param[0].u.value.a, 1);
	assert_int_equal(c.param[1].u.value.b, 77);
}

static void test_d15_the_call_says_who_serves_it(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	caller_waits(&c, 0);
	assert_null(c.call.cq.server);
	fetch(&supp_ctx, &f);
	assert_ptr_equal(READ_ONCE(c.call.cq.server), task_pid(current));
	answer(&supp_ctx, &f, 0);
	caller_ret(&c);
	assert_ptr_equal(c.call.cq.server, c.self);
}

/* By the time its answer is taken, whoever gave it calls for itself again */
static void test_answer_ends_the_mark(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	assert_ptr_equal(unmarked_by, c.self);
	answer(&supp_ctx, &f, 0);
	assert_ptr_equal(unmarked_by, task_pid(current));
	caller_ret(&c);
}

static void test_answer_that_is_refused_leaves_the_mark(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	f.param[0].u.value.a++;
	assert_int_equal(answer(&supp_ctx, &f, 0), -ENOENT);
	assert_ptr_equal(READ_ONCE(c.call.cq.server), task_pid(current));
	f.param[0].u.value.a--;
	answer(&supp_ctx, &f, 0);
	caller_ret(&c);
}

static void test_requests_come_in_order_and_are_answered_in_any(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 };
	struct fetched fa, fb;

	caller_start(&a);
	caller_waits(&a, 0);
	caller_start(&b);
	caller_waits(&b, 0);
	fetch(&supp_ctx, &fa);
	fetch(&supp_ctx, &fb);
	assert_int_equal(fa.func, 1);
	assert_int_equal(fb.func, 2);
	assert_int_equal(answer(&supp_ctx, &fb, 22), 0);
	assert_int_equal(caller_ret(&b), 22);
	assert_int_equal(answer(&supp_ctx, &fa, 11), 0);
	assert_int_equal(caller_ret(&a), 11);
}

static void test_without_ids_there_is_one_at_a_time(void **state)
{
	struct caller a = { .func = 1, .num = 1, .param[0].attr = VALUE_OUT };
	struct caller b = { .func = 2 };
	struct fetched f, g;

	caller_start(&a);
	caller_waits(&a, 0);
	caller_start(&b);
	caller_waits(&b, 0);
	assert_int_equal(answer(&supp_ctx, &f, 0), -ENOENT);
	assert_int_equal(fetch_sync(&supp_ctx, &f), 0);
	assert_int_equal(f.func, 1);
	assert_int_equal(f.num, 1);
	assert_int_equal(f.param[0].attr, VALUE_OUT);
	assert_int_equal(fetch_sync(&supp_ctx, &g), -EBUSY);
	f.param[0].u.value.a = 5;
	assert_int_equal(answer(&supp_ctx, &f, 1), 0);
	assert_int_equal(caller_ret(&a), 1);
	assert_int_equal(a.param[0].u.value.a, 5);
	assert_int_equal(fetch_sync(&supp_ctx, &g), 0);
	assert_int_equal(answer(&supp_ctx, &g, 2), 0);
	assert_int_equal(caller_ret(&b), 2);
	assert_int_equal(answer(&supp_ctx, &g, 2), -ENOENT);
}

/* A wrong answer changes nothing: the right one still counts */
static void test_answer_with_a_wrong_id_is_refused(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f, wrong;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	wrong = f;
	wrong.param[0].u.value.a++;
	assert_int_equal(answer(&supp_ctx, &wrong, 0), -ENOENT);
	wrong.param[0].u.value.a = 0;
	assert_int_equal(answer(&supp_ctx, &wrong, 0), -ENOENT);
	wrong.param[0].u.value.a = f.param[0].u.value.a | 1ULL << 32;
	assert_int_equal(answer(&supp_ctx, &wrong, 0), -ENOENT);
	wrong.param[0].u.value.a = f.param[0].u.value.a;
	wrong.param[0].attr = META | VALUE_IN;
	assert_int_equal(answer(&supp_ctx, &wrong, 0), -ENOENT);
	wrong.num = 0;
	assert_int_equal(answer(&supp_ctx, &wrong, 0), -ENOENT);
	caller_waits(&c, 0);
	assert_int_equal(answer(&supp_ctx, &f, 5), 0);
	assert_int_equal(caller_ret(&c), 5);
}

static void test_answer_with_a_wrong_count_is_refused(void **state)
{
	struct caller c = { .func = FUNC, .num = 1,
			    .param[0].attr = VALUE_OUT };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	f.num = 1;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.num = 3;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.num = 2;
	assert_int_equal(answer(&supp_ctx, &f, 5), 0);
	assert_int_equal(caller_ret(&c), 5);
}

static void test_answer_with_wrong_types_is_refused(void **state)
{
	struct caller c = { .func = FUNC, .num = 2, .param = {
		{ .attr = VALUE_IN }, { .attr = VALUE_OUT },
	} };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	f.param[2].attr = MEMREF_OUT;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.param[2].attr = VALUE_OUT | META;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.param[2].attr = VALUE_OUT;
	f.param[1].attr = 0;
	assert_int_equal(answer(&supp_ctx, &f, 5), 0);
	assert_int_equal(caller_ret(&c), 5);
}

static void test_second_answer_is_refused(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 };
	struct fetched fa, fb;

	caller_start(&a);
	fetch(&supp_ctx, &fa);
	assert_int_equal(answer(&supp_ctx, &fa, 1), 0);
	assert_int_equal(caller_ret(&a), 1);
	caller_start(&b);
	fetch(&supp_ctx, &fb);
	assert_int_equal(answer(&supp_ctx, &fa, 1), -ENOENT);
	caller_waits(&b, 0);
	assert_int_equal(answer(&supp_ctx, &fb, 2), 0);
	assert_int_equal(caller_ret(&b), 2);
}

static void test_of_memory_only_the_size_is_answered(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct caller c = { .func = FUNC, .num = 3, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 8, 16, shm } },
		{ .attr = MEMREF_IN, .u.memref = { 0, 4, shm } },
		{ .attr = MEMREF_OUT },
	} };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	assert_ptr_equal(f.param[1].u.memref.shm, shm);
	assert_int_equal(f.param[1].u.memref.shm_offs, 8);
	assert_null(f.param[3].u.memref.shm);
	/* As the TEE core has them of user space */
	f.param[1].u.memref = (struct tee_param_memref) { .size = 4096 };
	f.param[2].u.memref = (struct tee_param_memref) { .size = 4096 };
	f.param[3].u.memref = (struct tee_param_memref) { .size = 100 };
	answer(&supp_ctx, &f, 0);
	caller_ret(&c);
	assert_ptr_equal(c.param[0].u.memref.shm, shm);
	assert_int_equal(c.param[0].u.memref.shm_offs, 8);
	assert_int_equal(c.param[0].u.memref.size, 4096);
	assert_int_equal(c.param[1].u.memref.size, 4);
	assert_int_equal(c.param[2].u.memref.size, 100);
	tee_shm_put(shm);
}

static void test_memory_of_others_is_not_shown(void **state)
{
	struct tee_context other = { .teedev = &supp_dev };
	struct tee_shm *shm = supplicant_shm(&other, 64);
	struct caller c = { .func = FUNC, .num = 1, .param = {
		{ .attr = MEMREF_IN, .u.memref = { 0, 4, shm } },
	} };

	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_BAD_PARAMETERS);
	tee_shm_put(shm);
}

static void test_too_little_room_leaves_the_request(void **state)
{
	struct caller c = { .func = FUNC, .num = 2, .param = {
		{ .attr = VALUE_IN }, { .attr = VALUE_IN },
	} };
	struct fetched f = { .num = 2, .param[0].attr = META };

	caller_start(&c);
	caller_waits(&c, 0);
	assert_int_equal(optee_supp_recv(&supp_ctx, &f.func, &f.num, f.param),
			 -EINVAL);
	assert_int_equal(fetch(&supp_ctx, &f), 0);
	assert_int_equal(answer(&supp_ctx, &f, 5), 0);
	assert_int_equal(caller_ret(&c), 5);
}

/* The TEE core took a reference on what is named there */
static void test_room_that_is_not_empty_is_refused(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct fetched f = { .num = 2, .param = {
		{ .attr = META },
		{ .attr = MEMREF_IN, .u.memref.shm = shm },
	} };

	refcount_inc(&shm->refcount);
	assert_int_equal(optee_supp_recv(&supp_ctx, &f.func, &f.num, f.param),
			 -EINVAL);
	assert_int_equal(refcount_read(&shm->refcount), 1);
	tee_shm_put(shm);
	f.param[1].attr = META;
	assert_int_equal(optee_supp_recv(&supp_ctx, &f.func, &f.num, f.param),
			 -EINVAL);
	f.param[0].attr = META | VALUE_IN;
	f.num = 1;
	assert_int_equal(optee_supp_recv(&supp_ctx, &f.func, &f.num, f.param),
			 -EINVAL);
}

static void test_second_supplicant_is_refused(void **state)
{
	struct tee_context other;
	struct fetched f;

	supplicant_open(&other);
	assert_int_equal(optee_supp_open(&optee, &other), -EBUSY);
	assert_int_equal(fetch(&other, &f), -EBADF);
	assert_int_equal(answer(&other, &f, 0), -EBADF);
	host_ctx_put(&other);
	assert_ptr_equal(optee.supp.ctx, &supp_ctx);
}

static void test_signal_ends_the_wait_for_a_request(void **state)
{
	struct fetched f;

	host_signal(current);
	assert_int_equal(fetch(&supp_ctx, &f), -ERESTARTSYS);
	host_calm(current);
}

static void *idle_supplicant(void *task)
{
	struct fetched f;

	host_started(task);
	fetch(&supp_ctx, &f);
	answer(&supp_ctx, &f, 8);
	return NULL;
}

static void test_idle_supplicant_lets_suspend(void **state)
{
	struct caller c = { .func = FUNC };
	struct task_struct *task = NULL;
	pthread_t thread;

	pthread_create(&thread, NULL, idle_supplicant, &task);
	host_wait_started(&task);
	host_wait_asleep(task, 0);
	assert_int_equal(host_state(task), TASK_INTERRUPTIBLE | TASK_FREEZABLE);
	caller_start(&c);
	assert_int_equal(caller_ret(&c), 8);
	pthread_join(thread, NULL);
}

struct counting {
	struct task_struct *task;
	pthread_t thread;
	unsigned int wakes;
};

static pthread_barrier_t both_have_answered;

static void *counting_supplicant(void *arg)
{
	struct counting *c = arg;
	struct fetched f;

	host_started(&c->task);
	fetch(&supp_ctx, &f);
	c->wakes = host_wakes(current);
	answer(&supp_ctx, &f, 8);
	/* A supplicant whose thread is gone is gone, here */
	pthread_barrier_wait(&both_have_answered);
	return NULL;
}

/* Threads that wait for requests: one is woken by each, not all of them */
static void test_request_wakes_one_thread(void **state)
{
	struct caller calls[2] = { { .func = FUNC }, { .func = FUNC } };
	struct counting c[2] = { };
	unsigned int i;

	pthread_barrier_init(&both_have_answered, NULL, 2);
	for (i = 0; i < 2; i++) {
		pthread_create(&c[i].thread, NULL, counting_supplicant, &c[i]);
		host_wait_started(&c[i].task);
		host_wait_asleep(c[i].task, 0);
	}
	for (i = 0; i < 2; i++) {
		caller_start(&calls[i]);
		assert_int_equal(caller_ret(&calls[i]), 8);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(c[i].thread, NULL);
		assert_int_equal(c[i].wakes, 1);
	}
}

/* It may not be its turn until all is over */
static void *supplicant_without_room(void *task)
{
	struct fetched f = { .num = 2, .param[0].attr = META };
	int rc;

	host_started(task);
	rc = optee_supp_recv(&supp_ctx, &f.func, &f.num, f.param);
	if (rc != -EBADF)
		assert_int_equal(rc, -EINVAL);
	return NULL;
}

/* Whichever of the two is woken first */
static void have_two_threads(void)
{
	void *(*const lives[2])(void *) = {
		supplicant_without_room, idle_supplicant,
	};
	struct caller c = { .func = FUNC, .num = 2, .param = {
		{ .attr = VALUE_IN }, { .attr = VALUE_IN },
	} };
	struct task_struct *tasks[2] = { NULL };
	pthread_t threads[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		pthread_create(&threads[i], NULL, lives[i], &tasks[i]);
		host_wait_started(&tasks[i]);
		host_wait_asleep(tasks[i], 0);
	}
	caller_start(&c);
	assert_int_equal(caller_ret(&c), 8);
	optee_supp_close(&optee, &supp_ctx);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(optee_supp_open(&optee, &supp_ctx), 0);
}

/* If that one cannot have it, the other one is; either is first at times */
static void test_request_that_one_cannot_have_wakes_the_next(void **state)
{
	unsigned int i;

	for (i = 0; i < 20; i++)
		have_two_threads();
}

static void test_waiting_caller_lets_suspend(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	caller_waits(&c, 0);
	assert_true(host_state(c.task) & TASK_FREEZABLE);
	wake_up_process(c.task);
	caller_waits(&c, 1);
	fetch(&supp_ctx, &f);
	answer(&supp_ctx, &f, 3);
	assert_int_equal(caller_ret(&c), 3);
}

static void test_lack_of_memory_is_an_error(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	host_fail_alloc(1);
	assert_int_equal(optee_supp_request(&(struct optee_call) {
						    .optee = &optee,
					    }, FUNC, 0, NULL),
			 TEEC_ERROR_OUT_OF_MEMORY);
	caller_start(&c);
	caller_waits(&c, 0);
	host_fail_alloc(1);
	assert_int_equal(fetch(&supp_ctx, &f), -ENOMEM);
	assert_int_equal(fetch(&supp_ctx, &f), 0);
	answer(&supp_ctx, &f, 0);
	assert_int_equal(caller_ret(&c), 0);
}

static void test_too_many_parameters_are_refused(void **state)
{
	struct tee_param p[OPTEE_RPC_MAX_PARAMS + 1] = { };
	struct optee_call call = { .optee = &optee };

	assert_int_equal(optee_supp_request(&call, FUNC, ARRAY_SIZE(p), p),
			 TEEC_ERROR_BAD_PARAMETERS);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_setup, supplicant_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_request_is_answered),
		TEST(test_d15_the_call_says_who_serves_it),
		TEST(test_answer_ends_the_mark),
		TEST(test_answer_that_is_refused_leaves_the_mark),
		TEST(test_requests_come_in_order_and_are_answered_in_any),
		TEST(test_without_ids_there_is_one_at_a_time),
		TEST(test_answer_with_a_wrong_id_is_refused),
		TEST(test_answer_with_a_wrong_count_is_refused),
		TEST(test_answer_with_wrong_types_is_refused),
		TEST(test_second_answer_is_refused),
		TEST(test_of_memory_only_the_size_is_answered),
		TEST(test_memory_of_others_is_not_shown),
		TEST(test_too_little_room_leaves_the_request),
		TEST(test_room_that_is_not_empty_is_refused),
		TEST(test_second_supplicant_is_refused),
		TEST(test_signal_ends_the_wait_for_a_request),
		TEST(test_idle_supplicant_lets_suspend),
		TEST(test_request_wakes_one_thread),
		TEST(test_request_that_one_cannot_have_wakes_the_next),
		TEST(test_waiting_caller_lets_suspend),
		TEST(test_lack_of_memory_is_an_error),
		TEST(test_too_many_parameters_are_refused),
	};

	return cmocka_run_group_tests_name("supp", tests, NULL, NULL);
}
