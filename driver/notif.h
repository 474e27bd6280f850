/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifications: what a call in the secure world waits for, sent by another
 * call or by an interrupt.
 */
#ifndef OPTEE_NOTIF_H
#define OPTEE_NOTIF_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct optee;

/* Values there are when the secure world does not say */
#define OPTEE_NOTIF_DEFAULT_MAX	255
/* More than any OP-TEE has; what says more is not believed */
#define OPTEE_NOTIF_LIMIT	0xffff

/**
 * struct optee_notif - notifications of one OP-TEE
 * @lock: protects @sent, @waiters and @closed; taken in hard interrupts
 * @max: highest value there is; constant after optee_notif_init()
 * @sent: bitmap of @max + 1: sent while nobody waited for it; NULL when
 *	  @closed
 * @waiters: struct optee_notif_waiter.node: who waits for what
 * @closed: nobody waits any more
 */
struct optee_notif {
	spinlock_t lock;	/* a leaf */
	u32 max;
	unsigned long *sent;
	struct list_head waiters;
	bool closed;
};

int optee_notif_init(struct optee *optee, u32 max);
void optee_notif_exit(struct optee *optee);
int optee_notif_wait(struct optee *optee, u64 value, u64 timeout_ms);
int optee_notif_send(struct optee *optee, u64 value);

#endif /* OPTEE_NOTIF_H */
