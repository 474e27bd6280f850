// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enumeration: the services OP-TEE offers to kernel clients, as devices on
 * the TEE bus.
 *
 * OP-TEE is asked by a work for each stage, as an in-kernel client. The probe
 * waits for the first stage, but not for ever: if all threads are taken, the
 * devices come when there is one. After optee_devices_remove() there are none,
 * and none is added.
 *
 * Locking: struct optee_devices.lock makes looking for a device and adding it
 * one step.
 */

#include <linux/slab.h>
#include <linux/tee.h>
#include <linux/uuid.h>

#include "optee.h"

/* What a UUID takes in the list OP-TEE gives */
#define UUID_BYTES	16

/* Room for the list: at first, and at most */
#define LIST_SIZE	SZ_4K
#define LIST_MAX	SZ_64K

/* The probe waits so long for the first stage */
#define AT_PROBE_MS	5000

/* 7011a688-ddde-4053-a5a9-7b3c4ddf13b8: OP-TEE's enumeration */
static const uuid_t enumeration_uuid =
	UUID_INIT(0x7011a688, 0xddde, 0x4053,
		  0xa5, 0xa9, 0x7b, 0x3c, 0x4d, 0xdf, 0x13, 0xb8);

/* There is nothing to read: that the file is there says all */
static ssize_t need_supplicant_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return 0;
}
static DEVICE_ATTR_RO(need_supplicant);

static struct attribute *supp_attrs[] = {
	&dev_attr_need_supplicant.attr,
	NULL,
};
ATTRIBUTE_GROUPS(supp);

static void device_free(struct device *dev)
{
	kfree(to_tee_client_device(dev));
}

static bool is_there(const char *name)
{
	struct device *dev = bus_find_device_by_name(&tee_bus_type, NULL, name);

	put_device(dev);
	return dev;
}

static int device_add_new(struct optee *optee, const uuid_t *uuid,
			  enum optee_enumerate which)
{
	struct tee_client_device *client;
	struct device *dev;
	int rc;

	lockdep_assert_held(&optee->devices.lock);
	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return -ENOMEM;
	uuid_copy(&client->id.uuid, uuid);
	dev = &client->dev;
	dev->parent = optee->dev;
	dev->bus = &tee_bus_type;
	dev->release = device_free;
	if (which == OPTEE_ENUMERATE_WITH_SUPP)
		dev->groups = supp_groups;
	device_initialize(dev);
	rc = dev_set_name(dev, "optee-ta-%pUb", uuid);
	if (rc)
		goto put_device;
	if (is_there(dev_name(dev)))
		goto put_device;
	rc = device_add(dev);
	if (rc)
		goto put_device;
	return 0;

put_device:
	put_device(dev);
	return rc;
}

static void device_add_one(struct optee *optee, const u8 *octets,
			   enum optee_enumerate which)
{
	uuid_t uuid;
	int rc = 0;

	import_uuid(&uuid, octets);
	mutex_lock(&optee->devices.lock);
	if (!READ_ONCE(optee->devices.gone))
		rc = device_add_new(optee, &uuid, which);
	mutex_unlock(&optee->devices.lock);
	if (rc)
		dev_err(optee->dev, "service %pUb was not added: %d\n", &uuid,
			rc);
}

/* Returns 0 with *@ret set, or a negative errno */
static int ask(struct tee_context *ctx, u32 session, u32 command,
	       struct tee_shm *shm, size_t *size, u32 *ret)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = command,
		.session = session,
		.num_params = 1,
	};
	struct tee_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
		.u.memref.shm = shm,
		.u.memref.size = *size,
	};
	int rc = tee_client_invoke_func(ctx, &arg, &param);

	*ret = arg.ret;
	*size = param.u.memref.size;
	return rc;
}

static int add_list(struct optee *optee, struct tee_shm *shm, size_t size,
		    enum optee_enumerate which)
{
	const u8 *list = tee_shm_get_va(shm, 0);
	size_t offs;

	if (IS_ERR(list))
		return PTR_ERR(list);
	if (size > tee_shm_get_size(shm) || size % UUID_BYTES)
		return -EPROTO;
	for (offs = 0; offs < size; offs += UUID_BYTES)
		device_add_one(optee, list + offs, which);
	return 0;
}

/* Returns 1 if the list takes *@size bytes and there was less room */
static int list_with_room(struct optee_stage *stage, struct tee_context *ctx,
			  u32 session, size_t *size)
{
	struct tee_shm *shm;
	u32 ret;
	int rc;

	shm = tee_shm_alloc_kernel_buf(ctx, *size);
	if (IS_ERR(shm))
		return PTR_ERR(shm);
	rc = ask(ctx, session, stage->which, shm, size, &ret);
	if (rc)
		goto free_shm;
	switch (ret) {
	case TEEC_SUCCESS:
		rc = add_list(stage->optee, shm, *size, stage->which);
		break;
	case TEEC_ERROR_SHORT_BUFFER:
		rc = 1;
		break;
	case TEE_ERROR_STORAGE_NOT_AVAILABLE:
		rc = -ENODEV;
		break;
	default:
		rc = -EIO;
	}
free_shm:
	tee_shm_free(shm);
	return rc;
}

