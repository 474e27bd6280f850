/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OP-TEE's calls over the SMC conduit, as the normal world makes them.
 *
 * Numbers are those of OP-TEE OS, core/arch/arm/include/sm/optee_smc.h, and of
 * Trusted Firmware-A, services/spd/opteed; the wording is ours. All registers
 * are 32 bits wide.
 *
 * A fast call is answered at once and takes no secure thread. A standard call
 * runs on one, until it returns something that is not an RPC.
 */
#ifndef OPTEE_SMC_ABI_H
#define OPTEE_SMC_ABI_H

#include <linux/arm-smccc.h>
#include <linux/bits.h>
#include <linux/types.h>

/**
 * struct optee_smc_regs - what goes to the secure world in a standard call
 * @a: registers; @a[0] is the function
 */
struct optee_smc_regs {
	u32 a[8];
};

#define OPTEE_SMC_STD(n) \
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_STD_CALL, ARM_SMCCC_SMC_32, \
			   ARM_SMCCC_OWNER_TRUSTED_OS, (n))
#define OPTEE_SMC_FAST(n) \
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_32, \
			   ARM_SMCCC_OWNER_TRUSTED_OS, (n))
#define OPTEE_SMC_FAST_API(n) \
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_32, \
			   ARM_SMCCC_OWNER_TRUSTED_OS_END, (n))

/*
 * Standard calls.
 * RETURN_FROM_RPC: what the RPC said must come back does.
 * WITH_ARG: a1/a2 = physical address of a message, high and low half.
 * WITH_RPC_ARG: the same, and an RPC message stands behind it.
 * WITH_REGD_ARG: a1/a2 = cookie of registered memory, a3 = offset in it of a
 * message that an RPC message stands behind.
 */
#define OPTEE_SMC_RETURN_FROM_RPC	OPTEE_SMC_STD(3)
#define OPTEE_SMC_WITH_ARG		OPTEE_SMC_STD(4)
#define OPTEE_SMC_WITH_RPC_ARG		OPTEE_SMC_STD(18)
#define OPTEE_SMC_WITH_REGD_ARG		OPTEE_SMC_STD(19)

/* Fast calls. UID: a0..a3; OPTEE_MSG_UID_*, or a loader of OP-TEE */
#define OPTEE_SMC_CALLS_UID		OPTEE_SMC_FAST_API(0xff01)
/* a0 = major, a1 = minor revision of the message protocol */
#define OPTEE_SMC_CALLS_REVISION	OPTEE_SMC_FAST_API(0xff03)
/* a0 = major, a1 = minor revision of OP-TEE, a2 = build or 0 */
#define OPTEE_SMC_GET_OS_REVISION	OPTEE_SMC_FAST(1)
/* Out: a1 = physical address, a2 = bytes, a3 = OPTEE_SMC_SHM_CACHED */
#define OPTEE_SMC_GET_SHM_CONFIG	OPTEE_SMC_FAST(7)
/* In: a1 = OPTEE_SMC_NSEC_*; out: a1 = OPTEE_SMC_CAP_*, a2 = highest
 * notification value, a3 bits 7:0 = parameters of an RPC message
 */
#define OPTEE_SMC_EXCHANGE_CAPS		OPTEE_SMC_FAST(9)
/* Out: OK and a1/a2 = a cookie to free, ENOTAVAIL: no more, EBUSY: a call is
 * under way
 */
#define OPTEE_SMC_DISABLE_SHM_CACHE	OPTEE_SMC_FAST(10)
#define OPTEE_SMC_ENABLE_SHM_CACHE	OPTEE_SMC_FAST(11)
/* Out: a1 = number of threads */
#define OPTEE_SMC_GET_THREAD_COUNT	OPTEE_SMC_FAST(15)
#define OPTEE_SMC_ENABLE_ASYNC_NOTIF	OPTEE_SMC_FAST(16)
/* Out: a1 = value, a2 = OPTEE_SMC_NOTIF_* */
#define OPTEE_SMC_GET_ASYNC_NOTIF	OPTEE_SMC_FAST(17)

