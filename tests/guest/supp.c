// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bad supplicant: what it does must end in an error for somebody, and never
 * in a warning, a leak or a caller that hangs. Here is what the tests of it
 * share, and those of when it comes and goes: too late, never, killed, one too
 * many. What it says is in supp_bad.c.
 *
 * The caller opens a session with the worker, so OP-TEE asks for the trusted
 * app's file first. When the test is over the real tee-supplicant is started,
 * and an ordinary call goes through.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "gt.h"
#include "supp.h"

struct supp_caller *supp_caller;
int supp_fd = -1;

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

int supp_recv_raw(int fd, void *arg, uint64_t size, unsigned int ms)
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
	return supp_recv_raw(fd, request, sizeof(*request), ms);
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
		return supp_send(fd, request, SUPP_NOT_FOUND);
	request->params[at].c = id;
	return supp_send(fd, request, 0);
}

static int take_memory(int fd, struct supp_request *request)
{
	close(memory_fd);
	memory_fd = -1;
	return supp_send(fd, request, 0);
}

int supp_serve_little(int fd, struct supp_request *request, unsigned int at)
{
	switch (request->func) {
	case SUPP_SHM_ALLOC:
		return give_memory(fd, request, at);
	case SUPP_SHM_FREE:
		return take_memory(fd, request);
	default:
		return supp_send(fd, request, SUPP_NOT_FOUND);
	}
}

/* --- an episode ----------------------------------------------------------- */

static void call(void *arg)
{
	struct worker worker;
	uint32_t why;

	(void)arg;
	supp_caller->opened = !worker_try(&worker, USER, &why);
	supp_caller->done = true;
}

void supp_start_caller(void)
{
	supp_caller = shared(sizeof(*supp_caller));
	supp_caller->pid = spawn("gt-caller", call, NULL);
}

void supp_open(void)
{
	unsigned int tries;

	supplicant_stop();
	supp_fd = tee_supp_open();
	/* One that was killed may still be on its way out */
	for (tries = 0; supp_fd == -EBUSY && tries < 50; tries++) {
		sleep_ms(100);
		supp_fd = tee_supp_open();
	}
	if (supp_fd < 0)
		broken("/dev/teepriv0: %s", strerror(-supp_fd));
}

static void need_request(struct supp_request *request)
{
	if (!supp_recv_within(supp_fd, request, SUPP_PATIENCE_MS))
		broken("no request came");
}

void supp_begin(struct supp_request *request)
{
	supp_open();
	supp_start_caller();
	need_request(request);
	/* It is looked for in secure storage first, and that is not there */
	while (request->func != SUPP_LOAD_TA) {
		if (supp_serve_little(supp_fd, request, 1))
			broken("an answer is refused");
		need_request(request);
	}
	if (request->num_params != 3)
		broken("the file is asked for with %u parameters",
		       request->num_params);
}

void supp_need_answer(void)
{
	if (!await(supp_caller->done, SUPP_PATIENCE_MS))
		fault("the caller hangs");
	if (supp_caller->opened)
		fault("the caller has a session");
}

void supp_refuse_all(unsigned int ms)
{
	uint64_t end = now_us() + ms * 1000ull;
	struct supp_request request;

	while (!supp_caller->done && now_us() < end)
		if (supp_recv_within(supp_fd, &request, 200))
			supp_serve_little(supp_fd, &request, 1);
}

void supp_leave(void)
{
	struct supp_request request;

	while (supp_fd >= 0 && supp_recv_within(supp_fd, &request, 200))
		supp_serve_little(supp_fd, &request, 1);
	syscall(SYS_close_range, 3, ~0u, 0);
	memory_fd = -1;
	supp_fd = -1;
}

void supp_restore(void)
{
	supp_leave();
	supplicant_start();
	sane();
}

void supp_must_refuse(const char *what, int rc)
{
	if (!rc)
		fault("%s is taken", what);
	note("%s: %s", what, strerror(-rc));
}

/* --- the tests ------------------------------------------------------------ */

/*
 * The caller is killed while its request is being served. The answer to it may
 * be taken, as a supplicant that gets an error there ends itself; but once
 * only.
 */
void supp_late(void)
{
	struct supp_request request;
	int rc;

	supp_begin(&request);
	if (!end(supp_caller->pid, 1000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(supp_caller->pid));
	rc = supp_send(supp_fd, &request, SUPP_NOT_FOUND);
	note("a late answer: %s", rc ? strerror(-rc) : "taken");
	supp_must_refuse("a late answer again",
			 supp_send(supp_fd, &request, SUPP_NOT_FOUND));
	supp_refuse_all(500);
	supp_restore();
	ok("the caller was gone at once, the answer came too late");
}

/* The caller waits, but can be killed; then the next supplicant can come */
void supp_never(void)
{
	struct supp_request request;

	supp_begin(&request);
	sleep_ms(1000);
	if (supp_caller->done)
		broken("the caller did not wait");
	kill(supp_caller->pid, SIGKILL);
	if (!end(supp_caller->pid, 1000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(supp_caller->pid));
	supp_refuse_all(500);
	supp_restore();
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
		supp_start_caller();
		if (!await(!*waits, SUPP_PATIENCE_MS))
			broken("no request came");
		if (!end(pid, 1000))
			fault("the supplicant is in state %c after SIGKILL",
			      state_of(pid));
		supp_need_answer();
		supp_restore();
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
	supp_restore();
	ok("the second gets EBUSY");
}

/* No supplicant: a process waits for one, and can be killed */
void supp_absent(void)
{
	supplicant_stop();
	supp_start_caller();
	sleep_ms(1000);
	note("the caller %s without a supplicant",
	     supp_caller->done ? "gets an error" : "waits");
	if (!supp_caller->done && !end(supp_caller->pid, 2000))
		fault("the caller is in state %c after SIGKILL",
		      state_of(supp_caller->pid));
	supp_restore();
	ok("the caller can be killed");
}
