// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages.
 *
 * Promises:
 * - A message nobody answered says TEEC_ERROR_COMMUNICATION, never success.
 * - No message waits for a secure thread to get its memory: when OP-TEE
 *   cannot be told of a new page at once, a private page does instead.
 * - After optee_msg_cache_drain() OP-TEE learns of no more pages, and forgets
 *   each that it knows when its last message goes.
 *
 * A message that is sent by its physical address must start a page of
 * OPTEE_MSG_PAGE_SIZE, so a private page holds one. In a page that OP-TEE
 * knows by a cookie they stand side by side.
 *
 * Locking: struct optee_msg_cache.lock protects the lists, and struct
 * optee_msg_page.used. It is not held while OP-TEE is called or memory
 * allocated or freed. A message belongs to who got it.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "optee.h"

/* Pages of a kind that are kept though no message is in them */
#define MAX_IDLE	2

/* How long optee_msg_cache_drain() may take, in milliseconds */
#define DRAIN_MS	1000

/**
 * struct optee_msg_page - a page that messages are cut from
 * @node: in struct optee_msg_pages.pages; the cache's lock
 * @kind: the list it is in; constant
 * @shm: the page; @shm->sec_world_id is its cookie if @kind is registered
 * @room: entries in @msgs
 * @used: bit n: somebody has @msgs[n]; the cache's lock
 * @msgs: its messages
 */
struct optee_msg_page {
	struct list_head node;
	struct optee_msg_pages *kind;
	struct tee_shm *shm;
	unsigned int room;
	unsigned long used;
	struct optee_msg msgs[];
};

/* OP-TEE does not look for a message across the end of its page */
static_assert(OPTEE_MSG_SIZE(OPTEE_MSG_MAX_PARAMS) + OPTEE_MSG_SIZE(1) <=
	      OPTEE_MSG_PAGE_SIZE);
static_assert(OPTEE_MSG_PAGE_SIZE / OPTEE_MSG_SIZE(OPTEE_MSG_MAX_PARAMS) <=
	      BITS_PER_LONG);

/**
 * optee_msg_max_rpc_params() - how many parameters an RPC message may have
 *
 * Request and RPC message stand in one page.
 *
 * Context: Any.
 * Return: the most that struct optee.rpc_params may be.
 */
unsigned int optee_msg_max_rpc_params(void)
{
	return (OPTEE_MSG_PAGE_SIZE - OPTEE_MSG_SIZE(OPTEE_MSG_MAX_PARAMS) -
		OPTEE_MSG_SIZE(0)) / sizeof(struct optee_msg_param);
}

/**
 * optee_msg_cache_init() - prepare for messages
 * @optee: where; its capabilities are known
 *
 * Context: Probe.
 * Return: 0, or -EINVAL if struct optee.rpc_params is more than
 *	   optee_msg_max_rpc_params().
 */
int optee_msg_cache_init(struct optee *optee)
{
	struct optee_msg_cache *cache = &optee->msgs;

	if (optee->rpc_params > optee_msg_max_rpc_params())
		return -EINVAL;
	mutex_init(&cache->lock);
	INIT_LIST_HEAD(&cache->private.pages);
	INIT_LIST_HEAD(&cache->registered.pages);
	cache->private.idle = 0;
	cache->registered.idle = 0;
	cache->draining = false;
	cache->size = OPTEE_MSG_SIZE(OPTEE_MSG_MAX_PARAMS);
	if (optee->rpc_params)
		cache->size += OPTEE_MSG_SIZE(optee->rpc_params);
	return 0;
}

static bool is_registered(const struct optee *optee,
			  const struct optee_msg_page *page)
{
	return page->kind == &optee->msgs.registered;
}

static void page_free(struct optee *optee, struct optee_msg_page *page,
		      const struct optee_who *who, cq_time_t deadline)
{
	if (is_registered(optee, page))
		optee_shm_make_forgotten(optee, who, deadline, page->shm);
	tee_shm_put(page->shm);
	kfree(page);
}

static void cut(struct optee *optee, struct optee_msg_page *page)
{
	unsigned int n;

	for (n = 0; n < page->room; n++) {
		struct optee_msg *msg = &page->msgs[n];

		msg->arg = page->shm->kaddr + n * optee->msgs.size;
		msg->page = page;
		msg->index = n;
	}
}

static struct optee_msg_page *page_new(struct optee *optee,
				       struct optee_msg_pages *kind,
				       unsigned int room)
{
	struct optee_msg_page *page;
	struct tee_shm *shm;

	page = kzalloc(struct_size(page, msgs, room), GFP_KERNEL);
	if (!page)
		return ERR_PTR(-ENOMEM);
	shm = tee_shm_alloc_priv_buf(optee->ctx, room * optee->msgs.size);
	if (IS_ERR(shm))
		goto free_page;

	page->kind = kind;
	page->shm = shm;
	page->room = room;
	cut(optee, page);
	return page;

free_page:
	kfree(page);
	return ERR_CAST(shm);
}

