// SPDX-License-Identifier: GPL-2.0-only
/*
 * The actors: processes that call the worker in every way there is until they
 * are told to stop, or are killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lab_tee.h"
#include "lane.h"
#include "worker_ta.h"

#define MAX_DEPTH	2

const struct role roles[ACTORS] = {
	/*		    lanes, shares, cancels,
	 *			open nop busy sleep store plugin echo share
	 */
	{ "t-calls", USER, 1, false, false, { 5, 30, 20, 20, 3, 2, 15, 5 } },
	/* A name may have a space, and tables have it as it is */
	{ "t calls", USER, 1, false, false, { 5, 30, 20, 20, 3, 2, 15, 5 } },
	{ "t-sleeps", USER, 1, false, false, { 2, 5, 3, 80, 2, 3, 5, 0 } },
	{ "t-sleeps", USER, 1, false, false, { 2, 5, 3, 80, 2, 3, 5, 0 } },
	{ "t-stores", USER, 1, false, false, { 5, 10, 5, 10, 50, 10, 5, 5 } },
	{ "t-nests", USER, 1, false, false, { 5, 10, 5, 10, 0, 65, 5, 0 } },
	{ "t-nests", USER, 1, false, false, { 5, 10, 5, 10, 0, 65, 5, 0 } },
	{ "t-memory", USER, 2, false, false, { 2, 5, 3, 5, 0, 0, 45, 40 } },
	{ "t-threads", USER, 4, true, true, { 0, 20, 20, 40, 0, 0, 20, 0 } },
	{ "t-threads", USER, 4, true, true, { 0, 20, 20, 40, 0, 0, 20, 0 } },
	{ "t-kernel", KERNEL, 2, true, false, { 0, 30, 20, 20, 0, 0, 20, 5 } },
	{ "t-kernel", KERNEL, 1, false, false, { 5, 30, 20, 20, 5, 3, 15, 5 } },
	{ "t-system", SYSTEM, 2, true, false, { 0, 30, 20, 20, 0, 0, 20, 5 } },
	{ "t-system", SYSTEM, 1, false, false, { 5, 30, 20, 20, 3, 3, 15, 5 } },
};

/*
 * The plugin opens a session, calls, and closes, once for each level. It does
 * so as a system client while the call is there, and as a process if this one
 * is killed meanwhile.
 */
static void act_plugin(struct self *self)
{
	int depth = chance_in(&self->chance, 1, MAX_DEPTH);
	enum cmd cmd;
	uint32_t ret;

	for (cmd = OPEN; cmd <= CLOSE; cmd++) {
		expect(self, USER_CLASS, cmd, depth);
		expect(self, SYSTEM_CLASS, cmd, depth);
	}
	ret = call(self, ACT_PLUGIN, WORKER_CMD_PLUGIN, depth);
	if (ret)
		return;
	/* A close that would have been a deadlock is the reaper's */
	for (cmd = OPEN; cmd <= INVOKE; cmd++) {
		expect(self, USER_CLASS, cmd, -depth);
		made(self, SYSTEM_CLASS, cmd, depth);
	}
}

/* --- memory --------------------------------------------------------------- */

static bool came_back(const uint8_t *memory, size_t size, uint8_t seed)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (memory[i] != (uint8_t)~(seed + i))
			return false;
	return true;
}

static void settle_echo(struct self *self, uint32_t ret, bool right, size_t size)
{
	if (was_made(ret))
		made(self, class_of(self), INVOKE, 1);
	judge(self, ret);
	if (!ret && !right)
		trouble("%s: wrong bytes in %zu", self->role->name, size);
	if (!ret && right)
		self->lane->bytes += size;
	end_act(self);
}

static void echo_user(struct self *self, uint8_t *memory, int id, size_t size)
{
	uint8_t seed = chance_in(&self->chance, 0, 255);
	struct tee_ioctl_param param = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		.b = size, .c = id,
	};
	uint32_t ret;
	size_t i;

	for (i = 0; i < size; i++)
		memory[i] = seed + i;
	expect(self, USER_CLASS, INVOKE, 1);
	begin(self, ACT_ECHO);
	ret = call_user(self, WORKER_CMD_ECHO, seed, &param);
	settle_echo(self, ret, came_back(memory, size, seed), size);
}

static void expect_memory(struct self *self)
{
	expect(self, class_of(self), REGISTER, 1);
	expect(self, class_of(self), UNREGISTER, 1);
	begin(self, ACT_SHARE);
}

static void shared_memory(struct self *self, int rc)
{
	if (rc >= 0) {
		made(self, class_of(self), REGISTER, 1);
		made(self, class_of(self), UNREGISTER, 1);
	} else {
		trouble("%s: memory is not shared: %s", self->role->name,
			strerror(-rc));
	}
	end_act(self);
}

static void let_go(struct self *self, int fd, void *memory, size_t size)
{
	munmap(memory, size);
	begin(self, ACT_SHARE);
	close(fd);
	end_act(self);
}

static uint8_t *map(size_t size, int flags, int fd)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		broken("not mapped: %s", strerror(errno));
	return memory;
}

/* Memory of the driver's, mapped here */
static void share_allocated(struct self *self)
{
	size_t size = chance_in(&self->chance, 1, 20000);
	uint8_t *memory;
	int id, fd;

	expect_memory(self);
	fd = tee_shm_alloc(self->worker->fd, size, &id);
	shared_memory(self, fd);
	if (fd < 0)
		return;
	memory = map(size, MAP_SHARED, fd);
	echo_user(self, memory, id, size);
	let_go(self, fd, memory, size);
}

