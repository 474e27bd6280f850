// SPDX-License-Identifier: GPL-2.0-only
/*
 * An OP-TEE that asks, for tests.
 */
#include "rpc_world.h"

struct tee_context kernel_ctx;

static struct tee_device client_dev;

static const struct optee_conduit conduit = {
	.name = "smc",
	.memref_to_msg = optee_smc_memref_to_msg,
	.memref_from_msg = optee_smc_memref_from_msg,
};

int rpc_setup(void **state)
{
	supplicant_setup(state);
	optee.conduit = &conduit;
	optee.ctx = &kernel_ctx;
	optee.teedev = &client_dev;
	optee.supp_teedev = &supp_dev;
	kernel_ctx.teedev = &supp_dev;
	optee_shm_table_init(&optee);
	optee_notif_init(&optee, 255);
	return optee_supp_open(&optee, &supp_ctx);
}

int rpc_teardown(void **state)
{
	optee_notif_exit(&optee);
	optee_shm_take_all_back(&optee);
	optee_shm_table_exit(&optee);
	return supplicant_teardown(state);
}

void asker_init(struct asker *a, u32 cmd, u32 num)
{
	memset(a, 0, sizeof(*a));
	a->call.optee = &optee;
	a->call.rpc_cmd = OPTEE_CALL_NO_RPC;
	a->room = OPTEE_MSG_SIZE(num);
	a->arg = calloc(1, a->room);
	a->arg->cmd = cmd;
	a->arg->num_params = num;
	a->arg->ret = NOT_SAID;
}

void asker_free(struct asker *a)
{
	optee_rpc_finish(&a->call);
	assert_int_equal(a->call.rpc_cmd, OPTEE_CALL_NO_RPC);
	free(a->arg);
}

void ask_value(struct asker *a, u32 n, u64 type, u64 va, u64 vb, u64 vc)
{
	a->arg->params[n] = (struct optee_msg_param) {
		.attr = type,
		.u.value = { va, vb, vc },
	};
}

void ask_rmem(struct asker *a, u32 n, u64 type, u64 cookie, u64 offs, u64 size)
{
	a->arg->params[n] = (struct optee_msg_param) {
		.attr = type,
		.u.rmem = { offs, size, cookie },
	};
}

u32 ask(struct asker *a)
{
	optee_rpc_serve(&a->call, a->arg, a->room);
	return a->arg->ret;
}

static void *ask_thread(void *arg)
{
	struct asker *a = arg;

	host_started(&a->task);
	ask(a);
	return NULL;
}

void ask_start(struct asker *a)
{
	a->task = NULL;
	pthread_create(&a->thread, NULL, ask_thread, a);
	host_wait_started(&a->task);
}

u32 ask_finish(struct asker *a)
{
	pthread_join(a->thread, NULL);
	return a->arg->ret;
}

u32 ask_once(u32 cmd, u64 va, u64 vb, u64 vc)
{
	struct asker a;
	u32 ret;

	asker_init(&a, cmd, 1);
	ask_value(&a, 0, OPTEE_MSG_VALUE_IN, va, vb, vc);
	ret = ask(&a);
	assert_int_equal(a.arg->params[0].attr, OPTEE_MSG_VALUE_IN);
	assert_int_equal(a.arg->params[0].u.value.b, vb);
	asker_free(&a);
	return ret;
}
