// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lab's SCMI service: what its messages do, and what it makes of bad ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scmi.h"
#include "server.h"

#define TOKEN	0x155

static struct scmi_server server;

/* The last response */
static uint8_t response[SCMI_MESSAGE_MAX];
static size_t response_size;

static int setup(void **state)
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

static void set_word(uint8_t *at, uint32_t word)
{
	at[0] = (uint8_t)word;
	at[1] = (uint8_t)(word >> 8);
	at[2] = (uint8_t)(word >> 16);
	at[3] = (uint8_t)(word >> 24);
}

/* Word @n of the response after header and status */
static uint32_t result(unsigned int n)
{
	assert_true(12 + 4 * n <= response_size);
	return word_at(response + 8 + 4 * n);
}

/* Buffers of exactly these sizes, so that the sanitizer sees every byte more */
static int32_t send_raw(const void *message, size_t size, size_t room)
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

static int32_t send_words(uint32_t protocol, uint32_t id, size_t room,
			  unsigned int n, const uint32_t *words)
{
	uint8_t message[SCMI_MESSAGE_MAX];
	unsigned int i;

	set_word(message, SCMI_HEADER(protocol, id, TOKEN));
	for (i = 0; i < n; i++)
		set_word(message + 4 + 4 * i, words[i]);
	return send_raw(message, 4 + 4 * n, room);
}

#define SEND_WITH(room, protocol, id, ...) \
	send_words(protocol, id, room, \
		   sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, \
		   (uint32_t[]){ __VA_ARGS__ })
#define SEND(protocol, id, ...) \
	SEND_WITH(SCMI_MESSAGE_MAX, protocol, id, __VA_ARGS__)
#define SEND_EMPTY(protocol, id) \
	send_words(protocol, id, SCMI_MESSAGE_MAX, 0, NULL)

static uint64_t rate_of(uint32_t clock)
{
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_RATE_GET, clock),
			 SCMI_SUCCESS);
	return result(0) | (uint64_t)result(1) << 32;
}

static int32_t set_rate(uint32_t clock, uint32_t flags, uint64_t rate)
{
	return SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_RATE_SET, flags, clock,
		    (uint32_t)rate, (uint32_t)(rate >> 32));
}

static bool clock_is_on(uint32_t clock)
{
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_ATTRIBUTES,
			      clock), SCMI_SUCCESS);
	return result(0) & SCMI_CLOCK_ENABLED;
}

static void base_tells_what_there_is(void **state)
{
	static const uint8_t protocols[] = { 0x14, 0x17, 0, 0 };

	(void)state;
	assert_int_equal(SEND_EMPTY(SCMI_PROTOCOL_BASE, SCMI_PROTOCOL_VERSION),
			 0);
	assert_int_equal(result(0), 0x20000);
	assert_int_equal(SEND_EMPTY(SCMI_PROTOCOL_BASE,
				    SCMI_PROTOCOL_ATTRIBUTES), 0);
	assert_int_equal(result(0), 2 | 1 << 8);
	assert_int_equal(SEND_EMPTY(SCMI_PROTOCOL_BASE,
				    SCMI_BASE_DISCOVER_VENDOR), 0);
	assert_int_equal(response_size, 8 + SCMI_NAME_SIZE);
	assert_string_equal((char *)response + 8, "systhreads");
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE,
			      SCMI_BASE_DISCOVER_LIST_PROTOCOLS, 0), 0);
	assert_int_equal(result(0), 2);
	assert_memory_equal(response + 12, protocols, 4);
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE,
			      SCMI_BASE_DISCOVER_LIST_PROTOCOLS, 1), 0);
	assert_int_equal(result(0), 1);
	assert_int_equal(result(1), 0x17);
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE,
			      SCMI_BASE_DISCOVER_LIST_PROTOCOLS, 2), 0);
	assert_int_equal(result(0), 0);
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE,
			      SCMI_BASE_DISCOVER_LIST_PROTOCOLS, 3),
			 SCMI_INVALID_PARAMETERS);
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE, SCMI_BASE_DISCOVER_AGENT,
			      SCMI_AGENT_SELF), 0);
	assert_int_equal(result(0), 1);
	assert_int_equal(SEND(SCMI_PROTOCOL_BASE, SCMI_BASE_DISCOVER_AGENT, 2),
			 SCMI_NOT_FOUND);
}

static void clock_is_turned_on_and_off(void **state)
{
	uint32_t other, id;

	(void)state;
	for (id = 0; id < SCMI_NUM_CLOCKS; id++) {
		assert_false(clock_is_on(id));
		assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK,
				      SCMI_CLOCK_CONFIG_SET, id, 1), 0);
		for (other = 0; other < SCMI_NUM_CLOCKS; other++)
			assert_int_equal(clock_is_on(other), other == id);
		assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK,
				      SCMI_CLOCK_CONFIG_SET, id, 0), 0);
		assert_false(clock_is_on(id));
	}
}

