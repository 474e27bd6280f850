// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's trusted keys are a client of the KERNEL class: unsealing one
 * waits for no process, however many there are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#include "gt.h"

#define FLOOD		8
#define FLOOD_MS	300
#define ROUNDS		10
#define LATE_MS		250	/* less than a call of the flood */
#define DIGITS		2048	/* more than a sealed key has */

static long key_add(const char *payload)
{
	return syscall(SYS_add_key, "trusted", "gt", payload, strlen(payload),
		       KEY_SPEC_PROCESS_KEYRING);
}

static void key_forget(long key)
{
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_PROCESS_KEYRING);
}

/* "load" and a sealed key, as the kernel takes it */
static const char *seal(void)
{
	static char payload[DIGITS] = "load ";
	size_t start = strlen(payload);
	long key = key_add("new 32"), n;

	if (key < 0)
		broken("no key was made: %s", strerror(errno));
	n = syscall(SYS_keyctl, KEYCTL_READ, key, payload + start,
		    sizeof(payload) - start - 1);
	if (n <= 0 || start + n >= sizeof(payload))
		broken("the sealed key cannot be read");
	key_forget(key);
	return payload;
}

void trusted_key_in_flood(void)
{
	unsigned int i, ms, late = 0, worst = 0;
	const char *payload;
	long key, waits = 0;
	uint64_t asked;

	if (threads() < 2)
		skip("takes two threads");
	load_module("trusted", "source=tee");
	payload = seal();
	if (is_ours() && queue("kernel_clients") < 1)
		fault("trusted keys are no kernel client");
	flood_start(FLOOD, FLOOD_MS);
	waits = queue("kernel_waits");
	for (i = 0; i < ROUNDS; i++) {
		asked = now_us();
		key = key_add(payload);
		ms = (now_us() - asked) / 1000;
		if (key < 0)
			fault("round %u: does not unseal: %s", i,
			      strerror(errno));
		key_forget(key);
		late += ms > LATE_MS;
		if (ms > worst)
			worst = ms;
		sleep_ms(30 + i * 37 % 100);
	}
	waits = queue("kernel_waits") - waits;
	if (!unload_module("trusted"))
		broken("trusted.ko cannot be unloaded: %s", strerror(errno));
	if (waits)
		fault("%ld calls of the kernel waited", waits);
	if (late > 1)
		fault("%u of %d times waited for user space, up to %u ms",
		      late, ROUNDS, worst);
	ok("unsealed %d times in %u ms at most, no wait", ROUNDS, worst);
}
