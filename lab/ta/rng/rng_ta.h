/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entropy source that Linux' optee-rng looks for: its UUID and commands
 * are those of OP-TEE's own, pta_rng.h in OP-TEE's kit.
 *
 *	command		p0
 *	GET_ENTROPY	memory (inout), at most RNG_TA_MAX bytes: filled
 *	GET_RNG_INFO	a out: bytes a second, b out: bits in 1024
 */
#ifndef RNG_TA_H
#define RNG_TA_H

#define RNG_TA_UUID \
	{ 0xab7a617c, 0xb8e7, 0x4d8f, \
	  { 0x83, 0x01, 0xd0, 0x9b, 0x61, 0x03, 0x6b, 0x64 } }

#define RNG_TA_CMD_GET_ENTROPY	0
#define RNG_TA_CMD_GET_RNG_INFO	1

#define RNG_TA_MAX		4096

#endif /* RNG_TA_H */
