/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rpmb subsystem, as of 6.12: devices are the test's.
 */
#ifndef HOST_LINUX_RPMB_H
#define HOST_LINUX_RPMB_H

#include "../kernel.h"

enum rpmb_type {
	RPMB_TYPE_EMMC,
	RPMB_TYPE_UFS,
	RPMB_TYPE_NVME,
};

struct rpmb_descr {
	enum rpmb_type type;
	u8 *dev_id;
	size_t dev_id_len;
	u16 reliable_wr_count;
	u16 capacity;
};

struct rpmb_dev {
	struct device dev;
	struct rpmb_descr descr;
	int refs;
};

struct class_interface {
	int (*add_dev)(struct device *dev);
};

#define to_rpmb_dev(d)	container_of(d, struct rpmb_dev, dev)

struct rpmb_dev *rpmb_dev_get(struct rpmb_dev *rdev);
void rpmb_dev_put(struct rpmb_dev *rdev);
struct rpmb_dev *rpmb_dev_find_device(const void *data,
				      const struct rpmb_dev *start,
				      int (*match)(struct device *dev,
						   const void *data));
int rpmb_interface_register(struct class_interface *intf);
void rpmb_interface_unregister(struct class_interface *intf);
int rpmb_route_frames(struct rpmb_dev *rdev, u8 *req, unsigned int req_len,
		      u8 *resp, unsigned int resp_len);

#endif /* HOST_LINUX_RPMB_H */
