/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SCMI service: what a client in the kernel needs. Its UUID and commands
 * are those of OP-TEE's own service, which Linux' transport looks for:
 * pta_scmi_client.h in OP-TEE's kit.
 *
 *	command		p0			p1		p2
 *	CAPABILITIES	a out: capabilities
 *	GET_CHANNEL	a in: channel, out:
 *			handle; b in:
 *			capability
 *	PROCESS_MSG	a in: handle		message in	response out
 *
 * A handle is good in the session that asked for it. There is one channel, 0.
 */
#ifndef SCMI_TA_H
#define SCMI_TA_H

#define SCMI_TA_UUID \
	{ 0xa8cfe406, 0xd4f5, 0x4a2e, \
	  { 0x9f, 0x8d, 0xa2, 0x5d, 0xc7, 0x54, 0xc0, 0x99 } }

#define SCMI_TA_CMD_CAPABILITIES	0
#define SCMI_TA_CMD_GET_CHANNEL		3
#define SCMI_TA_CMD_PROCESS_MSG		4

/* Messages in memory references, with the header in front */
#define SCMI_TA_CAPS_MSG_HEADER		0x2

#define SCMI_TA_CHANNEL			0

#endif /* SCMI_TA_H */
