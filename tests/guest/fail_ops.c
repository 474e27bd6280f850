// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations that allocations fail in: what each needs, does and leaves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "fail_ops.h"
#include "gt.h"
#include "lab_tee.h"
#include "worker_ta.h"

#define SHM_SIZE	20000

#define TEE_TARGET_DEAD	0xffff3024u

/* What an operation works on; -1: there is none */
static int ctx, shm_fd, lab_fd;
static int shm_id;
static uint32_t session;
static uint8_t *memory;
static struct lab_tee_alloc lab_memory;
/* The session of the time before is still good */
static bool kept;

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void must(bool went, const char *what)
{
	if (!went)
		broken("%s does not work", what);
}

/* --- what they need and leave --------------------------------------------- */

static void need_ctx(void)
{
	ctx = tee_open();
}

/* What stays pinned by mistake is not there again the next time */
static void need_new_pages(void)
{
	need_ctx();
	must(!madvise(memory, SHM_SIZE * 2, MADV_DONTNEED), "madvise");
}

static void need_session(void)
{
	uint32_t ret;

	if (kept)
		return;
	need_ctx();
	must(!tee_open_session(ctx, worker_uuid, &session, &ret) && !ret,
	     "opening a session");
}

static void need_allocated(void)
{
	need_session();
	shm_fd = tee_shm_alloc(ctx, SHM_SIZE, &shm_id);
	must(shm_fd >= 0, "allocating memory");
}

static void need_registered(void)
{
	need_session();
	shm_fd = tee_shm_register(ctx, memory + 77, SHM_SIZE, &shm_id);
	must(shm_fd >= 0, "registering memory");
}

static void leave(void)
{
	drop(&shm_fd);
	drop(&ctx);
	kept = false;
}

static void need_lab(void)
{
	lab_fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	must(lab_fd >= 0, "/dev/lab_tee");
}

static long lab_open(void)
{
	struct lab_tee_open req = { .kind = LAB_TEE_SYSTEM };

	memcpy(req.uuid, worker_uuid, sizeof(req.uuid));
	return ioctl(lab_fd, LAB_TEE_OPEN, &req) ? -errno : 0;
}

static void need_lab_session(void)
{
	need_lab();
	must(!lab_open(), "a session of the kernel");
}

static long lab_alloc(void)
{
	lab_memory.size = SHM_SIZE;
	return ioctl(lab_fd, LAB_TEE_ALLOC, &lab_memory) ? -errno : 0;
}

static void need_lab_memory(void)
{
	need_lab_session();
	must(!lab_alloc(), "memory of the kernel");
}

static void leave_lab(void)
{
	drop(&lab_fd);
}

/* --- what they do: 0, a result of the TEE, or -errno ----------------------- */

static long run_open(void)
{
	ctx = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	return ctx < 0 ? -errno : 0;
}

/* With a session and memory open: what a process leaves when it ends */
static long run_close(void)
{
	close(shm_fd);
	close(ctx);
	shm_fd = -1;
	ctx = -1;
	return 0;
}

static long run_open_session(void)
{
	uint32_t ret;
	int rc = tee_open_session(ctx, worker_uuid, &session, &ret);

	return rc ?: (long)ret;
}

static long run_close_session(void)
{
	return tee_close_session(ctx, session);
}

static long invoke(uint32_t cmd, struct tee_ioctl_param *params)
{
	uint32_t ret;
	int rc = tee_invoke(ctx, session, cmd, 0, params, 4, &ret);

	return rc ?: (long)ret;
}

static long run_invoke(void)
{
	struct tee_ioctl_param params[4] = { 0 };

	return invoke(WORKER_CMD_NOP, params);
}

/* It asks tee-supplicant for a lot: files, and memory for them */
static long run_store(void)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, .a = 1000,
		  .b = 1 },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	return invoke(WORKER_CMD_STORE, params);
}

/* Byte i of the memory is i, and comes back inverted */
static long run_echo(void)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		  .b = SHM_SIZE, .c = shm_id },
	};
	long rc = invoke(WORKER_CMD_ECHO, params);
	unsigned int i;

	for (i = 0; !rc && i < SHM_SIZE; i++)
		if (memory[77 + i] != (uint8_t)~i)
			fault("wrong bytes");
	return rc;
}

static void need_pattern(void)
{
	unsigned int i;

	need_registered();
	for (i = 0; i < SHM_SIZE; i++)
		memory[77 + i] = i;
}

static long run_alloc(void)
{
	shm_fd = tee_shm_alloc(ctx, SHM_SIZE, &shm_id);
	return shm_fd < 0 ? shm_fd : 0;
}

static long run_register(void)
{
	shm_fd = tee_shm_register(ctx, memory + 77, SHM_SIZE, &shm_id);
	return shm_fd < 0 ? shm_fd : 0;
}

