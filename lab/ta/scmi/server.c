// SPDX-License-Identifier: BSD-2-Clause
/*
 * Messages to their handlers, and the base protocol; server.h says what is
 * promised. Words are little-endian wherever this runs.
 */
#include <string.h>

#include "scmi.h"
#include "server.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

static const struct scmi_protocol *const protocols[] = {
	&scmi_base, &scmi_clock, &scmi_voltage,
};

static uint32_t get_word(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void set_word(uint8_t *at, uint32_t word)
{
	at[0] = (uint8_t)word;
	at[1] = (uint8_t)(word >> 8);
	at[2] = (uint8_t)(word >> 16);
	at[3] = (uint8_t)(word >> 24);
}

uint32_t scmi_word(const struct scmi_in *in, unsigned int n)
{
	return n < in->size / 4 ? get_word(in->bytes + 4 * n) : 0;
}

void scmi_put_word(struct scmi_out *out, uint32_t word)
{
	if (out->size - out->used < 4) {
		out->full = true;
		return;
	}
	set_word(out->bytes + out->used, word);
	out->used += 4;
}

void scmi_put_name(struct scmi_out *out, const char *name)
{
	size_t length = strlen(name);

	if (out->size - out->used < SCMI_NAME_SIZE) {
		out->full = true;
		return;
	}
	if (length > SCMI_NAME_SIZE - 1)
		length = SCMI_NAME_SIZE - 1;
	memset(out->bytes + out->used, 0, SCMI_NAME_SIZE);
	memcpy(out->bytes + out->used, name, length);
	out->used += SCMI_NAME_SIZE;
}

void scmi_server_init(struct scmi_server *server)
{
	unsigned int i;

	memset(server, 0, sizeof(*server));
	for (i = 0; i < SCMI_NUM_CLOCKS; i++)
		server->clocks[i].value = scmi_clocks[i].initial;
	for (i = 0; i < SCMI_NUM_VOLTAGES; i++)
		server->voltages[i].value = scmi_voltages[i].initial;
}

/* --- what every protocol has: 4.x.2 in each protocol's section ------------- */

static const struct scmi_protocol *find_protocol(uint32_t id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(protocols); i++)
		if (protocols[i]->id == id)
			return protocols[i];
	return NULL;
}

static const struct scmi_message *
find_message(const struct scmi_protocol *protocol, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < protocol->count; i++)
		if (protocol->messages[i].id == id)
			return &protocol->messages[i];
	return NULL;
}

static int32_t message_attributes(const struct scmi_protocol *protocol,
				  const struct scmi_in *in,
				  struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	if (id > SCMI_PROTOCOL_MESSAGE_ATTRIBUTES &&
	    !find_message(protocol, id))
		return SCMI_NOT_FOUND;
	scmi_put_word(out, 0);
	return SCMI_SUCCESS;
}

static int32_t common(const struct scmi_protocol *protocol, uint32_t id,
		      const struct scmi_in *in, struct scmi_out *out)
{
	size_t in_size = id == SCMI_PROTOCOL_MESSAGE_ATTRIBUTES ? 4 : 0;

	if (in->size != in_size)
		return SCMI_PROTOCOL_ERROR;
	if (id == SCMI_PROTOCOL_MESSAGE_ATTRIBUTES)
		return message_attributes(protocol, in, out);
	scmi_put_word(out, id == SCMI_PROTOCOL_VERSION ? protocol->version :
							 protocol->attributes);
	return SCMI_SUCCESS;
}

static int32_t dispatch(struct scmi_server *server, uint32_t header,
			const struct scmi_in *in, struct scmi_out *out)
{
	uint32_t id = SCMI_HEADER_MESSAGE(header);
	const struct scmi_protocol *protocol;
	const struct scmi_message *message;

	if (SCMI_HEADER_TYPE(header) != SCMI_TYPE_COMMAND)
		return SCMI_PROTOCOL_ERROR;
	protocol = find_protocol(SCMI_HEADER_PROTOCOL(header));
	if (!protocol)
		return SCMI_NOT_SUPPORTED;
	if (id <= SCMI_PROTOCOL_MESSAGE_ATTRIBUTES)
		return common(protocol, id, in, out);
	message = find_message(protocol, id);
	if (!message)
		return SCMI_NOT_SUPPORTED;
	if (in->size != message->in_size)
		return SCMI_PROTOCOL_ERROR;
	return message->handle(server, in, out);
}

