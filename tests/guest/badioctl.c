// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every ioctl of the TEE with arguments that are wrong: each gives an error,
 * and nothing else happens. Here are those that take parameters or name a
 * session, and the supplicant's; badioctl_shm.c has the rest.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "badioctl.h"
#include "worker_ta.h"

static unsigned int cases;

void refused(int rc, const char *format, ...)
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

char *memory_with_hole(void)
{
	char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(memory, 1, 4 * PAGE);
	munmap(memory + PAGE, PAGE);
	return memory;
}

int raw_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

void ok_cases(void)
{
	sane();
	ok("%u cases", cases);
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

	return raw_ioctl(fd, number, &buf);
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
	char *gap = memory_with_hole();
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
	refused(buf_call(fd, number, KERNEL_ADDRESS, fixed),
		"a kernel address");
	refused(raw_ioctl(fd, number, NULL), "no argument");
	refused(raw_ioctl(fd, number, gap + PAGE), "an unmapped argument");
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
	ok_cases();
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
	ok_cases();
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
		{ 1ull << 63, 1ull << 63 }, { 1ull << 32, 1 },
		{ 0, 1ull << 32 }, { 0, 1ull << 63 },
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
	refused(with_memref(&worker, inout, 0, 16, freed),
		"memory that is freed");
	shm = tee_shm_alloc(other.fd, PAGE, &foreign);
	refused(with_memref(&worker, inout, 0, 16, foreign),
		"another context's memory");
	worker_close(&other);
	worker_close(&worker);
	ok_cases();
}

void bad_cancel_close(void)
{
	struct worker worker, other;
	char *gap = memory_with_hole();

	worker_open(&worker, USER);
	worker_open(&other, USER);
	refused(tee_cancel(worker.fd, 0, 1), "cancel in session 0");
	refused(tee_cancel(worker.fd, ~0u, 1), "cancel in session 2^32 - 1");
	refused(tee_cancel(worker.fd, other.session, 1),
		"cancel in another context's session");
	refused(raw_ioctl(worker.fd, TEE_IOC_CANCEL, NULL), "cancel nothing");
	refused(raw_ioctl(worker.fd, TEE_IOC_CANCEL, gap + PAGE),
		"cancel unmapped");
	/* Nothing to cancel is no error, and does nothing */
	tee_cancel(worker.fd, worker.session, 12345);
	refused(tee_close_session(worker.fd, 0), "close session 0");
	refused(tee_close_session(worker.fd, ~0u), "close session 2^32 - 1");
	refused(tee_close_session(worker.fd, other.session),
		"close another context's session");
	refused(raw_ioctl(worker.fd, TEE_IOC_CLOSE_SESSION, NULL),
		"close nothing");
	refused(raw_ioctl(worker.fd, TEE_IOC_CLOSE_SESSION, gap + PAGE),
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
	ok_cases();
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
	ok_cases();
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
	ok_cases();
}
