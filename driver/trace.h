/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace points: what the queue decided, when, and what crossed to the secure
 * world. Names and fields are ABI, docs/ABI/sysfs-driver-optee names them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM optee

#if !defined(OPTEE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OPTEE_TRACE_H

#include <linux/arm-smccc.h>
#include <linux/tracepoint.h>
#include <linux/uuid.h>

#include "call.h"
#include "smc/smc_abi.h"

TRACE_DEFINE_ENUM(OPTEE_CQ_USER);
TRACE_DEFINE_ENUM(OPTEE_CQ_KERNEL);
TRACE_DEFINE_ENUM(OPTEE_CQ_SYSTEM);
TRACE_DEFINE_ENUM(OPTEE_CQ_UNBLOCK);

#define optee_trace_class(class)			\
	__print_symbolic(class,				\
			 { OPTEE_CQ_USER, "user" },	\
			 { OPTEE_CQ_KERNEL, "kernel" },	\
			 { OPTEE_CQ_SYSTEM, "system" },	\
			 { OPTEE_CQ_UNBLOCK, "unblock" })

/*
 * The two that the kernel's own driver has too. What reads them there reads them
 * here: name, fields and text of both are as it has them.
 */
TRACE_EVENT(optee_invoke_fn_begin,
	TP_PROTO(const struct optee_smc_regs *regs),
	TP_ARGS(regs),

	TP_STRUCT__entry(
		__field(void *, param)
		__array(u32, args, 8)
	),

	TP_fast_assign(
		__entry->param = (void *)regs;
		memcpy(__entry->args, regs->a, sizeof(__entry->args));
	),

	TP_printk("param=%p (%x, %x, %x, %x, %x, %x, %x, %x)", __entry->param,
		  __entry->args[0], __entry->args[1], __entry->args[2],
		  __entry->args[3], __entry->args[4], __entry->args[5],
		  __entry->args[6], __entry->args[7])
);

TRACE_EVENT(optee_invoke_fn_end,
	TP_PROTO(const struct optee_smc_regs *regs,
		 const struct arm_smccc_res *res),
	TP_ARGS(regs, res),

	TP_STRUCT__entry(
		__field(void *, param)
		__array(unsigned long, rets, 4)
	),

	TP_fast_assign(
		__entry->param = (void *)regs;
		__entry->rets[0] = res->a0;
		__entry->rets[1] = res->a1;
		__entry->rets[2] = res->a2;
		__entry->rets[3] = res->a3;
	),

	TP_printk("param=%p ret (%lx, %lx, %lx, %lx)", __entry->param,
		  __entry->rets[0], __entry->rets[1],
		  __entry->rets[2], __entry->rets[3])
);

DECLARE_EVENT_CLASS(optee_call,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(int, slot)
		__field(unsigned int, class)
		__field(unsigned int, level)
		__field(u64, entry)
		__field(u32, cmd)
		__field(u32, session)
		__array(u8, uuid, UUID_SIZE)
	),

	TP_fast_assign(
		__entry->seq = call->cq.seq;
		__entry->slot = call->cq.slot;
		__entry->class = call->cq.class;
		__entry->level = call->cq.level;
		__entry->entry = call->cq.entry;
		__entry->cmd = call->cmd;
		__entry->session = call->session;
		memcpy(__entry->uuid, call->uuid.b, UUID_SIZE);
	),

	TP_printk("seq=%llu slot=%d class=%s level=%u entry=%llu cmd=%u session=%u uuid=%pUb",
		  __entry->seq, __entry->slot,
		  optee_trace_class(__entry->class), __entry->level,
		  __entry->entry, __entry->cmd, __entry->session,
		  __entry->uuid)
);

/* A caller found no slot that it may have, and waits */
DEFINE_EVENT(optee_call, optee_call_queue,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

/* A caller has a slot, at once or after waiting */
DEFINE_EVENT(optee_call, optee_call_grant,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

/* A caller gives its slot back; its call is over */
DEFINE_EVENT(optee_call, optee_call_leave,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

/* A nested call is refused because nothing could move otherwise */
DEFINE_EVENT(optee_call, optee_call_deadlock,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

/* A caller stops waiting without having got a slot */
TRACE_EVENT(optee_call_abort,
	TP_PROTO(const struct optee_call *call, int rc),
	TP_ARGS(call, rc),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(int, slot)
		__field(unsigned int, class)
		__field(int, rc)
	),

	TP_fast_assign(
		__entry->seq = call->cq.seq;
		__entry->slot = call->cq.slot;
		__entry->class = call->cq.class;
		__entry->rc = rc;
	),

	TP_printk("seq=%llu slot=%d class=%s rc=%d", __entry->seq,
		  __entry->slot, optee_trace_class(__entry->class),
		  __entry->rc)
);

DECLARE_EVENT_CLASS(optee_rpc,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(int, slot)
		__field(unsigned int, class)
		__field(int, rpc)
	),

	TP_fast_assign(
		__entry->seq = call->cq.seq;
		__entry->slot = call->cq.slot;
		__entry->class = call->cq.class;
		__entry->rpc = call->rpc_cmd;
	),

	TP_printk("seq=%llu slot=%d class=%s rpc=%d", __entry->seq,
		  __entry->slot, optee_trace_class(__entry->class),
		  __entry->rpc)
);

/* The secure world asks something; the caller keeps its slot meanwhile */
DEFINE_EVENT(optee_rpc, optee_rpc_begin,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

DEFINE_EVENT(optee_rpc, optee_rpc_end,
	TP_PROTO(const struct optee_call *call),
	TP_ARGS(call)
);

#endif /* OPTEE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

/* This part must be outside the guard */
#include <trace/define_trace.h>
