/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A supplicant and its callers, for tests. The test is the supplicant, in its
 * own thread; each caller has a thread of its own.
 */
#ifndef TEST_SUPPLICANT_H
#define TEST_SUPPLICANT_H

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "call.h"
#include "optee.h"
#include "rpc.h"

#define VALUE_IN	TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT
#define VALUE_OUT	TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT
#define VALUE_INOUT	TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT
#define MEMREF_IN	TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT
#define MEMREF_OUT	TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT
#define MEMREF_INOUT	TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT
#define META		TEE_IOCTL_PARAM_ATTR_META

/* What every tee-supplicant has room for, its id included */
#define ROOM		5

/**
 * struct caller - a task whose call OP-TEE makes a request in
 * @thread: its thread
 * @task: its task
 * @call: its call
 * @self: its thread, as it serves itself
 * @func: what is asked; OPTEE_RPC_CMD_SHM_ALLOC asks for @size bytes
 * @num: entries in @param
 * @param: the parameters, in and out
 * @size: see @func
 * @shm: what was allocated, or NULL
 * @ret: the result
 */
struct caller {
	pthread_t thread;
	struct task_struct *task;
	struct optee_call call;
	const struct pid *self;
	u32 func;
	size_t num;
	struct tee_param param[4];
	size_t size;
	struct tee_shm *shm;
	u32 ret;
};

/* What supp_recv gave the supplicant, and what it sends back */
struct fetched {
	u32 func;
	u32 num;
	struct tee_param param[ROOM];
};

extern struct optee optee;
extern struct tee_device supp_dev;
extern struct tee_context supp_ctx;
/* Who last said that a call is served by nobody */
extern const struct pid *unmarked_by;

int supplicant_setup(void **state);
int supplicant_teardown(void **state);

/* An open file; it is closed when its memory and its opener are gone */
void supplicant_open(struct tee_context *ctx);
struct tee_shm *supplicant_shm(struct tee_context *ctx, size_t size);

void caller_start(struct caller *c);
/* It sleeps, and has looked @wakes times whether the supplicant lives */
void caller_waits(struct caller *c, unsigned int wakes);
u32 caller_ret(struct caller *c);

/* With ids, unless @f is answered by answer_sync() */
int fetch(struct tee_context *ctx, struct fetched *f);
int fetch_sync(struct tee_context *ctx, struct fetched *f);
int answer(struct tee_context *ctx, struct fetched *f, u32 ret);

#endif /* TEST_SUPPLICANT_H */
