/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SMC conduit: secure monitor or hypervisor calls as in Arm's SMC Calling
 * Convention (DEN0028).
 */
#ifndef OPTEE_SMC_H
#define OPTEE_SMC_H

#include <linux/arm-smccc.h>
#include <linux/cpuhotplug.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct device;
struct optee;
struct optee_call;
struct optee_conduit;
struct optee_msg;
struct optee_msg_param;
struct optee_smc_percpu;
struct tee_param;
struct tee_shm_pool;

typedef void optee_smc_fn(unsigned long a0, unsigned long a1, unsigned long a2,
			  unsigned long a3, unsigned long a4, unsigned long a5,
			  unsigned long a6, unsigned long a7,
			  struct arm_smccc_res *res);

/**
 * struct optee_smc - the SMC conduit of one OP-TEE
 * @invoke: SMC or HVC; constant after probe
 * @caps: OPTEE_SMC_CAP_*, what OP-TEE said it can do; constant after probe
 * @shm_va: the reserved pool, mapped, or NULL
 * @irq: of asynchronous notifications, or 0
 * @irq_wq: does the bottom half
 * @irq_work: on @irq_wq
 * @bottom_half: message for it, so that it needs no memory; @irq_work's
 * @percpu_irq: @irq is one a CPU: what request_percpu_irq() keeps, or NULL
 * @percpu_state: CPU hotplug state of a per-CPU interrupt
 * @percpu_node: instance of @percpu_state
 */
struct optee_smc {
	optee_smc_fn *invoke;
	u32 caps;
	void *shm_va;
	unsigned int irq;
	struct workqueue_struct *irq_wq;
	struct work_struct irq_work;
	struct optee_msg *bottom_half;
	struct optee_smc_percpu __percpu *percpu_irq;
	enum cpuhp_state percpu_state;
	struct hlist_node percpu_node;
};

extern const struct optee_conduit optee_smc_conduit;

int optee_smc_driver_register(void);
void optee_smc_driver_unregister(void);

/* call.c: the conduit's run(), and the calls that need no thread */
int optee_smc_run(struct optee *optee, struct optee_call *call);
void optee_smc_fast(struct optee *optee, u32 func, u32 a1,
		    struct arm_smccc_res *res);

/* memory.c: references in messages, the reserved pool, OP-TEE's shm cache */
int optee_smc_memref_to_msg(struct optee *optee, struct optee_msg_param *mp,
			    const struct tee_param *p);
int optee_smc_memref_from_msg(struct optee *optee, struct tee_param *p,
			      const struct optee_msg_param *mp);
struct tee_shm_pool *optee_smc_pool_reserved(struct optee *optee);
int optee_smc_shm_cache_enable(struct optee *optee);
int optee_smc_shm_cache_disable(struct optee *optee, bool ours,
				unsigned int timeout_ms);

/* irq.c: asynchronous notifications */
int optee_smc_irq_init(struct optee *optee, unsigned int irq);
void optee_smc_irq_exit(struct optee *optee);

/* load_image.c: start OP-TEE itself, on boards that leave that to the kernel */
int optee_smc_load_image(struct device *dev, optee_smc_fn *invoke);
void optee_smc_load_image_exit(void);

#endif /* OPTEE_SMC_H */
