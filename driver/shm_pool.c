// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool of memory to share, when OP-TEE can share any: pages of the
 * kernel, contiguous and zeroed, one allocation a buffer.
 *
 * Promises:
 * - A buffer of a client is registered with OP-TEE as long as it lives; so it
 *   is TEE_SHM_DYNAMIC.
 * - One that is private to this driver (TEE_SHM_PRIV), or tee-supplicant's,
 *   is not: OP-TEE learns of it when it is lent, or not at all.
 *
 * No locking: what a pool operation works on is its caller's.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "optee.h"

static int alloc_pages_of(struct tee_shm *shm, size_t bytes)
{
	size_t num = bytes >> PAGE_SHIFT;
	struct page **pages;
	void *kaddr;
	size_t n;

	/* A client decides how much that is: no warning when it is too much */
	kaddr = alloc_pages_exact(bytes,
				  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!kaddr)
		return -ENOMEM;
	pages = kmalloc_array(num, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		goto free_kaddr;

	for (n = 0; n < num; n++)
		pages[n] = virt_to_page(kaddr + n * PAGE_SIZE);
	shm->kaddr = kaddr;
	shm->paddr = virt_to_phys(kaddr);
	shm->size = bytes;
	shm->offset = 0;
	shm->pages = pages;
	shm->num_pages = num;
	return 0;

free_kaddr:
	free_pages_exact(kaddr, bytes);
	return -ENOMEM;
}

static void free_pages_of(struct tee_shm *shm)
{
	/* OP-TEE may still know them: then there are more references */
	free_pages_exact(shm->kaddr, shm->size);
	shm->kaddr = NULL;
	kfree(shm->pages);
	shm->pages = NULL;
	shm->num_pages = 0;
}

static bool is_registered(const struct optee *optee, const struct tee_shm *shm)
{
	return !(shm->flags & TEE_SHM_PRIV) &&
	       shm->ctx->teedev != optee->supp_teedev;
}

static int pool_alloc(struct tee_shm_pool *pool, struct tee_shm *shm,
		      size_t size, size_t align)
{
	struct optee *optee = pool->private_data;
	size_t bytes = PAGE_ALIGN(size);
	int rc;

	if (!size || align > PAGE_SIZE)
		return -EINVAL;
	if (bytes < size)
		return -ENOMEM;
	rc = alloc_pages_of(shm, bytes);
	if (rc)
		return rc;

	if (!is_registered(optee, shm)) {
		shm->flags &= ~TEE_SHM_DYNAMIC;
		return 0;
	}
	rc = optee_shm_register(shm->ctx, shm, shm->pages, shm->num_pages,
				(unsigned long)shm->kaddr);
	if (rc)
		goto free_pages;
	return 0;

free_pages:
	free_pages_of(shm);
	return rc;
}

static void pool_free(struct tee_shm_pool *pool, struct tee_shm *shm)
{
	if (shm->flags & TEE_SHM_DYNAMIC)
		optee_shm_unregister(shm->ctx, shm);
	free_pages_of(shm);
}

static void pool_destroy(struct tee_shm_pool *pool)
{
	kfree(pool);
}

static const struct tee_shm_pool_ops pool_ops = {
	.alloc = pool_alloc,
	.free = pool_free,
	.destroy_pool = pool_destroy,
};

/**
 * optee_shm_pool_dynamic() - make a pool of memory that can be shared
 * @optee: where; any memory can be shared with it
 *
 * Context: Probe.
 * Return: the pool, for tee_shm_pool_free(), or -ENOMEM.
 */
struct tee_shm_pool *optee_shm_pool_dynamic(struct optee *optee)
{
	struct tee_shm_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->ops = &pool_ops;
	pool->private_data = optee;
	return pool;
}
