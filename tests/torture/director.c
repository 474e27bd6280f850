// SPDX-License-Identifier: GPL-2.0-only
/*
 * The director: what is done to the actors while they play. Each thing has a
 * time of its own when it is due next, and is done in one step of at most a
 * moment; only a suspend stops everybody, the director too.
 *
 * In each step it looks at two promises as well: no call, and no death, takes
 * longer than stall_s.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define CGROUP		"/sys/fs/cgroup"
#define FREEZER		CGROUP "/torture"
#define STEP_MS		10
#define PROGRESS_S	10
#define FREEZE_TEST_MS	15000

struct tally tally;
unsigned int stall_s = 20;

static struct chance chance;
static bool can_suspend;
/* The supplicant is not there until then; 0: it is */
static uint64_t supplicant_back;
/* Some are frozen until then; 0: nobody is */
static uint64_t thaw;

/* --- lives ---------------------------------------------------------------- */

static void enter_stage(unsigned int number)
{
	struct actor_life *life = &stage->actors[number];
	pid_t pid;

	life->lives++;
	life->killed = 0;
	life->frozen = false;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		broken("fork: %s", strerror(errno));
	if (!pid)
		actor_play(number);
	/* Shared: the child must not write here */
	life->pid = pid;
}

/* A lane that was in a call has not returned from it, and never will */
static void settle_lanes(struct actor_life *life)
{
	struct lane *lane;

	for (lane = life->lanes; lane < life->lanes + LANES; lane++) {
		uint64_t left = lane->begun - lane->returned - lane->killed;

		if (left > 1 || (left && !life->killed))
			trouble("%s left %llu calls",
				roles[life - stage->actors].name,
				(unsigned long long)left);
		lane->killed += left;
		lane->asked = 0;
	}
}

static void died(struct actor_life *life, int status)
{
	const char *name = roles[life - stage->actors].name;
	uint64_t took = life->killed ? now_us() - life->killed : 0;

	if (took > tally.longest_death_us)
		tally.longest_death_us = took;
	if (WIFSIGNALED(status) && !life->killed)
		trouble("%s died of signal %d", name, WTERMSIG(status));
	if (WIFEXITED(status) && WEXITSTATUS(status))
		trouble("%s ended with %d", name, WEXITSTATUS(status));
	settle_lanes(life);
	life->pid = 0;
}

static void look_at(struct actor_life *life, uint64_t now)
{
	const char *name = roles[life - stage->actors].name;
	uint64_t limit = stall_s * 1000000ull;
	unsigned int i;
	uint64_t asked;
	int status;

	if (!life->pid)
		return;
	if (waitpid(life->pid, &status, WNOHANG) == life->pid) {
		died(life, status);
		return;
	}
	if (life->killed && now > life->killed + limit) {
		trouble("%s (pid %d) was killed and is in state %c", name,
			life->pid, state_of(life->pid));
		life->killed = now;
	}
	for (i = 0; i < LANES; i++) {
		asked = life->lanes[i].asked;
		if (!asked || now < asked + limit)
			continue;
		trouble("%s (pid %d): call %u has not returned in %u s", name,
			life->pid, life->lanes[i].act, stall_s);
		life->lanes[i].asked = now;
	}
}

static void look_at_all(void)
{
	uint64_t now = now_us();
	unsigned int i;

	for (i = 0; i < ACTORS; i++)
		look_at(&stage->actors[i], now);
}

/* --- kills ---------------------------------------------------------------- */

static struct actor_life *somebody(void)
{
	struct actor_life *life;
	unsigned int tries;

	for (tries = 0; tries < ACTORS; tries++) {
		life = &stage->actors[chance_in(&chance, 0, ACTORS - 1)];
		if (life->pid && !life->killed)
			return life;
	}
	return NULL;
}

static void kill_one(struct actor_life *life)
{
	unsigned int i;
	bool calls = false;

	for (i = 0; i < LANES; i++)
		calls |= !!life->lanes[i].asked;
	tally.kills++;
	if (is_waiting(life->pid))
		tally.kills_waiting++;
	else if (calls)
		tally.kills_inside++;
	if (life->frozen)
		tally.kills_frozen++;
	life->killed = now_us();
	kill(life->pid, SIGKILL);
}

