/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks, sleeping, time and locks under the kernel's names, on threads: what
 * kernel.h takes in place of its own with HOST_THREADS defined.
 *
 * A thread is a task, of a process of its own unless a test says otherwise.
 * Time stands still until a test moves it. The rules are kept as lockdep would
 * keep them: a broken one ends the program.
 *
 * The last part is for tests: move the clock, kill, see who sleeps, let memory
 * run out.
 */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

#include <pthread.h>
#include <stdint.h>

#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define TASK_WAKEKILL		0x0100
#define TASK_NOLOAD		0x0400
#define TASK_FREEZABLE		0x2000
#define TASK_FREEZABLE_UNSAFE	TASK_FREEZABLE
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE		(TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_COMM_LEN		16

#define PF_EXITING		0x00000004
#define PF_KTHREAD		0x00200000

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID };

struct task_struct;

/**
 * struct pid - a process, by the number that others keep
 * @refs: one while it lives, one for each who keeps it
 * @leader: NULL once it is reaped
 */
struct pid {
	refcount_t refs;
	struct task_struct *leader;
};

#define SIGNAL_GROUP_EXIT	0x00000004

struct signal_struct {
	atomic_t live;
	unsigned int flags;
};

/**
 * struct task_struct - a thread
 * @flags: PF_*, as the test says
 * @mm: its process's memory, as the test says
 * @state: TASK_*; the host's lock
 * @asleep: it is in schedule() or the like; the host's lock
 * @wakes: how often it came back from there; the host's lock
 * @until: when it wakes by itself, or KTIME_MAX; the host's lock
 * @pending: it has a signal; the host's lock
 * @fatal: and that one kills; the host's lock
 * @spinning: spinlocks it holds
 * @signal: of its process
 * @tgid: its process
 * @thread_pid: itself, by the number that others keep
 * @pid: its number
 * @comm: its name
 */
struct task_struct {
	unsigned int flags;
	struct mm_struct *mm;
	unsigned int state;
	bool asleep;
	unsigned int wakes;
	s64 until;
	bool pending;
	bool fatal;
	int spinning;
	struct signal_struct *signal;
	struct pid *tgid;
	struct pid *thread_pid;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

struct task_struct *host_current(void);
#define current		host_current()

/* Who uses them says what they pair with */
#define smp_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
/* The same */
#define smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

void set_current_state(unsigned int state);
#define __set_current_state(s)	set_current_state(s)
void schedule(void);
int wake_up_process(struct task_struct *task);
int signal_pending_state(unsigned int state, struct task_struct *task);
bool fatal_signal_pending(struct task_struct *task);
bool signal_pending(struct task_struct *task);

static inline pid_t task_pid_nr(struct task_struct *task)
{
	return task->pid;
}

#define get_task_comm(buf, task)	memcpy(buf, (task)->comm, TASK_COMM_LEN)

static inline struct pid *task_tgid(struct task_struct *task)
{
	return task->tgid;
}

static inline struct pid *task_pid(struct task_struct *task)
{
	return task->thread_pid;
}

struct pid *get_pid(struct pid *pid);
void put_pid(struct pid *pid);
struct task_struct *pid_task(struct pid *pid, enum pid_type type);
#define rcu_read_lock()		((void)0)
#define rcu_read_unlock()	((void)0)

/* Time */

typedef s64 ktime_t;

#define KTIME_MAX		INT64_MAX
#define NSEC_PER_SEC		1000000000L
#define HRTIMER_MODE_ABS	0

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

ktime_t ktime_get(void);
void ktime_get_real_ts64(struct timespec64 *ts);
int schedule_hrtimeout(ktime_t *until, int mode);

void msleep(unsigned int ms);

static inline ktime_t ktime_add_ms(ktime_t t, u64 ms)
{
	return t + (s64)ms * NSEC_PER_MSEC;
}

static inline u64 ktime_get_ns(void)
{
	return ktime_get();
}

/* Locks: @owner is the same field in both, for lockdep_assert_held() */

struct host_lock {
	pthread_mutex_t lock;
	struct task_struct *owner;
};

struct mutex {
	struct host_lock l;
};

typedef struct {
	struct host_lock l;
} spinlock_t;

#define HOST_LOCK_INIT		{ PTHREAD_MUTEX_INITIALIZER, NULL }
#define DEFINE_MUTEX(name)	struct mutex name = { HOST_LOCK_INIT }
#define DEFINE_SPINLOCK(name)	spinlock_t name = { HOST_LOCK_INIT }

void host_lock_init(struct host_lock *l);
void host_lock_destroy(struct host_lock *l);
void host_lock_take(struct host_lock *l, bool spin);
void host_lock_drop(struct host_lock *l, bool spin);
bool host_lock_mine(const struct host_lock *l);

#define mutex_init(m)		host_lock_init(&(m)->l)
#define mutex_destroy(m)	host_lock_destroy(&(m)->l)
#define mutex_lock(m)		host_lock_take(&(m)->l, false)
#define mutex_unlock(m)		host_lock_drop(&(m)->l, false)
#define spin_lock_init(s)	host_lock_init(&(s)->l)
#define spin_lock(s)		host_lock_take(&(s)->l, true)
#define spin_unlock(s)		host_lock_drop(&(s)->l, true)
#define spin_lock_irq(s)	spin_lock(s)
#define spin_unlock_irq(s)	spin_unlock(s)
#define spin_lock_irqsave(s, flags) \
	do { (flags) = 1; spin_lock(s); } while (0)
#define spin_unlock_irqrestore(s, flags) \
	do { host_bug_on(!(flags)); spin_unlock(s); } while (0)
#define lockdep_assert_held(x)	host_bug_on(!host_lock_mine(&(x)->l))

/* Wait queues */

/**
 * struct wait_queue_head - who waits for what
 * @wakes: how often all were woken who wait together
 * @alone: exclusive waiters that have not been woken
 * @turns: those that have, and do not know yet; which ones is all the same
 */
typedef struct wait_queue_head {
	unsigned long wakes;
	unsigned int alone;
	unsigned int turns;
} wait_queue_head_t;

unsigned long host_wq_wakes(wait_queue_head_t *wq);
int host_wq_sleep(wait_queue_head_t *wq, unsigned long seen,
		  unsigned int state);
void host_wq_join(wait_queue_head_t *wq);
void host_wq_part(wait_queue_head_t *wq);
int host_wq_sleep_alone(wait_queue_head_t *wq, unsigned int state);
void wake_up(wait_queue_head_t *wq);
void wake_up_all(wait_queue_head_t *wq);
#define init_waitqueue_head(wq)	(*(wq) = (wait_queue_head_t) { 0 })

#define wait_event_state(wq, cond, state) ({				\
	unsigned long wes_seen;						\
	int wes_rc = 0;							\
									\
	for (;;) {							\
		wes_seen = host_wq_wakes(&(wq));			\
		if (cond)						\
			break;						\
		wes_rc = host_wq_sleep(&(wq), wes_seen, state);		\
		if (wes_rc)						\
			break;						\
	}								\
	wes_rc; })

