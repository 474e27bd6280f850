// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: explore [CALLERS]
 *        explore --replay FILE
 *
 * Walks through every interleaving of every configuration of at most so many
 * callers (4), each world once, and checks what must hold after each step. At
 * the first that does not it stops, shows the way there in columns, and prints
 * what to put into a file for --replay.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model.h"

#define MAX_STEPS	200

/**
 * struct frame - a world on the way to where we are
 * @saved: put aside
 * @actions: what may happen in it
 * @num: how many
 * @next: the next of them to try
 */
struct frame {
	struct saved saved;
	struct action actions[MAX_ACTIONS];
	unsigned int num;
	unsigned int next;
};

static struct frame *frames[MAX_STEPS];
static unsigned int depth, deepest;
static u64 configs, states, steps;

/* Worlds seen in this configuration, by hash; 0 is none */

static u64 *seen;
static size_t seen_size = 1 << 16, seen_used;

static bool insert(u64 hash)
{
	size_t at = hash & (seen_size - 1);

	while (seen[at]) {
		if (seen[at] == hash)
			return false;
		at = (at + 1) & (seen_size - 1);
	}
	seen[at] = hash;
	seen_used++;
	return true;
}

static void grow(void)
{
	u64 *old = seen;
	size_t n = seen_size;

	seen_size *= 2;
	seen_used = 0;
	seen = calloc(seen_size, sizeof(*seen));
	while (n--)
		if (old[n])
			insert(old[n]);
	free(old);
}

static bool is_new(u64 hash)
{
	if (seen_used > seen_size / 2)
		grow();
	return insert(hash ? hash : 1);
}

static void forget(void)
{
	memset(seen, 0, seen_size * sizeof(*seen));
	seen_used = 0;
}

/* One world more */
static void push(void)
{
	struct frame *f;

	if (depth == MAX_STEPS) {
		fprintf(stderr, "explore: more than %d steps\n", MAX_STEPS);
		exit(2);
	}
	if (!frames[depth])
		frames[depth] = malloc(sizeof(**frames));
	f = frames[depth++];
	if (depth > deepest)
		deepest = depth;
	f->num = model_actions(f->actions);
	f->next = 0;
	if (f->num)
		model_save(&f->saved);
	else
		check_end();
	states++;
}

static const char *name_of(enum optee_cq_class class)
{
	static const char *const names[] = { "user", "kernel", "system",
					     "unblock" };

	return names[class];
}

static void print_config(const struct config *c)
{
	unsigned int n;

	printf("%u %d %d %u %u %u %u", c->threads, c->policy[0], c->policy[1],
	       c->kills, c->refusals, c->changes, c->n);
	for (n = 0; n < c->n; n++)
		printf("  %d %u %u %d %d", c->plan[n].class, c->plan[n].depth,
		       c->plan[n].client, c->plan[n].nests, c->plan[n].nested);
	putchar('\n');
}

static void print_head(const struct config *c)
{
	char title[32];
	unsigned int n;

	printf("T = %u, reserve_kernel %d, reserve_system %d\n%4s", c->threads,
	       c->policy[0], c->policy[1], "");
	for (n = 0; n < c->n; n++) {
		snprintf(title, sizeof(title), "%u: %s", n,
			 name_of(c->plan[n].class));
		printf("  %-16s", title);
	}
	printf("  all\n");
}

static void print_step(unsigned int number, const struct action *action)
{
	bool of_all = action->what == TIME || action->what == POLICY;
	unsigned int column = of_all ? config->n : action->caller, n;
	char text[32];

	model_describe(action, text, sizeof(text));
	printf("%4u", number);
	for (n = 0; n < column; n++)
		printf("  %-16s", "");
	printf("  %s\n", text);
}

/* From the start again, as it came about */
static void show(const struct config *c, const unsigned int *way,
		 unsigned int length)
{
	struct action actions[MAX_ACTIONS];
	const char *what = broken;
	unsigned int n, num;

	print_head(c);
	model_start(c);
	for (n = 0; n < length; n++) {
		num = model_actions(actions);
		if (way[n] >= num) {
			fprintf(stderr, "explore: no step %u here\n", way[n]);
			exit(2);
		}
		print_step(n + 1, &actions[way[n]]);
		check_before();
		model_do(&actions[way[n]]);
		check_step();
	}
	if (!model_actions(actions))
		check_end();
	if (what || broken)
		printf("broken: %s\n", broken ? broken : what);
}

static void fail(const struct config *c)
{
	unsigned int way[MAX_STEPS], n, length = 0;

	for (n = 0; n < depth; n++)
		if (frames[n]->next)
			way[length++] = frames[n]->next - 1;
	show(c, way, length);
	printf("to replay:\n");
	print_config(c);
	for (n = 0; n < length; n++)
		printf("%u ", way[n]);
	printf("-1\n");
	exit(1);
}

static void explore(const struct config *c)
{
	struct frame *f;

	configs++;
	forget();
	depth = 0;
	model_start(c);
	is_new(model_hash());
	push();
	while (depth) {
		f = frames[depth - 1];
		if (f->next == f->num) {
			depth--;
			continue;
		}
		model_restore(&f->saved);
		check_before();
		model_do(&f->actions[f->next++]);
		steps++;
		check_step();
		if (broken)
			fail(c);
		if (!is_new(model_hash()))
			continue;
		push();
		if (broken)
			fail(c);
	}
}

/* Configurations: trees of callers, in any mix */

