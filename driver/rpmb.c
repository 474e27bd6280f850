// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: rpmb_routing_model of both TEE devices, by which user space decides
 * whether tee-supplicant is needed for storage in RPMB. ABI:
 * Documentation/ABI/testing/sysfs-class-tee in the kernel's tree.
 *
 * Locking: none; what is shown is constant.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "compat/compat.h"
#include "optee.h"
#include "rpmb.h"

static ssize_t rpmb_routing_model_show(struct device *dev,
				       struct device_attribute *attr,
				       char *buf)
{
	struct optee *optee = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", optee_rpmb_in_kernel(optee) ?
					       "kernel" : "user");
}
static DEVICE_ATTR_RO(rpmb_routing_model);

static struct attribute *rpmb_attrs[] = {
	&dev_attr_rpmb_routing_model.attr,
	NULL
};
ATTRIBUTE_GROUPS(rpmb);

/**
 * optee_rpmb_show() - show who takes OP-TEE to the RPMB devices
 * @optee: its TEE devices are allocated, and not yet registered
 *
 * Context: Probe.
 */
void optee_rpmb_show(struct optee *optee)
{
	optee_compat_set_dev_groups(optee->teedev, rpmb_groups);
	optee_compat_set_dev_groups(optee->supp_teedev, rpmb_groups);
}
