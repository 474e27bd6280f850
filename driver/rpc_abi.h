/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What OP-TEE asks of the normal world while a call is under way.
 *
 * Numbers are those of OP-TEE OS, core/include/optee_rpc_cmd.h. Only what the
 * driver serves itself is here; every other command goes to tee-supplicant
 * unread.
 */
#ifndef OPTEE_RPC_ABI_H
#define OPTEE_RPC_ABI_H

/* struct optee_msg_arg.cmd in an RPC; "in" and "out" as OP-TEE sees them */
enum optee_rpc_cmd {
	/* out value[0]: a = seconds, b = nanoseconds since the Epoch */
	OPTEE_RPC_CMD_GET_TIME		= 3,
	/* in value[0]: a = enum optee_rpc_notification, b = value,
	 * c = time-out of a wait in milliseconds, 0 for none
	 */
	OPTEE_RPC_CMD_NOTIFICATION	= 4,
	/* in value[0]: a = milliseconds */
	OPTEE_RPC_CMD_SUSPEND		= 5,
	/* in value[0]: a = enum optee_rpc_shm, b = bytes, c = alignment;
	 * out tmem[0]: the memory
	 */
	OPTEE_RPC_CMD_SHM_ALLOC		= 6,
	/* in value[0]: a = enum optee_rpc_shm, b = cookie */
	OPTEE_RPC_CMD_SHM_FREE		= 7,
	/* in value[0]: a = enum optee_rpc_i2c, b = adapter, c = address;
	 * in value[1]: a = flags; inout memref[2]: data;
	 * out value[3]: a = bytes moved
	 */
	OPTEE_RPC_CMD_I2C_TRANSFER	= 21,
	/* out value[0]: a = enum optee_rpc_shm to use for the two below */
	OPTEE_RPC_CMD_RPMB_PROBE_RESET	= 22,
	/* out value[0]: a = enum optee_rpc_rpmb, b = EXT_CSD[168],
	 * c = EXT_CSD[222]; out memref[1]: CID
	 */
	OPTEE_RPC_CMD_RPMB_PROBE_NEXT	= 23,
	/* in memref[0]: frames to the device; out memref[1]: its answer */
	OPTEE_RPC_CMD_RPMB_FRAMES	= 24,
};

/* Who shares memory that OP-TEE asks for */
enum optee_rpc_shm {
	OPTEE_RPC_SHM_APPL		= 0,	/* tee-supplicant */
	OPTEE_RPC_SHM_KERNEL		= 1,	/* this driver */
	OPTEE_RPC_SHM_GLOBAL		= 2,	/* kernel, shown to user space */
};

enum optee_rpc_notification {
	OPTEE_RPC_NOTIFICATION_WAIT	= 0,
	OPTEE_RPC_NOTIFICATION_SEND	= 1,
};

enum optee_rpc_i2c {
	OPTEE_RPC_I2C_READ		= 0,
	OPTEE_RPC_I2C_WRITE		= 1,
};

/* OPTEE_RPC_CMD_I2C_TRANSFER flags */
#define OPTEE_RPC_I2C_TEN_BIT		BIT(0)

enum optee_rpc_rpmb {
	OPTEE_RPC_RPMB_EMMC		= 0,
};

#endif /* OPTEE_RPC_ABI_H */
