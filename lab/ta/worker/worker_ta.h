/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker: a trusted app that holds a secure thread in a chosen way for a
 * chosen time, and says when it had it. This header is all that a host needs.
 *
 * Each session is an instance of its own, so two sessions never wait for one
 * another inside OP-TEE; calls of one session do.
 *
 * Times are TEE_GetSystemTime() in milliseconds, rounded down: OP-TEE makes it
 * of the generic timer's count, which both worlds of the lab's guest share, as
 * there is no EL2 that could offset it. (The count itself is closed to trusted
 * apps: TF-A gives the secure world a CNTKCTL_EL1 of its own.)
 *
 *	command		p0 (value in)		p1, p2 (value out)
 *	BUSY		a: ms, less up to 1	entry, exit
 *	SLEEP		a: ms, less up to 1	entry, exit
 *	STORE		a: bytes, b: object	entry, exit
 *	PLUGIN		a: command for it	entry, exit
 *	KEEP		a, b: object		entry, exit
 *	ECHO		a: seed, b: addend	p1: a = sum of bytes, b = a + b
 *	NOP		any parameters, left alone
 *
 * A time's low half is in a, its high half in b. For ECHO, p2 and p3 may be
 * memory (inout): byte i must be (seed + i) modulo 256 and comes back inverted;
 * anything else is TEE_ERROR_BAD_FORMAT.
 */
#ifndef WORKER_TA_H
#define WORKER_TA_H

#define WORKER_UUID \
	{ 0xf5368b44, 0xd8ab, 0x4570, \
	  { 0x8e, 0x20, 0x09, 0xac, 0xb9, 0xb1, 0xa2, 0xc4 } }

/*
 * The same app under the UUID of OP-TEE's SCMI pseudo app, which Debian's
 * OP-TEE does not have: a session with it is of the SYSTEM class by its UUID,
 * also where the kernel has no tee_client_system_session().
 */
#define WORKER_SCMI_UUID \
	{ 0xa8cfe406, 0xd4f5, 0x4a2e, \
	  { 0x9f, 0x8d, 0xa2, 0x5d, 0xc7, 0x54, 0xc0, 0x99 } }

/* Works in the secure world without leaving it. */
#define WORKER_CMD_BUSY		0
/* Suspended in an RPC, thread held. Cancellable: TEE_ERROR_CANCEL. */
#define WORKER_CMD_SLEEP	1
/* Creates, writes, reads back and deletes an object: RPCs to the supplicant. */
#define WORKER_CMD_STORE	2
#define WORKER_CMD_ECHO		3
#define WORKER_CMD_NOP		4
/* An RPC to tee-supplicant's plugin of this UUID, if it has one; its result */
#define WORKER_CMD_PLUGIN	5

/* Creates an object and leaves it open: RPCs, and one more as the session goes */
#define WORKER_CMD_KEEP		6

#define WORKER_PLUGIN_UUID \
	{ 0x0e6b1e1b, 0x6e5c, 0x4c1e, \
	  { 0x9b, 0x2c, 0x3b, 0x70, 0x6a, 0x1d, 0x5e, 0x84 } }

#endif /* WORKER_TA_H */
