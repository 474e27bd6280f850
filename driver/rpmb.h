/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replay protected memory: OP-TEE finds and uses the device through the
 * kernel, where the kernel has the subsystem, and else through tee-supplicant.
 */
#ifndef OPTEE_RPMB_H
#define OPTEE_RPMB_H

#include <linux/list.h>
#include <linux/mutex.h>

struct optee;
struct rpmb_dev;

/**
 * struct optee_rpmb - OP-TEE's way to the RPMB devices
 * @lock: protects @found; held while the next device is looked for
 * @found: the device OP-TEE found last, a reference, or NULL
 * @node: in the list of those who want to know of new devices
 */
struct optee_rpmb {
	struct mutex lock;	/* around the class iterator */
	struct rpmb_dev *found;
	struct list_head node;
};

/* rpmb.c */
void optee_rpmb_show(struct optee *optee);

/* rpc_rpmb.c or compat/no_rpmb.c */
bool optee_rpmb_in_kernel(const struct optee *optee);
void optee_rpmb_init(struct optee *optee);
int optee_rpmb_start(struct optee *optee);
void optee_rpmb_stop(struct optee *optee);
void optee_rpmb_exit(struct optee *optee);

#endif /* OPTEE_RPMB_H */
