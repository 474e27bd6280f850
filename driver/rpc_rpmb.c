// SPDX-License-Identifier: GPL-2.0-only
/*
 * RPMB devices for OP-TEE, through the kernel's rpmb subsystem.
 *
 * Promises:
 * - Probing goes over the devices one by one, from the start after a reset,
 *   whoever of OP-TEE's threads asks.
 * - Frames go to the device found last, whole, and their answer into memory
 *   that is large enough for it.
 * - A device that comes later is told to enumeration.
 *
 * Frames are signed by the card and OP-TEE: what is in them is not looked at.
 *
 * Locking: struct optee_rpmb.lock; held while devices are looked for, not
 * while frames are on their way. listener_lock around the registration; in it
 * the class calls rpmb_added(), which takes optees_lock.
 */
#include <linux/err.h>
#include <linux/rpmb.h>
#include <linux/string.h>

#include "enumerate.h"
#include "optee.h"
#include "rpc.h"
#include "rpmb.h"

/* JESD84-B51: of one frame, in bytes */
#define FRAME_SIZE	512

static DEFINE_MUTEX(optees_lock);
/* struct optee_rpmb.node; optees_lock */
static LIST_HEAD(optees);

static DEFINE_MUTEX(listener_lock);
/* Entries of optees for which the listener is registered; listener_lock */
static unsigned int listeners;

/**
 * optee_rpmb_in_kernel() - OP-TEE gets to its RPMB device without user space
 * @optee: which
 *
 * Context: Any.
 * Return: true if it asks the kernel.
 */
bool optee_rpmb_in_kernel(const struct optee *optee)
{
	return optee->rpmb_probe;
}

static int rpmb_added(struct device *dev)
{
	struct optee *optee;

	mutex_lock(&optees_lock);
	list_for_each_entry(optee, &optees, rpmb.node)
		optee_devices_rpmb_arrived(optee);
	mutex_unlock(&optees_lock);
	return 0;
}

static struct class_interface listener = {
	.add_dev = rpmb_added,
};

static void list_add_optee(struct optee *optee)
{
	mutex_lock(&optees_lock);
	list_add_tail(&optee->rpmb.node, &optees);
	mutex_unlock(&optees_lock);
}

static void list_del_optee(struct optee *optee)
{
	mutex_lock(&optees_lock);
	list_del_init(&optee->rpmb.node);
	mutex_unlock(&optees_lock);
}

/* The first registration tells of the devices there are; so must the others */
static int listen(struct optee *optee)
{
	int rc = 0;

	mutex_lock(&listener_lock);
	if (!listeners)
		rc = rpmb_interface_register(&listener);
	else
		optee_devices_rpmb_arrived(optee);
	if (!rc)
		listeners++;
	mutex_unlock(&listener_lock);
	return rc;
}

static void listen_no_more(void)
{
	mutex_lock(&listener_lock);
	if (!--listeners)
		rpmb_interface_unregister(&listener);
	mutex_unlock(&listener_lock);
}

/**
 * optee_rpmb_init() - get ready for OP-TEE to ask
 * @optee: where
 *
 * Context: Probe, before any call.
 */
void optee_rpmb_init(struct optee *optee)
{
	mutex_init(&optee->rpmb.lock);
	INIT_LIST_HEAD(&optee->rpmb.node);
}

/**
 * optee_rpmb_start() - tell enumeration of RPMB devices, those there are first
 * @optee: devices can be enumerated
 *
 * Context: Probe; may sleep.
 * Return: 0 or a negative errno.
 */
int optee_rpmb_start(struct optee *optee)
{
	int rc;

	if (!optee_rpmb_in_kernel(optee))
		return 0;
	list_add_optee(optee);
	rc = listen(optee);
	if (rc)
		list_del_optee(optee);
	return rc;
}

/**
 * optee_rpmb_stop() - undo optee_rpmb_start(), if it was called
 * @optee: where
 *
 * Context: Remove, before enumeration ends; may sleep.
 */
void optee_rpmb_stop(struct optee *optee)
{
	if (list_empty(&optee->rpmb.node))
		return;
	list_del_optee(optee);
	listen_no_more();
}

/**
 * optee_rpmb_exit() - undo optee_rpmb_init()
 * @optee: no call is under way any more
 *
 * Context: Remove; may sleep.
 */
void optee_rpmb_exit(struct optee *optee)
{
	rpmb_dev_put(optee->rpmb.found);
	optee->rpmb.found = NULL;
}

/**
 * optee_rpc_rpmb_reset() - serve OPTEE_RPC_CMD_RPMB_PROBE_RESET
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context; may sleep.
 * Return: TEEC result; _NOT_SUPPORTED sends OP-TEE to tee-supplicant.
 */
u32 optee_rpc_rpmb_reset(struct optee *optee, struct tee_param *p, size_t num)
{
	struct optee_rpmb *rpmb = &optee->rpmb;

	if (!optee_rpmb_in_kernel(optee))
		return TEEC_ERROR_NOT_SUPPORTED;
	if (num != 1 || p[0].attr != TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT)
		return TEEC_ERROR_BAD_PARAMETERS;

	mutex_lock(&rpmb->lock);
	rpmb_dev_put(rpmb->found);
	rpmb->found = NULL;
	mutex_unlock(&rpmb->lock);

	p[0].u.value.a = OPTEE_RPC_SHM_KERNEL;
	p[0].u.value.b = 0;
	p[0].u.value.c = 0;
	return TEEC_SUCCESS;
}

