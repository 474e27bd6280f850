// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads.h: the kernel's names for tasks, time and locks, on threads.
 *
 * Locking: one lock for all tasks and the clock, one condition for all
 * sleepers: slow, and simple enough to be right.
 */
#include <linux/idr.h>
#include <linux/sched.h>

#define START_NS	NSEC_PER_SEC

static pthread_mutex_t big = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static s64 now = START_NS;
static pid_t last_pid = 1000;
static unsigned int alloc_countdown;
static pthread_key_t task_key;
static pthread_once_t task_once = PTHREAD_ONCE_INIT;

void (*host_idle)(void);
unsigned long host_waited_ms;

/* Memory */

void host_fail_alloc(unsigned int n)
{
	__atomic_store_n(&alloc_countdown, n, __ATOMIC_SEQ_CST);
}

/* For each allocation; it may sleep */
bool host_alloc_fails(void)
{
	host_bug_on(current->spinning);
	return __atomic_load_n(&alloc_countdown, __ATOMIC_SEQ_CST) &&
	       !__atomic_sub_fetch(&alloc_countdown, 1, __ATOMIC_SEQ_CST);
}

/* Tasks */

struct pid *get_pid(struct pid *pid)
{
	if (pid)
		refcount_inc(&pid->refs);
	return pid;
}

void put_pid(struct pid *pid)
{
	if (!pid || !refcount_dec_and_test(&pid->refs))
		return;
	free(pid);
}

struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	struct task_struct *task;

	host_bug_on(type != PIDTYPE_TGID);
	pthread_mutex_lock(&big);
	task = pid ? pid->leader : NULL;
	pthread_mutex_unlock(&big);
	return task;
}

static struct pid *pid_new(struct task_struct *leader)
{
	struct pid *pid = calloc(1, sizeof(*pid));

	refcount_set(&pid->refs, 1);
	pid->leader = leader;
	return pid;
}

struct task_struct *host_task_new(struct pid *process)
{
	struct task_struct *task = calloc(1, sizeof(*task));

	task->until = KTIME_MAX;
	task->signal = calloc(1, sizeof(*task->signal));
	atomic_set(&task->signal->live, 1);
	task->tgid = process ? get_pid(process) : pid_new(task);
	task->thread_pid = pid_new(task);
	task->pid = __atomic_add_fetch(&last_pid, 1, __ATOMIC_SEQ_CST);
	memcpy(task->comm, "host", sizeof("host"));
	return task;
}

void host_task_free(struct task_struct *task)
{
	pthread_mutex_lock(&big);
	if (task->tgid->leader == task)
		task->tgid->leader = NULL;
	task->thread_pid->leader = NULL;
	pthread_mutex_unlock(&big);
	put_pid(task->tgid);
	put_pid(task->thread_pid);
	free(task->signal);
	free(task);
}

static void task_exit(void *task)
{
	host_task_free(task);
}

static void task_key_make(void)
{
	pthread_key_create(&task_key, task_exit);
}

struct task_struct *host_become(struct task_struct *task)
{
	struct task_struct *was = current;

	pthread_setspecific(task_key, task);
	return was;
}

struct task_struct *host_current(void)
{
	struct task_struct *task;

	pthread_once(&task_once, task_key_make);
	task = pthread_getspecific(task_key);
	if (!task) {
		task = host_task_new(NULL);
		pthread_setspecific(task_key, task);
	}
	return task;
}

void host_started(struct task_struct **task)
{
	pthread_mutex_lock(&big);
	*task = current;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&big);
}

void host_wait_started(struct task_struct **task)
{
	pthread_mutex_lock(&big);
	while (!*task)
		pthread_cond_wait(&change, &big);
	pthread_mutex_unlock(&big);
}

void host_process_kill(struct pid *process)
{
	pthread_mutex_lock(&big);
	if (process->leader)
		WRITE_ONCE(process->leader->signal->flags, SIGNAL_GROUP_EXIT);
	pthread_mutex_unlock(&big);
}

void host_process_exit(struct pid *process)
{
	pthread_mutex_lock(&big);
	if (process->leader)
		atomic_set(&process->leader->signal->live, 0);
	pthread_mutex_unlock(&big);
}

/* Sleep */

void set_current_state(unsigned int state)
{
	struct task_struct *t = current;

	pthread_mutex_lock(&big);
	t->state = state;
	pthread_mutex_unlock(&big);
}

