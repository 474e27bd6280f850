// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every ioctl of the TEE with arguments that are wrong: each gives an error,
 * and nothing else happens.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "gt.h"
#include "worker_ta.h"

#define KERNEL_ADDRESS	((void *)0xffff800008000000ul)
#define PAGE		4096ul

static unsigned int cases;

/* Counts, and ends the test if @rc is no error */
static void refused(int rc, const char *format, ...)
{
	char what[128];
	va_list args;

	cases++;
	if (rc < 0)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	fault("taken: %s", what);
}

static char *hole(void)
{
	char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(memory, 1, 4 * PAGE);
	munmap(memory + PAGE, PAGE);
	return memory;
}

static int raw(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

static void pass(void)
{
	sane();
	ok("%u cases", cases);
}

void bad_version(void)
{
	int fd = tee_open();
	char *gap = hole();
	unsigned int nr;

	refused(raw(fd, TEE_IOC_VERSION, NULL), "no buffer");
	refused(raw(fd, TEE_IOC_VERSION, gap + PAGE), "an unmapped buffer");
	refused(raw(fd, TEE_IOC_VERSION, gap + PAGE - 4), "half a buffer");
	refused(raw(fd, TEE_IOC_VERSION, KERNEL_ADDRESS), "a kernel address");
	for (nr = 0; nr < 256; nr++) {
		uint64_t zeroes[16] = { 0 };

		if (nr > 9 || nr == 8)
			refused(raw(fd, _IOWR(TEE_IOC_MAGIC, nr, zeroes),
				    zeroes), "ioctl number %u", nr);
	}
	refused(raw(fd, _IOR(TEE_IOC_MAGIC, 0, uint64_t), gap),
		"a version of another size");
	pass();
}

static int alloc(int fd, uint64_t size, uint32_t flags)
{
	struct tee_ioctl_shm_alloc_data data = { .size = size, .flags = flags };
	int shm = ioctl(fd, TEE_IOC_SHM_ALLOC, &data);

	if (shm >= 0)
		close(shm);
	return shm < 0 ? -errno : 0;
}

void bad_shm_alloc(void)
{
	static const uint64_t sizes[] = {
		0, 1ull << 33, 1ull << 40, 1ull << 62, 1ull << 63, ~0ull,
		~0ull - 4094, ~0ull - 4095, ~0ull - 4096,
	};
	int fd = tee_open(), shm, id;
	char *gap = hole();
	unsigned int i;
	void *memory;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		refused(alloc(fd, sizes[i], 0), "%#llx bytes",
			(unsigned long long)sizes[i]);
	/* May be had or not, but without a word in the log */
	for (i = 20; i < 33; i++)
		alloc(fd, 1ull << i, 0);
	for (i = 0; i < 32; i++)
		refused(alloc(fd, 4096, 1u << i), "flag %u", i);
	refused(raw(fd, TEE_IOC_SHM_ALLOC, NULL), "no buffer");
	refused(raw(fd, TEE_IOC_SHM_ALLOC, gap + PAGE), "an unmapped buffer");
	refused(raw(fd, TEE_IOC_SHM_ALLOC, gap + PAGE - 8), "half a buffer");
	refused(raw(fd, TEE_IOC_SHM_ALLOC, KERNEL_ADDRESS), "a kernel address");

	shm = tee_shm_alloc(fd, 2 * PAGE, &id);
	memory = mmap(NULL, 16 * PAGE, PROT_READ, MAP_SHARED, shm, 0);
	refused(memory == MAP_FAILED ? -1 : 0, "more mapped than there is");
	/* Outlives its context */
	memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shm,
		      0);
	if (memory == MAP_FAILED)
		broken("cannot map");
	close(fd);
	close(shm);
	memset(memory, 1, 2 * PAGE);
	munmap(memory, 2 * PAGE);
	pass();
}

