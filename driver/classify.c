// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which class a call has, and whose turn it takes.
 *
 * User space cannot get a class above USER but for a cancellation: the TEE
 * core refuses it the REE_KERNEL logins and system sessions, and the list of
 * UUIDs below counts for in-kernel clients only.
 *
 * A call's class is that of the session it is for. Opening and closing it have
 * the same; memory has the highest class its context is known to have.
 *
 * Locking: classes only rise; they are read and written whole.
 */
#include <linux/module.h>
#include <linux/tee.h>

#include "classify.h"
#include "client.h"
#include "optee.h"
#include "session.h"

#define MAX_SYSTEM_UUIDS	16

/* OP-TEE's SCMI server, lib/libutee/include/pta_scmi_client.h */
static char *system_uuids[MAX_SYSTEM_UUIDS] = {
	"a8cfe406-d4f5-4a2e-9f8d-a25dc754c099",
};

static int system_uuids_count = 1;
module_param_array_named(system_uuids, system_uuids, charp,
			 &system_uuids_count, 0444);
MODULE_PARM_DESC(system_uuids,
		 "UUIDs of services whose in-kernel clients others depend on (default: SCMI's)");

static bool is_system_uuid(const uuid_t *uuid)
{
	uuid_t listed;
	int i;

	for (i = 0; i < system_uuids_count; i++)
		if (!uuid_parse(system_uuids[i], &listed) &&
		    uuid_equal(&listed, uuid))
			return true;
	return false;
}

static bool is_kernel_login(u32 login)
{
	return login >= TEE_IOCTL_LOGIN_REE_KERNEL_MIN &&
	       login <= TEE_IOCTL_LOGIN_REE_KERNEL_MAX;
}

/*
 * The TEE core sets supp_nowait in the contexts of in-kernel clients, after it
 * opened them; one may clear it later, so that it was seen once is kept.
 */
static enum optee_cq_class ctx_class(struct optee_ctx *octx)
{
	if (octx->ctx->supp_nowait)
		optee_ctx_raise(octx, OPTEE_CQ_KERNEL);
	return READ_ONCE(octx->class);
}

static struct optee_cq_client *turn_in(struct optee_ctx *octx,
				       enum optee_cq_class class)
{
	return class == OPTEE_CQ_USER ? &octx->client->turn :
					&octx->kernel_turn;
}

static void who_is(struct optee_ctx *octx, enum optee_cq_class class,
		   const uuid_t *uuid, struct optee_who *who)
{
	*who = (struct optee_who) {
		.client = turn_in(octx, class),
		.class = class,
		.depth = class == OPTEE_CQ_SYSTEM ? 1 : 0,
		.uuid = uuid,
		.supp_nowait = octx->ctx->supp_nowait,
	};
}

/**
 * optee_classify_session() - the class of a session about to be opened
 * @octx: by whom
 * @uuid: with which trusted application
 * @login: TEE_IOCTL_LOGIN_*
 *
 * Context: Any.
 * Return: OPTEE_CQ_USER, OPTEE_CQ_KERNEL or OPTEE_CQ_SYSTEM.
 */
enum optee_cq_class optee_classify_session(struct optee_ctx *octx,
					   const uuid_t *uuid, u32 login)
{
	if (!is_kernel_login(login) && ctx_class(octx) == OPTEE_CQ_USER)
		return OPTEE_CQ_USER;
	return is_system_uuid(uuid) ? OPTEE_CQ_SYSTEM : OPTEE_CQ_KERNEL;
}

/**
 * optee_who_opens() - a session is opened
 * @octx: by whom
 * @uuid: with which trusted application; outlives @who
 * @login: TEE_IOCTL_LOGIN_*
 * @who: set
 *
 * Context: Any.
 */
void optee_who_opens(struct optee_ctx *octx, const uuid_t *uuid, u32 login,
		     struct optee_who *who)
{
	enum optee_cq_class class = optee_classify_session(octx, uuid, login);

	optee_ctx_raise(octx, class);
	who_is(octx, class, uuid, who);
}

/**
 * optee_who_calls() - a session is used
 * @octx: by whom
 * @sess: which; outlives @who
 * @who: set
 *
 * Context: Any.
 */
void optee_who_calls(struct optee_ctx *octx, const struct optee_session *sess,
		     struct optee_who *who)
{
	who_is(octx, READ_ONCE(sess->class), &sess->uuid, who);
}

/**
 * optee_who_shares() - memory is shared or no longer shared
 * @octx: by whom
 * @who: set
 *
 * Context: Any.
 */
void optee_who_shares(struct optee_ctx *octx, struct optee_who *who)
{
	who_is(octx, ctx_class(octx), NULL, who);
}

/**
 * optee_who_unblocks() - the driver lets others go on
 * @optee: where
 * @who: set
 *
 * Context: Any.
 */
void optee_who_unblocks(struct optee *optee, struct optee_who *who)
{
	*who = (struct optee_who) {
		.client = &optee->own,
		.class = OPTEE_CQ_UNBLOCK,
		.supp_nowait = true,
	};
}

/**
 * optee_who_drives() - the driver calls on its own behalf
 * @optee: where
 * @who: set
 *
 * Context: Any.
 */
void optee_who_drives(struct optee *optee, struct optee_who *who)
{
	*who = (struct optee_who) {
		.client = &optee->own,
		.class = OPTEE_CQ_KERNEL,
		.supp_nowait = true,
	};
}

/**
 * optee_who_tidies() - the driver makes OP-TEE forget what nobody uses
 * @optee: where
 * @who: set: the lowest class, as nobody waits for it
 *
 * Context: Any.
 */
void optee_who_tidies(struct optee *optee, struct optee_who *who)
{
	*who = (struct optee_who) {
		.client = &optee->own,
		.class = OPTEE_CQ_USER,
		.supp_nowait = true,
	};
}
