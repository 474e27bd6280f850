// SPDX-License-Identifier: GPL-2.0-only
/*
 * smc_watch: from the moment the system is about to go down, says in the log
 * which messages the driver sends to OP-TEE, as far as they go by physical
 * address.
 *
 * "smc_watch: going down" comes first, then a line for each message:
 * "smc_watch: command N".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/reboot.h>

/* OP-TEE's ABI: optee_smc.h; optee_msg.h: a message begins with its command */
#define SMC_CALL_WITH_ARG	0x32000004
#define SMC_CALL_WITH_RPC_ARG	0x32000012
#define SMC_CALL_WITH_REGD_ARG	0x32000013

static bool going_down;

static int on_call(struct kprobe *probe, struct pt_regs *regs)
{
	phys_addr_t pa = (u64)(u32)regs->regs[1] << 32 | (u32)regs->regs[2];

	if (!READ_ONCE(going_down))
		return 0;
	switch ((u32)regs->regs[0]) {
	case SMC_CALL_WITH_ARG:
	case SMC_CALL_WITH_RPC_ARG:
		if (pfn_valid(PHYS_PFN(pa)))
			pr_info("command %u\n", *(u32 *)phys_to_virt(pa));
		break;
	case SMC_CALL_WITH_REGD_ARG:
		pr_info("command in registered memory\n");
		break;
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "__arm_smccc_smc",
	.pre_handler = on_call,
};

static int on_reboot(struct notifier_block *nb, unsigned long code, void *data)
{
	WRITE_ONCE(going_down, true);
	pr_info("going down\n");
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_reboot,
};

static int __init smc_watch_init(void)
{
	int rc = register_kprobe(&probe);

	if (rc)
		return rc;
	rc = register_reboot_notifier(&notifier);
	if (rc)
		unregister_kprobe(&probe);
	return rc;
}
module_init(smc_watch_init);

static void __exit smc_watch_exit(void)
{
	unregister_reboot_notifier(&notifier);
	unregister_kprobe(&probe);
}
module_exit(smc_watch_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Says what is sent to OP-TEE when the system goes down");