#define wait_event_freezable_exclusive(wq, cond) ({			\
	int wef_rc = 0;							\
									\
	do {								\
		host_wq_join(&(wq));					\
		if (cond) {						\
			host_wq_part(&(wq));				\
			break;						\
		}							\
		wef_rc = host_wq_sleep_alone(&(wq), TASK_INTERRUPTIBLE | \
						    TASK_FREEZABLE);	\
	} while (!wef_rc);						\
	wef_rc; })

/* What is not there yet does not come; how long was it waited for? */
extern unsigned long host_waited_ms;
#define wait_event_timeout(wq, cond, timeout) \
	((void)(wq), (cond) || (host_waited_ms += (timeout), false))
#define msecs_to_jiffies(ms)			(ms)

/* For tests */

/* The clock stands at one second after it started, and moves by hand only */
void host_reset(void);
void host_advance_ms(u64 ms);

/* Signals: one that a handler takes, and one that kills */
void host_signal(struct task_struct *task);
void host_kill(struct task_struct *task);
void host_calm(struct task_struct *task);

/*
 * Wait until @task sleeps, for nothing that has happened yet, and has come back
 * from sleep @wakes times or more.
 */
void host_wait_asleep(struct task_struct *task, unsigned int wakes);
unsigned int host_wakes(struct task_struct *task);
unsigned int host_state(struct task_struct *task);

/* A new thread says which task it is, and who made it waits for that */
void host_started(struct task_struct **task);
void host_wait_started(struct task_struct **task);

/* A task without a thread; host_become() is how one thread is several */
struct task_struct *host_task_new(struct pid *process);
void host_task_free(struct task_struct *task);
struct task_struct *host_become(struct task_struct *task);
/* The process got SIGKILL; its threads are still somewhere in the kernel */
void host_process_kill(struct pid *process);
/* The process' threads have all exited */
void host_process_exit(struct pid *process);

/*
 * Called instead of sleeping, for programs of one thread. The sleep ends when
 * it returns.
 */
extern void (*host_idle)(void);

/* The @n-th allocation from now fails, once; 0: none does */
void host_fail_alloc(unsigned int n);
bool host_alloc_fails(void);

#endif /* HOST_THREADS_H */
