// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lab's SCMI service: what it makes of bad messages.
 */
#include <string.h>

#include "scmi_world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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

	return cmocka_run_group_tests_name("scmi_bad", tests, NULL, NULL);
}
