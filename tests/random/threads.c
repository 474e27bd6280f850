// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: threads [SECONDS]
 *
 * The call queue under real threads, on the host's primitives, for so many
 * seconds (15); built with -fsanitize=thread. In each of several rounds, of
 * other numbers of threads, callers of all classes call until the queue is
 * closed: with deadlines and without, killed, refused, with RPCs that take
 * nested calls, of their own or of a thread that serves them; while policies
 * change. What the queue promises is counted by the callers themselves, while
 * they hold a slot, and what it counts must be what they did.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tally.h"

#define CALLERS		56
#define SERVERS		6
#define ALL		(CALLERS + SERVERS)
#define CLIENTS		12
#define SYSTEM_LEVEL	2
#define MAX_SECONDS	3600
/* An RPC in an RPC in an RPC */
#define DEEPEST		3

static const struct round rounds[] = {
	{ 1, 16, 0, 0, false },
	{ 2, 32, 0, 1, false },
	{ 4, CALLERS, 1, 1, false },
	{ 8, CALLERS, 2, 3, false },
	{ 1, 32, 0, 0, true },
	{ 3, CALLERS, 1, 1, true },
	{ 8, CALLERS, 0, 0, true },
};

/**
 * struct rpc - a request to a server
 * @lock: protects all but @key
 * @change: of what follows
 * @wanted: there is one
 * @depth: of RPCs, with it
 * @quit: the server shall end
 */
struct rpc {
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool wanted;
	unsigned int depth;
	bool quit;
};

const struct round *now;
struct optee_cq cq;
bool closed;

/**
 * struct thread - one that makes calls
 * @thread: itself
 * @task: what it sleeps on, and is killed by
 * @life: protects @alive; held to kill it
 * @alive: @task is there
 * @seed: of its random numbers
 * @rpc: of a server, what it shall do
 */
struct thread {
	pthread_t thread;
	struct cq_host_task task;
	pthread_mutex_t life;
	bool alive;
	unsigned int seed;
	struct rpc rpc;
};

static struct optee_cq_client clients[CLIENTS];
static struct thread all[ALL];

static unsigned int below(struct thread *t, unsigned int n)
{
	return rand_r(&t->seed) / 8 % n;
}

static bool one_in(struct thread *t, unsigned int n)
{
	return !below(t, n);
}

static void make_call(struct thread *t, unsigned int depth);

/* In the task that made the call, as I2C and RPMB in the kernel */
static void serve_oneself(struct thread *t, struct optee_cq_call *call,
			  unsigned int depth)
{
	count(tally.nested);
	optee_cq_serve(&cq, call, t);
	make_call(t, depth + 1);
	optee_cq_serve(&cq, call, NULL);
}

/* By a task like tee-supplicant's. A killed one does not wait for it */
static void be_served(struct thread *t, struct optee_cq_call *call,
		      unsigned int depth)
{
	struct thread *server = &all[CALLERS + below(t, SERVERS)];
	struct rpc *rpc = &server->rpc;
	struct timespec until;

	pthread_mutex_lock(&rpc->lock);
	if (rpc->wanted) {
		pthread_mutex_unlock(&rpc->lock);
		return;
	}
	count(tally.nested);
	optee_cq_serve(&cq, call, server);
	rpc->depth = depth + 1;
	rpc->wanted = true;
	pthread_cond_broadcast(&rpc->change);
	while (rpc->wanted && !cq_event_killed(&call->event)) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&rpc->change, &rpc->lock, &until);
	}
	pthread_mutex_unlock(&rpc->lock);
	optee_cq_serve(&cq, call, NULL);
}

static void work(struct thread *t, struct optee_cq_call *call,
		 unsigned int depth)
{
	if (one_in(t, 4))
		usleep(below(t, 100));
	if (depth == DEEPEST || !one_in(t, 3))
		return;
	if (one_in(t, 2) && t < &all[CALLERS])
		be_served(t, call, depth);
	else
		serve_oneself(t, call, depth);
}

static int enter(struct thread *t, struct optee_cq_call *call, bool tries)
{
	cq_time_t deadline = CQ_FOREVER;

	if (tries)
		return optee_cq_try_enter(&cq, call);
	if (one_in(t, 3))
		deadline = cq_now() + below(t, 4000) * CQ_MS / 1000;
	return optee_cq_enter(&cq, call, deadline);
}

/* @depth: of RPCs that it is made for */
static void make_call(struct thread *t, unsigned int depth)
{
	static const enum optee_cq_class classes[] = {
		OPTEE_CQ_USER, OPTEE_CQ_USER, OPTEE_CQ_USER, OPTEE_CQ_KERNEL,
		OPTEE_CQ_KERNEL, OPTEE_CQ_SYSTEM, OPTEE_CQ_UNBLOCK,
	};
	enum optee_cq_class class = classes[below(t, 7)];
	bool tries = one_in(t, 16), had_slot;
	struct optee_cq_call call;
	int rc;

	count(tally.calls);
	optee_cq_call_init(&call, &clients[below(t, CLIENTS)], class,
			   class == OPTEE_CQ_SYSTEM, t);
	rc = enter(t, &call, tries);
	had_slot = !rc;
	if (had_slot) {
		count(tally.entered[call.class]);
		must(!depth || call.level >= SYSTEM_LEVEL ||
		     t >= &all[CALLERS], "a nested call is not SYSTEM");
	}
	while (!rc && now->changes && one_in(t, 32)) {
		count(tally.refused);
		rc = optee_cq_refused(&cq, &call, tries ? cq_now() :
							  CQ_FOREVER);
	}
	if (rc) {
		if (had_slot)
			count(tally.lost[call.class]);
		came_to(rc, &call, tries, depth);
		return;
	}
	has_slot(&call);
	work(t, &call, depth);
	gives_slot_up(&call);
	count(tally.left[call.class]);
	optee_cq_leave(&cq, &call);
}

