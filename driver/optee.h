/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One OP-TEE, and what the parts of the driver know of each other.
 */
#ifndef OPTEE_H
#define OPTEE_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "call_queue.h"
#include "compat/compat.h"
#include "enumerate.h"
#include "message.h"
#include "notif.h"
#include "reaper.h"
#include "rpmb.h"
#include "shm.h"
#include "stall.h"
#include "supp.h"
#include "smc/smc.h"

struct optee;
struct optee_call;

/**
 * struct optee_conduit - how calls and memory references reach OP-TEE
 * @name: for messages and debugfs
 * @run: make @call, which holds a slot: enter the secure world, serve its
 *	 RPCs, come back. 0 when the message was answered (see its ret), else
 *	 a negative errno; -EAGAIN when the secure world had no thread and
 *	 nothing was done
 * @memref_to_msg: write the memory reference @p into @mp; -EINVAL if it is
 *		   not one
 * @memref_from_msg: for a message that came from the secure world: turn @mp
 *		     into @p, memory looked up by its cookie and checked
 *		     against its bounds; takes a reference on p->u.memref.shm
 *		     that the caller drops with tee_shm_put()
 */
struct optee_conduit {
	const char *name;
	int (*run)(struct optee *optee, struct optee_call *call);
	int (*memref_to_msg)(struct optee *optee, struct optee_msg_param *mp,
			     const struct tee_param *p);
	int (*memref_from_msg)(struct optee *optee, struct tee_param *p,
			       const struct optee_msg_param *mp);
};

/**
 * struct optee - one OP-TEE
 * @dev: the device the driver is bound to
 * @conduit: SMC or FF-A; constant after probe
 * @teedev: /dev/teeN
 * @supp_teedev: /dev/teeprivN
 * @pool: memory for both devices; constant after probe
 * @ctx: the driver's own context, for memory that belongs to no client
 * @dynamic_shm: any normal memory can be shared; constant after probe
 * @memref_null: OP-TEE takes references to no memory; constant after probe
 * @rpmb_probe: OP-TEE asks the kernel for RPMB; constant after probe
 * @rpc_params: parameters of the RPC message that stands behind each message;
 *		0: OP-TEE asks for memory for one. Constant after probe
 * @version: revision of OP-TEE, for a person
 * @cq: who gets a secure thread
 * @own: the client that the driver's own calls take turns as
 * @clients_lock: protects @clients
 * @clients: processes that have the device open, struct optee_client.node
 * @cancelling: a process's cancellation is under way
 * @cancel_over: told when it is over
 * @msgs: memory for messages
 * @shm: memory shared with OP-TEE
 * @supp: requests to tee-supplicant
 * @notif: notifications the secure world waits for
 * @rpmb: its way to replay protected memory
 * @devices: services on the TEE bus
 * @reaper: closes what could not be closed at once
 * @stall: the watch over waiters
 * @debugfs: this OP-TEE's directory
 * @smc: the SMC conduit's own
 */
struct optee {
	struct device *dev;
	const struct optee_conduit *conduit;
	struct tee_device *teedev;
	struct tee_device *supp_teedev;
	struct tee_shm_pool *pool;
	struct tee_context *ctx;
	bool dynamic_shm;
	bool memref_null;
	bool rpmb_probe;
	unsigned int rpc_params;
	char version[32];
	struct optee_cq cq;
	struct optee_cq_client own;
	struct mutex clients_lock;	/* a leaf */
	struct list_head clients;
	atomic_t cancelling;
	wait_queue_head_t cancel_over;
	struct optee_msg_cache msgs;
	struct optee_shm_table shm;
	struct optee_supp supp;
	struct optee_notif notif;
	struct optee_rpmb rpmb;
	struct optee_devices devices;
	struct optee_reaper reaper;
	struct optee_stall stall;
	struct dentry *debugfs;
	struct optee_smc smc;
};

#endif /* OPTEE_H */
