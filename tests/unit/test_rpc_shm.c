// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remote procedure calls for memory: OP-TEE allocates, uses and frees.
 */
#include <linux/mm.h>

#include "rpc_world.h"

#define FUNC	0x123

/* Allocates; @a then has the answer */
static u32 alloc(struct asker *a, u64 type, u64 size, u64 align)
{
	asker_init(a, OPTEE_RPC_CMD_SHM_ALLOC, 1);
	ask_value(a, 0, OPTEE_MSG_VALUE_IN, type, size, align);
	return ask(a);
}

static u32 release(u64 type, u64 cookie)
{
	return ask_once(OPTEE_RPC_CMD_SHM_FREE, type, cookie, 0);
}

static void test_kernel_memory_is_lent_and_given_back(void **state)
{
	struct optee_msg_param *p;
	struct asker a;
	u64 type;

	for (type = OPTEE_RPC_SHM_KERNEL; type <= OPTEE_RPC_SHM_GLOBAL;
	     type++) {
		assert_int_equal(alloc(&a, type, 100, 8), TEEC_SUCCESS);
		p = &a.arg->params[0];
		assert_int_equal(p->attr,
				 OPTEE_MSG_TMEM_OUT | OPTEE_MSG_NONCONTIG);
		assert_true(p->u.tmem.size >= 100);
		assert_non_null(a.call.pages);
		assert_int_equal(release(type, p->u.tmem.shm_ref),
				 TEEC_SUCCESS);
		assert_int_equal(release(type, p->u.tmem.shm_ref),
				 TEEC_ERROR_BAD_PARAMETERS);
		asker_free(&a);
		assert_null(a.call.pages);
	}
}

static void expect_refused(u64 type, u64 size, u64 align, u32 ret)
{
	struct asker a;

	assert_int_equal(alloc(&a, type, size, align), ret);
	assert_int_equal(a.arg->params[0].attr, OPTEE_MSG_VALUE_IN);
	assert_int_equal(a.arg->params[0].u.value.b, size);
	asker_free(&a);
	assert_int_equal(host_tee_shms, 0);
}

static void test_sizes_and_types_that_cannot_be_are_refused(void **state)
{
	expect_refused(OPTEE_RPC_SHM_KERNEL, 0, 8, TEEC_ERROR_BAD_PARAMETERS);
	expect_refused(OPTEE_RPC_SHM_APPL, 0, 8, TEEC_ERROR_BAD_PARAMETERS);
	expect_refused(3, 8, 8, TEEC_ERROR_BAD_PARAMETERS);
	expect_refused(1ULL << 32, 8, 8, TEEC_ERROR_BAD_PARAMETERS);
	expect_refused(OPTEE_RPC_SHM_KERNEL, 8, 8192,
		       TEEC_ERROR_BAD_PARAMETERS);
	expect_refused(OPTEE_RPC_SHM_KERNEL, 1UL << 30, 8,
		       TEEC_ERROR_OUT_OF_MEMORY);
	expect_refused(OPTEE_RPC_SHM_KERNEL, ~0ULL, 8,
		       TEEC_ERROR_OUT_OF_MEMORY);
	expect_refused(OPTEE_RPC_SHM_APPL, 1ULL << 32, 8,
		       TEEC_ERROR_OUT_OF_MEMORY);
	assert_true(list_empty(&optee.supp.queued));
}

static void test_lack_of_memory_leaves_nothing_lent(void **state)
{
	struct asker a;
	u32 ret;
	int n = 0;

	do {
		host_fail_alloc(++n);
		ret = alloc(&a, OPTEE_RPC_SHM_KERNEL, 100, 8);
		host_fail_alloc(0);
		if (ret) {
			assert_int_equal(ret, TEEC_ERROR_OUT_OF_MEMORY);
			assert_int_equal(host_tee_shms, 0);
		}
		asker_free(&a);
	} while (ret);
	assert_true(n > 1);
}

static void start_appl(struct asker *a, u64 size, struct fetched *f)
{
	asker_init(a, OPTEE_RPC_CMD_SHM_ALLOC, 1);
	ask_value(a, 0, OPTEE_MSG_VALUE_IN, OPTEE_RPC_SHM_APPL, size, 8);
	ask_start(a);
	assert_int_equal(fetch(&supp_ctx, f), 0);
	assert_int_equal(f->func, OPTEE_RPC_CMD_SHM_ALLOC);
	assert_int_equal(f->param[1].u.value.b, size);
}

static void expect_free(struct tee_shm *shm)
{
	struct fetched f;

	assert_int_equal(fetch(&supp_ctx, &f), 0);
	assert_int_equal(f.func, OPTEE_RPC_CMD_SHM_FREE);
	assert_int_equal(f.param[1].u.value.b, shm->id);
	tee_shm_put(shm);
	assert_int_equal(answer(&supp_ctx, &f, 0), 0);
}

/* From the allocation, over a request with it, to the end */
static void test_memory_of_the_supplicant_is_lent_used_and_given_back(void **st)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct fetched f;
	struct asker a, b;
	u64 cookie;

	start_appl(&a, 64, &f);
	f.param[1].u.value.c = shm->id;
	answer(&supp_ctx, &f, 0);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	cookie = a.arg->params[0].u.tmem.shm_ref;
	assert_int_equal(a.arg->params[0].u.tmem.size, 64);

	asker_init(&b, FUNC, 1);
	ask_rmem(&b, 0, OPTEE_MSG_RMEM_OUT, cookie, 8, 16);
	ask_start(&b);
	fetch(&supp_ctx, &f);
	assert_int_equal(f.param[1].attr, MEMREF_OUT);
	assert_ptr_equal(f.param[1].u.memref.shm, shm);
	assert_int_equal(f.param[1].u.memref.shm_offs, 8);
	f.param[1].u.memref.size = 5;
	answer(&supp_ctx, &f, 0);
	assert_int_equal(ask_finish(&b), TEEC_SUCCESS);
	assert_int_equal(b.arg->params[0].u.rmem.size, 5);
	assert_int_equal(b.arg->params[0].u.rmem.offs, 8);

	assert_int_equal(release(OPTEE_RPC_SHM_APPL, cookie), TEEC_SUCCESS);
	expect_free(shm);
	assert_int_equal(host_tee_shms, 0);
	asker_free(&a);
	asker_free(&b);
}

