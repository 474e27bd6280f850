// SPDX-License-Identifier: GPL-2.0-only
/*
 * A call of a lane, and its books.
 *
 * A lane writes down what it is about to do before it does it, and what came
 * of it after: so whenever it is killed, what it may have done is in the
 * books. Before an ioctl its calls are "maybe" there; an answer that only
 * OP-TEE can have given makes them "sure".
 *
 * An answer is right, or it is one of these: a cancelled sleep; a deadlock
 * that was ended, for a call that goes through tee-supplicant's plugin; or any
 * error of a call that needs tee-supplicant while that was killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lab_tee.h"
#include "lane.h"
#include "worker_ta.h"

#define CANCELLED	0xffff0002	/* TEEC_ERROR_CANCEL */
#define BUSY_ANSWER	0xffff000d	/* TEEC_ERROR_BUSY */
#define COMMUNICATION	0xffff000e	/* TEEC_ERROR_COMMUNICATION */

#define OLD_FILES_MS	3000

enum class class_of(const struct self *self)
{
	return (enum class)self->role->kind;
}

/* --- the books ------------------------------------------------------------ */

void expect(struct self *self, enum class class, enum cmd cmd, int n)
{
	self->lane->books.maybe[class][cmd] += n;
}

void made(struct self *self, enum class class, enum cmd cmd, int n)
{
	self->lane->books.maybe[class][cmd] -= n;
	self->lane->books.sure[class][cmd] += n;
}

void begin(struct self *self, enum act act)
{
	struct lane *lane = self->lane;

	lane->act = act;
	lane->epoch = stage->epoch;
	lane->begun++;
	lane->asked = now_us();
}

void end_act(struct self *self)
{
	struct lane *lane = self->lane;
	uint64_t us = now_us() - lane->asked;

	if (us > lane->longest_us)
		lane->longest_us = us;
	lane->asked = 0;
	lane->returned++;
}

/*
 * tee-supplicant was killed after the call began, or was not there then; and
 * for a while OP-TEE may know files by the numbers they had there.
 */
static bool is_excused(const struct self *self)
{
	const struct lane *lane = self->lane;

	if (lane->epoch != stage->epoch || lane->epoch % 2)
		return true;
	return lane->act == ACT_STORE &&
	       lane->asked < stage->came + OLD_FILES_MS * 1000;
}

/* OP-TEE has had the call, whatever it says of it */
bool was_made(uint32_t ret)
{
	return ret != BUSY_ANSWER && ret != COMMUNICATION &&
	       !(ret > (uint32_t)-4096);
}

static const char *const act_names[ACTS] = {
	"open", "nop", "busy", "sleep", "store", "plugin", "echo", "share",
	"cancel",
};

void judge(struct self *self, uint32_t ret)
{
	enum act act = self->lane->act;
	bool asks = act == ACT_OPEN || act == ACT_STORE || act == ACT_PLUGIN;

	if (!ret)
		return;
	if (act == ACT_SLEEP && ret == CANCELLED && self->role->cancels) {
		self->lane->cancelled++;
		return;
	}
	/* The trusted app may have panicked, and its session with it */
	self->stale = true;
	if (act == ACT_PLUGIN && ret == BUSY_ANSWER)
		self->lane->busy++;
	else if (asks && is_excused(self))
		self->lane->excused++;
	else
		trouble("%s: %s got %#x, epoch %u then, %u now",
			self->role->name, act_names[act], ret,
			self->lane->epoch, stage->epoch);
}

/* --- sessions ------------------------------------------------------------- */

/* A system session is opened as any other, and then made one */
static enum class opening_class(const struct self *self)
{
	return self->role->kind == USER ? USER_CLASS : KERNEL_CLASS;
}

static uint32_t open_kernel(struct worker *worker)
{
	struct lab_tee_open req = { .kind = worker->kind == SYSTEM ?
				    LAB_TEE_SYSTEM : LAB_TEE_KERNEL };

	worker->fd = open("/dev/lab_tee", O_RDWR | O_CLOEXEC);
	if (worker->fd < 0)
		broken("/dev/lab_tee: %s", strerror(errno));
	memcpy(req.uuid, worker_uuid, sizeof(req.uuid));
	if (!ioctl(worker->fd, LAB_TEE_OPEN, &req))
		return 0;
	return errno == EIO && req.result ? req.result : (uint32_t)-errno;
}

static uint32_t open_user(struct worker *worker)
{
	uint32_t ret;
	int rc;

	worker->fd = tee_open();
	rc = tee_open_session(worker->fd, worker_uuid, &worker->session, &ret);
	return rc ? (uint32_t)rc : ret;
}

/* What is opened is closed, by the process or after it */
void open_session(struct self *self)
{
	enum class class = opening_class(self);
	struct worker *worker = self->worker;
	uint32_t ret;

	for (;;) {
		worker->kind = self->role->kind;
		expect(self, class, OPEN, 1);
		expect(self, class_of(self), CLOSE, 1);
		begin(self, ACT_OPEN);
		ret = worker->kind == USER ? open_user(worker) :
					     open_kernel(worker);
		if (!ret) {
			made(self, class, OPEN, 1);
			made(self, class_of(self), CLOSE, 1);
		}
		judge(self, ret);
		end_act(self);
		if (!ret || stage->stop)
			break;
		close(worker->fd);
		sleep_ms(20);
	}
	self->stale = ret;
}

/* By name, or with all that the file has */
void reopen(struct self *self)
{
	struct worker *worker = self->worker;

	begin(self, ACT_OPEN);
	if (chance_of(&self->chance, 50) && worker->kind == USER)
		tee_close_session(worker->fd, worker->session);
	close(worker->fd);
	end_act(self);
	open_session(self);
}

/* --- calls ---------------------------------------------------------------- */

uint32_t call_user(struct self *self, uint32_t cmd, uint64_t a,
		   struct tee_ioctl_param *memory)
{
	struct tee_ioctl_param params[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, .a = a,
		  .b = self->object },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	uint32_t ret;
	int rc;

	if (memory)
		params[2] = *memory;
	rc = tee_invoke(self->worker->fd, self->worker->session, cmd, CANCEL_ID,
			params, 4, &ret);
	return rc ? (uint32_t)rc : ret;
}

uint32_t call_kernel(struct self *self, uint32_t cmd, uint64_t a,
		     uint32_t memory, uint32_t *wrong)
{
	struct lab_tee_invoke req = {
		.cmd = cmd,
		.in = { .a = a, .b = self->object },
		.memref = { memory },
	};

	if (ioctl(self->worker->fd, LAB_TEE_INVOKE, &req))
		return -errno;
	*wrong = req.wrong_bytes;
	return req.error ? (uint32_t)req.error : req.result;
}

uint32_t call(struct self *self, enum act act, uint32_t cmd, uint64_t a)
{
	uint32_t wrong, ret;

	expect(self, class_of(self), INVOKE, 1);
	begin(self, act);
	ret = self->role->kind == USER ? call_user(self, cmd, a, NULL) :
					 call_kernel(self, cmd, a, 0, &wrong);
	if (was_made(ret))
		made(self, class_of(self), INVOKE, 1);
	judge(self, ret);
	end_act(self);
	return ret;
}
