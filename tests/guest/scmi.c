// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCMI in OP-TEE, through Linux' own transport and clock driver, unchanged. On
 * a kernel that has no such transport a client of the lab makes the same calls.
 *
 * What reached the service is asked of it by another session. In a flood on the
 * stock driver it is not: there that session is no system session, and would
 * be what starves.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "scmi_service.h"

#define CLK	"/sys/kernel/debug/clk/"
#define LAB	"/sys/kernel/debug/lab_scmi/"

#define STORAGE	0	/* lab/ta/scmi/values.c */
#define IO	1

#define FIRST	~0u	/* a round before there is a flood */

static const struct {
	const char *name;
	uint64_t rate;
} clocks[] = {
	{ "lab-storage", 50000000 },
	{ "lab-bus", 133000000 },
	{ "lab-pixel", 148000000 },
	{ "lab-reference", 24000000 },
};

static long long number_in(const char *dir, const char *name, const char *file)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "%s%s/%s", dir, name, file);
	return read_text(path, text, sizeof(text)) ? atoll(text) : -1;
}

/* Linux' own consumer; each write is a call into OP-TEE or fails */
static void consumer_writes(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), LAB "%s", file);
	if (!write_text(path, text))
		fault("%s > %s: %s", text, file, strerror(errno));
}

static void start_consumer(void)
{
	load_module("lab_scmi", "");
	if (!await(!access(LAB "lab-storage/on", F_OK) &&
		   !access(LAB "lab-io/on", F_OK), 5000))
		fault("the SCMI transport or what is on it did not bind");
}

/* By message where there is no transport */
static void command(struct scmi *scmi, uint32_t protocol, uint32_t id,
		    uint32_t a, uint32_t b)
{
	uint32_t words[] = { a, b };
	int32_t status = service_status(scmi, protocol, id, words, 2, NULL);

	if (status)
		fault("SCMI message %u of %#x: status %d", id, protocol,
		      status);
}

static bool may_ask(unsigned int round)
{
	return is_ours() || round == FIRST;
}

static void turn_clock(struct scmi *scmi, bool on, unsigned int round)
{
	if (scmi_has_transport())
		consumer_writes("lab-storage/on", on ? "1" : "0");
	else
		command(scmi, SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_CONFIG_SET,
			STORAGE, on);
	if (may_ask(round) && service_clock_is_on(scmi, STORAGE) != on)
		fault("the service has the clock %s, not %s",
		      on ? "off" : "on", on ? "on" : "off");
}

/* What the kernel's clock framework shows, and what the service says */
static void clocks_are_there(struct scmi *scmi)
{
	unsigned int i;
	long long rate;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		rate = number_in(CLK, clocks[i].name, "clk_rate");
		if (rate != (long long)clocks[i].rate ||
		    service_clock_rate(scmi, i) != clocks[i].rate)
			fault("%s has %lld Hz, not %llu", clocks[i].name, rate,
			      (unsigned long long)clocks[i].rate);
	}
}

static void rate_reaches_the_service(struct scmi *scmi)
{
	consumer_writes("lab-storage/rate", "100000000");
	if (service_clock_rate(scmi, STORAGE) != 100000000)
		fault("the service has %llu Hz, not 100 MHz",
		      (unsigned long long)service_clock_rate(scmi, STORAGE));
	if (number_in(CLK, "lab-storage", "clk_rate") != 100000000)
		fault("the kernel does not show the new rate");
	consumer_writes("lab-storage/rate", "50000000");
}

static void must_be_system(void)
{
	if (is_ours() && queue("system_clients") < 1)
		fault("no system client, though SCMI's session is open");
}

static void clock_round(void *arg, unsigned int i)
{
	turn_clock(arg, true, i);
	turn_clock(arg, false, i);
}

void scmi_clock(void)
{
	struct scmi scmi;

	if (threads() < 2)
		skip("takes two threads");
	if (scmi_has_transport())
		start_consumer();
	service_open(&scmi);
	must_be_system();
	if (scmi_has_transport()) {
		clocks_are_there(&scmi);
		rate_reaches_the_service(&scmi);
	}
	clock_round(&scmi, FIRST);
	served_in_flood(scmi_has_transport() ?
			"a clock of scmi_transport_optee" :
			"a clock, by lab_tee as there is no transport",
			"system", clock_round, &scmi);
}

static bool io_is_on(struct scmi *scmi)
{
	uint32_t id = IO, out[2];

	if (service_status(scmi, SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_CONFIG_GET,
			   &id, 1, out))
		broken("the service does not tell of a domain");
	return out[0] == SCMI_VOLTAGE_MODE_ON;
}

static void turn_domain(struct scmi *scmi, bool on, unsigned int round)
{
	if (scmi_has_transport())
		consumer_writes("lab-io/on", on ? "1" : "0");
	else
		command(scmi, SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_CONFIG_SET,
			IO, on ? SCMI_VOLTAGE_MODE_ON : SCMI_VOLTAGE_MODE_OFF);
	if (may_ask(round) && io_is_on(scmi) != on)
		fault("the service has the domain %s, not %s",
		      on ? "off" : "on", on ? "on" : "off");
}

static void domain_round(void *arg, unsigned int i)
{
	turn_domain(arg, true, i);
	turn_domain(arg, false, i);
}

static void level_reaches_the_service(struct scmi *scmi)
{
	uint32_t id = IO, out[2];

	consumer_writes("lab-io/level", "1800000");
	if (service_status(scmi, SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_LEVEL_GET,
			   &id, 1, out) || out[0] != 1800000)
		fault("the service has %u uV, not 1.8 V", out[0]);
	if (write_text(LAB "lab-io/level", "1800001"))
		fault("a voltage that the domain cannot have is taken");
	consumer_writes("lab-io/level", "3300000");
}

/*
 * The kernel's SCMI core speaks the protocol; the regulators that would stand
 * on it, CONFIG_REGULATOR_ARM_SCMI, are in no kernel of Debian's.
 */
void scmi_voltage(void)
{
	struct scmi scmi;

	if (threads() < 2)
		skip("takes two threads");
	if (scmi_has_transport())
		start_consumer();
	service_open(&scmi);
	must_be_system();
	if (scmi_has_transport())
		level_reaches_the_service(&scmi);
	domain_round(&scmi, FIRST);
	served_in_flood(scmi_has_transport() ?
			"a domain of scmi_transport_optee" :
			"a domain, by lab_tee as there is no transport",
			"system", domain_round, &scmi);
}
