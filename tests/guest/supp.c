// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bad supplicant: what it does must end in an error for somebody, and never
 * in a warning, a leak or a caller that hangs.
 *
 * The caller opens a session with the worker, so OP-TEE asks for the trusted
 * app's file first. When the test is over the real tee-supplicant is started,
 * and an ordinary call goes through.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gt.h"
#include "supp.h"
#include "worker_ta.h"

#define NOT_FOUND	0xffff0008	/* TEEC_ERROR_ITEM_NOT_FOUND */
#define PATIENCE_MS	5000

struct caller {
	pid_t pid;
	volatile bool done;
	volatile bool opened;
};

static struct caller *caller;
static int supp = -1;

static void on_alarm(int signal)
{
	(void)signal;
}

/* Interrupts an ioctl; again and again, lest it comes before the ioctl */
static void set_alarm(unsigned int ms)
{
	struct itimerval timer = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { 0, ms ? 50000 : 0 },
	};
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static int recv_raw(int fd, void *arg, uint64_t size, unsigned int ms)
{
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)arg,
		.buf_len = size,
	};
	int rc;

	set_alarm(ms);
	rc = ioctl(fd, TEE_IOC_SUPPL_RECV, &buf) ? -errno : 0;
	set_alarm(0);
	return rc;
}

int supp_recv(int fd, struct supp_request *request, unsigned int ms)
{
	memset(request, 0, sizeof(*request));
	request->num_params = SUPP_PARAMS;
	request->params[0].attr = TEE_IOCTL_PARAM_ATTR_META;
	return recv_raw(fd, request, sizeof(*request), ms);
}

bool supp_recv_within(int fd, struct supp_request *request, unsigned int ms)
{
	return !supp_recv(fd, request, ms);
}

int supp_send(int fd, const struct supp_request *request, uint32_t ret)
{
	struct supp_request answer = *request;
	struct tee_ioctl_buf_data buf = {
		.buf_ptr = (uintptr_t)&answer,
		.buf_len = 8 + request->num_params *
			   sizeof(struct tee_ioctl_param),
	};

	answer.func = ret;	/* struct tee_iocl_supp_send_arg.ret */
	return ioctl(fd, TEE_IOC_SUPPL_SEND, &buf) ? -errno : 0;
}

/* Memory that OP-TEE asked this supplicant for */
static int memory_fd = -1;

static int give_memory(int fd, struct supp_request *request, unsigned int at)
{
	int id;

	memory_fd = tee_shm_alloc(fd, request->params[at].b, &id);
	if (memory_fd < 0)
		return supp_send(fd, request, NOT_FOUND);
	request->params[at].c = id;
	return supp_send(fd, request, 0);
}

static int take_memory(int fd, struct supp_request *request)
{
	close(memory_fd);
	memory_fd = -1;
	return supp_send(fd, request, 0);
}

/* Memory is to be had, and nothing else; @at: where its parameter is */
static int serve_little(int fd, struct supp_request *request, unsigned int at)
{
	switch (request->func) {
	case SUPP_SHM_ALLOC:
		return give_memory(fd, request, at);
	case SUPP_SHM_FREE:
		return take_memory(fd, request);
	default:
		return supp_send(fd, request, NOT_FOUND);
	}
}

/* --- an episode ----------------------------------------------------------- */

static void call(void *arg)
{
	struct worker worker;
	uint32_t why;

	(void)arg;
	caller->opened = !worker_try(&worker, USER, &why);
	caller->done = true;
}

static void start_caller(void)
{
	caller = shared(sizeof(*caller));
	caller->pid = spawn("gt-caller", call, NULL);
}

static void open_supp(void)
{
	unsigned int tries;

	supplicant_stop();
	supp = tee_supp_open();
	/* One that was killed may still be on its way out */
	for (tries = 0; supp == -EBUSY && tries < 50; tries++) {
		sleep_ms(100);
		supp = tee_supp_open();
	}
	if (supp < 0)
		broken("/dev/teepriv0: %s", strerror(-supp));
}

static void need_request(struct supp_request *request)
{
	if (!supp_recv_within(supp, request, PATIENCE_MS))
		broken("no request came");
}

