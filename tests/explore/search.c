// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way on from where a configuration starts, each world once.
 *
 * A world that was seen with all that may still happen on the way need not be
 * seen with less: whatever happens there is among what happened then.
 */
#include <stdio.h>
#include <string.h>

#include "world.h"

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
static unsigned int depth;

struct totals totals;
bool count_settled;

static struct worlds *seen, *settled;

/* Of a set of incidents: its bit, and those of all sets that have all of it */
static u32 bit_of[1 << INCIDENTS];
static u32 supersets[1 << INCIDENTS];

/* Of those in @left, which no run has more of than MOST_INCIDENTS */
void search_init(unsigned int left)
{
	unsigned int set, more, n = 0;

	for (set = 0; set <= left; set++)
		if ((set & left) == set)
			bit_of[set] = 1u << n++;
	for (set = 0; set <= left; set++)
		for (more = 0; more <= left; more++)
			if ((set & more) == set)
				supersets[set] |= bit_of[more];
}

static bool is_new(void)
{
	u64 hash = model_hash();
	u32 *lefts;

	if (plain)
		hash += story.left * 0x9e3779b97f4a7c15ull;
	lefts = worlds_find(seen, hash);
	if (*lefts & supersets[story.left])
		return false;
	*lefts |= bit_of[story.left];
	return true;
}

/* Configurations that follow have other callers or threads */
void forget(void)
{
	worlds_free(seen);
	seen = worlds_new();
	if (!count_settled)
		return;
	worlds_free(settled);
	settled = worlds_new();
}

static void look_whether_settled(void)
{
	u64 hash;
	u32 *found;

	if (!model_is_settled())
		return;
	hash = model_settled_hash();
	found = worlds_find(settled, hash);
	totals.settled += !*found;
	totals.settled_sum += *found ? 0 : hash;
	*found = 1;
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
	totals.deepest = max(totals.deepest, depth);
	totals.states++;
	if (count_settled)
		look_whether_settled();
	f->num = model_actions(f->actions);
	f->next = 0;
	if (f->num > 1)
		model_save(&f->saved);
	else if (!f->num)
		check_end();
}

static void step(const struct action *action)
{
	check_before();
	model_do(action);
	check_step();
}

static void settle(void)
{
	unsigned int steps = 0;
	struct action forced;

	while (!broken && model_forced(&forced)) {
		step(&forced);
		if (++steps == MAX_FORCED)
			must(false, GOES_NOWHERE);
	}
}

static void go(struct frame *f)
{
	/* After the push the world is still there */
	if (f->next)
		model_restore(&f->saved);
	totals.steps++;
	step(&f->actions[f->next++]);
	settle();
}

/* After explore() found something: the way there */
void print_failure(void)
{
	const struct config *c = config;
	unsigned int way[MAX_STEPS] = { 0 }, n, length = 0;

	for (n = 0; n < depth; n++)
		if (frames[n]->next)
			way[length++] = frames[n]->next - 1;
	show(c, way, length);
	printf("to replay:\n");
	print_config(c);
	for (n = 0; n < length; n++)
		printf("%u ", way[n]);
	printf("-1\n");
}

/* Return: false if something was found that does not hold */
bool explore(const struct config *c)
{
	struct frame *f;

	totals.configs++;
	depth = 0;
	model_start(c);
	if (is_new())
		push();
	while (depth && !broken) {
		f = frames[depth - 1];
		if (f->next == f->num) {
			depth--;
			continue;
		}
		go(f);
		if (!broken && is_new() && !broken)
			push();
	}
	return !broken;
}
