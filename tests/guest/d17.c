// SPDX-License-Identifier: GPL-2.0-only
/*
 * D17: a kernel client does not wait behind user space, though it never asked
 * for a system session: its login says what it is.
 */
#include "gt.h"
#include "worker_ta.h"

#define FLOOD		8
#define FLOOD_MS	300
#define ROUNDS		15
#define LATE_MS		250	/* less than a call of the flood */

void d17_kernel(void)
{
	unsigned int i, ms, late = 0, worst = 0;
	struct worker worker;
	struct actor *flood;
	struct call call;

	if (threads() < 2)
		skip("takes two threads");
	worker_open(&worker, KERNEL);
	flood = flood_start(FLOOD, FLOOD_MS);
	for (i = 0; i < ROUNDS; i++) {
		if (worker_call(&worker, WORKER_CMD_NOP, 0, 0, &call))
			broken("the kernel's call got %#x", call.result);
		ms = (call.returned - call.asked) / 1000;
		late += ms > LATE_MS;
		if (ms > worst)
			worst = ms;
		sleep_ms(30 + i * 37 % 100);
	}
	for (i = 0; i < FLOOD; i++)
		if (!flood[i].call.asked)
			broken("there was no flood");
	worker_close(&worker);
	if (late > 1)
		fault("%u of %d kernel calls waited for user space, up to %u ms",
		      late, ROUNDS, worst);
	ok("kernel calls took %u ms at most", worst);
}