/* This test's process is the supplicant; OP-TEE has asked for something */
static void begin(struct supp_request *request)
{
	open_supp();
	start_caller();
	need_request(request);
	/* It is looked for in secure storage first, and that is not there */
	while (request->func != SUPP_LOAD_TA) {
		if (serve_little(supp, request, 1))
			broken("an answer is refused");
		need_request(request);
	}
	if (request->num_params != 3)
		broken("the file is asked for with %u parameters",
		       request->num_params);
}

static void need_answer(void)
{
	if (!await(caller->done, PATIENCE_MS))
		fault("the caller hangs");
	if (caller->opened)
		fault("the caller has a session");
}

/* Whatever else OP-TEE asks for is not there */
static void refuse_all(unsigned int ms)
{
	uint64_t end = now_us() + ms * 1000ull;
	struct supp_request request;

	while (!caller->done && now_us() < end)
		if (supp_recv_within(supp, &request, 200))
			serve_little(supp, &request, 1);
}

/*
 * The device is closed only when all of its memory is let go of: by OP-TEE's
 * last requests, and here.
 */
static void leave(void)
{
	struct supp_request request;

	while (supp >= 0 && supp_recv_within(supp, &request, 200))
		serve_little(supp, &request, 1);
	syscall(SYS_close_range, 3, ~0u, 0);
	memory_fd = -1;
	supp = -1;
}

static void restore(void)
{
	leave();
	supplicant_start();
	sane();
}

static void must_refuse(const char *what, int rc)
{
	if (!rc)
		fault("%s is taken", what);
	note("%s: %s", what, strerror(-rc));
}

/* --- the tests ------------------------------------------------------------ */

void supp_wrong_id(void)
{
	static const uint64_t wrong[] = {
		1000, ~0ull, 1ull << 31, 1ull << 32, 0xffffffff, 0x7fffffff,
	};
	struct supp_request request, answer;
	unsigned int i;

	begin(&request);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		answer = request;
		answer.params[0].a += wrong[i];
		must_refuse("an answer with a wrong id",
			    supp_send(supp, &answer, 0));
	}
	answer = request;
	if (supp_send(supp, &answer, NOT_FOUND))
		fault("the right answer is refused after wrong ones");
	refuse_all(PATIENCE_MS);
	need_answer();
	must_refuse("an answer to no request",
		    supp_send(supp, &answer, NOT_FOUND));
	restore();
	ok("wrong and unknown ids are refused");
}

/* The answer is refused, or the request fails: in either case nobody hangs */
static void refused_or_failed(struct supp_request *request,
			      const struct supp_request *answer)
{
	int rc = supp_send(supp, answer, 0);

	if (rc && !caller->done)
		supp_send(supp, request, NOT_FOUND);
	refuse_all(PATIENCE_MS);
	need_answer();
	leave();
}

void supp_wrong_count(void)
{
	static const uint32_t counts[] = { 0, 1, 2, 4, 5, 6 };
	struct supp_request request, answer;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		begin(&request);
		if (counts[i] == request.num_params)
			broken("this is the right count");
		answer = request;
		answer.num_params = counts[i];
		refused_or_failed(&request, &answer);
	}
	restore();
	ok("%zu wrong counts", ARRAY_SIZE(counts));
}

void supp_wrong_types(void)
{
	static const uint64_t attrs[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 0xff, 0x106, 0x10006, 1ull << 63,
	};
	struct supp_request request, answer;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		begin(&request);
		answer = request;
		/* The second is the memory that the file is to go to */
		answer.params[2].attr = attrs[i];
		answer.params[2].a = 0x4141414141ull;
		answer.params[2].b = 0x4141414141ull;
		refused_or_failed(&request, &answer);
	}
	/* The parameter that has the id is none, or is not marked */
	begin(&request);
	answer = request;
	answer.params[0].attr = TEE_IOCTL_PARAM_ATTR_META;
	refused_or_failed(&request, &answer);
	begin(&request);
	answer = request;
	answer.params[0].attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT;
	refused_or_failed(&request, &answer);
	restore();
	ok("%zu wrong types", ARRAY_SIZE(attrs) + 2);
}

