// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of the SCMI service; scmi_client.h says what it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/tee.h>

#include "scmi_client.h"

#define BUFFER_SIZE	512

/* SCMI_TA_UUID in the order it is written */
static const uint8_t uuid[16] = {
	0xa8, 0xcf, 0xe4, 0x06, 0xd4, 0xf5, 0x4a, 0x2e,
	0x9f, 0x8d, 0xa2, 0x5d, 0xc7, 0x54, 0xc0, 0x99,
};

static uint32_t word_at(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void set_word(uint8_t *at, uint32_t word)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> 8 * i);
}

bool scmi_has_transport(void)
{
	struct utsname system;
	char path[200];

	uname(&system);
	snprintf(path, sizeof(path),
		 "/lib/modules/%s/kernel/scmi_transport_optee.ko",
		 system.release);
	return !access(path, F_OK);
}

uint32_t scmi_call(struct scmi *scmi, struct lab_tee_raw *req)
{
	if (ioctl(scmi->fd, LAB_TEE_RAW, req))
		return (uint32_t)-errno;
	return req->error ? (uint32_t)req->error : req->result;
}

const char *scmi_open(struct scmi *scmi)
{
	struct lab_tee_open open_req = { .kind = LAB_TEE_KERNEL };
	struct lab_tee_alloc alloc_req = { .size = BUFFER_SIZE };
	struct lab_tee_raw req = {
		.cmd = SCMI_TA_CMD_GET_CHANNEL,
		.param[0] = { TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
			      SCMI_TA_CHANNEL, SCMI_TA_CAPS_MSG_HEADER },
	};
	const char *missing = "/dev/lab_tee";

	scmi->fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	if (scmi->fd < 0)
		return missing;
	missing = "a session with the SCMI service";
	memcpy(open_req.uuid, uuid, sizeof(open_req.uuid));
	if (ioctl(scmi->fd, LAB_TEE_OPEN, &open_req))
		goto close_fd;
	missing = "memory for SCMI messages";
	if (ioctl(scmi->fd, LAB_TEE_ALLOC, &alloc_req))
		goto close_fd;
	scmi->memory = alloc_req.handle;
	missing = "an SCMI channel";
	errno = EIO;
	if (scmi_call(scmi, &req))
		goto close_fd;
	scmi->channel = (uint32_t)req.param[0].a;
	return NULL;

close_fd:
	scmi_close(scmi);
	return missing;
}

/* Says nothing of its own: errno stays what it was. */
void scmi_close(struct scmi *scmi)
{
	int error = errno;

	close(scmi->fd);
	errno = error;
}

uint32_t scmi_message(struct scmi *scmi, const void *message, uint32_t size,
		      uint32_t room, struct lab_tee_raw *req, uint32_t *got)
{
	uint32_t result;

	memset(req, 0, sizeof(*req));
	req->cmd = SCMI_TA_CMD_PROCESS_MSG;
	req->memory = scmi->memory;
	req->param[0].attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT;
	req->param[0].a = scmi->channel;
	req->param[1].attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT;
	req->param[1].b = size;
	req->param[2].attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT;
	req->param[2].b = room;
	memcpy(req->data, message, size);
	result = scmi_call(scmi, req);
	*got = (uint32_t)req->param[2].b;
	return result;
}

uint32_t scmi_command(struct scmi *scmi, uint32_t protocol, uint32_t id,
		      const uint32_t *words, unsigned int n, int32_t *status,
		      uint32_t out[2])
{
	struct lab_tee_raw req;
	uint8_t message[64];
	uint32_t result, got;
	unsigned int i;

	set_word(message, SCMI_HEADER(protocol, id, 1));
	for (i = 0; i < n; i++)
		set_word(message + 4 + 4 * i, words[i]);
	result = scmi_message(scmi, message, 4 + 4 * n, 128, &req, &got);
	if (result)
		return result;
	*status = (int32_t)word_at(req.data + 4);
	for (i = 0; out && i < 2; i++)
		out[i] = got >= 12 + 4 * i ? word_at(req.data + 8 + 4 * i) : 0;
	return 0;
}

uint32_t scmi_turn_clock(struct scmi *scmi, uint32_t clock, bool on)
{
	const uint32_t words[] = { clock, on };
	int32_t status;
	uint32_t res;

	res = scmi_command(scmi, SCMI_PROTOCOL_CLOCK, SCMI_CLOCK_CONFIG_SET,
			   words, 2, &status, NULL);
	return res ? res : (uint32_t)status;
}
