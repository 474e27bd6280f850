// SPDX-License-Identifier: GPL-2.0-only
/*
 * An OP-TEE behind the SMC conduit, for tests.
 */
#include "smc_world.h"

struct smc_world world;

void smc_world_reset(void)
{
	world = (struct smc_world) {
		.uid = { { OPTEE_MSG_UID_0, OPTEE_MSG_UID_1, OPTEE_MSG_UID_2,
			   OPTEE_MSG_UID_3 } },
		.revision = { { OPTEE_MSG_REVISION_MAJOR,
				OPTEE_MSG_REVISION_MINOR } },
		.os = { { 4, 5, 0 } },
		.threads = { { OPTEE_SMC_OK, 2 } },
		.caps = { { OPTEE_SMC_OK,
			    OPTEE_SMC_CAP_DYNAMIC_SHM |
			    OPTEE_SMC_CAP_MEMREF_NULL |
			    OPTEE_SMC_CAP_ASYNC_NOTIF | OPTEE_SMC_CAP_RPC_ARG,
			    255, 4 } },
	};
}

void smc_world_says(u32 a0, u32 a1, u32 a2, u32 a3)
{
	assert_true(world.num_script < SMC_MAX_STEPS);
	world.script[world.num_script++] =
		(struct smc_answer) { { a0, a1, a2, a3 } };
}

static struct smc_answer next_value(void)
{
	bool more = world.next_value < world.num_values;
	u32 flags = OPTEE_SMC_NOTIF_VALID;
	u32 value;

	if (!more && !world.endless)
		return (struct smc_answer) { { OPTEE_SMC_OK } };
	value = more ? world.values[world.next_value] : world.endless;
	world.next_value++;
	if (world.next_value < world.num_values || world.endless)
		flags |= OPTEE_SMC_NOTIF_PENDING;
	return (struct smc_answer) { { OPTEE_SMC_OK, value, flags } };
}

static struct smc_answer fast(u32 func, u32 a1)
{
	switch (func) {
	case OPTEE_SMC_CALLS_UID:
		return world.uid;
	case OPTEE_SMC_CALLS_REVISION:
		return world.revision;
	case OPTEE_SMC_GET_OS_REVISION:
		return world.os;
	case OPTEE_SMC_GET_THREAD_COUNT:
		return world.threads;
	case OPTEE_SMC_EXCHANGE_CAPS:
		world.told_caps = a1;
		return world.caps;
	case OPTEE_SMC_ENABLE_ASYNC_NOTIF:
		return world.async;
	case OPTEE_SMC_GET_ASYNC_NOTIF:
		return next_value();
	default:
		return (struct smc_answer) { { OPTEE_SMC_UNKNOWN } };
	}
}

static void read_message(const u32 *a)
{
	struct optee_msg_arg *arg = (void *)optee_smc_pair(a[1], a[2]);

	if (a[0] != OPTEE_SMC_WITH_ARG && a[0] != OPTEE_SMC_WITH_RPC_ARG)
		return;
	world.cmd = arg->cmd;
	arg->ret = world.ret;
}

static struct smc_answer standard(const u32 *a)
{
	unsigned int n = world.num_said++;

	if (n < SMC_MAX_STEPS)
		memcpy(world.said[n], a, sizeof(world.said[n]));
	read_message(a);
	if (world.on_call)
		world.on_call(n);
	if (n < world.num_script)
		return world.script[n];
	return (struct smc_answer) { { OPTEE_SMC_OK } };
}

static void answer(const u32 *a, struct arm_smccc_res *res)
{
	bool is_fast = a[0] >> 31 == ARM_SMCCC_FAST_CALL;
	struct smc_answer said = is_fast ? fast(a[0], a[1]) : standard(a);
	unsigned long garbage = 0xdeadbeefUL << 32;

	res->a0 = said.a[0] | garbage;
	res->a1 = said.a[1] | garbage;
	res->a2 = said.a[2] | garbage;
	res->a3 = said.a[3] | garbage;
}

void arm_smccc_smc(unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long a4, unsigned long a5,
		   unsigned long a6, unsigned long a7,
		   struct arm_smccc_res *res)
{
	world.smc++;
	answer((u32[]) { a0, a1, a2, a3, a4, a5, a6, a7 }, res);
}

void arm_smccc_hvc(unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long a4, unsigned long a5,
		   unsigned long a6, unsigned long a7,
		   struct arm_smccc_res *res)
{
	world.hvc++;
	answer((u32[]) { a0, a1, a2, a3, a4, a5, a6, a7 }, res);
}
