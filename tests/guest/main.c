// SPDX-License-Identifier: GPL-2.0-only
/*
 * gt: the guest's tests.
 *
 * usage: gt NAME | gt --list
 *
 * Prints what came of it in one line; the exit status is one of EXIT_*.
 */
#include <stdio.h>
#include <string.h>

#include "gt.h"

#define TEST(name, fn) test_fn fn;
#include "tests.h"
#undef TEST

#define TEST(name, fn) { name, fn },
static const struct test tests_list[] = {
#include "tests.h"
};

static int list(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests_list); i++)
		puts(tests_list[i].name);
	return 0;
}

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	for (i = 0; argc == 2 && i < ARRAY_SIZE(tests_list); i++) {
		if (strcmp(argv[1], tests_list[i].name))
			continue;
		tests_list[i].run();
		broken("the test said nothing");
	}
	fprintf(stderr, "usage: gt NAME | gt --list\n");
	return 2;
}
