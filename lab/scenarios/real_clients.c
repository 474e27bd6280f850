// SPDX-License-Identifier: GPL-2.0-only
/*
 * scmi-clock, hwrng: what the kernel's own clients do, with the kernel's own
 * drivers, while processes call without pause. How long does it take?
 *
 * A round is the whole of it, from the request to the answer: turning a clock
 * on, or reading 64 bytes of /dev/hwrng. With our driver, its own count says
 * whether a call of that class waited.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flood.h"
#include "scmi_client.h"
#include "worker_ta.h"

#define LIMIT_MS	30000
#define FLOOD_PROCESSES	8

#define CLOCK_ON	"/sys/kernel/debug/lab_scmi/lab-storage/on"

struct real {
	const char *name;
	const char *class;
	int (*before)(struct real *real);	/* each round, not measured */
	int (*round)(struct real *real);	/* 0 or an error */
	int fd;
	struct scmi scmi;
	unsigned int seed;
	unsigned int rounds;
	unsigned int failed;
	double ms[MAX_ROUNDS];
};

static void run(const char *command)
{
	if (system(command))
		die("failed in the guest: %s", command);
}

static void await_file(const char *path)
{
	uint64_t limit = now() + ticks(10000);

	while (access(path, F_OK)) {
		if (now() > limit)
			die("there is no %s", path);
		usleep(10000);
	}
}

/*
 * At any phase of the flood's calls, the same ones in each run: not just after
 * an unmeasured call, whose thread the stock driver would let it have before
 * all who wait. With no priority of its own, as who turns on a clock or reads
 * random bytes has none.
 */
static void measure(struct real *real)
{
	uint64_t limit, from;
	unsigned int i;

	limit = rounds_end(LIMIT_MS);
	for (i = 0; i < options.rounds && now() < limit; i++) {
		if (real->before && real->before(real))
			die("%s: cannot be set back", real->name);
		sleep_until(now() + ticks(rand_r(&real->seed) % 20000 / 1000.0));
		from = now();
		if (real->round(real))
			real->failed++;
		else
			real->ms[real->rounds++] = ms_between(from, now());
	}
}

static void in_flood(struct real *real)
{
	unsigned int invocations = real->before ? 2 : 1, calls;
	long long before = 0, after = 0;
	struct flood *flood;
	double ms;
	uint64_t from;
	char waits[32], key[64];
	bool counted, traced;
	struct turns turns;

	snprintf(waits, sizeof(waits), "%s_waits", real->class);
	snprintf(key, sizeof(key), "driver_%s", waits);
	if (options.flood < 0)
		options.flood = FLOOD_PROCESSES;
	flood = flood_start(options.flood, 1, WORKER_CMD_SLEEP);
	counted = queue_value(waits, &before);
	traced = turns_start();
	calls = flood_calls(flood);
	from = now();
	measure(real);
	ms = ms_between(from, now());
	calls = flood_calls(flood) - calls;
	counted = counted && queue_value(waits, &after);
	traced = traced && turns_stop(getpid(), &turns);
	flood_stop(flood);

	if (counted)
		report_number(key, after - before);
	/* A trace that lost some says nothing; off is what the clock is at first */
	if (traced && turns.rounds + 1 >= real->rounds * invocations)
		report_number("driver_waits_for_user", turns.waits_for_user);
	report_number("took_ms", ms);
	report_number("flood_calls", calls);
	report_number("flood_sessions", flood_sessions(flood));
	report_number("refused_rounds", real->failed);
	report(real->name, real->failed ? REFUSED : SERVED, real->ms,
	       real->rounds, "%u rounds, %lld calls waited by the driver's count",
	       real->rounds, counted ? after - before : -1);
}

/* --- scmi-clock ------------------------------------------------------------- */

static int write_clock(struct real *real, char on)
{
	return write(real->fd, &on, 1) == 1 ? 0 : errno;
}

static int clock_off(struct real *real)
{
	return write_clock(real, '0');
}

static int clock_on(struct real *real)
{
	return write_clock(real, '1');
}

static int message_off(struct real *real)
{
	return scmi_turn_clock(&real->scmi, 0, false) ? EIO : 0;
}

static int message_on(struct real *real)
{
	return scmi_turn_clock(&real->scmi, 0, true) ? EIO : 0;
}

/* Loaded once, however many scenarios use it */
static void need_transport(void)
{
	if (!access(CLOCK_ON, F_OK))
		return;
	run("modprobe scmi_transport_optee");
	run("insmod /lib/modules/lab/lab_scmi.ko");
	await_file(CLOCK_ON);
}

static void need_channel(struct scmi *scmi)
{
	const char *missing = scmi_open(scmi);

	if (missing)
		die("no %s: %s", missing, strerror(errno));
	report_text("note", "no SCMI transport: lab_tee makes its calls");
}

void need_scmi(void)
{
	static struct scmi scmi;

	if (scmi_has_transport())
		need_transport();
	else
		need_channel(&scmi);
}

void scmi_clock(void)
{
	struct real real = {
		.name = "scmi-clock", .class = "system", .seed = 1,
	};

	if (scmi_has_transport()) {
		need_transport();
		real.fd = open(CLOCK_ON, O_WRONLY | O_CLOEXEC);
		if (real.fd < 0)
			die("no clock: %s", strerror(errno));
		real.before = clock_off;
		real.round = clock_on;
	} else {
		need_channel(&real.scmi);
		real.fd = real.scmi.fd;
		real.before = message_off;
		real.round = message_on;
	}
	in_flood(&real);
	close(real.fd);
}

/* --- hwrng ------------------------------------------------------------------ */

static int read_bytes(struct real *real)
{
	char bytes[64];

	/* The kernel asks its source for so many at a time */
	return read(real->fd, bytes, sizeof(bytes)) == sizeof(bytes) ? 0 : EIO;
}

void hwrng(void)
{
	struct real real = {
		.name = "hwrng", .class = "kernel", .seed = 1,
		.round = read_bytes,
	};

	run("modprobe optee-rng");
	run("grep -qx optee-rng /sys/class/misc/hw_random/rng_current");
	real.fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	if (real.fd < 0)
		die("/dev/hwrng: %s", strerror(errno));
	in_flood(&real);
	close(real.fd);
}
