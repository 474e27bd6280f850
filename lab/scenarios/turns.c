// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many calls our driver let in between one task's request and its own
 * turn, by the driver's trace points: exact, where calls.c has bounds.
 *
 * Every thread is always wanted, so each call that leaves makes room for one
 * that waits. The task's turn came when the call before it left the slot that
 * it was granted; what left between its queueing and then let in another. The
 * driver's own calls (the bottom half once a second here, and pages of messages
 * that OP-TEE is told of) come and go between and are no turn of either process:
 * what is no invocation does not count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

#define TRACING "/sys/kernel/tracing"
#define MAX_SLOTS 256

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
	       write_file("events/optee/optee_call_grant/enable", "1") &&
	       write_file("events/optee/optee_call_leave/enable", "1");
}

/* What has been seen of the one task's request. */
struct request {
	bool waits;
	size_t own;			/* let in for the driver's own calls */
	size_t left;			/* calls, since it was queued */
	size_t left_before[MAX_SLOTS];	/* of them, when the slot was left */
};

static void queued(struct request *request)
{
	memset(request, 0, sizeof(*request));
	request->waits = true;
}

static void left(struct request *request, unsigned int slot, bool own)
{
	/* The one that made room for it let in no client's. */
	if (own && request->own && request->left) {
		request->own--;
		request->left--;
	}
	request->left_before[slot] = request->left;
	request->left++;
}

/* One line of the trace: "task-pid [cpu] flags time: event: seq= slot= ..." */
static bool parse(const char *line, pid_t *pid, char *event, int *slot)
{
	const char *at = strstr(line, ": optee_call_");
	const char *bracket = strstr(line, " [");
	const char *number = strstr(line, " slot=");

	if (!at || !bracket || !number)
		return false;
	while (bracket > line && bracket[-1] == ' ')
		bracket--;
	while (bracket > line && bracket[-1] != '-')
		bracket--;
	*pid = atoi(bracket);
	*event = at[strlen(": optee_call_")];
	*slot = atoi(number + strlen(" slot="));
	return true;
}

bool turns_stop(pid_t task, size_t *most, size_t *rounds)
{
	struct request request = { 0 };
	char line[512], event;
	FILE *stream;
	pid_t pid;
	bool own;
	int slot;

	write_file("events/optee/enable", "0");
	*most = *rounds = 0;
	stream = fopen(TRACING "/trace", "r");
	if (!stream)
		return false;
	while (fgets(line, sizeof(line), stream)) {
		if (line[0] == '#' || !parse(line, &pid, &event, &slot))
			continue;
		/* OPTEE_MSG_CMD_INVOKE_COMMAND */
		own = !strstr(line, " cmd=1 ");
		if (slot >= MAX_SLOTS)
			die("slot %d", slot);
		if (event == 'q' && pid == task) {
			queued(&request);
		} else if (event == 'l' && slot >= 0) {
			left(&request, slot, own);
		} else if (event == 'g' && own) {
			request.own++;
		} else if (event == 'g' && pid == task && slot >= 0) {
			if (request.waits && request.left_before[slot] > *most)
				*most = request.left_before[slot];
			request.waits = false;
			++*rounds;
		}
	}
	fclose(stream);
	return true;
}
