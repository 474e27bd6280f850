// SPDX-License-Identifier: GPL-2.0-only
/*
 * failalloc: makes an allocation of shared memory for a message fail where a
 * test wants it to. For kernels without failslab.
 *
 * Parameters, the writable ones under /sys/module/failalloc/parameters:
 *	symbol	the function that is to return ERR_PTR(-ENOMEM), from load on
 *	fail	how many of its next calls fail; counts down
 *	pid	only calls by this process (thread group); 0: by any
 *	comm	only calls by tasks of this name; empty: by any
 *	failed	how many have failed so far
 *
 * Set pid and comm before fail.
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *symbol = "tee_shm_alloc_priv_buf";
module_param(symbol, charp, 0444);

static int fail;
module_param(fail, int, 0644);

static int pid;
module_param(pid, int, 0644);

static char comm[TASK_COMM_LEN];
module_param_string(comm, comm, sizeof(comm), 0644);

static int failed;
module_param(failed, int, 0444);

/* sysfs keeps the newline that echo writes. */
static bool is_named(const struct task_struct *task)
{
	return !comm[0] || comm[0] == '\n' || sysfs_streq(task->comm, comm);
}

/* Take one of the failures that are left; calls may race for the last. */
static bool take_failure(void)
{
	int left = READ_ONCE(fail);

	do {
		if (left <= 0)
			return false;
	} while (!try_cmpxchg(&fail, &left, left - 1));
	return true;
}

/*
 * The probe stands on the function's first instruction: its caller's return
 * address is still in the link register, and nothing is on the stack.
 */
static int on_entry(struct kprobe *probe, struct pt_regs *regs)
{
	if (pid && task_tgid_nr(current) != pid)
		return 0;
	if (!is_named(current) || !take_failure())
		return 0;
	WRITE_ONCE(failed, failed + 1);
	regs->regs[0] = (unsigned long)ERR_PTR(-ENOMEM);
	instruction_pointer_set(regs, procedure_link_pointer(regs));
	return 1;
}

NOKPROBE_SYMBOL(on_entry);

static struct kprobe probe = {
	.pre_handler = on_entry,
};

static int __init failalloc_init(void)
{
	probe.symbol_name = symbol;
	return register_kprobe(&probe);
}
module_init(failalloc_init);

static void __exit failalloc_exit(void)
{
	unregister_kprobe(&probe);
}
module_exit(failalloc_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes message buffers' allocation fail, for the lab");
