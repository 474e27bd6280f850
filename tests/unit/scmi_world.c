// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lab's SCMI service, and a client that sends it messages.
 */
#include <stdlib.h>
#include <string.h>

#include "scmi_world.h"

#define TOKEN	0x155

struct scmi_server server;

uint8_t response[SCMI_MESSAGE_MAX];
size_t response_size;

int scmi_setup(void **state)
{
	(void)state;
	scmi_server_init(&server);
	memset(response, 0xee, sizeof(response));
	return 0;
}

static uint32_t word_at(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

void set_word(uint8_t *at, uint32_t word)
{
	at[0] = (uint8_t)word;
	at[1] = (uint8_t)(word >> 8);
	at[2] = (uint8_t)(word >> 16);
	at[3] = (uint8_t)(word >> 24);
}

uint32_t result(unsigned int n)
{
	assert_true(12 + 4 * n <= response_size);
	return word_at(response + 8 + 4 * n);
}

/* Buffers of exactly these sizes, so that the sanitizer sees every byte more */
int32_t send_raw(const void *message, size_t size, size_t room)
{
	uint8_t *in = malloc(size ? size : 1), *out = malloc(room ? room : 1);
	int32_t status = SCMI_SUCCESS;

	memcpy(in, message, size);
	response_size = scmi_server_process(&server, in, size, out, room);
	assert_true(response_size <= room);
	if (response_size) {
		assert_true(response_size >= 8);
		memcpy(response, out, response_size);
		assert_memory_equal(response, message, 4);
		status = (int32_t)word_at(response + 4);
		/* Nothing but the status beside an error */
		assert_true(!status || response_size == 8);
	}
	free(in);
	free(out);
	return status;
}

int32_t send_words(uint32_t protocol, uint32_t id, size_t room, unsigned int n,
		   const uint32_t *words)
{
	uint8_t message[SCMI_MESSAGE_MAX];
	unsigned int i;

	set_word(message, SCMI_HEADER(protocol, id, TOKEN));
	for (i = 0; i < n; i++)
		set_word(message + 4 + 4 * i, words[i]);
	return send_raw(message, 4 + 4 * n, room);
}

uint64_t rate_of(uint32_t clock)
{
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_RATE_GET, clock),
			 SCMI_SUCCESS);
	return result(0) | (uint64_t)result(1) << 32;
}

int32_t set_rate(uint32_t clock, uint32_t flags, uint64_t rate)
{
	return SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_RATE_SET, flags, clock,
		    (uint32_t)rate, (uint32_t)(rate >> 32));
}

bool clock_is_on(uint32_t clock)
{
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_ATTRIBUTES,
			      clock), SCMI_SUCCESS);
	return result(0) & SCMI_CLOCK_ENABLED;
}
