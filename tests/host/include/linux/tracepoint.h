/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace points that nobody listens to. Each macro is used with a semicolon
 * behind it, and something has to stand before that.
 */
#ifndef HOST_LINUX_TRACEPOINT_H
#define HOST_LINUX_TRACEPOINT_H

#define TP_PROTO(...)			__VA_ARGS__
#define TRACE_DEFINE_ENUM(value)	struct device
#define DECLARE_EVENT_CLASS(...)	struct device
#define TRACE_EVENT(name, proto, ...)					\
	static inline void trace_##name(proto)				\
	{								\
	}								\
	struct device
#define DEFINE_EVENT(class, name, proto, ...)				\
	TRACE_EVENT(name, proto, __VA_ARGS__)

#endif /* HOST_LINUX_TRACEPOINT_H */
