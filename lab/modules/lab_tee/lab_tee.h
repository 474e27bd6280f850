/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/lab_tee: in-kernel TEE clients for tests. Each open file is one client:
 * a context of its own and at most one session. Its calls may be made by
 * several threads at a time.
 *
 * OPEN, CLOSE and FREE return -errno in errno as usual. INVOKE returns 0 when
 * the call was tried, and says in the structure what came of it.
 */
#ifndef LAB_TEE_H
#define LAB_TEE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* A client as in-kernel drivers are: login REE_KERNEL. */
#define LAB_TEE_KERNEL		0
/*
 * Then tee_client_system_session(). EOPNOTSUPP where the kernel has no such
 * call; what it returns otherwise, when it fails.
 */
#define LAB_TEE_SYSTEM		1

struct lab_tee_open {
	__u8 uuid[16];		/* in: in the order it is written */
	__u32 kind;		/* in */
	__u32 result;		/* out: TEEC_Result, meant for an errno of EIO */
	__u32 origin;		/* out */
	__u32 session;		/* out */
};

#define LAB_TEE_MEMREFS		2

struct lab_tee_value {
	__u64 a;
	__u64 b;
};

/*
 * Parameters of the call: 0 value in, 1 and 2 values out, as the worker's
 * commands have them. With memref[0] given, parameters 2 and 3 are memrefs of
 * the buffers with those handles, as ECHO has them: filled with the pattern
 * from in.a before the call, and compared with its inverse after.
 */
struct lab_tee_invoke {
	__u32 cmd;		/* in */
	__s32 error;		/* out: 0 or -errno of tee_client_invoke_func() */
	__u32 result;		/* out: TEEC_Result when error is 0 */
	__u32 origin;		/* out */
	struct lab_tee_value in;
	struct lab_tee_value out[2];
	__u32 memref[LAB_TEE_MEMREFS];	/* in: handles; 0 is none */
	__u32 wrong_bytes;	/* out */
	__u32 pad;
	__u64 asked;		/* out: CNTVCT_EL0 before and after */
	__u64 returned;
	__s64 asked_ns;		/* out: CLOCK_MONOTONIC before and after */
	__s64 returned_ns;
};

/* As struct tee_ioctl_param, but a memref is in the buffer named beside it. */
struct lab_tee_param {
	__u64 attr;
	__u64 a;		/* of a memref: offset */
	__u64 b;		/* of a memref: size */
};

#define LAB_TEE_PARAMS		4
#define LAB_TEE_DATA		512

/*
 * Any parameters. Where a memref is among them, the head of the buffer has the
 * bytes of @data before the call, and @data those of the buffer after it.
 */
struct lab_tee_raw {
	__u32 cmd;		/* in */
	__s32 error;		/* out, as in struct lab_tee_invoke */
	__u32 result;
	__u32 origin;
	__u32 memory;		/* in: handle of the buffer; 0 is none */
	__u32 pad;
	struct lab_tee_param param[LAB_TEE_PARAMS];
	__u8 data[LAB_TEE_DATA];
};

struct lab_tee_alloc {
	__u32 size;		/* in */
	__u32 handle;		/* out: never 0 */
};

#define LAB_TEE_OPEN	_IOWR('l', 1, struct lab_tee_open)
#define LAB_TEE_INVOKE	_IOWR('l', 2, struct lab_tee_invoke)
/* Registers memory with the secure world; FREE unregisters it (EBUSY: in use). */
#define LAB_TEE_ALLOC	_IOWR('l', 3, struct lab_tee_alloc)
#define LAB_TEE_FREE	_IO('l', 4)
/* Ends the session and the client; the file may OPEN again. */
#define LAB_TEE_CLOSE	_IO('l', 5)
#define LAB_TEE_RAW	_IOWR('l', 6, struct lab_tee_raw)

#endif /* LAB_TEE_H */
