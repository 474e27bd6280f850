// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's table of waiters: who is in it, and whether one of them sleeps
 * beside a thread that it may have.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "torture.h"

#define WAITERS		"/sys/kernel/debug/optee/firmware:optee/waiters"
#define TABLE_SIZE	16384

bool is_waiting(pid_t pid)
{
	char text[TABLE_SIZE], *line = text;
	int waiter;

	if (!read_text(WAITERS, text, sizeof(text)))
		return false;
	while ((line = strchr(line, '\n'))) {
		line++;
		if (sscanf(line, "%*s %*s %d", &waiter) == 1 && waiter == pid)
			return true;
	}
	return false;
}

/* The one that has waited longest, and since when; 0: nobody waits */
static int first_waiter(uint64_t *since)
{
	char text[TABLE_SIZE], *line;
	unsigned long long age_ms;
	int pid;

	if (!read_text(WAITERS, text, sizeof(text)))
		broken("no table of waiters: %s", strerror(errno));
	line = strchr(text, '\n');
	if (!line)
		return 0;
	if (sscanf(line + 1, "%*s %*s %d %*s %*s %*s %*s %llu", &pid,
		   &age_ms) != 2)
		broken("no waiter in the table of waiters: %s", text);
	*since = now_us() / 1000 - age_ms;
	return pid;
}

/*
 * Below all limits is whoever comes when more are free than are kept. Twice,
 * with the same waiter before and after: it was there all the time.
 */
static bool waits_beside_a_thread(void)
{
	uint64_t since, since_now;
	int pid = first_waiter(&since), i;
	long kept;

	for (i = 0; pid && i < 2; i++) {
		kept = queue("reserve_kernel_now") + queue("reserve_system_now");
		if (queue("threads_free") <= kept ||
		    queue("reserve_kernel_now") +
		    queue("reserve_system_now") != kept)
			return false;
		if (first_waiter(&since_now) != pid || since_now > since + 2)
			return false;
	}
	return pid;
}

void look_for_idle_thread(void)
{
	char text[TABLE_SIZE];

	tally.idle_looks++;
	if (!waits_beside_a_thread())
		return;
	read_text(WAITERS, text, sizeof(text));
	trouble("%ld threads are free, kept are %ld and %ld, and there waits\n%s",
		queue("threads_free"), queue("reserve_kernel_now"),
		queue("reserve_system_now"), text);
}
