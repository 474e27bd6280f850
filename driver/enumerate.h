/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enumeration: the services OP-TEE offers to kernel clients, as devices on
 * the TEE bus.
 */
#ifndef OPTEE_ENUMERATE_H
#define OPTEE_ENUMERATE_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct optee;

/* Commands of OP-TEE's device enumeration pseudo TA */
enum optee_enumerate {
	OPTEE_ENUMERATE_AT_PROBE	= 0,
	OPTEE_ENUMERATE_WITH_SUPP	= 1,
	OPTEE_ENUMERATE_WITH_RPMB	= 2,
	OPTEE_ENUMERATE_STAGES,
};

/**
 * struct optee_stage - the services that are there from some moment on
 * @optee: where
 * @which: from when
 * @work: asks for them and adds them
 */
struct optee_stage {
	struct optee *optee;
	enum optee_enumerate which;
	struct work_struct work;
};

/**
 * struct optee_devices - the services of one OP-TEE
 * @lock: held while a device is added
 * @gone_lock: orders the start of a stage against @gone; a leaf
 * @gone: no more are added; set once, under @gone_lock
 * @stages: in order of enum optee_enumerate
 * @at_probe: the first stage is done
 */
struct optee_devices {
	struct mutex lock;	/* outside of the driver core's */
	spinlock_t gone_lock;	/* a leaf */
	bool gone;
	struct optee_stage stages[OPTEE_ENUMERATE_STAGES];
	struct completion at_probe;
};

void optee_devices_init(struct optee *optee);
void optee_devices_start(struct optee *optee);
void optee_devices_supp_arrived(struct optee *optee);
void optee_devices_rpmb_arrived(struct optee *optee);
void optee_devices_stop(struct optee *optee);
void optee_devices_remove(struct optee *optee);

#endif /* OPTEE_ENUMERATE_H */
