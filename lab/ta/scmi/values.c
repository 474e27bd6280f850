// SPDX-License-Identifier: BSD-2-Clause
/*
 * Values that a clock or a voltage domain can have, and the lab's own clocks
 * and domains.
 */
#include "scmi.h"
#include "server.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))
#define MHZ(n)		((n) * INT64_C(1000000))

/*
 * Of each kind: a short list, a range, one that does not fit in a response, a
 * single value.
 */
static const int64_t storage[] = { MHZ(50), MHZ(100), MHZ(200) };

static const int64_t bus[] = { MHZ(10), MHZ(400), MHZ(1) };

static const int64_t pixel[] = {
	MHZ(25), MHZ(27), MHZ(40), MHZ(54), MHZ(65), MHZ(74), MHZ(85), MHZ(96),
	MHZ(108), MHZ(135), MHZ(148), MHZ(162), MHZ(193), MHZ(216), MHZ(270),
	MHZ(594),
};

static const int64_t reference[] = { MHZ(24) };

static const int64_t core[] = { 800000, 1200000, 50000 };

static const int64_t io[] = { 1800000, 2500000, 3300000 };

#define LIST(v)		.count = ARRAY_LEN(v), .values = (v)
#define RANGE(v)	.range = true, LIST(v)

const struct scmi_values scmi_clocks[SCMI_NUM_CLOCKS] = {
	{ .name = "lab-storage", LIST(storage), .initial = MHZ(50) },
	{ .name = "lab-bus", RANGE(bus), .initial = MHZ(133) },
	{ .name = "lab-pixel", LIST(pixel), .initial = MHZ(148) },
	{ .name = "lab-reference", LIST(reference), .initial = MHZ(24) },
};

const struct scmi_values scmi_voltages[SCMI_NUM_VOLTAGES] = {
	{ .name = "lab-core", RANGE(core), .initial = 900000 },
	{ .name = "lab-io", LIST(io), .initial = 3300000 },
};

/* The greatest value that is not above @wanted, if there is one */
static bool at_most(const struct scmi_values *of, int64_t wanted,
		    int64_t *value)
{
	unsigned int i = of->count;

	if (of->range) {
		if (wanted > of->values[1])
			wanted = of->values[1];
		if (wanted < of->values[0])
			return false;
		*value = wanted - (wanted - of->values[0]) % of->values[2];
		return true;
	}
	while (i && of->values[i - 1] > wanted)
		i--;
	if (!i)
		return false;
	*value = of->values[i - 1];
	return true;
}

/* The least value that is not below @wanted, if there is one */
static bool at_least(const struct scmi_values *of, int64_t wanted,
		     int64_t *value)
{
	unsigned int i = 0;

	if (of->range) {
		if (wanted < of->values[0])
			wanted = of->values[0];
		if (wanted > of->values[1])
			return false;
		at_most(of, wanted, value);
		if (*value < wanted)
			*value += of->values[2];
		return *value <= of->values[1];
	}
	while (i < of->count && of->values[i] < wanted)
		i++;
	if (i == of->count)
		return false;
	*value = of->values[i];
	return true;
}

bool scmi_round(const struct scmi_values *of, int64_t wanted,
		enum scmi_rounding how, int64_t *value)
{
	bool has_lower, has_upper;
	int64_t lower = 0, upper = 0;

	has_lower = at_most(of, wanted, &lower);
	has_upper = at_least(of, wanted, &upper);
	if (how == SCMI_ROUND_DOWN)
		has_upper = false;
	else if (how == SCMI_ROUND_UP)
		has_lower = false;
	else if (has_lower && has_upper)
		has_upper = upper - wanted < wanted - lower;
	if (has_upper)
		*value = upper;
	else if (has_lower)
		*value = lower;
	return has_lower || has_upper;
}

int32_t scmi_describe(const struct scmi_values *of, uint32_t index,
		      unsigned int words, struct scmi_out *out)
{
	size_t fit = out->size < 4 ? 0 : (out->size - 4) / (4 * words);
	unsigned int returned, i;

	if (index >= of->count || (of->range && index))
		return SCMI_OUT_OF_RANGE;
	returned = of->count - index;
	if (returned > fit)
		returned = (unsigned int)fit;
	/* A range is told at once, or not at all. */
	if (!returned || (of->range && returned < of->count))
		return SCMI_COMMS_ERROR;

	scmi_put_word(out, returned | (of->range ? SCMI_DESCRIBED_RANGE : 0) |
			   (of->count - index - returned) << 16);
	for (i = index; i < index + returned; i++) {
		scmi_put_word(out, (uint32_t)of->values[i]);
		if (words == 2)
			scmi_put_word(out,
				      (uint32_t)((uint64_t)of->values[i] >> 32));
	}
	return SCMI_SUCCESS;
}
