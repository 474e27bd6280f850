/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the call queue stands on, for the explorer and the random schedules:
 * same include guard and names as driver/cq_prim.h, with callers that are
 * contexts of one thread.
 *
 * Taking the lock and sleeping are where another caller may go on; see
 * docs/explorer.md why that is every place that matters.
 */
#ifndef OPTEE_CQ_PRIM_H
#define OPTEE_CQ_PRIM_H

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/types.h>

typedef s64 cq_time_t;

#define CQ_MS			((cq_time_t)1000000)
#define CQ_FOREVER		((cq_time_t)LLONG_MAX)

typedef struct {
	bool held;
} cq_lock_t;

/**
 * struct cq_event - what one caller sleeps on
 * @caller: which
 * @set: the event happened
 */
struct cq_event {
	int caller;
	bool set;
};

/* What was found to be wrong first, or NULL */
extern const char *broken;

static inline void must(bool holds, const char *what)
{
	if (!holds && !broken)
		broken = what;
}

#define cq_assert(cond)		must(cond, #cond)
#define cq_queued(call)		((void)(call))
#define cq_assert_locked(l)	cq_assert((l)->held)
#define cq_lock_init(l)		((l)->held = false)

void cq_lock(cq_lock_t *l);
void cq_unlock(cq_lock_t *l);
cq_time_t cq_now(void);
void cq_event_init(struct cq_event *ev);
void cq_event_set(struct cq_event *ev);
bool cq_event_killed(const struct cq_event *ev);
bool cq_event_frozen(const struct cq_event *ev);
int cq_event_wait(struct cq_event *ev, cq_time_t until);

void *cq_alloc(size_t n, size_t size);

static inline void cq_free(void *p)
{
	(void)p;
}

#endif /* OPTEE_CQ_PRIM_H */
