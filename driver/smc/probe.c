// SPDX-License-Identifier: GPL-2.0-only
/*
 * OP-TEE behind secure monitor or hypervisor calls: probe, remove, shutdown.
 *
 * Whatever OP-TEE says of itself is checked before it is used, and what makes
 * no sense is refused or brought within bounds, with a message.
 *
 * Locking: none; a device's probe, remove and shutdown exclude each other.
 */

#include <linux/cpumask.h>
#include <linux/crash_dump.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "core.h"
#include "optee.h"
#include "smc/smc_abi.h"

/* More secure threads than this is nonsense */
#define MAX_THREADS		1024

/* OP-TEE's own references to memory are got rid of for so long, at most */
#define LEFTOVERS_MS		2000
#define CACHE_MS		2000
#define SHUTDOWN_CACHE_MS	1000

static void invoke_smc(unsigned long a0, unsigned long a1, unsigned long a2,
		       unsigned long a3, unsigned long a4, unsigned long a5,
		       unsigned long a6, unsigned long a7,
		       struct arm_smccc_res *res)
{
	arm_smccc_smc(a0, a1, a2, a3, a4, a5, a6, a7, res);
}

static void invoke_hvc(unsigned long a0, unsigned long a1, unsigned long a2,
		       unsigned long a3, unsigned long a4, unsigned long a5,
		       unsigned long a6, unsigned long a7,
		       struct arm_smccc_res *res)
{
	arm_smccc_hvc(a0, a1, a2, a3, a4, a5, a6, a7, res);
}

static int choose_invoke(struct device *dev, optee_smc_fn **invoke)
{
	const char *method;

	if (device_property_read_string(dev, "method", &method)) {
		dev_err(dev, "the node has no \"method\"\n");
		return -EINVAL;
	}
	if (!strcmp(method, "smc")) {
		*invoke = invoke_smc;
	} else if (!strcmp(method, "hvc")) {
		*invoke = invoke_hvc;
	} else {
		dev_err(dev, "unknown \"method\" %s\n", method);
		return -EINVAL;
	}
	return 0;
}

static int check_uid(struct optee *optee)
{
	struct arm_smccc_res res;

	optee_smc_fast(optee, OPTEE_SMC_CALLS_UID, 0, &res);
	if ((u32)res.a0 == OPTEE_MSG_UID_0 && (u32)res.a1 == OPTEE_MSG_UID_1 &&
	    (u32)res.a2 == OPTEE_MSG_UID_2 && (u32)res.a3 == OPTEE_MSG_UID_3)
		return 0;
	dev_err(optee->dev, "no OP-TEE answers\n");
	return -EINVAL;
}

static void get_version(struct optee *optee)
{
	struct arm_smccc_res res;
	int len;

	optee_smc_fast(optee, OPTEE_SMC_GET_OS_REVISION, 0, &res);
	len = scnprintf(optee->version, sizeof(optee->version), "%u.%u",
			(u32)res.a0, (u32)res.a1);
	if ((u32)res.a2)
		scnprintf(optee->version + len, sizeof(optee->version) - len,
			  " (%08x)", (u32)res.a2);
}

static int check_revision(struct optee *optee)
{
	struct arm_smccc_res res;

	optee_smc_fast(optee, OPTEE_SMC_CALLS_REVISION, 0, &res);
	if ((u32)res.a0 == OPTEE_MSG_REVISION_MAJOR)
		return 0;
	dev_err(optee->dev, "OP-TEE speaks revision %u.%u, not %u.%u\n",
		(u32)res.a0, (u32)res.a1, OPTEE_MSG_REVISION_MAJOR,
		OPTEE_MSG_REVISION_MINOR);
	return -EINVAL;
}

/* Returns 0 if OP-TEE does not say */
static unsigned int get_threads(struct optee *optee)
{
	struct arm_smccc_res res;
	u32 threads;

	optee_smc_fast(optee, OPTEE_SMC_GET_THREAD_COUNT, 0, &res);
	if ((u32)res.a0 != OPTEE_SMC_OK)
		return 0;
	threads = res.a1;
	if (threads <= MAX_THREADS)
		return threads;
	dev_warn(optee->dev, "OP-TEE says it has %u threads: taken as %u\n",
		 threads, MAX_THREADS);
	return MAX_THREADS;
}

