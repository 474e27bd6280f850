// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions that are closed, by whom, and what that may wait for. OP-TEE and
 * the queue are the test's.
 */
#include "arguments.h"
#include "client.h"
#include "session.h"
#include "smc_world.h"

#define ID	7

static struct optee optee;
static struct tee_context ctx;
static struct optee_ctx octx = { .optee = &optee, .ctx = &ctx };
static union {
	struct optee_msg_arg arg;
	u8 room[OPTEE_MSG_SIZE(OPTEE_MSG_MAX_PARAMS)];
} message;
static struct optee_msg msg = { .arg = &message.arg };

/* Calls that close a session: how many, and the last; what is left for later */
static unsigned int num_closed;
static struct optee_who closer;
static bool waited;
static struct optee_reap *left;
static int no_thread;

struct optee_msg *optee_msg_get(struct optee *optee,
				const struct optee_who *who, size_t num_params)
{
	memset(&message, 0, sizeof(message));
	return &msg;
}

struct optee_msg *optee_msg_get_private(struct optee *optee, size_t num_params)
{
	return optee_msg_get(optee, NULL, num_params);
}

void optee_msg_put(struct optee *optee, struct optee_msg *msg)
{
}

static int call(const struct optee_who *who, bool wait)
{
	message.arg.session = ID;
	if (message.arg.cmd != OPTEE_MSG_CMD_CLOSE_SESSION)
		return 0;
	closer = *who;
	waited = wait;
	num_closed++;
	return no_thread;
}

int optee_call(struct optee *optee, const struct optee_who *who,
	       struct optee_msg *msg, cq_time_t deadline)
{
	return call(who, true);
}

int optee_call_now(struct optee *optee, const struct optee_who *who,
		   struct optee_msg *msg)
{
	return call(who, false);
}

bool optee_call_waits_for_me(struct optee *optee)
{
	return false;
}

void optee_reap(struct optee *optee, struct optee_reap *reap)
{
	assert_null(left);
	left = reap;
}

void optee_cq_add_client(struct optee_cq *cq, enum optee_cq_class class)
{
	cq->clients[class]++;
}

void optee_cq_del_client(struct optee_cq *cq, enum optee_cq_class class)
{
	cq->clients[class]--;
}

enum optee_cq_class optee_classify_session(struct optee_ctx *octx,
					   const uuid_t *uuid, u32 login)
{
	return OPTEE_CQ_USER;
}

void optee_who_opens(struct optee_ctx *octx, const uuid_t *uuid, u32 login,
		     struct optee_who *who)
{
	*who = (struct optee_who) { };
}

void optee_who_calls(struct optee_ctx *octx, const struct optee_session *sess,
		     struct optee_who *who)
{
	*who = (struct optee_who) { };
}

void optee_who_unblocks(struct optee *optee, struct optee_who *who)
{
	*who = (struct optee_who) { };
}

void optee_ctx_get(struct optee_ctx *octx)
{
	kref_get(&octx->refs);
}

void optee_ctx_put(struct optee_ctx *octx)
{
	refcount_dec(&octx->refs.refcount);
}

void optee_ctx_raise(struct optee_ctx *octx, enum optee_cq_class class)
{
}

int optee_params_to_msg(struct optee *optee, struct optee_msg_param *mp,
			size_t num, const struct tee_param *p)
{
	return 0;
}

int optee_params_from_msg(struct optee *optee, struct tee_param *p, size_t num,
			  const struct optee_msg_param *mp)
{
	return 0;
}

int tee_session_calc_client_uuid(uuid_t *uuid, u32 method,
				 const u8 client[TEE_IOCTL_UUID_LEN])
{
	return 0;
}

static int setup(void **state)
{
	struct tee_ioctl_open_session_arg arg = { };

	host_reset();
	current->flags = 0;
	num_closed = 0;
	left = NULL;
	no_thread = 0;
	ctx.data = &octx;
	kref_init(&octx.refs);
	mutex_init(&octx.lock);
	xa_init_flags(&octx.sessions, 0);
	return optee_open_session(&ctx, &arg, NULL) || arg.session != ID;
}

static int teardown(void **state)
{
	bool empty = xa_empty(&octx.sessions);

	xa_destroy(&octx.sessions);
	current->flags = 0;
	/* No session is left in OP-TEE, and none here */
	return !empty || refcount_read(&octx.refs.refcount) != 1 ||
	       optee.cq.clients[OPTEE_CQ_USER];
}

static void test_process_waits_for_a_close(void **state)
{
	assert_int_equal(optee_close_session(&ctx, ID), 0);
	assert_int_equal(num_closed, 1);
	assert_true(waited);
	assert_false(closer.supp_brief);
	assert_int_equal(optee_close_session(&ctx, ID), -EINVAL);
}

/* Somebody can kill it */
static void test_file_that_a_process_closes_waits_for_a_supplicant(void **state)
{
	optee_close_all_sessions(&octx);
	assert_int_equal(num_closed, 1);
	assert_false(waited);
	assert_false(closer.supp_brief);
}

/* As the work does that lets go of everybody's files, and waits in it */
static void test_file_that_a_kernel_thread_closes_does_not(void **state)
{
	current->flags = PF_KTHREAD;
	optee_close_all_sessions(&octx);
	assert_int_equal(num_closed, 1);
	assert_false(waited);
	assert_true(closer.supp_brief);
}

static void test_without_a_thread_it_is_left_to_the_reaper(void **state)
{
	no_thread = -EBUSY;
	optee_close_all_sessions(&octx);
	assert_non_null(left);
	assert_int_equal(left->session, ID);
	assert_int_equal(optee.cq.clients[OPTEE_CQ_USER], 1);
	left->done(left, 0);
}

/* Nothing of it is kept here, whatever OP-TEE keeps: see teardown() */
static void test_what_the_reaper_gave_up_is_forgotten(void **state)
{
	no_thread = -EBUSY;
	optee_close_all_sessions(&octx);
	assert_non_null(left);
	left->done(left, -ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_process_waits_for_a_close),
		TEST(test_file_that_a_process_closes_waits_for_a_supplicant),
		TEST(test_file_that_a_kernel_thread_closes_does_not),
		TEST(test_without_a_thread_it_is_left_to_the_reaper),
		TEST(test_what_the_reaper_gave_up_is_forgotten),
	};

	return cmocka_run_group_tests_name("session_close", tests, NULL, NULL);
}
