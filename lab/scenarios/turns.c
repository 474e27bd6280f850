// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many calls our driver let in between one task's request and its own
 * turn, by the driver's trace points: exact, where calls.c has bounds.
 *
 * The driver numbers the calls that it lets in. A call that has to wait is in
 * the trace with the last number before it asked, and every call with its own
 * as it goes on: those between are what passed it. The driver's own calls (the
 * bottom half once a second here, and pages of messages that OP-TEE is told of)
 * are no turn of either process: what is no invocation does not count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

#define TRACING		"/sys/kernel/tracing"
#define MAX_ENTRIES	0x40000
/* Whoever has a thread by then has been seen going on with it */
#define DRAIN_MS	300

/* OPTEE_MSG_CMD_INVOKE_COMMAND */
#define INVOCATION	" cmd=1 "

/* What is known of an entry */
enum entry { LOST, OTHER, INVOKED };

struct event {
	pid_t pid;
	char what;		/* q: queue, g: grant */
	unsigned long long entry;
	bool invokes;
};

/* A request of the task that had to wait */
struct request {
	unsigned long long after;
	unsigned long long entry;
};

struct record {
	enum entry entries[MAX_ENTRIES];
	struct request requests[MAX_ENTRIES];
	size_t n;
	size_t granted;
};

static bool write_file(const char *name, const char *text)
{
	char path[128];
	FILE *stream;
	bool good;

	snprintf(path, sizeof(path), TRACING "/%s", name);
	stream = fopen(path, "w");
	if (!stream)
		return false;
	good = fputs(text, stream) >= 0;
	return !fclose(stream) && good;
}

bool turns_start(void)
{
	return write_file("buffer_size_kb", "8192") &&
	       write_file("events/optee/optee_call_queue/enable", "1") &&
	       write_file("events/optee/optee_call_grant/enable", "1");
}

/* "task-pid [cpu] flags time: optee_call_...: seq= slot= ... entry= cmd= ..." */
static bool parse(const char *line, struct event *event)
{
	const char *at = strstr(line, ": optee_call_");
	const char *bracket = strstr(line, " [");
	const char *number = strstr(line, " entry=");

	if (line[0] == '#' || !at || !bracket || !number)
		return false;
	while (bracket > line && bracket[-1] == ' ')
		bracket--;
	while (bracket > line && bracket[-1] != '-')
		bracket--;
	event->pid = atoi(bracket);
	event->what = at[strlen(": optee_call_")];
	event->entry = strtoull(number + strlen(" entry="), NULL, 10);
	event->invokes = strstr(line, INVOCATION);
	return true;
}

static void note(struct record *record, const struct event *event, pid_t task)
{
	struct request *request = &record->requests[record->n];

	if (event->entry >= MAX_ENTRIES)
		die("%llu entries are too many for the trace", event->entry);
	if (event->what == 'g')
		record->entries[event->entry] = event->invokes ? INVOKED : OTHER;
	if (event->pid != task || !event->invokes)
		return;
	if (event->what == 'q')
		request->after = event->entry;
	if (event->what != 'g')
		return;
	record->granted++;
	request->entry = event->entry;
	/* One that did not wait was passed by nobody */
	if (request->after)
		record->n++;
}

static size_t passed(const struct record *record, const struct request *request)
{
	unsigned long long entry;
	size_t n = 0;

	for (entry = request->after + 1; entry < request->entry; entry++) {
		if (record->entries[entry] == LOST)
			die("the trace has lost entry %llu", entry);
		n += record->entries[entry] == INVOKED;
	}
	return n;
}

bool turns_stop(pid_t task, size_t *most, size_t *rounds)
{
	struct record *record = shared(sizeof(*record));
	struct event event;
	char line[512];
	FILE *stream;
	size_t i, n;

	usleep(DRAIN_MS * 1000);
	write_file("events/optee/enable", "0");
	stream = fopen(TRACING "/trace", "r");
	if (!stream)
		return false;
	while (fgets(line, sizeof(line), stream))
		if (parse(line, &event))
			note(record, &event, task);
	fclose(stream);
	*most = 0;
	*rounds = record->granted;
	for (i = 0; i < record->n; i++) {
		n = passed(record, &record->requests[i]);
		if (n > *most)
			*most = n;
	}
	return true;
}
