/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The OP-TEE message protocol, as the normal world sees it.
 *
 * Numbers and layouts are those of OP-TEE OS, core/include/optee_msg.h; the
 * wording is ours. Messages live in memory that the secure world writes too:
 * read a field once, check it, and use the copy.
 */
#ifndef OPTEE_MSG_ABI_H
#define OPTEE_MSG_ABI_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/* struct optee_msg_param.attr, bits 7:0: what the union holds */
enum optee_msg_type {
	OPTEE_MSG_NONE		= 0x0,
	OPTEE_MSG_VALUE_IN	= 0x1,
	OPTEE_MSG_VALUE_OUT	= 0x2,
	OPTEE_MSG_VALUE_INOUT	= 0x3,
	OPTEE_MSG_RMEM_IN	= 0x5,
	OPTEE_MSG_RMEM_OUT	= 0x6,
	OPTEE_MSG_RMEM_INOUT	= 0x7,
	OPTEE_MSG_TMEM_IN	= 0x9,
	OPTEE_MSG_TMEM_OUT	= 0xa,
	OPTEE_MSG_TMEM_INOUT	= 0xb,
};

#define OPTEE_MSG_TYPE_MASK	GENMASK(7, 0)
/* For OP-TEE itself, not for the trusted application */
#define OPTEE_MSG_META		BIT(8)
/* tmem.buf_ptr is a chain of page lists, struct optee_msg_page_list */
#define OPTEE_MSG_NONCONTIG	BIT(9)
/* tmem only: caching of the memory, 0 where it is known beforehand */
#define OPTEE_MSG_CACHE_SHIFT	16
#define OPTEE_MSG_CACHE_MASK	GENMASK(2, 0)

/**
 * struct optee_msg_tmem - memory named by its physical address
 * @buf_ptr: physical address of the memory, or of its page list with the
 *	     offset into the first page in bits 11:0
 * @size: bytes
 * @shm_ref: cookie by which OP-TEE speaks of this memory later
 */
struct optee_msg_tmem {
	u64 buf_ptr;
	u64 size;
	u64 shm_ref;
};

/**
 * struct optee_msg_rmem - part of memory registered before
 * @offs: bytes from the start of the registered memory
 * @size: bytes
 * @shm_ref: cookie it was registered under
 */
struct optee_msg_rmem {
	u64 offs;
	u64 size;
	u64 shm_ref;
};

/**
 * struct optee_msg_value - three numbers OP-TEE passes on unread
 * @a: first
 * @b: second
 * @c: third
 */
struct optee_msg_value {
	u64 a;
	u64 b;
	u64 c;
};

/**
 * struct optee_msg_param - one parameter of a message
 * @attr: an enum optee_msg_type and the flags above
 * @u: what @attr says
 */
struct optee_msg_param {
	u64 attr;
	union {
		struct optee_msg_tmem tmem;
		struct optee_msg_rmem rmem;
		struct optee_msg_value value;
		u8 octets[24];
	} u;
};

static_assert(sizeof(struct optee_msg_param) == 32);

/**
 * struct optee_msg_arg - a message, in either direction
 * @cmd: enum optee_msg_cmd, or enum optee_rpc_cmd in an RPC
 * @func: OPTEE_MSG_CMD_INVOKE_COMMAND: the trusted application's command
 * @session: which session; an output of OPTEE_MSG_CMD_OPEN_SESSION
 * @cancel_id: names the request to OPTEE_MSG_CMD_CANCEL
 * @pad: zero
 * @ret: TEEC_* result
 * @ret_origin: TEEC_ORIGIN_*, who made @ret
 * @num_params: entries in @params
 * @params: the parameters, those with OPTEE_MSG_META first
 */
struct optee_msg_arg {
	u32 cmd;
	u32 func;
	u32 session;
	u32 cancel_id;
	u32 pad;
	u32 ret;
	u32 ret_origin;
	u32 num_params;
	struct optee_msg_param params[];
};

static_assert(sizeof(struct optee_msg_arg) == 32);

