/* SPDX-License-Identifier: GPL-2.0-only */
/* A supplicant of the test's own, which may answer as it likes. */
#ifndef GT_SUPP_H
#define GT_SUPP_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/tee.h>

#define SUPP_PARAMS	6

#define SUPP_LOAD_TA	0
#define SUPP_SHM_ALLOC	6
#define SUPP_SHM_FREE	7

struct supp_request {
	uint32_t func;
	uint32_t num_params;		/* with the one that has the id */
	struct tee_ioctl_param params[SUPP_PARAMS];
};

/* 0 or -errno; -EINTR when the time was up */
int supp_recv(int fd, struct supp_request *request, unsigned int ms);
bool supp_recv_within(int fd, struct supp_request *request, unsigned int ms);
/* Send the request's parameters, as they are now; 0 or -errno */
int supp_send(int fd, const struct supp_request *request, uint32_t ret);

#endif /* GT_SUPP_H */
