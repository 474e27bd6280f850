// SPDX-License-Identifier: GPL-2.0-only
/*
 * A supplicant and its callers, for tests.
 */
#include "supplicant.h"

struct optee optee;
struct tee_device supp_dev = { .drvdata = &optee };
struct tee_context supp_ctx;

static void release(struct tee_context *ctx)
{
	optee_supp_close(&optee, ctx);
}

void supplicant_open(struct tee_context *ctx)
{
	*ctx = (struct tee_context) {
		.teedev = &supp_dev,
		.refs = 1,
		.release = release,
	};
}

struct tee_shm *supplicant_shm(struct tee_context *ctx, size_t size)
{
	struct tee_shm *shm = host_tee_shm_new(ctx, size, 0, false);

	host_tee_shm_number(shm);
	return shm;
}

int supplicant_setup(void **state)
{
	memset(&optee, 0, sizeof(optee));
	host_reset();
	optee_supp_init(&optee.supp);
	supplicant_open(&supp_ctx);
	return 0;
}

int supplicant_teardown(void **state)
{
	host_ctx_put(&supp_ctx);
	optee_supp_exit(&optee.supp);
	host_reset();
	return host_tee_shms ? -1 : 0;
}

const struct pid *unmarked_by;

/* These calls are in no queue */
void optee_call_served_by(struct optee_call *call, struct pid *server)
{
	if (!server)
		WRITE_ONCE(unmarked_by, task_pid(current));
	WRITE_ONCE(call->cq.server, server);
}

static void *caller_thread(void *arg)
{
	struct caller *c = arg;

	c->call.optee = &optee;
	c->self = task_pid(current);
	host_started(&c->task);
	if (c->func == OPTEE_RPC_CMD_SHM_ALLOC)
		c->ret = optee_supp_alloc(&c->call, c->size, &c->shm);
	else
		c->ret = optee_supp_request(&c->call, c->func, c->num,
					    c->param);
	return NULL;
}

void caller_start(struct caller *c)
{
	c->task = NULL;
	pthread_create(&c->thread, NULL, caller_thread, c);
	host_wait_started(&c->task);
}

void caller_waits(struct caller *c, unsigned int wakes)
{
	host_wait_asleep(c->task, wakes);
}

u32 caller_ret(struct caller *c)
{
	pthread_join(c->thread, NULL);
	return c->ret;
}

int fetch(struct tee_context *ctx, struct fetched *f)
{
	memset(f, 0, sizeof(*f));
	f->num = ROOM;
	f->param[0].attr = META;
	return optee_supp_recv(ctx, &f->func, &f->num, f->param);
}

int fetch_sync(struct tee_context *ctx, struct fetched *f)
{
	memset(f, 0, sizeof(*f));
	f->num = ROOM;
	return optee_supp_recv(ctx, &f->func, &f->num, f->param);
}

int answer(struct tee_context *ctx, struct fetched *f, u32 ret)
{
	return optee_supp_send(ctx, ret, f->num, f->param);
}