/* Bytes of a message with @n parameters; @n is checked by the caller */
#define OPTEE_MSG_SIZE(n) \
	(sizeof(struct optee_msg_arg) + sizeof(struct optee_msg_param) * (n))

/* Page lists speak of pages of this size, whatever the kernel's own is */
#define OPTEE_MSG_PAGE_SIZE	4096
#define OPTEE_MSG_PAGES_A_LIST	(OPTEE_MSG_PAGE_SIZE / sizeof(u64) - 1)

/**
 * struct optee_msg_page_list - where the pages of some memory are
 * @pages: physical addresses of pages of OPTEE_MSG_PAGE_SIZE, in order
 * @next: physical address of the list that goes on with the next page
 */
struct optee_msg_page_list {
	u64 pages[OPTEE_MSG_PAGES_A_LIST];
	u64 next;
};

static_assert(sizeof(struct optee_msg_page_list) == OPTEE_MSG_PAGE_SIZE);

/* struct optee_msg_arg.cmd in a call of the secure world */
enum optee_msg_cmd {
	/* meta value: UUID of the TA; meta value: client UUID, c = login */
	OPTEE_MSG_CMD_OPEN_SESSION	= 0,
	OPTEE_MSG_CMD_INVOKE_COMMAND	= 1,
	OPTEE_MSG_CMD_CLOSE_SESSION	= 2,
	OPTEE_MSG_CMD_CANCEL		= 3,
	/* tmem with OPTEE_MSG_NONCONTIG: the memory and its cookie */
	OPTEE_MSG_CMD_REGISTER_SHM	= 4,
	/* rmem: the cookie, offset and size 0 */
	OPTEE_MSG_CMD_UNREGISTER_SHM	= 5,
	OPTEE_MSG_CMD_DO_BOTTOM_HALF	= 6,
	OPTEE_MSG_CMD_STOP_ASYNC_NOTIF	= 7,
};

/* CALLS_UID: 384fb3e0-e7f8-11e3-af63-0002a5d5c51b */
#define OPTEE_MSG_UID_0		0x384fb3e0
#define OPTEE_MSG_UID_1		0xe7f811e3
#define OPTEE_MSG_UID_2		0xaf630002
#define OPTEE_MSG_UID_3		0xa5d5c51b

/* CALLS_REVISION this driver speaks */
#define OPTEE_MSG_REVISION_MAJOR	2
#define OPTEE_MSG_REVISION_MINOR	0

/*
 * GlobalPlatform TEE Client API 1.0, table 4-2 (TEEC_*): the results this
 * driver makes or looks at
 */
#define TEEC_SUCCESS			0x00000000
#define TEEC_ERROR_GENERIC		0xffff0000
#define TEEC_ERROR_CANCEL		0xffff0002
#define TEEC_ERROR_EXCESS_DATA		0xffff0004
#define TEEC_ERROR_BAD_FORMAT		0xffff0005
#define TEEC_ERROR_BAD_PARAMETERS	0xffff0006
#define TEEC_ERROR_BAD_STATE		0xffff0007
#define TEEC_ERROR_ITEM_NOT_FOUND	0xffff0008
#define TEEC_ERROR_NOT_SUPPORTED	0xffff000a
#define TEEC_ERROR_OUT_OF_MEMORY	0xffff000c
#define TEEC_ERROR_BUSY			0xffff000d
#define TEEC_ERROR_COMMUNICATION	0xffff000e
#define TEEC_ERROR_SHORT_BUFFER		0xffff0010
/* TEE Internal Core API; OP-TEE hands these through RPCs too */
#define TEE_ERROR_TIMEOUT		0xffff3001
#define TEE_ERROR_STORAGE_NOT_AVAILABLE	0xf0100003

/* Table 4-3: who made a result */
#define TEEC_ORIGIN_API			0x1
#define TEEC_ORIGIN_COMMS		0x2
#define TEEC_ORIGIN_TEE			0x3

#endif /* OPTEE_MSG_ABI_H */
