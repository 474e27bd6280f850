// SPDX-License-Identifier: GPL-2.0-only
/*
 * D15: when tee-supplicant hangs, it can be seen who holds the threads and
 * what they wait for, and the log says so.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "supp.h"
#include "worker_ta.h"

#define DEBUGFS	"/sys/kernel/debug/optee/"

static void open_session(void *arg)
{
	struct worker worker;
	uint32_t why;

	worker_try(&worker, USER, &why);
	*(volatile uint32_t *)arg = 1;
}

static bool table(const char *name, char *text, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUGFS "firmware:optee/%s", name);
	if (read_text(path, text, size))
		return true;
	snprintf(path, sizeof(path), DEBUGFS "optee-tz/%s", name);
	return read_text(path, text, size);
}

/* Every thread is held by a call that waits for this supplicant */
static int hang_all(volatile uint32_t *opened)
{
	struct supp_request request;
	unsigned int i, n = user_threads();
	int fd;

	supplicant_stop();
	fd = tee_supp_open();
	if (fd < 0)
		broken("/dev/teepriv0: %s", strerror(-fd));
	for (i = 0; i < n; i++)
		spawn("gt-hung", open_session, (void *)&opened[i]);
	/* OP-TEE loads one trusted app at a time: the others wait for that */
	if (!supp_recv_within(fd, &request, 5000))
		broken("no request came");
	sleep_ms(500);
	return fd;
}

void d15_hang(void)
{
	static char holders[8192], waiters[8192];
	struct actor *waiter = actors_new(1);
	volatile uint32_t *opened = shared(64 * sizeof(*opened));
	char pid[16];
	int fd;

	waiter->name = "gt-waiter";
	waiter->cmd = WORKER_CMD_NOP;
	actor_open(waiter);
	if (is_ours() && !queue_write("stall_ms", "500"))
		broken("stall_ms cannot be set");
	fd = hang_all(opened);
	actors_go(waiter, 1);
	sleep_ms(2500);
	if (waiter->call.returned)
		broken("the waiter did not have to wait");
	snprintf(pid, sizeof(pid), "%d", waiter->pid);
	if (is_ours())
		queue_write("stall_ms", "10000");
	if (!table("holders", holders, sizeof(holders)) ||
	    !table("waiters", waiters, sizeof(waiters)))
		fault("nothing says who holds the threads");
	if (!strstr(holders, "gt-hung"))
		fault("the holders are not in the table: %s", holders);
	if (!strstr(waiters, pid))
		fault("the waiter is not in the table: %s", waiters);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (!strstr(holders, pid))
		fault("the table does not say who serves them: %s", holders);
	if (!log_has("gt-hung"))
		fault("the log does not say who holds the threads");
	close(fd);
	supplicant_start();
	if (!await(waiter->call.returned, 5000))
		fault("the waiter is not served by the next supplicant");
	sane();
	ok("tables and log name holders, waiter and supplicant");
}
