// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registered memory: OP-TEE is told of it once, and then speaks of it by its
 * cookie.
 *
 * Promises:
 * - The pages of registered memory stay until OP-TEE said that it forgot
 *   them. Who dies, or cannot get a thread in time, does not wait for that:
 *   what the unregistration needs was set aside at registration, and the
 *   reaper makes it.
 * - At shutdown all is unregistered but what a call uses that does not end, and
 *   nothing is registered any more, nor named to OP-TEE.
 *
 * Locking: see shm.c. Two may want one entry gone, the TEE core and
 * optee_shm_unregister_all(): who moves it to OPTEE_SHM_LEAVING makes the
 * call, and the other leaves the rest to him.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/minmax.h>

#include "call.h"
#include "optee.h"

/* How often to look whether memory is still in use */
#define BUSY_POLL_MS	10

static int make_call(struct optee *optee, const struct optee_who *who,
		     cq_time_t deadline, struct optee_msg *msg)
{
	if (deadline == OPTEE_SHM_NOW)
		return optee_call_now(optee, who, msg);
	return optee_call(optee, who, msg, deadline);
}

static int answer_to_errno(u32 ret)
{
	switch (ret) {
	case TEEC_SUCCESS:
		return 0;
	case TEEC_ERROR_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

static int call_register(const struct optee_who *who, cq_time_t deadline,
			 struct optee_shm_ref *ref)
{
	struct optee *optee = ref->optee;
	struct tee_shm *shm = ref->shm;
	struct optee_msg_param *mp;
	struct optee_msg *msg;
	size_t list_size;
	void *list;
	u64 buf_ptr;
	int rc;

	msg = optee_msg_get_private(optee, 1);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	list = optee_page_list_new(ref->pages, ref->num_pages, shm->offset,
				   shm->size, &list_size, &buf_ptr);
	if (IS_ERR(list)) {
		rc = PTR_ERR(list);
		goto put_msg;
	}

	msg->arg->cmd = OPTEE_MSG_CMD_REGISTER_SHM;
	mp = msg->arg->params;
	mp->attr = OPTEE_MSG_TMEM_OUT | OPTEE_MSG_NONCONTIG;
	mp->u.tmem.buf_ptr = buf_ptr;
	mp->u.tmem.size = shm->size;
	mp->u.tmem.shm_ref = ref->reap.cookie;
	rc = make_call(optee, who, deadline, msg);
	if (!rc)
		rc = answer_to_errno(READ_ONCE(msg->arg->ret));

	optee_page_list_free(list, list_size);
put_msg:
	optee_msg_put(optee, msg);
	return rc;
}

static int call_unregister(const struct optee_who *who, cq_time_t deadline,
			   struct optee_shm_ref *ref)
{
	struct optee *optee = ref->optee;
	struct optee_msg *msg;
	int rc;

	msg = optee_msg_get_private(optee, 1);
	if (IS_ERR(msg))
		return PTR_ERR(msg);

	msg->arg->cmd = OPTEE_MSG_CMD_UNREGISTER_SHM;
	msg->arg->params[0].attr = OPTEE_MSG_RMEM_IN;
	msg->arg->params[0].u.rmem.shm_ref = ref->reap.cookie;
	rc = make_call(optee, who, deadline, msg);
	/* An error means that OP-TEE has no such memory: just as well */
	if (!rc && READ_ONCE(msg->arg->ret))
		dev_warn_ratelimited(optee->dev,
				     "OP-TEE did not know memory %llu\n",
				     ref->reap.cookie);
	optee_msg_put(optee, msg);
	return rc;
}

/* The reaper made the call, or never can; -EIO: OP-TEE had no such memory */
static void reaped(struct optee_reap *reap, int rc)
{
	struct optee_shm_ref *ref = container_of(reap, struct optee_shm_ref,
						 reap);

	/*
	 * OP-TEE may write to those pages at any time: nobody else can have
	 * them. The entry stays in the table, and so does the cookie.
	 */
	if (rc < 0 && rc != -EIO) {
		dev_warn_ratelimited(ref->optee->dev,
				     "OP-TEE cannot be made to forget %zu pages (%d): they are lost\n",
				     ref->num_pages, rc);
		return;
	}
	optee_shm_ref_free(ref);
}

static void leave_to_reaper(struct optee_shm_ref *ref)
{
	optee_reap(ref->optee, &ref->reap);
}

static void set_aside_reap(struct optee_shm_ref *ref,
			   const struct optee_who *who,
			   enum optee_shm_state state)
{
	struct optee_reap *reap = &ref->reap;

	/* A page of messages goes when it is nobody's any more */
	if (state == OPTEE_SHM_HIDDEN)
		optee_who_tidies(ref->optee, &reap->who);
	else
		reap->who = *who;
	/* Whoever it is for may be gone by then: only the class stays */
	reap->who.client = &ref->optee->own;
	reap->who.uuid = NULL;
	reap->cmd = OPTEE_MSG_CMD_UNREGISTER_SHM;
	reap->done = reaped;
}

/* Says whether it may be: what OP-TEE is to forget again stays OPTEE_SHM_NEW */
static bool become_known(struct optee_shm_ref *ref, enum optee_shm_state state)
{
	struct optee_shm_table *table = &ref->optee->shm;
	bool closed;

	xa_lock(&table->refs);
	closed = table->closed;
	if (!closed)
		ref->state = state;
	xa_unlock(&table->refs);
	return !closed;
}

/* Shutdown came while it was registered, and waits for us if it can */
static void forget_again(struct optee_shm_ref *ref)
{
	struct optee *optee = ref->optee;
	struct optee_who who;

	optee_who_unblocks(optee, &who);
	if (!call_unregister(&who, CQ_FOREVER, ref)) {
		optee_shm_ref_free(ref);
		return;
	}
	xa_lock(&optee->shm.refs);
	ref->shm = NULL;
	ref->state = OPTEE_SHM_LEAVING;
	xa_unlock(&optee->shm.refs);
	leave_to_reaper(ref);
}

/**
 * optee_shm_make_known() - register memory with OP-TEE
 * @optee: where
 * @who: whom it is for
 * @deadline: for a secure thread, cq_now() time, or OPTEE_SHM_NOW
 * @shm: the memory, its pages, offset and size set. On success its
 *	 sec_world_id is its cookie
 * @state: OPTEE_SHM_KNOWN or OPTEE_SHM_HIDDEN
 *
 * Context: Process context; may sleep.
 * Return: 0; -EINVAL or -ENOMEM, also when OP-TEE says so; -EINTR on a fatal
 *	   signal; -ESHUTDOWN after optee_shm_unregister_all(); what
 *	   optee_call() says. Then OP-TEE does not know it.
 */
int optee_shm_make_known(struct optee *optee, const struct optee_who *who,
			 cq_time_t deadline, struct tee_shm *shm,
			 enum optee_shm_state state)
{
	struct optee_shm_ref *ref;
	int rc;

	if (!shm->pages || !shm->num_pages || !shm->size)
		return -EINVAL;
	if (READ_ONCE(optee->shm.closed))
		return -ESHUTDOWN;
	ref = optee_shm_ref_new(optee, shm, shm->pages, shm->num_pages);
	if (IS_ERR(ref))
		return PTR_ERR(ref);

	set_aside_reap(ref, who, state);
	rc = call_register(who, deadline, ref);
	if (rc)
		goto free_ref;
	shm->sec_world_id = ref->reap.cookie;
	if (become_known(ref, state))
		return 0;
	shm->sec_world_id = 0;
	forget_again(ref);
	return -ESHUTDOWN;

free_ref:
	optee_shm_ref_free(ref);
	return rc;
}

/*
 * Part the entry from @shm, which is about to be freed. The state it was in
 * tells what is left to do.
 */
static struct optee_shm_ref *part(struct optee *optee, struct tee_shm *shm,
				  enum optee_shm_state *was)
{
	struct optee_shm_ref *ref;

	xa_lock(&optee->shm.refs);
	ref = xa_load(&optee->shm.refs, shm->sec_world_id);
	if (ref && ref->shm == shm && ref->state != OPTEE_SHM_LENT) {
		*was = ref->state;
		ref->shm = NULL;
		if (ref->state != OPTEE_SHM_FORGOTTEN)
			ref->state = OPTEE_SHM_LEAVING;
	} else {
		ref = NULL;
	}
	xa_unlock(&optee->shm.refs);
	shm->sec_world_id = 0;
	return ref;
}

/**
 * optee_shm_make_forgotten() - unregister memory, now or by the reaper
 * @optee: where
 * @who: whom it is for
 * @deadline: for a secure thread, cq_now() time, or OPTEE_SHM_NOW
 * @shm: the memory. The caller may free it when this returns: its pages have
 *	 references of their own until OP-TEE forgot them
 *
 * Context: Process context; may sleep.
 * Return: 0, or -EINVAL if it is not registered.
 */
int optee_shm_make_forgotten(struct optee *optee, const struct optee_who *who,
			     cq_time_t deadline, struct tee_shm *shm)
{
	enum optee_shm_state was;
	struct optee_shm_ref *ref;

	ref = part(optee, shm, &was);
	if (!ref)
		return -EINVAL;
	/* optee_shm_unregister_all() is at it, and sees that shm is gone */
	if (was == OPTEE_SHM_LEAVING)
		return 0;

	if (was == OPTEE_SHM_FORGOTTEN ||
	    !call_unregister(who, deadline, ref))
		optee_shm_ref_free(ref);
	else
		leave_to_reaper(ref);
	return 0;
}

/* @cookie: of which memory, or 0: of any */
static bool refers_to(const struct optee_call *call, u64 cookie)
{
	const struct optee_msg_arg *arg = call->msg->arg;
	unsigned int num = min_t(unsigned int, READ_ONCE(arg->num_params),
				 OPTEE_MSG_MAX_PARAMS);
	unsigned int n;

	for (n = 0; n < num; n++) {
		u64 type = READ_ONCE(arg->params[n].attr) &
			   OPTEE_MSG_TYPE_MASK;
		u64 ref = READ_ONCE(arg->params[n].u.rmem.shm_ref);

		if (type >= OPTEE_MSG_RMEM_IN && type <= OPTEE_MSG_RMEM_INOUT &&
		    (ref == cookie || !cookie))
			return true;
	}
	return false;
}

/**
 * optee_shm_may_enter() - may a call go to OP-TEE with the memory it names?
 * @call: has a slot, and nothing in the secure world
 *
 * Memory that OP-TEE is being made to forget is not to be named to it: the
 * unregistration would wait for that call, without bound, and some versions do
 * not bear it at all. So from shutdown on none is. A call that did not see that
 * yet had its slot before is_inside() looked, and was seen there.
 *
 * Context: @call's task; does not sleep.
 * Return: 0, or -ESHUTDOWN.
 */
int optee_shm_may_enter(const struct optee_call *call)
{
	if (likely(!READ_ONCE(call->optee->shm.closed)) ||
	    call->cmd == OPTEE_MSG_CMD_UNREGISTER_SHM)
		return 0;
	return refers_to(call, 0) ? -ESHUTDOWN : 0;
}

/*
 * OP-TEE makes the unregistration of memory wait for the calls that use it:
 * without bound, if such a call does not end.
 */
static bool is_inside(struct optee *optee, u64 cookie)
{
	struct optee_cq *cq = &optee->cq;
	bool inside = false;
	unsigned int n;

	cq_lock(&cq->lock);
	for (n = 0; n < cq->threads && !inside; n++)
		if (cq->slots[n])
			inside = refers_to(container_of(cq->slots[n],
							struct optee_call, cq),
					   cookie);
	cq_unlock(&cq->lock);
	return inside;
}

/* @unsettled: counts what may be, or is, being registered */
static struct optee_shm_ref *claim_next(struct optee *optee,
					unsigned long *cookie,
					unsigned int *unsettled)
{
	struct optee_shm_ref *ref;

	xa_lock(&optee->shm.refs);
	xa_for_each_start(&optee->shm.refs, *cookie, ref, *cookie + 1) {
		*unsettled += ref->state == OPTEE_SHM_NEW;
		if (ref->state == OPTEE_SHM_KNOWN) {
			ref->state = OPTEE_SHM_LEAVING;
			break;
		}
	}
	xa_unlock(&optee->shm.refs);
	return ref;
}

/* The memory may have gone since claim_next(): then the rest is ours to do */
static void settle(struct optee_shm_ref *ref, bool forgotten)
{
	bool orphan;

	xa_lock(&ref->optee->shm.refs);
	orphan = !ref->shm;
	if (!orphan)
		ref->state = forgotten ? OPTEE_SHM_FORGOTTEN : OPTEE_SHM_KNOWN;
	xa_unlock(&ref->optee->shm.refs);

	if (orphan && forgotten)
		optee_shm_ref_free(ref);
	else if (orphan)
		leave_to_reaper(ref);
}

static int try_forget(const struct optee_who *who, cq_time_t deadline,
		      struct optee_shm_ref *ref)
{
	if (is_inside(ref->optee, ref->reap.cookie))
		return -EBUSY;
	if (cq_now() >= deadline)
		return -ETIMEDOUT;
	return call_unregister(who, deadline, ref);
}

/* Go through the table once; how many stayed registered, or are about to be? */
static unsigned int forget_idle(struct optee *optee, cq_time_t deadline)
{
	struct optee_shm_ref *ref;
	unsigned long cookie = 0;
	unsigned int kept = 0;
	struct optee_who who;

	optee_who_unblocks(optee, &who);
	while ((ref = claim_next(optee, &cookie, &kept))) {
		int rc = try_forget(&who, deadline, ref);

		settle(ref, !rc);
		kept += !!rc;
	}
	return kept;
}

/**
 * optee_shm_unregister_all() - make OP-TEE forget the memory of clients
 * @optee: where; may be in use
 * @timeout_ms: how long to wait for calls that use some, in milliseconds
 *
 * For a kernel that is started over this one: it does not know what OP-TEE
 * would still write to. For good: nothing is registered afterwards.
 *
 * Context: Shutdown; process context; may sleep.
 */
void optee_shm_unregister_all(struct optee *optee, unsigned int timeout_ms)
{
	cq_time_t deadline = cq_now() + timeout_ms * CQ_MS;
	unsigned int kept;

	xa_lock(&optee->shm.refs);
	WRITE_ONCE(optee->shm.closed, true);
	xa_unlock(&optee->shm.refs);
	for (;;) {
		kept = forget_idle(optee, deadline);
		if (!kept || cq_now() >= deadline)
			break;
		msleep(BUSY_POLL_MS);
	}
	if (kept)
		dev_warn(optee->dev,
			 "calls that run in OP-TEE keep %u pieces of shared memory registered\n",
			 kept);
}
