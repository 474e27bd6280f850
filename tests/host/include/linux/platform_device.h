/* SPDX-License-Identifier: GPL-2.0-only */
/* Platform devices: there is one, the test's, with the driver's name on it. */
#ifndef HOST_LINUX_PLATFORM_DEVICE_H
#define HOST_LINUX_PLATFORM_DEVICE_H

#include <linux/mod_devicetable.h>

#include "../kernel.h"

/**
 * struct platform_device - what the device tree says
 * @dev: the device
 * @irq: its interrupt, or a negative errno
 */
struct platform_device {
	struct device dev;
	int irq;
};

struct device_driver {
	const char *name;
	const struct of_device_id *of_match_table;
	const struct attribute_group **dev_groups;
};

struct platform_driver {
	int (*probe)(struct platform_device *pdev);
	void (*remove_new)(struct platform_device *pdev);
	void (*shutdown)(struct platform_device *pdev);
	struct device_driver driver;
};

int platform_driver_register(struct platform_driver *drv);
void platform_driver_unregister(struct platform_driver *drv);

#define to_platform_device(d)	container_of(d, struct platform_device, dev)

static inline void platform_set_drvdata(struct platform_device *pdev,
					void *data)
{
	pdev->dev.driver_data = data;
}

static inline void *platform_get_drvdata(const struct platform_device *pdev)
{
	return pdev->dev.driver_data;
}

static inline int platform_get_irq_optional(struct platform_device *pdev,
					    unsigned int num)
{
	host_bug(num);
	return pdev->irq;
}

#endif /* HOST_LINUX_PLATFORM_DEVICE_H */
