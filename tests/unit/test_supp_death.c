// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests when tee-supplicant is not there, goes, dies, and comes back.
 */
#include "supplicant.h"

#define FUNC	0x123

/* From the moment it waits, until it has looked whether the supplicant lives */
#define LOOK_MS	1000

static int open_setup(void **state)
{
	supplicant_setup(state);
	return optee_supp_open(&optee, &supp_ctx);
}

static void serve_one(struct tee_context *ctx, u32 func, u32 ret)
{
	struct fetched f;

	assert_int_equal(fetch(ctx, &f), 0);
	assert_int_equal(f.func, func);
	assert_int_equal(answer(ctx, &f, ret), 0);
}

static void test_kernel_client_does_not_wait_for_a_supplicant(void **state)
{
	struct caller c = { .func = FUNC, .call.supp_nowait = true };

	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
}

static void test_process_waits_for_a_supplicant(void **state)
{
	struct caller c = { .func = FUNC };

	caller_start(&c);
	caller_waits(&c, 0);
	host_advance_ms(LOOK_MS);
	caller_waits(&c, 1);
	assert_int_equal(optee_supp_open(&optee, &supp_ctx), 0);
	serve_one(&supp_ctx, FUNC, 6);
	assert_int_equal(caller_ret(&c), 6);
}

static void test_process_killed_while_it_waits_for_a_supplicant(void **state)
{
	struct caller c = { .func = FUNC };

	caller_start(&c);
	caller_waits(&c, 0);
	host_kill(c.task);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	assert_true(list_empty(&optee.supp.queued));
}

static void test_close_ends_what_was_asked(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 }, c = { .func = 3 };
	struct tee_context next;
	struct fetched f;

	caller_start(&a);
	fetch(&supp_ctx, &f);
	caller_start(&b);
	caller_waits(&b, 0);
	assert_ptr_equal(READ_ONCE(a.call.cq.server), task_pid(current));
	optee_supp_close(&optee, &supp_ctx);
	assert_ptr_equal(unmarked_by, task_pid(current));
	assert_int_equal(caller_ret(&a), TEEC_ERROR_COMMUNICATION);
	assert_ptr_equal(a.call.cq.server, a.self);
	assert_int_equal(caller_ret(&b), TEEC_ERROR_COMMUNICATION);
	assert_int_equal(answer(&supp_ctx, &f, 0), -EBADF);

	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	assert_int_equal(answer(&next, &f, 0), -ENOENT);
	caller_start(&c);
	serve_one(&next, 3, 7);
	assert_int_equal(caller_ret(&c), 7);
	host_ctx_put(&next);
}

static void test_close_ends_the_wait_for_a_request(void **state)
{
	struct fetched f;

	optee_supp_close(&optee, &supp_ctx);
	assert_int_equal(fetch(&supp_ctx, &f), -EBADF);
}

/* Memory that OP-TEE has keeps the context; the last of it lets it go */
static void test_context_may_go_with_the_last_memory(void **state)
{
	struct tee_context ctx;
	struct tee_shm *shm;
	struct caller c = { .func = FUNC, .num = 1,
			    .param[0].attr = MEMREF_IN };
	struct fetched f;

	supplicant_open(&ctx);
	assert_int_equal(optee_supp_open(&optee, &ctx), 0);
	shm = supplicant_shm(&ctx, 8);
	c.param[0].u.memref.shm = shm;
	caller_start(&c);
	fetch(&ctx, &f);
	host_kill(c.task);
	caller_ret(&c);
	tee_shm_put(shm);
	host_ctx_put(&ctx);
	assert_int_equal(ctx.refs, 1);
	assert_int_equal(answer(&ctx, &f, 0), 0);
	assert_int_equal(ctx.refs, 0);
	assert_null(optee.supp.ctx);
}

