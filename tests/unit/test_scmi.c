// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lab's SCMI service: what its messages do.
 */
#include "scmi_world.h"

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
	};

	return cmocka_run_group_tests_name("scmi", tests, NULL, NULL);
}
