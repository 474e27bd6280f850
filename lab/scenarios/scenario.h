/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lab's scenarios share: a clock that both worlds read, calls with
 * the times at which they were asked, entered and left, and one report each.
 *
 * A scenario that cannot be set up as it says ends the program by die(), so
 * that there is no report: it has not run.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_ROUNDS 2000

struct options {
	const char *kernel;
	const char *release;	/* of that kernel */
	const char *driver;
	unsigned int threads;	/* the secure world's */
	int flood;		/* callers; -1: the scenario's own number */
	unsigned int rounds;	/* MAX_ROUNDS at most */
	bool json;
};

extern struct options options;

/* --- common.c: time, processes, memory, the driver's own numbers --------- */

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* CNTVCT_EL0. OP-TEE makes its time of the same count: there is no offset. */
uint64_t now(void);
uint64_t ticks(double ms);
double ms_between(uint64_t from, uint64_t to);
void sleep_until(uint64_t time);

/* Zeroed, shared with children forked later, never freed. */
void *shared(size_t size);

/* A child that runs body and exits with 0, or by die(). */
pid_t spawn(void (*body)(void *), void *arg);
/* All exited with 0, or die(). */
void join(const pid_t *pids, unsigned int n);

/*
 * From now on Linux's own scheduler, which shares few processors among many
 * tasks, does not delay this task: only the driver does.
 */
void run_at_once(void);

bool driver_is_ours(void);
/*
 * When rounds end at the latest: the stock driver, which may starve the caller,
 * after that time, ours not before it has made them all, unless it takes minutes.
 */
uint64_t rounds_end(unsigned int stock_ms);
/* A number in the driver's call_queue directory. */
bool queue_value(const char *file, long long *value);
bool queue_write(const char *file, const char *text);

/* --- client.c: the worker, called from a process or from the kernel ------ */

/* The secure world tells milliseconds only: a time is between these two. */
struct span {
	uint64_t early;
	uint64_t late;
};

struct call {
	uint64_t asked;		/* before the system call */
	struct span entered;	/* first instruction in the trusted app */
	struct span left;	/* last */
	uint64_t returned;	/* after the system call */
	uint32_t result;	/* TEEC_Result; the kernel's errors as TEEC ones */
};

enum client_kind { USER, KERNEL, SYSTEM };

struct client;

/* NULL and *why when refused; why may be NULL. */
struct client *client_open(enum client_kind kind, int *why);
/*
 * A process's, of lab/pta/lab_load: NULL where OP-TEE does not have that. BUSY
 * and PLUGIN are as the worker's.
 */
struct client *client_open_load(void);
/* As client_open(), but die() when refused. */
struct client *client_need(enum client_kind kind);
void client_call(struct client *client, uint32_t cmd, uint32_t ms,
		 struct call *call);
void client_close(struct client *client);

/* Two buffers of that size go there and come back as ECHO promises. */
bool client_echo(struct client *client, uint32_t size);
/*
 * SLEEP from a process, cancelled from another thread after some time: what
 * the call gave, and when it returned after the cancellation was asked for.
 */
uint32_t client_cancelled_sleep(struct client *client, uint32_t ms,
				uint32_t cancel_after_ms, double *took_ms);

/* --- calls.c: many calls, put in order ----------------------------------- */

struct log;

struct log *log_new(size_t max);
void log_add(struct log *log, const struct call *call);
size_t log_count(const struct log *log);
/* When no more are added: */
void log_sort(struct log *log);
/* No fewer calls than these were in OP-TEE at that time. */
size_t log_inside(const struct log *log, uint64_t time);

/*
 * How many of the calls in the log were let in after a request that is not in
 * the log, and before its own entry. The times in the log are the trusted
 * app's; a call is let in a little before its entry and gone a little after it
 * left, so there are two bounds:
 * at_least: those that can only have been let in after the request: no more
 *	than the number of threads and those gone can have been let in before;
 * at_most: those that may have been.
 */
struct let_in {
	size_t at_least;
	size_t at_most;
};

struct let_in log_let_in(const struct log *log, const struct call *call);

/* --- turns.c: the same of our driver, by its own trace points ------------ */

/*
 * Requests of one task that had their turn, how many of them waited, and how
 * many for a user's call; and the most invocations of others that were let in
 * between such a request and its turn.
 */
struct turns {
	size_t rounds;
	size_t waits;
	size_t waits_for_user;
	size_t passed_most;
};

/* False where the driver has no such trace points. */
bool turns_start(void);
bool turns_stop(pid_t task, struct turns *turns);

/* --- real_clients.c: the kernel's own ------------------------------------- */

/*
 * The SCMI service's clients are there, and a session of the SYSTEM class: the
 * kernel's own, or one of lab_tee's where it has none over OP-TEE.
 */
void need_scmi(void);

/* --- report.c ------------------------------------------------------------ */

enum outcome { SERVED, REFUSED, HUNG };

void report_number(const char *key, double value);
void report_text(const char *key, const char *value);
/* Print the one report of this process; the words are for a person. */
void report(const char *name, enum outcome outcome, double *ms,
	    unsigned int rounds, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* --- the scenarios ------------------------------------------------------- */

void free_thread(void);
void free_thread_system(void);
void kill_waiter(void);
void fair_turns(void);
void kernel_flood(void);
void watchdog(void);
void trusted_unlock(void);
void scmi_clock(void);
void hwrng(void);
void chain_1(void);
void chain_2(void);
void worker_check(void);

#endif /* SCENARIO_H */
