// SPDX-License-Identifier: GPL-2.0-only
/*
 * For kernels without CONFIG_OPTEE_INSECURE_LOAD_IMAGE: OP-TEE is there when
 * the kernel starts.
 */

#include "smc/smc.h"

/**
 * optee_smc_load_image() - start OP-TEE if that is left to the kernel
 * @dev: device of OP-TEE
 * @invoke: how to reach the secure world
 *
 * Context: Process.
 * Return: 0.
 */
int optee_smc_load_image(struct device *dev, optee_smc_fn *invoke)
{
	return 0;
}

/**
 * optee_smc_load_image_exit() - undo optee_smc_load_image()
 *
 * Context: Process.
 */
void optee_smc_load_image_exit(void)
{
}
