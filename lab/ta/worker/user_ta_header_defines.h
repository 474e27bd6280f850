/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What OP-TEE's SDK asks of a trusted app. No flags: every session gets an
 * instance, which goes with it. Stack and heap are as small as the app allows,
 * as floods open many sessions in little secure memory.
 */
#ifndef USER_TA_HEADER_DEFINES_H
#define USER_TA_HEADER_DEFINES_H

#include "worker_ta.h"

#ifdef WORKER_AS_SCMI
#define TA_UUID		WORKER_SCMI_UUID
#else
#define TA_UUID		WORKER_UUID
#endif

#define TA_FLAGS	0
#define TA_STACK_SIZE	(2 * 1024)
#define TA_DATA_SIZE	(4 * 1024)
#define TA_VERSION	"1.0"
#define TA_DESCRIPTION	"optee-systhreads lab: holds a secure thread"

#endif /* USER_TA_HEADER_DEFINES_H */