void supp_twice(void)
{
	struct supp_request request;

	begin(&request);
	if (supp_send(supp, &request, NOT_FOUND))
		broken("an answer is refused");
	must_refuse("a second answer", supp_send(supp, &request, NOT_FOUND));
	refuse_all(PATIENCE_MS);
	need_answer();
	restore();
	ok("a second answer is refused");
}

/*
 * The caller is killed while its request is being served. The answer to it may
 * be taken, as a supplicant that gets an error there ends itself; but once only.
 */
void supp_late(void)
{
	struct supp_request request;
	int rc;

	begin(&request);
	if (!end(caller->pid, 1000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(caller->pid));
	rc = supp_send(supp, &request, NOT_FOUND);
	note("a late answer: %s", rc ? strerror(-rc) : "taken");
	must_refuse("a late answer again",
		    supp_send(supp, &request, NOT_FOUND));
	refuse_all(500);
	restore();
	ok("the caller was gone at once, the answer came too late");
}

/* The caller waits, but can be killed; then the next supplicant can come */
void supp_never(void)
{
	struct supp_request request;

	begin(&request);
	sleep_ms(1000);
	if (caller->done)
		broken("the caller did not wait");
	kill(caller->pid, SIGKILL);
	if (!end(caller->pid, 1000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(caller->pid));
	refuse_all(500);
	restore();
	ok("the caller waited, and was gone at once when killed");
}

static void serve_until_killed(void *arg)
{
	struct supp_request request;
	int fd = tee_supp_open();

	*(volatile bool *)arg = fd >= 0;
	supp_recv_within(fd, &request, 60000);
	*(volatile bool *)arg = false;
	for (;;)
		sleep_ms(1000);
}

void supp_killed(void)
{
	volatile bool *waits = shared(1);
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 3; i++) {
		supplicant_stop();
		pid = spawn("gt-supp", serve_until_killed, (void *)waits);
		if (!await(*waits, 2000))
			broken("no supplicant");
		start_caller();
		if (!await(!*waits, PATIENCE_MS))
			broken("no request came");
		if (!end(pid, 1000))
			fault("the supplicant is in state %c after SIGKILL",
			      state_of(pid));
		need_answer();
		restore();
	}
	ok("%u times killed in the middle of a request", i);
}

void supp_two(void)
{
	int fd, other;

	fd = tee_supp_open();
	if (fd >= 0)
		fault("a second supplicant beside the real one");
	if (fd != -EBUSY)
		fault("refused with %s", strerror(-fd));
	supplicant_stop();
	fd = tee_supp_open();
	other = tee_supp_open();
	if (fd < 0 || other != -EBUSY)
		fault("%d and %d", fd, other);
	close(fd);
	fd = tee_supp_open();
	if (fd < 0)
		fault("refused after the first was closed: %s", strerror(-fd));
	close(fd);
	restore();
	ok("the second gets EBUSY");
}

/* As supplicants did before requests had ids: one at a time */
void supp_no_meta(void)
{
	uint64_t end = now_us() + 8000000;
	struct supp_request request;
	unsigned int n = 0;
	int rc = 0;

	open_supp();
	start_caller();
	while (!caller->done && now_us() < end) {
		memset(&request, 0, sizeof(request));
		request.num_params = 5;
		rc = recv_raw(supp, &request, 8 + 5 * 32, 1000);
		if (rc)
			continue;
		n++;
		if (serve_little(supp, &request, 0))
			fault("the answer to request %u is refused", n);
	}
	if (!n)
		fault("no request is given to a supplicant without ids: %s",
		      strerror(-rc));
	need_answer();
	must_refuse("an answer to no request", supp_send(supp, &request, 0));
	restore();
	ok("%u requests answered in turn", n);
}

void supp_bad_recv(void)
{
	struct {
		uint64_t size;
		uint32_t num_params;
		uint64_t attr;
	} bad[] = {
		{ 0, 0, 0 }, { 4, 0, 0 }, { 7, 0, 0 },
		{ 8, 1, 0 }, { 8, 0xffffffff, 0 }, { 8, 0x08000000, 0 },
		{ 40, 2, 0 }, { 1 << 20, 5, 0 }, { ~0ull, 5, 0 },
		{ 8 + 5 * 32, 5, TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ 8 + 5 * 32, 5, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT },
		{ 8 + 5 * 32, 5, 1ull << 40 },
		/* Too few for any request */
		{ 8, 0, 0 }, { 40, 1, TEE_IOCTL_PARAM_ATTR_META },
	};
	static uint8_t buffer[1024] __attribute__((aligned(8)));
	struct supp_request *request = (void *)buffer;
	char *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;
	int rc;

	mprotect(hole + 4096, 4096, PROT_NONE);
	for (i = 0; i < ARRAY_SIZE(bad) + 4; i++) {
		void *at = buffer;
		uint64_t size = 8 + 5 * 32;

		open_supp();
		start_caller();
		memset(buffer, 0, sizeof(buffer));
		request->num_params = 5;
		if (i < ARRAY_SIZE(bad)) {
			size = bad[i].size;
			request->num_params = bad[i].num_params;
			request->params[0].attr = bad[i].attr;
		} else if (i == ARRAY_SIZE(bad)) {
			at = NULL;
		} else if (i == ARRAY_SIZE(bad) + 1) {
			at = hole + 4096;
		} else if (i == ARRAY_SIZE(bad) + 2) {
			/* Its end is not mapped */
			at = hole + 4096 - 64;
			((struct supp_request *)at)->num_params = 5;
		} else {
			at = (void *)0xffff800008000000ul;
		}
		rc = recv_raw(supp, at, size, 1000);
		if (!rc)
			fault("receive number %u is taken, %u parameters", i,
			      request->num_params);
		if (rc == -EINTR)
			note("receive number %u waited", i);
		refuse_all(PATIENCE_MS);
		need_answer();
		leave();
	}
	restore();
	ok("%u bad receives", i);
}

/* The memory that a file is to go to is not what the supplicant says */
void supp_bad_shm(void)
{
	struct supp_request request;
	unsigned int i;
	int small, small_id, user_id, fd, user;

	for (i = 0; i < 9; i++) {
		begin(&request);
		small = tee_shm_alloc(supp, 4096, &small_id);
		user = tee_open();
		fd = tee_shm_alloc(user, 65536, &user_id);
		if (small < 0 || fd < 0)
			broken("no shared memory");
		request.params[2].b = 50000;
		if (supp_send(supp, &request, 0))
			broken("the size is refused");
		if (!supp_recv_within(supp, &request, 3000) ||
		    request.func != SUPP_SHM_ALLOC) {
			refuse_all(PATIENCE_MS);
			goto answered;
		}
		switch (i) {
		case 0:
			request.params[1].c = 12345;
			break;
		case 1:
			request.params[1].c = ~0ull;
			break;
		case 2:
			request.params[1].c = 1ull << 32 | small_id;
			break;
		/* Smaller than asked for */
		case 3:
			request.params[1].c = small_id;
			break;
		case 4:
			request.params[1].c = small_id;
			request.params[1].b = 1ull << 40;
			break;
		case 5:
			request.params[1].c = small_id;
			request.params[1].b = ~0ull;
			break;
		/* Another process's */
		case 6:
			request.params[1].c = user_id;
			break;
		/* No longer there */
		case 7:
			request.params[1].c = small_id;
			close(small);
			small = -1;
			break;
		default:
			request.params[1].c = 1ull << 63;
			break;
		}
		if (supp_send(supp, &request, 0))
			supp_send(supp, &request, NOT_FOUND);
		refuse_all(PATIENCE_MS);
answered:
		need_answer();
		close(small);
		close(fd);
		close(user);
		leave();
	}
	/* A file of absurd size */
	for (i = 0; i < 3; i++) {
		begin(&request);
		request.params[2].b = i ? 1ull << (31 * i) : ~0ull;
		supp_send(supp, &request, 0);
		refuse_all(PATIENCE_MS);
		need_answer();
		leave();
	}
	restore();
	ok("9 wrong buffers, 3 absurd sizes");
}

/* No supplicant: a process waits for one, and can be killed */
void supp_absent(void)
{
	supplicant_stop();
	start_caller();
	sleep_ms(1000);
	note("the caller %s without a supplicant",
	     caller->done ? "gets an error" : "waits");
	if (!caller->done && !end(caller->pid, 2000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(caller->pid));
	restore();
	ok("the caller can be killed");
}
