// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of tests/host/cq_prim.h that is no macro: threads that sleep on
 * events, and a clock that may be turned by hand.
 *
 * Locking: tasks_lock covers the list of threads and stands outside of each
 * task's own lock. Both stand inside of the queue's.
 */
#include <stdio.h>
#include <time.h>

#include "cq_prim.h"

__thread struct cq_host_task *cq_host_current;

static pthread_mutex_t tasks_lock = PTHREAD_MUTEX_INITIALIZER;
static LIST_HEAD(tasks);
static cq_time_t fake_now = -1;
static unsigned int wakes;
static unsigned int failures;

void cq_host_failed(const char *what, const char *file, int line)
{
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
}

unsigned int cq_host_failures(void)
{
	return __atomic_load_n(&failures, __ATOMIC_RELAXED);
}

void cq_host_attach(struct cq_host_task *task)
{
	pthread_condattr_t attr;

	*task = (struct cq_host_task) { .until = CQ_FOREVER };
	pthread_mutex_init(&task->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&task->cond, &attr);
	pthread_condattr_destroy(&attr);
	cq_host_current = task;

	pthread_mutex_lock(&tasks_lock);
	list_add_tail(&task->node, &tasks);
	pthread_mutex_unlock(&tasks_lock);
}

void cq_host_detach(void)
{
	struct cq_host_task *task = cq_host_current;

	cq_assert(!task->locks);
	pthread_mutex_lock(&tasks_lock);
	list_del(&task->node);
	pthread_mutex_unlock(&tasks_lock);
	pthread_cond_destroy(&task->cond);
	pthread_mutex_destroy(&task->lock);
	cq_host_current = NULL;
}

/* A thread that did not attach, as the main one: its task is never looked at */
struct cq_host_task *cq_host_adopt(void)
{
	static __thread struct cq_host_task task;

	task = (struct cq_host_task) { .until = CQ_FOREVER };
	pthread_mutex_init(&task.lock, NULL);
	pthread_cond_init(&task.cond, NULL);
	cq_host_current = &task;
	return &task;
}

cq_time_t cq_now(void)
{
	cq_time_t now = __atomic_load_n(&fake_now, __ATOMIC_ACQUIRE);
	struct timespec ts;

	if (now >= 0)
		return now;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (cq_time_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Holds the task's lock; what woke it is for the sleeper to find out */
static void wake(struct cq_host_task *task)
{
	__atomic_fetch_add(&wakes, 1, __ATOMIC_SEQ_CST);
	task->asleep = false;
	pthread_cond_signal(&task->cond);
}

unsigned int cq_host_wakes(void)
{
	return __atomic_load_n(&wakes, __ATOMIC_SEQ_CST);
}

void cq_host_set_clock(cq_time_t now)
{
	struct cq_host_task *task;

	__atomic_store_n(&fake_now, now, __ATOMIC_RELEASE);
	pthread_mutex_lock(&tasks_lock);
	list_for_each_entry(task, &tasks, node) {
		pthread_mutex_lock(&task->lock);
		if (task->asleep && task->until <= now)
			wake(task);
		pthread_mutex_unlock(&task->lock);
	}
	pthread_mutex_unlock(&tasks_lock);
}

void cq_event_set(struct cq_event *ev)
{
	cq_assert(cq_host_self()->locks);
	pthread_mutex_lock(&ev->task->lock);
	ev->set = true;
	wake(ev->task);
	pthread_mutex_unlock(&ev->task->lock);
}

bool cq_event_killed(const struct cq_event *ev)
{
	bool killed;

	pthread_mutex_lock(&ev->task->lock);
	killed = ev->task->killed;
	pthread_mutex_unlock(&ev->task->lock);
	return killed;
}

bool cq_event_frozen(const struct cq_event *ev)
{
	bool frozen;

	pthread_mutex_lock(&ev->task->lock);
	frozen = ev->task->frozen;
	pthread_mutex_unlock(&ev->task->lock);
	return frozen;
}

static void sleep_until(struct cq_host_task *task, cq_time_t until)
{
	const struct timespec ts = {
		.tv_sec = until / 1000000000,
		.tv_nsec = until % 1000000000,
	};

	task->until = until;
	task->asleep = true;
	if (until == CQ_FOREVER || __atomic_load_n(&fake_now,
						   __ATOMIC_ACQUIRE) >= 0)
		pthread_cond_wait(&task->cond, &task->lock);
	else
		pthread_cond_timedwait(&task->cond, &task->lock, &ts);
	task->asleep = false;
}

/*
 * The clock is looked at under the task's lock, and turned before that lock is
 * taken to wake the sleeper: a sleeper that saw the old time is woken.
 */
int cq_event_wait(struct cq_event *ev, cq_time_t until)
{
	struct cq_host_task *task = cq_host_self();
	int rc = 0;

	cq_assert(ev->task == task);
	cq_assert(!task->locks);
	pthread_mutex_lock(&task->lock);
	for (;;) {
		if (!task->frozen) {
			/* First, as in the kernel */
			if (task->killed)
				rc = -EINTR;
			if (rc || ev->set)
				break;
			if (until != CQ_FOREVER && cq_now() >= until)
				break;
		}
		sleep_until(task, task->frozen ? CQ_FOREVER : until);
	}
	ev->set = false;
	while (task->stop) {
		task->stopped = true;
		pthread_cond_wait(&task->cond, &task->lock);
	}
	task->stopped = false;
	pthread_mutex_unlock(&task->lock);
	return rc;
}

void cq_host_kill(struct cq_host_task *task)
{
	pthread_mutex_lock(&task->lock);
	task->killed = true;
	wake(task);
	pthread_mutex_unlock(&task->lock);
}

void cq_host_stop(struct cq_host_task *task)
{
	pthread_mutex_lock(&task->lock);
	task->stop = true;
	pthread_mutex_unlock(&task->lock);
}

void cq_host_cont(struct cq_host_task *task)
{
	pthread_mutex_lock(&task->lock);
	task->stop = false;
	task->stopped = false;
	wake(task);
	pthread_mutex_unlock(&task->lock);
}

void cq_host_freeze(struct cq_host_task *task)
{
	pthread_mutex_lock(&task->lock);
	task->frozen = true;
	pthread_mutex_unlock(&task->lock);
}

void cq_host_thaw(struct cq_host_task *task)
{
	pthread_mutex_lock(&task->lock);
	task->frozen = false;
	wake(task);
	pthread_mutex_unlock(&task->lock);
}

bool cq_host_asleep(struct cq_host_task *task)
{
	bool asleep;

	pthread_mutex_lock(&task->lock);
	asleep = task->asleep;
	pthread_mutex_unlock(&task->lock);
	return asleep;
}

bool cq_host_stopped(struct cq_host_task *task)
{
	bool stopped;

	pthread_mutex_lock(&task->lock);
	stopped = task->stopped;
	pthread_mutex_unlock(&task->lock);
	return stopped;
}
