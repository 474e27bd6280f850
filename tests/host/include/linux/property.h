/* SPDX-License-Identifier: GPL-2.0-only */
/* Properties of the device tree's node: the test says what they are. */
#ifndef HOST_LINUX_PROPERTY_H
#define HOST_LINUX_PROPERTY_H

#include "../kernel.h"

int device_property_read_string(struct device *dev, const char *name,
				const char **value);

#endif /* HOST_LINUX_PROPERTY_H */
