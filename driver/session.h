/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions with trusted applications: open, invoke, cancel, close.
 */
#ifndef OPTEE_SESSION_H
#define OPTEE_SESSION_H

#include <linux/kref.h>
#include <linux/tee_drv.h>
#include <linux/uuid.h>

#include "call_queue.h"
#include "reaper.h"

struct optee_ctx;

/**
 * struct optee_session - an open session
 * @octx: its context; a reference
 * @refs: one for struct optee_ctx.sessions, one a call under way
 * @id: OP-TEE's name for it
 * @uuid: the trusted application
 * @class: of its calls; struct optee_ctx.lock. It only rises
 * @reap: set aside for a close that cannot be made at once
 */
struct optee_session {
	struct optee_ctx *octx;
	struct kref refs;
	u32 id;
	uuid_t uuid;
	enum optee_cq_class class;
	struct optee_reap reap;
};

int optee_open_session(struct tee_context *ctx,
		       struct tee_ioctl_open_session_arg *arg,
		       struct tee_param *param);
int optee_close_session(struct tee_context *ctx, u32 session);
int optee_system_session(struct tee_context *ctx, u32 session);
int optee_invoke_func(struct tee_context *ctx,
		      struct tee_ioctl_invoke_arg *arg,
		      struct tee_param *param);
int optee_cancel_req(struct tee_context *ctx, u32 cancel_id, u32 session);
void optee_close_all_sessions(struct optee_ctx *octx);

#endif /* OPTEE_SESSION_H */
