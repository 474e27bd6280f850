// SPDX-License-Identifier: GPL-2.0-only
/*
 * D3: who waits for a thread can be killed and frozen; D12: who waits in
 * OP-TEE for a notification can be frozen.
 *
 * Freezing is tried with the kernel's own test of suspend. A task that does
 * not freeze is named in the kernel's log.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gt.h"
#include "worker_ta.h"

#define HOLD_MS		4000
#define GONE_MS		500
#define STILL_MS	2000
#define FREEZE_MS	1500

static struct actor *waiter_new(void)
{
	struct actor *waiter = actors_new(1);

	waiter->name = "gt-waiter";
	waiter->cmd = WORKER_CMD_NOP;
	actor_open(waiter);
	return waiter;
}

/* It has asked while all threads were held, and waits */
static void wait_it(struct actor *waiter)
{
	actors_go(waiter, 1);
	if (!await(waiter->call.asked, 2000))
		broken("the waiter does not ask");
	sleep_ms(200);
	if (waiter->call.returned)
		broken("the waiter did not have to wait");
}

void d3_kill(void)
{
	struct actor *waiter = waiter_new();
	struct actor *holders = hold_threads(HOLD_MS);
	uint64_t killed;
	bool dead;
	char state;

	wait_it(waiter);
	killed = now_us();
	dead = end(waiter->pid, STILL_MS);
	state = dead ? 0 : state_of(waiter->pid);
	if (!is_held(holders, killed))
		broken("the threads were not held all the time");
	if (!dead)
		fault("still in state %c after %d s", state, STILL_MS / 1000);
	if (now_us() - killed > GONE_MS * 1000)
		fault("gone only after %llu ms",
		      (unsigned long long)(now_us() - killed) / 1000);
	ok("gone after %llu ms", (unsigned long long)(now_us() - killed) / 1000);
}

static void freeze_all(const char *name)
{
	char refused[64];
	uint64_t start;
	bool frozen;

	if (!write_text("/sys/power/pm_test", "freezer"))
		skip("this kernel has no test of suspend");
	write_text("/sys/module/suspend/parameters/pm_test_delay", "1");
	snprintf(refused, sizeof(refused), "%d", FREEZE_MS);
	write_text("/sys/power/pm_freeze_timeout", refused);
	start = now_us();
	frozen = write_text("/sys/power/state", "freeze");
	write_text("/sys/power/pm_test", "none");
	snprintf(refused, sizeof(refused), "task:%s ", name);
	if (log_has(refused))
		fault("%s refuses to freeze, in state %s", name,
		      log_has("state:D") ? "D" : "other than D");
	if (!frozen)
		broken("did not freeze: %s", strerror(errno));
	note("frozen and thawed in %llu ms",
	     (unsigned long long)(now_us() - start) / 1000);
}

void d3_freeze(void)
{
	struct actor *waiter = waiter_new();

	hold_threads(HOLD_MS);
	wait_it(waiter);
	freeze_all("gt-waiter");
	if (!await(waiter->call.returned, HOLD_MS * 3) || waiter->call.result)
		broken("the waiter is not served after the thaw: %#x",
		       waiter->call.result);
	ok("the system froze and thawed, and the waiter was served");
}

/* --- D12 ------------------------------------------------------------------ */

struct pair {
	struct worker worker;
	struct call holder;
	struct call waiter;
};

/*
 * Two calls of one session: the second is in OP-TEE, and waits there, by a
 * notification, for the first to end. Both children have the parent's open
 * file, so the session is theirs too.
 */
static void wait_for_session(void *arg)
{
	struct pair *pair = arg;

	worker_call(&pair->worker, WORKER_CMD_NOP, 0, 0, &pair->waiter);
}

static void hold_session(void *arg)
{
	struct pair *pair = arg;

	worker_call(&pair->worker, WORKER_CMD_SLEEP, HOLD_MS, 0, &pair->holder);
}

void d12_freeze(void)
{
	struct pair *pair = shared(sizeof(*pair));

	if (user_threads() < 2)
		skip("takes two threads");
	worker_open(&pair->worker, USER);
	spawn("gt-holder", hold_session, pair);
	if (!await(pair->holder.asked, 2000))
		broken("the holder does not ask");
	sleep_ms(200);
	spawn("gt-notified", wait_for_session, pair);
	if (!await(pair->waiter.asked, 2000))
		broken("the waiter does not ask");
	sleep_ms(200);
	if (pair->waiter.returned)
		broken("the waiter did not have to wait");
	freeze_all("gt-notified");
	if (!await(pair->waiter.returned, HOLD_MS * 3) || pair->waiter.result ||
	    pair->holder.result)
		broken("not served after the thaw: %#x %#x",
		       pair->waiter.result, pair->holder.result);
	ok("the system froze and thawed, and the wait went on");
}
