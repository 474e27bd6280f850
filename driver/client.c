// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has the device open: contexts, and the processes behind them.
 *
 * All contexts that a process opens take turns as one client, however many
 * threads use them; one that is passed on or inherited stays with who opened
 * it. A context of an in-kernel client takes turns on its own.
 *
 * Locking: struct optee.clients_lock orders the search for a process's client
 * against its last put.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "client.h"
#include "optee.h"

static struct optee_client *client_new(struct optee *optee, struct pid *tgid)
{
	struct optee_client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	lockdep_assert_held(&optee->clients_lock);
	if (!client)
		return NULL;
	optee_cq_client_init(&client->turn);
	client->optee = optee;
	kref_init(&client->refs);
	client->tgid = get_pid(tgid);
	list_add(&client->node, &optee->clients);
	return client;
}

static struct optee_client *client_of_current(struct optee *optee)
{
	struct pid *tgid = task_tgid(current);
	struct optee_client *client;

	mutex_lock(&optee->clients_lock);
	list_for_each_entry(client, &optee->clients, node) {
		if (client->tgid == tgid) {
			kref_get(&client->refs);
			goto out;
		}
	}
	client = client_new(optee, tgid);
out:
	mutex_unlock(&optee->clients_lock);
	return client;
}

static void client_free(struct kref *refs)
{
	struct optee_client *client = container_of(refs, struct optee_client,
						   refs);

	list_del(&client->node);
	mutex_unlock(&client->optee->clients_lock);
	put_pid(client->tgid);
	kfree(client);
}

/**
 * optee_ctx_new() - the driver's side of a context that is being opened
 * @optee: where
 * @ctx: the TEE core's side
 *
 * Context: Process; sleeps.
 * Return: the context with one reference, or NULL if there is no memory.
 */
struct optee_ctx *optee_ctx_new(struct optee *optee, struct tee_context *ctx)
{
	struct optee_ctx *octx = kzalloc(sizeof(*octx), GFP_KERNEL);

	if (!octx)
		return NULL;
	octx->client = client_of_current(optee);
	if (!octx->client) {
		kfree(octx);
		return NULL;
	}
	octx->optee = optee;
	octx->ctx = ctx;
	octx->class = OPTEE_CQ_USER;
	optee_cq_client_init(&octx->kernel_turn);
	kref_init(&octx->refs);
	mutex_init(&octx->lock);
	xa_init(&octx->sessions);
	return octx;
}

static void ctx_free(struct kref *refs)
{
	struct optee_ctx *octx = container_of(refs, struct optee_ctx, refs);

	kref_put_mutex(&octx->client->refs, client_free,
		       &octx->optee->clients_lock);
	xa_destroy(&octx->sessions);
	mutex_destroy(&octx->lock);
	kfree(octx);
}

/**
 * optee_ctx_get() - take a reference
 * @octx: context
 *
 * Context: Any.
 */
void optee_ctx_get(struct optee_ctx *octx)
{
	kref_get(&octx->refs);
}

/**
 * optee_ctx_put() - drop a reference
 * @octx: context; gone when this was the last
 *
 * Context: Process; sleeps.
 */
void optee_ctx_put(struct optee_ctx *octx)
{
	kref_put(&octx->refs, ctx_free);
}

/**
 * optee_ctx_raise() - the context was seen to have at least this class
 * @octx: context
 * @class: seen
 *
 * Two at once may each raise it; the higher one wins or is seen again.
 *
 * Context: Any.
 */
void optee_ctx_raise(struct optee_ctx *octx, enum optee_cq_class class)
{
	if (READ_ONCE(octx->class) < class)
		WRITE_ONCE(octx->class, class);
}
