// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_thread: takes secure threads away for good, as a kernel does that
 * crashed in the middle of a call and was followed by another through kexec.
 *
 * It makes calls that OP-TEE refuses, until one is interrupted on its way:
 * OP-TEE then hands the processor back to have the interrupt served, and is
 * never told to go on. Its thread stays suspended until the next reset, with
 * no lock of OP-TEE's taken. The page that has the message stays OP-TEE's.
 *
 * Parameters:
 *	count	how many threads to take
 *	leaked	how many were taken
 *
 * No driver is needed, and none is told.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/arm-smccc.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

static int count = 1;
module_param(count, int, 0444);

static int leaked;
module_param(leaked, int, 0444);

/* OP-TEE's ABI: core/arch/arm/include/sm/optee_smc.h, optee_msg.h */
#define SMC_CALL_WITH_ARG	0x32000004
#define SMC_CACHED		1

#define RET_THREAD_LIMIT	1
#define RET_BAD_COMMAND		5
#define RET_RPC_PREFIX		0xffff0000
#define RET_RPC_INTERRUPT	(RET_RPC_PREFIX | 4)

/* No command that OP-TEE has */
#define CMD_UNKNOWN		0x7e57

/* Timer interrupts come a few hundred times a second */
#define MAX_CALLS		100000

struct message {
	u32 cmd;
	u32 func;
	u32 session;
	u32 cancel_id;
	u32 pad;
	u32 ret;
	u32 ret_origin;
	u32 num_params;
};

static u32 call(struct page *page)
{
	struct message *msg = page_address(page);
	phys_addr_t pa = page_to_phys(page);
	struct arm_smccc_res res;

	memset(msg, 0, sizeof(*msg));
	msg->cmd = CMD_UNKNOWN;
	arm_smccc_smc(SMC_CALL_WITH_ARG, upper_32_bits(pa), lower_32_bits(pa),
		      SMC_CACHED, 0, 0, 0, 0, &res);
	return res.a0;
}

static int leak_one(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	u32 ret = 0;
	int n = 0;

	if (!page)
		return -ENOMEM;
	do {
		ret = call(page);
		cond_resched();
	} while (ret == RET_BAD_COMMAND && n++ < MAX_CALLS);
	if (ret == RET_RPC_INTERRUPT)
		return 0;
	__free_page(page);
	pr_err("no call was interrupted in %d: %#x\n", n, ret);
	return ret == RET_THREAD_LIMIT ? -EBUSY : -EIO;
}

static int __init leak_thread_init(void)
{
	int rc;

	while (leaked < count) {
		rc = leak_one();
		if (rc)
			return rc;
		leaked++;
	}
	pr_info("%d secure threads are gone for good\n", leaked);
	return 0;
}
module_init(leak_thread_init);

static void __exit leak_thread_exit(void)
{
}
module_exit(leak_thread_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes secure threads away for good, for the lab");
