// SPDX-License-Identifier: GPL-2.0-only
/*
 * D16: only standard calls claim a thread. The trace has each call to the
 * secure world and each thread given: fast calls are not among those that
 * threads are given to.
 */
#include <stdio.h>
#include <string.h>

#include "gt.h"
#include "worker_ta.h"

#define TRACE "/sys/kernel/tracing/"
#define GRANT "optee_call_grant: "

static unsigned int count(const char *text, const char *word)
{
	unsigned int n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

/* CALL_WITH_ARG, _WITH_RPC_ARG, _WITH_REGD_ARG */
static unsigned int standard_calls(const char *text)
{
	return count(text, " (32000004, ") + count(text, " (32000012, ") +
	       count(text, " (32000013, ");
}

/* The trace may have ended between a thread and its call, of a bottom half */
static bool is_cut_off(const char *text)
{
	const char *last = text, *next;

	while ((next = strstr(last + 1, GRANT)))
		last = next;
	return !standard_calls(last);
}

void d16_fast(void)
{
	static char text[1 << 20];
	unsigned int std, grants;
	struct worker worker;
	int i;

	if (!write_text(TRACE "events/optee/optee_call_grant/enable", "1"))
		skip("no trace of threads given");
	write_text(TRACE "events/optee/optee_invoke_fn_begin/enable", "1");
	write_text(TRACE "trace", "");
	worker_open(&worker, USER);
	for (i = 0; i < 20; i++)
		worker_call(&worker, WORKER_CMD_NOP, 0, 0, NULL);
	worker_close(&worker);
	/* One interrupt's worth of fast calls at least */
	sleep_ms(1200);
	write_text(TRACE "tracing_on", "0");
	write_text(TRACE "events/optee/enable", "0");
	write_text(TRACE "tracing_on", "1");
	if (!read_text(TRACE "trace", text, sizeof(text)))
		broken("no trace");
	std = standard_calls(text);
	grants = count(text, GRANT) - is_cut_off(text);
	if (grants < 21)
		broken("only %u calls in the trace", grants);
	if (grants != std)
		fault("%u threads given for %u standard calls", grants, std);
	ok("%u threads given for as many standard calls", grants);
}
