// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's trace points, read: who waited, and for how many calls.
 *
 * Calls are numbered as they are let in. One that waits is traced with the last
 * number before it asked, under the queue's lock, so that how many were let in
 * before it is exact. How many came out is not, by one: a call is traced before
 * it gives its thread back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gt.h"
#include "trace.h"

#define TRACING		"/sys/kernel/tracing/"
#define EVENTS		TRACING "events/optee/optee_call_"
#define MAX_EVENTS	50000

/* A call that is traced so many events before it gives its thread back */
#define SLACK		3

/* By their first letters; those are all different */
static const char *const events[] = { "queue", "grant", "leave", "deadlock" };

struct event {
	char what;
	char class;
	unsigned int slot;
	unsigned long long seq;
	unsigned long long entry;
};

static struct event *all;
static unsigned int num_events;

static void enable(const char *how)
{
	char path[96];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		snprintf(path, sizeof(path), EVENTS "%s/enable", events[i]);
		if (!write_text(path, how))
			broken("no trace point %s", events[i]);
	}
}

static unsigned long long number(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* All are different: unblock is b */
static char letter(const char *class)
{
	return strncmp(class, "unblock", 7) ? class[0] : 'b';
}

/* "... optee_call_...: seq= slot= class= level= entry= cmd= ..." */
static void add_event(const char *line)
{
	const char *at = strstr(line, ": optee_call_");
	const char *class = strstr(line, " class=");

	if (line[0] == '#' || !at || !class)
		return;
	if (num_events == MAX_EVENTS)
		broken("more than %d events", MAX_EVENTS);
	all[num_events++] = (struct event) {
		.what = at[strlen(": optee_call_")],
		.class = letter(class + strlen(" class=")),
		.seq = number(line, ": seq="),
		.entry = number(line, " entry="),
		.slot = number(line, " slot="),
	};
}

void trace_start(void)
{
	FILE *trace = fopen(TRACING "trace", "w");

	/* Opened for writing it is emptied */
	if (!trace)
		broken("no trace");
	fclose(trace);
	if (!all)
		all = shared(MAX_EVENTS * sizeof(*all));
	num_events = 0;
	enable("1");
}

void trace_stop(void)
{
	char line[512];
	FILE *trace;

	enable("0");
	trace = fopen(TRACING "trace", "r");
	while (trace && fgets(line, sizeof(line), trace)) {
		if (strstr(line, "LOST"))
			broken("the trace lost events");
		add_event(line);
	}
	if (trace)
		fclose(trace);
}

static const struct event *find_grant(const struct event *queued)
{
	const struct event *event;

	for (event = queued; event < all + num_events; event++)
		if (event->what == 'g' && event->seq == queued->seq)
			return event;
	return NULL;
}

static bool came_before(const struct event *event, const struct event *queued,
			const struct event *granted)
{
	return event->what == 'g' && event->class == 'u' &&
	       event->entry > queued->entry && event->entry < granted->entry;
}

/* One of the driver's own calls had a thread, which is theirs at any time */
static bool beside_unblock(const struct event *queued,
			   const struct event *granted)
{
	const struct event *event = queued - all > SLACK ? queued - SLACK : all;

	for (; event < granted; event++)
		if (event->what == 'l' && event->class == 'b')
			return true;
	return false;
}

/*
 * Calls of processes that came out until its thread was handed over: that is
 * when the one before it left, not when its task woke.
 */
static unsigned int left_before(const struct event *queued,
				const struct event *granted)
{
	const struct event *event;
	unsigned int left = 0;

	for (event = queued; event < granted; event++) {
		if (event->what != 'l')
			continue;
		left += event->class == 'u';
		if (event->slot == granted->slot)
			break;
	}
	return left;
}

static void add_wait(struct waits *waits, const struct event *queued)
{
	const struct event *granted = find_grant(queued), *event;
	unsigned int let_in = 0, left;

	/* It waits still, or ended without */
	if (!granted)
		return;
	waits->waited++;
	for (event = all; event < all + num_events; event++)
		let_in += came_before(event, queued, granted);
	if (let_in > waits->let_in)
		waits->let_in = let_in;
	if (beside_unblock(queued, granted)) {
		waits->unblock++;
		return;
	}
	left = left_before(queued, granted);
	if (left > waits->left)
		waits->left = left;
}

struct waits trace_waits(const char *class)
{
	struct waits waits = { };
	unsigned int i;

	for (i = 0; i < num_events; i++) {
		if (all[i].class != letter(class))
			continue;
		waits.calls += all[i].what == 'g';
		if (all[i].what == 'q')
			add_wait(&waits, &all[i]);
	}
	return waits;
}

unsigned int trace_deadlocks(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < num_events; i++)
		n += all[i].what == 'd';
	return n;
}
