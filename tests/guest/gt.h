/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest's tests share: how a test ends, a clock, tasks that call the
 * worker at set times, the bare ioctls, and the driver's own numbers.
 *
 * A test is one function. It ends the program by ok(), fault(), broken() or
 * skip(), and its children go first. fault() is the fault that the test is
 * named after; broken() is anything else, above all a test that could not be
 * set up. So a driver that has the fault is told from a test that does not
 * work.
 */
#ifndef GT_H
#define GT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/tee.h>

/* What the runner makes of a test's exit status */
#define EXIT_OK		0
#define EXIT_BROKEN	1
#define EXIT_FAULT	3
#define EXIT_SKIP	77

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(n)	__attribute__((format(printf, n, (n) + 1)))

typedef void test_fn(void);

struct test {
	const char *name;
	test_fn *run;
};

/* --- how a test ends ------------------------------------------------------ */

void ok(const char *format, ...) __attribute__((noreturn)) PRINTF(1);
void fault(const char *format, ...) __attribute__((noreturn)) PRINTF(1);
void broken(const char *format, ...) __attribute__((noreturn)) PRINTF(1);
void skip(const char *format, ...) __attribute__((noreturn)) PRINTF(1);
void note(const char *format, ...) PRINTF(1);

/* --- the clock ------------------------------------------------------------ */

/* CNTVCT_EL0 in microseconds; OP-TEE makes its time of the same count */
uint64_t now_us(void);
void sleep_ms(unsigned int ms);
void sleep_until(uint64_t us);

/* How many times as long as in Debian's kernels a thing may take in this one */
unsigned int slowness(void);

/* Wait until @cond, at most @ms, longer where all is slow; says if it was true */
#define await(cond, ms) ({						\
	uint64_t await_end = now_us() + (ms) * 1000ull * slowness();	\
	bool await_came;						\
									\
	while (!(await_came = (cond)) && now_us() < await_end)		\
		sleep_ms(1);						\
	await_came;							\
})

/* --- processes ------------------------------------------------------------ */

/* Zeroed, shared with children forked later */
void *shared(size_t size);
/* A child that runs @body and exits with 0; SIGKILL when the test ends */
pid_t spawn(const char *name, void (*body)(void *), void *arg);
/* Kill all of them, and wait: finish() does so, too */
void end_children(void);
/* Children spawned later do not have @fd: closed here, it is closed */
void keep_from_children(int fd);
bool gone(pid_t pid);
/* Kill and wait; false if it is still there after @ms */
bool end(pid_t pid, unsigned int ms);
char state_of(pid_t pid);
pid_t find_process(const char *comm);

/* --- the guest ------------------------------------------------------------ */

bool is_ours(void);
unsigned int threads(void);
bool read_text(const char *path, char *text, size_t size);
bool write_text(const char *path, const char *text);
/* A number in the driver's call_queue directory; -1 if there is none */
long queue(const char *file);
bool queue_write(const char *file, const char *text);
/* How many threads calls of processes may have now */
unsigned int user_threads(void);
/*
 * Debian's OP-TEE has a test of notifications that asks for a bottom half once
 * a second: how often it did, and until it has again.
 */
unsigned long interrupts(void);
void await_tick(void);
/* The kernel's log since the test began; until the next time */
char *log_since_mark(void);
/* It has @text */
bool log_has(const char *text);
unsigned int log_count(const char *text);
void load_module(const char *name, const char *args);
bool unload_module(const char *name);
void supplicant_stop(void);
void supplicant_start(void);

/* --- the TEE's ioctls, bare ----------------------------------------------- */

int tee_open(void);
int tee_supp_open(void);
/* 0 or -errno of the ioctl; @ret is the TEE's answer */
int tee_open_session(int fd, const uint8_t uuid[16], uint32_t *session,
		     uint32_t *ret);
int tee_invoke(int fd, uint32_t session, uint32_t func, uint32_t cancel_id,
	       struct tee_ioctl_param *params, unsigned int num, uint32_t *ret);
int tee_close_session(int fd, uint32_t session);
int tee_cancel(int fd, uint32_t session, uint32_t cancel_id);
/* The file descriptor of shared memory, or -errno */
int tee_shm_alloc(int fd, size_t size, int *id);
int tee_shm_register(int fd, void *memory, size_t size, int *id);

/* --- the worker ----------------------------------------------------------- */

enum kind { USER, KERNEL, SYSTEM };

extern const uint8_t worker_uuid[16];
extern const uint8_t worker_scmi_uuid[16];

struct worker {
	enum kind kind;
	int fd;
	uint32_t session;
};

struct call {
	uint64_t asked;		/* before the ioctl */
	uint64_t entered;	/* first instruction in the TA, up to 1 ms late */
	uint64_t returned;	/* after the ioctl; 0: not yet */
	uint32_t result;	/* the TEE's; errors of the ioctl as -errno */
};

/* 0, or -errno; EIO: refused by the TEE, and @why is its word */
int worker_try(struct worker *worker, enum kind kind, uint32_t *why);
void worker_open(struct worker *worker, enum kind kind);
uint32_t worker_call(struct worker *worker, uint32_t cmd, uint32_t a,
		     uint32_t cancel_id, struct call *call);
void worker_close(struct worker *worker);
/* How many more sessions with it OP-TEE has room for: what leaks takes it */
unsigned int worker_room(void);
/* Calls of a process go through; or this test is broken */
void sane(void);

/* --- actors: processes that call the worker at set times ------------------ */

struct actor {
	const char *name;
	enum kind kind;
	unsigned int at_ms;	/* from actors_go() on */
	uint32_t cmd;
	uint32_t arg;
	uint32_t times;		/* calls; 0 is 1 */
	bool stays;		/* keeps its session until the test ends */
	pid_t pid;
	volatile bool ready;
	volatile uint64_t go;
	struct call call;	/* the last */
	volatile uint32_t done;	/* calls */
};

struct actor *actors_new(unsigned int n);
void actor_open(struct actor *actor);
void actors_go(struct actor *actors, unsigned int n);
/*
 * Sleep calls of @ms in all threads that processes may have; see is_held().
 * Who is to wait must have its session before: actor_open(), actors_go().
 */
struct actor *hold_threads(unsigned int ms);
/* @n processes that make calls of @ms without pause, sleeping in OP-TEE */
struct actor *flood_start(unsigned int n, unsigned int ms);
/*
 * The last part of a test: @round again and again in a flood, none of whose
 * calls, of that class, may wait; ends the test.
 */
typedef void round_fn(void *arg, unsigned int i);
void served_in_flood(const char *what, const char *class, round_fn *round,
		     void *arg) __attribute__((noreturn));
/* All of them were in OP-TEE from @from on, and are still */
bool is_held(const struct actor *holders, uint64_t from);
/* kind for system callers on this kernel and driver; skip() if there are none */
enum kind system_kind(void);

#endif /* GT_H */
