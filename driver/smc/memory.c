// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to memory in messages of the SMC conduit.
 *
 * Memory that OP-TEE was told of by a page list is named by its cookie and an
 * offset (rmem); memory of the reserved pool, which OP-TEE knows beforehand,
 * by its physical address (tmem). No memory is a tmem of address and cookie 0.
 *
 * Promises: see arguments.c. A reference of the secure world is believed only
 * if its cookie is that of memory OP-TEE was told of, and all of it is inside.
 *
 * No locking: a parameter is its caller's.
 */
#include <linux/err.h>
#include <linux/tee.h>

#include "arguments.h"
#include "optee.h"

static int rmem_to_msg(struct optee_msg_param *mp, const struct tee_param *p)
{
	const struct tee_param_memref *ref = &p->u.memref;

	if (!ref->shm->sec_world_id)
		return -EINVAL;
	mp->attr = optee_memref_attr(OPTEE_MSG_RMEM_IN, p->attr);
	mp->u.rmem.offs = ref->shm_offs;
	mp->u.rmem.size = ref->size;
	mp->u.rmem.shm_ref = ref->shm->sec_world_id;
	return 0;
}

static void tmem_to_msg(struct optee_msg_param *mp, const struct tee_param *p)
{
	const struct tee_param_memref *ref = &p->u.memref;

	/*
	 * No caching attribute: OP-TEE knows it of the reserved pool, and some
	 * versions keep a reference for ever when it is there.
	 */
	mp->attr = optee_memref_attr(OPTEE_MSG_TMEM_IN, p->attr);
	mp->u.tmem.buf_ptr = ref->shm->paddr + ref->shm_offs;
	mp->u.tmem.size = ref->size;
	mp->u.tmem.shm_ref = ref->shm->sec_world_id;
}

static int null_to_msg(struct optee *optee, struct optee_msg_param *mp,
		       const struct tee_param *p)
{
	if (!optee->memref_null)
		return -EINVAL;
	mp->attr = optee_memref_attr(OPTEE_MSG_TMEM_IN, p->attr);
	mp->u.tmem.buf_ptr = 0;
	mp->u.tmem.size = p->u.memref.size;
	mp->u.tmem.shm_ref = 0;
	return 0;
}

/**
 * optee_smc_memref_to_msg() - struct optee_conduit.memref_to_msg
 * @optee: where
 * @mp: set
 * @p: a TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_*
 *
 * Context: Any.
 * Return: 0, or -EINVAL if it is not within its memory, or is no memory and
 *	   OP-TEE does not take that.
 */
int optee_smc_memref_to_msg(struct optee *optee, struct optee_msg_param *mp,
			    const struct tee_param *p)
{
	const struct tee_param_memref *ref = &p->u.memref;
	int rc;

	if (!ref->shm)
		return null_to_msg(optee, mp, p);
	rc = optee_memref_check(ref->shm, ref->shm_offs, ref->size);
	if (rc)
		return rc;
	if (tee_shm_is_dynamic(ref->shm))
		return rmem_to_msg(mp, p);
	tmem_to_msg(mp, p);
	return 0;
}

/* Memory of a process is scattered: it has no physical address of its own */
static bool is_contiguous(const struct tee_shm *shm)
{
	return shm->flags & TEE_SHM_POOL;
}

static int tmem_offset(const struct tee_shm *shm, u64 buf_ptr, u64 *offs)
{
	if (!is_contiguous(shm) || buf_ptr < shm->paddr)
		return -EINVAL;
	*offs = buf_ptr - shm->paddr;
	return 0;
}

/* On success the caller's reference on the memory becomes that of @p */
static int set_memref(struct tee_param *p, struct tee_shm *shm, u64 offs,
		      u64 size)
{
	if (optee_memref_check(shm, offs, size))
		return -EINVAL;
	p->u.memref.shm = shm;
	p->u.memref.shm_offs = offs;
	p->u.memref.size = size;
	return 0;
}

static int set_null(struct tee_param *p, u64 where, u64 size)
{
	if (where || size > SIZE_MAX)
		return -EINVAL;
	p->u.memref.shm = NULL;
	p->u.memref.shm_offs = 0;
	p->u.memref.size = size;
	return 0;
}

static int tmem_from_msg(struct optee *optee, struct tee_param *p,
			 const struct optee_msg_tmem *tmem)
{
	struct tee_shm *shm;
	u64 offs;
	int rc;

	if (!tmem->shm_ref)
		return set_null(p, tmem->buf_ptr, tmem->size);
	shm = optee_shm_by_cookie(optee, tmem->shm_ref);
	if (IS_ERR(shm))
		return PTR_ERR(shm);
	rc = tmem_offset(shm, tmem->buf_ptr, &offs);
	if (rc)
		goto put_shm;
	rc = set_memref(p, shm, offs, tmem->size);
	if (rc)
		goto put_shm;
	return 0;

put_shm:
	tee_shm_put(shm);
	return rc;
}

static int rmem_from_msg(struct optee *optee, struct tee_param *p,
			 const struct optee_msg_rmem *rmem)
{
	struct tee_shm *shm;
	int rc;

	if (!rmem->shm_ref)
		return set_null(p, rmem->offs, rmem->size);
	shm = optee_shm_by_cookie(optee, rmem->shm_ref);
	if (IS_ERR(shm))
		return PTR_ERR(shm);
	rc = set_memref(p, shm, rmem->offs, rmem->size);
	if (rc)
		goto put_shm;
	return 0;

put_shm:
	tee_shm_put(shm);
	return rc;
}

/**
 * optee_smc_memref_from_msg() - struct optee_conduit.memref_from_msg
 * @optee: where
 * @p: set; on success its memory, if any, has a reference
 * @mp: a copy, which the secure world cannot reach
 *
 * Context: Process context; may sleep.
 * Return: 0 or -EINVAL.
 */
int optee_smc_memref_from_msg(struct optee *optee, struct tee_param *p,
			      const struct optee_msg_param *mp)
{
	switch (mp->attr & ~(OPTEE_MSG_CACHE_MASK << OPTEE_MSG_CACHE_SHIFT)) {
	case OPTEE_MSG_TMEM_IN:
	case OPTEE_MSG_TMEM_OUT:
	case OPTEE_MSG_TMEM_INOUT:
		p->attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT +
			  (mp->attr & OPTEE_MSG_TYPE_MASK) - OPTEE_MSG_TMEM_IN;
		return tmem_from_msg(optee, p, &mp->u.tmem);
	case OPTEE_MSG_RMEM_IN:
	case OPTEE_MSG_RMEM_OUT:
	case OPTEE_MSG_RMEM_INOUT:
		p->attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT +
			  (mp->attr & OPTEE_MSG_TYPE_MASK) - OPTEE_MSG_RMEM_IN;
		return rmem_from_msg(optee, p, &mp->u.rmem);
	default:
		return -EINVAL;
	}
}