static void test_too_little_of_the_supplicant_is_freed_again(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 63);
	struct fetched f;
	struct asker a;

	start_appl(&a, 64, &f);
	f.param[1].u.value.c = shm->id;
	answer(&supp_ctx, &f, 0);
	assert_int_equal(ask_finish(&a), TEEC_ERROR_OUT_OF_MEMORY);
	assert_int_equal(a.arg->params[0].attr, OPTEE_MSG_VALUE_IN);
	expect_free(shm);
	assert_int_equal(host_tee_shms, 0);
	asker_free(&a);
}

/* Twice the same memory: the second time is an error, and frees nothing */
static void test_memory_that_is_lent_is_not_lent_again(void **state)
{
	struct tee_shm *shm = supplicant_shm(&supp_ctx, 64);
	struct fetched f;
	struct asker a, b;

	start_appl(&a, 64, &f);
	f.param[1].u.value.c = shm->id;
	answer(&supp_ctx, &f, 0);
	assert_int_equal(ask_finish(&a), TEEC_SUCCESS);
	start_appl(&b, 64, &f);
	f.param[1].u.value.c = shm->id;
	answer(&supp_ctx, &f, 0);
	assert_int_equal(ask_finish(&b), TEEC_ERROR_BUSY);
	assert_true(list_empty(&optee.supp.queued));
	asker_free(&a);
	asker_free(&b);
	tee_shm_put(shm);
}

static void test_what_was_not_lent_cannot_be_given_back(void **state)
{
	static const u64 cookies[] = { 0, 1, 5, INT_MAX, U32_MAX, ~0ULL };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(cookies); n++)
		assert_int_equal(release(OPTEE_RPC_SHM_APPL, cookies[n]),
				 TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(release(3, 1), TEEC_ERROR_BAD_PARAMETERS);
}

static void test_kernel_memory_is_not_shown_to_the_supplicant(void **state)
{
	struct asker a, b;

	assert_int_equal(alloc(&a, OPTEE_RPC_SHM_KERNEL, 100, 8),
			 TEEC_SUCCESS);
	asker_init(&b, FUNC, 1);
	ask_rmem(&b, 0, OPTEE_MSG_RMEM_IN, a.arg->params[0].u.tmem.shm_ref, 0,
		 100);
	assert_int_equal(ask(&b), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(release(OPTEE_RPC_SHM_APPL,
				 a.arg->params[0].u.tmem.shm_ref),
			 TEEC_SUCCESS);
	assert_true(list_empty(&optee.supp.queued));
	asker_free(&a);
	asker_free(&b);
}

/* How many references each page of it has once the driver goes */
static unsigned int page_refs_at_the_end(bool kept)
{
	struct tee_shm *shm = optee_shm_lend_kernel(&optee, 2 * PAGE_SIZE);
	unsigned int refs;

	assert_false(IS_ERR(shm));
	assert_int_equal(shm->num_pages, 2);
	optee.shm.kept = kept;
	optee_shm_take_all_back(&optee);
	assert_int_equal(refcount_read(&shm->refcount), 1);
	assert_true(xa_empty(&optee.shm.refs));
	refs = refcount_read(&shm->pages[0]->refs);
	assert_int_equal(refcount_read(&shm->pages[1]->refs), refs);
	refcount_set(&shm->pages[0]->refs, 1);
	refcount_set(&shm->pages[1]->refs, 1);
	tee_shm_put(shm);
	return refs;
}

static void test_what_was_lent_is_taken_back_at_the_end(void **state)
{
	assert_int_equal(page_refs_at_the_end(false), 1);
}

/* A thread stays in OP-TEE, so that its cache of messages stays too */
static void test_pages_that_optee_keeps_are_nobody_elses(void **state)
{
	assert_int_equal(page_refs_at_the_end(true), 2);
}

/* It knows the cookie before it is told, and gives it back on another thread */
static void test_what_is_told_of_stays_until_it_is(void **state)
{
	struct tee_shm *shm = optee_shm_lend_kernel(&optee, 2 * PAGE_SIZE);

	assert_false(IS_ERR(shm));
	assert_int_equal(optee_shm_take_back(&optee, shm->sec_world_id), 0);
	assert_int_equal(refcount_read(&shm->refcount), 1);
	tee_shm_put(shm);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, rpc_setup, rpc_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kernel_memory_is_lent_and_given_back),
		TEST(test_sizes_and_types_that_cannot_be_are_refused),
		TEST(test_lack_of_memory_leaves_nothing_lent),
		TEST(test_memory_of_the_supplicant_is_lent_used_and_given_back),
		TEST(test_too_little_of_the_supplicant_is_freed_again),
		TEST(test_memory_that_is_lent_is_not_lent_again),
		TEST(test_what_was_not_lent_cannot_be_given_back),
		TEST(test_kernel_memory_is_not_shown_to_the_supplicant),
		TEST(test_what_was_lent_is_taken_back_at_the_end),
		TEST(test_pages_that_optee_keeps_are_nobody_elses),
		TEST(test_what_is_told_of_stays_until_it_is),
	};

	return cmocka_run_group_tests_name("rpc_shm", tests, NULL, NULL);
}
