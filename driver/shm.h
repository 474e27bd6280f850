/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory shared with OP-TEE: the pools it comes from, its registration, and
 * the cookies by which the secure world speaks of it.
 *
 * A cookie is a number of ours, never a pointer: what the secure world sends
 * back is looked up in a table, and a wrong one is an error, not an oops.
 *
 * Functions that return a struct tee_shm * return an ERR_PTR() on failure and
 * never NULL.
 */
#ifndef OPTEE_SHM_H
#define OPTEE_SHM_H

#include <linux/mutex.h>
#include <linux/tee_drv.h>
#include <linux/xarray.h>

#include "call_queue.h"
#include "compat/compat.h"
#include "msg_abi.h"
#include "reaper.h"

struct optee;
struct optee_call;
struct optee_who;
struct page;

/**
 * struct optee_shm_table - memory that the secure world may name
 * @refs: struct optee_shm_ref by cookie; its own lock protects it and what
 *	  the entries say
 * @next: where the search for a free cookie goes on, so that one is not used
 *	  again soon
 * @closed: OP-TEE is to learn of nothing more, and is told of nothing it knows;
 *	    @refs' lock
 * @kept: OP-TEE did not give back all that was lent to it for good, when it was
 *	  told to; set at remove, before what it has is taken back
 */
struct optee_shm_table {
	struct xarray refs;
	u32 next;
	bool closed;
	bool kept;
};

/**
 * enum optee_shm_state - how OP-TEE knows some memory
 * @OPTEE_SHM_KNOWN: by a REGISTER_SHM that was answered
 * @OPTEE_SHM_HIDDEN: the same, but it is no memory for parameters: messages
 *		      are in it. It has a cookie, and is not found by it
 * @OPTEE_SHM_LEAVING: an UNREGISTER_SHM is under way or left to the reaper
 * @OPTEE_SHM_FORGOTTEN: it was unregistered at shutdown; the memory is still
 *			 there
 * @OPTEE_SHM_LENT: by the answer to an RPC, until OP-TEE gives it back; the
 *		    entry holds a reference on the tee_shm
 * @OPTEE_SHM_NEW: not yet; not found by its cookie
 */
enum optee_shm_state {
	OPTEE_SHM_NEW,
	OPTEE_SHM_KNOWN,
	OPTEE_SHM_HIDDEN,
	OPTEE_SHM_LEAVING,
	OPTEE_SHM_FORGOTTEN,
	OPTEE_SHM_LENT,
};

/**
 * struct optee_shm_ref - what a cookie stands for
 * @reap: set aside for an unregistration that cannot be made at once;
 *	  @reap.cookie is the cookie, constant
 * @optee: where
 * @shm: the memory, NULL once the TEE core let go of it; the table's lock
 * @state: how OP-TEE knows it; the table's lock
 * @num_pages: entries in @pages
 * @pages: the memory, a reference on each page: it stays while OP-TEE may
 *	   know it, whatever becomes of @shm
 */
struct optee_shm_ref {
	struct optee_reap reap;
	struct optee *optee;
	struct tee_shm *shm;
	enum optee_shm_state state;
	size_t num_pages;
	struct page *pages[];
};

/* A deadline: do not wait for a secure thread */
#define OPTEE_SHM_NOW	((cq_time_t)0)

/* shm_pool.c: memory for both devices, when any memory can be shared */
struct tee_shm_pool *optee_shm_pool_dynamic(struct optee *optee);

/* shm_ops.c: struct tee_driver_ops of /dev/teeN and of /dev/teeprivN */
int optee_shm_register(struct tee_context *ctx, struct tee_shm *shm,
		       struct page **pages, size_t num_pages,
		       unsigned long start);
int optee_shm_unregister(struct tee_context *ctx, struct tee_shm *shm);
int optee_shm_register_supp(struct tee_context *ctx, struct tee_shm *shm,
			    struct page **pages, size_t num_pages,
			    unsigned long start);
int optee_shm_unregister_supp(struct tee_context *ctx, struct tee_shm *shm);

/* shm_register.c: the calls to OP-TEE */
int optee_shm_make_known(struct optee *optee, const struct optee_who *who,
			 cq_time_t deadline, struct tee_shm *shm,
			 enum optee_shm_state state);
int optee_shm_make_forgotten(struct optee *optee, const struct optee_who *who,
			     cq_time_t deadline, struct tee_shm *shm);
void optee_shm_unregister_all(struct optee *optee, unsigned int timeout_ms);
int optee_shm_may_enter(const struct optee_call *call);

/* shm.c: cookies */
void optee_shm_table_init(struct optee *optee);
void optee_shm_table_exit(struct optee *optee);
struct optee_shm_ref *optee_shm_ref_new(struct optee *optee,
					struct tee_shm *shm,
					struct page **pages, size_t num_pages);
void optee_shm_ref_free(struct optee_shm_ref *ref);
struct tee_shm *optee_shm_by_cookie(struct optee *optee, u64 cookie);

/* shm_lend.c: OPTEE_RPC_CMD_SHM_ALLOC and the SMC ABI's ALLOC */
struct tee_shm *optee_shm_lend_kernel(struct optee *optee, size_t size);
int optee_shm_lend_supp(struct optee *optee, struct tee_shm *shm);
int optee_shm_lent_to_msg(struct optee_call *call, struct tee_shm *shm,
			  struct optee_msg_param *mp);
int optee_shm_take_back(struct optee *optee, u64 cookie);
void optee_shm_take_all_back(struct optee *optee);

/* page_list.c */
void *optee_page_list_new(struct page **pages, size_t num_pages,
			  size_t offset, size_t bytes, size_t *size,
			  u64 *buf_ptr);
void optee_page_list_free(void *list, size_t size);

#endif /* OPTEE_SHM_H */
