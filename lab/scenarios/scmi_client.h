/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the SCMI service in OP-TEE from a client in the kernel of our
 * own, by /dev/lab_tee: what Linux' own transport does, and anything it would
 * not. The service's state is one for all its clients.
 *
 * The scenarios, the guest's tests and tee-supplicant's plugin share this:
 * nothing in here ends the program.
 */
#ifndef SCMI_CLIENT_H
#define SCMI_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lab_tee.h"
#include "scmi.h"
#include "scmi_ta.h"

struct scmi {
	int fd;
	uint32_t memory;	/* the buffer's handle */
	uint32_t channel;	/* the channel's handle */
};

/* This kernel has Debian's transport over OP-TEE, and has to use it. */
bool scmi_has_transport(void);

/* A session with the channel: NULL, or what could not be had, and errno. */
const char *scmi_open(struct scmi *scmi);
void scmi_close(struct scmi *scmi);
/* As it is; returns the TEE's result, errors of the kernel's client as -errno. */
uint32_t scmi_call(struct scmi *scmi, struct lab_tee_raw *req);
/*
 * A message of @size bytes, header and all, and room for a response. Returns
 * as scmi_call(); req->data has the response, and *got its size.
 */
uint32_t scmi_message(struct scmi *scmi, const void *message, uint32_t size,
		      uint32_t room, struct lab_tee_raw *req, uint32_t *got);
/*
 * A command of @n words. Returns as scmi_call(); the response's status, and its
 * first words, up to two, if @out is not NULL.
 */
uint32_t scmi_command(struct scmi *scmi, uint32_t protocol, uint32_t id,
		      const uint32_t *words, unsigned int n, int32_t *status,
		      uint32_t out[2]);

/* 0, or what scmi_command() gave, or the response's status. */
uint32_t scmi_turn_clock(struct scmi *scmi, uint32_t clock, bool on);

#endif /* SCMI_CLIENT_H */
