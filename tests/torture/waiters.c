// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's table of waiters: who is in it, and whether one of them sleeps
 * beside a thread that it may have.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define WAITERS		"/sys/kernel/debug/optee/firmware:optee/waiters"
#define TABLE_SIZE	16384
/* A column of this width and no less: a task may call itself anything */
#define COMM_WIDTH	15

/* A thread, and for how long it has waited; false: @line is no waiter's */
static bool read_waiter(const char *line, int *tid, unsigned long long *age_ms)
{
	size_t length = strcspn(line, "\n");
	int end = 0;

	if (sscanf(line, "%*s %*s %d%n", tid, &end) != 1 ||
	    length < (size_t)end + 1 + COMM_WIDTH)
		return false;
	return sscanf(line + end + 1 + COMM_WIDTH, "%*u %*s %*s %llu",
		      age_ms) == 1;
}

static bool is_thread_of(int tid, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
	return !access(path, F_OK);
}

bool is_waiting(pid_t pid)
{
	char text[TABLE_SIZE], *line = text;
	unsigned long long age_ms;
	int tid;

	if (!read_text(WAITERS, text, sizeof(text)))
		return false;
	while ((line = strchr(line, '\n'))) {
		line++;
		if (read_waiter(line, &tid, &age_ms) && is_thread_of(tid, pid))
			return true;
	}
	return false;
}

/* The one that has waited longest, and since when; 0: nobody waits */
static int first_waiter(uint64_t *since)
{
	char text[TABLE_SIZE], *line;
	unsigned long long age_ms;
	int tid;

	if (!read_text(WAITERS, text, sizeof(text)))
		broken("no table of waiters: %s", strerror(errno));
	line = strchr(text, '\n');
	if (!line)
		return 0;
	if (!read_waiter(line + 1, &tid, &age_ms))
		broken("no waiter in the table of waiters: %s", text);
	*since = now_us() / 1000 - age_ms;
	return tid;
}

/*
 * Below all limits is whoever comes when more are free than are kept. Twice,
 * with the same waiter before and after: it was there all the time.
 */
static bool waits_beside_a_thread(int tid, uint64_t since)
{
	uint64_t since_now;
	long kept;
	int i;

	for (i = 0; i < 2; i++) {
		kept = queue("reserve_kernel_now") + queue("reserve_system_now");
		if (queue("threads_free") <= kept ||
		    queue("reserve_kernel_now") +
		    queue("reserve_system_now") != kept)
			return false;
		if (first_waiter(&since_now) != tid || since_now > since + 2)
			return false;
	}
	return true;
}

void look_for_idle_thread(void)
{
	char text[TABLE_SIZE];
	uint64_t since;
	int tid = first_waiter(&since);

	if (!tid)
		return;
	tally.idle_looks++;
	if (!waits_beside_a_thread(tid, since))
		return;
	read_text(WAITERS, text, sizeof(text));
	trouble("%ld threads are free, kept are %ld and %ld, and there waits\n%s",
		queue("threads_free"), queue("reserve_kernel_now"),
		queue("reserve_system_now"), text);
}
