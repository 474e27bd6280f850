// SPDX-License-Identifier: BSD-2-Clause
/*
 * The clock management protocol: DEN0056C, section 4.6. Changes are made at
 * once: there is nothing asynchronous, and there are no notifications.
 */
#include "scmi.h"
#include "server.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

static int32_t attributes(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	if (id >= SCMI_NUM_CLOCKS)
		return SCMI_NOT_FOUND;
	scmi_put_word(out, server->clocks[id].on ? SCMI_CLOCK_ENABLED : 0);
	scmi_put_name(out, scmi_clocks[id].name);
	return SCMI_SUCCESS;
}

static int32_t describe_rates(struct scmi_server *server,
			      const struct scmi_in *in, struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	(void)server;
	if (id >= SCMI_NUM_CLOCKS)
		return SCMI_NOT_FOUND;
	return scmi_describe(&scmi_clocks[id], scmi_word(in, 1), 2, out);
}

static enum scmi_rounding rounding(uint32_t flags)
{
	if (flags & SCMI_RATE_ROUND_NEAREST)
		return SCMI_ROUND_NEAREST;
	return flags & SCMI_RATE_ROUND_UP ? SCMI_ROUND_UP : SCMI_ROUND_DOWN;
}

static int32_t rate_set(struct scmi_server *server, const struct scmi_in *in,
			struct scmi_out *out)
{
	uint32_t flags = scmi_word(in, 0), id = scmi_word(in, 1);
	uint64_t wanted = (uint64_t)scmi_word(in, 3) << 32 | scmi_word(in, 2);
	int64_t rate;

	(void)out;
	if (id >= SCMI_NUM_CLOCKS)
		return SCMI_NOT_FOUND;
	if (flags & ~(uint32_t)SCMI_RATE_FLAGS)
		return SCMI_INVALID_PARAMETERS;
	if (flags & SCMI_RATE_ASYNC)
		return SCMI_NOT_SUPPORTED;
	if (wanted > INT64_MAX)
		wanted = INT64_MAX;
	if (!scmi_round(&scmi_clocks[id], (int64_t)wanted, rounding(flags),
			&rate))
		return SCMI_INVALID_PARAMETERS;
	server->clocks[id].value = rate;
	return SCMI_SUCCESS;
}

static int32_t rate_get(struct scmi_server *server, const struct scmi_in *in,
			struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);
	uint64_t rate;

	if (id >= SCMI_NUM_CLOCKS)
		return SCMI_NOT_FOUND;
	rate = (uint64_t)server->clocks[id].value;
	scmi_put_word(out, (uint32_t)rate);
	scmi_put_word(out, (uint32_t)(rate >> 32));
	return SCMI_SUCCESS;
}

static int32_t config_set(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0), config = scmi_word(in, 1);

	(void)out;
	if (id >= SCMI_NUM_CLOCKS)
		return SCMI_NOT_FOUND;
	if (config & ~(uint32_t)SCMI_CLOCK_ENABLED)
		return SCMI_INVALID_PARAMETERS;
	server->clocks[id].on = config & SCMI_CLOCK_ENABLED;
	return SCMI_SUCCESS;
}

static const struct scmi_message messages[] = {
	{ SCMI_CLOCK_ATTRIBUTES, 4, attributes },
	{ SCMI_CLOCK_DESCRIBE_RATES, 8, describe_rates },
	{ SCMI_CLOCK_RATE_SET, 16, rate_set },
	{ SCMI_CLOCK_RATE_GET, 4, rate_get },
	{ SCMI_CLOCK_CONFIG_SET, 8, config_set },
};

const struct scmi_protocol scmi_clock = {
	.id = SCMI_PROTOCOL_CLOCK,
	.version = SCMI_CLOCK_VERSION,
	/* No asynchronous changes of rate at a time */
	.attributes = SCMI_NUM_CLOCKS,
	.messages = messages,
	.count = ARRAY_LEN(messages),
};
