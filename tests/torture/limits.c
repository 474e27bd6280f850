// SPDX-License-Identifier: GPL-2.0-only
/*
 * No entry breaks a limit: for a while the policy stays what it is, and the
 * driver's trace points say who came and who left.
 *
 * A call that waits is traced with the number of the last entry before it; one
 * that has a thread with the number of its own entry, and once more before it
 * gives the thread back. So what has a lower number, and is traced as leaving
 * after another came, was inside when that one entered. Of calls that came
 * before the trace began nothing is known: it may count too few, never too
 * many.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "torture.h"

#define TRACE		"/sys/kernel/tracing/instances/limits/"
#define MARK		"torture: the policy stands"
#define LOOK_MS		1500
#define MAX_EVENTS	2048
#define MAX_LEVELS	16
#define STILL_INSIDE	(~0u)

struct entry {
	uint64_t seq;
	uint64_t number;
	unsigned int level;
	unsigned int left;	/* the line of the trace that says so */
	unsigned int line;
};

static struct entry entries[MAX_EVENTS];
static unsigned int num_entries;
/* What may be inside of level n and below; above the last, all threads */
static unsigned int limits[MAX_LEVELS];
static uint64_t until;	/* of the look, 0: there is none */

/* docs/design.md: USER, KERNEL, SYSTEM at depth 1, 2, ... */
static void set_limits(unsigned int rk, unsigned int rs)
{
	unsigned int t = threads(), depth;

	limits[0] = t - rk - rs;
	limits[1] = t - rs;
	for (depth = 1; 1 + depth < MAX_LEVELS; depth++)
		limits[1 + depth] = t - (rs > depth ? rs - depth : 0);
}

static void must_put(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), TRACE "%s", file);
	if (!write_text(path, text))
		broken("%s: %s", path, strerror(errno));
}

static void empty(void)
{
	int fd = open(TRACE "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
}

void limits_init(void)
{
	static const char *const events[] = { "queue", "grant", "leave" };
	char path[64];
	unsigned int i;

	if (mkdir(TRACE, 0700) && errno != EEXIST)
		broken(TRACE ": %s", strerror(errno));
	must_put("tracing_on", "0");
	must_put("buffer_size_kb", "256");
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), "events/optee/optee_call_%s/enable",
			 events[i]);
		must_put(path, "1");
	}
}

bool limits_are_watched(void)
{
	return until;
}

static void must_keep(const char *file, unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	if (!queue_write(file, text))
		trouble("%s=%u: %s", file, n, strerror(errno));
}

/* One thread at least is kept, and one left */
void limits_watch(struct chance *chance)
{
	unsigned int kept, rs;

	if (until || threads() < 2)
		return;
	kept = chance_in(chance, 1, threads() - 1);
	rs = chance_in(chance, 0, kept);
	/* What would leave nothing, with the other as it was, is refused */
	must_keep("reserve_system", 0);
	must_keep("reserve_kernel", kept - rs);
	must_keep("reserve_system", rs);
	set_limits(kept - rs, rs);
	empty();
	must_put("tracing_on", "1");
	must_put("trace_marker", MARK);
	until = now_us() + LOOK_MS * 1000;
}

static uint64_t number(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void leaves(uint64_t seq, unsigned int line)
{
	unsigned int i;

	for (i = num_entries; i--;) {
		if (entries[i].seq != seq)
			continue;
		entries[i].left = line;
		break;
	}
}

/*
 * "... optee_call_...: seq= slot= class= level= entry= cmd= ...". The first that
 * waits says which entry was the last before; 0: not known yet.
 */
static void add_event(const char *text, unsigned int line, uint64_t *last)
{
	const char *at = strstr(text, ": optee_call_");
	struct entry *entry = &entries[num_entries];
	uint64_t seq;

	if (!at)
		return;
	seq = number(at, " seq=");
	switch (at[strlen(": optee_call_")]) {
	case 'q':
		if (!*last)
			*last = number(at, " entry=");
		break;
	case 'g':
		if (num_entries == MAX_EVENTS)
			return;
		*entry = (struct entry) {
			.seq = seq, .number = number(at, " entry="),
			.level = number(at, " level="),
			.left = STILL_INSIDE, .line = line,
		};
		num_entries++;
		break;
	case 'l':
		leaves(seq, line);
	}
}

/* The number of the last entry before the policy stood for certain */
static uint64_t read_trace(void)
{
	FILE *trace = fopen(TRACE "trace", "re");
	unsigned int line = 0;
	bool stands = false;
	char text[512];
	uint64_t last = 0;

	num_entries = 0;
	while (trace && fgets(text, sizeof(text), trace)) {
		stands |= !!strstr(text, MARK);
		/* Those that wait from before would tell too low a number */
		if (stands)
			add_event(text, ++line, &last);
	}
	if (trace)
		fclose(trace);
	return last;
}

/* How many were inside for certain, of @level and below, when @it entered */
static unsigned int inside(const struct entry *it, unsigned int level)
{
	unsigned int i, n = 1;

	for (i = 0; i < num_entries; i++)
		n += entries[i].number < it->number &&
		     entries[i].level <= level && entries[i].left > it->line;
	return n;
}

static bool breaks_limit(const struct entry *it)
{
	unsigned int level, n;

	for (level = it->level; level < MAX_LEVELS; level++) {
		n = inside(it, level);
		if (n > limits[level]) {
			trouble("entry %llu at level %u: %u inside of level %u and below, not %u",
				(unsigned long long)it->number, it->level, n,
				level, limits[level]);
			return true;
		}
	}
	return false;
}

void limits_look(bool now)
{
	uint64_t last;
	unsigned int i;

	if (!until || (now_us() < until && !now))
		return;
	must_put("tracing_on", "0");
	until = 0;
	last = read_trace();
	for (i = 0; last && i < num_entries; i++) {
		if (entries[i].number <= last)
			continue;
		tally.entries++;
		/* One is told: those that come after it find it inside */
		if (breaks_limit(&entries[i]))
			break;
	}
}