static int list_all(struct optee_stage *stage, struct tee_context *ctx,
		    u32 session)
{
	size_t size = LIST_SIZE;
	int rc;

	rc = list_with_room(stage, ctx, session, &size);
	if (rc <= 0)
		return rc;
	if (size <= LIST_SIZE || size > LIST_MAX)
		return -EPROTO;
	rc = list_with_room(stage, ctx, session, &size);
	return rc > 0 ? -EPROTO : rc;
}

static int open_session(struct tee_context *ctx, u32 *session)
{
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	int rc;

	export_uuid(arg.uuid, &enumeration_uuid);
	rc = tee_client_open_session(ctx, &arg, NULL);
	if (rc)
		return rc;
	*session = arg.session;
	switch (arg.ret) {
	case TEEC_SUCCESS:
		return 0;
	case TEEC_ERROR_ITEM_NOT_FOUND:
		return -ENOENT;
	default:
		return -EIO;
	}
}

static int stage_run(struct optee_stage *stage)
{
	struct tee_context *ctx;
	u32 session;
	int rc;

	ctx = teedev_open(stage->optee->teedev);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	/* What makes it a context of an in-kernel client */
	ctx->supp_nowait = true;
	rc = open_session(ctx, &session);
	if (rc)
		goto close_ctx;
	rc = list_all(stage, ctx, session);
	tee_client_close_session(ctx, session);
close_ctx:
	teedev_close_context(ctx);
	return rc;
}

static void stage_work(struct work_struct *work)
{
	struct optee_stage *stage = container_of(work, struct optee_stage,
						 work);
	struct optee *optee = stage->optee;
	int rc = stage_run(stage);

	if (rc == -ENOENT)
		dev_info_once(optee->dev, "OP-TEE does not enumerate services\n");
	else if (rc && rc != -ENODEV && !READ_ONCE(optee->devices.gone))
		dev_warn(optee->dev, "enumeration, stage %d: %d\n",
			 stage->which, rc);
	if (stage->which == OPTEE_ENUMERATE_AT_PROBE)
		complete_all(&optee->devices.at_probe);
}

/* Not on a freezable queue: waiting for a thread must not stop a suspend */
static void stage_start(struct optee *optee, enum optee_enumerate which)
{
	struct optee_devices *devices = &optee->devices;

	spin_lock(&devices->gone_lock);
	if (!devices->gone)
		queue_work(system_unbound_wq, &devices->stages[which].work);
	spin_unlock(&devices->gone_lock);
}

/**
 * optee_devices_init() - nothing is enumerated yet
 * @optee: where
 *
 * Context: Any.
 */
void optee_devices_init(struct optee *optee)
{
	struct optee_devices *devices = &optee->devices;
	int i;

	mutex_init(&devices->lock);
	spin_lock_init(&devices->gone_lock);
	init_completion(&devices->at_probe);
	for (i = 0; i < OPTEE_ENUMERATE_STAGES; i++) {
		devices->stages[i].optee = optee;
		devices->stages[i].which = i;
		INIT_WORK(&devices->stages[i].work, stage_work);
	}
}

/**
 * optee_devices_start() - add the services that are there from the start
 * @optee: where; the TEE devices are registered
 *
 * Context: Process; sleeps until they are added, AT_PROBE_MS at most.
 */
void optee_devices_start(struct optee *optee)
{
	stage_start(optee, OPTEE_ENUMERATE_AT_PROBE);
	if (!wait_for_completion_timeout(&optee->devices.at_probe,
					 msecs_to_jiffies(AT_PROBE_MS)))
		dev_warn(optee->dev,
			 "services are not enumerated yet: that goes on later\n");
}

/**
 * optee_devices_supp_arrived() - add the services that need tee-supplicant
 * @optee: where
 *
 * Context: Process; does not sleep: what is to be done is done later.
 */
void optee_devices_supp_arrived(struct optee *optee)
{
	stage_start(optee, OPTEE_ENUMERATE_WITH_SUPP);
}

/**
 * optee_devices_rpmb_arrived() - add the services that need an RPMB device
 * @optee: where
 *
 * Context: Process; does not sleep: what is to be done is done later.
 */
void optee_devices_rpmb_arrived(struct optee *optee)
{
	stage_start(optee, OPTEE_ENUMERATE_WITH_RPMB);
}

/**
 * optee_devices_stop() - add no more services
 * @optee: where; those that are there stay
 *
 * Context: Process; does not sleep.
 */
void optee_devices_stop(struct optee *optee)
{
	spin_lock(&optee->devices.gone_lock);
	WRITE_ONCE(optee->devices.gone, true);
	spin_unlock(&optee->devices.gone_lock);
}

static int remove_one(struct device *dev, void *data)
{
	if (dev->bus == &tee_bus_type)
		device_unregister(dev);
	return 0;
}

/**
 * optee_devices_remove() - remove all services of this OP-TEE
 * @optee: where; it may be that none was ever looked for
 *
 * No stage starts once @gone is set, so those that are cancelled here were the
 * last.
 *
 * Context: Process; sleeps.
 */
void optee_devices_remove(struct optee *optee)
{
	struct optee_devices *devices = &optee->devices;
	int i;

	optee_devices_stop(optee);
	for (i = 0; i < OPTEE_ENUMERATE_STAGES; i++)
		cancel_work_sync(&devices->stages[i].work);
	device_for_each_child(optee->dev, NULL, remove_one);
	mutex_destroy(&devices->lock);
}
