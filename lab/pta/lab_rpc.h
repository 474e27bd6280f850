/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's pseudo trusted app: makes OP-TEE ask the normal world for a
 * transfer on an I2C bus. Trusted apps cannot ask for that, drivers of OP-TEE's
 * own core do. It is in every OP-TEE that lab/firmware builds, and in none of
 * Debian's. This header is all that a host needs.
 *
 * Its calls do not wait for one another inside OP-TEE, so any number may be
 * nested in each other.
 *
 *	command		p0 (value in)		p1 (value inout)  p2 (value out)
 *	I2C		a: LAB_RPC_WHERE()	the bytes, as	  a: bytes moved
 *			b: LAB_RPC_HOW()	in memory
 *
 * The result is that of the RPC. 1 to LAB_RPC_BYTES bytes are moved: written
 * ones come from p1, read ones are in p1 afterwards.
 */
#ifndef LAB_RPC_H
#define LAB_RPC_H

#define LAB_RPC_UUID \
	{ 0xe57b0942, 0xc736, 0x46aa, \
	  { 0xaf, 0x48, 0x66, 0xa8, 0x3d, 0x7e, 0x04, 0x1d } }

#define LAB_RPC_CMD_I2C		0

#define LAB_RPC_BYTES		8

/* The bus by its number in the normal world, and the chip's address */
#define LAB_RPC_WHERE(bus, chip)	((bus) | (chip) << 16)
/* LAB_RPC_READ and _TEN_BIT may be added; without, it is a write by 7 bits */
#define LAB_RPC_HOW(bytes, flags)	((bytes) | (flags) << 16)
#define LAB_RPC_READ		1
#define LAB_RPC_TEN_BIT		2

#endif /* LAB_RPC_H */