static int is_emmc(struct device *dev, const void *data)
{
	return to_rpmb_dev(dev)->descr.type == RPMB_TYPE_EMMC;
}

/* The device after the last, with a reference for the caller */
static struct rpmb_dev *find_next(struct optee_rpmb *rpmb)
{
	struct rpmb_dev *last;

	mutex_lock(&rpmb->lock);
	last = rpmb->found;
	rpmb->found = rpmb_dev_find_device(NULL, last, is_emmc);
	rpmb_dev_put(last);
	last = rpmb_dev_get(rpmb->found);
	mutex_unlock(&rpmb->lock);
	return last;
}

/* The memory of a parameter, all of it, or NULL */
static void *memory(const struct tee_param *p)
{
	void *va;

	if (!p->u.memref.shm || !p->u.memref.size)
		return NULL;
	va = tee_shm_get_va(p->u.memref.shm, p->u.memref.shm_offs);
	return IS_ERR(va) ? NULL : va;
}

static u32 describe(const struct rpmb_descr *descr, struct tee_param *p)
{
	size_t room = p[1].u.memref.size;
	void *cid = memory(&p[1]);

	if (!cid)
		return TEEC_ERROR_BAD_PARAMETERS;
	p[1].u.memref.size = descr->dev_id_len;
	if (descr->dev_id_len > room)
		return TEEC_ERROR_SHORT_BUFFER;
	memcpy(cid, descr->dev_id, descr->dev_id_len);
	p[0].u.value.a = OPTEE_RPC_RPMB_EMMC;
	p[0].u.value.b = descr->capacity;
	p[0].u.value.c = descr->reliable_wr_count;
	return TEEC_SUCCESS;
}

/**
 * optee_rpc_rpmb_next() - serve OPTEE_RPC_CMD_RPMB_PROBE_NEXT
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context; may sleep.
 * Return: TEEC result; _ITEM_NOT_FOUND after the last device.
 */
u32 optee_rpc_rpmb_next(struct optee *optee, struct tee_param *p, size_t num)
{
	struct rpmb_dev *rdev;
	u32 ret;

	if (!optee_rpmb_in_kernel(optee))
		return TEEC_ERROR_NOT_SUPPORTED;
	if (num != 2 || p[0].attr != TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT ||
	    p[1].attr != TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT)
		return TEEC_ERROR_BAD_PARAMETERS;
	rdev = find_next(&optee->rpmb);
	if (!rdev)
		return TEEC_ERROR_ITEM_NOT_FOUND;
	ret = describe(&rdev->descr, p);
	rpmb_dev_put(rdev);
	return ret;
}

static struct rpmb_dev *get_found(struct optee_rpmb *rpmb)
{
	struct rpmb_dev *rdev;

	mutex_lock(&rpmb->lock);
	rdev = rpmb_dev_get(rpmb->found);
	mutex_unlock(&rpmb->lock);
	return rdev;
}

static bool is_frames(const struct tee_param *p, u64 attr)
{
	return p->attr == attr && !(p->u.memref.size % FRAME_SIZE) &&
	       p->u.memref.size <= INT_MAX;
}

/* The memory is the kernel's, and mapped: see optee_rpc_rpmb_reset() */
static u32 route(struct rpmb_dev *rdev, struct tee_param *p)
{
	void *req = memory(&p[0]);
	void *resp = memory(&p[1]);

	if (!req || !resp)
		return TEEC_ERROR_BAD_PARAMETERS;
	switch (rpmb_route_frames(rdev, req, p[0].u.memref.size, resp,
				  p[1].u.memref.size)) {
	case 0:
		return TEEC_SUCCESS;
	case -EINVAL:
		return TEEC_ERROR_BAD_PARAMETERS;
	case -ENOMEM:
		return TEEC_ERROR_OUT_OF_MEMORY;
	default:
		return TEEC_ERROR_COMMUNICATION;
	}
}

/**
 * optee_rpc_rpmb_frames() - serve OPTEE_RPC_CMD_RPMB_FRAMES
 * @optee: where
 * @p: the parameters
 * @num: entries in @p
 *
 * Context: Process context; may sleep.
 * Return: TEEC result; _ITEM_NOT_FOUND if probing has not found a device,
 *	   _COMMUNICATION if the device failed.
 */
u32 optee_rpc_rpmb_frames(struct optee *optee, struct tee_param *p,
			  size_t num)
{
	struct rpmb_dev *rdev;
	u32 ret;

	if (!optee_rpmb_in_kernel(optee))
		return TEEC_ERROR_NOT_SUPPORTED;
	if (num != 2 ||
	    !is_frames(&p[0], TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT) ||
	    !is_frames(&p[1], TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT))
		return TEEC_ERROR_BAD_PARAMETERS;
	rdev = get_found(&optee->rpmb);
	if (!rdev)
		return TEEC_ERROR_ITEM_NOT_FOUND;
	ret = route(rdev, p);
	rpmb_dev_put(rdev);
	return ret;
}
