// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to tee-supplicant whose callers are killed, or cannot be.
 */
#include "supp_request.h"
#include "supplicant.h"

#define FUNC	0x123

static int open_setup(void **state)
{
	supplicant_setup(state);
	return optee_supp_open(&optee, &supp_ctx);
}

/* From one look at whether the supplicant lives to the next */
#define LOOK_MS	1000
/* What a caller that cannot be killed takes of that */
#define LOOKS	5

static u32 kill_caller(struct caller *c)
{
	host_kill(c->task);
	return caller_ret(c);
}

static void test_killed_before_it_is_fetched_is_never_shown(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 };
	struct fetched f;

	caller_start(&a);
	caller_waits(&a, 0);
	caller_start(&b);
	caller_waits(&b, 0);
	assert_int_equal(kill_caller(&a), TEEC_ERROR_COMMUNICATION);
	fetch(&supp_ctx, &f);
	assert_int_equal(f.func, 2);
	answer(&supp_ctx, &f, 0);
	assert_int_equal(caller_ret(&b), 0);
}

static void test_signal_that_does_not_kill_ends_nothing(void **state)
{
	struct caller c = { .func = FUNC };
	struct fetched f;

	caller_start(&c);
	caller_waits(&c, 0);
	host_signal(c.task);
	fetch(&supp_ctx, &f);
	caller_waits(&c, 0);
	answer(&supp_ctx, &f, 4);
	assert_int_equal(caller_ret(&c), 4);
}

/* tee-supplicant exits at an error: a killed client must not do that to it */
static void test_answer_to_a_killed_caller_is_taken_and_dropped(void **state)
{
	struct caller c = { .func = FUNC, .num = 1,
			    .param[0].attr = VALUE_OUT };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	assert_int_equal(kill_caller(&c), TEEC_ERROR_COMMUNICATION);
	assert_ptr_equal(c.call.cq.server, c.self);
	f.param[1].u.value.a = 1;
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
	assert_int_equal(c.param[0].u.value.a, 0);
	assert_int_equal(answer(&supp_ctx, &f, 0), -ENOENT);
}

static void test_killed_without_ids_lets_the_next_be_served(void **state)
{
	struct caller a = { .func = 1 }, b = { .func = 2 };
	struct fetched f;

	caller_start(&a);
	fetch_sync(&supp_ctx, &f);
	kill_caller(&a);
	caller_start(&b);
	caller_waits(&b, 0);
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
	assert_int_equal(fetch_sync(&supp_ctx, &f), 0);
	assert_int_equal(f.func, 2);
	assert_int_equal(answer(&supp_ctx, &f, 9), 0);
	assert_int_equal(caller_ret(&b), 9);
}

static void test_memory_of_a_killed_caller_stays_until_the_answer(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct caller c = { .func = FUNC, .num = 1, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 0, 4, shm } },
	} };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	kill_caller(&c);
	tee_shm_put(shm);
	assert_int_equal(host_tee_shms, 1);
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
	assert_int_equal(host_tee_shms, 0);
}

/* The TEE core reads what was fetched after the fetch, whoever answers */
static void test_what_is_shown_stays_until_its_fetcher_is_back(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct caller c = { .func = FUNC, .num = 1, .param = {
		{ .attr = MEMREF_OUT, .u.memref = { 0, 4, shm } },
	} };
	struct task_struct *other = host_task_new(current->tgid), *self;
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	self = host_become(other);
	assert_int_equal(answer(&supp_ctx, &f, 7), 0);
	host_become(self);
	assert_int_equal(caller_ret(&c), 7);
	tee_shm_put(shm);
	assert_int_equal(host_tee_shms, 1);
	assert_int_equal(answer(&supp_ctx, &f, 7), -ENOENT);
	assert_int_equal(host_tee_shms, 0);
	host_task_free(other);
}

/*
 * Whoever has another reference may have it on a list that the lock does not
 * protect: that of a fetcher who came back while another thread answers.
 */
static void test_only_the_last_reference_has_the_node(void **state)
{
	struct optee_supp_request *req = optee_supp_request_new(FUNC, 0, NULL);
	LIST_HEAD(gone);

	refcount_inc(&req->refs);
	mutex_lock(&optee.supp.lock);
	optee_supp_request_drop(req, &gone);
	assert_true(list_empty(&gone));
	assert_int_equal(refcount_read(&req->refs), 1);
	optee_supp_request_drop(req, &gone);
	assert_false(list_empty(&gone));
	mutex_unlock(&optee.supp.lock);
	optee_supp_put_all(&gone);
}

