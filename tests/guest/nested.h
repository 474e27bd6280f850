/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of nested calls share. */
#ifndef GT_NESTED_H
#define GT_NESTED_H

#include "gt.h"

/* Long enough for any chain, if it moves at all */
#define PATIENCE_MS	15000

/* On stock they all hang, and each is waited for in vain */
#define DEADLOCK_FLOOD	3

#define BUSY		0xffff000d	/* TEEC_ERROR_BUSY */

void reserve_system(unsigned int n);
/* A process that has the plugin call back, @depth deep; not yet */
struct actor *plugin_caller(unsigned int depth);
/*
 * The log has one report of a deadlock that ended a call of @pid (0: whoever)
 * as deep as there are threads, with each thread's holder in @rpc, and who of
 * the flood waits behind them.
 */
void must_be_reported(const char *rpc, pid_t pid);
/* Each of these is served again, and again */
void must_go_on(const struct actor *flood, unsigned int n);

#endif /* GT_NESTED_H */