static struct optee_msg_page *page_new_registered(struct optee *optee,
						  const struct optee_who *who)
{
	unsigned int room = OPTEE_MSG_PAGE_SIZE / optee->msgs.size;
	struct optee_msg_page *page;
	int rc;

	page = page_new(optee, &optee->msgs.registered, room);
	if (IS_ERR(page))
		return page;
	rc = optee_shm_make_known(optee, who, OPTEE_SHM_NOW, page->shm,
				  OPTEE_SHM_HIDDEN);
	if (rc)
		goto free_page;
	return page;

free_page:
	tee_shm_put(page->shm);
	kfree(page);
	return ERR_PTR(rc);
}

static struct optee_msg *take_from(struct optee_msg_cache *cache,
				   struct optee_msg_page *page)
{
	unsigned int n = ffz(page->used);

	lockdep_assert_held(&cache->lock);
	if (!page->used)
		page->kind->idle--;
	__set_bit(n, &page->used);
	if (hweight_long(page->used) == page->room)
		list_move_tail(&page->node, &page->kind->pages);
	return &page->msgs[n];
}

static struct optee_msg *take(struct optee_msg_cache *cache,
			      struct optee_msg_pages *kind)
{
	struct optee_msg_page *page;

	lockdep_assert_held(&cache->lock);
	page = list_first_entry_or_null(&kind->pages, struct optee_msg_page,
					node);
	/* If the first is full, all are */
	if (!page || hweight_long(page->used) == page->room)
		return NULL;
	return take_from(cache, page);
}

/* From a registered page, if there is somebody to register one for */
static struct optee_msg *get(struct optee *optee, const struct optee_who *who)
{
	struct optee_msg_cache *cache = &optee->msgs;
	struct optee_msg_pages *kind = who ? &cache->registered :
					     &cache->private;
	struct optee_msg_page *page;
	struct optee_msg *msg;

	mutex_lock(&cache->lock);
	msg = take(cache, kind);
	mutex_unlock(&cache->lock);
	if (msg)
		return msg;

	page = who ? page_new_registered(optee, who) :
		     page_new(optee, kind, 1);
	if (IS_ERR(page))
		return ERR_CAST(page);
	mutex_lock(&cache->lock);
	list_add(&page->node, &kind->pages);
	kind->idle++;
	msg = take_from(cache, page);
	mutex_unlock(&cache->lock);
	return msg;
}

static bool may_register(const struct optee *optee)
{
	return optee->rpc_params && optee->dynamic_shm &&
	       !READ_ONCE(optee->msgs.draining);
}

/**
 * optee_msg_get_private() - get a message that OP-TEE is not told of
 * @optee: where
 * @num_params: parameters of the request
 *
 * For the messages that tell OP-TEE of memory.
 *
 * Context: Process context; may sleep, but does not call OP-TEE.
 * Return: the message, as optee_msg_reset() leaves it, for optee_msg_put();
 *	   or -EINVAL, -ENOMEM.
 */
struct optee_msg *optee_msg_get_private(struct optee *optee,
					size_t num_params)
{
	struct optee_msg *msg;

	if (num_params > OPTEE_MSG_MAX_PARAMS)
		return ERR_PTR(-EINVAL);
	msg = get(optee, NULL);
	if (!IS_ERR(msg))
		optee_msg_reset(optee, msg, num_params);
	return msg;
}

/**
 * optee_msg_get() - get a message
 * @optee: where
 * @who: whom the request is for
 * @num_params: parameters of the request
 *
 * Context: Process context; may sleep, and may make a call to OP-TEE if that
 *	    can be made at once.
 * Return: the message, as optee_msg_reset() leaves it, for optee_msg_put();
 *	   or -EINVAL, -ENOMEM.
 */
struct optee_msg *optee_msg_get(struct optee *optee,
				const struct optee_who *who,
				size_t num_params)
{
	struct optee_msg *msg;

	if (num_params > OPTEE_MSG_MAX_PARAMS)
		return ERR_PTR(-EINVAL);
	if (!may_register(optee))
		return optee_msg_get_private(optee, num_params);
	msg = get(optee, who);
	if (IS_ERR(msg))
		return optee_msg_get_private(optee, num_params);
	optee_msg_reset(optee, msg, num_params);
	return msg;
}

/**
 * optee_msg_reset() - make a message as good as new
 * @optee: where
 * @msg: the caller's; OP-TEE does not have it
 * @num_params: parameters of the request, at most OPTEE_MSG_MAX_PARAMS
 *
 * All zero, but for the number of parameters and an answer that says that
 * there was none.
 *
 * Context: Any.
 */
