// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cookies: by which the secure world speaks of memory.
 *
 * Promises:
 * - A cookie that does not stand for memory with parameters, now, is an
 *   error and nothing else.
 * - Memory found by its cookie stays until the finder lets go of it.
 * - A cookie is not given out again while OP-TEE may know memory by it, and
 *   the pages behind it stay just as long.
 *
 * Locking: the table's xa_lock protects struct optee_shm_ref.shm and .state.
 * An entry belongs to whoever moved it to OPTEE_SHM_LEAVING, or took it out;
 * only the owner frees it. A leaf; task context only.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include "optee.h"

#define COOKIE_MAX	INT_MAX

/**
 * optee_shm_table_init() - make the table of cookies, empty
 * @optee: where
 *
 * Context: Probe.
 */
void optee_shm_table_init(struct optee *optee)
{
	/* From 1: to OP-TEE, 0 is no cookie */
	xa_init_flags(&optee->shm.refs, XA_FLAGS_ALLOC1);
	optee->shm.next = 1;
}

/**
 * optee_shm_table_exit() - let go of the table of cookies
 * @optee: where
 *
 * What is still in it was never forgotten by OP-TEE: its pages cannot be used
 * for anything else, and are left alone. What was lent is not in it any more,
 * see optee_shm_take_all_back().
 *
 * Context: Remove; nobody calls OP-TEE any more.
 */
void optee_shm_table_exit(struct optee *optee)
{
	struct optee_shm_ref *ref;
	unsigned long cookie;
	size_t pages = 0;

	xa_for_each(&optee->shm.refs, cookie, ref)
		pages += ref->num_pages;
	if (!xa_empty(&optee->shm.refs))
		dev_warn(optee->dev,
			 "OP-TEE may still use %zu pages: they are lost\n",
			 pages);
	xa_destroy(&optee->shm.refs);
}

static void get_pages(struct optee_shm_ref *ref, struct page **pages,
		      size_t num_pages)
{
	size_t n;

	for (n = 0; n < num_pages; n++) {
		get_page(pages[n]);
		ref->pages[n] = pages[n];
	}
	ref->num_pages = num_pages;
}

static void put_pages(struct optee_shm_ref *ref)
{
	size_t n;

	for (n = 0; n < ref->num_pages; n++)
		put_page(ref->pages[n]);
}

/**
 * optee_shm_ref_new() - give memory a cookie
 * @optee: where
 * @shm: the memory
 * @pages: to hold on to, or NULL
 * @num_pages: entries in @pages
 *
 * The entry is OPTEE_SHM_NEW, and the caller's until it changes that.
 *
 * Context: Process context; may sleep.
 * Return: the entry, or -ENOMEM, -EBUSY when all cookies are in use.
 */
struct optee_shm_ref *optee_shm_ref_new(struct optee *optee,
					struct tee_shm *shm,
					struct page **pages, size_t num_pages)
{
	struct optee_shm_ref *ref;
	u32 cookie;
	int rc;

	ref = kvzalloc(struct_size(ref, pages, num_pages),
		       GFP_KERNEL | __GFP_NOWARN);
	if (!ref)
		return ERR_PTR(-ENOMEM);
	ref->optee = optee;
	ref->shm = shm;
	ref->state = OPTEE_SHM_NEW;
	get_pages(ref, pages, num_pages);

	rc = xa_alloc_cyclic(&optee->shm.refs, &cookie, ref,
			     XA_LIMIT(1, COOKIE_MAX), &optee->shm.next,
			     GFP_KERNEL);
	if (rc < 0)
		goto put_pages;
	ref->reap.cookie = cookie;
	return ref;

put_pages:
	put_pages(ref);
	kvfree(ref);
	return ERR_PTR(rc);
}

/**
 * optee_shm_ref_free() - take a cookie back, and let go of what it stood for
 * @ref: the caller's; OP-TEE does not know it
 *
 * Context: Process context; may sleep.
 */
void optee_shm_ref_free(struct optee_shm_ref *ref)
{
	xa_erase(&ref->optee->shm.refs, ref->reap.cookie);
	put_pages(ref);
	kvfree(ref);
}

static bool may_be_found(const struct optee_shm_ref *ref)
{
	if (!ref || !ref->shm)
		return false;
	switch (ref->state) {
	case OPTEE_SHM_KNOWN:
	case OPTEE_SHM_LENT:
		return true;
	default:
		return false;
	}
}

/**
 * optee_shm_by_cookie() - the memory that the secure world means
 * @optee: where
 * @cookie: what it says
 *
 * Context: Task; does not sleep.
 * Return: the memory, with a reference that the caller drops with
 *	   tee_shm_put(), or -EINVAL; never NULL.
 */
struct tee_shm *optee_shm_by_cookie(struct optee *optee, u64 cookie)
{
	struct tee_shm *shm = ERR_PTR(-EINVAL);
	struct optee_shm_ref *ref;

	if (!cookie || cookie > COOKIE_MAX)
		return shm;

	xa_lock(&optee->shm.refs);
	ref = xa_load(&optee->shm.refs, cookie);
	/*
	 * An entry's shm is set to NULL, under this lock, before the TEE core
	 * frees it; it may have dropped the last reference already.
	 */
	if (may_be_found(ref) && refcount_inc_not_zero(&ref->shm->refcount))
		shm = ref->shm;
	xa_unlock(&optee->shm.refs);
	return shm;
}
