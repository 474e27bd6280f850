// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module, its two devices, and the life of one OP-TEE.
 *
 * Everything works before anybody can use it: /dev/teeN and /dev/teeprivN are
 * registered last, and /dev/teeN is the first to go. What lives between the two
 * needs the driver's own context, for messages and memory that is lent; it is
 * one of /dev/teeprivN, so that all clients can finish while it is still there.
 *
 * Nothing here waits without bound for a secure thread. A remove waits for the
 * TEE core, which waits until every process has closed the devices.
 *
 * Locking: none; a device's probe, remove and shutdown exclude each other.
 */

#include <linux/module.h>
#include <linux/random.h>
#include <linux/tee.h>

#include "client.h"
#include "core.h"
#include "optee.h"
#include "session.h"

/* Devices on the TEE bus may make calls for so long while they are removed */
#define REMOVE_GRACE_MS		5000

/* What is left to the reaper has so long at remove */
#define REAPER_MS		2000

/* At shutdown OP-TEE is made to forget memory for so long */
#define FORGET_MS		3000

static char *reserve_kernel = "auto";
module_param(reserve_kernel, charp, 0444);
MODULE_PARM_DESC(reserve_kernel,
		 "Secure threads kept for the kernel's clients: auto, always or a number (default: auto)");

static char *reserve_system = "auto";
module_param(reserve_system, charp, 0444);
MODULE_PARM_DESC(reserve_system,
		 "Secure threads kept for what other calls depend on: auto, always or a number (default: auto)");

static unsigned int stall_ms = OPTEE_STALL_DEFAULT_MS;
module_param(stall_ms, uint, 0444);
MODULE_PARM_DESC(stall_ms,
		 "A wait for a secure thread is reported after so many milliseconds, 0: never (default: 10000)");

static void get_version(struct tee_device *teedev,
			struct tee_ioctl_version_data *vers)
{
	struct optee *optee = tee_get_drvdata(teedev);
	struct tee_ioctl_version_data v = {
		.impl_id = TEE_IMPL_ID_OPTEE,
		.impl_caps = TEE_OPTEE_CAP_TZ,
		.gen_caps = TEE_GEN_CAP_GP,
	};

	if (optee->dynamic_shm)
		v.gen_caps |= TEE_GEN_CAP_REG_MEM;
	if (optee->memref_null)
		v.gen_caps |= TEE_GEN_CAP_MEMREF_NULL;
	*vers = v;
}

static int open_client(struct tee_context *ctx)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);

	ctx->data = optee_ctx_new(optee, ctx);
	if (!ctx->data)
		return -ENOMEM;
	ctx->cap_memref_null = optee->memref_null;
	return 0;
}

static void release_client(struct tee_context *ctx)
{
	struct optee_ctx *octx = ctx->data;

	optee_close_all_sessions(octx);
	optee_ctx_put(octx);
	ctx->data = NULL;
}

/* The first context is the driver's own, before anybody else can open it */
static int open_supp(struct tee_context *ctx)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);
	int rc;

	if (!optee->ctx)
		return open_client(ctx);
	rc = optee_supp_open(optee, ctx);
	if (!rc)
		optee_devices_supp_arrived(optee);
	return rc;
}

static void release_supp(struct tee_context *ctx)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);

	if (ctx->data)
		release_client(ctx);
	else
		optee_supp_close(optee, ctx);
}

static const struct tee_driver_ops client_ops = {
	.get_version = get_version,
	.open = open_client,
	.release = release_client,
	.open_session = optee_open_session,
	.close_session = optee_close_session,
	OPTEE_COMPAT_SYSTEM_SESSION(optee_system_session)
	.invoke_func = optee_invoke_func,
	.cancel_req = optee_cancel_req,
	.shm_register = optee_shm_register,
	.shm_unregister = optee_shm_unregister,
};

static const struct tee_desc client_desc = {
	.name = "optee-clnt",
	.ops = &client_ops,
	.owner = THIS_MODULE,
};

static const struct tee_driver_ops supp_ops = {
	.get_version = get_version,
	.open = open_supp,
	.release = release_supp,
	.supp_recv = optee_supp_recv,
	.supp_send = optee_supp_send,
	.shm_register = optee_shm_register_supp,
	.shm_unregister = optee_shm_unregister_supp,
};

