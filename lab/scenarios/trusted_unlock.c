// SPDX-License-Identifier: GPL-2.0-only
/*
 * trusted-unlock: processes call without pause; a volume is unlocked with a key
 * that OP-TEE unseals, read, and locked again. How long does all of that take?
 *
 * The kernel makes three calls for each key: it registers memory, has the key
 * unsealed, and has the memory forgotten.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"
#include "volume.h"
#include "worker_ta.h"

#define LIMIT_MS	100000
#define FLOOD_PROCESSES	8

struct unlocks {
	double took[MAX_ROUNDS];
	double unseal_max;	/* of that, the kernel's calls into OP-TEE */
	unsigned int rounds;
	unsigned int refused;
};

/* What is on it with any other key is not what was written: that ends all. */
static bool unlock(const struct sealed_key *sealed, struct unlocks *unlocks)
{
	uint64_t asked = now();
	long key = key_unseal(sealed);
	double took = ms_between(asked, now());
	int fd;

	if (took > unlocks->unseal_max)
		unlocks->unseal_max = took;
	if (key < 0)
		return false;
	fd = volume_open();
	if (fd >= 0) {
		if (!volume_reads_back(fd))
			die("the volume is not what was written");
		volume_close(fd);
	}
	key_forget(key);
	return fd >= 0;
}

static void unlock_often(const struct sealed_key *sealed,
			 struct unlocks *unlocks)
{
	uint64_t limit = rounds_end(LIMIT_MS), asked;
	unsigned int seed = 1;

	while (unlocks->rounds < options.rounds && now() < limit) {
		sleep_until(now() + ticks(rand_r(&seed) % 20000 / 1000.0));
		asked = now();
		if (unlock(sealed, unlocks))
			unlocks->took[unlocks->rounds++] =
				ms_between(asked, now());
		else
			unlocks->refused++;
	}
}

static void prepare(struct sealed_key *sealed)
{
	long key;
	int fd;

	volume_make();
	key_seal(sealed);
	key = key_unseal(sealed);
	if (key < 0)
		die("a sealed key does not unseal: %s", strerror(errno));
	fd = volume_open();
	if (fd < 0)
		die("the volume does not open: %s", strerror(-fd));
	volume_write(fd);
	volume_close(fd);
	key_forget(key);
}

void trusted_unlock(void)
{
	struct unlocks *unlocks = shared(sizeof(*unlocks));
	long long before, after;
	struct sealed_key sealed;
	const struct log *log;
	struct flood *flood;
	bool counted;

	if (options.flood < 0)
		options.flood = FLOOD_PROCESSES;
	prepare(&sealed);
	flood = flood_start(options.flood, 1, WORKER_CMD_SLEEP);
	counted = queue_value("kernel_waits", &before);
	unlock_often(&sealed, unlocks);
	counted = counted && queue_value("kernel_waits", &after);
	log = flood_stop(flood);

	report_number("unseal_max_ms", unlocks->unseal_max);
	if (counted)
		report_number("driver_kernel_waits", after - before);
	report_number("flood_calls", log_count(log));
	report_number("refused_rounds", unlocks->refused);
	report("trusted-unlock", unlocks->refused ? REFUSED : SERVED,
	       unlocks->took, unlocks->rounds,
	       "unlocked %u times in %d s at most, refused %u times",
	       unlocks->rounds, LIMIT_MS / 1000, unlocks->refused);
}