size_t scmi_server_process(struct scmi_server *server, const void *in,
			   size_t in_size, void *out, size_t out_size)
{
	const size_t head = SCMI_HEADER_SIZE + SCMI_STATUS_SIZE;
	const uint8_t *message = in;
	uint8_t *response = out;
	struct scmi_out payload;
	struct scmi_in asked;
	int32_t status;

	if (in_size < SCMI_HEADER_SIZE || out_size < head)
		return 0;
	asked = (struct scmi_in){
		.bytes = message + SCMI_HEADER_SIZE,
		.size = in_size - SCMI_HEADER_SIZE,
	};
	payload = (struct scmi_out){
		.bytes = response + head,
		.size = out_size - head,
	};
	status = dispatch(server, get_word(message), &asked, &payload);
	if (!status && payload.full)
		status = SCMI_COMMS_ERROR;
	memcpy(response, message, SCMI_HEADER_SIZE);
	set_word(response + SCMI_HEADER_SIZE, (uint32_t)status);
	return head + (status ? 0 : payload.used);
}

/* --- 4.2, the base protocol ------------------------------------------------- */

static int32_t vendor(struct scmi_server *server, const struct scmi_in *in,
		      struct scmi_out *out)
{
	(void)server;
	(void)in;
	scmi_put_name(out, "systhreads");
	return SCMI_SUCCESS;
}

static int32_t sub_vendor(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out)
{
	(void)server;
	(void)in;
	scmi_put_name(out, "lab");
	return SCMI_SUCCESS;
}

static int32_t implementation(struct scmi_server *server,
			      const struct scmi_in *in, struct scmi_out *out)
{
	(void)server;
	(void)in;
	scmi_put_word(out, 1);
	return SCMI_SUCCESS;
}

/* Four in a word; the base protocol itself is not one of them. */
static int32_t list_protocols(struct scmi_server *server,
			      const struct scmi_in *in, struct scmi_out *out)
{
	uint32_t skip = scmi_word(in, 0), word = 0;
	unsigned int i;

	(void)server;
	if (skip >= ARRAY_LEN(protocols))
		return SCMI_INVALID_PARAMETERS;
	scmi_put_word(out, (uint32_t)ARRAY_LEN(protocols) - 1 - skip);
	for (i = 1 + skip; i < ARRAY_LEN(protocols); i++)
		word |= (uint32_t)protocols[i]->id << 8 * (i - 1 - skip);
	if (word)
		scmi_put_word(out, word);
	return SCMI_SUCCESS;
}

/* There is one agent, the kernel. */
static int32_t agent(struct scmi_server *server, const struct scmi_in *in,
		     struct scmi_out *out)
{
	uint32_t id = scmi_word(in, 0);

	(void)server;
	if (id == SCMI_AGENT_SELF)
		id = 1;
	if (id > 1)
		return SCMI_NOT_FOUND;
	scmi_put_word(out, id);
	scmi_put_name(out, id == SCMI_AGENT_PLATFORM ? "platform" : "OSPM");
	return SCMI_SUCCESS;
}

static const struct scmi_message base_messages[] = {
	{ SCMI_BASE_DISCOVER_VENDOR, 0, vendor },
	{ SCMI_BASE_DISCOVER_SUB_VENDOR, 0, sub_vendor },
	{ SCMI_BASE_DISCOVER_IMPLEMENTATION, 0, implementation },
	{ SCMI_BASE_DISCOVER_LIST_PROTOCOLS, 4, list_protocols },
	{ SCMI_BASE_DISCOVER_AGENT, 4, agent },
};

const struct scmi_protocol scmi_base = {
	.id = SCMI_PROTOCOL_BASE,
	.version = SCMI_BASE_VERSION,
	/* Protocols but this one; agents */
	.attributes = (ARRAY_LEN(protocols) - 1) | 1 << 8,
	.messages = base_messages,
	.count = ARRAY_LEN(base_messages),
};
