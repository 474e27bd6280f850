/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What client.c and client_memory.c share.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <tee_client_api.h>

#include "scenario.h"

struct client {
	enum client_kind kind;
	TEEC_Context context;	/* these two for USER */
	TEEC_Session session;
	int fd;			/* /dev/lab_tee, for the others */
};

#endif /* CLIENT_H */
