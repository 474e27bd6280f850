// SPDX-License-Identifier: GPL-2.0-only
/*
 * leak_thread: takes secure threads away for good, as a kernel does that
 * crashed in the middle of a call and was followed by another through kexec.
 *
 * It makes calls that OP-TEE refuses, until one is interrupted on its way: it
 * shares memory whose last page is none. OP-TEE then hands the processor back
 * to have the interrupt served, and is never told to go on. Its thread stays
 * suspended until the next reset, with no lock of OP-TEE's taken, and the
 * message's memory stays OP-TEE's.
 *
 * Parameters:
 *	count	how many threads to take
 *	leaked	how many were taken
 *
 * No driver is needed, and none is told.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/arm-smccc.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/smp.h>

static int count = 1;
module_param(count, int, 0444);

static int leaked;
module_param(leaked, int, 0444);

/* OP-TEE's ABI: core/arch/arm/include/sm/optee_smc.h, optee_msg.h */
#define SMC_CALL_WITH_ARG	0x32000004
#define SMC_CACHED		1

#define RET_THREAD_LIMIT	1
#define RET_RPC_PREFIX		0xffff0000
#define RET_RPC_INTERRUPT	(RET_RPC_PREFIX | 4)

#define CMD_REGISTER_SHM	4
#define ATTR_PAGE_LIST		(0xa | BIT(9))

#define MAX_CALLS		50000

struct message {
	u32 cmd;
	u32 func;
	u32 session;
	u32 cancel_id;
	u32 pad;
	u32 ret;
	u32 ret_origin;
	u32 num_params;
	u64 attr;
	u64 page_list;
	u64 size;
	u64 cookie;
};

/* As OP-TEE reads it: 511 pages, and where the list goes on */
#define LIST_ENTRIES		511
/* OP-TEE takes as many bytes of its heap, and has little */
#define LIST_PAGES		1
#define NO_PAGE			0x0000fffffffff000ull

struct page_list {
	u64 pages[LIST_ENTRIES];
	u64 next;
};

/* The message's page, then the list's */
struct area {
	struct message msg __aligned(PAGE_SIZE);
	struct page_list list[LIST_PAGES];
};

static void fill(struct area *area)
{
	unsigned int i, j;

	for (i = 0; i < LIST_PAGES; i++) {
		for (j = 0; j < LIST_ENTRIES; j++)
			area->list[i].pages[j] = virt_to_phys(area);
		area->list[i].next = virt_to_phys(&area->list[i + 1]);
	}
	area->list[LIST_PAGES - 1].next = 0;
	area->list[LIST_PAGES - 1].pages[LIST_ENTRIES - 1] = NO_PAGE;
}

static void nothing(void *unused)
{
}

/* On another processor: interrupts the one that calls, again and again */
static int disturb(void *target)
{
	while (!kthread_should_stop()) {
		smp_call_function_single((unsigned long)target, nothing, NULL,
					 1);
		usleep_range(50, 100);
	}
	return 0;
}

static u32 call(struct area *area)
{
	phys_addr_t pa = virt_to_phys(area);
	struct arm_smccc_res res;

	area->msg = (struct message) {
		.cmd = CMD_REGISTER_SHM,
		.num_params = 1,
		.attr = ATTR_PAGE_LIST,
		.page_list = virt_to_phys(area->list),
		.size = LIST_PAGES * LIST_ENTRIES * SZ_4K,
		.cookie = pa,
	};
	arm_smccc_smc(SMC_CALL_WITH_ARG, upper_32_bits(pa), lower_32_bits(pa),
		      SMC_CACHED, 0, 0, 0, 0, &res);
	return res.a0;
}

/* OP-TEE would have registered the memory: then stop, and leave it alone */
static bool was_refused(const struct area *area)
{
	return READ_ONCE(area->msg.ret);
}

static bool may_go_on(const struct area *area, u32 ret)
{
	return !ret && was_refused(area);
}

static u32 call_until_interrupted(struct area *area)
{
	unsigned long cpu = get_cpu();
	unsigned int other = cpumask_any_but(cpu_online_mask, cpu);
	struct task_struct *task;
	u32 ret;
	int n = 0;

	put_cpu();
	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	task = kthread_create(disturb, (void *)cpu, "leak_thread");
	if (IS_ERR(task))
		return 0;
	if (other < nr_cpu_ids)
		kthread_bind(task, other);
	wake_up_process(task);
	do {
		ret = call(area);
		cond_resched();
	} while (may_go_on(area, ret) && ++n < MAX_CALLS);
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	return ret;
}

static int leak_one(void)
{
	struct area *area = alloc_pages_exact(sizeof(*area), GFP_KERNEL);
	u32 ret;

	if (!area)
		return -ENOMEM;
	fill(area);
	ret = call_until_interrupted(area);
	if (ret == RET_RPC_INTERRUPT)
		return 0;
	pr_err("no call was interrupted: %#x, %#x\n", ret, area->msg.ret);
	if (ret || was_refused(area))
		free_pages_exact(area, sizeof(*area));
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
