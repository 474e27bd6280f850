// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection, free pages, room for sessions, and a crowd of
 * callers.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "gt.h"
#include "worker_ta.h"

#define DEBUG "/sys/kernel/debug/"

static int nth_fd = -1;

static void put(const char *injection, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUG "%s/%s", injection, file);
	if (!write_text(path, text))
		broken("fault injection cannot be set up: %s", path);
}

/* What the kernel's checks allocate for themselves does not count */
static void mark_caches(void)
{
	const char *const left_out[] = { "/kmemleak_", "/debug_objects_" };
	unsigned int i, j;
	glob_t files;

	if (glob("/sys/kernel/slab/*/failslab", GLOB_NOSORT, NULL, &files))
		broken("there are no slab caches");
	for (i = 0; i < files.gl_pathc; i++) {
		for (j = 0; j < ARRAY_SIZE(left_out); j++)
			if (strstr(files.gl_pathv[i], left_out[j]))
				break;
		if (j == ARRAY_SIZE(left_out))
			write_text(files.gl_pathv[i], "1");
	}
	globfree(&files);
	put("failslab", "cache-filter", "Y");
}

/* The next symbol of code in the table of them */
static bool next_symbol(FILE *symbols, unsigned long *at, char name[128],
			bool *is_ours)
{
	char line[256], type;

	while (symbols && fgets(line, sizeof(line), symbols)) {
		*is_ours = strstr(line, "[optee]");
		if (sscanf(line, "%lx %c %127s", at, &type, name) == 3 &&
		    (type | 0x20) == 't')
			return true;
	}
	return false;
}

/* Where the module's code is: to the end of its last page */
static void range_of_driver(FILE *symbols, unsigned long *from,
			    unsigned long *to)
{
	unsigned long at;
	char name[128];
	bool is_ours;

	*to = 0;
	while (next_symbol(symbols, &at, name, &is_ours)) {
		if (!is_ours)
			continue;
		*from = at < *from ? at : *from;
		*to = at > *to ? at : *to;
	}
	*to = (*to | 0xfff) + 1;
}

/* Where a function is: to the next higher symbol. The table is in no order */
static void range_of_function(FILE *symbols, const char *function,
			      unsigned long *from, unsigned long *to)
{
	unsigned long at;
	char name[128];
	bool is_ours;

	while (next_symbol(symbols, &at, name, &is_ours))
		if (!strcmp(name, function))
			*from = at;
	rewind(symbols);
	*to = ~0ul;
	while (next_symbol(symbols, &at, name, &is_ours))
		if (at > *from && at < *to)
			*to = at;
}

static void range(enum fail_whose whose, unsigned long *from, unsigned long *to)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");

	if (!symbols)
		broken("the kernel has no table of symbols");
	*from = ~0ul;
	if (whose == FAIL_DRIVER)
		range_of_driver(symbols, from, to);
	else
		range_of_function(symbols, whose == FAIL_LOAD ?
				  "do_one_initcall" : "optee_shm_ref_new",
				  from, to);
	fclose(symbols);
	if (*from == ~0ul)
		broken("there is no code to look for");
}

void fail_begin(enum fail_whose whose)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	unsigned long from = 0, to = ~0ul;
	char text[32];
	unsigned int i;

	if (nth_fd < 0) {
		nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
		if (nth_fd < 0)
			broken("this kernel does not make allocations fail");
		mark_caches();
		put("fail_page_alloc", "ignore-gfp-highmem", "N");
		put("fail_page_alloc", "min-order", "0");
	}
	if (whose != FAIL_ALL)
		range(whose, &from, &to);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		put(kinds[i], "verbose", "0");
		put(kinds[i], "ignore-gfp-wait", "N");
		snprintf(text, sizeof(text), "%lu", from);
		put(kinds[i], "require-start", text);
		snprintf(text, sizeof(text), "%lu", to);
		put(kinds[i], "require-end", text);
	}
}

static void write_nth(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_fd, text, n, 0) != n)
		broken("fail-nth cannot be written");
}

void fail_arm(unsigned int nth)
{
	write_nth(nth);
}

unsigned int fail_disarm(void)
{
	char text[16] = "";
	int left = -1;

	if (pread(nth_fd, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	write_nth(0);
	if (left < 0)
		broken("fail-nth cannot be read");
	return left;
}

/* --- pages ---------------------------------------------------------------- */

/* So that KASAN keeps nothing back, and slabs without objects go */
static void shrink_caches(void)
{
	glob_t files;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", GLOB_NOSORT, NULL, &files))
		broken("there are no slab caches");
	for (i = 0; i < files.gl_pathc; i++)
		write_text(files.gl_pathv[i], "1");
	globfree(&files);
}

/* Those of zones, and those that each processor has at hand */
long free_pages(void)
{
	static char text[1 << 16];
	char *line, *rest;
	long sum = 0, n;

	/* What is freed after a grace period */
	sleep_ms(200);
	write_text("/proc/sys/vm/drop_caches", "3");
	shrink_caches();
	if (!read_text("/proc/zoneinfo", text, sizeof(text)))
		broken("no zones");
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, " pages free %ld", &n) == 1 ||
		    sscanf(line, " count: %ld", &n) == 1)
			sum += n;
	return sum;
}