static u32 checked_max_notif(struct optee *optee, u32 max)
{
	if (!(optee->smc.caps & OPTEE_SMC_CAP_ASYNC_NOTIF) || !max)
		return OPTEE_NOTIF_DEFAULT_MAX;
	if (max <= OPTEE_NOTIF_LIMIT)
		return max;
	dev_warn(optee->dev, "OP-TEE says it has notifications up to %u: taken as %u\n",
		 max, OPTEE_NOTIF_LIMIT);
	return OPTEE_NOTIF_LIMIT;
}

/* Without room for them OP-TEE asks for an RPC message when it needs one */
static unsigned int checked_rpc_params(struct optee *optee, u32 a3)
{
	unsigned int params = a3 & OPTEE_SMC_RPC_PARAMS_MASK;

	if (!(optee->smc.caps & OPTEE_SMC_CAP_RPC_ARG))
		return 0;
	if (params <= optee_msg_max_rpc_params())
		return params;
	dev_warn(optee->dev, "RPC messages of %u parameters do not fit: not used\n",
		 params);
	return 0;
}

static int exchange_caps(struct optee *optee, u32 *max_notif)
{
	struct arm_smccc_res res;
	u32 ours = 0;

	if (num_possible_cpus() == 1)
		ours |= OPTEE_SMC_NSEC_UNIPROCESSOR;
	optee_smc_fast(optee, OPTEE_SMC_EXCHANGE_CAPS, ours, &res);
	if ((u32)res.a0 != OPTEE_SMC_OK) {
		dev_err(optee->dev, "OP-TEE does not agree on capabilities: %#x\n",
			(u32)res.a0);
		return -EINVAL;
	}
	optee->smc.caps = res.a1;
	optee->dynamic_shm = res.a1 & OPTEE_SMC_CAP_DYNAMIC_SHM;
	optee->memref_null = res.a1 & OPTEE_SMC_CAP_MEMREF_NULL;
	optee->rpmb_probe = res.a1 & OPTEE_SMC_CAP_RPMB_PROBE;
	*max_notif = checked_max_notif(optee, res.a2);
	optee->rpc_params = checked_rpc_params(optee, res.a3);
	return 0;
}

static int greet(struct optee *optee, unsigned int *threads, u32 *max_notif)
{
	int rc = check_uid(optee);

	if (rc)
		return rc;
	get_version(optee);
	rc = check_revision(optee);
	if (rc)
		return rc;
	*threads = get_threads(optee);
	return exchange_caps(optee, max_notif);
}

static int pool_init(struct optee *optee)
{
	if (optee->dynamic_shm)
		optee->pool = optee_shm_pool_dynamic(optee);
	else if (optee->smc.caps & OPTEE_SMC_CAP_RESERVED_SHM)
		optee->pool = optee_smc_pool_reserved(optee);
	else
		optee->pool = ERR_PTR(-EINVAL);
	if (!IS_ERR(optee->pool))
		return 0;
	dev_err(optee->dev, "there is no memory to share with OP-TEE: %ld\n",
		PTR_ERR(optee->pool));
	return PTR_ERR(optee->pool);
}

static void pool_exit(struct optee *optee)
{
	tee_shm_pool_free(optee->pool);
	if (optee->smc.shm_va)
		memunmap(optee->smc.shm_va);
}

/* Without an interrupt OP-TEE does without asynchronous notifications */
static int notif_start(struct optee *optee)
{
	struct platform_device *pdev = to_platform_device(optee->dev);
	int irq, rc;

	if (!(optee->smc.caps & OPTEE_SMC_CAP_ASYNC_NOTIF))
		return 0;
	irq = platform_get_irq_optional(pdev, 0);
	if (irq == -ENXIO || !irq) {
		dev_info(optee->dev, "no interrupt for notifications\n");
		return 0;
	}
	if (irq < 0)
		return irq;
	rc = optee_smc_irq_init(optee, irq);
	if (rc)
		dev_err(optee->dev, "interrupt %d cannot be used: %d\n", irq,
			rc);
	return rc;
}

/* Where the RPC message comes with each call there is nothing to cache */
static void cache_start(struct optee *optee)
{
	int rc;

	if (optee->rpc_params)
		return;
	rc = optee_smc_shm_cache_enable(optee);
	if (rc)
		dev_warn(optee->dev, "RPC messages are not cached: %d\n", rc);
}