static int reg(int fd, const void *memory, uint64_t length, uint32_t flags)
{
	struct tee_ioctl_shm_register_data data = {
		.addr = (uintptr_t)memory,
		.length = length,
		.flags = flags,
	};
	int shm = ioctl(fd, TEE_IOC_SHM_REGISTER, &data);

	if (shm >= 0)
		close(shm);
	return shm < 0 ? -errno : 0;
}

static bool is_kernel(const char *series)
{
	struct utsname system;

	return !uname(&system) &&
	       !strncmp(system.release, series, strlen(series));
}

/* The flash that has the firmware's variables: memory, but no RAM */
static void *device_memory(void)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0x04000000);

	close(fd);
	return memory;
}

static const void *read_only(void)
{
	return mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void bad_shm_register(void)
{
	int fd = tee_open();
	char *gap = hole();
	void *device = device_memory();
	unsigned int i;

	refused(reg(fd, NULL, PAGE, 0), "no address");
	/* 6.1's tee.ko pins a page for none, and oopses: not the driver's */
	if (!is_kernel("6.1."))
		refused(reg(fd, gap, 0, 0), "nothing");
	refused(reg(fd, gap + PAGE, PAGE, 0), "unmapped memory");
	refused(reg(fd, gap, 4 * PAGE, 0), "memory with a hole");
	refused(reg(fd, gap + PAGE - 1, 2, 0), "a byte before a hole");
	refused(reg(fd, gap, 1ull << 31, 0), "2 GB");
	/* From 2 GB up to all of user space tee.ko warns: not the driver's */
	refused(reg(fd, gap, 1ull << 62, 0), "4 EB");
	refused(reg(fd, gap, ~0ull, 0), "2^64 - 1 bytes");
	refused(reg(fd, gap, -(uint64_t)(uintptr_t)gap, 0), "to the end of all");
	refused(reg(fd, gap, 1 - (uint64_t)(uintptr_t)gap, 0), "around the end");
	refused(reg(fd, (void *)~0ul, 2, 0), "the last byte, and one");
	refused(reg(fd, KERNEL_ADDRESS, PAGE, 0), "kernel memory");
	refused(reg(fd, read_only(), PAGE, 0), "read-only memory");
	refused(reg(fd, (void *)0x00ff000000000000ul, PAGE, 0),
		"an address that is none");
	for (i = 0; i < 32; i++)
		refused(reg(fd, gap, PAGE, 1u << i), "flag %u", i);
	if (device != MAP_FAILED)
		refused(reg(fd, device, PAGE, 0), "a device's memory");
	else
		note("no device's memory to be had");
	refused(raw(fd, TEE_IOC_SHM_REGISTER, NULL), "no buffer");
	refused(raw(fd, TEE_IOC_SHM_REGISTER, gap + PAGE), "no such buffer");
	refused(raw(fd, TEE_IOC_SHM_REGISTER, gap + PAGE - 8), "half a buffer");
	pass();
}

/* --- calls with parameters ------------------------------------------------ */

struct request {
	union {
		struct tee_ioctl_open_session_arg open;
		struct tee_ioctl_invoke_arg invoke;
		uint64_t words[5];
		uint8_t bytes[4096];
	};
};

static int buf_call(int fd, unsigned long number, void *arg, uint64_t length)
{
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)arg,
		.buf_len = length,
	};

	return raw(fd, number, &buf);
}