static void answer_alloc(struct fetched *f, struct tee_shm *shm)
{
	assert_int_equal(f->func, OPTEE_RPC_CMD_SHM_ALLOC);
	assert_int_equal(f->num, 2);
	assert_int_equal(f->param[1].attr, VALUE_INOUT);
	assert_int_equal(f->param[1].u.value.a, OPTEE_RPC_SHM_APPL);
	f->param[1].u.value.c = shm->id;
	assert_int_equal(answer(&supp_ctx, f, 0), 0);
}

static void expect_free(struct tee_shm *shm)
{
	struct fetched f;

	assert_int_equal(fetch(&supp_ctx, &f), 0);
	assert_int_equal(f.func, OPTEE_RPC_CMD_SHM_FREE);
	assert_int_equal(f.num, 2);
	assert_int_equal(f.param[1].u.value.a, OPTEE_RPC_SHM_APPL);
	assert_int_equal(f.param[1].u.value.b, shm->id);
	tee_shm_put(shm);
	assert_int_equal(host_tee_shms, 1);
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
	assert_int_equal(host_tee_shms, 0);
}

static void test_memory_is_allocated(void **state)
{
	struct caller c = { .func = OPTEE_RPC_CMD_SHM_ALLOC, .size = 100 };
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 100);
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	assert_int_equal(f.param[1].u.value.b, 100);
	answer_alloc(&f, shm);
	assert_int_equal(caller_ret(&c), TEEC_SUCCESS);
	assert_ptr_equal(c.shm, shm);
	tee_shm_put(c.shm);
	optee_supp_free(&optee, shm);
	expect_free(shm);
}

static void test_allocation_that_names_no_memory_is_refused(void **state)
{
	struct caller c = { .func = OPTEE_RPC_CMD_SHM_ALLOC, .size = 100 };
	struct tee_context other = { };
	struct tee_shm *foreign = supplicant_shm(&other, 100);
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	f.param[1].u.value.c = 0;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.param[1].u.value.c = 31;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.param[1].u.value.c = ~0ULL;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	f.param[1].u.value.c = foreign->id;
	assert_int_equal(answer(&supp_ctx, &f, 0), -EINVAL);
	caller_waits(&c, 0);
	assert_int_equal(answer(&supp_ctx, &f, 0xffff000c), 0);
	assert_int_equal(caller_ret(&c), 0xffff000c);
	assert_null(c.shm);
	tee_shm_put(foreign);
}

static void test_memory_allocated_for_a_killed_caller_is_freed(void **state)
{
	struct caller c = { .func = OPTEE_RPC_CMD_SHM_ALLOC, .size = 100 };
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 100);
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	kill_caller(&c);
	answer_alloc(&f, shm);
	expect_free(shm);
}

static void test_failed_allocation_of_a_killed_caller_is_dropped(void **state)
{
	struct caller c = { .func = OPTEE_RPC_CMD_SHM_ALLOC, .size = 100 };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	kill_caller(&c);
	assert_int_equal(answer(&supp_ctx, &f, TEEC_ERROR_OUT_OF_MEMORY), 0);
	assert_true(list_empty(&optee.supp.queued));
}

/* A process that dies gives OP-TEE's memory back as any other */
static void test_memory_is_freed_by_a_killed_caller(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 100);

	host_kill(current);
	optee_supp_free(&optee, shm);
	host_calm(current);
	expect_free(shm);
}

static void look(struct caller *c, unsigned int from, unsigned int to)
{
	unsigned int n;

	for (n = from; n < to; n++) {
		caller_waits(c, n);
		host_advance_ms(LOOK_MS);
	}
}

/* A process that exits, and a supplicant that was stopped */
static void test_who_cannot_be_killed_gives_up_what_nobody_fetched(void **state)
{
	struct caller c = { .func = FUNC, .call.supp_brief = true };

	caller_start(&c);
	look(&c, 0, LOOKS);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	assert_true(list_empty(&optee.supp.queued));
}

static void test_who_cannot_be_killed_gives_up_what_is_not_answered(void **state)
{
	struct caller c = { .func = FUNC, .call.supp_brief = true };
	struct fetched f;
	unsigned long wakes;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	wakes = host_wq_wakes(&optee.supp.arrived);
	look(&c, 0, LOOKS);
	assert_int_equal(caller_ret(&c), TEEC_ERROR_COMMUNICATION);
	/* If it sleeps where it waits for requests, it can say so */
	assert_int_equal(host_wq_wakes(&optee.supp.arrived), wakes + 1);
	assert_ptr_equal(c.call.cq.server, c.self);
	/* An answer that comes too late is taken, as a killed caller's */
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
}

