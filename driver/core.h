/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What both conduits have in common of a probe and a remove.
 *
 * A conduit has its talk with OP-TEE, fills in struct optee and calls, with
 * steps of its own between them, in this order: optee_core_init(),
 * optee_core_register(); optee_core_unregister(), optee_core_exit().
 */
#ifndef OPTEE_CORE_H
#define OPTEE_CORE_H

#include <linux/types.h>

struct optee;

int optee_core_init(struct optee *optee, unsigned int threads, u32 max_notif);
int optee_core_register(struct optee *optee);
void optee_core_unregister(struct optee *optee);
void optee_core_exit(struct optee *optee);
void optee_core_shutdown(struct optee *optee);

#endif /* OPTEE_CORE_H */