static bool signal_wakes(const struct task_struct *t, unsigned int state)
{
	if (!t->pending)
		return false;
	return state & TASK_INTERRUPTIBLE ||
	       (state & TASK_WAKEKILL && t->fatal);
}

int signal_pending_state(unsigned int state, struct task_struct *task)
{
	bool wakes;

	pthread_mutex_lock(&big);
	wakes = signal_wakes(task, state);
	pthread_mutex_unlock(&big);
	return wakes;
}

bool signal_pending(struct task_struct *task)
{
	return signal_pending_state(TASK_INTERRUPTIBLE, task);
}

bool fatal_signal_pending(struct task_struct *task)
{
	return signal_pending_state(TASK_KILLABLE, task);
}

/* Not since @seen, or without a turn */
#define ALONE	ULONG_MAX

static bool is_woken(const wait_queue_head_t *wq, unsigned long seen)
{
	return wq && (seen == ALONE ? wq->turns : wq->wakes != seen);
}

/* @wq: or NULL; the host's lock is held */
static void sleep_until(struct task_struct *t, s64 until,
			const wait_queue_head_t *wq, unsigned long seen)
{
	host_bug_on(t->spinning);
	t->until = until;
	t->asleep = true;
	pthread_cond_broadcast(&change);
	while (t->state != TASK_RUNNING && now < until &&
	       !signal_wakes(t, t->state) && !is_woken(wq, seen)) {
		if (!host_idle) {
			pthread_cond_wait(&change, &big);
			continue;
		}
		pthread_mutex_unlock(&big);
		host_idle();
		pthread_mutex_lock(&big);
		break;
	}
	t->state = TASK_RUNNING;
	t->asleep = false;
	t->until = KTIME_MAX;
	t->wakes++;
	pthread_cond_broadcast(&change);
}

void schedule(void)
{
	pthread_mutex_lock(&big);
	sleep_until(current, KTIME_MAX, NULL, 0);
	pthread_mutex_unlock(&big);
}

int schedule_hrtimeout(ktime_t *until, int mode)
{
	bool over;

	host_bug_on(mode != HRTIMER_MODE_ABS);
	pthread_mutex_lock(&big);
	sleep_until(current, *until, NULL, 0);
	over = now >= *until;
	pthread_mutex_unlock(&big);
	return over ? 0 : -EINTR;
}

void msleep(unsigned int ms)
{
	ktime_t until = ktime_add_ms(ktime_get(), ms);

	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_hrtimeout(&until, HRTIMER_MODE_ABS);
}

int wake_up_process(struct task_struct *task)
{
	pthread_mutex_lock(&big);
	task->state = TASK_RUNNING;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&big);
	return 1;
}

unsigned long host_wq_wakes(wait_queue_head_t *wq)
{
	unsigned long wakes;

	pthread_mutex_lock(&big);
	wakes = wq->wakes;
	pthread_mutex_unlock(&big);
	return wakes;
}

int host_wq_sleep(wait_queue_head_t *wq, unsigned long seen,
		  unsigned int state)
{
	struct task_struct *t = current;
	int rc = 0;

	pthread_mutex_lock(&big);
	if (signal_wakes(t, state)) {
		rc = -ERESTARTSYS;
	} else {
		t->state = state;
		sleep_until(t, KTIME_MAX, wq, seen);
	}
	pthread_mutex_unlock(&big);
	return rc;
}

void host_wq_join(wait_queue_head_t *wq)
{
	pthread_mutex_lock(&big);
	wq->alone++;
	pthread_mutex_unlock(&big);
}

static void part(wait_queue_head_t *wq)
{
	host_bug_on(!wq->alone && !wq->turns);
	if (wq->alone)
		wq->alone--;
	else
		wq->turns--;
}

void host_wq_part(wait_queue_head_t *wq)
{
	pthread_mutex_lock(&big);
	part(wq);
	pthread_mutex_unlock(&big);
}

/* As the kernel: who was woken is not sent away by a signal */
int host_wq_sleep_alone(wait_queue_head_t *wq, unsigned int state)
{
	struct task_struct *t = current;
	int rc = 0;

	pthread_mutex_lock(&big);
	if (!wq->turns && !signal_wakes(t, state)) {
		t->state = state;
		sleep_until(t, KTIME_MAX, wq, ALONE);
	}
	if (wq->turns) {
		wq->turns--;
	} else {
		part(wq);
		if (signal_wakes(t, state))
			rc = -ERESTARTSYS;
	}
	pthread_mutex_unlock(&big);
	return rc;
}