/*
 * To Trusted Firmware-A, once, while OP-TEE is not there yet: a1/a2 = bytes,
 * a3/a4 = physical address of an image of OP-TEE. All 0: there is none, and
 * none will be taken any more.
 */
#define OPTEE_SMC_LOAD_IMAGE		OPTEE_SMC_FAST_API(2)
/* UID of that service: b1eafba3-5d31-4612-b906-c4c7a4be3cc0 */
#define OPTEE_SMC_LOADER_UID_0		0xa3fbeab1
#define OPTEE_SMC_LOADER_UID_1		0x1246315d
#define OPTEE_SMC_LOADER_UID_2		0xc7c406b9
#define OPTEE_SMC_LOADER_UID_3		0xc03cbea4

/* GET_SHM_CONFIG: the memory is write-back cached */
#define OPTEE_SMC_SHM_CACHED		1

/* EXCHANGE_CAPS: what the normal world says of itself */
#define OPTEE_SMC_NSEC_UNIPROCESSOR	BIT(0)

/* EXCHANGE_CAPS: what OP-TEE can do */
#define OPTEE_SMC_CAP_RESERVED_SHM	BIT(0)
#define OPTEE_SMC_CAP_UNREGISTERED_SHM	BIT(1)
#define OPTEE_SMC_CAP_DYNAMIC_SHM	BIT(2)
#define OPTEE_SMC_CAP_VIRTUALIZATION	BIT(3)
#define OPTEE_SMC_CAP_MEMREF_NULL	BIT(4)
#define OPTEE_SMC_CAP_ASYNC_NOTIF	BIT(5)
#define OPTEE_SMC_CAP_RPC_ARG		BIT(6)
#define OPTEE_SMC_CAP_RPMB_PROBE	BIT(7)

/* EXCHANGE_CAPS, a3: number of parameters */
#define OPTEE_SMC_RPC_PARAMS_MASK	GENMASK(7, 0)

/* GET_ASYNC_NOTIF, a2 */
#define OPTEE_SMC_NOTIF_VALID		BIT(0)
#define OPTEE_SMC_NOTIF_PENDING		BIT(1)
/* GET_ASYNC_NOTIF, a1: OP-TEE wants OPTEE_MSG_CMD_DO_BOTTOM_HALF */
#define OPTEE_SMC_NOTIF_BOTTOM_HALF	0

/* Results, in a0 */
#define OPTEE_SMC_OK			0x0
#define OPTEE_SMC_ETHREAD_LIMIT		0x1
#define OPTEE_SMC_EBUSY			0x2
#define OPTEE_SMC_ERESUME		0x3
#define OPTEE_SMC_EBADADDR		0x4
#define OPTEE_SMC_EBADCMD		0x5
#define OPTEE_SMC_ENOMEM		0x6
#define OPTEE_SMC_ENOTAVAIL		0x7
#define OPTEE_SMC_UNKNOWN		0xffffffff

#define OPTEE_SMC_RPC_PREFIX		0xffff0000
#define OPTEE_SMC_RPC_FUNC_MASK		GENMASK(15, 0)

/*
 * RPCs, bits 15:0 of a0. "Back" is what RETURN_FROM_RPC hands over; what is
 * not named goes back as it came.
 * ALLOC: a1 = bytes for an RPC message; back: a1/a2 = its physical address,
 * a4/a5 = its cookie, or all 0.
 * FREE: a1/a2 = cookie of such memory.
 * FOREIGN_INTR: nothing but a chance to take an interrupt.
 * CMD: a1/a2 = cookie of an RPC message; unused if one stands behind the
 * call's message.
 */
#define OPTEE_SMC_RPC_ALLOC		0
#define OPTEE_SMC_RPC_FREE		2
#define OPTEE_SMC_RPC_FOREIGN_INTR	4
#define OPTEE_SMC_RPC_CMD		5

static inline bool optee_smc_is_rpc(u32 ret)
{
	return ret != OPTEE_SMC_UNKNOWN &&
	       (ret & OPTEE_SMC_RPC_PREFIX) == OPTEE_SMC_RPC_PREFIX;
}

static inline u64 optee_smc_pair(u32 high, u32 low)
{
	return (u64)high << 32 | low;
}

#endif /* OPTEE_SMC_ABI_H */
