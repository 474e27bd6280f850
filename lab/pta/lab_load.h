/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab's other pseudo trusted app: three of the worker's commands (lab/ta/worker,
 * worker_ta.h), BUSY, SLEEP (not cancellable) and PLUGIN, with the same numbers and
 * parameters. A session
 * with it takes no address space of OP-TEE's, of which there are 64: it is for the
 * rest of a flood that has more processes. In every OP-TEE that lab/firmware
 * builds, and in none of Debian's.
 */
#ifndef LAB_LOAD_H
#define LAB_LOAD_H

#define LAB_LOAD_UUID \
	{ 0x1f3a5b9e, 0x2c47, 0x4d60, \
	  { 0x8a, 0x15, 0x73, 0xc2, 0x0e, 0x96, 0xb4, 0x58 } }

/* As WORKER_PLUGIN_UUID */
#define LAB_LOAD_PLUGIN_UUID \
	{ 0x0e6b1e1b, 0x6e5c, 0x4c1e, \
	  { 0x9b, 0x2c, 0x3b, 0x70, 0x6a, 0x1d, 0x5e, 0x84 } }

/* As WORKER_CMD_... */
#define LAB_LOAD_CMD_BUSY	0
#define LAB_LOAD_CMD_SLEEP	1
#define LAB_LOAD_CMD_PLUGIN	5

#endif /* LAB_LOAD_H */
