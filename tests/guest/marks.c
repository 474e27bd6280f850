// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mark of who serves a request, and when it ends: this test's process is
 * the supplicant, and makes calls of its own meanwhile. Whether a call counts
 * as one of the system or of a process says whether it may have a thread that
 * is kept.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "nested.h"
#include "supp.h"
#include "worker_ta.h"

static struct worker worker;

/*
 * Its session is opened while there is a supplicant to load the worker. No
 * thread is kept: user calls beside the caller's must have one.
 */
static void begin(void)
{
	if (!is_ours())
		skip("stock has no classes");
	if (threads() < 2)
		skip("takes two threads");
	worker_open(&worker, USER);
	reserve_system(0);
}

/* The real tee-supplicant is back */
static void restore(void)
{
	queue_write("reserve_system", "auto");
	supp_restore();
}

/* A call of this task, at a moment when nobody else makes one */
static void must_be(const char *class, const char *when)
{
	bool nested = class[0] == 's';
	long users = queue("user_calls"), systems = queue("system_calls");

	if (worker_call(&worker, WORKER_CMD_NOP, 0, 0, NULL))
		broken("a call fails %s", when);
	users = queue("user_calls") - users;
	systems = queue("system_calls") - systems;
	if (users != !nested || systems != nested)
		fault("%s: %ld user and %ld system calls, not one %s call",
		      when, users, systems, class);
}

/* The driver's table of holders names a task that serves one */
static bool is_told_who_serves(void)
{
	char text[4096];

	if (!read_text("/sys/kernel/debug/optee/firmware:optee/holders", text,
		       sizeof(text)))
		broken("no table of holders");
	return strstr(text, "served by");
}

static void need_request(struct supp_request *request)
{
	supp_start_caller();
	if (!supp_recv_within(supp_fd, request, SUPP_PATIENCE_MS))
		broken("no request came");
}

/* Supplicant and caller; the first request is fetched, by this task */
static void serve_one(struct supp_request *request)
{
	supp_open();
	must_be("user", "before a request");
	need_request(request);
	must_be("system", "with a request");
	if (!is_told_who_serves())
		fault("the table of holders does not say who serves");
}

void mark_ends_with_answer(void)
{
	struct supp_request request;

	begin();
	serve_one(&request);
	supp_must_refuse("an answer to another request",
			 supp_send(supp_fd, &(struct supp_request){
				.num_params = request.num_params,
				.params[0] = { .attr = request.params[0].attr,
					       .a = request.params[0].a + 1 },
			 }, 0));
	must_be("system", "after an answer that was refused");
	if (supp_serve_little(supp_fd, &request, 1))
		broken("an answer is refused");
	must_be("user", "after the answer");
	supp_refuse_all(SUPP_PATIENCE_MS);
	supp_need_answer();
	must_be("user", "after the last answer");
	restore();
	ok("a supplicant that has answered calls for itself");
}

/* Its caller is killed: there is nobody whom it serves */
void mark_ends_with_caller(void)
{
	struct supp_request request;

	begin();
	serve_one(&request);
	if (!end(supp_caller->pid, 1000))
		fault("the caller stays");
	must_be("user", "after the caller was killed");
	if (supp_send(supp_fd, &request, SUPP_NOT_FOUND))
		broken("a late answer is refused");
	must_be("user", "after a late answer");
	restore();
	ok("a supplicant whose caller is gone calls for itself");
}

/* It does not say that it goes, and lives on */
void mark_ends_with_file(void)
{
	struct supp_request request;

	begin();
	serve_one(&request);
	close(supp_fd);
	supp_fd = -1;
	if (!await(supp_caller->done, SUPP_PATIENCE_MS))
		fault("the caller waits on after the file was closed");
	must_be("user", "after the file was closed");
	restore();
	ok("a supplicant that has closed its device calls for itself");
}

/* --- a task that goes ----------------------------------------------------- */

static void *fetch_and_exit(void *arg)
{
	*(bool *)arg = supp_recv_within(supp_fd, &(struct supp_request){ },
					SUPP_PATIENCE_MS);
	return NULL;
}

static void *call_once(void *arg)
{
	worker_call(&worker, WORKER_CMD_NOP, 0, 0, arg);
	return NULL;
}

/*
 * The thread that fetched a request exits, and its process does not answer:
 * nobody has the thread that is kept, neither an old thread nor a new one,
 * though the caller waits on and holds the one that processes may have.
 */
void mark_ends_with_thread(void)
{
	struct call call = { };
	bool fetched = false;
	pthread_t thread;
	long waits;

	begin();
	if (threads() != 2)
		skip("takes two threads");
	supp_open();
	supp_start_caller();
	pthread_create(&thread, NULL, fetch_and_exit, &fetched);
	pthread_join(thread, NULL);
	if (!fetched)
		broken("no request came");
	must_be("user", "of a thread that has fetched nothing");
	if (!await(!is_told_who_serves(), PATIENCE_MS))
		fault("the table of holders says that who is gone serves");
	reserve_system(1);
	waits = queue("user_calls");
	pthread_create(&thread, NULL, call_once, &call);
	sleep_ms(700);
	if (call.returned || queue("user_calls") != waits)
		fault("a new thread has the one that is kept");
	if (!end(supp_caller->pid, 1000))
		fault("the caller stays");
	if (!await(call.returned, PATIENCE_MS) || call.result)
		fault("it is not let in when the caller is gone: %#x",
		      call.result);
	pthread_join(thread, NULL);
	restore();
	ok("the mark of a thread that exits is nobody's");
}

/* OP-TEE has memory of it by then, so nobody tells the driver when it dies */
static void serve_until_killed(void *arg)
{
	volatile int *stage = arg;
	struct supp_request request;
	int fd = tee_supp_open();

	*stage = fd < 0 ? -1 : 1;
	while (supp_recv_within(fd, &request, SUPP_PATIENCE_MS) &&
	       request.func != SUPP_LOAD_TA)
		supp_serve_little(fd, &request, 1);
	if (request.func == SUPP_LOAD_TA)
		*stage = 2;
	for (;;)
		sleep_ms(1000);
}

/* The supplicant dies with a request; the next one has a mark by its own only */
void mark_ends_with_process(void)
{
	volatile int *stage = shared(sizeof(*stage));
	struct supp_request request;
	pid_t pid;

	begin();
	supplicant_stop();
	pid = spawn("gt-supp", serve_until_killed, (void *)stage);
	if (!await(*stage, 2000) || *stage < 0)
		broken("no supplicant");
	supp_start_caller();
	if (!await(*stage == 2, SUPP_PATIENCE_MS))
		broken("no request came");
	must_be("user", "beside a supplicant");
	if (!end(pid, 1000))
		broken("the supplicant stays");
	must_be("user", "after the supplicant died");
	supp_need_answer();
	serve_one(&request);
	supp_serve_little(supp_fd, &request, 1);
	supp_refuse_all(SUPP_PATIENCE_MS);
	supp_need_answer();
	must_be("user", "at the end");
	restore();
	ok("the next supplicant starts without a mark");
}
