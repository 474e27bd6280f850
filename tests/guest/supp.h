/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A supplicant of the test's own, which may answer as it likes; and an episode
 * with a caller whose call it is asked in, for the tests of bad supplicants.
 */
#ifndef GT_SUPP_H
#define GT_SUPP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/tee.h>

#define SUPP_PARAMS	6

#define SUPP_LOAD_TA	0
#define SUPP_SHM_ALLOC	6
#define SUPP_SHM_FREE	7

#define SUPP_NOT_FOUND		0xffff0008	/* TEEC_ERROR_ITEM_NOT_FOUND */
#define SUPP_PATIENCE_MS	5000

struct supp_request {
	uint32_t func;
	uint32_t num_params;		/* with the one that has the id */
	struct tee_ioctl_param params[SUPP_PARAMS];
};

/* 0 or -errno; -EINTR when the time was up */
int supp_recv_raw(int fd, void *arg, uint64_t size, unsigned int ms);
int supp_recv(int fd, struct supp_request *request, unsigned int ms);
bool supp_recv_within(int fd, struct supp_request *request, unsigned int ms);
/* Send the request's parameters, as they are now; 0 or -errno */
int supp_send(int fd, const struct supp_request *request, uint32_t ret);
/* Memory is to be had, and nothing else; @at: where its parameter is */
int supp_serve_little(int fd, struct supp_request *request, unsigned int at);

/* --- an episode ----------------------------------------------------------- */

/* A process that opens a session with the worker, and ends */
struct supp_caller {
	pid_t pid;
	volatile bool done;
	volatile bool opened;
};

extern struct supp_caller *supp_caller;
/* The device that this test's process is the supplicant with, or -1 */
extern int supp_fd;

void supp_start_caller(void);
void supp_open(void);
/* Open, start a caller, and serve it until OP-TEE asks for the worker's file */
void supp_begin(struct supp_request *request);
/* The caller comes back, and has no session */
void supp_need_answer(void);
/* Whatever else OP-TEE asks for is not there */
void supp_refuse_all(unsigned int ms);
/*
 * The device is closed only when all of its memory is let go of: by OP-TEE's
 * last requests, and here.
 */
void supp_leave(void);
/* Leave; the real tee-supplicant is back, and calls go through */
void supp_restore(void);
void supp_must_refuse(const char *what, int rc);

#endif /* GT_SUPP_H */
