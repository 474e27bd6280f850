/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reaper makes the calls that clean up after somebody who cannot wait for
 * them: a process that dies, or a close for which there was no memory. What it
 * needs is set aside when the thing to be cleaned up is made.
 */
#ifndef OPTEE_REAPER_H
#define OPTEE_REAPER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "classify.h"
#include "msg_abi.h"

struct optee;
struct optee_msg;
struct optee_reap;

/**
 * struct optee_reap - one clean-up call left to the reaper
 * @node: in struct optee_reaper.todo; struct optee_reaper.lock
 * @who: whose class the call takes; its client outlives this
 * @cmd: OPTEE_MSG_CMD_CLOSE_SESSION or OPTEE_MSG_CMD_UNREGISTER_SHM
 * @session: OPTEE_MSG_CMD_CLOSE_SESSION: which
 * @cookie: OPTEE_MSG_CMD_UNREGISTER_SHM: which
 * @tries: how often it was called; the work's
 * @done: called when the call was made, or can no longer be made (@rc); frees
 *	  the thing that this is part of. Process context, no lock held
 */
struct optee_reap {
	struct list_head node;
	struct optee_who who;
	enum optee_msg_cmd cmd;
	u32 session;
	u64 cookie;
	unsigned int tries;
	void (*done)(struct optee_reap *reap, int rc);
};

/**
 * struct optee_reaper - the reaper of one OP-TEE
 * @optee: where
 * @lock: protects @todo and @pending
 * @todo: what is left to do
 * @pending: entries in @todo, and the one under way
 * @work: does it
 * @wq: ordered, with a rescuer
 * @msg: for the calls; allocated at probe, used by @work only
 * @idle: woken when @pending grows, or becomes 0
 */
struct optee_reaper {
	struct optee *optee;
	spinlock_t lock;	/* a leaf */
	struct list_head todo;
	unsigned int pending;
	struct work_struct work;
	struct workqueue_struct *wq;
	struct optee_msg *msg;
	wait_queue_head_t idle;
};

int optee_reaper_init(struct optee *optee);
void optee_reaper_exit(struct optee *optee);
bool optee_reaper_flush(struct optee *optee, unsigned int timeout_ms);
void optee_reap(struct optee *optee, struct optee_reap *reap);

#endif /* OPTEE_REAPER_H */
