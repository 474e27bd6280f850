/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which class a call has, and whose turn it takes.
 */
#ifndef OPTEE_CLASSIFY_H
#define OPTEE_CLASSIFY_H

#include <linux/uuid.h>

#include "call_queue.h"

struct optee;
struct optee_ctx;
struct optee_session;

/**
 * struct optee_who - whom a call is for, as the queue wants to know it
 * @client: whose turn it takes
 * @class: its class
 * @depth: how deep it is nested; see struct optee_cq_call
 * @uuid: the trusted application it is for, or NULL
 * @supp_nowait: it does not wait for a tee-supplicant that is not there
 * @supp_brief: nor for long for one that hangs: who makes it cannot be killed
 */
struct optee_who {
	struct optee_cq_client *client;
	enum optee_cq_class class;
	unsigned int depth;
	const uuid_t *uuid;
	bool supp_nowait;
	bool supp_brief;
};

enum optee_cq_class optee_classify_session(struct optee_ctx *octx,
					   const uuid_t *uuid, u32 login);
void optee_who_opens(struct optee_ctx *octx, const uuid_t *uuid, u32 login,
		     struct optee_who *who);
void optee_who_calls(struct optee_ctx *octx, const struct optee_session *sess,
		     struct optee_who *who);
void optee_who_shares(struct optee_ctx *octx, struct optee_who *who);
void optee_who_unblocks(struct optee *optee, struct optee_who *who);
void optee_who_drives(struct optee *optee, struct optee_who *who);
void optee_who_tidies(struct optee *optee, struct optee_who *who);

#endif /* OPTEE_CLASSIFY_H */