static void rate_of_a_list_is_rounded_as_asked(void **state)
{
	(void)state;
	assert_int_equal(rate_of(0), 50000000);
	assert_int_equal(set_rate(0, 0, 100000000), 0);
	assert_int_equal(rate_of(0), 100000000);
	assert_int_equal(set_rate(0, 0, 199999999), 0);
	assert_int_equal(rate_of(0), 100000000);
	assert_int_equal(set_rate(0, SCMI_RATE_ROUND_UP, 100000001), 0);
	assert_int_equal(rate_of(0), 200000000);
	assert_int_equal(set_rate(0, SCMI_RATE_ROUND_NEAREST, 60000000), 0);
	assert_int_equal(rate_of(0), 50000000);
	assert_int_equal(set_rate(0, SCMI_RATE_ROUND_NEAREST, UINT64_MAX), 0);
	assert_int_equal(rate_of(0), 200000000);
	assert_int_equal(set_rate(0, SCMI_RATE_ROUND_NEAREST, 0), 0);
	assert_int_equal(rate_of(0), 50000000);
	assert_int_equal(set_rate(0, SCMI_RATE_ROUND_UP, UINT64_MAX),
			 SCMI_INVALID_PARAMETERS);
	assert_int_equal(set_rate(0, 0, 49999999), SCMI_INVALID_PARAMETERS);
	assert_int_equal(rate_of(0), 50000000);
}

static void rate_of_a_range_is_rounded_as_asked(void **state)
{
	(void)state;
	assert_int_equal(set_rate(1, 0, 100999999), 0);
	assert_int_equal(rate_of(1), 100000000);
	assert_int_equal(set_rate(1, SCMI_RATE_ROUND_UP, 100000001), 0);
	assert_int_equal(rate_of(1), 101000000);
	assert_int_equal(set_rate(1, SCMI_RATE_ROUND_NEAREST, 100600000), 0);
	assert_int_equal(rate_of(1), 101000000);
	assert_int_equal(set_rate(1, SCMI_RATE_ROUND_NEAREST, 100400000), 0);
	assert_int_equal(rate_of(1), 100000000);
	assert_int_equal(set_rate(1, 0, UINT64_MAX), 0);
	assert_int_equal(rate_of(1), 400000000);
	assert_int_equal(set_rate(1, SCMI_RATE_ROUND_UP, 0), 0);
	assert_int_equal(rate_of(1), 10000000);
	assert_int_equal(set_rate(1, 0, 9999999), SCMI_INVALID_PARAMETERS);
	assert_int_equal(set_rate(1, SCMI_RATE_ROUND_UP, 400000001),
			 SCMI_INVALID_PARAMETERS);
	assert_int_equal(rate_of(1), 10000000);
}

/* Asked for in whatever pieces the response has room for */
static void rates_come_in_pieces(void **state)
{
	const struct scmi_values *pixel = &scmi_clocks[2];
	size_t room;

	(void)state;
	for (room = 8 + 4 + 8; room <= SCMI_MESSAGE_MAX; room++) {
		uint32_t index = 0, left, n, i;

		do {
			assert_int_equal(SEND_WITH(room, SCMI_PROTOCOL_CLOCK,
						   SCMI_CLOCK_DESCRIBE_RATES,
						   2, index), 0);
			n = SCMI_DESCRIBED_RETURNED(result(0));
			left = SCMI_DESCRIBED_REMAINING(result(0));
			assert_int_equal(result(0) & SCMI_DESCRIBED_RANGE, 0);
			assert_true(n > 0);
			for (i = 0; i < n; i++)
				assert_int_equal(result(1 + 2 * i),
						 pixel->values[index + i]);
			index += n;
		} while (left);
		assert_int_equal(index, pixel->count);
	}
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_DESCRIBE_RATES, 2,
			      pixel->count), SCMI_OUT_OF_RANGE);
}

static void range_is_told_whole(void **state)
{
	(void)state;
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_DESCRIBE_RATES, 1,
			      0), 0);
	assert_int_equal(result(0), SCMI_DESCRIBED_RANGE | 3);
	assert_int_equal(result(1), 10000000);
	assert_int_equal(result(3), 400000000);
	assert_int_equal(result(5), 1000000);
	assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_DESCRIBE_RATES, 1,
			      1), SCMI_OUT_OF_RANGE);
	assert_int_equal(SEND_WITH(8 + 4 + 23, SCMI_PROTOCOL_CLOCK,
				   SCMI_CLOCK_DESCRIBE_RATES, 1, 0),
			 SCMI_COMMS_ERROR);
}