static long run_free(void)
{
	close(shm_fd);
	shm_fd = -1;
	return 0;
}

/* As libteec makes a temporary reference: memory for the one call */
static long run_temporary(void)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		  .b = SHM_SIZE },
	};
	long rc = run_alloc();

	if (rc)
		return rc;
	params[0].c = shm_id;
	rc = invoke(WORKER_CMD_NOP, params);
	run_free();
	return rc;
}

/* There is no call to cancel: OP-TEE says so, and that is fine */
static long run_cancel(void)
{
	int rc = tee_cancel(ctx, session, 7);

	return rc == -ENOMEM ? rc : 0;
}

static long run_lab_invoke(void)
{
	struct lab_tee_invoke req = {
		.cmd = WORKER_CMD_ECHO,
		.memref = { lab_memory.handle },
	};

	if (ioctl(lab_fd, LAB_TEE_INVOKE, &req))
		return -errno;
	if (!req.error && !req.result && req.wrong_bytes)
		fault("wrong bytes");
	return req.error ?: (long)req.result;
}

static long run_lab_close(void)
{
	close(lab_fd);
	lab_fd = -1;
	return 0;
}

static long run_holders(void)
{
	char text[4096];
	bool went = read_text("/sys/kernel/debug/optee/firmware:optee/holders",
			      text, sizeof(text));

	return went ? 0 : -errno;
}

static void nothing(void)
{
}

static long load_driver(void)
{
	char path[64], name[16] = "";
	int fd, rc;

	must(read_text("/etc/lab/driver", name, sizeof(name)), "the lab");
	snprintf(path, sizeof(path), "/lib/modules/%s/optee.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0, "finding the driver");
	rc = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return rc;
}

static void unload_driver(void)
{
	if (!await(unload_module("optee") || errno == ENOENT, FAIL_SETTLE_MS))
		fault("the driver cannot be unloaded: %s", strerror(errno));
}

/* --- the operations ------------------------------------------------------- */

const struct op ops[] = {
	{ "open", nothing, run_open, leave, ALLOCATES },
	{ "close", need_allocated, run_close, leave, IN_CROWD },
	{ "open-session", need_ctx, run_open_session, leave,
	  IN_CROWD | ALLOCATES },
	{ "close-session", need_session, run_close_session, leave, IN_CROWD },
	{ "invoke", need_session, run_invoke, leave, IN_CROWD | KEEPS },
	{ "invoke-registered", need_pattern, run_echo, leave,
	  IN_CROWD | KEEPS },
	{ "invoke-temporary", need_session, run_temporary, leave,
	  IN_CROWD | ALLOCATES | KEEPS },
	{ "invoke-storage", need_session, run_store, leave,
	  ALLOCATES | KEEPS },
	{ "alloc", need_ctx, run_alloc, leave,
	  IN_CROWD | ALLOCATES | TAKES_PAGES },
	{ "register", need_new_pages, run_register, leave,
	  IN_CROWD | ALLOCATES | TAKES_PAGES },
	{ "free", need_allocated, run_free, leave, IN_CROWD | KEEPS },
	{ "cancel", need_session, run_cancel, leave, IN_CROWD | KEEPS },
	{ "kernel-open", need_lab, lab_open, leave_lab,
	  IN_CROWD | ALLOCATES | IN_KERNEL },
	{ "kernel-alloc", need_lab_session, lab_alloc, leave_lab,
	  IN_CROWD | ALLOCATES | IN_KERNEL },
	{ "kernel-invoke", need_lab_memory, run_lab_invoke, leave_lab,
	  IN_CROWD | IN_KERNEL },
	{ "kernel-close", need_lab_memory, run_lab_close, leave_lab,
	  IN_CROWD | IN_KERNEL },
	{ "holders", nothing, run_holders, nothing, ALLOCATES | IN_KERNEL },
};

const unsigned int num_ops = ARRAY_SIZE(ops);

const struct op op_register = {
	"register", need_ctx, run_register, leave, ALLOCATES
};

const struct op op_load = {
	"load", nothing, load_driver, unload_driver, ALLOCATES
};

void op_end(const struct op *op, long rc)
{
	if ((op->flags & KEEPS) && rc != TEE_TARGET_DEAD) {
		drop(&shm_fd);
		kept = true;
	} else {
		op->leave();
	}
}

void ops_begin(void)
{
	ctx = -1;
	shm_fd = -1;
	lab_fd = -1;
	load_module("lab_tee", "");
	memory = mmap(NULL, SHM_SIZE * 2, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(memory != MAP_FAILED, "mmap");
	memset(memory, 1, SHM_SIZE * 2);
}
