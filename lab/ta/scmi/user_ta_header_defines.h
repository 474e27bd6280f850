/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instance for all sessions, kept while none is open: its memory is the
 * state of the hardware. Not TA_FLAG_CONCURRENT, though OP-TEE's own service
 * has it: that is for pseudo apps; sessions of an app in user mode share one
 * stack, so OP-TEE lets them in one at a time.
 */
#ifndef USER_TA_HEADER_DEFINES_H
#define USER_TA_HEADER_DEFINES_H

#include "scmi_ta.h"

#define TA_UUID		SCMI_TA_UUID

#define TA_FLAGS	(TA_FLAG_SINGLE_INSTANCE | TA_FLAG_MULTI_SESSION | \
			 TA_FLAG_INSTANCE_KEEP_ALIVE | TA_FLAG_DEVICE_ENUM)
#define TA_STACK_SIZE	(4 * 1024)
#define TA_DATA_SIZE	(8 * 1024)
#define TA_VERSION	"1.0"
#define TA_DESCRIPTION	"optee-systhreads lab: SCMI clocks and regulators"

#endif /* USER_TA_HEADER_DEFINES_H */
