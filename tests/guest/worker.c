// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TEE's ioctls, and the lab's worker called through them or, for kernel
 * clients, through /dev/lab_tee.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "gt.h"
#include "lab_tee.h"
#include "worker_ta.h"

const uint8_t worker_uuid[16] = {
	0xf5, 0x36, 0x8b, 0x44, 0xd8, 0xab, 0x45, 0x70,
	0x8e, 0x20, 0x09, 0xac, 0xb9, 0xb1, 0xa2, 0xc4,
};

const uint8_t worker_scmi_uuid[16] = {
	0xa8, 0xcf, 0xe4, 0x06, 0xd4, 0xf5, 0x4a, 0x2e,
	0x9f, 0x8d, 0xa2, 0x5d, 0xc7, 0x54, 0xc0, 0x99,
};

#define MAX_PARAMS 8
#define MAX_SESSIONS 200

int tee_open(void)
{
	int fd = open("/dev/tee0", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		broken("/dev/tee0: %s", strerror(errno));
	return fd;
}

int tee_supp_open(void)
{
	int fd = open("/dev/teepriv0", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	keep_from_children(fd);
	return fd;
}

static int buf_ioctl(int fd, unsigned long request, void *arg, size_t size)
{
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)arg,
		.buf_len = size,
	};

	return ioctl(fd, request, &buf) ? -errno : 0;
}

int tee_open_session(int fd, const uint8_t uuid[16], uint32_t *session,
		     uint32_t *ret)
{
	struct tee_ioctl_open_session_arg arg = { .ret = ~0u };
	int rc;

	memcpy(arg.uuid, uuid, sizeof(arg.uuid));
	rc = buf_ioctl(fd, TEE_IOC_OPEN_SESSION, &arg, sizeof(arg));
	*session = arg.session;
	*ret = arg.ret;
	return rc;
}

int tee_invoke(int fd, uint32_t session, uint32_t func, uint32_t cancel_id,
	       struct tee_ioctl_param *params, unsigned int num, uint32_t *ret)
{
	struct {
		struct tee_ioctl_invoke_arg arg;
		struct tee_ioctl_param params[MAX_PARAMS];
	} buf = {
		.arg = {
			.func = func,
			.session = session,
			.cancel_id = cancel_id,
			.ret = ~0u,
			.num_params = num,
		},
	};
	int rc;

	memcpy(buf.params, params, num * sizeof(*params));
	rc = buf_ioctl(fd, TEE_IOC_INVOKE, &buf,
		       sizeof(buf.arg) + num * sizeof(*params));
	memcpy(params, buf.params, num * sizeof(*params));
	*ret = buf.arg.ret;
	return rc;
}

int tee_close_session(int fd, uint32_t session)
{
	struct tee_ioctl_close_session_arg arg = { .session = session };

	return ioctl(fd, TEE_IOC_CLOSE_SESSION, &arg) ? -errno : 0;
}

int tee_cancel(int fd, uint32_t session, uint32_t cancel_id)
{
	struct tee_ioctl_cancel_arg arg = {
		.cancel_id = cancel_id,
		.session = session,
	};

	return ioctl(fd, TEE_IOC_CANCEL, &arg) ? -errno : 0;
}

int tee_shm_alloc(int fd, size_t size, int *id)
{
	struct tee_ioctl_shm_alloc_data data = { .size = size };
	int shm = ioctl(fd, TEE_IOC_SHM_ALLOC, &data);

	*id = data.id;
	return shm < 0 ? -errno : shm;
}

int tee_shm_register(int fd, void *memory, size_t size, int *id)
{
	struct tee_ioctl_shm_register_data data = {
		.addr = (uintptr_t)memory,
		.length = size,
	};
	int shm = ioctl(fd, TEE_IOC_SHM_REGISTER, &data);

	*id = data.id;
	return shm < 0 ? -errno : shm;
}

static int open_user(struct worker *worker, uint32_t *why)
{
	int rc;

	worker->fd = tee_open();
	rc = tee_open_session(worker->fd, worker_uuid, &worker->session, why);
	if (!rc && *why)
		rc = -EIO;
	if (rc)
		close(worker->fd);
	return rc;
}

static bool has_system_sessions(void);

static int open_kernel(struct worker *worker, uint32_t *why)
{
	struct lab_tee_open req = { .kind = LAB_TEE_KERNEL };
	const uint8_t *uuid = worker_uuid;
	int rc;

	if (worker->kind == SYSTEM && !has_system_sessions())
		uuid = worker_scmi_uuid;
	else if (worker->kind == SYSTEM)
		req.kind = LAB_TEE_SYSTEM;
	load_module("lab_tee", "");
	worker->fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	if (worker->fd < 0)
		broken("/dev/lab_tee: %s", strerror(errno));
	memcpy(req.uuid, uuid, sizeof(req.uuid));
	rc = ioctl(worker->fd, LAB_TEE_OPEN, &req) ? -errno : 0;
	*why = req.result;
	if (rc)
		close(worker->fd);
	return rc;
}

/* tee_client_system_session() */
static bool has_system_sessions(void)
{
	struct lab_tee_open req = { .kind = LAB_TEE_SYSTEM };
	static int known = -1;
	int fd;

	if (known >= 0)
		return known;
	load_module("lab_tee", "");
	fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	memcpy(req.uuid, worker_uuid, sizeof(req.uuid));
	known = !ioctl(fd, LAB_TEE_OPEN, &req) || errno != EOPNOTSUPP;
	close(fd);
	return known;
}

enum kind system_kind(void)
{
	if (!is_ours() && !has_system_sessions())
		skip("this kernel has no system sessions");
	return SYSTEM;
}