static void do_kill(void)
{
	struct actor_life *life = somebody();

	if (life)
		kill_one(life);
}

/* --- freezes -------------------------------------------------------------- */

/* False if it has died meanwhile */
static bool move_to(struct actor_life *life, const char *procs)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", life->pid);
	return write_text(procs, pid);
}

static void do_thaw(void)
{
	unsigned int i;

	if (!write_text(FREEZER "/cgroup.freeze", "0"))
		trouble("no thaw: %s", strerror(errno));
	for (i = 0; i < ACTORS; i++) {
		if (stage->actors[i].frozen && stage->actors[i].pid)
			move_to(&stage->actors[i], CGROUP "/cgroup.procs");
		stage->actors[i].frozen = false;
	}
	thaw = 0;
}

static void do_freeze(void)
{
	unsigned int n = chance_in(&chance, 1, 5);
	struct actor_life *life;
	bool any = false;

	if (thaw)
		return;
	while (n-- && (life = somebody())) {
		life->frozen |= move_to(life, FREEZER "/cgroup.procs");
		any |= life->frozen;
	}
	if (!write_text(FREEZER "/cgroup.freeze", "1"))
		trouble("no freeze: %s", strerror(errno));
	thaw = now_us() + chance_in(&chance, 50, 800) * 1000;
	tally.freezes += any;
}

/* The whole system, as far as suspend freezes it, for a second */
static void do_suspend(void)
{
	if (!can_suspend)
		return;
	if (thaw)
		do_thaw();
	if (write_text("/sys/power/state", "freeze"))
		tally.suspends++;
	else
		trouble("the system does not freeze: %s", strerror(errno));
}

static void freezer_init(void)
{
	char ms[16];

	mkdir(CGROUP, 0755);
	if (access(CGROUP "/cgroup.procs", F_OK) &&
	    mount("cgroup2", CGROUP, "cgroup2", 0, NULL))
		broken("no cgroups: %s", strerror(errno));
	if (mkdir(FREEZER, 0755) && errno != EEXIST)
		broken("no freezer: %s", strerror(errno));
	can_suspend = write_text("/sys/power/pm_test", "freezer");
	if (!can_suspend)
		return;
	write_text("/sys/module/suspend/parameters/pm_test_delay", "1");
	snprintf(ms, sizeof(ms), "%d", FREEZE_TEST_MS);
	write_text("/sys/power/pm_freeze_timeout", ms);
}

/* --- policies ------------------------------------------------------------- */

static const char *const policy_files[] = { "reserve_kernel", "reserve_system" };

/* As the driver's documentation has it: refused, or kept and read back */
static void do_policy(void)
{
	static const char *const words[] = { "auto", "always" };
	const char *file = policy_files[chance_in(&chance, 0, 1)];
	unsigned int number = chance_in(&chance, 0, threads() + 3);
	char text[16], path[160];

	if (limits_are_watched())
		return;
	if (number > threads())
		snprintf(text, sizeof(text), "%s", words[number % 2]);
	else
		snprintf(text, sizeof(text), "%u", number);
	if (!queue_write(file, text)) {
		tally.refused_policies++;
		if (errno != EINVAL || number > threads() || !number)
			trouble("%s=%s: %s", file, text, strerror(errno));
		return;
	}
	tally.policies++;
	/* Who may go by it has gone when that returned */
	look_for_idle_thread();
	snprintf(path, sizeof(path),
		 "/sys/bus/platform/devices/firmware:optee/call_queue/%s", file);
	if (number == threads())
		trouble("%s=%s is taken, and leaves processes nothing", file,
			text);
	if (!read_text(path, path, sizeof(path)) || strcmp(path, text))
		trouble("%s=%s, and it says %s", file, text, path);
	if (queue("reserve_kernel_now") + queue("reserve_system_now") >=
	    (long)threads())
		trouble("%s=%s leaves processes nothing", file, text);
}

static void do_limits(void)
{
	limits_watch(&chance);
}

/* --- tee-supplicant, the module ------------------------------------------- */