/* As tee-supplicant that gets SIGKILL while it loads a TA */
static void test_death_ends_what_was_asked_though_memory_is_lent(void **state)
{
	struct task_struct *dead = host_task_new(NULL), *self;
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct caller a = { .func = 1, .num = 1, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 0, 4, shm } },
	} }, b = { .func = 2, .call.supp_nowait = true };
	struct fetched f;

	caller_start(&a);
	self = host_become(dead);
	fetch(&supp_ctx, &f);
	host_become(self);
	caller_start(&b);
	caller_waits(&b, 0);
	caller_waits(&a, 0);

	host_process_exit(dead->tgid);
	host_ctx_put(&supp_ctx);
	assert_ptr_equal(optee.supp.ctx, &supp_ctx);
	/* Nobody else's until then, as it is the pid that is marked */
	assert_ptr_equal(READ_ONCE(a.call.cq.server), task_pid(dead));
	host_advance_ms(LOOK_MS);
	assert_int_equal(caller_ret(&a), TEEC_ERROR_COMMUNICATION);
	assert_ptr_equal(a.call.cq.server, a.self);
	assert_int_equal(caller_ret(&b), TEEC_ERROR_COMMUNICATION);
	host_ctx_get(&supp_ctx);
	tee_shm_put(shm);
	host_task_free(dead);
}

/*
 * A thread of it is in OP-TEE for a plugin, and waits there for a lock that
 * @a's call has: it is gone only after that has its answer.
 */
static void test_killed_one_that_cannot_go_ends_what_was_asked(void **state)
{
	struct task_struct *dying = host_task_new(NULL), *self;
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct caller a = { .func = 1, .num = 1, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 0, 4, shm } },
	} }, b = { .func = 2 }, c = { .func = 3 };
	struct tee_context next;
	struct fetched f;

	caller_start(&a);
	self = host_become(dying);
	fetch(&supp_ctx, &f);
	host_become(self);
	caller_start(&b);
	caller_waits(&b, 0);
	caller_waits(&a, 0);

	host_process_kill(dying->tgid);
	host_advance_ms(LOOK_MS);
	assert_int_equal(caller_ret(&a), TEEC_ERROR_COMMUNICATION);
	assert_int_equal(caller_ret(&b), TEEC_ERROR_COMMUNICATION);
	/* Whoever asks now is not kept waiting either */
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	/* It may be reading what it fetched; and there is one at a time */
	assert_int_equal(refcount_read(&shm->refcount), 2);
	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), -EBUSY);

	host_process_exit(dying->tgid);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	host_ctx_put(&next);
	tee_shm_put(shm);
	host_task_free(dying);
}

static void test_living_supplicant_is_left_alone(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	caller_waits(&c, 0);
	host_advance_ms(LOOK_MS);
	caller_waits(&c, 1);
	host_advance_ms(LOOK_MS);
	caller_waits(&c, 2);
	assert_int_equal(answer(&supp_ctx, &f, 5), 0);
	assert_int_equal(caller_ret(&c), 5);
}

/* The parent of a daemon opened the device */
static void test_who_opened_may_die_before_the_first_fetch(void **state)
{
	struct task_struct *parent = host_task_new(NULL), *self;
	struct tee_context ctx, other;

	supplicant_open(&ctx);
	self = host_become(parent);
	assert_int_equal(optee_supp_open(&optee, &ctx), 0);
	host_become(self);
	host_process_exit(parent->tgid);
	host_task_free(parent);

	supplicant_open(&other);
	assert_int_equal(optee_supp_open(&optee, &other), -EBUSY);
	host_ctx_put(&other);
	host_ctx_put(&ctx);
}

static void fetch_and_die(struct tee_context *ctx)
{
	struct task_struct *dead = host_task_new(NULL), *self;
	struct fetched f;

	self = host_become(dead);
	host_signal(dead);
	assert_int_equal(fetch(ctx, &f), -ERESTARTSYS);
	host_become(self);
	host_task_free(dead);
}

