// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of tests/host/include that is no macro.
 */
#include <pthread.h>

#include <linux/mm.h>
#include <linux/tee_drv.h>
#include <linux/xarray.h>

#ifndef HOST_THREADS
struct task_struct host_task = {
	.pid = 1,
	.tgid = 1,
	.comm = "host",
};
#endif

unsigned int host_tee_shms;

void xa_init_flags(struct xarray *xa, unsigned int flags)
{
	memset(xa, 0, sizeof(*xa));
}

void xa_destroy(struct xarray *xa)
{
	free(xa->entry);
	memset(xa, 0, sizeof(*xa));
}

void *host_xa_from(const struct xarray *xa, unsigned long *index)
{
	for (; *index < xa->size; ++*index)
		if (xa->entry[*index])
			return xa->entry[*index];
	return NULL;
}

bool xa_empty(const struct xarray *xa)
{
	unsigned long index = 0;

	return !host_xa_from(xa, &index);
}

void *xa_load(const struct xarray *xa, unsigned long index)
{
	return index < xa->size ? xa->entry[index] : NULL;
}

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	void *entry = xa_load(xa, index);

	lockdep_assert_held(&xa->xa_lock);
	if (entry)
		xa->entry[index] = NULL;
	return entry;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *entry;

	xa_lock(xa);
	entry = __xa_erase(xa, index);
	xa_unlock(xa);
	return entry;
}

static void grow(struct xarray *xa)
{
	unsigned long size = xa->size ? 2 * xa->size : 16;

	xa->entry = realloc(xa->entry, size * sizeof(*xa->entry));
	host_bug(!xa->entry);
	memset(xa->entry + xa->size, 0,
	       (size - xa->size) * sizeof(*xa->entry));
	xa->size = size;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry,
		    struct xa_limit limit, u32 *next, gfp_t gfp)
{
	host_bug(*next < limit.min || *next >= limit.max);
	while (*next >= xa->size)
		grow(xa);
	host_bug(xa->entry[*next]);
	*id = *next;
	xa->entry[(*next)++] = entry;
	return 0;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	while (index >= xa->size)
		grow(xa);
	if (xa->entry[index])
		return -EBUSY;
	xa->entry[index] = entry;
	return 0;
}

/* All in one array, which the first entry leads to */
static void host_pages(struct tee_shm *shm)
{
	struct page *page;
	size_t n;

	shm->num_pages = PAGE_ALIGN(shm->size) / PAGE_SIZE;
	shm->pages = calloc(shm->num_pages, sizeof(*shm->pages));
	page = calloc(shm->num_pages, sizeof(*page));
	host_bug(!shm->pages || !page);
	for (n = 0; n < shm->num_pages; n++) {
		page[n].pa = shm->paddr + n * PAGE_SIZE;
		refcount_set(&page[n].refs, 1);
		shm->pages[n] = page + n;
	}
}

static void host_pages_free(struct tee_shm *shm)
{
	size_t n;

	if (!shm->pages)
		return;
	for (n = 0; n < shm->num_pages; n++)
		host_bug(refcount_read(&shm->pages[n]->refs) != 1);
	free(shm->pages[0]);
	free(shm->pages);
}

/* What user space made is known by a number */
static pthread_mutex_t numbers = PTHREAD_MUTEX_INITIALIZER;
static struct tee_shm *numbered[HOST_SHM_IDS];

void host_ctx_get(struct tee_context *ctx)
{
	if (ctx)
		__atomic_add_fetch(&ctx->refs, 1, __ATOMIC_SEQ_CST);
}

void host_ctx_put(struct tee_context *ctx)
{
	if (ctx && !__atomic_sub_fetch(&ctx->refs, 1, __ATOMIC_SEQ_CST) &&
	    ctx->release)
		ctx->release(ctx);
}

struct tee_shm *host_tee_shm_new(struct tee_context *ctx, size_t size,
				 u32 flags, bool pages)
{
	struct tee_shm *shm = calloc(1, sizeof(*shm));

	host_bug(!shm);
	shm->kaddr = alloc_pages_exact(size, GFP_KERNEL);
	if (!shm->kaddr) {
		free(shm);
		return ERR_PTR(-ENOMEM);
	}
	shm->ctx = ctx;
	shm->paddr = virt_to_phys(shm->kaddr);
	shm->size = size;
	shm->flags = flags;
	shm->id = -1;
	host_ctx_get(ctx);
	refcount_set(&shm->refcount, 1);
	if (pages)
		host_pages(shm);
	__atomic_add_fetch(&host_tee_shms, 1, __ATOMIC_SEQ_CST);
	return shm;
}

struct tee_shm *tee_shm_alloc_priv_buf(struct tee_context *ctx, size_t size)
{
	if (!size || size > HOST_ALLOC_MAX)
		return ERR_PTR(-ENOMEM);
	return host_tee_shm_new(ctx, PAGE_ALIGN(size),
				TEE_SHM_PRIV | TEE_SHM_POOL, true);
}

int host_tee_shm_number(struct tee_shm *shm)
{
	int id = 1;

	pthread_mutex_lock(&numbers);
	while (id < HOST_SHM_IDS && numbered[id])
		id++;
	host_bug(id == HOST_SHM_IDS);
	numbered[id] = shm;
	pthread_mutex_unlock(&numbers);
	shm->id = id;
	return id;
}

struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id)
{
	struct tee_shm *shm = NULL;

	pthread_mutex_lock(&numbers);
	if (id > 0 && id < HOST_SHM_IDS)
		shm = numbered[id];
	if (!shm || shm->ctx != ctx)
		shm = ERR_PTR(-EINVAL);
	else
		refcount_inc(&shm->refcount);
	pthread_mutex_unlock(&numbers);
	return shm;
}

/* The last reference and the number go at once */
static bool last_put(struct tee_shm *shm)
{
	bool last;

	pthread_mutex_lock(&numbers);
	last = refcount_dec_and_test(&shm->refcount);
	if (last && shm->id > 0)
		numbered[shm->id] = NULL;
	pthread_mutex_unlock(&numbers);
	return last;
}

void tee_shm_put(struct tee_shm *shm)
{
	struct tee_context *ctx = shm->ctx;

	if (!last_put(shm))
		return;
	host_pages_free(shm);
	free(shm->kaddr);
	free(shm);
	__atomic_sub_fetch(&host_tee_shms, 1, __ATOMIC_SEQ_CST);
	host_ctx_put(ctx);
}

void *tee_shm_get_va(struct tee_shm *shm, size_t offs)
{
	if (!shm->kaddr || offs >= shm->size)
		return ERR_PTR(-EINVAL);
	return (char *)shm->kaddr + offs;
}

int tee_shm_get_pa(struct tee_shm *shm, size_t offs, phys_addr_t *pa)
{
	if (offs >= shm->size)
		return -EINVAL;
	*pa = shm->paddr + offs;
	return 0;
}
