// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory lent: OP-TEE asks for it, has it under a cookie, and gives it back.
 *
 * Promises:
 * - What was lent is given back exactly once, by OP-TEE or, at the end, by
 *   optee_shm_take_all_back(). What OP-TEE may still write to then is nobody
 *   else's ever after.
 * - Only what was lent can be given back.
 * - The same memory is not lent twice at a time.
 *
 * Locking: the table's xa_lock, see shm.c; it also protects sec_world_id of
 * lent memory. An entry of state OPTEE_SHM_LENT holds one reference on its
 * memory.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include "call.h"
#include "optee.h"

static int lend(struct optee *optee, struct tee_shm *shm)
{
	struct optee_shm_ref *ref;
	int rc = 0;

	/* No pages: the reference on the memory keeps them */
	ref = optee_shm_ref_new(optee, shm, NULL, 0);
	if (IS_ERR(ref))
		return PTR_ERR(ref);

	xa_lock(&optee->shm.refs);
	if (shm->sec_world_id) {
		rc = -EBUSY;
	} else {
		shm->sec_world_id = ref->reap.cookie;
		ref->state = OPTEE_SHM_LENT;
	}
	xa_unlock(&optee->shm.refs);

	if (rc)
		optee_shm_ref_free(ref);
	return rc;
}

/**
 * optee_shm_lend_kernel() - lend OP-TEE memory of the kernel
 * @optee: where
 * @size: bytes; what is lent may be larger, see the memory's size
 *
 * The cookie is the memory's sec_world_id. The memory is OP-TEE's until it gives
 * it back, and a caller that cannot tell OP-TEE of it takes it back with
 * optee_shm_take_back(). One that guesses the cookie may do so at once, so the
 * caller has a reference of its own, too.
 *
 * Context: Process context; may sleep.
 * Return: the memory, page aligned unless it is from the reserved pool, to be
 *	   released with tee_shm_put(), or -EINVAL, -ENOMEM; never NULL.
 */
struct tee_shm *optee_shm_lend_kernel(struct optee *optee, size_t size)
{
	struct tee_shm *shm;
	int rc;

	if (!size)
		return ERR_PTR(-EINVAL);
	shm = tee_shm_alloc_priv_buf(optee->ctx, size);
	if (IS_ERR(shm))
		return shm;

	refcount_inc(&shm->refcount);
	rc = lend(optee, shm);
	if (rc)
		goto put_shm;
	return shm;

put_shm:
	tee_shm_put(shm);
	tee_shm_put(shm);
	return ERR_PTR(rc);
}

/**
 * optee_shm_lend_supp() - lend OP-TEE memory of tee-supplicant
 * @optee: where
 * @shm: memory of /dev/teeprivN. On success the caller's reference becomes
 *	 OP-TEE's, until it gives the memory back
 *
 * Context: Process context; may sleep.
 * Return: 0, -EBUSY if OP-TEE has that memory already, -ENOMEM.
 */
int optee_shm_lend_supp(struct optee *optee, struct tee_shm *shm)
{
	return lend(optee, shm);
}

static int list_pages(struct optee_call *call, struct tee_shm *shm,
		      u64 *buf_ptr)
{
	void *list = optee_page_list_new(shm->pages, shm->num_pages,
					 shm->offset, shm->size,
					 &call->pages_size, buf_ptr);

	if (IS_ERR(list))
		return PTR_ERR(list);
	call->pages = list;
	return 0;
}

/**
 * optee_shm_lent_to_msg() - tell OP-TEE about memory that was lent to it
 * @call: in which it asked
 * @shm: of optee_shm_lend_kernel() or optee_shm_lend_supp()
 * @mp: the parameter to write it into
 *
 * A page list stays in @call->pages for OP-TEE to read, until the next one or
 * the end of the call.
 *
 * Context: Process context; may sleep.
 * Return: 0, -EINVAL or -ENOMEM; then the caller takes the memory back.
 */
int optee_shm_lent_to_msg(struct optee_call *call, struct tee_shm *shm,
			  struct optee_msg_param *mp)
{
	struct optee_msg_param param = {
		.attr = OPTEE_MSG_TMEM_OUT,
		.u.tmem.buf_ptr = shm->paddr,
		.u.tmem.size = shm->size,
		.u.tmem.shm_ref = shm->sec_world_id,
	};
	int rc;

	optee_page_list_free(call->pages, call->pages_size);
	call->pages = NULL;
	call->pages_size = 0;
	/* Only the reserved pool is known to OP-TEE without a list */
	if (shm->pages) {
		param.attr |= OPTEE_MSG_NONCONTIG;
		rc = list_pages(call, shm, &param.u.tmem.buf_ptr);
		if (rc)
			return rc;
	}
	*mp = param;
	return 0;
}

/* Whoever takes a lent entry out of the table owns it and its reference */
static struct tee_shm *take_out(struct optee_shm_ref *ref)
{
	struct optee *optee = ref->optee;
	struct tee_shm *shm = ref->shm;

	lockdep_assert_held(&optee->shm.refs.xa_lock);
	shm->sec_world_id = 0;
	__xa_erase(&optee->shm.refs, ref->reap.cookie);
	return shm;
}

/**
 * optee_shm_take_back() - OP-TEE gives memory back that was lent to it
 * @optee: where
 * @cookie: what it says
 *
 * Context: Process context; may sleep.
 * Return: 0, or -EINVAL if that was not lent.
 */
int optee_shm_take_back(struct optee *optee, u64 cookie)
{
	struct tee_shm *shm = NULL;
	struct optee_shm_ref *ref;

	/* An index of the table is an unsigned long; no cookie is that large */
	if (cookie > INT_MAX)
		return -EINVAL;

	xa_lock(&optee->shm.refs);
	ref = xa_load(&optee->shm.refs, cookie);
	if (ref && ref->state == OPTEE_SHM_LENT)
		shm = take_out(ref);
	xa_unlock(&optee->shm.refs);

	if (!shm)
		return -EINVAL;
	kvfree(ref);
	tee_shm_put(shm);
	return 0;
}

/* The pool gets them back, the page allocator does not */
static size_t lose_pages(struct tee_shm *shm)
{
	size_t n;

	for (n = 0; n < shm->num_pages; n++)
		get_page(shm->pages[n]);
	return shm->num_pages;
}

/**
 * optee_shm_take_all_back() - take back what OP-TEE did not give back
 * @optee: where
 *
 * If its cache of memory for messages is off, nothing there refers to what was
 * lent. If it could not be turned off, struct optee_shm_table.kept, OP-TEE may
 * write to that memory at any time: its pages are lost. The reserved pool has
 * none, and is for OP-TEE alone.
 *
 * Context: Remove, when OP-TEE is not called any more.
 */
void optee_shm_take_all_back(struct optee *optee)
{
	struct optee_shm_ref *ref;
	unsigned long cookie;
	size_t lost = 0;

	xa_for_each(&optee->shm.refs, cookie, ref) {
		if (READ_ONCE(ref->state) != OPTEE_SHM_LENT)
			continue;
		if (optee->shm.kept)
			lost += lose_pages(ref->shm);
		optee_shm_take_back(optee, cookie);
	}
	if (lost)
		dev_warn(optee->dev,
			 "OP-TEE keeps %zu pages that were lent to it: they are lost\n",
			 lost);
}
