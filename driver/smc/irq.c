// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asynchronous notifications: the secure world interrupts the normal one.
 *
 * The handler reads the values and wakes who waits for them. Value 0 asks for
 * a standard call, the bottom half, which a work makes: in the UNBLOCK class,
 * because the notifications it leads to are what calls in the secure world
 * wait for, with their threads. No value and no bottom half is lost for lack
 * of memory: its message is set aside.
 *
 * The bottom half may have to wait for a thread whose holder is frozen. A
 * suspend waits for the threads of interrupts, but not for this workqueue.
 *
 * The interrupt is either one for all CPUs or one a CPU.
 *
 * Locking: none of its own. struct optee_smc.bottom_half belongs to the work,
 * which never runs twice at a time.
 */

#include <linux/cpu.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "call.h"
#include "optee.h"
#include "smc/smc_abi.h"

/* Values read in one go; what is left then is for the work */
#define VALUES_A_GO	64

/* Goes of the work: all values there can be, however often */
#define MAX_GOES	1024

/* OP-TEE is told to stop; if no thread is to be had for so long, it is not */
#define STOP_WAIT		(2000 * CQ_MS)

/**
 * struct optee_smc_percpu - what the handler of a per-CPU interrupt is given
 * @optee: where
 */
struct optee_smc_percpu {
	struct optee *optee;
};

/* Returns the value's flags; 0 if there was none */
static u32 take_value(struct optee *optee, bool *bottom_half)
{
	struct arm_smccc_res res;
	u32 value, flags;

	optee_smc_fast(optee, OPTEE_SMC_GET_ASYNC_NOTIF, 0, &res);
	value = res.a1;
	flags = res.a2;
	if ((u32)res.a0 != OPTEE_SMC_OK || !(flags & OPTEE_SMC_NOTIF_VALID))
		return 0;
	if (value == OPTEE_SMC_NOTIF_BOTTOM_HALF)
		*bottom_half = true;
	else
		optee_notif_send(optee, value);
	return flags;
}

/* Returns true if there may be more than what it read */
static bool take_values(struct optee *optee, bool *bottom_half)
{
	int i;

	for (i = 0; i < VALUES_A_GO; i++)
		if (!(take_value(optee, bottom_half) & OPTEE_SMC_NOTIF_PENDING))
			return false;
	return true;
}

static void handle(struct optee *optee)
{
	bool bottom_half = false;
	bool more = take_values(optee, &bottom_half);

	if (bottom_half || more)
		queue_work(optee->smc.irq_wq, &optee->smc.irq_work);
}

static irqreturn_t shared_handler(int irq, void *data)
{
	handle(data);
	return IRQ_HANDLED;
}

static irqreturn_t percpu_handler(int irq, void *data)
{
	struct optee_smc_percpu *percpu = data;

	handle(percpu->optee);
	return IRQ_HANDLED;
}

static int call_bottom_half(struct optee *optee)
{
	struct optee_msg *msg = optee->smc.bottom_half;
	struct optee_who who;

	optee_msg_reset(optee, msg, 0);
	msg->arg->cmd = OPTEE_MSG_CMD_DO_BOTTOM_HALF;
	optee_who_unblocks(optee, &who);
	return optee_call(optee, &who, msg, CQ_FOREVER);
}

/*
 * Whether it was queued for a bottom half or for values is not told; a bottom
 * half that has nothing to do does no harm.
 */
static void irq_work(struct work_struct *work)
{
	struct optee *optee = container_of(work, struct optee, smc.irq_work);
	bool bottom_half = false;
	int goes = 0, rc;

	while (take_values(optee, &bottom_half) && ++goes < MAX_GOES)
		cond_resched();
	rc = call_bottom_half(optee);
	if (rc)
		dev_err_ratelimited(optee->dev, "no bottom half: %d\n", rc);
}

static int percpu_up(unsigned int cpu, struct hlist_node *node)
{
	struct optee_smc *smc = hlist_entry(node, struct optee_smc,
					    percpu_node);

	enable_percpu_irq(smc->irq, IRQ_TYPE_NONE);
	return 0;
}

static int percpu_down(unsigned int cpu, struct hlist_node *node)
{
	struct optee_smc *smc = hlist_entry(node, struct optee_smc,
					    percpu_node);

	disable_percpu_irq(smc->irq);
	return 0;
}

static int percpu_hotplug_init(struct optee_smc *smc)
{
	int rc;

	rc = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN, "optee/notif:online",
				     percpu_up, percpu_down);
	if (rc < 0)
		return rc;
	smc->percpu_state = rc;
	rc = cpuhp_state_add_instance(smc->percpu_state, &smc->percpu_node);
	if (rc)
		cpuhp_remove_multi_state(smc->percpu_state);
	return rc;
}

