/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver over the SMC conduit, from optee_call() down, before the OP-TEE
 * of smc_world.h.
 */
#ifndef TEST_SMC_DRIVER_H
#define TEST_SMC_DRIVER_H

#include "smc_world.h"

extern struct optee optee;

/* Who makes the calls of a test */
extern struct optee_who smc_who;

/* With 2 threads, dynamic memory and @rpc_params behind each message */
void smc_driver_start(unsigned int rpc_params);
/* All memory was given back, or the test fails */
void smc_driver_stop(void);

#endif /* TEST_SMC_DRIVER_H */
