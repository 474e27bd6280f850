/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An SCMI server: messages in, responses out, and the state of its clocks and
 * voltage domains. Plain C without a heap; it also builds on the host, where
 * tests/unit and tests/fuzz call it.
 *
 * Promises: whatever comes in, nothing is read beyond it, nothing is written
 * beyond the room there is for the response, and no message that got an error
 * has changed a state. Who calls has one call at a time.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Neither a message nor a response is longer, header and all. */
#define SCMI_MESSAGE_MAX	128

/*
 * What a clock or a voltage domain can be set to: the values of a list in
 * ascending order, or those of a range, which are lowest, highest and step.
 */
struct scmi_values {
	const char *name;
	bool range;
	unsigned int count;	/* 3 for a range */
	const int64_t *values;
	int64_t initial;
};

#define SCMI_NUM_CLOCKS		4
#define SCMI_NUM_VOLTAGES	2

extern const struct scmi_values scmi_clocks[SCMI_NUM_CLOCKS];	/* Hz */
extern const struct scmi_values scmi_voltages[SCMI_NUM_VOLTAGES]; /* uV */

struct scmi_state {
	bool on;
	int64_t value;
};

struct scmi_server {
	struct scmi_state clocks[SCMI_NUM_CLOCKS];
	struct scmi_state voltages[SCMI_NUM_VOLTAGES];
};

/* Everything off, and at its initial value. */
void scmi_server_init(struct scmi_server *server);

/*
 * Handle one message. Returns the size of the response, or 0 when there can be
 * none: the message has no whole header, or there is no room for a status.
 * @out must not overlap @in.
 */
size_t scmi_server_process(struct scmi_server *server, const void *in,
			   size_t in_size, void *out, size_t out_size);

/* --- for the protocols ----------------------------------------------------- */

/* A payload of whole words, as long as the message's entry says. */
struct scmi_in {
	const uint8_t *bytes;
	size_t size;
};

/* Room for a payload; what does not fit is left out and remembered. */
struct scmi_out {
	uint8_t *bytes;
	size_t size;
	size_t used;
	bool full;
};

/* The handler returns a status. Its payload counts only with SCMI_SUCCESS. */
struct scmi_message {
	uint8_t id;
	uint8_t in_size;
	int32_t (*handle)(struct scmi_server *server, const struct scmi_in *in,
			  struct scmi_out *out);
};

struct scmi_protocol {
	uint8_t id;
	uint32_t version;
	uint32_t attributes;
	const struct scmi_message *messages;
	unsigned int count;
};

extern const struct scmi_protocol scmi_base;
extern const struct scmi_protocol scmi_clock;
extern const struct scmi_protocol scmi_voltage;

uint32_t scmi_word(const struct scmi_in *in, unsigned int n);
void scmi_put_word(struct scmi_out *out, uint32_t word);
void scmi_put_name(struct scmi_out *out, const char *name);

/* --- values.c --------------------------------------------------------------- */

enum scmi_rounding { SCMI_ROUND_DOWN, SCMI_ROUND_UP, SCMI_ROUND_NEAREST };

/* What comes of @wanted; false if nothing does. */
bool scmi_round(const struct scmi_values *of, int64_t wanted,
		enum scmi_rounding how, int64_t *value);
/*
 * The payload of a DESCRIBE message, from value @index on: as many as fit, of
 * @words words each. Returns a status.
 */
int32_t scmi_describe(const struct scmi_values *of, uint32_t index,
		      unsigned int words, struct scmi_out *out);

#endif /* SERVER_H */