/* --- room in OP-TEE ------------------------------------------------------- */

#define MAX_SESSIONS	200
#define SPARE_SESSIONS	12

/*
 * A session that is left open in OP-TEE shows when there is no room for one
 * more. Opening one takes long: so most of the room is taken meanwhile.
 */
static int ballast_fd;
static uint32_t ballast[MAX_SESSIONS];
static unsigned int num_ballast;

static void fill_up(void)
{
	uint32_t ret;

	while (num_ballast < MAX_SESSIONS &&
	       !tee_open_session(ballast_fd, worker_uuid,
				 &ballast[num_ballast], &ret) && !ret)
		num_ballast++;
}

void room_take(void)
{
	unsigned int n;

	ballast_fd = tee_open();
	fill_up();
	if (num_ballast <= SPARE_SESSIONS || num_ballast == MAX_SESSIONS)
		broken("OP-TEE has room for %u sessions", num_ballast);
	for (n = 0; n < SPARE_SESSIONS; n++)
		tee_close_session(ballast_fd, ballast[--num_ballast]);
}

/* What the reaper closes takes a moment */
void room_check(void)
{
	unsigned int kept = num_ballast;

	if (!await((fill_up(), num_ballast >= kept + SPARE_SESSIONS),
		   FAIL_SETTLE_MS))
		fault("room for %u sessions, for %u after", SPARE_SESSIONS,
		      num_ballast - kept);
	close(ballast_fd);
}

/* --- the crowd ------------------------------------------------------------ */

/* The first try of crowd_come(); on a busy machine it takes longer */
#define HOLD_MS		300
#define TRIES		6
/* More than stand in the pages the driver keeps, and in those it adds */
#define CALLERS		40
#define MAX_HOLDERS	4

static struct {
	sem_t hold;
	sem_t call;
	sem_t done;
	struct worker worker;
	volatile unsigned int ready;
	volatile unsigned int hold_ms;
} *crowd;

static void *hold(void *arg)
{
	struct worker worker;

	(void)arg;
	worker_open(&worker, USER);
	__sync_fetch_and_add(&crowd->ready, 1);
	for (;;) {
		while (sem_wait(&crowd->hold))
			;
		worker_call(&worker, WORKER_CMD_SLEEP, crowd->hold_ms, 0, NULL);
		sem_post(&crowd->done);
	}
	return NULL;
}

static void *call(void *arg)
{
	__sync_fetch_and_add(&crowd->ready, 1);
	for (;;) {
		while (sem_wait(&crowd->call))
			;
		worker_call(arg, WORKER_CMD_NOP, 0, 0, NULL);
		sem_post(&crowd->done);
	}
	return NULL;
}

static void crowd_body(void *arg)
{
	struct worker worker;
	pthread_t thread;
	unsigned int i;

	(void)arg;
	worker_open(&worker, USER);
	for (i = 0; i < CALLERS; i++)
		if (pthread_create(&thread, NULL, call, &worker))
			broken("no thread");
	for (i = 1; i < threads(); i++)
		if (pthread_create(&thread, NULL, hold, NULL))
			broken("no thread");
	hold(NULL);
}

void crowd_open(void)
{
	crowd = shared(sizeof(*crowd));
	crowd->hold_ms = HOLD_MS;
	sem_init(&crowd->hold, 1, 0);
	sem_init(&crowd->call, 1, 0);
	sem_init(&crowd->done, 1, 0);
	spawn("gt-crowd", crowd_body, NULL);
	if (!await(crowd->ready == CALLERS + threads(), 20000))
		broken("the crowd does not come");
}

static unsigned int num_waiters(void)
{
	char text[16384], *at = text;
	unsigned int n = 0;

	if (!read_text(DEBUG "optee/firmware:optee/waiters", text,
		       sizeof(text)))
		broken("no waiters file");
	while ((at = strstr(at, " gt-crowd"))) {
		at++;
		n++;
	}
	return n;
}

static unsigned int coming;

static void post(sem_t *sem, unsigned int n)
{
	coming += n;
	while (n--)
		sem_post(sem);
}

static bool crowd_waits(void)
{
	long left = threads() - user_threads();
	unsigned int ms = crowd->hold_ms;

	post(&crowd->hold, user_threads());
	if (!await(queue("threads_free") == left, ms / 2))
		return false;
	post(&crowd->call, CALLERS);
	return await(num_waiters() >= CALLERS, ms / 2);
}

void crowd_come(void)
{
	unsigned int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (crowd_waits())
			return;
		crowd_go();
		crowd->hold_ms += crowd->hold_ms / 2;
	}
	broken("the crowd does not wait");
}

void crowd_go(void)
{
	for (; coming; coming--)
		while (sem_wait(&crowd->done))
			;
}