/* Files in storage are closed when a process exits, if that can be done */
static void test_who_cannot_be_killed_has_an_answer_that_comes(void **state)
{
	struct caller c = { .func = FUNC, .call.supp_brief = true };
	struct fetched f;

	caller_start(&c);
	fetch(&supp_ctx, &f);
	look(&c, 0, LOOKS - 1);
	caller_waits(&c, LOOKS - 1);
	assert_int_equal(answer(&supp_ctx, &f, 7), 0);
	assert_int_equal(caller_ret(&c), 7);
}

/* Or a process with a hundred sessions would take a hundred times as long */
static void test_silent_supplicant_is_waited_for_once(void **state)
{
	struct caller a = { .func = 1, .call.supp_brief = true },
		      b = { .func = 2, .call.supp_brief = true },
		      c = { .func = 3 };
	struct fetched f;

	caller_start(&a);
	fetch(&supp_ctx, &f);
	look(&a, 0, LOOKS);
	caller_ret(&a);
	caller_start(&b);
	assert_int_equal(caller_ret(&b), TEEC_ERROR_COMMUNICATION);
	/* Who can be killed waits as ever; and so it is heard of */
	caller_start(&c);
	caller_waits(&c, 0);
	fetch(&supp_ctx, &f);
	assert_int_equal(f.func, 3);
	answer(&supp_ctx, &f, 0);
	assert_int_equal(caller_ret(&c), 0);
	caller_start(&b);
	fetch(&supp_ctx, &f);
	assert_int_equal(f.func, 2);
	answer(&supp_ctx, &f, 8);
	assert_int_equal(caller_ret(&b), 8);
}

static void test_silent_supplicant_says_nothing_of_the_next(void **state)
{
	struct caller a = { .func = 1, .call.supp_brief = true },
		      b = { .func = 2, .call.supp_brief = true };
	struct tee_context next;
	struct fetched f;

	caller_start(&a);
	look(&a, 0, LOOKS);
	caller_ret(&a);
	optee_supp_close(&optee, &supp_ctx);
	supplicant_open(&next);
	assert_int_equal(optee_supp_open(&optee, &next), 0);
	assert_false(optee.supp.silent);
	caller_start(&b);
	fetch(&next, &f);
	answer(&next, &f, 9);
	assert_int_equal(caller_ret(&b), 9);
	host_ctx_put(&next);
}

static void *fetch_thread(void *arg)
{
	struct fetched f;

	host_started(arg);
	fetch(&supp_ctx, &f);
	return NULL;
}

/* It was frozen, or had no processor, and sleeps on with nothing to do */
static void test_supplicant_that_waits_for_requests_is_not_silent(void **state)
{
	struct task_struct *task = NULL;
	pthread_t thread;

	pthread_create(&thread, NULL, fetch_thread, &task);
	host_wait_started(&task);
	host_wait_asleep(task, 0);
	mutex_lock(&optee.supp.lock);
	WRITE_ONCE(optee.supp.silent, true);
	mutex_unlock(&optee.supp.lock);
	wake_up(&optee.supp.arrived);
	host_wait_asleep(task, 1);
	assert_false(READ_ONCE(optee.supp.silent));
	optee_supp_close(&optee, &supp_ctx);
	pthread_join(thread, NULL);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_setup, supplicant_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_killed_before_it_is_fetched_is_never_shown),
		TEST(test_signal_that_does_not_kill_ends_nothing),
		TEST(test_answer_to_a_killed_caller_is_taken_and_dropped),
		TEST(test_killed_without_ids_lets_the_next_be_served),
		TEST(test_memory_of_a_killed_caller_stays_until_the_answer),
		TEST(test_what_is_shown_stays_until_its_fetcher_is_back),
		TEST(test_only_the_last_reference_has_the_node),
		TEST(test_memory_is_allocated),
		TEST(test_allocation_that_names_no_memory_is_refused),
		TEST(test_memory_allocated_for_a_killed_caller_is_freed),
		TEST(test_failed_allocation_of_a_killed_caller_is_dropped),
		TEST(test_memory_is_freed_by_a_killed_caller),
		TEST(test_who_cannot_be_killed_gives_up_what_nobody_fetched),
		TEST(test_who_cannot_be_killed_gives_up_what_is_not_answered),
		TEST(test_who_cannot_be_killed_has_an_answer_that_comes),
		TEST(test_silent_supplicant_is_waited_for_once),
		TEST(test_silent_supplicant_says_nothing_of_the_next),
		TEST(test_supplicant_that_waits_for_requests_is_not_silent),
	};

	return cmocka_run_group_tests_name("supp_kill", tests, NULL, NULL);
}