static const struct tee_desc supp_desc = {
	.name = "optee-supp",
	.ops = &supp_ops,
	.owner = THIS_MODULE,
	.flags = TEE_DESC_PRIVILEGED,
};

static void set_policy(struct optee *optee, enum optee_cq_class class,
		       const char *name, const char *words)
{
	int policy;

	if (!optee_policy_parse(words, &policy) &&
	    !optee_cq_set_policy(&optee->cq, class, policy))
		return;
	if (optee->cq.tracked)
		dev_warn(optee->dev, "%s=%s is not possible with %u threads, it stays auto\n",
			 name, words, optee->cq.threads);
	else
		dev_warn(optee->dev, "%s=%s is not possible as OP-TEE does not say how many threads it has, it stays auto\n",
			 name, words);
}

static int queue_init(struct optee *optee, unsigned int threads)
{
	int rc = optee_cq_init(&optee->cq, threads);

	if (rc)
		return rc;
	optee_cq_client_init(&optee->own);
	set_policy(optee, OPTEE_CQ_SYSTEM, "reserve_system", reserve_system);
	set_policy(optee, OPTEE_CQ_KERNEL, "reserve_kernel", reserve_kernel);
	return 0;
}

static int devices_alloc(struct optee *optee)
{
	optee->teedev = tee_device_alloc(&client_desc, optee->dev, optee->pool,
					 optee);
	if (IS_ERR(optee->teedev))
		return PTR_ERR(optee->teedev);
	optee->supp_teedev = tee_device_alloc(&supp_desc, optee->dev,
					      optee->pool, optee);
	if (IS_ERR(optee->supp_teedev)) {
		tee_device_unregister(optee->teedev);
		return PTR_ERR(optee->supp_teedev);
	}
	return 0;
}

static int own_ctx_open(struct optee *optee)
{
	struct tee_context *ctx = teedev_open(optee->supp_teedev);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	ctx->supp_nowait = true;
	optee->ctx = ctx;
	return 0;
}

/**
 * optee_core_init() - make everything that works without being seen
 * @optee: zeroed, but for dev, conduit, pool and what constants OP-TEE told
 * @threads: secure threads there are, 0: unknown
 * @max_notif: highest notification value
 *
 * Context: Process; sleeps.
 * Return: 0 or a negative errno.
 */
int optee_core_init(struct optee *optee, unsigned int threads, u32 max_notif)
{
	int rc;

	mutex_init(&optee->clients_lock);
	INIT_LIST_HEAD(&optee->clients);
	init_waitqueue_head(&optee->cancel_over);
	optee_shm_table_init(optee);
	/* OP-TEE may still know memory by cookies of a kernel before this one */
	optee->shm.next = (get_random_u32() >> 1) ?: 1;
	optee_supp_init(&optee->supp);
	optee_stall_init(optee, stall_ms);
	optee_devices_init(optee);
	optee_rpmb_init(optee);
	rc = queue_init(optee, threads);
	if (rc)
		goto exit_supp;
	rc = optee_notif_init(optee, max_notif);
	if (rc)
		goto destroy_queue;
	rc = devices_alloc(optee);
	if (rc)
		goto exit_notif;
	optee_rpmb_show(optee);
	rc = own_ctx_open(optee);
	if (rc)
		goto unregister_devices;
	rc = optee_msg_cache_init(optee);
	if (rc)
		goto close_ctx;
	rc = optee_reaper_init(optee);
	if (rc)
		goto exit_msgs;
	return 0;

exit_msgs:
	optee_msg_cache_exit(optee);
close_ctx:
	teedev_close_context(optee->ctx);
unregister_devices:
	tee_device_unregister(optee->supp_teedev);
	tee_device_unregister(optee->teedev);
exit_notif:
	optee_notif_exit(optee);
destroy_queue:
	optee_cq_destroy(&optee->cq);
exit_supp:
	optee_rpmb_exit(optee);
	optee_supp_exit(&optee->supp);
	optee_shm_table_exit(optee);
	mutex_destroy(&optee->clients_lock);
	return rc;
}

/**
 * optee_core_register() - let everybody in
 * @optee: set up
 *
 * Context: Process; sleeps.
 * Return: 0 or a negative errno; then optee_core_unregister() is still due.
 */
