// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: ../lab/ta/scmi/server.c ../lab/ta/scmi/values.c
 * sources: ../lab/ta/scmi/clock.c ../lab/ta/scmi/voltage.c
 *
 * The lab's SCMI service. The input is messages, one after the other: room for
 * the response, size, bytes. After each the promises of server.h are looked at;
 * what is read or written out of bounds is for the sanitizers, so message and
 * response are in memory of just their size.
 */
#include <stdlib.h>
#include <string.h>

#include "../../lab/ta/scmi/scmi.h"
#include "../../lab/ta/scmi/server.h"

static void must(bool promise)
{
	if (!promise)
		abort();
}

static uint32_t word_at(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void look_at_response(const uint8_t *in, size_t in_size,
			     const uint8_t *out, size_t size, size_t room)
{
	int32_t status;

	must(size <= room);
	must(!size == (in_size < 4 || room < 8));
	if (!size)
		return;
	must(size >= 8 && !memcmp(in, out, 4));
	status = (int32_t)word_at(out + 4);
	must(status <= SCMI_SUCCESS && status >= SCMI_PROTOCOL_ERROR);
	must(!status || size == 8);
}

/* A state that no message could ask for by its number */
static void look_at_state(const struct scmi_values *of, unsigned int n,
			  const struct scmi_state *state)
{
	unsigned int i;
	int64_t value;

	for (i = 0; i < n; i++) {
		must(scmi_round(&of[i], state[i].value, SCMI_ROUND_DOWN,
				&value));
		must(value == state[i].value);
	}
}

static size_t one_message(struct scmi_server *server, const uint8_t *data,
			  size_t size)
{
	size_t room = data[0] % (SCMI_MESSAGE_MAX + 1);
	size_t in_size = data[1] % (SCMI_MESSAGE_MAX + 1), used;
	struct scmi_server before = *server;
	uint8_t *in, *out;

	if (in_size > size - 2)
		in_size = size - 2;
	in = malloc(in_size + !in_size);
	out = malloc(room + !room);
	memcpy(in, data + 2, in_size);
	used = scmi_server_process(server, in, in_size, out, room);
	look_at_response(in, in_size, out, used, room);
	if (!used || word_at(out + 4))
		must(!memcmp(&before, server, sizeof(before)));
	look_at_state(scmi_clocks, SCMI_NUM_CLOCKS, server->clocks);
	look_at_state(scmi_voltages, SCMI_NUM_VOLTAGES, server->voltages);
	free(in);
	free(out);
	return 2 + in_size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scmi_server server;
	size_t used;

	scmi_server_init(&server);
	while (size >= 2) {
		used = one_message(&server, data, size);
		data += used;
		size -= used;
	}
	return 0;
}
