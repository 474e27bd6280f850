// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ordinary use: shared memory of all kinds, and a bit of everything at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gt.h"
#include "worker_ta.h"

#define MEMREF	TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT

/* Byte i is seed + i, and comes back inverted */
static const char *echo(struct worker *worker, uint8_t *memory, int id,
			size_t offset, size_t size)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, .a = size },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = MEMREF, .a = offset, .b = size, .c = id },
	};
	size_t i;
	uint32_t ret;

	for (i = 0; i < size; i++)
		memory[offset + i] = (uint8_t)(size + i);
	if (tee_invoke(worker->fd, worker->session, WORKER_CMD_ECHO, 0, params,
		       4, &ret))
		return strerror(errno);
	if (ret)
		return "an error of the worker";
	for (i = 0; i < size; i++)
		if (memory[offset + i] != (uint8_t)~(size + i))
			return "wrong bytes";
	return NULL;
}

static const char *echo_allocated(struct worker *worker, size_t offset,
				  size_t size)
{
	const char *wrong;
	void *memory;
	int id, fd = tee_shm_alloc(worker->fd, offset + size, &id);

	if (fd < 0)
		return "not allocated";
	memory = mmap(NULL, offset + size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED)
		return "not mapped";
	wrong = echo(worker, memory, id, offset, size);
	munmap(memory, offset + size);
	close(fd);
	return wrong;
}

static const char *echo_registered(struct worker *worker, size_t offset,
				   size_t size)
{
	uint8_t *memory = malloc(offset + size + 100);
	const char *wrong;
	int id, fd;

	memset(memory, 0, offset + size + 100);
	/* Most likely not at the beginning of a page */
	fd = tee_shm_register(worker->fd, memory + 77, offset + size, &id);
	if (fd < 0) {
		free(memory);
		return "not registered";
	}
	wrong = echo(worker, memory + 77, id, offset, size);
	close(fd);
	free(memory);
	return wrong;
}

static bool can_register(void)
{
	struct tee_ioctl_version_data version;
	int fd = tee_open();

	if (ioctl(fd, TEE_IOC_VERSION, &version))
		broken("no version");
	close(fd);
	return version.gen_caps & TEE_GEN_CAP_REG_MEM;
}

void shm(void)
{
	static const size_t sizes[] = { 1, 2, 511, 512, 4095, 4096, 4097,
					20000, 65536, 300000 };
	static const size_t offsets[] = { 0, 1, 4095, 4096, 8191 };
	bool registers = can_register();
	struct worker worker;
	const char *wrong;
	unsigned int i, j;

	worker_open(&worker, USER);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(offsets); j++) {
			wrong = echo_allocated(&worker, offsets[j], sizes[i]);
			if (!wrong && registers)
				wrong = echo_registered(&worker, offsets[j],
							sizes[i]);
			if (wrong)
				fault("%zu bytes at %zu: %s", sizes[i],
				      offsets[j], wrong);
		}
	}
	worker_close(&worker);
	ok("%zu sizes, %zu offsets, %s", ARRAY_SIZE(sizes),
	   ARRAY_SIZE(offsets),
	   registers ? "allocated and registered" : "allocated");
}

#define PROCESSES 5

static void mixed(void *arg)
{
	volatile uint32_t *wrong = arg;
	struct worker worker;
	unsigned int i;

	worker_open(&worker, USER);
	for (i = 0; i < 4 && !*wrong; i++) {
		*wrong = worker_call(&worker, WORKER_CMD_STORE, 100, 0, NULL);
		if (!*wrong)
			*wrong = worker_call(&worker, WORKER_CMD_SLEEP, 5, 0,
					     NULL);
		if (!*wrong)
			*wrong = worker_call(&worker, WORKER_CMD_BUSY, 2, 0,
					     NULL);
		if (echo_allocated(&worker, i * 1000, 5000))
			*wrong = 1;
	}
	worker_close(&worker);
}

void traffic(void)
{
	volatile uint32_t *wrong = shared(PROCESSES * sizeof(*wrong));
	pid_t pids[PROCESSES];
	unsigned int i;

	for (i = 0; i < PROCESSES; i++)
		pids[i] = spawn("gt-mixed", mixed, (void *)&wrong[i]);
	for (i = 0; i < PROCESSES; i++) {
		if (!await(gone(pids[i]), 60000))
			fault("a process hangs");
		if (wrong[i])
			fault("a call got %#x", wrong[i]);
	}
	ok("%d processes", PROCESSES);
}

/* One of everything, in little time: for many rounds of loading the driver */
void reload_traffic(void)
{
	struct worker worker;
	const char *wrong;
	uint32_t ret;

	worker_open(&worker, USER);
	ret = worker_call(&worker, WORKER_CMD_STORE, 64, 0, NULL);
	if (ret)
		fault("storing got %#x", ret);
	wrong = echo_allocated(&worker, 10, 9000);
	if (!wrong && can_register())
		wrong = echo_registered(&worker, 10, 9000);
	if (wrong)
		fault("%s", wrong);
	/* The session is left to the end of the process */
	ok("went through");
}

/*
 * Not a test: calls in all threads for a minute, of each kind that holds one,
 * callers that wait, memory shared and sessions open. A busy one is made of
 * many short ones, as the guest's CPU is lost to Linux for so long: see "What
 * the guest cannot do" in lab/README.md.
 */
void hold_for_ever(void)
{
	unsigned int n = user_threads() + 2, i;
	struct actor *actors = actors_new(n);
	struct worker worker;
	int id;

	worker_open(&worker, USER);
	tee_shm_alloc(worker.fd, 65536, &id);
	for (i = 0; i < n; i++) {
		actors[i].name = "gt-for-ever";
		actors[i].cmd = i % 2 ? WORKER_CMD_SLEEP : WORKER_CMD_BUSY;
		actors[i].arg = i % 2 ? 60000 : 50;
		actors[i].times = i % 2 ? 1 : 1200;
		actors[i].at_ms = i * 50;
	}
	actors_go(actors, n);
	sleep_ms(n * 50 + 500);
	close(open("/tmp/held", O_CREAT | O_WRONLY, 0600));
	sleep_ms(60000);
	ok("over");
}

/* Not a test: sessions open and memory shared for a minute, and no call */
void hold_memory(void)
{
	struct worker worker;
	int i, id;

	worker_open(&worker, USER);
	for (i = 0; i < 3; i++)
		if (tee_shm_alloc(worker.fd, 65536, &id) < 0)
			broken("no shared memory");
	if (echo_allocated(&worker, 0, 100))
		broken("a call fails");
	close(open("/tmp/held", O_CREAT | O_WRONLY, 0600));
	sleep_ms(60000);
	ok("over");
}