static bool is_killed(struct thread *t)
{
	bool is;

	pthread_mutex_lock(&t->task.lock);
	is = t->task.killed;
	pthread_mutex_unlock(&t->task.lock);
	return is;
}

static void begin_life(struct thread *t)
{
	pthread_mutex_lock(&t->life);
	cq_host_attach(&t->task);
	t->alive = true;
	pthread_mutex_unlock(&t->life);
}

static void end_life(struct thread *t)
{
	pthread_mutex_lock(&t->life);
	t->alive = false;
	cq_host_detach();
	pthread_mutex_unlock(&t->life);
}

static void born_again(struct thread *t)
{
	if (!is_killed(t))
		return;
	end_life(t);
	begin_life(t);
}

static void *caller(void *arg)
{
	struct thread *t = arg;

	begin_life(t);
	while (!get(closed)) {
		make_call(t, 0);
		born_again(t);
	}
	end_life(t);
	return NULL;
}

static void *server(void *arg)
{
	struct thread *t = arg;
	struct rpc *rpc = &t->rpc;

	begin_life(t);
	pthread_mutex_lock(&rpc->lock);
	while (!rpc->quit) {
		if (!rpc->wanted) {
			pthread_cond_wait(&rpc->change, &rpc->lock);
			continue;
		}
		pthread_mutex_unlock(&rpc->lock);
		make_call(t, rpc->depth);
		born_again(t);
		pthread_mutex_lock(&rpc->lock);
		rpc->wanted = false;
		pthread_cond_broadcast(&rpc->change);
	}
	pthread_mutex_unlock(&rpc->lock);
	end_life(t);
	return NULL;
}

/* What happens to callers and to the queue meanwhile */

static void kill_one(struct thread *self)
{
	unsigned int n = below(self, now->callers + SERVERS);
	struct thread *t = &all[n < now->callers ? n :
					CALLERS + n - now->callers];

	pthread_mutex_lock(&t->life);
	if (t->alive)
		cq_host_kill(&t->task);
	pthread_mutex_unlock(&t->life);
}

static void change(struct thread *self)
{
	enum optee_cq_class class = OPTEE_CQ_KERNEL + below(self, 2);

	if (one_in(self, 2)) {
		optee_cq_set_policy(&cq, class,
				    (int)below(self, now->threads + 2) - 2);
		return;
	}
	optee_cq_add_client(&cq, class);
	usleep(50);
	optee_cq_del_client(&cq, class);
}

static void disturb(cq_time_t until)
{
	struct thread self = { .seed = now->threads };

	while (cq_now() < until) {
		usleep(200);
		if (one_in(&self, 2))
			kill_one(&self);
		if (now->changes)
			change(&self);
	}
}

/* A round */

static void make_threads(void)
{
	unsigned int n;

	for (n = 0; n < ALL; n++) {
		pthread_mutex_init(&all[n].life, NULL);
		pthread_mutex_init(&all[n].rpc.lock, NULL);
		pthread_cond_init(&all[n].rpc.change, NULL);
	}
}

static void start(struct thread *t, void *(*function)(void *))
{
	t->seed = 7919 * (t - all) + now->threads;
	if (pthread_create(&t->thread, NULL, function, t))
		abort();
}

static void quit(struct thread *t)
{
	pthread_mutex_lock(&t->rpc.lock);
	t->rpc.quit = true;
	pthread_cond_broadcast(&t->rpc.change);
	pthread_mutex_unlock(&t->rpc.lock);
	pthread_join(t->thread, NULL);
}

static void set_up(void)
{
	unsigned int n;

	begin_tally();
	closed = false;
	for (n = 0; n < ALL; n++) {
		all[n].rpc.wanted = false;
		all[n].rpc.quit = false;
	}
	if (optee_cq_init(&cq, now->threads) ||
	    optee_cq_set_policy(&cq, OPTEE_CQ_KERNEL, now->rk) ||
	    optee_cq_set_policy(&cq, OPTEE_CQ_SYSTEM, now->rs))
		abort();
	for (n = 0; n < CLIENTS; n++)
		optee_cq_client_init(&clients[n]);
	for (n = 0; n < now->callers; n++)
		start(&all[n], caller);
	for (n = CALLERS; n < ALL; n++)
		start(&all[n], server);
}

/* Return: if all held */
static bool run(const struct round *round, cq_time_t time)
{
	unsigned int n;
	bool ok;

	now = round;
	set_up();
	disturb(cq_now() + time);
	__atomic_store_n(&closed, true, __ATOMIC_RELAXED);
	optee_cq_close(&cq, OPTEE_CQ_CLASSES);
	for (n = 0; n < now->callers; n++)
		pthread_join(all[n].thread, NULL);
	for (n = CALLERS; n < ALL; n++)
		quit(&all[n]);
	check_books();
	ok = report();
	optee_cq_destroy(&cq);
	return ok;
}

static void hangs(int signal)
{
	static const char text[] = "not ok threads: it hangs\n";

	(void)signal;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(3);
	_exit(1);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 15, n;
	bool ok = true;

	if (argc > 2 || seconds < 1 || seconds > MAX_SECONDS) {
		fprintf(stderr, "usage: threads [SECONDS]\n");
		return 2;
	}
	make_threads();
	signal(SIGALRM, hangs);
	alarm(4 * seconds + 60);
	for (n = 0; n < ARRAY_SIZE(rounds); n++)
		ok &= run(&rounds[n], seconds * 1000 * CQ_MS /
				      (cq_time_t)ARRAY_SIZE(rounds));
	return !ok;
}
