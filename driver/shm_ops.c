// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the TEE core asks when a client or tee-supplicant shares memory.
 *
 * Promises:
 * - (Un)registering has the class of who it is for.
 * - The memory of a process is shared only if it is mapped there as OP-TEE
 *   maps it.
 * - A task that dies does not wait for its memory to be unregistered, nor does
 *   a kernel thread for that of a process: the last reference to a file may go
 *   in a work that lets go of everybody's files.
 *
 * Locking: the mmap lock of the process while its mappings are looked at.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "compat/memtype.h"
#include "optee.h"

static void who_shares(struct optee *optee, struct tee_context *ctx,
		       struct optee_who *who)
{
	if (ctx->data && ctx->teedev == optee->teedev)
		optee_who_shares(ctx->data, who);
	else
		optee_who_drives(optee, who);
}

static cq_time_t patience(const struct tee_shm *shm)
{
	bool dying = (current->flags & PF_EXITING) ||
		     fatal_signal_pending(current);
	/* Memory with an id has a file; in-kernel clients' has none */
	bool others = (current->flags & PF_KTHREAD) && shm->id >= 0;

	return dying || others ? OPTEE_SHM_NOW : CQ_FOREVER;
}

/* A hole is an error: nothing says how it would be mapped when it is filled */
static int check_vmas(struct mm_struct *mm, unsigned long start,
		      unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long at;

	mmap_assert_locked(mm);
	for (at = start; at < end; at = vma->vm_end) {
		vma = find_vma(mm, at);
		if (!vma || vma->vm_start > at)
			return -EFAULT;
		if (!optee_prot_is_normal(vma->vm_page_prot))
			return -EINVAL;
	}
	return 0;
}

/* Memory the kernel registers is from its linear map: always normal */
static int check_mapping(const struct tee_shm *shm, unsigned long start,
			 size_t num_pages)
{
	struct mm_struct *mm = current->mm;
	unsigned long bytes, end;
	int rc;

	if (!num_pages || !shm->size)
		return -EINVAL;
	if (!(shm->flags & TEE_SHM_USER_MAPPED))
		return 0;
	if (!mm || check_mul_overflow(num_pages, PAGE_SIZE, &bytes) ||
	    check_add_overflow(start, bytes, &end))
		return -EINVAL;

	mmap_read_lock(mm);
	rc = check_vmas(mm, start, end);
	mmap_read_unlock(mm);
	return rc;
}

/**
 * optee_shm_register() - struct tee_driver_ops.shm_register of /dev/teeN
 * @ctx: for whom
 * @shm: the memory
 * @pages: the same as @shm->pages
 * @num_pages: the same as @shm->num_pages
 * @start: address of the first page
 *
 * Context: Process context; may sleep.
 * Return: 0 or a negative errno.
 */
int optee_shm_register(struct tee_context *ctx, struct tee_shm *shm,
		       struct page **pages, size_t num_pages,
		       unsigned long start)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);
	struct optee_who who;
	int rc;

	if (!optee->dynamic_shm)
		return -EOPNOTSUPP;
	rc = check_mapping(shm, start, num_pages);
	if (rc)
		return rc;
	who_shares(optee, ctx, &who);
	return optee_shm_make_known(optee, &who, CQ_FOREVER, shm,
				    OPTEE_SHM_KNOWN);
}

/**
 * optee_shm_unregister() - struct tee_driver_ops.shm_unregister of /dev/teeN
 * @ctx: for whom
 * @shm: the memory; the TEE core frees it whatever this returns
 *
 * Context: Process context; may sleep, but not for a secure thread when the
 *	    task dies, or is a kernel thread and the memory a process's.
 * Return: 0, or -EINVAL if it is not registered.
 */
int optee_shm_unregister(struct tee_context *ctx, struct tee_shm *shm)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);
	struct optee_who who;

	who_shares(optee, ctx, &who);
	return optee_shm_make_forgotten(optee, &who, patience(shm), shm);
}

/**
 * optee_shm_register_supp() - struct tee_driver_ops.shm_register of
 *			       /dev/teeprivN
 * @ctx: of tee-supplicant
 * @shm: the memory
 * @pages: the same as @shm->pages
 * @num_pages: the same as @shm->num_pages
 * @start: address of the first page
 *
 * OP-TEE learns of it from the answer to an RPC, see optee_shm_lend_supp().
 *
 * Context: Process context; may sleep.
 * Return: 0 or a negative errno.
 */
int optee_shm_register_supp(struct tee_context *ctx, struct tee_shm *shm,
			    struct page **pages, size_t num_pages,
			    unsigned long start)
{
	struct optee *optee = tee_get_drvdata(ctx->teedev);

	if (!optee->dynamic_shm)
		return -EOPNOTSUPP;
	return check_mapping(shm, start, num_pages);
}

/**
 * optee_shm_unregister_supp() - struct tee_driver_ops.shm_unregister of
 *				 /dev/teeprivN
 * @ctx: of tee-supplicant
 * @shm: the memory; not lent, for that takes a reference
 *
 * Context: Any.
 * Return: 0.
 */
int optee_shm_unregister_supp(struct tee_context *ctx, struct tee_shm *shm)
{
	return 0;
}
