// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list without end, or none any more: what else a broken queue does. It ends
 * the program, and what is said of it needs nothing but write(): the signal may
 * come in the middle of a printf().
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

/* What a world takes at most, and a busy machine is slow; it is one of 10 ms */
#define SECONDS		60

/* What is said, up to the number of steps */
static char text[128];

void crash_is_of(u64 seed)
{
	snprintf(text, sizeof(text),
		 "not ok random: random --replay %llu comes to it after ",
		 (unsigned long long)seed);
	alarm(SECONDS);
}

static void put(const char *what)
{
	/* There is nobody to tell that it cannot be told */
	if (write(STDOUT_FILENO, what, strlen(what)) < 0)
		_exit(3);
}

static void put_number(unsigned int number)
{
	char digits[16] = { 0 }, *at = digits + sizeof(digits) - 1;

	do {
		at--;
		*at = '0' + number % 10;
		number /= 10;
	} while (number);
	put(at);
}

static void crashed(int signal)
{
	put(signal == SIGALRM ? "broken: a step never ends\n" :
				"broken: a step reads what is no memory\n");
	put(text);
	put_number(steps);
	put(" steps\n");
	_exit(1);
}

void catch_crashes(void)
{
	static char stack[64 * 1024];
	const stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction action = {
		.sa_handler = crashed,
		.sa_flags = SA_ONSTACK,
	};

	sigaltstack(&own, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
}
