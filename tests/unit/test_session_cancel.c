// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cancellations, which go before all other calls: how many there are in OP-TEE
 * at a time, and what becomes of those that wait. The queue is the driver's.
 */
#include <semaphore.h>

#include "client.h"
#include "session.h"
#include "sleep.h"
#include "smc_driver.h"

#define ID		7

static struct tee_context ctx;
static struct optee_ctx octx = { .optee = &optee, .ctx = &ctx };

/**
 * struct canceller - a process's thread that cancels, and stays in OP-TEE
 * @thread: its thread
 * @task: its task
 * @rc: what came of it
 */
struct canceller {
	pthread_t thread;
	struct task_struct *task;
	int rc;
};

/* Who came into OP-TEE, and may leave it again; for threads that stay */
static sem_t came, go_on;
static __thread bool stays;

void optee_ctx_get(struct optee_ctx *octx)
{
	kref_get(&octx->refs);
}

void optee_ctx_put(struct optee_ctx *octx)
{
	refcount_dec(&octx->refs.refcount);
}

int tee_session_calc_client_uuid(uuid_t *uuid, u32 method,
				 const u8 client[TEE_IOCTL_UUID_LEN])
{
	return 0;
}

static void stay_inside(unsigned int n)
{
	if (!stays)
		return;
	sem_post(&came);
	sem_wait(&go_on);
}

static void session_add(u32 id, enum optee_cq_class class)
{
	struct optee_session *sess = kzalloc(sizeof(*sess), GFP_KERNEL);

	kref_init(&sess->refs);
	sess->octx = &octx;
	optee_ctx_get(&octx);
	sess->id = id;
	sess->class = class;
	xa_insert(&octx.sessions, id, sess, GFP_KERNEL);
}

/* No cancellation may be under way: with its last reference goes the session */
static int session_del(u32 id)
{
	struct optee_session *sess = xa_erase(&octx.sessions, id);
	bool alone = refcount_read(&sess->refs.refcount) == 1;

	optee_ctx_put(&octx);
	kfree(sess);
	return !alone;
}

static int setup(void **state)
{
	smc_driver_start(0);
	atomic_set(&optee.cancelling, 0);
	init_waitqueue_head(&optee.cancel_over);
	world.on_call = stay_inside;
	sem_init(&came, 0, 0);
	sem_init(&go_on, 0, 0);
	ctx.data = &octx;
	kref_init(&octx.refs);
	mutex_init(&octx.lock);
	xa_init_flags(&octx.sessions, 0);
	session_add(ID, OPTEE_CQ_USER);
	return 0;
}

static int teardown(void **state)
{
	int rc = session_del(ID);

	host_idle = NULL;
	host_calm(current);
	xa_destroy(&octx.sessions);
	smc_driver_stop();
	return rc || refcount_read(&octx.refs.refcount) != 1;
}

static int cancel(void)
{
	return optee_cancel_req(&ctx, 1, ID);
}

static void *cancels(void *arg)
{
	struct canceller *c = arg;

	stays = true;
	host_started(&c->task);
	c->rc = cancel();
	return NULL;
}

static void canceller_start(struct canceller *c)
{
	c->task = NULL;
	pthread_create(&c->thread, NULL, cancels, c);
	host_wait_started(&c->task);
}

static int canceller_rc(struct canceller *c)
{
	pthread_join(c->thread, NULL);
	return c->rc;
}

/* How it sleeps outside, or 0 if it came into OP-TEE */
static unsigned int outside(struct canceller *c)
{
	unsigned int state;

	while (!(state = host_state(c->task))) {
		if (!sem_trywait(&came))
			return 0;
		sched_yield();
	}
	return state;
}

static void test_cancellation_reaches_optee(void **state)
{
	assert_int_equal(cancel(), 0);
	assert_int_equal(world.num_said, 1);
	assert_int_equal(world.cmd, OPTEE_MSG_CMD_CANCEL);
	assert_int_equal(optee_cancel_req(&ctx, 1, ID + 1), -EINVAL);
	assert_int_equal(world.num_said, 1);
}