/* All of it is gone when none of its threads is in OP-TEE any more */
static void supplicant_leaves(void)
{
	pid_t pid = find_process("tee-supplicant");

	stage->epoch++;
	if (!pid) {
		trouble("tee-supplicant is not there any more");
		return;
	}
	kill(pid, SIGKILL);
	if (!await(gone(pid), stall_s * 1000))
		trouble("tee-supplicant (pid %d) was killed and is still there",
			pid);
}

static void supplicant_comes(void)
{
	supplicant_start();
	tally.supplicants++;
	supplicant_back = 0;
	stage->came = now_us();
	stage->epoch++;
}

static void do_supplicant(void)
{
	if (supplicant_back)
		return;
	supplicant_leaves();
	supplicant_back = now_us() + chance_in(&chance, 1, 1500) * 1000;
}

static void do_unload(void)
{
	if (unload_module("optee"))
		broken("the driver was unloaded while it was in use");
	if (errno != EAGAIN && errno != EBUSY)
		trouble("unloading is refused with %s", strerror(errno));
	tally.refused_unloads++;
}

/* --- the run -------------------------------------------------------------- */

struct habit {
	void (*act)(void);
	unsigned int least_ms, most_ms;
	bool harms;		/* so it ends calls before they are made */
	uint64_t due;
};

static struct habit habits[] = {
	{ do_kill, 100, 1500, true, 0 },
	{ do_freeze, 500, 2500, true, 0 },
	{ do_policy, 50, 1500, false, 0 },
	{ do_limits, 1500, 6000, false, 0 },
	{ do_supplicant, 3000, 9000, true, 0 },
	{ do_suspend, 8000, 20000, false, 0 },
	{ look_for_idle_thread, 5, 60, false, 0 },
	{ do_unload, 500, 2500, false, 0 },
};

/* Where calls take longer, they are given longer: half of what a test's time is */
static void next_time(struct habit *habit)
{
	unsigned int ms = chance_in(&chance, habit->least_ms, habit->most_ms);

	if (habit->harms)
		ms *= (slowness() + 1) / 2;
	habit->due = now_us() + ms * 1000;
}

static void progress(void)
{
	static uint64_t last;
	uint64_t now = now_us();

	if (!last)
		last = now;
	if (now < last + PROGRESS_S * 1000000ull)
		return;
	books_progress((now - last) / 1000000);
	last = now;
}

static void step(void)
{
	sleep_ms(STEP_MS);
	progress();
	look_at_all();
	limits_look(false);
	if (thaw && now_us() > thaw)
		do_thaw();
	if (supplicant_back && now_us() > supplicant_back)
		supplicant_comes();
}

void director_init(uint64_t seed)
{
	chance = chance_new(seed, 0, 0);
	freezer_init();
}

void director_run(uint64_t end)
{
	size_t i;

	supplicant_comes();
	/* What has become due between two chapters is done at once */
	for (i = 0; i < ARRAY_SIZE(habits); i++)
		if (!habits[i].due)
			next_time(&habits[i]);
	while (now_us() < end) {
		step();
		for (i = 0; i < ACTORS; i++)
			if (!stage->actors[i].pid)
				enter_stage(i);
		for (i = 0; i < ARRAY_SIZE(habits); i++) {
			if (now_us() < habits[i].due)
				continue;
			habits[i].act();
			next_time(&habits[i]);
		}
	}
}

static bool is_empty(void)
{
	unsigned int i;

	for (i = 0; i < ACTORS; i++)
		if (stage->actors[i].pid)
			return false;
	return true;
}

/* Half of the time they are not asked */
void director_end(void)
{
	bool kills = chance_of(&chance, 50);
	uint64_t end = now_us() + 2 * stall_s * 1000000ull;
	unsigned int i;

	stage->stop = true;
	limits_look(true);
	if (thaw)
		do_thaw();
	if (supplicant_back && !kills)
		supplicant_comes();
	for (i = 0; kills && i < ACTORS; i++)
		if (stage->actors[i].pid && !stage->actors[i].killed)
			kill_one(&stage->actors[i]);
	while (!is_empty() && now_us() < end)
		step();
	if (!is_empty())
		broken("not everybody leaves the stage");
	for (i = 0; i < ARRAY_SIZE(policy_files); i++)
		queue_write(policy_files[i], "auto");
	if (!supplicant_back)
		supplicant_leaves();
	supplicant_back = 0;
	stage->stop = false;
}
