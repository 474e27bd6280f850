/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A standard call, from the queue to its answer, on either conduit.
 */
#ifndef OPTEE_CALL_H
#define OPTEE_CALL_H

#include "call_queue.h"
#include "classify.h"
#include "message.h"

struct optee;
struct pid;

/**
 * struct optee_call - a standard call under way, on its caller's stack
 * @cq: its place in the queue; first, so that a slot leads back to the call
 * @optee: where
 * @msg: what is asked
 * @cmd: the message's command, enum optee_msg_cmd
 * @session: its session or 0
 * @uuid: the trusted application, or all zero
 * @pid: the caller
 * @comm: its name
 * @supp_nowait: it does not wait for a tee-supplicant that is not there
 * @supp_brief: nor for long for one that hangs: its caller cannot be killed
 * @supp: struct optee_supp.number of the one that served it, or 0; struct
 *	  optee_supp.lock
 * @since: when it got its slot, ktime_get_ns()
 * @rpc_cmd: the RPC it is in, enum optee_rpc_cmd, or -1 while it is in the
 *	     secure world; written by the caller, read by anybody
 * @pages: page list handed out by OPTEE_RPC_CMD_SHM_ALLOC in this call, to be
 *	   freed when OP-TEE has read it; the caller's
 * @pages_size: bytes of @pages
 */
struct optee_call {
	struct optee_cq_call cq;
	struct optee *optee;
	struct optee_msg *msg;
	u32 cmd;
	u32 session;
	uuid_t uuid;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	bool supp_nowait;
	bool supp_brief;
	u32 supp;
	u64 since;
	int rpc_cmd;
	void *pages;
	size_t pages_size;
};

#define OPTEE_CALL_NO_RPC	(-1)

int optee_call(struct optee *optee, const struct optee_who *who,
	       struct optee_msg *msg, cq_time_t deadline);
int optee_call_now(struct optee *optee, const struct optee_who *who,
		   struct optee_msg *msg);
void optee_call_served_by(struct optee_call *call, struct pid *server);
bool optee_call_waits_for_me(struct optee *optee);

#endif /* OPTEE_CALL_H */
