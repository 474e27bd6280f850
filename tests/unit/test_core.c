// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of an OP-TEE: nothing that is left in it keeps it from ending. What
 * the reaper and notifications do is done by them, all else is the test's.
 */
#include <linux/workqueue.h>

#include "client.h"
#include "core.h"
#include "session.h"
#include "smc_world.h"

static struct optee optee;
static struct tee_device devices[2];
static unsigned int num_devices;
static struct tee_context own;
static struct optee_msg_arg arg;
static struct optee_msg msg = { .arg = &arg };
static bool supp_is_there;

/* What the reaper's call does in OP-TEE, and what came of it */
static int (*inside)(void);
static int answer;
static bool done;

/* The TEE core's */

struct tee_device *tee_device_alloc(const struct tee_desc *desc,
				    struct device *dev,
				    struct tee_shm_pool *pool, void *drvdata)
{
	devices[num_devices].drvdata = drvdata;
	return &devices[num_devices++];
}

int tee_device_register(struct tee_device *teedev)
{
	return 0;
}

void tee_device_unregister(struct tee_device *teedev)
{
}

struct tee_context *teedev_open(struct tee_device *teedev)
{
	return &own;
}

void teedev_close_context(struct tee_context *ctx)
{
}

/* The driver's */

int optee_call(struct optee *optee, const struct optee_who *who,
	       struct optee_msg *msg, cq_time_t deadline)
{
	answer = inside();
	return 0;
}

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
}

int optee_msg_cache_init(struct optee *optee)
{
	return 0;
}

void optee_msg_cache_drain(struct optee *optee)
{
}

void optee_msg_cache_exit(struct optee *optee)
{
}

void optee_supp_init(struct optee_supp *supp)
{
	supp_is_there = true;
}

void optee_supp_exit(struct optee_supp *supp)
{
	supp_is_there = false;
}

int optee_supp_open(struct optee *optee, struct tee_context *ctx)
{
	return 0;
}

void optee_supp_close(struct optee *optee, struct tee_context *ctx)
{
}

int optee_cq_init(struct optee_cq *cq, unsigned int threads)
{
	return 0;
}

void optee_cq_destroy(struct optee_cq *cq)
{
}

void optee_cq_client_init(struct optee_cq_client *client)
{
}

int optee_cq_set_policy(struct optee_cq *cq, enum optee_cq_class class,
			int policy)
{
	return 0;
}

void optee_cq_close(struct optee_cq *cq, enum optee_cq_class below)
{
}

int optee_policy_parse(const char *words, int *policy)
{
	return 0;
}

struct optee_ctx *optee_ctx_new(struct optee *optee, struct tee_context *ctx)
{
	return NULL;
}

#define NOTHING(name, ...) void name(__VA_ARGS__) { }
NOTHING(optee_ctx_put, struct optee_ctx *octx)
NOTHING(optee_close_all_sessions, struct optee_ctx *octx)
NOTHING(optee_shm_table_init, struct optee *optee)
NOTHING(optee_shm_table_exit, struct optee *optee)
NOTHING(optee_shm_take_all_back, struct optee *optee)
NOTHING(optee_shm_unregister_all, struct optee *optee, unsigned int timeout_ms)
NOTHING(optee_stall_init, struct optee *optee, unsigned int ms)
NOTHING(optee_stall_exit, struct optee *optee)
NOTHING(optee_devices_init, struct optee *optee)
NOTHING(optee_devices_start, struct optee *optee)
NOTHING(optee_devices_stop, struct optee *optee)
NOTHING(optee_devices_remove, struct optee *optee)
NOTHING(optee_devices_supp_arrived, struct optee *optee)
NOTHING(optee_rpmb_init, struct optee *optee)
NOTHING(optee_rpmb_exit, struct optee *optee)
NOTHING(optee_rpmb_show, struct optee *optee)
NOTHING(optee_rpmb_stop, struct optee *optee)
NOTHING(optee_debugfs_init, void)
NOTHING(optee_debugfs_exit, void)
NOTHING(optee_debugfs_add, struct optee *optee)
NOTHING(optee_debugfs_del, struct optee *optee)
NOTHING(optee_smc_driver_unregister, void)

int optee_rpmb_start(struct optee *optee)
{
	return 0;
}

int optee_smc_driver_register(void)
{
	return 0;
}

/* Nobody calls what a device can do */

int optee_open_session(struct tee_context *ctx,
		       struct tee_ioctl_open_session_arg *arg,
		       struct tee_param *param)
{
	return -EIO;
}

int optee_close_session(struct tee_context *ctx, u32 session)
{
	return -EIO;
}

int optee_system_session(struct tee_context *ctx, u32 session)
{
	return -EIO;
}

int optee_invoke_func(struct tee_context *ctx, struct tee_ioctl_invoke_arg *arg,
		      struct tee_param *param)
{
	return -EIO;
}

int optee_cancel_req(struct tee_context *ctx, u32 cancel_id, u32 session)
{
	return -EIO;
}

int optee_shm_register(struct tee_context *ctx, struct tee_shm *shm,
		       struct page **pages, size_t num_pages,
		       unsigned long start)
{
	return -EIO;
}

int optee_shm_unregister(struct tee_context *ctx, struct tee_shm *shm)
{
	return -EIO;
}

int optee_shm_register_supp(struct tee_context *ctx, struct tee_shm *shm,
			    struct page **pages, size_t num_pages,
			    unsigned long start)
{
	return -EIO;
}

int optee_shm_unregister_supp(struct tee_context *ctx, struct tee_shm *shm)
{
	return -EIO;
}

int optee_supp_recv(struct tee_context *ctx, u32 *func, u32 *num_params,
		    struct tee_param *param)
{
	return -EIO;
}

int optee_supp_send(struct tee_context *ctx, u32 ret, u32 num_params,
		    struct tee_param *param)
{
	return -EIO;
}

/* Tests */

static void nobody_comes(void)
{
	fail_msg("it waits, and nobody would end that");
}

static void reaped(struct optee_reap *reap, int rc)
{
	done = true;
}

static int setup(void **state)
{
	host_reset();
	memset(&optee, 0, sizeof(optee));
	num_devices = 0;
	done = false;
	host_idle = nobody_comes;
	return optee_core_init(&optee, 2, 255);
}

static void end_with_a_call_inside(int (*waits)(void))
{
	struct optee_reap reap = { .done = reaped };

	inside = waits;
	optee_reap(&optee, &reap);
	optee_core_exit(&optee);
	assert_true(done);
}

static int wait_for_notification(void)
{
	return optee_notif_wait(&optee, 1, 0);
}

/* Its interrupt is off by then */
static void test_call_that_waits_for_a_notification_ends(void **state)
{
	end_with_a_call_inside(wait_for_notification);
	assert_int_equal(answer, -ESHUTDOWN);
}

static int ask_supplicant(void)
{
	return supp_is_there;
}

static void test_call_that_waits_for_the_supplicant_ends(void **state)
{
	end_with_a_call_inside(ask_supplicant);
	assert_false(answer);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_call_that_waits_for_a_notification_ends),
		TEST(test_call_that_waits_for_the_supplicant_ends),
	};

	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
