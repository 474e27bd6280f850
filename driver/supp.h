/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tee-supplicant: requests to it, and its answers.
 */
#ifndef OPTEE_SUPP_H
#define OPTEE_SUPP_H

#include <linux/idr.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/tee_drv.h>
#include <linux/wait.h>

#include "compat/compat.h"

struct optee;
struct optee_call;
struct pid;

/**
 * struct optee_supp - the supplicant of one OP-TEE
 * @lock: protects every field below
 * @ctx: its open /dev/teeprivN, or NULL
 * @number: of @ctx, another for each; not 0 after the first
 * @process: who last received a request with @ctx, a reference; NULL before
 * @queued: requests it has not fetched, oldest first
 * @shown: requests whose fetcher may still be reading them
 * @fetched: requests it has fetched and not answered, by the id it was given
 * @sync_id: the request a supplicant that uses no ids is serving, or 0
 * @silent: somebody waited for it in vain, and it was not heard of since
 * @closed: nobody asks any more
 * @arrived: woken when something is queued, when it is @silent, and when @ctx
 *	     goes
 */
struct optee_supp {
	struct mutex lock;	/* before tee_device.mutex */
	struct tee_context *ctx;
	u32 number;
	struct pid *process;
	struct list_head queued;
	struct list_head shown;
	struct idr fetched;
	int sync_id;
	bool silent;
	bool closed;
	wait_queue_head_t arrived;
};

/* supp.c: OP-TEE's side */
void optee_supp_init(struct optee_supp *supp);
void optee_supp_exit(struct optee_supp *supp);
u32 optee_supp_request(struct optee_call *call, u32 func, size_t num_params,
		       struct tee_param *param);
u32 optee_supp_alloc(struct optee_call *call, size_t size,
		     struct tee_shm **shm);
void optee_supp_free(struct optee *optee, struct tee_shm *shm);

/* supp_device.c: tee-supplicant's side */
int optee_supp_open(struct optee *optee, struct tee_context *ctx);
void optee_supp_close(struct optee *optee, struct tee_context *ctx);
int optee_supp_recv(struct tee_context *ctx, u32 *func, u32 *num_params,
		    struct tee_param *param);
int optee_supp_send(struct tee_context *ctx, u32 ret, u32 num_params,
		    struct tee_param *param);

#endif /* OPTEE_SUPP_H */
