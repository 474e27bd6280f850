/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The I2C core: adapters are the test's.
 */
#ifndef HOST_LINUX_I2C_H
#define HOST_LINUX_I2C_H

#include_next <linux/i2c.h>

#include "../kernel.h"

struct i2c_adapter {
	u32 functionality;
};

struct i2c_adapter *i2c_get_adapter(int nr);
void i2c_put_adapter(struct i2c_adapter *adapter);
int i2c_transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int num);

static inline int i2c_check_functionality(struct i2c_adapter *adapter,
					  u32 functionality)
{
	return (adapter->functionality & functionality) == functionality;
}

#endif /* HOST_LINUX_I2C_H */
