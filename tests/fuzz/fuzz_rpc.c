// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: rpc.c supp.c supp_request.c supp_device.c notif.c
 * sources: arguments.c shm.c shm_lend.c page_list.c smc/memory.c
 * sources: compat/no_i2c.c compat/no_rpmb.c
 * host: threads.c
 * fuzz: world_rpc.c
 * flags: -DHOST_THREADS
 *
 * Remote procedure calls, with a secure world and a supplicant that are not
 * to be trusted.
 *
 * The input is a sequence of RPC messages. Whenever the driver would sleep to
 * serve one, the input goes on with what happens meanwhile: the supplicant
 * fetches, answers, opens, closes, dies; signals, notifications, time. Memory
 * runs out when the input says so. All in one thread, which is several tasks in
 * turn. When the input is at its end, what happens is what lets everybody go.
 *
 * After each message: it was answered, nothing was written past it, and the
 * call is in no RPC any more. At the end no memory is left. What is used after
 * it was freed, or out of bounds, is for the sanitizers.
 *
 * Here is the secure world; the input and the supplicant are in world_rpc.c.
 */
#include <linux/tee_drv.h>

#include "arguments.h"
#include "call.h"
#include "rpc.h"
#include "world_rpc.h"

#define MAX_STEPS	64
#define UNTOUCHED	0x5a
#define NOT_SAID	0x55555555

static u64 take_attr(void)
{
	static const u64 attrs[] = {
		OPTEE_MSG_NONE, OPTEE_MSG_VALUE_IN, OPTEE_MSG_VALUE_OUT,
		OPTEE_MSG_VALUE_INOUT, OPTEE_MSG_RMEM_IN, OPTEE_MSG_RMEM_OUT,
		OPTEE_MSG_RMEM_INOUT, OPTEE_MSG_TMEM_IN, OPTEE_MSG_TMEM_OUT,
		OPTEE_MSG_TMEM_INOUT, OPTEE_MSG_VALUE_IN, OPTEE_MSG_VALUE_IN,
	};
	u8 which = take_byte();

	if (which & 0x80)
		return take_number();
	return attrs[which % ARRAY_SIZE(attrs)];
}

static void take_param(struct optee_msg_param *mp)
{
	u8 how;

	mp->attr = take_attr();
	how = take_byte();
	mp->u.value.a = take_number();
	mp->u.value.b = take_number();
	mp->u.value.c = take_number();
	if (how & 1)
		mp->u.value.b = world->last;
	if (how & 2)
		mp->u.value.c = world->last;
}

static u32 take_cmd(void)
{
	static const u32 cmds[] = {
		OPTEE_RPC_CMD_GET_TIME, OPTEE_RPC_CMD_NOTIFICATION,
		OPTEE_RPC_CMD_SUSPEND, OPTEE_RPC_CMD_SHM_ALLOC,
		OPTEE_RPC_CMD_SHM_FREE, OPTEE_RPC_CMD_I2C_TRANSFER,
		OPTEE_RPC_CMD_RPMB_PROBE_RESET, OPTEE_RPC_CMD_SHM_ALLOC,
		0, 2, 10,
	};
	u8 which = take_byte();

	return which & 0x80 ? take_number() : cmds[which % ARRAY_SIZE(cmds)];
}

static void ask(struct optee_call *call)
{
	u8 room = take_byte() % (MAX_ROOM + 1), lie = take_byte();
	size_t size = OPTEE_MSG_SIZE(room) + 1;
	struct optee_msg_arg *arg = calloc(1, size);
	u32 n;

	arg->cmd = take_cmd();
	arg->num_params = lie & 0x80 ? take_number() : room;
	arg->ret = NOT_SAID;
	for (n = 0; n < room; n++)
		take_param(&arg->params[n]);
	((u8 *)arg)[size - 1] = UNTOUCHED;
	if (room && lie & 0x40)
		arg->params[0] = (struct optee_msg_param) {
			.attr = OPTEE_MSG_VALUE_IN,
			.u.value = {
				lie % 4, lie & 0x20 ? world->last : 64, 8,
			},
		};

	optee_rpc_serve(call, arg, size - 1);
	host_bug_on(((u8 *)arg)[size - 1] != UNTOUCHED);
	host_bug_on(arg->ret == NOT_SAID);
	host_bug_on(call->rpc_cmd != OPTEE_CALL_NO_RPC);
	host_bug_on(call->cq.server);
	host_bug_on(current->spinning);
	if (arg->cmd == OPTEE_RPC_CMD_SHM_ALLOC && !arg->ret)
		world->last = arg->params[0].u.tmem.shm_ref;
	free(arg);
}

static void run_call(void)
{
	struct optee_call call = {
		.optee = &world->optee,
		.rpc_cmd = OPTEE_CALL_NO_RPC,
		.supp_nowait = take_byte() & 1,
	};
	int n = take_byte() % 8;
	u8 how;

	host_calm(world->caller);
	while (world->left && n--) {
		how = take_byte();
		host_fail_alloc(how & 0x80 ? how & 0x1f : 0);
		ask(&call);
		host_fail_alloc(0);
	}
	optee_rpc_finish(&call);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	int steps = 0;

	world_start(data, size);
	while (world->left && steps++ < MAX_STEPS) {
		if (take_byte() & 1)
			run_call();
		else
			meanwhile();
	}
	world_end();
	return 0;
}