/**
 * struct tree - a caller, and those that are nested in it
 * @class: the outermost's
 * @client: its client
 * @callers: how many of them there are
 */
static const struct tree {
	enum optee_cq_class class;
	unsigned int client;
	unsigned int callers;
} trees[] = {
	{ OPTEE_CQ_USER, 0, 1 },
	{ OPTEE_CQ_USER, 1, 1 },
	{ OPTEE_CQ_KERNEL, 2, 1 },
	{ OPTEE_CQ_SYSTEM, 2, 1 },
	{ OPTEE_CQ_UNBLOCK, 2, 1 },
	{ OPTEE_CQ_USER, 0, 2 },
	{ OPTEE_CQ_KERNEL, 2, 2 },
	{ OPTEE_CQ_SYSTEM, 2, 2 },
	{ OPTEE_CQ_USER, 1, 3 },
};

#define TREES	(sizeof(trees) / sizeof(trees[0]))

static void plant(struct config *c, const struct tree *tree)
{
	unsigned int n;

	for (n = 0; n < tree->callers; n++)
		c->plan[c->n++] = (struct plan) {
			.class = n ? OPTEE_CQ_USER : tree->class,
			.depth = !n && tree->class == OPTEE_CQ_SYSTEM,
			.client = n ? 3 : tree->client,
			.nests = n + 1 < tree->callers,
			.nested = n,
		};
}

/* With nobody to reserve for, auto is 0: only nested calls make a difference */
static int least_rs(const struct config *c)
{
	unsigned int n;

	for (n = 0; n < c->n; n++)
		if (c->plan[n].nests)
			return OPTEE_CQ_AUTO;
	return 0;
}

static void explore_policies(struct config *c)
{
	int rk, rs;

	for (c->threads = 1; c->threads <= 3; c->threads++) {
		for (rk = 0; rk < (int)c->threads; rk++)
			for (rs = least_rs(c); rs < (int)c->threads; rs++) {
				if (rk + max(rs, 0) >= (int)c->threads)
					continue;
				c->policy[0] = rk;
				c->policy[1] = rs;
				explore(c);
			}
	}
}

/* The first two clients are alike */
static bool is_renamed(const struct config *c)
{
	unsigned int calls[2] = { 0 }, n;

	for (n = 0; n < c->n; n++)
		if (c->plan[n].client < 2)
			calls[c->plan[n].client]++;
	return calls[1] && !calls[0];
}

/* Every mix of trees from the @from-th on that has @callers callers */
static void explore_mixes(const struct config *start, unsigned int from,
			  unsigned int callers)
{
	unsigned int n;

	if (!callers) {
		struct config c = *start;

		if (!is_renamed(&c))
			explore_policies(&c);
		return;
	}
	for (n = from; n < TREES; n++) {
		struct config c = *start;

		if (trees[n].callers > callers)
			continue;
		plant(&c, &trees[n]);
		explore_mixes(&c, n, callers - trees[n].callers);
	}
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void report(const char *what, double start)
{
	printf("%s: %llu configurations, %llu states, %llu steps, %u deep at most, %.1f s\n",
	       what, (unsigned long long)configs, (unsigned long long)states,
	       (unsigned long long)steps, deepest, seconds() - start);
	fflush(stdout);
	configs = 0;
	states = 0;
	steps = 0;
	deepest = 0;
}

static int replay(const char *path)
{
	unsigned int way[MAX_STEPS], length = 0, n;
	struct config c;
	FILE *f = fopen(path, "r");
	int step;

	if (!f || fscanf(f, "%u %d %d %u %u %u %u", &c.threads, &c.policy[0],
			 &c.policy[1], &c.kills, &c.refusals, &c.changes,
			 &c.n) != 7 || c.n > CALLERS)
		goto bad;
	for (n = 0; n < c.n; n++) {
		int class, nests, nested;

		if (fscanf(f, "%d %u %u %d %d", &class, &c.plan[n].depth,
			   &c.plan[n].client, &nests, &nested) != 5)
			goto bad;
		c.plan[n].class = class;
		c.plan[n].nests = nests;
		c.plan[n].nested = nested;
	}
	while (fscanf(f, "%d", &step) == 1 && step >= 0 && length < MAX_STEPS)
		way[length++] = step;
	fclose(f);
	show(&c, way, length);
	return broken ? 1 : 0;
bad:
	fprintf(stderr, "explore: %s is no schedule that explore printed\n",
		path);
	return 2;
}

int main(int argc, char **argv)
{
	unsigned int most = 4, callers;
	struct config c = { .kills = 1, .refusals = 1, .changes = 1 };
	char what[64];
	double start;

	seen = calloc(seen_size, sizeof(*seen));
	if (argc == 3 && !strcmp(argv[1], "--replay"))
		return replay(argv[2]);
	if (argc == 2 || argc == 5)
		most = atoi(argv[1]);
	if (argc == 5) {
		c.kills = atoi(argv[2]);
		c.refusals = atoi(argv[3]);
		c.changes = atoi(argv[4]);
	}
	if ((argc > 2 && argc != 5) || !most || most > CALLERS) {
		fprintf(stderr, "usage: explore [CALLERS, 1 to %d] | --replay FILE\n",
			CALLERS);
		return 2;
	}
	for (callers = 1; callers <= most; callers++) {
		start = seconds();
		explore_mixes(&c, 0, callers);
		snprintf(what, sizeof(what), "ok explore %u callers", callers);
		report(what, start);
	}
	return 0;
}
