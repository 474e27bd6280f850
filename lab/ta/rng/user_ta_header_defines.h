/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One instance for all sessions: there is one client. It has no state to keep.
 */
#ifndef USER_TA_HEADER_DEFINES_H
#define USER_TA_HEADER_DEFINES_H

#include "rng_ta.h"

#define TA_UUID		RNG_TA_UUID

#define TA_FLAGS	(TA_FLAG_SINGLE_INSTANCE | TA_FLAG_MULTI_SESSION | \
			 TA_FLAG_DEVICE_ENUM)
#define TA_STACK_SIZE	(2 * 1024)
#define TA_DATA_SIZE	(4 * 1024)
#define TA_VERSION	"1.0"
#define TA_DESCRIPTION	"optee-systhreads lab: random numbers"

#endif /* USER_TA_HEADER_DEFINES_H */
