// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting OP-TEE itself, on boards whose firmware leaves that to the kernel.
 * Built where the kernel has CONFIG_OPTEE_INSECURE_LOAD_IMAGE.
 *
 * Trusted Firmware-A takes one image, or the word that there is none; either
 * way it takes no other afterwards. So once the loader was seen, it is always
 * called: a door that stays open is for anybody who gets into the kernel
 * later.
 *
 * Locking: none; called by one probe at a time, as there is one node.
 */

#include <linux/cpuhotplug.h>
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>

#include "smc/smc.h"
#include "smc/smc_abi.h"

#define IMAGE	"optee/tee.bin"

/* For the CPU hotplug callback, which is given nothing else */
static optee_smc_fn *cpu_invoke;

/* Its state, or 0 */
static int cpu_state;

static bool loader_is_there(optee_smc_fn *invoke)
{
	struct arm_smccc_res res;

	invoke(OPTEE_SMC_CALLS_UID, 0, 0, 0, 0, 0, 0, 0, &res);
	return (u32)res.a0 == OPTEE_SMC_LOADER_UID_0 &&
	       (u32)res.a1 == OPTEE_SMC_LOADER_UID_1 &&
	       (u32)res.a2 == OPTEE_SMC_LOADER_UID_2 &&
	       (u32)res.a3 == OPTEE_SMC_LOADER_UID_3;
}

static int hand_over(optee_smc_fn *invoke, phys_addr_t pa, size_t size)
{
	struct arm_smccc_res res;

	invoke(OPTEE_SMC_LOAD_IMAGE, upper_32_bits(size), lower_32_bits(size),
	       upper_32_bits(pa), lower_32_bits(pa), 0, 0, 0, &res);
	return (u32)res.a0 ? -EIO : 0;
}

/* The firmware wants it in one piece */
static int copy_and_hand_over(optee_smc_fn *invoke, const struct firmware *fw)
{
	void *image;
	int rc;

	image = alloc_pages_exact(fw->size, GFP_KERNEL);
	if (!image)
		return -ENOMEM;
	memcpy(image, fw->data, fw->size);
	rc = hand_over(invoke, virt_to_phys(image), fw->size);
	free_pages_exact(image, fw->size);
	return rc;
}

static int load(struct device *dev, optee_smc_fn *invoke)
{
	const struct firmware *fw;
	int rc;

	rc = request_firmware(&fw, IMAGE, dev);
	if (!rc) {
		rc = copy_and_hand_over(invoke, fw);
		release_firmware(fw);
	}
	if (rc)
		hand_over(invoke, 0, 0);
	return rc;
}

/* The firmware sets OP-TEE up on a CPU when that CPU first calls it */
static int introduce_cpu(unsigned int cpu)
{
	struct arm_smccc_res res;

	cpu_invoke(OPTEE_SMC_CALLS_UID, 0, 0, 0, 0, 0, 0, 0, &res);
	return 0;
}

/**
 * optee_smc_load_image() - start OP-TEE if that is left to the kernel
 * @dev: device of OP-TEE
 * @invoke: how to reach the secure world
 *
 * Context: Process; sleeps.
 * Return: 0 if OP-TEE is there or was started; -EPROBE_DEFER before there are
 * file systems to load from; else another negative errno.
 */
int optee_smc_load_image(struct device *dev, optee_smc_fn *invoke)
{
	int rc;

	if (!loader_is_there(invoke))
		return 0;
	if (system_state < SYSTEM_RUNNING)
		return -EPROBE_DEFER;
	rc = load(dev, invoke);
	if (rc) {
		dev_err(dev, "no image of OP-TEE was loaded: %d\n", rc);
		return rc;
	}
	cpu_invoke = invoke;
	rc = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "optee:probe",
			       introduce_cpu, NULL);
	if (rc < 0)
		return rc;
	cpu_state = rc;
	return 0;
}

/**
 * optee_smc_load_image_exit() - undo optee_smc_load_image(), but for OP-TEE
 *
 * Context: Process; sleeps. No device is bound any more.
 */
void optee_smc_load_image_exit(void)
{
	if (cpu_state)
		cpuhp_remove_state_nocalls(cpu_state);
	cpu_state = 0;
}

MODULE_FIRMWARE(IMAGE);