/* Lengths, counts and addresses: the same for each ioctl with parameters */
static void bad_lengths(int fd, unsigned long number, size_t fixed,
			size_t count_at)
{
	static const uint32_t counts[] = {
		1, 5, 7, 31, 32, 100, 0x07ffffff, 0x08000000, 0x08000001,
		0x7fffffff, 0x80000000, 0xffffffff,
	};
	static const uint64_t lengths[] = {
		0, 1, 8, 16, 1025, 4097, 1 << 20, 1ull << 32, 1ull << 63, ~0ull,
	};
	static struct request request;
	uint32_t *count = (uint32_t *)(request.bytes + count_at);
	char *gap = hole();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		refused(buf_call(fd, number, &request, lengths[i]),
			"a length of %#llx", (unsigned long long)lengths[i]);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		*count = counts[i];
		refused(buf_call(fd, number, &request, fixed),
			"%#x parameters in room for none", counts[i]);
		refused(buf_call(fd, number, &request, 1000),
			"%#x parameters in 1000 bytes", counts[i]);
	}
	*count = 4;
	refused(buf_call(fd, number, &request, fixed + 4 * 32 - 1),
		"a byte too few");
	refused(buf_call(fd, number, &request, fixed + 4 * 32 + 1),
		"a byte too many");
	*count = 0;
	refused(buf_call(fd, number, NULL, fixed), "no buffer");
	refused(buf_call(fd, number, gap + PAGE, fixed), "an unmapped buffer");
	memset(gap, 0, PAGE);
	refused(buf_call(fd, number, gap + PAGE - 16, fixed), "half a buffer");
	refused(buf_call(fd, number, KERNEL_ADDRESS, fixed), "a kernel address");
	refused(raw(fd, number, NULL), "no argument");
	refused(raw(fd, number, gap + PAGE), "an unmapped argument");
}

static int open_with(int fd, uint32_t login, uint32_t num,
		     const struct tee_ioctl_param *params)
{
	static struct request request;
	int rc;

	memset(&request, 0, sizeof(request));
	memcpy(request.open.uuid, worker_uuid, sizeof(worker_uuid));
	request.open.clnt_login = login;
	request.open.num_params = num;
	if (num)
		memcpy(request.open.params, params, num * sizeof(*params));
	rc = buf_call(fd, TEE_IOC_OPEN_SESSION, &request,
		      sizeof(request.open) + num * sizeof(*params));
	/* Refused by OP-TEE is refused */
	return !rc && request.open.ret ? -EPROTO : rc;
}

void bad_open_session(void)
{
	static const uint32_t logins[] = {
		0x80000000, 0x80000001, 0xbfffffff, 3, 7, 77, 0x7fffffff,
		0xc0000000, 0xffffffff,
	};
	struct tee_ioctl_param params[20] = { };
	int fd = tee_open();
	unsigned int i;

	bad_lengths(fd, TEE_IOC_OPEN_SESSION,
		    sizeof(struct tee_ioctl_open_session_arg),
		    offsetof(struct tee_ioctl_open_session_arg, num_params));
	for (i = 0; i < ARRAY_SIZE(logins); i++)
		refused(open_with(fd, logins[i], 0, NULL), "login %#x",
			logins[i]);
	for (i = 5; i < ARRAY_SIZE(params); i++)
		refused(open_with(fd, 0, i, params), "%u parameters", i);
	pass();
}

static int invoke_with(int fd, uint32_t session, uint32_t num,
		       const struct tee_ioctl_param *params)
{
	static struct request request;
	int rc;

	memset(&request, 0, sizeof(request));
	request.invoke.func = WORKER_CMD_ECHO;
	request.invoke.session = session;
	request.invoke.num_params = num;
	memcpy(request.invoke.params, params, num * sizeof(*params));
	rc = buf_call(fd, TEE_IOC_INVOKE, &request,
		      sizeof(request.invoke) + num * sizeof(*params));
	return !rc && request.invoke.ret ? -EPROTO : rc;
}

void bad_invoke(void)
{
	struct tee_ioctl_param params[20] = { };
	struct worker worker, other;
	unsigned int i;

	worker_open(&worker, USER);
	worker_open(&other, USER);
	bad_lengths(worker.fd, TEE_IOC_INVOKE,
		    sizeof(struct tee_ioctl_invoke_arg),
		    offsetof(struct tee_ioctl_invoke_arg, num_params));
	for (i = 5; i < ARRAY_SIZE(params); i++)
		refused(invoke_with(worker.fd, worker.session, i, params),
			"%u parameters", i);
	refused(invoke_with(worker.fd, 0, 0, params), "session 0");
	refused(invoke_with(worker.fd, ~0u, 0, params), "session 2^32 - 1");
	refused(invoke_with(worker.fd, worker.session + 1000, 0, params),
		"an unknown session");
	refused(invoke_with(worker.fd, other.session, 0, params),
		"another context's session");
	tee_close_session(other.fd, other.session);
	refused(invoke_with(other.fd, other.session, 0, params),
		"a closed session");
	worker_close(&other);
	worker_close(&worker);
	pass();
}

