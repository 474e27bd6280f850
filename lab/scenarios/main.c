// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario: the lab's scenarios, run inside the guest.
 *
 * usage: scenario [--json] [--kernel K] [--driver stock|ours] [--threads N]
 *		   [--flood N] [--rounds N] NAME|all|clients...
 *
 * "all" are those that measure callers of the lab's own, "clients" those with the
 * kernel's own drivers. What is said of kernel and driver is checked. A scenario
 * that is not over in LIMIT_S seconds is ended and reported as hung. The exit
 * status is 0 only if every scenario has been run and reported.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

/* Set-up, calls for ROUNDS_MS at most, and 64 processes that end their last */
#define LIMIT_S 500
#define ROUNDS 200	/* if nothing else is said */

static const struct scenario {
	const char *name;
	void (*run)(void);
	const char *group;
} scenarios[] = {
	{ "free-thread", free_thread, "all" },
	{ "free-thread-system", free_thread_system, "all" },
	{ "kill-waiter", kill_waiter, "all" },
	{ "fair-turns", fair_turns, "all" },
	{ "kernel-flood", kernel_flood, "all" },
	{ "watchdog", watchdog, "all" },
	{ "scmi-clock", scmi_clock, "clients" },
	{ "hwrng", hwrng, "clients" },
	{ "trusted-unlock", trusted_unlock, "clients" },
	/* Where these hang, nothing can be run after them */
	{ "chain-1", chain_1, "clients" },
	{ "chain-2", chain_2, "" },
	{ "worker-check", worker_check, "" },
};

#define NUM_SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static int status_of(pid_t pid, int *status)
{
	uint64_t limit = now() + ticks(LIMIT_S * 1000.0);
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG))) {
		if (now() > limit)
			return -ETIMEDOUT;
		usleep(10000);
	}
	return got == pid ? 0 : -errno;
}

/*
 * Each in a process group of its own, so that all of it can be ended. What
 * cannot be, as on the stock driver, is left behind.
 */
static bool run(const struct scenario *scenario)
{
	int status, rc;
	pid_t pid;

	fprintf(stderr, "scenario: %s\n", scenario->name);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid) {
		setpgid(0, 0);
		scenario->run();
		exit(0);
	}
	rc = status_of(pid, &status);
	if (rc) {
		kill(-pid, SIGKILL);
		report(scenario->name, HUNG, NULL, 0, "not over after %d s",
		       LIMIT_S);
		return false;
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	kill(-pid, SIGKILL);
	fprintf(stderr, "scenario: %s has not run\n", scenario->name);
	return false;
}

static bool run_named(const char *name)
{
	bool good = true, found = false;
	size_t i;

	for (i = 0; i < NUM_SCENARIOS; i++) {
		if (strcmp(name, scenarios[i].name) &&
		    strcmp(name, scenarios[i].group))
			continue;
		found = true;
		good &= run(&scenarios[i]);
	}
	if (!found)
		die("no scenario %s", name);
	return good;
}

static unsigned int number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || n > 10000)
		die("not a number: %s", text);
	return n;
}

static void parse(int argc, char **argv)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "driver", required_argument, NULL, 'd' },
		{ "threads", required_argument, NULL, 't' },
		{ "flood", required_argument, NULL, 'f' },
		{ "rounds", required_argument, NULL, 'r' },
		{ }
	};
	int c;

	options.threads = 2;
	options.flood = -1;
	options.rounds = ROUNDS;
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'j':
			options.json = true;
			break;
		case 'k':
			options.kernel = optarg;
			break;
		case 'd':
			options.driver = optarg;
			break;
		case 't':
			options.threads = number(optarg);
			break;
		case 'f':
			options.flood = number(optarg);
			break;
		case 'r':
			options.rounds = number(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (options.rounds < 1 || options.rounds > MAX_ROUNDS)
		die("1 to %d rounds", MAX_ROUNDS);
	if (optind == argc)
		die("which scenario?");
}

/* A report must not be about another kernel or driver than it says. */
static void check_claims(void)
{
	static struct utsname system;
	size_t length;

	if (uname(&system))
		die("uname: %s", strerror(errno));
	options.release = system.release;
	if (!options.kernel)
		options.kernel = system.release;
	length = strlen(options.kernel);
	if (strncmp(system.release, options.kernel, length) ||
	    (system.release[length] && system.release[length] != '.'))
		die("this is kernel %s", system.release);
	if (!options.driver)
		options.driver = driver_is_ours() ? "ours" : "stock";
	if (strcmp(options.driver, driver_is_ours() ? "ours" : "stock"))
		die("this is not the driver %s", options.driver);
}

int main(int argc, char **argv)
{
	bool good = true;

	parse(argc, argv);
	check_claims();
	for (; optind < argc; optind++)
		good &= run_named(argv[optind]);
	return good ? 0 : 1;
}
