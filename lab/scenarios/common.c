// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time, processes, shared memory, and the driver's own numbers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scenario.h"

#define CALL_QUEUE "/sys/bus/platform/devices/firmware:optee/call_queue"

#define ROUNDS_MS 300000

struct options options;

/* This process was spawned: its scenario's group is its own. */
static bool is_part;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("scenario: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	/* What waits for this process's part would wait for ever. */
	if (is_part)
		kill(0, SIGTERM);
	exit(1);
}

uint64_t now(void)
{
	uint64_t count;

	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r" (count)
		     : : "memory");
	return count;
}

static uint64_t frequency(void)
{
	uint64_t hertz;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (hertz));
	return hertz;
}

uint64_t ticks(double ms)
{
	return (uint64_t)((double)frequency() * ms / 1000);
}

double ms_between(uint64_t from, uint64_t to)
{
	return (double)(int64_t)(to - from) * 1000 / (double)frequency();
}

void sleep_until(uint64_t time)
{
	double ms = ms_between(now(), time);

	while (ms > 0) {
		struct timespec rest = {
			.tv_sec = (time_t)(ms / 1000),
			.tv_nsec = (long)(ms * 1e6) % 1000000000,
		};

		nanosleep(&rest, NULL);
		ms = ms_between(now(), time);
	}
}

void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("no memory: %s", strerror(errno));
	return memory;
}

pid_t spawn(void (*body)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid)
		return pid;
	/* Nobody is left behind when the scenario is ended from outside. */
	is_part = true;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	body(arg);
	exit(0);
}

void join(const pid_t *pids, unsigned int n)
{
	unsigned int i;
	int status;

	for (i = 0; i < n; i++) {
		if (waitpid(pids[i], &status, 0) != pids[i])
			die("waitpid: %s", strerror(errno));
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			die("a process of the scenario failed");
	}
}

void run_at_once(void)
{
	struct sched_param param = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("no real-time priority: %s", strerror(errno));
}

bool driver_is_ours(void)
{
	return !access(CALL_QUEUE, F_OK);
}

uint64_t rounds_end(unsigned int stock_ms)
{
	return now() + ticks(driver_is_ours() ? ROUNDS_MS : stock_ms);
}

static FILE *queue_open(const char *file, const char *mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", CALL_QUEUE, file);
	return fopen(path, mode);
}

bool queue_value(const char *file, long long *value)
{
	FILE *stream = queue_open(file, "r");
	bool found;

	if (!stream)
		return false;
	found = fscanf(stream, "%lld", value) == 1;
	fclose(stream);
	return found;
}

bool queue_write(const char *file, const char *text)
{
	FILE *stream = queue_open(file, "w");
	bool good;

	if (!stream)
		return false;
	good = fputs(text, stream) >= 0;
	return !fclose(stream) && good;
}
