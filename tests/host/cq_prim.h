/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the call queue stands on, for user space: same include guard, same
 * names and same meaning as driver/cq_prim.h. Give it with -include and link
 * cq_host.c.
 *
 * Beside the primitives it keeps their rules: a lock is taken once and let go
 * by the thread that took it, nobody sleeps or allocates with a lock, an event
 * is set under a lock. A broken rule counts as a failure, which the tests look
 * at (cq_host_failures()).
 *
 * The second half is for tests: kill a sleeper, stop it on its way out of a
 * sleep, turn the clock by hand.
 */
#ifndef OPTEE_CQ_PRIM_H
#define OPTEE_CQ_PRIM_H

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/types.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif

#ifndef READ_ONCE
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#endif

#ifndef WRITE_ONCE
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#endif

/* Nanoseconds of the monotonic clock, or of the test's */
typedef s64 cq_time_t;

#define CQ_MS			((cq_time_t)1000000)
#define CQ_FOREVER		((cq_time_t)LLONG_MAX)

/**
 * struct cq_host_task - a thread that uses the queue
 * @lock: protects the fields below but @locks, and the @set of its events
 * @cond: the thread sleeps on it
 * @until: how long it sleeps; valid while @asleep
 * @asleep: it is in cq_event_wait() and nothing has ended that yet
 * @killed: it got a fatal signal
 * @stop: it shall not return from cq_event_wait()
 * @stopped: it would return from cq_event_wait(), but for @stop
 * @frozen: the freezer has it
 * @locks: locks it holds; its own
 * @node: in the list of all such threads
 */
struct cq_host_task {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	cq_time_t until;
	bool asleep;
	bool killed;
	bool stop;
	bool stopped;
	bool frozen;
	int locks;
	struct list_head node;
};

typedef struct {
	pthread_mutex_t mutex;
	struct cq_host_task *owner;
} cq_lock_t;

/**
 * struct cq_event - what one thread sleeps on
 * @task: who sleeps
 * @set: the event happened; the task's lock
 */
struct cq_event {
	struct cq_host_task *task;
	bool set;
};

/* For the macros and functions below only */
extern __thread struct cq_host_task *cq_host_current;
struct cq_host_task *cq_host_adopt(void);
void cq_host_failed(const char *what, const char *file, int line);

static inline struct cq_host_task *cq_host_self(void)
{
	return cq_host_current ? cq_host_current : cq_host_adopt();
}

#define cq_assert(cond) \
	((cond) ? (void)0 : cq_host_failed(#cond, __FILE__, __LINE__))

/*
 * Who holds a lock is known, unless CQ_HOST_NO_LOCKDEP is defined, as in a kernel
 * built without lockdep.
 */
#ifndef CQ_HOST_NO_LOCKDEP

/* Relaxed: only the owner's own store can make the comparison true */
static inline bool cq_host_owns(const cq_lock_t *l)
{
	return __atomic_load_n(&l->owner, __ATOMIC_RELAXED) == cq_host_self();
}

#define cq_assert_locked(l)	cq_assert(cq_host_owns(l))

static inline void cq_lock(cq_lock_t *l)
{
	cq_assert(!cq_host_owns(l));
	pthread_mutex_lock(&l->mutex);
	__atomic_store_n(&l->owner, cq_host_self(), __ATOMIC_RELAXED);
	cq_host_self()->locks++;
}

static inline void cq_unlock(cq_lock_t *l)
{
	cq_assert_locked(l);
	cq_host_self()->locks--;
	__atomic_store_n(&l->owner, NULL, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&l->mutex);
}

#else

#define cq_assert_locked(l)	((void)(l))
#define cq_lock(l)		((void)pthread_mutex_lock(&(l)->mutex))
#define cq_unlock(l)		((void)pthread_mutex_unlock(&(l)->mutex))

#endif /* CQ_HOST_NO_LOCKDEP */

static inline void cq_lock_init(cq_lock_t *l)
{
	pthread_mutex_init(&l->mutex, NULL);
	l->owner = NULL;
}

/* A call waits from now on: told to nobody */
#define cq_queued(call)		((void)(call))

static inline void cq_event_init(struct cq_event *ev)
{
	ev->task = cq_host_self();
	ev->set = false;
}

cq_time_t cq_now(void);
void cq_event_set(struct cq_event *ev);
int cq_event_wait(struct cq_event *ev, cq_time_t until);

bool cq_event_killed(const struct cq_event *ev);
bool cq_event_frozen(const struct cq_event *ev);

static inline void *cq_alloc(size_t n, size_t size)
{
	cq_assert(!cq_host_self()->locks);
	return calloc(n, size);
}

static inline void cq_free(void *p)
{
	free(p);
}

/*
 * For tests. A thread that shall be killed, stopped or looked at brings its
 * task; it attaches first and detaches last.
 */
void cq_host_attach(struct cq_host_task *task);
void cq_host_detach(void);
void cq_host_kill(struct cq_host_task *task);
void cq_host_stop(struct cq_host_task *task);
void cq_host_cont(struct cq_host_task *task);
/* Its sleep does not end while it is frozen */
void cq_host_freeze(struct cq_host_task *task);
void cq_host_thaw(struct cq_host_task *task);
bool cq_host_asleep(struct cq_host_task *task);
bool cq_host_stopped(struct cq_host_task *task);

/* The clock stands still at @now until it is set again; negative: it is real */
void cq_host_set_clock(cq_time_t now);

/* How often a sleep was ended so far: whoever is being woken is counted */
unsigned int cq_host_wakes(void);

unsigned int cq_host_failures(void);

#endif /* OPTEE_CQ_PRIM_H */
