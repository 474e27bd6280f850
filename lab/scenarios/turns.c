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
 * another's call was inside as it began, and no user's was let in with that one's
 * thread since: that one has the thread that is kept, and the wait is over with it
 * at the latest. Who was inside the numbers say: of the calls let in before the
 * request, the last of each thread.
 *
 * That one may have left again. The driver tells of a leave before it is made, and
 * a processor may be elsewhere in between, so it was inside if it told of that only
 * a moment before.
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
/* From when a leave is told until it is made */
#define LEAVING_S	0.05

/* OPTEE_MSG_CMD_INVOKE_COMMAND */
#define INVOCATION	" cmd=1 "

enum who { LOST, USERS, OTHERS, ITSELF };

struct event {
	pid_t pid;
	double time;		/* in seconds */
	char what;		/* q: queue, g: grant, l: leave */
	unsigned long long entry;
	int slot;
	bool invokes;
	bool of_user;
};

struct entry {
	enum who who;
	bool invokes;
	int slot;
	double left;		/* when; 0: it is inside to the end */
};

/* A request of the task that had to wait */
struct request {
	double time;
	unsigned long long after;
	unsigned long long entry;
};

struct record {
	struct entry entries[MAX_ENTRIES];
	struct request requests[MAX_ENTRIES];
	bool waits;		/* the request after those counted */
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
	const char *at = strstr(line, ": optee_call_"), *time = at;
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
	while (time > line && time[-1] != ' ')
		time--;
	event->time = strtod(time, NULL);
	event->what = at[strlen(": optee_call_")];
	event->slot = atoi(slot + strlen(" slot="));
	event->entry = strtoull(entry + strlen(" entry="), NULL, 10);
	event->invokes = strstr(line, INVOCATION);
	event->of_user = strstr(line, " class=user ");
	if (event->entry >= MAX_ENTRIES)
		die("more in the trace than there is room for: %s", line);
	return true;
}

static void queued(struct record *record, const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];

	request->time = event->time;
	request->after = event->entry;
	record->waits = true;
}

static void entered(struct record *record, const struct event *event, pid_t task)
{
	struct entry *entry = &record->entries[event->entry];

	entry->who = event->of_user ? USERS : OTHERS;
	entry->invokes = event->invokes;
	entry->slot = event->slot;
	if (event->pid != task)
		return;
	entry->who = ITSELF;
	if (!event->invokes)
		return;
	record->turns.rounds++;
	/* One that did not wait was passed by nobody */
	if (!record->waits)
		return;
	record->requests[record->turns.waits++].entry = event->entry;
	record->waits = false;
}

static void note(struct record *record, const struct event *event, pid_t task)
{
	switch (event->what) {
	case 'q':
		if (event->pid == task && event->invokes)
			queued(record, event);
		return;
	case 'g':
		entered(record, event, task);
		return;
	case 'l':
		record->entries[event->entry].left = event->time;
		return;
	}
}

/* The last that was let in up to that number and has, or had, that slot */
static const struct entry *last_in(const struct record *record, int slot,
				   unsigned long long number)
{
	const struct entry *entry;

	for (; number; number--) {
		entry = &record->entries[number];
		if (entry->who != LOST && entry->slot == slot)
			return entry;
	}
	return &record->entries[0];
}

/* With that slot, since the request */
static bool passed_by_user(const struct record *record, int slot,
			   const struct request *request)
{
	unsigned long long number;

	for (number = request->after + 1; number < request->entry; number++)
		if (record->entries[number].slot == slot &&
		    record->entries[number].who == USERS)
			return true;
	return false;
}

static bool is_beside_other(const struct record *record,
			    const struct request *request)
{
	const struct entry *entry;
	int slot;

	for (slot = 0; slot < (int)options.threads; slot++) {
		entry = last_in(record, slot, request->after);
		if (entry->who == OTHERS &&
		    (!entry->left || entry->left > request->time - LEAVING_S) &&
		    !passed_by_user(record, slot, request))
			return true;
	}
	return false;
}

static bool is_for_user(const struct record *record,
			const struct request *request)
{
	int slot = record->entries[request->entry].slot;

	return last_in(record, slot, request->entry - 1)->who == USERS &&
	       !is_beside_other(record, request);
}

static size_t passed(const struct record *record, const struct request *request)
{
	unsigned long long entry;
	size_t n = 0;

	for (entry = request->after + 1; entry < request->entry; entry++) {
		if (record->entries[entry].who == LOST)
			die("the trace has lost entry %llu", entry);
		n += record->entries[entry].invokes;
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
		turns->waits_for_user += is_for_user(record, &record->requests[i]);
	}
	return true;
}
