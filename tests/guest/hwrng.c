// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/hwrng with Debian's optee-rng as its source.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"

#define BYTES	64	/* the kernel asks for so many at a time */
#define BLOCKS	40	/* of rngtest: 2500 bytes each */
/* In 40 blocks of a good source two failures come once in 2000 times */
#define FAILURES_MAX	1

static void read_some(void *arg, unsigned int i)
{
	static uint8_t last[BYTES];
	uint8_t bytes[BYTES];
	size_t got = 0;
	ssize_t n;

	(void)i;
	while (got < sizeof(bytes)) {
		n = read(*(int *)arg, bytes + got, sizeof(bytes) - got);
		if (n <= 0)
			fault("/dev/hwrng: %s", n ? strerror(errno) : "empty");
		got += n;
	}
	if (!memcmp(last, bytes, sizeof(bytes)))
		fault("the same %d bytes again", BYTES);
	memcpy(last, bytes, sizeof(bytes));
}

static long number_after(const char *words, const char *line, long otherwise)
{
	const char *at = strstr(line, words);

	return at ? atol(at + strlen(words)) : otherwise;
}

static void run_rngtest(void)
{
	char command[64], line[256];
	long good = -1, bad = -1;
	FILE *said;

	snprintf(command, sizeof(command), "rngtest -c %d 2>&1 </dev/hwrng",
		 BLOCKS);
	said = popen(command, "r");
	while (said && fgets(line, sizeof(line), said)) {
		good = number_after("FIPS 140-2 successes: ", line, good);
		bad = number_after("FIPS 140-2 failures: ", line, bad);
	}
	if (said)
		pclose(said);
	if (good < 0 || good + bad != BLOCKS)
		broken("rngtest did not test %d blocks", BLOCKS);
	note("rngtest: %ld successes, %ld failures", good, bad);
	if (bad > FAILURES_MAX)
		fault("rngtest: %ld of %d blocks fail FIPS 140-2", bad, BLOCKS);
}

void hwrng(void)
{
	char source[64] = "";
	int fd;

	if (threads() < 2)
		skip("takes two threads");
	read_text("/sys/class/misc/hw_random/rng_current", source,
		  sizeof(source));
	if (strcmp(source, "optee-rng"))
		fault("/dev/hwrng has the source '%s'", source);
	if (is_ours() && queue("kernel_clients") < 1)
		fault("no kernel client, though optee-rng's session is open");
	run_rngtest();
	fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		broken("/dev/hwrng: %s", strerror(errno));
	served_in_flood("64 bytes of /dev/hwrng", "kernel", read_some, &fd);
}
