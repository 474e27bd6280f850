// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad messages and calls to the SCMI service: each gets its error, none ends
 * the service or changes a clock. They come from the kernel: processes are not
 * let in at all.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "scmi_service.h"

#define RANDOM_MESSAGES	2000

/* TEE_ERROR_* */
#define ACCESS_DENIED	0xffff0001
#define BAD_FORMAT	0xffff0005
#define BAD_PARAMETERS	0xffff0006
#define ITEM_NOT_FOUND	0xffff0008
#define NOT_SUPPORTED	0xffff000a

#define VALUE_IN	TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT
#define VALUE_INOUT	TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT

static const struct {
	const char *what;
	uint32_t protocol;
	uint32_t id;
	unsigned int n;
	uint32_t words[4];
	int32_t status;
} messages[] = {
	{ "an unknown protocol", 0x13, 0, 0, { 0 }, SCMI_NOT_SUPPORTED },
	{ "an unknown message", 0x14, 0x42, 0, { 0 }, SCMI_NOT_SUPPORTED },
	{ "no words where one belongs", 0x14, 6, 0, { 0 },
	  SCMI_PROTOCOL_ERROR },
	{ "a word too many", 0x14, 6, 2, { 0 }, SCMI_PROTOCOL_ERROR },
	{ "a clock out of range", 0x14, 7, 2, { 4, 1 }, SCMI_NOT_FOUND },
	{ "clock -1", 0x14, 6, 1, { 0xffffffff }, SCMI_NOT_FOUND },
	{ "a state that is none", 0x14, 7, 2, { 0, 2 },
	  SCMI_INVALID_PARAMETERS },
	{ "a rate below all", 0x14, 5, 4, { 0, 0, 1, 0 },
	  SCMI_INVALID_PARAMETERS },
	{ "a rate to be set later", 0x14, 5, 4, { 1, 0, 100000000, 0 },
	  SCMI_NOT_SUPPORTED },
	{ "rates past the last", 0x14, 4, 2, { 0, 3 }, SCMI_OUT_OF_RANGE },
	{ "a domain out of range", 0x17, 8, 1, { 2 }, SCMI_NOT_FOUND },
	{ "a level between two", 0x17, 7, 3, { 1, 0, 2000000 },
	  SCMI_INVALID_PARAMETERS },
};

static void bad_messages(struct scmi *scmi)
{
	int32_t status;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		status = service_status(scmi, messages[i].protocol,
					messages[i].id, messages[i].words,
					messages[i].n, NULL);
		if (status != messages[i].status)
			fault("%s got status %d, not %d", messages[i].what,
			      status, messages[i].status);
	}
}

static void must_be(const char *what, uint32_t got, uint32_t expected)
{
	if (got != expected)
		fault("%s got %#x, not %#x", what, got, expected);
}

static uint32_t call(struct scmi *scmi, uint32_t cmd, uint32_t attr, uint32_t a,
		     uint32_t b)
{
	struct lab_tee_raw req = { .cmd = cmd, .param[0] = { attr, a, b } };

	return scmi_call(scmi, &req);
}

static void bad_calls(struct scmi *scmi)
{
	const uint32_t msg = SCMI_TA_CAPS_MSG_HEADER;

	must_be("channel 7", call(scmi, SCMI_TA_CMD_GET_CHANNEL, VALUE_INOUT, 7,
				  msg), ITEM_NOT_FOUND);
	must_be("another kind of channel",
		call(scmi, SCMI_TA_CMD_GET_CHANNEL, VALUE_INOUT, 0, 1),
		NOT_SUPPORTED);
	must_be("a channel without a place for the answer",
		call(scmi, SCMI_TA_CMD_GET_CHANNEL, VALUE_IN, 0, msg),
		BAD_PARAMETERS);
	must_be("a message without memory",
		call(scmi, SCMI_TA_CMD_PROCESS_MSG, VALUE_IN, scmi->channel, 0),
		BAD_PARAMETERS);
	must_be("command 77", call(scmi, 77, VALUE_IN, 0, 0), NOT_SUPPORTED);
}

static void bad_sizes(struct scmi *scmi)
{
	static const uint8_t version[512] = { 0, 0x40 };
	struct scmi other = *scmi;
	struct lab_tee_raw req;
	uint32_t got;

	must_be("half a header", scmi_message(scmi, version, 2, 128, &req,
					      &got), BAD_FORMAT);
	must_be("a response of 7 bytes", scmi_message(scmi, version, 4, 7,
						      &req, &got), BAD_FORMAT);
	must_be("a message of 512 bytes", scmi_message(scmi, version, 512, 128,
						       &req, &got), 0);
	must_be("its status", req.data[4], (uint8_t)SCMI_PROTOCOL_ERROR);
	if (!scmi_message(scmi, version, 0, 0, &req, &got))
		fault("nothing at all is a message");
	other.channel++;
	must_be("a handle that is none", scmi_message(&other, version, 4, 128,
						      &req, &got),
		BAD_PARAMETERS);
}

/* Whatever comes: an answer of its own size, with a status of the protocol */
static void random_messages(struct scmi *scmi)
{
	uint8_t message[160];
	struct lab_tee_raw req;
	uint32_t got, size, room;
	unsigned int seed = 1, i, j;
	int8_t status;

	for (i = 0; i < RANDOM_MESSAGES; i++) {
		for (j = 0; j < sizeof(message); j++)
			message[j] = rand_r(&seed) % 3 ? 0 : rand_r(&seed);
		message[0] %= 12;
		message[1] = rand_r(&seed) % 2 ? 0x50 : 0x5c;
		size = 4 * (rand_r(&seed) % 7);
		room = 8 * (rand_r(&seed) % 17);
		if (scmi_message(scmi, message, size, room, &req, &got)) {
			if (size >= 4 && room >= 8)
				fault("random message %u got %#x", i,
				      req.result);
			continue;
		}
		status = (int8_t)req.data[4];
		if (got < 8 || got > room || status > 0 || status < -10)
			fault("random message %u: %u bytes, status %d", i, got,
			      status);
	}
}

static void restore(struct scmi *scmi)
{
	static const uint32_t off[] = { 0, 0 }, rate[] = { 0, 0, 50000000, 0 };

	if (service_status(scmi, SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_CONFIG_SET,
			   off, 2, NULL) ||
	    service_status(scmi, SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_RATE_SET,
			   rate, 4, NULL))
		fault("the service takes no good message any more");
}

void scmi_bad(void)
{
	uint32_t session, why;
	struct scmi scmi;
	int fd = tee_open();

	if (tee_open_session(fd, worker_scmi_uuid, &session, &why) ||
	    why != ACCESS_DENIED)
		fault("a process that opens a session got %#x", why);
	close(fd);
	service_open(&scmi);
	restore(&scmi);
	bad_messages(&scmi);
	bad_calls(&scmi);
	bad_sizes(&scmi);
	if (service_clock_is_on(&scmi, 0) || service_clock_rate(&scmi, 0) != 50000000)
		fault("a message that got an error changed a clock");
	random_messages(&scmi);
	restore(&scmi);
	ok("%zu bad messages, 10 bad calls, %d random ones",
	   ARRAY_SIZE(messages), RANDOM_MESSAGES);
}