/* What it lent stays lent: the TEE core does not close its context */
static void test_dead_supplicant_does_not_keep_the_next_out(void **state)
{
	struct tee_shm *lent = supplicant_shm(&supp_ctx, 64);
	struct caller c = { .func = FUNC };
	struct tee_context next;

	fetch_and_die(&supp_ctx);
	host_ctx_put(&supp_ctx);
	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	caller_start(&c);
	serve_one(&next, FUNC, 4);
	assert_int_equal(caller_ret(&c), 4);

	/* The old one's end, when it comes, is not the new one's */
	tee_shm_put(lent);
	assert_int_equal(supp_ctx.refs, 0);
	assert_ptr_equal(optee.supp.ctx, &next);
	host_ctx_get(&supp_ctx);
	host_ctx_put(&next);
	assert_null(optee.supp.ctx);
}

static void test_kernel_client_does_not_wait_for_a_dead_one(void **state)
{
	struct caller c = { .func = FUNC, .call.supp_nowait = true };

	fetch_and_die(&supp_ctx);
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
}

/* Its memory went with it, and a number may be another's by now */
static void test_memory_of_a_dead_one_is_not_freed_by_the_next(void **state)
{
	struct tee_shm *lent = supplicant_shm(&supp_ctx, 64);
	struct caller c = { .func = FUNC, .num = 1, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 0, 4, lent } },
	} };
	struct tee_context next;

	optee_supp_free(&optee, lent);
	optee_supp_close(&optee, &supp_ctx);
	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	optee_supp_free(&optee, lent);
	assert_true(list_empty(&optee.supp.queued));
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_BAD_PARAMETERS);
	host_ctx_put(&next);

	/* And without any supplicant, it is no reason to wait for one */
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	tee_shm_put(lent);
}

/* It would name a file descriptor of the last one to the next */
static void test_call_does_not_go_on_with_the_next_supplicant(void **state)
{
	struct caller c = { .func = FUNC };
	struct tee_context next;

	caller_start(&c);
	serve_one(&supp_ctx, FUNC, 0);
	assert_int_equal(caller_ret(&c), 0);
	caller_start(&c);
	serve_one(&supp_ctx, FUNC, 0);
	assert_int_equal(caller_ret(&c), 0);

	optee_supp_close(&optee, &supp_ctx);
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	host_ctx_put(&next);
}

static void test_exit_ends_what_was_asked(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 }, c = { .func = 3 };
	struct fetched f;

	caller_start(&a);
	fetch(&supp_ctx, &f);
	caller_start(&b);
	caller_waits(&b, 0);
	optee_supp_exit(&optee.supp);
	assert_int_equal(caller_ret(&a), TEEC_ERROR_COMMUNICATION);
	assert_int_equal(caller_ret(&b), TEEC_ERROR_COMMUNICATION);
	caller_start(&c);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	assert_int_equal(fetch(&supp_ctx, &f), -EBADF);
	assert_int_equal(answer(&supp_ctx, &f, 0), -EBADF);
	assert_int_equal(optee_supp_open(&optee, &supp_ctx), -ENODEV);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_setup, supplicant_teardown)
#define TEST_ALONE(name) \
	cmocka_unit_test_setup_teardown(name, supplicant_setup, \
					supplicant_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_ALONE(test_kernel_client_does_not_wait_for_a_supplicant),
		TEST_ALONE(test_process_waits_for_a_supplicant),
		TEST_ALONE(test_process_killed_while_it_waits_for_a_supplicant),
		TEST(test_close_ends_what_was_asked),
		TEST(test_close_ends_the_wait_for_a_request),
		TEST_ALONE(test_context_may_go_with_the_last_memory),
		TEST(test_death_ends_what_was_asked_though_memory_is_lent),
		TEST(test_killed_one_that_cannot_go_ends_what_was_asked),
		TEST(test_living_supplicant_is_left_alone),
		TEST_ALONE(test_who_opened_may_die_before_the_first_fetch),
		TEST(test_dead_supplicant_does_not_keep_the_next_out),
		TEST(test_kernel_client_does_not_wait_for_a_dead_one),
		TEST(test_memory_of_a_dead_one_is_not_freed_by_the_next),
		TEST(test_call_does_not_go_on_with_the_next_supplicant),
		TEST(test_exit_ends_what_was_asked),
	};

	return cmocka_run_group_tests_name("supp_death", tests, NULL, NULL);
}
