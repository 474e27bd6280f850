/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world that fuzz_rpc.c has the driver in: what is left of the input, the
 * supplicant, and what happens while the driver sleeps.
 */
#ifndef FUZZ_WORLD_RPC_H
#define FUZZ_WORLD_RPC_H

#include <linux/tee_drv.h>

#include "optee.h"

#define MAX_MEMORY	12
#define MAX_FETCHED	4
#define MAX_ROOM	10
#define CONTEXTS	3

/**
 * struct fetched - a request the supplicant has
 * @ctx: by which, or NULL once its fetcher was back
 * @fetcher: in whose ioctl the TEE core may still read it
 * @func: what is asked
 * @num: entries in @param
 * @param: what it was given
 */
struct fetched {
	struct tee_context *ctx;
	struct task_struct *fetcher;
	u32 func;
	u32 num;
	struct tee_param param[MAX_ROOM];
};

/**
 * struct world - all there is
 * @at: the rest of the input
 * @left: bytes of it
 * @kernel_ctx: the driver's own context
 * @ctx: open files of supplicants; the TEE core's reference is in @open
 * @memory: the supplicants' own, with their reference
 * @last: a cookie that was lent
 * @fetched: requests
 * @self: this thread, which is one of these in turn:
 * @caller: whose call the secure world asks in
 * @supp: threads of the supplicant
 * @waking: the driver sleeps
 */
struct world {
	const u8 *at;
	size_t left;
	struct optee optee;
	struct tee_device teedev;
	struct tee_device supp_dev;
	struct tee_context kernel_ctx;
	struct tee_context ctx[CONTEXTS];
	bool open[CONTEXTS];
	struct tee_shm *memory[MAX_MEMORY];
	u64 last;
	struct fetched fetched[MAX_FETCHED];
	struct task_struct *self;
	struct task_struct *caller;
	struct task_struct *supp[2];
	bool waking;
};

extern struct world *world;

/* Zeros when nothing is left */
u8 take_byte(void);
/* Small numbers, large ones, and any */
u64 take_number(void);

void world_start(const u8 *data, size_t size);
/* Lets go of everything; no memory may be left */
void world_end(void);
/* What the input says happens next, while the driver sleeps or in between */
void meanwhile(void);

#endif /* FUZZ_WORLD_RPC_H */
