// SPDX-License-Identifier: GPL-2.0-only
/*
 * One report for a scenario: a JSON object or a line for a person.
 *
 * What goes into it are plain names, numbers and words of this program: there
 * is nothing to escape.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

static char own[1024];

static void add(const char *format, ...)
{
	size_t used = strlen(own);
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(own + used, sizeof(own) - used, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(own) - used)
		die("too much to report");
}

void report_number(const char *key, double value)
{
	add(", \"%s\": %.10g", key, value);
}

void report_text(const char *key, const char *value)
{
	add(", \"%s\": \"%s\"", key, value);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest value that at least this part of all do not exceed. */
static double percentile(const double *sorted, unsigned int n,
			 unsigned int percent)
{
	return sorted[(n * percent + 99) / 100 - 1];
}

static void print_times(double *ms, unsigned int rounds)
{
	if (!rounds) {
		printf(", \"p50_ms\": null, \"p99_ms\": null, \"max_ms\": null");
		return;
	}
	qsort(ms, rounds, sizeof(*ms), compare);
	printf(", \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f",
	       percentile(ms, rounds, 50), percentile(ms, rounds, 99),
	       ms[rounds - 1]);
}

void report(const char *name, enum outcome outcome, double *ms,
	    unsigned int rounds, const char *format, ...)
{
	static const char * const outcomes[] = { "served", "refused", "hung" };
	va_list args;

	va_start(args, format);
	if (options.json) {
		printf("{\"name\": \"%s\", \"kernel\": \"%s\", ", name,
		       options.kernel);
		printf("\"driver\": \"%s\", \"threads\": %u, \"flood\": %d, ",
		       options.driver, options.threads,
		       options.flood < 0 ? 0 : options.flood);
		printf("\"outcome\": \"%s\", \"rounds\": %u",
		       outcomes[outcome], rounds);
		print_times(ms, rounds);
		printf(", \"release\": \"%s\"%s}\n", options.release, own);
	} else {
		printf("%s (%s, %s): %s: ", name, options.kernel,
		       options.driver, outcomes[outcome]);
		vprintf(format, args);
		putchar('\n');
	}
	va_end(args);
	fflush(stdout);
}
