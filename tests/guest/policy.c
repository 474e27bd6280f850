// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policies of struct optee_cq, as sysfs has them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gt.h"
#include "worker_ta.h"

static const char *const files[] = { "reserve_kernel", "reserve_system" };

static void must_take(const char *file, const char *text)
{
	if (!queue_write(file, text))
		fault("%s does not take '%s': %s", file, text, strerror(errno));
}

static void must_refuse(const char *file, const char *text)
{
	if (queue_write(file, text) || errno != EINVAL)
		fault("%s does not refuse '%s' with EINVAL", file, text);
}

static void must_be(const char *file, long value)
{
	if (!await(queue(file) == value, 2000))
		fault("%s is %ld, not %ld", file, queue(file), value);
}

void policy(void)
{
	static const char *const bad[] = {
		"-1", "-2", "auto1", "", " ", "never", "0x", "1 2",
		"99999999999999999999", "1000000",
	};
	char text[32], before[32], path[128], number[16];
	unsigned int i, j;

	if (!is_ours())
		skip("not this driver");
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path),
			 "/sys/bus/platform/devices/firmware:optee/call_queue/%s",
			 files[i]);
		read_text(path, before, sizeof(before));
		for (j = 0; j < ARRAY_SIZE(bad); j++)
			if (*bad[j])
				must_refuse(files[i], bad[j]);
		for (j = 0; j < threads(); j++) {
			snprintf(number, sizeof(number), "%u", j);
			must_take(files[i], number);
			read_text(path, text, sizeof(text));
			if (strcmp(text, number))
				fault("%s says '%s' after '%s'", files[i], text,
				      number);
			sane();
		}
		must_take(files[i], "always");
		must_take(files[i], "auto\n");
		read_text(path, text, sizeof(text));
		if (strcmp(text, "auto"))
			fault("%s says '%s' after 'auto'", files[i], text);
		must_take(files[i], before);
	}
	sane();
	ok("numbers, always and auto are taken, all else is refused");
}

/* What auto reserves with these clients, of design.md */
static void expect(long kernel, long system)
{
	must_be("reserve_kernel_now", kernel);
	must_be("reserve_system_now", system);
}

void policy_auto(void)
{
	struct worker kernel, system;
	unsigned int t = threads();

	if (!is_ours())
		skip("not this driver");
	must_be("threads", t);
	expect(0, 0);
	worker_open(&kernel, KERNEL);
	must_be("kernel_clients", 1);
	expect(t > 1, 0);
	worker_open(&system, SYSTEM);
	must_be("system_clients", 1);
	expect(t > 2, t > 1);
	worker_close(&kernel);
	must_be("kernel_clients", 0);
	expect(0, t > 1);
	worker_close(&system);
	must_be("system_clients", 0);
	expect(0, 0);
	must_take("reserve_kernel", "always");
	expect(t > 1, 0);
	must_take("reserve_system", "always");
	expect(t > 2, t > 1);
	must_take("reserve_kernel", "auto");
	must_take("reserve_system", "auto");
	expect(0, 0);
	must_be("threads_free", t);
	ok("T = %u", t);
}
