// SPDX-License-Identifier: GPL-2.0-only
/*
 * A way through a world as a person reads it, in columns, and as it is kept in
 * a file to be gone again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

/* Without what was tried that the other one would not: what may happen */
void print_config(const struct config *c)
{
	unsigned int n;

	printf("%d %u %d %d %u %u", plain, c->threads, c->policy[0],
	       c->policy[1], c->left, c->n);
	for (n = 0; n < c->n; n++)
		printf("  %d %u %d %d %d", c->plan[n].class,
		       c->plan[n].client, c->plan[n].nests, c->plan[n].nested,
		       c->plan[n].tries);
	putchar('\n');
}

static void print_head(const struct config *c)
{
	char title[32];
	unsigned int n;

	printf("T = %u, reserve_kernel %d, reserve_system %d\n%4s", c->threads,
	       c->policy[0], c->policy[1], "");
	for (n = 0; n < c->n; n++) {
		snprintf(title, sizeof(title), "%u: %s%s", n,
			 name_of(c->plan[n].class),
			 c->plan[n].tries ? " tries" : "");
		printf("  %-16s", title);
	}
	printf("  all\n");
}

static void describe(const struct action *action, char *text, size_t size)
{
	const struct caller *c = &world.caller[action->caller];

	switch (action->what) {
	case GO_ON:
		snprintf(text, size, "%s", step_of(c, action->arg));
		return;
	case KILL:
		snprintf(text, size, "killed");
		return;
	case TIME:
		snprintf(text, size, "time passes");
		return;
	case POLICY:
		snprintf(text, size, "reserve_%s=%d",
			 name_of(class_of(action->arg)),
			 policy_of(action->arg));
		return;
	case CLOSE:
		snprintf(text, size, "closed below %s", name_of(action->arg));
		return;
	}
}

static void print_text(unsigned int number, unsigned int column,
		       const char *text)
{
	unsigned int n;

	if (number)
		printf("%4u", number);
	else
		printf("%4s", "");
	for (n = 0; n < column; n++)
		printf("  %-16s", "");
	printf("  %s\n", text);
}

static void print_step(unsigned int number, const struct action *action)
{
	bool of_one = action->what == GO_ON || action->what == KILL;
	char text[32];
	unsigned int n;

	for (n = 0; n < config->n && action->what == TIME; n++)
		if (action->arg >> n & 1)
			print_text(0, n, "lock");
	describe(action, text, sizeof(text));
	print_text(number, of_one ? action->caller : config->n, text);
}

static void do_and_check(const struct action *action)
{
	check_before();
	model_do(action);
	check_step();
}

/* From the start again, as it came about */
void show(const struct config *c, const unsigned int *way, unsigned int length)
{
	struct action actions[MAX_ACTIONS], forced;
	const char *what = broken;
	unsigned int n, num, m;

	print_head(c);
	model_start(c);
	for (n = 0; n < length; n++) {
		num = model_actions(actions);
		if (way[n] >= num) {
			fprintf(stderr, "explore: step %u cannot be %u: %u things may happen\n",
				n + 1, way[n], num);
			exit(2);
		}
		print_step(n + 1, &actions[way[n]]);
		do_and_check(&actions[way[n]]);
		for (m = 0; m < MAX_FORCED && !broken && model_forced(&forced);
		     m++) {
			print_step(0, &forced);
			do_and_check(&forced);
		}
		if (m == MAX_FORCED)
			must(false, GOES_NOWHERE);
	}
	if (!broken && !model_actions(actions))
		check_end();
	if (what || broken)
		printf("broken: %s\n", broken ? broken : what);
}

/* The next number, if it is one of these */
static bool read_number(FILE *f, long least, long most, int *number)
{
	long n;

	if (fscanf(f, "%ld", &n) != 1 || n < least || n > most)
		return false;
	*number = n;
	return true;
}

static bool read_plan(FILE *f, struct plan *plan, bool nested, bool may_nest)
{
	int class, client, nests, is_nested, tries;

	if (!read_number(f, 0, OPTEE_CQ_CLASSES - 1, &class) ||
	    !read_number(f, 0, CLIENTS - 1, &client) ||
	    !read_number(f, 0, may_nest, &nests) ||
	    !read_number(f, nested, nested, &is_nested) ||
	    !read_number(f, 0, 1, &tries))
		return false;
	*plan = (struct plan) {
		.class = class, .client = client, .nests = nests,
		.nested = is_nested, .tries = tries,
	};
	return true;
}

static bool read_config(FILE *f, struct config *c)
{
	int kind, threads, left, num;
	unsigned int n;

	if (!read_number(f, 0, 1, &kind) ||
	    !read_number(f, 1, THREADS, &threads) ||
	    !read_number(f, OPTEE_CQ_ALWAYS, threads - 1, &c->policy[0]) ||
	    !read_number(f, OPTEE_CQ_ALWAYS, threads - 1, &c->policy[1]) ||
	    !read_number(f, 0, (1 << INCIDENTS) - 1, &left) ||
	    !read_number(f, 1, CALLERS, &num) ||
	    max(c->policy[0], 0) + max(c->policy[1], 0) >= threads)
		return false;
	plain = kind;
	c->threads = threads;
	c->left = left;
	c->n = num;
	for (n = 0; n < c->n; n++)
		if (!read_plan(f, &c->plan[n], n && c->plan[n - 1].nests,
			       n + 1 < c->n))
			return false;
	return true;
}

/* All steps, to the -1 after the last */
static bool read_way(FILE *f, unsigned int *way, unsigned int *length)
{
	int step;

	*length = 0;
	while (read_number(f, -1, MAX_ACTIONS - 1, &step)) {
		if (step < 0)
			return true;
		if (*length == MAX_STEPS)
			return false;
		way[(*length)++] = step;
	}
	return false;
}

int replay(const char *path)
{
	unsigned int way[MAX_STEPS], length;
	FILE *f = fopen(path, "r");
	struct config c = { 0 };
	bool all;

	if (!f) {
		perror(path);
		return 2;
	}
	all = read_config(f, &c) && read_way(f, way, &length);
	fclose(f);
	if (!all) {
		fprintf(stderr, "explore: %s is no whole schedule that explore printed\n",
			path);
		return 2;
	}
	show(&c, way, length);
	return broken ? 1 : 0;
}
