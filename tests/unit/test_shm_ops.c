// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is shared no longer: who waits until OP-TEE was told.
 */
#include <linux/mm.h>

#include "smc_world.h"

static struct optee optee;
static struct tee_device client_dev = { .drvdata = &optee };
static struct tee_context ctx = { .teedev = &client_dev };
static cq_time_t asked;

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	return NULL;
}

void optee_who_shares(struct optee_ctx *octx, struct optee_who *who)
{
	*who = (struct optee_who) { };
}

void optee_who_drives(struct optee *optee, struct optee_who *who)
{
	*who = (struct optee_who) { };
}

int optee_shm_make_known(struct optee *optee, const struct optee_who *who,
			 cq_time_t deadline, struct tee_shm *shm,
			 enum optee_shm_state state)
{
	return 0;
}

int optee_shm_make_forgotten(struct optee *optee, const struct optee_who *who,
			     cq_time_t deadline, struct tee_shm *shm)
{
	asked = deadline;
	return 0;
}

static int setup(void **state)
{
	host_reset();
	current->flags = 0;
	return 0;
}

/* For a process it has an id, from 0 on */
static cq_time_t waits_for(int id)
{
	struct tee_shm shm = { .id = id };

	assert_int_equal(optee_shm_unregister(&ctx, &shm), 0);
	return asked;
}

static void test_who_lives_waits(void **state)
{
	assert_int_equal(waits_for(0), CQ_FOREVER);
	assert_int_equal(waits_for(-1), CQ_FOREVER);
	host_signal(current);
	assert_int_equal(waits_for(0), CQ_FOREVER);
}

static void test_who_dies_does_not_wait(void **state)
{
	host_kill(current);
	assert_int_equal(waits_for(0), OPTEE_SHM_NOW);
	host_calm(current);
	current->flags = PF_EXITING;
	assert_int_equal(waits_for(0), OPTEE_SHM_NOW);
	assert_int_equal(waits_for(-1), OPTEE_SHM_NOW);
}

/* All files whose last reference goes where no task can do it go there */
static void test_kernel_thread_does_not_wait_for_a_file(void **state)
{
	current->flags = PF_KTHREAD;
	assert_int_equal(waits_for(0), OPTEE_SHM_NOW);
	assert_int_equal(waits_for(3), OPTEE_SHM_NOW);
}

static void test_kernel_thread_waits_for_memory_of_its_own(void **state)
{
	current->flags = PF_KTHREAD;
	assert_int_equal(waits_for(-1), CQ_FOREVER);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_who_lives_waits),
		TEST(test_who_dies_does_not_wait),
		TEST(test_kernel_thread_does_not_wait_for_a_file),
		TEST(test_kernel_thread_waits_for_memory_of_its_own),
	};

	return cmocka_run_group_tests_name("shm_ops", tests, NULL, NULL);
}
