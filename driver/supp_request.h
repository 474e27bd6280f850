/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request to tee-supplicant; between supp.c and supp_device.c.
 *
 *	queued --fetched--> in the table --answered--> over
 *
 * A request whose caller is killed is abandoned: taken from the queue, or
 * left in the table without a caller, so that the answer, when it comes, is
 * recognised. All that changes a request is done under struct optee_supp.lock.
 */
#ifndef OPTEE_SUPP_REQUEST_H
#define OPTEE_SUPP_REQUEST_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/tee_drv.h>

#include "rpc.h"
#include "supp.h"

struct pid;

/**
 * struct optee_supp_request - what OP-TEE asks of tee-supplicant
 * @refs: one of the caller; one of the queue, and then of the table; one of
 *	  struct optee_supp.shown. The last is not dropped under the lock:
 *	  with the memory may go the context, and that takes the lock
 * @node: in struct optee_supp.queued, and then .shown
 * @call: who waits, or NULL: nobody does
 * @task: of @call
 * @over: it was answered, or never will be; what @task sleeps on
 * @id: in struct optee_supp.fetched; 0 while it is queued
 * @server: the task that fetched it, a reference; NULL while it is queued
 * @func: enum optee_rpc_cmd, or what else OP-TEE and tee-supplicant agree on
 * @ret: the answer, when @over
 * @memory: OPTEE_RPC_CMD_SHM_ALLOC: what was allocated, when @over;
 *	    OPTEE_RPC_CMD_SHM_FREE: what is freed. A reference
 * @num: entries in @param
 * @param: the parameters, a reference on each memory: in, and when @over, out
 */
struct optee_supp_request {
	refcount_t refs;
	struct list_head node;
	struct optee_call *call;
	struct task_struct *task;
	bool over;
	int id;
	struct pid *server;
	u32 func;
	u32 ret;
	struct tee_shm *memory;
	size_t num;
	struct tee_param param[OPTEE_RPC_MAX_PARAMS];
};

/* supp_request.c */
struct optee_supp_request *
optee_supp_request_new(u32 func, size_t num, const struct tee_param *param);
void optee_supp_request_put(struct optee_supp_request *req);
void optee_supp_request_end(struct optee_supp_request *req, u32 ret);
void optee_supp_request_drop(struct optee_supp_request *req,
			     struct list_head *gone);
void optee_supp_put_all(struct list_head *gone);
void optee_supp_param_copy(struct tee_param *to, const struct tee_param *from);

/* supp.c */
void optee_supp_detach(struct optee_supp *supp, struct list_head *gone);
bool optee_supp_is_dead(struct optee_supp *supp);
void optee_supp_queue_free(struct optee_supp *supp, struct tee_shm *shm);

#endif /* OPTEE_SUPP_REQUEST_H */