static int with_memref(struct worker *worker, uint64_t attr, uint64_t offset,
		       uint64_t size, uint64_t id)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = attr, .a = offset, .b = size, .c = id },
	};
	int rc = invoke_with(worker->fd, worker->session, 4, params);

	/* The same must hold for opening */
	return rc < 0 ? open_with(worker->fd, 0, 4, params) : rc;
}

void bad_params(void)
{
	static const uint64_t attrs[] = {
		4, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xff, 0x10, 0x105, 0x107, 0x101,
		0x100, 0x205, 0x405, 0x10005, 0x80000005, 1ull << 32 | 5,
		1ull << 63 | 5, ~0ull,
	};
	static const uint64_t ids[] = {
		9999, 0x7fffffff, 0x80000000, 0xfffffffe, ~0ull - 1,
	};
	const uint64_t inout = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT;
	struct {
		uint64_t offset, size;
	} ranges[] = {
		{ PAGE + 1, 0 }, { 0, PAGE + 1 }, { PAGE, 1 }, { 1, PAGE },
		{ ~0ull, 1 }, { ~0ull, 2 }, { 1, ~0ull }, { ~0ull, ~0ull },
		{ 1ull << 63, 1ull << 63 }, { 1ull << 32, 1 }, { 0, 1ull << 32 },
		{ 0, 1ull << 63 },
	};
	struct worker worker, other;
	int shm, id, freed, foreign;
	unsigned int i;

	worker_open(&worker, USER);
	worker_open(&other, USER);
	shm = tee_shm_alloc(worker.fd, PAGE, &id);
	if (shm < 0)
		broken("no shared memory");
	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		refused(with_memref(&worker, attrs[i], 0, 16, id),
			"attribute %#llx", (unsigned long long)attrs[i]);
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		refused(with_memref(&worker, inout, 0, 16, ids[i]),
			"memory %#llx", (unsigned long long)ids[i]);
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		refused(with_memref(&worker, inout, ranges[i].offset,
				    ranges[i].size, id), "%#llx bytes at %#llx",
			(unsigned long long)ranges[i].size,
			(unsigned long long)ranges[i].offset);
	close(tee_shm_alloc(worker.fd, PAGE, &freed));
	refused(with_memref(&worker, inout, 0, 16, freed), "memory that is freed");
	shm = tee_shm_alloc(other.fd, PAGE, &foreign);
	refused(with_memref(&worker, inout, 0, 16, foreign),
		"another context's memory");
	worker_close(&other);
	worker_close(&worker);
	pass();
}

void bad_cancel_close(void)
{
	struct worker worker, other;
	char *gap = hole();

	worker_open(&worker, USER);
	worker_open(&other, USER);
	refused(tee_cancel(worker.fd, 0, 1), "cancel in session 0");
	refused(tee_cancel(worker.fd, ~0u, 1), "cancel in session 2^32 - 1");
	refused(tee_cancel(worker.fd, other.session, 1),
		"cancel in another context's session");
	refused(raw(worker.fd, TEE_IOC_CANCEL, NULL), "cancel nothing");
	refused(raw(worker.fd, TEE_IOC_CANCEL, gap + PAGE), "cancel unmapped");
	/* Nothing to cancel is no error, and does nothing */
	tee_cancel(worker.fd, worker.session, 12345);
	refused(tee_close_session(worker.fd, 0), "close session 0");
	refused(tee_close_session(worker.fd, ~0u), "close session 2^32 - 1");
	refused(tee_close_session(worker.fd, other.session),
		"close another context's session");
	refused(raw(worker.fd, TEE_IOC_CLOSE_SESSION, NULL), "close nothing");
	refused(raw(worker.fd, TEE_IOC_CLOSE_SESSION, gap + PAGE),
		"close unmapped");
	if (tee_close_session(worker.fd, worker.session))
		fault("a session cannot be closed");
	refused(tee_close_session(worker.fd, worker.session), "close twice");
	refused(tee_cancel(worker.fd, worker.session, 1),
		"cancel in a closed session");
	if (worker_call(&other, WORKER_CMD_NOP, 0, 0, NULL))
		fault("the other context's session is gone");
	worker_close(&other);
	worker_close(&worker);
	pass();
}