/* The second thread is for who it is kept for, and nobody waits in its way */
static void test_cancellations_have_one_thread_at_most(void **state)
{
	struct canceller first, second;
	unsigned int slept, inside, waiting;

	canceller_start(&first);
	sem_wait(&came);
	canceller_start(&second);
	slept = outside(&second);
	inside = optee.cq.inside;
	waiting = optee.cq.waiting;
	sem_post(&go_on);
	if (slept)
		sem_wait(&came);
	sem_post(&go_on);
	assert_int_equal(canceller_rc(&first), 0);
	assert_int_equal(canceller_rc(&second), 0);
	assert_int_equal(slept, OPTEE_SLEEP_KILLABLE);
	assert_int_equal(inside, 1);
	assert_int_equal(waiting, 0);
	assert_int_equal(world.num_said, 2);
}

/* The first may never end */
static void test_killed_cancellation_does_not_wait(void **state)
{
	struct canceller first, second;
	int rc;

	canceller_start(&first);
	sem_wait(&came);
	canceller_start(&second);
	/* One that cannot be killed shall not hang the test */
	if (!(outside(&second) & TASK_WAKEKILL)) {
		sem_post(&go_on);
		sem_post(&go_on);
	}
	host_kill(second.task);
	rc = canceller_rc(&second);
	sem_post(&go_on);
	assert_int_equal(canceller_rc(&first), 0);
	assert_int_equal(rc, -ERESTARTSYS);
	assert_int_equal(world.num_said, 1);
	assert_int_equal(cancel(), 0);
}

/* Who sleeps in vain is killed, so that it is a failure and no hang */
static void killed_asleep(void)
{
	host_kill(current);
}

static void test_failed_cancellation_lets_the_next_go(void **state)
{
	host_idle = killed_asleep;
	host_fail_alloc(1);
	assert_int_equal(cancel(), -ENOMEM);
	assert_int_equal(cancel(), 0);
}

/* The two threads: as calls whose RPCs this task serves */
static struct optee_cq_call served[2];

static void serve_all(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		optee_cq_call_init(&served[i], &optee.own, OPTEE_CQ_USER, 0,
				   NULL);
		assert_int_equal(optee_cq_try_enter(&optee.cq, &served[i]), 0);
		optee_cq_serve(&optee.cq, &served[i], task_pid(current));
	}
}

static unsigned int waiters(void)
{
	unsigned int waiting;

	cq_lock(&optee.cq.lock);
	waiting = optee.cq.waiting;
	cq_unlock(&optee.cq.lock);
	return waiting;
}

/*
 * As a plugin of tee-supplicant does. Another one waits for a thread, and is
 * not to be waited for: the threads are those of the calls served here.
 */
static void test_nested_cancellation_that_cannot_be_is_ended(void **state)
{
	struct canceller first;
	int rc;

	serve_all();
	canceller_start(&first);
	while (!waiters())
		sched_yield();
	host_idle = killed_asleep;
	rc = cancel();
	optee_cq_leave(&optee.cq, &served[0]);
	optee_cq_leave(&optee.cq, &served[1]);
	sem_post(&go_on);
	assert_int_equal(canceller_rc(&first), 0);
	assert_int_equal(rc, -EDEADLK);
	assert_int_equal(world.num_said, 1);
}

static void test_in_kernel_client_waits_for_no_process(void **state)
{
	struct canceller first;
	int rc;

	session_add(ID + 1, OPTEE_CQ_KERNEL);
	canceller_start(&first);
	sem_wait(&came);
	host_idle = killed_asleep;
	rc = optee_cancel_req(&ctx, 1, ID + 1);
	sem_post(&go_on);
	assert_int_equal(canceller_rc(&first), 0);
	assert_int_equal(session_del(ID + 1), 0);
	assert_int_equal(rc, 0);
	assert_int_equal(world.num_said, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cancellation_reaches_optee),
		TEST(test_cancellations_have_one_thread_at_most),
		TEST(test_killed_cancellation_does_not_wait),
		TEST(test_failed_cancellation_lets_the_next_go),
		TEST(test_nested_cancellation_that_cannot_be_is_ended),
		TEST(test_in_kernel_client_waits_for_no_process),
	};

	return cmocka_run_group_tests_name("session_cancel", tests, NULL, NULL);
}
