// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver over the SMC conduit, from optee_call() down.
 */
#include "client.h"
#include "smc_driver.h"

struct optee optee;
struct optee_who smc_who;

static struct tee_context kernel_ctx;
static struct tee_device client_dev = { .drvdata = &optee };

/* Nothing here is left to the reaper, and nobody waits for long */

void optee_reap(struct optee *optee, struct optee_reap *reap)
{
	fail_msg("left to the reaper");
}

void optee_stall_watch(struct optee *optee)
{
}

int optee_table_holders(struct optee *optee, struct seq_file *s)
{
	return 0;
}

int optee_table_waiters(struct optee *optee, struct seq_file *s)
{
	return 0;
}

void optee_ctx_raise(struct optee_ctx *octx, enum optee_cq_class class)
{
	fail_msg("no context here");
}

void smc_driver_start(unsigned int rpc_params)
{
	smc_world_reset();
	host_reset();
	memset(&optee, 0, sizeof(optee));
	optee.conduit = &optee_smc_conduit;
	optee.smc.invoke = arm_smccc_smc;
	optee.teedev = &client_dev;
	optee.ctx = &kernel_ctx;
	optee.dynamic_shm = true;
	optee.rpc_params = rpc_params;
	assert_int_equal(optee_cq_init(&optee.cq, 2), 0);
	optee_cq_client_init(&optee.own);
	optee_shm_table_init(&optee);
	optee_supp_init(&optee.supp);
	assert_int_equal(optee_notif_init(&optee, 255), 0);
	assert_int_equal(optee_msg_cache_init(&optee), 0);
	optee_who_drives(&optee, &smc_who);
}

void smc_driver_stop(void)
{
	host_fail_alloc(0);
	optee_msg_cache_exit(&optee);
	optee_notif_exit(&optee);
	optee_supp_exit(&optee.supp);
	optee_shm_take_all_back(&optee);
	optee_shm_table_exit(&optee);
	assert_int_equal(optee.cq.inside, 0);
	optee_cq_destroy(&optee.cq);
	assert_int_equal(host_tee_shms, 0);
	assert_int_equal(cq_host_failures(), 0);
}
