// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SCMI service, asked; scmi_service.h says what for.
 */
#include <errno.h>
#include <string.h>

#include "gt.h"
#include "scmi_service.h"

void service_open(struct scmi *scmi)
{
	const char *missing;

	load_module("lab_tee", "");
	missing = scmi_open(scmi);
	if (missing)
		broken("no %s: %s", missing, strerror(errno));
}

int32_t service_status(struct scmi *scmi, uint32_t protocol, uint32_t id,
		       const uint32_t *words, unsigned int n, uint32_t out[2])
{
	int32_t status = 0;
	uint32_t result = scmi_command(scmi, protocol, id, words, n, &status,
				       out);

	if (result)
		broken("an SCMI message got %#x from the TEE", result);
	return status;
}

static void ask(struct scmi *scmi, uint32_t id, uint32_t clock, uint32_t out[2])
{
	int32_t status = service_status(scmi, SCMI_PROTOCOL_CLOCK, id, &clock,
					1, out);

	if (status)
		broken("SCMI message %u for clock %u: status %d", id, clock,
		       status);
}

bool service_clock_is_on(struct scmi *scmi, uint32_t clock)
{
	uint32_t out[2];

	ask(scmi, SCMI_CLOCK_ATTRIBUTES, clock, out);
	return out[0] & SCMI_CLOCK_ENABLED;
}

uint64_t service_clock_rate(struct scmi *scmi, uint32_t clock)
{
	uint32_t out[2];

	ask(scmi, SCMI_CLOCK_RATE_GET, clock, out);
	return out[0] | (uint64_t)out[1] << 32;
}
