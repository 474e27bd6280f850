/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has the device open: contexts, and the processes behind them.
 */
#ifndef OPTEE_CLIENT_H
#define OPTEE_CLIENT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "call_queue.h"

struct optee;
struct pid;
struct tee_context;

/**
 * struct optee_client - a process, for as long as one of its contexts lives
 * @turn: its place in the queue
 * @optee: where
 * @refs: one a context. What is left to the reaper keeps its context
 * @tgid: the process; a reference
 * @node: in struct optee.clients; struct optee.clients_lock
 */
struct optee_client {
	struct optee_cq_client turn;
	struct optee *optee;
	struct kref refs;
	struct pid *tgid;
	struct list_head node;
};

/**
 * struct optee_ctx - a context: an open file, or an in-kernel client
 * @optee: where
 * @ctx: the TEE core's side; not valid for what the reaper does
 * @class: of memory it shares: the highest it is known to have; only rises
 * @client: the process that opened it, whose turns USER calls take; a
 *	    reference
 * @kernel_turn: whose turns calls of other classes take
 * @refs: the context, and one a session
 * @lock: protects @sessions
 * @sessions: struct optee_session by session id
 */
struct optee_ctx {
	struct optee *optee;
	struct tee_context *ctx;
	enum optee_cq_class class;
	struct optee_client *client;
	struct optee_cq_client kernel_turn;
	struct kref refs;
	struct mutex lock;	/* not held during a call */
	struct xarray sessions;
};

struct optee_ctx *optee_ctx_new(struct optee *optee, struct tee_context *ctx);
void optee_ctx_get(struct optee_ctx *octx);
void optee_ctx_put(struct optee_ctx *octx);
void optee_ctx_raise(struct optee_ctx *octx, enum optee_cq_class class);

#endif /* OPTEE_CLIENT_H */