static int percpu_init(struct optee *optee)
{
	struct optee_smc *smc = &optee->smc;
	unsigned int cpu;
	int rc;

	smc->percpu_irq = alloc_percpu(struct optee_smc_percpu);
	if (!smc->percpu_irq)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(smc->percpu_irq, cpu)->optee = optee;
	rc = request_percpu_irq(smc->irq, percpu_handler,
				"optee_pcpu_notification", smc->percpu_irq);
	if (rc)
		goto free_data;
	rc = percpu_hotplug_init(smc);
	if (rc)
		goto free_irq;
	return 0;

free_irq:
	free_percpu_irq(smc->irq, smc->percpu_irq);
free_data:
	free_percpu(smc->percpu_irq);
	smc->percpu_irq = NULL;
	return rc;
}

static void percpu_exit(struct optee_smc *smc)
{
	cpuhp_state_remove_instance(smc->percpu_state, &smc->percpu_node);
	cpuhp_remove_multi_state(smc->percpu_state);
	free_percpu_irq(smc->irq, smc->percpu_irq);
	free_percpu(smc->percpu_irq);
	smc->percpu_irq = NULL;
}

static int irq_request(struct optee *optee)
{
	struct optee_smc *smc = &optee->smc;
	int rc;

	INIT_WORK(&smc->irq_work, irq_work);
	smc->irq_wq = alloc_workqueue("optee_notification",
				      WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM,
				      1);
	if (!smc->irq_wq)
		return -ENOMEM;
	if (irq_is_percpu_devid(smc->irq))
		rc = percpu_init(optee);
	else
		rc = request_irq(smc->irq, shared_handler, 0,
				 "optee_notification", optee);
	if (rc)
		destroy_workqueue(smc->irq_wq);
	return rc;
}

static void irq_free(struct optee *optee)
{
	struct optee_smc *smc = &optee->smc;

	if (smc->percpu_irq)
		percpu_exit(smc);
	else
		free_irq(smc->irq, optee);
	destroy_workqueue(smc->irq_wq);
}

static int start(struct optee *optee)
{
	struct arm_smccc_res res;

	optee_smc_fast(optee, OPTEE_SMC_ENABLE_ASYNC_NOTIF, 0, &res);
	return (u32)res.a0 == OPTEE_SMC_OK ? 0 : -EOPNOTSUPP;
}

/* May take a thread even when the queue is closed to others */
static int stop(struct optee *optee)
{
	struct optee_msg *msg = optee_msg_get_private(optee, 0);
	struct optee_who who;
	int rc;

	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->arg->cmd = OPTEE_MSG_CMD_STOP_ASYNC_NOTIF;
	optee_who_unblocks(optee, &who);
	rc = optee_call(optee, &who, msg, cq_now() + STOP_WAIT);
	optee_msg_put(optee, msg);
	return rc;
}

/**
 * optee_smc_irq_init() - take asynchronous notifications
 * @optee: where; OP-TEE said that it has them
 * @irq: their interrupt
 *
 * Context: Process; sleeps.
 * Return: 0 or a negative errno.
 */
int optee_smc_irq_init(struct optee *optee, unsigned int irq)
{
	struct optee_smc *smc = &optee->smc;
	int rc;

	smc->bottom_half = optee_msg_get_private(optee, 0);
	if (IS_ERR(smc->bottom_half))
		return PTR_ERR(smc->bottom_half);
	smc->irq = irq;
	rc = irq_request(optee);
	if (rc)
		goto put_msg;
	rc = start(optee);
	if (rc)
		goto free_irq;
	return 0;

free_irq:
	irq_free(optee);
put_msg:
	optee_msg_put(optee, smc->bottom_half);
	smc->irq = 0;
	return rc;
}

/**
 * optee_smc_irq_exit() - take no more asynchronous notifications
 * @optee: where; no client is left. Does nothing if it took none
 *
 * A bottom half may be waiting for a thread. If OP-TEE could be told to stop,
 * there was one, and the bottom half gets it next; if not, there will be none
 * for anybody, and closing the queue ends all waits.
 *
 * Context: Process; sleeps, not much longer than STOP_WAIT.
 */
void optee_smc_irq_exit(struct optee *optee)
{
	int rc;

	if (!optee->smc.irq)
		return;
	rc = stop(optee);
	if (rc) {
		dev_warn(optee->dev,
			 "OP-TEE was not told to stop notifications: %d\n",
			 rc);
		optee_cq_close(&optee->cq, OPTEE_CQ_CLASSES);
	}
	irq_free(optee);
	optee_msg_put(optee, optee->smc.bottom_half);
	optee->smc.irq = 0;
}
