// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: torture SECONDS SEED [STALL-S]
 *
 * Chapter after chapter until the time is up: the driver is loaded, the actors
 * play, they leave, the books are compared, the driver is unloaded. A line of
 * progress every 10 s on standard error; on standard output a table, and a
 * line "ok NAME" or "not ok NAME" for each thing that must hold.
 *
 * Exit status: 0 if all hold, else 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "torture.h"

/* A sixth of the time, within these */
#define LEAST_CHAPTER_S	6
#define MOST_CHAPTER_S	18
#define ENOUGH_S	120
#define UNLOAD_MS	10000
#define TROUBLES	30	/* more are not told */

struct stage *stage;

static unsigned int seconds;

/* --- chance: splitmix64 --------------------------------------------------- */

static uint64_t next(struct chance *chance)
{
	uint64_t z = chance->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct chance chance_new(uint64_t seed, uint64_t a, uint64_t b)
{
	struct chance chance = { .state = seed };

	chance.state = next(&chance) + a;
	chance.state = next(&chance) + b;
	return chance;
}

unsigned int chance_in(struct chance *chance, unsigned int least,
		       unsigned int most)
{
	return least + next(chance) % (most - least + 1);
}

bool chance_of(struct chance *chance, unsigned int times)
{
	return chance_in(chance, 0, 99) < times;
}

/* --- what is said --------------------------------------------------------- */

void trouble(const char *format, ...)
{
	unsigned int n = __atomic_add_fetch(&stage->troubles, 1,
					    __ATOMIC_RELAXED);
	char text[1024];
	va_list args;

	if (n > TROUBLES)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note("TROUBLE: %s", text);
}

bool say(bool good, const char *what, uint64_t n)
{
	printf("%s torture: %s: %llu\n", good ? "ok" : "not ok", what,
	       (unsigned long long)n);
	return good;
}

/* A slow kernel does not come to calls of each kind in less than that */
static bool is_brief(void)
{
	return slowness() > 1 && seconds < ENOUGH_S;
}

/* What is not called cannot be missed by the driver's count */
static bool least_calls(void)
{
	char name[32], text[64];
	uint64_t n = books_least(is_brief(), name, sizeof(name));

	snprintf(text, sizeof(text), "calls made least often, %s", name);
	return say(n, text, n);
}

/* A torture that did not happen has shown nothing */
static bool verdict(void)
{
	/* Of a busy machine and a slow kernel; a fifth of what is usual */
	uint64_t minutes = seconds < 60 ? 1 : seconds / 60;
	bool good = true;

	good &= say(!stage->troubles, "things that did not hold",
		    stage->troubles);
	good &= least_calls();
	good &= say(tally.kills >= 8 * minutes, "processes killed",
		    tally.kills);
	good &= say(tally.kills_waiting, "of them while they waited for a thread",
		    tally.kills_waiting);
	good &= say(tally.kills_inside, "of them while they were in a call",
		    tally.kills_inside);
	good &= say(tally.freezes >= 3 * minutes, "freezes of some processes",
		    tally.freezes);
	good &= say(tally.suspends || access("/sys/power/pm_test", F_OK),
		    "freezes of all", tally.suspends);
	good &= say(tally.policies >= 4 * minutes, "changes of policy",
		    tally.policies);
	good &= say(tally.refused_policies, "policies refused",
		    tally.refused_policies);
	good &= say(tally.supplicants >= 2 * minutes, "starts of tee-supplicant",
		    tally.supplicants);
	good &= say(tally.refused_unloads >= 2 * minutes,
		    "unloads refused while in use", tally.refused_unloads);
	good &= say(tally.reloads >= 2, "unloads, with the driver's books right",
		    tally.reloads);
	good &= say(threads() > 2 || tally.deadlocks,
		    "deadlocks ended", tally.deadlocks);
	good &= say(tally.idle_looks >= 30 * minutes,
		    "looks at a waiter for a thread left idle beside it",
		    tally.idle_looks);
	good &= say(threads() < 2 || tally.entries >= 30 * minutes,
		    "entries compared with the limits", tally.entries);
	return good;
}

/* --- chapters ------------------------------------------------------------- */

static void load_driver(void)
{
	char path[96], driver[32];
	int fd;

	if (!read_text("/etc/lab/driver", driver, sizeof(driver)))
		broken("which driver?");
	snprintf(path, sizeof(path), "/lib/modules/%s/optee.ko", driver);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* One that is there already is not this one */
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		broken("%s: %s", path, strerror(errno));
	close(fd);
}

static void unload(const char *module)
{
	if (!await(unload_module(module) || errno == ENOENT, UNLOAD_MS))
		broken("%s cannot be unloaded: %s", module, strerror(errno));
}

static unsigned int chapter_s(void)
{
	unsigned int s = seconds / 6;

	if (s < LEAST_CHAPTER_S)
		return LEAST_CHAPTER_S;
	return s > MOST_CHAPTER_S ? MOST_CHAPTER_S : s;
}

static void chapter(void)
{
	load_driver();
	account_open();
	limits_init();
	load_module("lab_tee", "");
	director_run(now_us() + chapter_s() * 1000000ull);
	director_end();
	account_close();
	unload("lab_tee");
	unload("optee");
	tally.reloads++;
	kernel_measure();
}

/* Twice as long while there was not one call of each kind, on a busy machine */
static bool is_over(uint64_t end)
{
	uint64_t now = now_us();
	char name[32];

	if (stage->troubles >= TROUBLES)
		return true;
	if (now < end || !kernel_is_measured())
		return false;
	return books_least(is_brief(), name, sizeof(name)) ||
	       now > end + seconds * 1000000ull;
}

int main(int argc, char **argv)
{
	uint64_t end, seed;
	bool good;

	if (argc < 3) {
		fprintf(stderr, "usage: torture SECONDS SEED [STALL-S]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	seconds = atoi(argv[1]);
	seed = strtoull(argv[2], NULL, 0);
	if (argc > 3)
		stall_s = atoi(argv[3]);
	stage = shared(sizeof(*stage));
	stage->seed = seed;
	stage->epoch = 1;
	note("torture: %u s, seed %llu, %u threads, no call longer than %u s",
	     seconds, (unsigned long long)seed, threads(), stall_s);
	supplicant_stop();
	unload("lab_tee");
	unload("optee");
	director_init(seed);
	end = now_us() + seconds * 1000000ull;
	while (!is_over(end))
		chapter();
	good = kernel_judge();
	load_driver();
	books_table();
	good &= verdict();
	return good ? 0 : 1;
}
