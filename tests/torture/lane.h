/* SPDX-License-Identifier: GPL-2.0-only */
/* A thread of an actor, as it sees itself; and what it calls. */
#ifndef LANE_H
#define LANE_H

#include "torture.h"

#define CANCEL_ID	1

/* What a lane has; two may have one session */
struct self {
	const struct role *role;
	struct lane *lane;
	struct worker *worker;
	struct chance chance;
	uint32_t object;	/* nobody else stores under this number */
	bool opens;		/* a session of its own, not the first lane's */
	bool cancels;		/* what those of its worker's session do */
	bool stale;		/* the session may be dead */
};

enum class class_of(const struct self *self);

/* @n calls may be made; @n of these were */
void expect(struct self *self, enum class class, enum cmd cmd, int n);
void made(struct self *self, enum class class, enum cmd cmd, int n);
/* OP-TEE has had a call with this answer */
bool was_made(uint32_t ret);

/* Around each ioctl, and what came of it in between */
void begin(struct self *self, enum act act);
void judge(struct self *self, uint32_t ret);
void end_act(struct self *self);

void open_session(struct self *self);
/* Close it, by name or with the file, and open another */
void reopen(struct self *self);

/* Bare: without books */
uint32_t call_user(struct self *self, uint32_t cmd, uint64_t a,
		   struct tee_ioctl_param *memory);
uint32_t call_kernel(struct self *self, uint32_t cmd, uint64_t a,
		     uint32_t memory, uint32_t *wrong);
/* With all of it; returns the answer */
uint32_t call(struct self *self, enum act act, uint32_t cmd, uint64_t a);

#endif /* LANE_H */
