// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to tee-supplicant: what both sides do with one.
 *
 * Promises: a request holds a reference on each memory it names, and is there
 * as long as its caller, the queue, the table or its fetcher may look at it.
 *
 * Locking: see supp_request.h.
 */
#include <linux/slab.h>

#include "call.h"
#include "sleep.h"
#include "supp_request.h"

/**
 * optee_supp_request_new() - a request that nobody knows yet
 * @func: what is asked
 * @num: entries in @param, at most OPTEE_RPC_MAX_PARAMS
 * @param: the parameters
 *
 * Context: Process context; may sleep.
 * Return: the request, with the caller's reference, or NULL without memory.
 */
struct optee_supp_request *
optee_supp_request_new(u32 func, size_t num, const struct tee_param *param)
{
	struct optee_supp_request *req = kzalloc(sizeof(*req), GFP_KERNEL);
	size_t n;

	if (!req)
		return NULL;
	refcount_set(&req->refs, 1);
	INIT_LIST_HEAD(&req->node);
	req->func = func;
	req->num = num;
	for (n = 0; n < num; n++) {
		req->param[n] = param[n];
		if (tee_param_is_memref(&req->param[n]) &&
		    param[n].u.memref.shm)
			refcount_inc(&param[n].u.memref.shm->refcount);
	}
	return req;
}

/**
 * optee_supp_request_put() - let go of a reference
 * @req: the request
 *
 * Context: Process context; if this may be the last one, struct
 *	    optee_supp.lock is not held.
 */
void optee_supp_request_put(struct optee_supp_request *req)
{
	size_t n;

	if (!refcount_dec_and_test(&req->refs))
		return;
	for (n = 0; n < req->num; n++)
		if (tee_param_is_memref(&req->param[n]) &&
		    req->param[n].u.memref.shm)
			tee_shm_put(req->param[n].u.memref.shm);
	if (req->memory)
		tee_shm_put(req->memory);
	put_pid(req->server);
	kfree(req);
}

/**
 * optee_supp_request_end() - tell the caller, if there is one
 * @req: its request
 * @ret: TEEC_* result
 *
 * Context: Process context, struct optee_supp.lock held.
 */
void optee_supp_request_end(struct optee_supp_request *req, u32 ret)
{
	if (!req->call)
		return;
	/* From here on the server calls for nobody */
	optee_call_served_by(req->call, NULL);
	req->call = NULL;
	req->ret = ret;
	/* The caller takes the lock before it goes */
	optee_wake(req->task, &req->over);
}

/**
 * optee_supp_request_drop() - let go of a reference, under the lock
 * @req: on no list whose reference this is
 * @gone: for optee_supp_put_all(), without the lock
 *
 * Context: Process context, struct optee_supp.lock held.
 */
void optee_supp_request_drop(struct optee_supp_request *req,
			     struct list_head *gone)
{
	/*
	 * Only with the last reference the node is this task's alone. Another
	 * may be that of a list, or of a task that goes through its @gone, and
	 * that is done without the lock.
	 */
	if (!refcount_dec_not_one(&req->refs))
		list_add_tail(&req->node, gone);
}

/**
 * optee_supp_put_all() - let go of requests
 * @gone: of optee_supp_request_drop(); each entry is a reference
 *
 * Context: Process context, struct optee_supp.lock not held; may sleep.
 */
void optee_supp_put_all(struct list_head *gone)
{
	struct optee_supp_request *req, *next;

	list_for_each_entry_safe(req, next, gone, node) {
		list_del_init(&req->node);
		optee_supp_request_put(req);
	}
}

/**
 * optee_supp_param_copy() - what an answer changes in a parameter
 * @to: the parameter
 * @from: the same in the answer
 *
 * Context: Any.
 */
void optee_supp_param_copy(struct tee_param *to, const struct tee_param *from)
{
	switch (to->attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
		to->u.value = from->u.value;
		break;
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		/* More than there is room for says how much is needed */
		to->u.memref.size = from->u.memref.size;
		break;
	}
}
