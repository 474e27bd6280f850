/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One allocation of an operation fails, by the kernel's fault injection: the
 * first, then the second, and so on until the operation is through before.
 */
#ifndef GT_FAIL_H
#define GT_FAIL_H

#include <stdbool.h>

/* Whose allocations count */
enum fail_whose {
	FAIL_ALL,	/* any that the operation makes */
	FAIL_DRIVER,	/* those with optee.ko's code below them on the stack */
	FAIL_TABLE,	/* those below optee_shm_ref_new() */
	FAIL_LOAD,	/* those below do_one_initcall(): of a module's loading */
};

/* Set up fault injection; broken() if this kernel has none */
void fail_begin(enum fail_whose whose);
/* The @nth allocation of the calling thread from now on fails */
void fail_arm(unsigned int nth);
/* None does any more; how many were left to the one that was to fail, 0: it did */
unsigned int fail_disarm(void);

/* What is left to the reaper takes so long at most */
#define FAIL_SETTLE_MS	5000

/* Pages that nobody has, once caches were emptied */
long free_pages(void);

/* --- room for sessions in OP-TEE ----------------------------------------- */

/* Take it, but for a few */
void room_take(void);
/* It is as much as before, or fault() */
void room_check(void);

/* --- a crowd: no message is left in the driver's pages ------------------- */

/* Processes that hold all threads of users, and callers that wait for one */
void crowd_open(void);
/*
 * All callers have a message and wait for a thread; they go on by themselves,
 * soon after.
 */
void crowd_come(void);
/* All calls are over */
void crowd_go(void);

#endif /* GT_FAIL_H */
