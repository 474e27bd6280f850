/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of Arm's System Control and Management Interface, version 3.0
 * (DEN0056C). The section stands at each group.
 */
#ifndef SCMI_H
#define SCMI_H

/*
 * 4.1, the message header, which OP-TEE's channel carries in front of the
 * payload: message id, type, protocol id, token, from bit 0 up.
 */
#define SCMI_HEADER_SIZE	4
#define SCMI_HEADER_MESSAGE(h)	((h) & 0xff)
#define SCMI_HEADER_TYPE(h)	((h) >> 8 & 0x3)
#define SCMI_HEADER_PROTOCOL(h)	((h) >> 10 & 0xff)
#define SCMI_HEADER(protocol, message, token) \
	((uint32_t)(message) | (uint32_t)(protocol) << 10 | \
	 (uint32_t)(token) << 18)

#define SCMI_TYPE_COMMAND	0

/* 4.1.4, status codes; a response's payload begins with one */
#define SCMI_STATUS_SIZE	4
#define SCMI_SUCCESS		0
#define SCMI_NOT_SUPPORTED	(-1)
#define SCMI_INVALID_PARAMETERS	(-2)
#define SCMI_DENIED		(-3)
#define SCMI_NOT_FOUND		(-4)
#define SCMI_OUT_OF_RANGE	(-5)
#define SCMI_BUSY		(-6)
#define SCMI_COMMS_ERROR	(-7)
#define SCMI_GENERIC_ERROR	(-8)
#define SCMI_HARDWARE_ERROR	(-9)
#define SCMI_PROTOCOL_ERROR	(-10)

/* 4.1, protocol ids, and what every protocol has */
#define SCMI_PROTOCOL_BASE	0x10
#define SCMI_PROTOCOL_CLOCK	0x14
#define SCMI_PROTOCOL_VOLTAGE	0x17

#define SCMI_PROTOCOL_VERSION			0x0
#define SCMI_PROTOCOL_ATTRIBUTES		0x1
#define SCMI_PROTOCOL_MESSAGE_ATTRIBUTES	0x2

/* Names are short ones, with the 0 at their end */
#define SCMI_NAME_SIZE		16

/* 4.2, base protocol; notifications and permissions are optional */
#define SCMI_BASE_VERSION			0x20000
#define SCMI_BASE_DISCOVER_VENDOR		0x3
#define SCMI_BASE_DISCOVER_SUB_VENDOR		0x4
#define SCMI_BASE_DISCOVER_IMPLEMENTATION	0x5
#define SCMI_BASE_DISCOVER_LIST_PROTOCOLS	0x6
#define SCMI_BASE_DISCOVER_AGENT		0x7

/* BASE_DISCOVER_AGENT: the platform, and whoever asks */
#define SCMI_AGENT_PLATFORM	0
#define SCMI_AGENT_SELF		0xffffffff

/* 4.6, clock management protocol */
#define SCMI_CLOCK_VERSION		0x10000
#define SCMI_CLOCK_ATTRIBUTES		0x3
#define SCMI_CLOCK_DESCRIBE_RATES	0x4
#define SCMI_CLOCK_RATE_SET		0x5
#define SCMI_CLOCK_RATE_GET		0x6
#define SCMI_CLOCK_CONFIG_SET		0x7

/* CLOCK_ATTRIBUTES, CLOCK_CONFIG_SET */
#define SCMI_CLOCK_ENABLED		0x1

/* CLOCK_RATE_SET */
#define SCMI_RATE_ASYNC			0x1
#define SCMI_RATE_NO_DELAYED		0x2
#define SCMI_RATE_ROUND_UP		0x4
#define SCMI_RATE_ROUND_NEAREST		0x8
#define SCMI_RATE_FLAGS			0xf

/* 4.9, voltage domain management protocol */
#define SCMI_VOLTAGE_VERSION		0x10000
#define SCMI_VOLTAGE_DOMAIN_ATTRIBUTES	0x3
#define SCMI_VOLTAGE_DESCRIBE_LEVELS	0x4
#define SCMI_VOLTAGE_CONFIG_SET		0x5
#define SCMI_VOLTAGE_CONFIG_GET		0x6
#define SCMI_VOLTAGE_LEVEL_SET		0x7
#define SCMI_VOLTAGE_LEVEL_GET		0x8

/* VOLTAGE_CONFIG_SET: modes that the architecture defines */
#define SCMI_VOLTAGE_MODE_OFF		0x0
#define SCMI_VOLTAGE_MODE_ON		0x7

/* CLOCK_DESCRIBE_RATES, VOLTAGE_DESCRIBE_LEVELS: returned, remaining */
#define SCMI_DESCRIBED_RANGE		0x1000
#define SCMI_DESCRIBED_RETURNED(f)	((f) & 0xfff)
#define SCMI_DESCRIBED_REMAINING(f)	((f) >> 16)

#endif /* SCMI_H */
