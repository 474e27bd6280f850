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

/*
 * Waits of the kernel's calls, but for as many as there were bottom halves: one
 * may have the thread that is kept, for a moment.
 */
static long waits(void)
{
	return is_ours() ? queue("kernel_waits") - queue("unblock_calls") : 0;
}

void trusted_key_in_flood(void)
{
	unsigned int i, n, ms, late = 0, worst = 0;
	struct actor *flood;
	const char *payload;
	long key, waited;
	uint64_t asked;

	if (threads() < 2)
		skip("takes two threads");
	load_module("trusted", "source=tee");
	payload = seal();
	if (is_ours() && queue("kernel_clients") < 1)
		fault("trusted keys are no kernel client");
	flood = flood_start(FLOOD, FLOOD_MS);
	waited = -waits();
	for (i = 0; i < ROUNDS && late < 2; i++) {
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
	waited += waits();
	for (n = 0; n < FLOOD; n++)
		if (!flood[n].call.asked)
			broken("there was no flood");
	if (!unload_module("trusted"))
		broken("trusted.ko cannot be unloaded: %s", strerror(errno));
	if (waited > 0)
		fault("%ld calls of the kernel waited", waited);
	if (late > 1)
		fault("%u of %u times waited for user space, up to %u ms",
		      late, i, worst);
	ok("unsealed %d times in %u ms at most", ROUNDS, worst);
}