static void cache_stop(struct optee *optee, unsigned int timeout_ms)
{
	if (optee->rpc_params)
		return;
	if (optee_smc_shm_cache_disable(optee, true, timeout_ms))
		optee->shm.kept = true;
}

static void tell(struct optee *optee, unsigned int threads)
{
	const char *memory = optee->dynamic_shm ? "dynamic" : "reserved";

	if (threads)
		dev_info(optee->dev, "OP-TEE %s, %u threads, %s shared memory\n",
			 optee->version, threads, memory);
	else
		dev_info(optee->dev, "OP-TEE %s, %s shared memory\n",
			 optee->version, memory);
}

/* From here on there is something to undo */
static int start(struct optee *optee, unsigned int threads, u32 max_notif)
{
	int rc;

	/*
	 * A boot loader or another kernel may have left OP-TEE memory to use.
	 * If calls of theirs are left too, the queue works with the threads
	 * that remain.
	 */
	optee_smc_shm_cache_disable(optee, false, LEFTOVERS_MS);
	rc = pool_init(optee);
	if (rc)
		return rc;
	rc = optee_core_init(optee, threads, max_notif);
	if (rc)
		goto exit_pool;
	rc = notif_start(optee);
	if (rc)
		goto exit_core;
	cache_start(optee);
	rc = optee_core_register(optee);
	if (rc)
		goto unregister_core;
	tell(optee, threads);
	return 0;

unregister_core:
	optee_core_unregister(optee);
	optee_smc_irq_exit(optee);
	cache_stop(optee, CACHE_MS);
exit_core:
	optee_core_exit(optee);
exit_pool:
	pool_exit(optee);
	return rc;
}

static int optee_smc_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	unsigned int threads;
	struct optee *optee;
	optee_smc_fn *invoke;
	u32 max_notif;
	int rc;

	/* The kernel that crashed has its calls in there, for good */
	if (is_kdump_kernel())
		return -ENODEV;
	rc = choose_invoke(dev, &invoke);
	if (rc)
		return rc;
	rc = optee_smc_load_image(dev, invoke);
	if (rc)
		return rc;
	optee = kzalloc(sizeof(*optee), GFP_KERNEL);
	if (!optee)
		return -ENOMEM;
	optee->dev = dev;
	optee->conduit = &optee_smc_conduit;
	optee->smc.invoke = invoke;
	platform_set_drvdata(pdev, optee);
	rc = greet(optee, &threads, &max_notif);
	if (!rc)
		rc = start(optee, threads, max_notif);
	if (rc)
		kfree(optee);
	return rc;
}

static void optee_smc_remove(struct platform_device *pdev)
{
	struct optee *optee = platform_get_drvdata(pdev);

	optee_core_unregister(optee);
	optee_smc_irq_exit(optee);
	cache_stop(optee, CACHE_MS);
	optee_core_exit(optee);
	pool_exit(optee);
	kfree(optee);
}

static void optee_smc_shutdown(struct platform_device *pdev)
{
	struct optee *optee = platform_get_drvdata(pdev);

	optee_core_shutdown(optee);
	cache_stop(optee, SHUTDOWN_CACHE_MS);
}

static const struct of_device_id optee_smc_match[] = {
	{ .compatible = "linaro,optee-tz" },
	{ }
};
MODULE_DEVICE_TABLE(of, optee_smc_match);

static struct platform_driver optee_smc_driver = {
	.probe = optee_smc_probe,
	OPTEE_COMPAT_REMOVE(optee_smc_remove)
	.shutdown = optee_smc_shutdown,
	.driver = {
		.name = "optee",
		.of_match_table = optee_smc_match,
		.dev_groups = optee_dev_groups,
	},
};

/**
 * optee_smc_driver_register() - look for OP-TEE behind the SMC conduit
 *
 * Context: Process; sleeps.
 * Return: 0 or a negative errno.
 */
int optee_smc_driver_register(void)
{
	return platform_driver_register(&optee_smc_driver);
}

/**
 * optee_smc_driver_unregister() - undo optee_smc_driver_register()
 *
 * Context: Process; sleeps.
 */
void optee_smc_driver_unregister(void)
{
	platform_driver_unregister(&optee_smc_driver);
	optee_smc_load_image_exit();
}