static void wake(wait_queue_head_t *wq, unsigned int alone)
{
	pthread_mutex_lock(&big);
	wq->wakes++;
	alone = min(alone, wq->alone);
	wq->alone -= alone;
	wq->turns += alone;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&big);
}

void wake_up(wait_queue_head_t *wq)
{
	wake(wq, 1);
}

void wake_up_all(wait_queue_head_t *wq)
{
	wake(wq, UINT_MAX);
}

/* What tests do */

void host_reset(void)
{
	pthread_mutex_lock(&big);
	now = START_NS;
	pthread_mutex_unlock(&big);
	host_fail_alloc(0);
	host_idle = NULL;
	host_waited_ms = 0;
	host_calm(current);
}

void host_advance_ms(u64 ms)
{
	pthread_mutex_lock(&big);
	now += ms * NSEC_PER_MSEC;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&big);
}

static void set_signal(struct task_struct *task, bool pending, bool fatal)
{
	pthread_mutex_lock(&big);
	task->pending = pending;
	task->fatal = fatal;
	pthread_cond_broadcast(&change);
	pthread_mutex_unlock(&big);
}

void host_signal(struct task_struct *task)
{
	set_signal(task, true, false);
}

void host_kill(struct task_struct *task)
{
	set_signal(task, true, true);
}

void host_calm(struct task_struct *task)
{
	set_signal(task, false, false);
}

void host_wait_asleep(struct task_struct *task, unsigned int wakes)
{
	pthread_mutex_lock(&big);
	while (!task->asleep || task->state == TASK_RUNNING ||
	       task->wakes < wakes || now >= task->until ||
	       signal_wakes(task, task->state))
		pthread_cond_wait(&change, &big);
	pthread_mutex_unlock(&big);
}

unsigned int host_wakes(struct task_struct *task)
{
	unsigned int wakes;

	pthread_mutex_lock(&big);
	wakes = task->wakes;
	pthread_mutex_unlock(&big);
	return wakes;
}

unsigned int host_state(struct task_struct *task)
{
	unsigned int state;

	pthread_mutex_lock(&big);
	state = task->state;
	pthread_mutex_unlock(&big);
	return state;
}

ktime_t ktime_get(void)
{
	s64 t;

	pthread_mutex_lock(&big);
	t = now;
	pthread_mutex_unlock(&big);
	return t;
}

/* A billion seconds after the Epoch when the clock starts */
void ktime_get_real_ts64(struct timespec64 *ts)
{
	s64 t = ktime_get();

	ts->tv_sec = 1000000000 + t / NSEC_PER_SEC;
	ts->tv_nsec = t % NSEC_PER_SEC;
}

/* Locks */

void host_lock_init(struct host_lock *l)
{
	pthread_mutex_init(&l->lock, NULL);
	l->owner = NULL;
}

void host_lock_destroy(struct host_lock *l)
{
	host_bug_on(READ_ONCE(l->owner));
	pthread_mutex_destroy(&l->lock);
}

bool host_lock_mine(const struct host_lock *l)
{
	return READ_ONCE(l->owner) == current;
}

void host_lock_take(struct host_lock *l, bool spin)
{
	host_bug_on(host_lock_mine(l));
	host_bug_on(!spin && current->spinning);
	pthread_mutex_lock(&l->lock);
	WRITE_ONCE(l->owner, current);
	current->spinning += spin;
}

void host_lock_drop(struct host_lock *l, bool spin)
{
	host_bug_on(!host_lock_mine(l));
	WRITE_ONCE(l->owner, NULL);
	current->spinning -= spin;
	pthread_mutex_unlock(&l->lock);
}

/* Numbers for pointers */

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id;

	host_bug_on(end);
	if (host_alloc_fails())
		return -ENOMEM;
	if (idr->next < (u32)start)
		idr->next = start;
	xa_alloc_cyclic(&idr->xa, &id, ptr, XA_LIMIT(start, INT_MAX),
			&idr->next, gfp);
	return id;
}

void *idr_find(const struct idr *idr, unsigned long id)
{
	return xa_load(&idr->xa, id);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	return xa_erase(&idr->xa, id);
}

void idr_init(struct idr *idr)
{
	xa_init_flags(&idr->xa, XA_FLAGS_ALLOC1);
	idr->next = 0;
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->xa);
}
