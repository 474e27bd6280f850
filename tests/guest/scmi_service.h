/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the SCMI service in OP-TEE says, asked by a session of the test's own.
 * A test in which it cannot be asked is broken.
 */
#ifndef SCMI_SERVICE_H
#define SCMI_SERVICE_H

#include "scmi_client.h"

void service_open(struct scmi *scmi);
/* The status that a command of @n words gets; its first words, up to two */
int32_t service_status(struct scmi *scmi, uint32_t protocol, uint32_t id,
		       const uint32_t *words, unsigned int n, uint32_t out[2]);
bool service_clock_is_on(struct scmi *scmi, uint32_t clock);
uint64_t service_clock_rate(struct scmi *scmi, uint32_t clock);

#endif /* SCMI_SERVICE_H */
