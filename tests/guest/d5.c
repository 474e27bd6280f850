// SPDX-License-Identifier: GPL-2.0-only
/*
 * D5: a call can be cancelled, and D6: the bottom half runs, while processes
 * have all the threads that they may have.
 *
 * A client whose class has a thread reserved is there, so one thread is free;
 * only who lets others go on may have it besides.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gt.h"
#include "worker_ta.h"

#define HOLD_MS		4000
#define SOON_MS		1000
#define CANCELLED	0xffff0002

static struct worker reserver;

static void reserve(void)
{
	uint32_t why;

	if (threads() < 2)
		skip("takes two threads");
	if (worker_try(&reserver, SYSTEM, &why))
		worker_open(&reserver, KERNEL);
	if (is_ours() && user_threads() >= threads())
		broken("nothing is reserved");
}

struct target {
	struct worker worker;
	struct call call;
	volatile uint64_t cancelled;
};

static void sleep_long(void *arg)
{
	struct target *target = arg;

	worker_call(&target->worker, WORKER_CMD_SLEEP, HOLD_MS, 7,
		    &target->call);
}

static void cancel(void *arg)
{
	struct target *target = arg;

	tee_cancel(target->worker.fd, target->worker.session, 7);
	target->cancelled = now_us();
}

/* Processes that will hold or want a thread each */
static struct actor *crowd_new(unsigned int n)
{
	struct actor *actors = actors_new(n);
	unsigned int i;

	for (i = 0; i < n; i++) {
		actors[i].name = "gt-crowd";
		actors[i].cmd = WORKER_CMD_SLEEP;
		actors[i].arg = HOLD_MS;
		actor_open(&actors[i]);
	}
	return actors;
}

void d5_cancel(void)
{
	struct target *target = shared(sizeof(*target));
	struct actor *others;
	uint64_t start;

	worker_open(&target->worker, USER);
	others = crowd_new(threads());
	reserve();
	spawn("gt-target", sleep_long, target);
	if (!await(target->call.asked, 2000))
		broken("no call to cancel");
	sleep_ms(200);
	actors_go(others, threads());
	sleep_ms(400);
	if (target->call.returned)
		broken("the call to cancel is over");
	start = now_us();
	spawn("gt-cancel", cancel, target);
	if (!await(target->cancelled && target->call.returned, SOON_MS))
		fault("not cancelled after %d ms (the ioctl has%s returned)",
		      SOON_MS, target->cancelled ? "" : " not");
	if (target->call.result != CANCELLED)
		broken("not cancelled but %#x", target->call.result);
	ok("cancelled after %llu ms",
	   (unsigned long long)(target->call.returned - start) / 1000);
}

/* The interrupt's thread is not where it rests */
/* Ours has a work for it, which may be seen to wait */
static bool is_stuck(pid_t thread)
{
	static char text[8192];

	if (!is_ours())
		return state_of(thread) == 'D';
	return read_text("/sys/kernel/debug/optee/firmware:optee/waiters",
			 text, sizeof(text)) && strstr(text, "unblock");
}

static pid_t interrupt_thread(void)
{
	char path[64], text[64];
	pid_t pid;

	for (pid = 2; pid < 4096; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (read_text(path, text, sizeof(text)) &&
		    !strncmp(text, "irq/", 4) && strstr(text, "optee"))
			return pid;
	}
	return 0;
}

void d6_bottom_half(void)
{
	unsigned long before = interrupts();
	pid_t thread = interrupt_thread();
	unsigned int stuck = 0, i;
	struct actor *others;
	long calls;

	if (!thread && !is_ours())
		skip("OP-TEE has no interrupt here");
	if (!await(interrupts() > before, 3000))
		skip("OP-TEE sends no notifications");
	others = crowd_new(threads());
	reserve();
	actors_go(others, threads());
	sleep_ms(400);
	before = interrupts();
	calls = queue("unblock_calls");
	for (i = 0; i < 250; i++) {
		sleep_ms(10);
		stuck += is_stuck(thread);
	}
	if (interrupts() == before)
		broken("no interrupt came");
	if (stuck > 80)
		fault("the bottom half waited %u of 2500 ms", stuck * 10);
	if (is_ours() && queue("unblock_calls") <= calls)
		fault("no bottom half was run");
	ok("%lu interrupts, the bottom half waited %u of 2500 ms",
	   interrupts() - before, stuck * 10);
}
