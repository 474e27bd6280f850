// SPDX-License-Identifier: GPL-2.0-only
/*
 * What our driver did between one task's requests and their turns, by the
 * driver's trace points: exact, where calls.c has bounds.
 *
 * The driver numbers the calls that it lets in. A call that has to wait is in
 * the trace with the last number before it asked, and every call with its own
 * as it goes on: those between are what passed it. The driver's own calls (the
 * bottom half once a second here, and pages of messages that OP-TEE is told of)
 * are no turn of either process: what is no invocation does not count.
 *
 * A wait is for a user's call if it ended with the thread of one. It is not if
 * another's call was inside as it began: that one has the thread that is kept,
 * and the wait is over with it at the latest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

#define TRACING		"/sys/kernel/tracing"
#define MAX_ENTRIES	0x40000
#define MAX_SLOTS	256
/* Whoever has a thread by then has been seen going on with it */
#define DRAIN_MS	300

/* OPTEE_MSG_CMD_INVOKE_COMMAND */
#define INVOCATION	" cmd=1 "

/* What is known of an entry */
enum entry { LOST, OTHER, INVOKED };

/* Who has a slot, or had it last */
enum user { NOBODY, USERS, OTHERS };

struct event {
	pid_t pid;
	char what;		/* q: queue, g: grant, l: leave */
	unsigned long long entry;
	int slot;
	bool invokes;
	bool of_user;
};

/* A request of the task that had to wait */
struct request {
	unsigned long long after;
	unsigned long long entry;
	bool beside_others;
};

struct record {
	enum entry entries[MAX_ENTRIES];
	enum user inside[MAX_SLOTS];
	enum user left[MAX_SLOTS];
	struct request requests[MAX_ENTRIES];
	struct turns turns;
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
	return write_file("buffer_size_kb", "8192") && write_file("trace", "") &&
	       write_file("events/optee/optee_call_queue/enable", "1") &&
	       write_file("events/optee/optee_call_grant/enable", "1") &&
	       write_file("events/optee/optee_call_leave/enable", "1");
}

/* "task-pid [cpu] flags time: optee_call_...: seq= slot= class= ... entry= cmd=" */
static bool parse(const char *line, struct event *event)
{
	const char *at = strstr(line, ": optee_call_");
	const char *bracket = strstr(line, " [");
	const char *slot = strstr(line, " slot=");
	const char *entry = strstr(line, " entry=");

	if (line[0] == '#' || !at || !bracket || !slot || !entry)
		return false;
	while (bracket > line && bracket[-1] == ' ')
		bracket--;
	while (bracket > line && bracket[-1] != '-')
		bracket--;
	event->pid = atoi(bracket);
	event->what = at[strlen(": optee_call_")];
	event->slot = atoi(slot + strlen(" slot="));
	event->entry = strtoull(entry + strlen(" entry="), NULL, 10);
	event->invokes = strstr(line, INVOCATION);
	event->of_user = strstr(line, " class=user ");
	if (event->entry >= MAX_ENTRIES || event->slot >= MAX_SLOTS)
		die("more in the trace than there is room for: %s", line);
	return true;
}

static void queued(struct record *record, const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];
	unsigned int slot;

	request->after = event->entry;
	request->beside_others = false;
	for (slot = 0; slot < MAX_SLOTS; slot++)
		if (record->inside[slot] == OTHERS)
			request->beside_others = true;
}

static void granted(struct record *record, const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];

	record->turns.rounds++;
	/* One that did not wait was passed by nobody */
	if (!request->after)
		return;
	request->entry = event->entry;
	if (!request->beside_others && record->left[event->slot] == USERS)
		record->turns.waits_for_user++;
	record->turns.waits++;
}

static void note(struct record *record, const struct event *event, pid_t task)
{
	bool of_task = event->pid == task && event->invokes;
	enum user user = event->of_user ? USERS : OTHERS;

	switch (event->what) {
	case 'q':
		if (of_task)
			queued(record, event);
		return;
	case 'g':
		if (of_task)
			granted(record, event);
		record->inside[event->slot] = user;
		record->entries[event->entry] = event->invokes ? INVOKED : OTHER;
		return;
	case 'l':
		record->inside[event->slot] = NOBODY;
		record->left[event->slot] = user;
		return;
	}
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

bool turns_stop(pid_t task, struct turns *turns)
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
	*turns = record->turns;
	for (i = 0; i < turns->waits; i++) {
		n = passed(record, &record->requests[i]);
		if (n > turns->passed_most)
			turns->passed_most = n;
	}
	return true;
}