static void voltage_is_set_and_told(void **state)
{
	(void)state;
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE,
			      SCMI_VOLTAGE_DOMAIN_ATTRIBUTES, 1), 0);
	assert_string_equal((char *)response + 12, "lab-io");
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE,
			      SCMI_VOLTAGE_DESCRIBE_LEVELS, 0, 0), 0);
	assert_int_equal(result(0), SCMI_DESCRIBED_RANGE | 3);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_CONFIG_SET, 1,
			      SCMI_VOLTAGE_MODE_ON), 0);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_CONFIG_GET,
			      1), 0);
	assert_int_equal(result(0), SCMI_VOLTAGE_MODE_ON);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_CONFIG_GET,
			      0), 0);
	assert_int_equal(result(0), SCMI_VOLTAGE_MODE_OFF);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_LEVEL_SET, 0,
			      0, 1150000), 0);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_LEVEL_GET,
			      0), 0);
	assert_int_equal(result(0), 1150000);
}

static void no_other_voltage_is_taken(void **state)
{
	static const uint32_t bad[] = {
		0, 799999, 800001, 1150001, 1200001, 0x7fffffff, 0x80000000,
		0x80000000 + 1150000, 0xffffffff,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE,
				      SCMI_VOLTAGE_LEVEL_SET, 0, 0, bad[i]),
				 SCMI_INVALID_PARAMETERS);
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_LEVEL_SET, 0,
			      1, 1150000), SCMI_INVALID_PARAMETERS);
	for (i = 1; i < 16; i++)
		if (i != SCMI_VOLTAGE_MODE_ON)
			assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE,
					      SCMI_VOLTAGE_CONFIG_SET, 0, i),
					 SCMI_INVALID_PARAMETERS);
	assert_int_equal(server.voltages[0].value, 900000);
	assert_false(server.voltages[0].on);
}

/* Every message of every protocol: { protocol, id, words, takes an id } */
static const struct {
	uint8_t protocol;
	uint8_t id;
	uint8_t words;
	uint8_t at;	/* of the id, or NO_ID */
} all[] = {
#define NO_ID 0xff
	{ 0x10, 0, 0, NO_ID }, { 0x10, 1, 0, NO_ID }, { 0x10, 2, 1, NO_ID },
	{ 0x10, 3, 0, NO_ID }, { 0x10, 4, 0, NO_ID }, { 0x10, 5, 0, NO_ID },
	{ 0x10, 6, 1, NO_ID }, { 0x10, 7, 1, NO_ID },
	{ 0x14, 0, 0, NO_ID }, { 0x14, 1, 0, NO_ID }, { 0x14, 2, 1, NO_ID },
	{ 0x14, 3, 1, 0 }, { 0x14, 4, 2, 0 }, { 0x14, 5, 4, 1 },
	{ 0x14, 6, 1, 0 }, { 0x14, 7, 2, 0 },
	{ 0x17, 0, 0, NO_ID }, { 0x17, 1, 0, NO_ID }, { 0x17, 2, 1, NO_ID },
	{ 0x17, 3, 1, 0 }, { 0x17, 4, 2, 0 }, { 0x17, 5, 2, 0 },
	{ 0x17, 6, 1, 0 }, { 0x17, 7, 3, 0 }, { 0x17, 8, 1, 0 },
};

#define NUM_ALL (sizeof(all) / sizeof(all[0]))

static bool is_known(uint32_t protocol, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < NUM_ALL; i++)
		if (all[i].protocol == protocol && all[i].id == id)
			return true;
	return false;
}

static bool protocol_is_known(uint32_t protocol)
{
	return protocol == 0x10 || protocol == 0x14 || protocol == 0x17;
}

static void unknown_messages_are_not_supported(void **state)
{
	uint32_t protocol, id;

	(void)state;
	for (protocol = 0; protocol < 256; protocol++)
		for (id = 0; id < 256; id++)
			if (!is_known(protocol, id))
				assert_int_equal(SEND(protocol, id, 0),
						 SCMI_NOT_SUPPORTED);
}

static void message_attributes_know_what_there_is(void **state)
{
	uint32_t protocol, id;
	int32_t status;

	(void)state;
	for (protocol = 0; protocol < 256; protocol++) {
		if (!protocol_is_known(protocol))
			continue;
		for (id = 0; id < 300; id++) {
			status = SEND(protocol,
				      SCMI_PROTOCOL_MESSAGE_ATTRIBUTES, id);
			assert_int_equal(status, is_known(protocol, id) ?
					 SCMI_SUCCESS : SCMI_NOT_FOUND);
		}
	}
}

