/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An OP-TEE that asks, for tests: a call, and a message in memory of its own,
 * as large as it has to be and no larger.
 */
#ifndef TEST_RPC_WORLD_H
#define TEST_RPC_WORLD_H

#include "supplicant.h"

/**
 * struct asker - a task whose call OP-TEE asks in
 * @thread: its thread
 * @task: its task
 * @call: its call
 * @arg: the message
 * @room: bytes of @arg that are said to be ours
 */
struct asker {
	pthread_t thread;
	struct task_struct *task;
	struct optee_call call;
	struct optee_msg_arg *arg;
	size_t room;
};

extern struct tee_context kernel_ctx;

int rpc_setup(void **state);
int rpc_teardown(void **state);

/* A message of @num parameters, with nothing in them; ret is what nobody says */
#define NOT_SAID	0x55555555u
void asker_init(struct asker *a, u32 cmd, u32 num);
void asker_free(struct asker *a);

/* Parameter @n; what is not @type, @a, @b, @c is 0 */
void ask_value(struct asker *a, u32 n, u64 type, u64 va, u64 vb, u64 vc);
void ask_rmem(struct asker *a, u32 n, u64 type, u64 cookie, u64 offs,
	      u64 size);

/* In the caller's thread, or in one of its own */
u32 ask(struct asker *a);
void ask_start(struct asker *a);
u32 ask_finish(struct asker *a);

/* One value in, of a message of nothing else */
u32 ask_once(u32 cmd, u64 va, u64 vb, u64 vc);

#endif /* TEST_RPC_WORLD_H */