int optee_core_register(struct optee *optee)
{
	int rc;

	optee_debugfs_add(optee);
	rc = tee_device_register(optee->teedev);
	if (rc)
		return rc;
	rc = tee_device_register(optee->supp_teedev);
	if (rc)
		return rc;
	optee_devices_start(optee);
	return optee_rpmb_start(optee);
}

/*
 * Devices on the TEE bus close their sessions when they go. If threads are
 * stuck they do not get any: then the queue is closed, and they fail instead.
 */
struct grace {
	struct delayed_work work;
	struct optee *optee;
};

static void grace_over(struct work_struct *work)
{
	struct grace *grace = container_of(to_delayed_work(work), struct grace,
					   work);

	dev_warn(grace->optee->dev,
		 "calls still wait for a thread at remove: given up\n");
	optee_cq_close(&grace->optee->cq, OPTEE_CQ_UNBLOCK);
}

static void bus_devices_remove(struct optee *optee)
{
	struct grace grace = { .optee = optee };

	INIT_DELAYED_WORK_ONSTACK(&grace.work, grace_over);
	schedule_delayed_work(&grace.work, msecs_to_jiffies(REMOVE_GRACE_MS));
	optee_devices_remove(optee);
	cancel_delayed_work_sync(&grace.work);
	destroy_delayed_work_on_stack(&grace.work);
}

/**
 * optee_core_unregister() - let nobody in any more, and wait until all are out
 * @optee: optee_core_register() was called
 *
 * Context: Process; sleeps until every client has closed the device.
 */
void optee_core_unregister(struct optee *optee)
{
	optee_debugfs_del(optee);
	optee_rpmb_stop(optee);
	bus_devices_remove(optee);
	tee_device_unregister(optee->teedev);
	optee->teedev = NULL;
}

/**
 * optee_core_exit() - undo optee_core_init()
 * @optee: no client is left, and no interrupt comes
 *
 * tee-supplicant may still be there: it is told to go, and waited for.
 * optee->pool is the caller's again.
 *
 * Context: Process; sleeps.
 */
void optee_core_exit(struct optee *optee)
{
	/* While calls can be made: OP-TEE is to forget where messages were */
	optee_msg_cache_drain(optee);
	if (!optee_reaper_flush(optee, REAPER_MS))
		dev_warn(optee->dev, "OP-TEE keeps what could not be closed\n");
	optee_cq_close(&optee->cq, OPTEE_CQ_CLASSES);
	/* What the reaper's call may be waiting for in an RPC: nobody else is */
	optee_supp_exit(&optee->supp);
	optee_notif_exit(optee);
	optee_reaper_exit(optee);
	optee_stall_exit(optee);
	optee_shm_take_all_back(optee);
	optee_msg_cache_exit(optee);
	teedev_close_context(optee->ctx);
	tee_device_unregister(optee->supp_teedev);
	tee_device_unregister(optee->teedev);
	optee_cq_destroy(&optee->cq);
	optee_rpmb_exit(optee);
	optee_shm_table_exit(optee);
	mutex_destroy(&optee->clients_lock);
}

/**
 * optee_core_shutdown() - make OP-TEE forget memory that others will own
 * @optee: may be in use, and stay so: in-kernel clients call to the very end
 *
 * Calls that are stuck inside keep what they use; all else is unregistered, so
 * that the kernel that comes next finds no memory of ours in OP-TEE.
 *
 * Context: Process; sleeps, FORGET_MS and a little at most.
 */
void optee_core_shutdown(struct optee *optee)
{
	optee_devices_stop(optee);
	optee_msg_cache_drain(optee);
	optee_shm_unregister_all(optee, FORGET_MS);
}

static int __init optee_init(void)
{
	int rc;

	optee_debugfs_init();
	rc = optee_smc_driver_register();
	if (rc)
		optee_debugfs_exit();
	return rc;
}
module_init(optee_init);

static void __exit optee_exit(void)
{
	optee_smc_driver_unregister();
	optee_debugfs_exit();
}
module_exit(optee_exit);

MODULE_AUTHOR("optee-systhreads");
MODULE_DESCRIPTION("OP-TEE driver that keeps secure threads for those who need them");
MODULE_LICENSE("GPL");
MODULE_VERSION("2.0.0");