int worker_try(struct worker *worker, enum kind kind, uint32_t *why)
{
	worker->kind = kind;
	*why = 0;
	return kind == USER ? open_user(worker, why) : open_kernel(worker, why);
}

void worker_open(struct worker *worker, enum kind kind)
{
	uint32_t why;
	int rc = worker_try(worker, kind, &why);

	if (rc)
		broken("no session with the worker: %s, %#x", strerror(-rc),
		       why);
}

void worker_close(struct worker *worker)
{
	close(worker->fd);
}

static uint32_t call_kernel(struct worker *worker, uint32_t cmd, uint32_t a,
			    uint64_t *entered_ms)
{
	struct lab_tee_invoke req = { .cmd = cmd, .in = { .a = a } };

	if (ioctl(worker->fd, LAB_TEE_INVOKE, &req))
		return -errno;
	*entered_ms = req.out[0].a | req.out[0].b << 32;
	return req.error ? (uint32_t)req.error : req.result;
}

static uint32_t call_user(struct worker *worker, uint32_t cmd, uint32_t a,
			  uint32_t cancel_id, uint64_t *entered_ms)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, .a = a,
		  .b = getpid() },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	uint32_t ret;
	int rc = tee_invoke(worker->fd, worker->session, cmd, cancel_id, params,
			    4, &ret);

	*entered_ms = params[1].a | params[1].b << 32;
	return rc ? (uint32_t)rc : ret;
}

uint32_t worker_call(struct worker *worker, uint32_t cmd, uint32_t a,
		     uint32_t cancel_id, struct call *call)
{
	struct call mine;
	uint64_t entered_ms = 0;

	if (!call)
		call = &mine;
	call->returned = 0;
	call->asked = now_us();
	if (worker->kind == USER)
		call->result = call_user(worker, cmd, a, cancel_id,
					 &entered_ms);
	else
		call->result = call_kernel(worker, cmd, a, &entered_ms);
	call->entered = (entered_ms + 1) * 1000;
	call->returned = now_us();
	return call->result;
}

unsigned int worker_room(void)
{
	uint32_t session, ret;
	unsigned int n = 0;
	int fd = tee_open();

	while (n < MAX_SESSIONS &&
	       !tee_open_session(fd, worker_uuid, &session, &ret) && !ret)
		n++;
	close(fd);
	return n;
}

static void sane_body(void *arg)
{
	struct worker worker;
	uint32_t why = 0;
	int rc = worker_try(&worker, USER, &why);

	if (!rc)
		why = worker_call(&worker, WORKER_CMD_STORE, 64, 0, NULL);
	*(uint32_t *)arg = rc ? (why ? why : (uint32_t)rc) : why;
}

void sane(void)
{
	uint32_t *result = shared(sizeof(*result));
	pid_t pid;

	*result = ~0u;
	pid = spawn("gt-sane", sane_body, result);
	if (!await(gone(pid), 10000))
		broken("an ordinary call hangs afterwards");
	if (*result)
		broken("an ordinary call fails afterwards: %#x", *result);
}

/* --- actors --------------------------------------------------------------- */

static void act(void *arg)
{
	struct actor *actor = arg;
	uint32_t times = actor->times ? actor->times : 1;
	struct worker worker;

	worker_open(&worker, actor->kind);
	actor->ready = true;
	while (!actor->go)
		sleep_ms(2);
	sleep_until(actor->go + actor->at_ms * 1000ull);
	for (; actor->done < times; actor->done++)
		if (worker_call(&worker, actor->cmd, actor->arg, 1,
				&actor->call))
			break;
	while (actor->stays)
		sleep_ms(1000);
	worker_close(&worker);
}

struct actor *actors_new(unsigned int n)
{
	return shared(n * sizeof(struct actor));
}

void actor_open(struct actor *actor)
{
	actor->pid = spawn(actor->name ? actor->name : "gt-actor", act, actor);
	if (!await(actor->ready, 15000))
		broken("%s has no session", actor->name);
}

void actors_go(struct actor *actors, unsigned int n)
{
	uint64_t go = now_us() + 50000;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!actors[i].ready)
			actor_open(&actors[i]);
	go = now_us() + 50000;
	for (i = 0; i < n; i++)
		actors[i].go = go;
}

static unsigned int num_holders;

struct actor *hold_threads(unsigned int ms)
{
	struct actor *holders;
	unsigned int i;

	num_holders = user_threads();
	holders = actors_new(num_holders);
	for (i = 0; i < num_holders; i++) {
		holders[i].name = "gt-holder";
		holders[i].cmd = WORKER_CMD_SLEEP;
		holders[i].arg = ms;
	}
	actors_go(holders, num_holders);
	for (i = 0; i < num_holders; i++)
		if (!await(holders[i].call.asked, 5000))
			broken("a holder does not call");
	sleep_ms(200);
	return holders;
}

struct actor *flood_start(unsigned int n, unsigned int ms)
{
	struct actor *flood = actors_new(n);
	unsigned int i;

	for (i = 0; i < n; i++) {
		flood[i].name = "gt-flood";
		flood[i].cmd = WORKER_CMD_SLEEP;
		flood[i].arg = ms;
		flood[i].times = 10000;
	}
	actors_go(flood, n);
	sleep_ms(500);
	return flood;
}

bool is_held(const struct actor *holders, uint64_t from)
{
	unsigned int i;

	for (i = 0; i < num_holders; i++)
		if (!holders[i].call.asked || holders[i].call.asked > from ||
		    holders[i].call.returned)
			return false;
	return true;
}
