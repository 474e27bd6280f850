/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: memory that OP-TEE can read, for one request and for the RPCs
 * made on its way.
 */
#ifndef OPTEE_MESSAGE_H
#define OPTEE_MESSAGE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/tee_drv.h>

#include "compat/compat.h"
#include "msg_abi.h"

struct optee;
struct optee_msg_page;
struct optee_who;

/* GlobalPlatform allows 4; opening a session takes 2 more for OP-TEE itself */
#define OPTEE_MSG_MAX_PARAMS	6

/**
 * struct optee_msg - room for a request and its RPCs
 * @arg: the request, at most OPTEE_MSG_MAX_PARAMS parameters
 * @rpc: the RPC message right behind it, struct optee.rpc_params parameters;
 *	 NULL if OP-TEE does not want one. OP-TEE looks for it behind as many
 *	 parameters as @arg has: optee_msg_reset() moves it, nobody changes
 *	 arg->num_params afterwards
 * @page: where it is
 * @index: which part of @page
 */
struct optee_msg {
	struct optee_msg_arg *arg;
	struct optee_msg_arg *rpc;
	struct optee_msg_page *page;
	unsigned int index;
};

/**
 * struct optee_msg_pages - pages of one kind
 * @pages: struct optee_msg_page.node, those with room first
 * @idle: pages no message is in
 */
struct optee_msg_pages {
	struct list_head pages;
	unsigned int idle;
};

/**
 * struct optee_msg_cache - pages that messages are cut from
 * @lock: protects the rest, but @size; a leaf, never held while OP-TEE is
 *	  called
 * @private: pages OP-TEE does not know; one message each
 * @registered: pages OP-TEE knows; as many messages as there is room for
 * @size: bytes from one message to the next in a page; constant after
 *	  optee_msg_cache_init()
 * @draining: pages go when their last message does, and none is registered
 */
struct optee_msg_cache {
	struct mutex lock;	/* a leaf */
	struct optee_msg_pages private;
	struct optee_msg_pages registered;
	size_t size;
	bool draining;
};

unsigned int optee_msg_max_rpc_params(void);
int optee_msg_cache_init(struct optee *optee);
void optee_msg_cache_drain(struct optee *optee);
void optee_msg_cache_exit(struct optee *optee);
/* A page may have to be registered: in the class of @who it is for */
struct optee_msg *optee_msg_get(struct optee *optee,
				const struct optee_who *who,
				size_t num_params);
struct optee_msg *optee_msg_get_private(struct optee *optee,
					size_t num_params);
void optee_msg_put(struct optee *optee, struct optee_msg *msg);
void optee_msg_reset(struct optee *optee, struct optee_msg *msg,
		     size_t num_params);
phys_addr_t optee_msg_pa(const struct optee_msg *msg);
bool optee_msg_cookie(const struct optee_msg *msg, u64 *cookie, size_t *offs);

#endif /* OPTEE_MESSAGE_H */
