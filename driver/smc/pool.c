// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the SMC conduit brings along: the reserved pool, which OP-TEE
 * and the firmware agreed on, and OP-TEE's cache of memory for RPC messages.
 *
 * Promises: nothing here waits without bound for a secure thread, and what
 * OP-TEE still has of a kernel before this one is never touched.
 *
 * No locking: probe, remove and shutdown only, one at a time.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>

#include "optee.h"
#include "smc/smc_abi.h"

/* The pool gives out memory in units of this many bytes, as a power of 2 */
#define POOL_ORDER	9

/* Between two tries while a thread is busy, first and longest */
#define BUSY_MIN_MS	1
#define BUSY_MAX_MS	100

/* Far more than OP-TEE has threads, and each of them caches one */
#define MAX_COOKIES	4096

static struct tee_shm_pool *map_pool(struct optee *optee, phys_addr_t start,
				     size_t size)
{
	struct tee_shm_pool *pool;
	void *va;

	va = memremap(start, size, MEMREMAP_WB);
	if (!va)
		return ERR_PTR(-ENOMEM);
	pool = tee_shm_pool_alloc_res_mem((unsigned long)va, start, size,
					  POOL_ORDER);
	if (IS_ERR(pool))
		goto unmap;
	optee->smc.shm_va = va;
	return pool;

unmap:
	memunmap(va);
	return pool;
}

/**
 * optee_smc_pool_reserved() - make a pool of the memory reserved for it
 * @optee: where; on success its smc.shm_va is to be unmapped with memunmap()
 *	   after the pool was freed
 *
 * Context: Probe.
 * Return: the pool; -ENOENT if there is no such memory, -EINVAL if it cannot
 *	   be used, -ENOMEM.
 */
struct tee_shm_pool *optee_smc_pool_reserved(struct optee *optee)
{
	struct arm_smccc_res res;
	u64 start, end;

	optee_smc_fast(optee, OPTEE_SMC_GET_SHM_CONFIG, 0, &res);
	if ((u32)res.a0 != OPTEE_SMC_OK)
		return ERR_PTR(-ENOENT);
	/* A mapping of another kind would not agree with OP-TEE's */
	if ((u32)res.a3 != OPTEE_SMC_SHM_CACHED) {
		dev_err(optee->dev, "reserved memory is not cached\n");
		return ERR_PTR(-EINVAL);
	}

	/* Whole pages only, for they may be mapped into a process */
	start = round_up((u64)(u32)res.a1, PAGE_SIZE);
	end = round_down((u64)(u32)res.a1 + (u32)res.a2, PAGE_SIZE);
	if (!(u32)res.a1 || end <= start) {
		dev_err(optee->dev, "no room in the reserved memory\n");
		return ERR_PTR(-EINVAL);
	}
	return map_pool(optee, start, end - start);
}

/**
 * optee_smc_shm_cache_enable() - let OP-TEE keep memory for RPC messages
 * @optee: where
 *
 * One try: without, OP-TEE asks for such memory in every call.
 *
 * Context: Probe.
 * Return: 0, -EBUSY if a call is under way, else -EIO.
 */
int optee_smc_shm_cache_enable(struct optee *optee)
{
	struct arm_smccc_res res;

	optee_smc_fast(optee, OPTEE_SMC_ENABLE_SHM_CACHE, 0, &res);
	switch ((u32)res.a0) {
	case OPTEE_SMC_OK:
		return 0;
	case OPTEE_SMC_EBUSY:
		return -EBUSY;
	default:
		return -EIO;
	}
}

static void dropped(struct optee *optee, bool ours, u64 cookie)
{
	/* Where that of another kernel was is now anybody's memory */
	if (!ours)
		return;
	if (optee_shm_take_back(optee, cookie))
		dev_warn_ratelimited(optee->dev,
				     "OP-TEE gives back memory %#llx that it does not have\n",
				     cookie);
}

/* -EAGAIN: one entry less */
static int disable_step(struct optee *optee, bool ours)
{
	struct arm_smccc_res res;

	optee_smc_fast(optee, OPTEE_SMC_DISABLE_SHM_CACHE, 0, &res);
	switch ((u32)res.a0) {
	case OPTEE_SMC_OK:
		dropped(optee, ours, optee_smc_pair(res.a1, res.a2));
		return -EAGAIN;
	case OPTEE_SMC_ENOTAVAIL:
		return 0;
	case OPTEE_SMC_EBUSY:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/**
 * optee_smc_shm_cache_disable() - make OP-TEE give back what it keeps
 * @optee: where
 * @ours: it was given by this driver, not by a kernel before this one
 * @timeout_ms: how long to wait for threads to become idle, in milliseconds
 *
 * The driver works on whatever comes of it. Of memory that OP-TEE did not give
 * back, optee_shm_take_all_back() has to know whether this failed.
 *
 * Context: Probe, remove and shutdown; process context; may sleep.
 * Return: 0; -EBUSY if a thread stayed busy; -EIO if OP-TEE makes no sense.
 */
int optee_smc_shm_cache_disable(struct optee *optee, bool ours,
				unsigned int timeout_ms)
{
	cq_time_t deadline = cq_now() + timeout_ms * CQ_MS;
	unsigned int pause = BUSY_MIN_MS;
	unsigned int cookies = 0;
	int rc;

	for (;;) {
		rc = disable_step(optee, ours);
		if (rc == -EAGAIN && ++cookies <= MAX_COOKIES)
			continue;
		if (rc != -EBUSY || cq_now() >= deadline)
			break;
		msleep(pause);
		pause = min_t(unsigned int, 2 * pause, BUSY_MAX_MS);
	}

	if (rc == -EBUSY)
		dev_warn(optee->dev,
			 "a thread of OP-TEE is taken and did not come back in %u ms: a boot loader or a kernel before this one left a call unfinished\n",
			 timeout_ms);
	else if (rc)
		dev_warn(optee->dev, "OP-TEE keeps its cache of memory\n");
	return rc == -EAGAIN ? -EIO : rc;
}