/* Memory of our own, from anywhere in a page on */
static void share_registered(struct self *self)
{
	size_t size = chance_in(&self->chance, 1, 20000);
	size_t offs = chance_in(&self->chance, 0, 4095);
	uint8_t *memory = map(offs + size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int id, fd;

	expect_memory(self);
	fd = tee_shm_register(self->worker->fd, memory + offs, size, &id);
	shared_memory(self, fd);
	if (fd < 0) {
		munmap(memory, offs + size);
		return;
	}
	echo_user(self, memory + offs, id, size);
	let_go(self, fd, memory, offs + size);
}

static void share_kernel(struct self *self)
{
	struct lab_tee_alloc req = {
		.size = chance_in(&self->chance, 1, 20000),
	};
	uint32_t ret, wrong = 0;
	int rc;

	expect_memory(self);
	rc = ioctl(self->worker->fd, LAB_TEE_ALLOC, &req) ? -errno : 0;
	shared_memory(self, rc);
	if (rc)
		return;
	expect(self, class_of(self), INVOKE, 1);
	begin(self, ACT_ECHO);
	ret = call_kernel(self, WORKER_CMD_ECHO,
			  chance_in(&self->chance, 0, 255), req.handle, &wrong);
	settle_echo(self, ret, !wrong, req.size);
	begin(self, ACT_SHARE);
	ioctl(self->worker->fd, LAB_TEE_FREE, (unsigned long)req.handle);
	end_act(self);
}

/* --- the play ------------------------------------------------------------- */

/* Mostly short, at times long enough for others to queue up behind it */
static void act_sleep(struct self *self)
{
	bool is_long = chance_of(&self->chance, 4);

	call(self, ACT_SLEEP, WORKER_CMD_SLEEP,
	     is_long ? chance_in(&self->chance, 200, 1000) :
		       chance_in(&self->chance, 1, 40));
}

static void act_cancel(struct self *self)
{
	int rc;

	sleep_ms(chance_in(&self->chance, 5, 80));
	expect(self, UNBLOCK_CLASS, CANCEL, 1);
	begin(self, ACT_CANCEL);
	rc = tee_cancel(self->worker->fd, self->worker->session, CANCEL_ID);
	if (rc)
		trouble("%s: cancel: %s", self->role->name, strerror(-rc));
	else
		made(self, UNBLOCK_CLASS, CANCEL, 1);
	end_act(self);
}

static void play_one(struct self *self, enum act act)
{
	switch (act) {
	case ACT_OPEN:
		reopen(self);
		break;
	case ACT_NOP:
		call(self, act, WORKER_CMD_NOP, 0);
		break;
	case ACT_BUSY:
		call(self, act, WORKER_CMD_BUSY,
		     chance_in(&self->chance, 1, 3));
		break;
	case ACT_SLEEP:
		act_sleep(self);
		break;
	case ACT_STORE:
		call(self, act, WORKER_CMD_STORE,
		     chance_in(&self->chance, 1, 300));
		break;
	case ACT_PLUGIN:
		act_plugin(self);
		break;
	case ACT_ECHO:
	case ACT_SHARE:
		if (self->role->kind != USER)
			share_kernel(self);
		else if (act == ACT_SHARE)
			share_registered(self);
		else
			share_allocated(self);
		break;
	default:
		act_cancel(self);
	}
}

static enum act choose(struct self *self)
{
	unsigned int act, sum = 0, at;

	for (act = 0; act < ACTS; act++)
		sum += self->role->weights[act];
	at = chance_in(&self->chance, 1, sum);
	for (act = 0; at > self->role->weights[act]; act++)
		at -= self->role->weights[act];
	return act;
}

/* Some never rest; those that go before others leave them room */
static void *play_lane(void *arg)
{
	static const unsigned char pauses[][4] = {
		{ 0, 0, 3, 20 }, { 5, 20, 50, 100 },
	};
	struct self *self = arg;
	unsigned int pause = pauses[self->role->kind != USER]
				   [chance_in(&self->chance, 0, 3)];

	if (self->opens)
		open_session(self);
	while (!stage->stop) {
		/* Without one only when it is time to stop */
		if (self->stale) {
			reopen(self);
			continue;
		}
		play_one(self, self->cancels ? ACT_CANCEL : choose(self));
		if (pause && !self->cancels)
			sleep_ms(chance_in(&self->chance, 0, pause));
	}
	return NULL;
}

static void lane_init(struct self *self, unsigned int number,
		      unsigned int lane)
{
	struct actor_life *life = &stage->actors[number];

	self->role = &roles[number];
	self->lane = &life->lanes[lane];
	self->object = number * LANES + lane;
	self->chance = chance_new(stage->seed, 1 + self->object, life->lives);
	self->cancels = self->role->cancels && lane + 1 == self->role->lanes;
}

void actor_play(unsigned int number)
{
	static struct worker workers[LANES];
	static struct self lanes[LANES];
	pthread_t threads[LANES];
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, roles[number].name);
	for (i = 0; i < roles[number].lanes; i++) {
		lane_init(&lanes[i], number, i);
		lanes[i].opens = i && !lanes[i].cancels &&
				 !(i == 1 && roles[number].shares);
		lanes[i].worker = &workers[lanes[i].opens ? i : 0];
	}
	open_session(&lanes[0]);
	for (i = 1; i < roles[number].lanes; i++)
		if (pthread_create(&threads[i], NULL, play_lane, &lanes[i]))
			broken("no thread");
	play_lane(&lanes[0]);
	for (i = 1; i < roles[number].lanes; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}