/* What is the supplicant's on a client's device, and the other way round */
void bad_supplicant(void)
{
	uint64_t words[64] = { 0 };
	int fd = tee_open(), i;
	uint32_t session, ret;

	for (i = 0; i < 8; i++) {
		words[0] = (uint64_t)i << 32;
		refused(buf_call(fd, TEE_IOC_SUPPL_RECV, words, 8 + i * 32),
			"receive with %d parameters", i);
		refused(buf_call(fd, TEE_IOC_SUPPL_SEND, words, 8 + i * 32),
			"send with %d parameters", i);
	}
	close(fd);
	supplicant_stop();
	fd = tee_supp_open();
	if (fd < 0)
		broken("/dev/teepriv0: %s", strerror(-fd));
	refused(tee_open_session(fd, worker_uuid, &session, &ret),
		"a session of the supplicant");
	refused(tee_invoke(fd, 1, 0, 0, NULL, 0, &ret),
		"a call of the supplicant");
	refused(tee_cancel(fd, 1, 1), "a cancellation of the supplicant");
	refused(tee_close_session(fd, 1), "a close of the supplicant");
	bad_lengths(fd, TEE_IOC_SUPPL_SEND, 8, 4);
	close(fd);
	supplicant_start();
	pass();
}

/* --- noise ---------------------------------------------------------------- */

static uint64_t seed = 88172645463325252ull;

static uint64_t noise(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static uint64_t odd_value(uint64_t session, int id)
{
	static const uint64_t odd[] = {
		0, 1, 2, 5, 7, 16, 4096, 0xffffffff, 1ull << 32, 1ull << 63,
		~0ull, ~0ull - 4095,
	};

	switch (noise() % 4) {
	case 0: return noise();
	case 1: return session;
	case 2: return id;
	default: return odd[noise() % ARRAY_SIZE(odd)];
	}
}

static void noisy_call(struct worker *worker, int id)
{
	static struct request request;
	uint32_t num = noise() % 8;
	bool opens = noise() % 4 == 0;
	size_t fixed = opens ? sizeof(request.open) : sizeof(request.invoke);
	struct tee_ioctl_param *params = (void *)(request.bytes + fixed);
	unsigned int i;

	memset(&request, 0, sizeof(request));
	for (i = 0; i < num && i < 8; i++) {
		params[i].attr = noise() % 2 ? noise() % 8 :
				 odd_value(worker->session, id);
		params[i].a = odd_value(worker->session, id);
		params[i].b = odd_value(worker->session, id);
		params[i].c = odd_value(worker->session, id);
	}
	if (opens) {
		for (i = 0; i < 16; i++)
			request.open.uuid[i] = noise();
		request.open.clnt_login = noise() % 8;
		request.open.num_params = num;
	} else {
		request.invoke.session = noise() % 2 ? worker->session :
					 odd_value(worker->session, id);
		request.invoke.func = WORKER_CMD_ECHO + noise() % 3;
		request.invoke.num_params = num;
	}
	if (noise() % 8 == 0)
		request.bytes[noise() % (fixed + num * 32)] = noise();
	buf_call(worker->fd, opens ? TEE_IOC_OPEN_SESSION : TEE_IOC_INVOKE,
		 &request, fixed + num * 32);
}

void bad_random(void)
{
	uint64_t end = now_us() + 4000000;
	struct worker worker;
	int id;

	worker_open(&worker, USER);
	if (tee_shm_alloc(worker.fd, PAGE, &id) < 0)
		broken("no shared memory");
	while (now_us() < end) {
		noisy_call(&worker, id);
		cases++;
	}
	worker_close(&worker);
	pass();
}
