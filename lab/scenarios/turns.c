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
 *
 * The driver tells of an entry once it is made, and of a leave before. A processor
 * may be elsewhere in between, so another's call is inside, too, if it is told of
 * after the wait began and has an earlier number; and if it was told to leave a
 * moment before, and nobody has had its thread since.
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
/* From when a leave is told until it is made */
#define LEAVING_S	0.05

/* OPTEE_MSG_CMD_INVOKE_COMMAND */
#define INVOCATION	" cmd=1 "

/* What is known of an entry */
enum entry { LOST, OTHER, INVOKED };

/* Who has a slot, or had it last */
enum user { NOBODY, USERS, OTHERS, ITSELF };

struct event {
	pid_t pid;
	double time;		/* in seconds */
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
	bool waits;
};

struct slot {
	enum user last;
	bool inside;
	double left;		/* when */
};

struct record {
	enum entry entries[MAX_ENTRIES];
	struct slot slots[MAX_SLOTS];
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
	if (event->entry >= MAX_ENTRIES || event->slot >= MAX_SLOTS)
		die("more in the trace than there is room for: %s", line);
	return true;
}

static bool has_other(const struct slot *slot, double time)
{
	return slot->last == OTHERS &&
	       (slot->inside || time - slot->left < LEAVING_S);
}

static void queued(struct record *record, const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];
	unsigned int i;

	request->after = event->entry;
	request->beside_others = false;
	request->waits = true;
	for (i = 0; i < MAX_SLOTS; i++)
		if (has_other(&record->slots[i], event->time))
			request->beside_others = true;
}

/* Another's call goes on, perhaps one that came before the request did */
static void other_granted(struct record *record, const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];

	if (request->waits && !event->of_user && event->entry <= request->after)
		request->beside_others = true;
}

static void granted(struct record *record, const struct slot *slot,
		    const struct event *event)
{
	struct request *request = &record->requests[record->turns.waits];

	record->turns.rounds++;
	/* One that did not wait was passed by nobody */
	if (!request->waits)
		return;
	request->waits = false;
	request->entry = event->entry;
	if (!request->beside_others && slot->last == USERS)
		record->turns.waits_for_user++;
	record->turns.waits++;
}

static void entered(struct record *record, const struct event *event, pid_t task)
{
	struct slot *slot = &record->slots[event->slot];

	if (event->pid != task)
		other_granted(record, event);
	else if (event->invokes)
		granted(record, slot, event);
	if (event->pid == task)
		slot->last = ITSELF;
	else
		slot->last = event->of_user ? USERS : OTHERS;
	slot->inside = true;
	record->entries[event->entry] = event->invokes ? INVOKED : OTHER;
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
		record->slots[event->slot].inside = false;
		record->slots[event->slot].left = event->time;
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
