// SPDX-License-Identifier: GPL-2.0-only
/*
 * A way through a world as a person reads it: a line for each thing that
 * happened, in it a letter for each caller.
 */
#include <stdarg.h>
#include <stdio.h>

#include "world.h"

static unsigned int from = SHOW_NONE;

void show_from(unsigned int step)
{
	from = step;
}

static char letter_of(const struct caller *c)
{
	static const char letters[] = { '.', 'l', 'w', 'i', 'r', '.' };
	char letter = letters[c->phase];

	if (c->phase == ASLEEP && c->call.state == OPTEE_CQ_HOLDING)
		letter = 'g';
	return c->killed && letter != '.' ? letter - 'a' + 'A' : letter;
}

void show(const char *format, ...)
{
	char callers[CALLERS + 1] = { 0 };
	va_list args;
	unsigned int n;

	if (steps < from)
		return;
	for (n = 0; n < world.n; n++)
		callers[n] = letter_of(&world.caller[n]);
	printf("%6u  %s  ", steps, callers);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void show_head(u64 seed)
{
	if (from == SHOW_NONE)
		return;
	printf("seed %llu, T = %u, %u callers, a column each:\n"
	       "  . not in the queue   w waits   g has a slot and sleeps   l woke, before the lock\n"
	       "  i in the secure world   r in an RPC that the next one serves   a capital: killed\n",
	       (unsigned long long)seed, world.cq.threads, world.n);
}