void optee_msg_reset(struct optee *optee, struct optee_msg *msg,
		     size_t num_params)
{
	if (WARN_ON_ONCE(num_params > OPTEE_MSG_MAX_PARAMS))
		num_params = OPTEE_MSG_MAX_PARAMS;
	memset(msg->arg, 0, optee->msgs.size);
	msg->arg->num_params = num_params;
	msg->arg->ret = TEEC_ERROR_COMMUNICATION;
	msg->arg->ret_origin = TEEC_ORIGIN_COMMS;
	msg->rpc = NULL;
	if (optee->rpc_params)
		msg->rpc = (void *)msg->arg + OPTEE_MSG_SIZE(num_params);
}

/* Give @msg back; its page, if that shall go now */
static struct optee_msg_page *give_back(struct optee_msg_cache *cache,
					struct optee_msg *msg)
{
	struct optee_msg_page *page = msg->page;
	struct optee_msg_pages *kind = page->kind;

	lockdep_assert_held(&cache->lock);
	__clear_bit(msg->index, &page->used);
	list_move(&page->node, &kind->pages);
	if (page->used)
		return NULL;
	if (!cache->draining && kind->idle < MAX_IDLE) {
		kind->idle++;
		return NULL;
	}
	list_del(&page->node);
	return page;
}

/**
 * optee_msg_put() - give a message back
 * @optee: where
 * @msg: of optee_msg_get() or optee_msg_get_private(); OP-TEE does not have it
 *
 * Context: Process context; may sleep, but does not wait for a secure thread.
 */
void optee_msg_put(struct optee *optee, struct optee_msg *msg)
{
	struct optee_msg_cache *cache = &optee->msgs;
	struct optee_msg_page *page;
	struct optee_who who;

	mutex_lock(&cache->lock);
	page = give_back(cache, msg);
	mutex_unlock(&cache->lock);
	if (!page)
		return;
	optee_who_tidies(optee, &who);
	page_free(optee, page, &who, OPTEE_SHM_NOW);
}

static void pull_idle(struct optee_msg_cache *cache,
		      struct optee_msg_pages *kind, struct list_head *idle)
{
	struct optee_msg_page *page, *tmp;

	lockdep_assert_held(&cache->lock);
	list_for_each_entry_safe(page, tmp, &kind->pages, node)
		if (!page->used)
			list_move(&page->node, idle);
	kind->idle = 0;
}

/**
 * optee_msg_cache_drain() - let go of all pages, now or as messages go
 * @optee: where
 *
 * Context: Remove and shutdown; process context; may sleep, for a bounded
 *	    time. May be called again.
 */
void optee_msg_cache_drain(struct optee *optee)
{
	cq_time_t deadline = cq_now() + DRAIN_MS * CQ_MS;
	struct optee_msg_cache *cache = &optee->msgs;
	struct optee_msg_page *page, *tmp;
	struct optee_who who;
	LIST_HEAD(idle);

	mutex_lock(&cache->lock);
	WRITE_ONCE(cache->draining, true);
	/* Each registered page that goes takes a private message */
	pull_idle(cache, &cache->private, &idle);
	pull_idle(cache, &cache->registered, &idle);
	mutex_unlock(&cache->lock);

	/* The queue may be closed for anybody else */
	optee_who_unblocks(optee, &who);
	list_for_each_entry_safe(page, tmp, &idle, node)
		page_free(optee, page, &who, deadline);
}

/**
 * optee_msg_cache_exit() - no more messages
 * @optee: where; all messages were given back
 *
 * Context: Remove, and probe that fails.
 */
void optee_msg_cache_exit(struct optee *optee)
{
	optee_msg_cache_drain(optee);
	WARN_ON(!list_empty(&optee->msgs.private.pages));
	WARN_ON(!list_empty(&optee->msgs.registered.pages));
	mutex_destroy(&optee->msgs.lock);
}

/**
 * optee_msg_pa() - where a message is
 * @msg: the message
 *
 * Context: Any.
 * Return: its physical address.
 */
phys_addr_t optee_msg_pa(const struct optee_msg *msg)
{
	struct tee_shm *shm = msg->page->shm;

	return shm->paddr + ((void *)msg->arg - shm->kaddr);
}

/**
 * optee_msg_cookie() - what OP-TEE calls a message
 * @msg: the message
 * @cookie: of the memory it is in
 * @offs: bytes from there to the message
 *
 * Context: Any.
 * Return: does OP-TEE know the memory? Otherwise it goes by its physical
 *	   address.
 */
bool optee_msg_cookie(const struct optee_msg *msg, u64 *cookie, size_t *offs)
{
	struct tee_shm *shm = msg->page->shm;

	if (!shm->sec_world_id)
		return false;
	*cookie = shm->sec_world_id;
	*offs = (void *)msg->arg - shm->kaddr;
	return true;
}
