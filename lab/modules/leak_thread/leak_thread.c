// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_thread: takes secure threads away for good, as a kernel does that
 * crashed in the middle of a call and was followed by another through kexec.
 *
 * It asks OP-TEE for a session with a trusted app that does not exist. OP-TEE
 * comes back with a request for memory, to look for the app with, and that is
 * never answered: its thread stays suspended until the next reset. The page
 * that OP-TEE was given stays its own as well.
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
#define SMC_RETURN_FROM_RPC	0x32000003
#define SMC_CALL_WITH_ARG	0x32000004
#define SMC_CACHED		1

#define RET_THREAD_LIMIT	1
#define RET_RPC_PREFIX		0xffff0000
#define RET_RPC_INTERRUPT	(RET_RPC_PREFIX | 4)
#define RET_UNKNOWN		0xffffffff

#define CMD_OPEN_SESSION	0
#define ATTR_META_VALUE_IN	0x101

struct message {
	u32 cmd;
	u32 func;
	u32 session;
	u32 cancel_id;
	u32 pad;
	u32 ret;
	u32 ret_origin;
	u32 num_params;
	struct {
		u64 attr;
		u8 octets[24];
	} params[2];
};

static void fill(struct message *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->cmd = CMD_OPEN_SESSION;
	msg->num_params = ARRAY_SIZE(msg->params);
	msg->params[0].attr = ATTR_META_VALUE_IN;
	memset(msg->params[0].octets, 0xa5, 16);
	msg->params[1].attr = ATTR_META_VALUE_IN;
}

/* An interrupt that came meanwhile is no reason to leave */
static u32 call(phys_addr_t pa)
{
	struct arm_smccc_res res;

	arm_smccc_smc(SMC_CALL_WITH_ARG, upper_32_bits(pa), lower_32_bits(pa),
		      SMC_CACHED, 0, 0, 0, 0, &res);
	while ((u32)res.a0 == RET_RPC_INTERRUPT) {
		cond_resched();
		arm_smccc_smc(SMC_RETURN_FROM_RPC, res.a1, res.a2, res.a3,
			      0, 0, 0, 0, &res);
	}
	return res.a0;
}

static int leak_one(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	u32 ret;

	if (!page)
		return -ENOMEM;
	fill(page_address(page));
	ret = call(page_to_phys(page));
	if (ret != RET_UNKNOWN && (ret & RET_RPC_PREFIX) == RET_RPC_PREFIX)
		return 0;
	__free_page(page);
	pr_err("OP-TEE did not come back with a request: %#x\n", ret);
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
