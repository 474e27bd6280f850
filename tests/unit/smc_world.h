/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An OP-TEE behind the SMC conduit, for tests: behind arm_smccc_smc() and
 * arm_smccc_hvc(). It answers fast calls with what is set here, and standard
 * calls as a script says, or that all went well. Bits 63:32 are garbage.
 */
#ifndef TEST_SMC_WORLD_H
#define TEST_SMC_WORLD_H

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "call.h"
#include "optee.h"
#include "smc/smc_abi.h"

#define SMC_MAX_STEPS	16
#define SMC_MAX_VALUES	256

/* What comes back in a0 to a3 */
struct smc_answer {
	u32 a[4];
};

/**
 * struct smc_world - what OP-TEE says, and what it was told
 * @uid: CALLS_UID
 * @revision: CALLS_REVISION
 * @os: GET_OS_REVISION
 * @threads: GET_THREAD_COUNT
 * @caps: EXCHANGE_CAPS
 * @async: ENABLE_ASYNC_NOTIF
 * @values: GET_ASYNC_NOTIF, one after the other
 * @num_values: how many of them
 * @next_value: the next of them
 * @endless: there is always one more value, and it is this one; 0: not so
 * @smc: calls by SMC
 * @hvc: calls by HVC
 * @told_caps: what EXCHANGE_CAPS was told
 * @script: answers to standard calls; behind the last all go well
 * @num_script: how many of them
 * @said: registers of the standard calls, as many as fit
 * @num_said: how many there were
 * @cmd: the last message's command
 * @ret: what messages are answered with
 * @on_call: called as each standard call comes in, or NULL
 */
struct smc_world {
	struct smc_answer uid;
	struct smc_answer revision;
	struct smc_answer os;
	struct smc_answer threads;
	struct smc_answer caps;
	struct smc_answer async;
	u32 values[SMC_MAX_VALUES];
	unsigned int num_values;
	unsigned int next_value;
	u32 endless;
	unsigned int smc;
	unsigned int hvc;
	u32 told_caps;
	struct smc_answer script[SMC_MAX_STEPS];
	unsigned int num_script;
	u32 said[SMC_MAX_STEPS][8];
	unsigned int num_said;
	u32 cmd;
	u32 ret;
	void (*on_call)(unsigned int n);
};

extern struct smc_world world;

/* As OP-TEE 4.5 says it in QEMU, with 2 threads */
void smc_world_reset(void);
void smc_world_says(u32 a0, u32 a1, u32 a2, u32 a3);

#endif /* TEST_SMC_WORLD_H */