static void wrong_lengths_are_protocol_errors(void **state)
{
	uint8_t message[SCMI_MESSAGE_MAX] = "";
	unsigned int i;
	size_t size;

	(void)state;
	for (i = 0; i < NUM_ALL; i++) {
		set_word(message, SCMI_HEADER(all[i].protocol, all[i].id, 0));
		for (size = 4; size <= sizeof(message); size++)
			if (size != 4 + 4u * all[i].words)
				assert_int_equal(send_raw(message, size,
							  SCMI_MESSAGE_MAX),
						 SCMI_PROTOCOL_ERROR);
	}
}

static void other_types_are_protocol_errors(void **state)
{
	uint8_t message[4];
	uint32_t type;

	(void)state;
	for (type = 1; type < 4; type++) {
		set_word(message, SCMI_HEADER(0x10, 0, 0) | type << 8);
		assert_int_equal(send_raw(message, 4, SCMI_MESSAGE_MAX),
				 SCMI_PROTOCOL_ERROR);
	}
}

static void ids_out_of_range_are_not_found(void **state)
{
	static const uint32_t bad[] = { 4, 5, 255, 256, 0x7fffffff, 0x80000000,
					0xffffffff };
	uint32_t words[4];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < NUM_ALL; i++) {
		if (all[i].at == NO_ID)
			continue;
		for (j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			memset(words, 0, sizeof(words));
			words[all[i].at] = bad[j];
			assert_int_equal(send_words(all[i].protocol, all[i].id,
						    SCMI_MESSAGE_MAX,
						    all[i].words, words),
					 SCMI_NOT_FOUND);
		}
	}
	assert_int_equal(SEND(SCMI_PROTOCOL_VOLTAGE, SCMI_VOLTAGE_LEVEL_GET,
			      SCMI_NUM_VOLTAGES), SCMI_NOT_FOUND);
}

static void reserved_bits_are_invalid(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 1; bit < 32; bit++)
		assert_int_equal(SEND(SCMI_PROTOCOL_CLOCK,
				      SCMI_CLOCK_CONFIG_SET, 0, 1u << bit),
				 SCMI_INVALID_PARAMETERS);
	for (bit = 4; bit < 32; bit++)
		assert_int_equal(set_rate(0, 1u << bit, 100000000),
				 SCMI_INVALID_PARAMETERS);
	assert_int_equal(set_rate(0, SCMI_RATE_ASYNC, 100000000),
			 SCMI_NOT_SUPPORTED);
	assert_int_equal(rate_of(0), 50000000);
	assert_false(clock_is_on(0));
}

/* A list that does not fit says how much of it is left */
static void must_not_fit(int32_t status, size_t room)
{
	if (room < 8)
		assert_int_equal(response_size, 0);
	else if (status)
		assert_int_equal(status, SCMI_COMMS_ERROR);
	else
		assert_true(SCMI_DESCRIBED_REMAINING(result(0)));
}

static void little_room_is_a_comms_error(void **state)
{
	uint32_t words[4] = { 0 };
	unsigned int i;
	size_t room, whole;

	(void)state;
	for (i = 0; i < NUM_ALL; i++) {
		if (send_words(all[i].protocol, all[i].id, SCMI_MESSAGE_MAX,
			       all[i].words, words))
			continue;
		whole = response_size;
		for (room = 0; room < whole; room++)
			must_not_fit(send_words(all[i].protocol, all[i].id,
						room, all[i].words, words),
				     room);
	}
}

static void half_a_header_has_no_response(void **state)
{
	uint8_t message[4] = { 0 };
	size_t size;

	(void)state;
	for (size = 0; size < 4; size++) {
		send_raw(message, size, SCMI_MESSAGE_MAX);
		assert_int_equal(response_size, 0);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(base_tells_what_there_is),
		TEST(clock_is_turned_on_and_off),
		TEST(rate_of_a_list_is_rounded_as_asked),
		TEST(rate_of_a_range_is_rounded_as_asked),
		TEST(rates_come_in_pieces),
		TEST(range_is_told_whole),
		TEST(voltage_is_set_and_told),
		TEST(no_other_voltage_is_taken),
		TEST(unknown_messages_are_not_supported),
		TEST(message_attributes_know_what_there_is),
		TEST(wrong_lengths_are_protocol_errors),
		TEST(other_types_are_protocol_errors),
		TEST(ids_out_of_range_are_not_found),
		TEST(reserved_bits_are_invalid),
		TEST(little_room_is_a_comms_error),
		TEST(half_a_header_has_no_response),
	};

	return cmocka_run_group_tests_name("scmi", tests, NULL, NULL);
}
