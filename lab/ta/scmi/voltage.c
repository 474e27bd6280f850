// SPDX-License-Identifier: BSD-2-Clause
/*
 * The voltage domain management protocol: DEN0056C, section 4.9. A level is
 * kept while its domain is off.
 */
#include "scmi.h"
#include "server.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

static int32_t attributes(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	(void)server;
	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	scmi_put_word(out, 0);
	scmi_put_name(out, scmi_voltages[id].name);
	return SCMI_SUCCESS;
}

static int32_t describe_levels(struct scmi_server *server,
			       const struct scmi_in *in, struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	(void)server;
	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	return scmi_describe(&scmi_voltages[id], scmi_word(in, 1), 1, out);
}

static int32_t config_set(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0), config = scmi_word(in, 1);

	(void)out;
	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	if (config != SCMI_VOLTAGE_MODE_OFF && config != SCMI_VOLTAGE_MODE_ON)
		return SCMI_INVALID_PARAMETERS;
	server->voltages[id].on = config == SCMI_VOLTAGE_MODE_ON;
	return SCMI_SUCCESS;
}

static int32_t config_get(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	scmi_put_word(out, server->voltages[id].on ? SCMI_VOLTAGE_MODE_ON :
						     SCMI_VOLTAGE_MODE_OFF);
	return SCMI_SUCCESS;
}

/* Only what the domain has said it can: a voltage is not rounded. */
static int32_t level_set(struct scmi_server *server, const struct scmi_in *in,
			 struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0), flags = scmi_word(in, 1);
	int64_t wanted = (int32_t)scmi_word(in, 2), level;

	(void)out;
	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	if (flags)
		return SCMI_INVALID_PARAMETERS;
	if (!scmi_round(&scmi_voltages[id], wanted, SCMI_ROUND_DOWN, &level) ||
	    level != wanted)
		return SCMI_INVALID_PARAMETERS;
	server->voltages[id].value = level;
	return SCMI_SUCCESS;
}

static int32_t level_get(struct scmi_server *server, const struct scmi_in *in,
			 struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	if (id >= SCMI_NUM_VOLTAGES)
		return SCMI_NOT_FOUND;
	scmi_put_word(out, (uint32_t)server->voltages[id].value);
	return SCMI_SUCCESS;
}

static const struct scmi_message messages[] = {
	{ SCMI_VOLTAGE_DOMAIN_ATTRIBUTES, 4, attributes },
	{ SCMI_VOLTAGE_DESCRIBE_LEVELS, 8, describe_levels },
	{ SCMI_VOLTAGE_CONFIG_SET, 8, config_set },
	{ SCMI_VOLTAGE_CONFIG_GET, 4, config_get },
	{ SCMI_VOLTAGE_LEVEL_SET, 12, level_set },
	{ SCMI_VOLTAGE_LEVEL_GET, 4, level_get },
};

const struct scmi_protocol scmi_voltage = {
	.id = SCMI_PROTOCOL_VOLTAGE,
	.version = SCMI_VOLTAGE_VERSION,
	.attributes = SCMI_NUM_VOLTAGES,
	.messages = messages,
	.count = ARRAY_LEN(messages),
};
