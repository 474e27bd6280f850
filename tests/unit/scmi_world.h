/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lab's SCMI service, and a client that sends it messages, for tests.
 */
#ifndef TEST_SCMI_WORLD_H
#define TEST_SCMI_WORLD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "scmi.h"
#include "server.h"

extern struct scmi_server server;

/* The last response */
extern uint8_t response[SCMI_MESSAGE_MAX];
extern size_t response_size;

int scmi_setup(void **state);
void set_word(uint8_t *at, uint32_t word);

/* Word @n of the response after header and status */
uint32_t result(unsigned int n);

/* Return: the status; SCMI_SUCCESS if there is no response */
int32_t send_raw(const void *message, size_t size, size_t room);
int32_t send_words(uint32_t protocol, uint32_t id, size_t room, unsigned int n,
		   const uint32_t *words);

#define SEND_WITH(room, protocol, id, ...) \
	send_words(protocol, id, room, \
		   sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, \
		   (uint32_t[]){ __VA_ARGS__ })
#define SEND(protocol, id, ...) \
	SEND_WITH(SCMI_MESSAGE_MAX, protocol, id, __VA_ARGS__)
#define SEND_EMPTY(protocol, id) \
	send_words(protocol, id, SCMI_MESSAGE_MAX, 0, NULL)

uint64_t rate_of(uint32_t clock);
int32_t set_rate(uint32_t clock, uint32_t flags, uint64_t rate);
bool clock_is_on(uint32_t clock);

#define TEST(f) cmocka_unit_test_setup(f, scmi_setup)

#endif /* TEST_SCMI_WORLD_H */
