// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that other calls wait for, made in the caller's own task: OP-TEE asks
 * for an I2C transfer, the driver makes it where the call came from, and the
 * bus (lab/modules/lab_i2c) needs OP-TEE itself, once or several deep.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gt.h"
#include "lab_i2c.h"
#include "lab_rpc.h"
#include "nested.h"
#include "worker_ta.h"

#define FLOOD		5
#define FLOOD_MS	60
#define ROUNDS		3
#define SEED		0x01020304
#define CHIP		0x50
#define PARAMETERS	"/sys/module/lab_i2c/parameters/"

#define BAD_PARAMETERS	0xffff0006	/* TEEC_ERROR_... */
#define NOT_FOUND	0xffff0008
#define NOT_SUPPORTED	0xffff000a
#define COMMUNICATION	0xffff000e

#define ALL		LAB_RPC_BYTES

/* A session with the pseudo trusted app that asks for transfers */
struct bus_user {
	int fd;
	uint32_t session;
};

struct transfer {
	unsigned int bus;
	unsigned int chip;
	unsigned int bytes;
	unsigned int flags;
	uint64_t data;
	unsigned int moved;	/* out */
};

static void buses_open(struct bus_user *user)
{
	static const struct {
		uint32_t low;
		uint16_t mid, high;
		uint8_t rest[8];
	} id = LAB_RPC_UUID;
	uint8_t uuid[16] = {
		id.low >> 24, id.low >> 16, id.low >> 8, id.low,
		id.mid >> 8, id.mid, id.high >> 8, id.high,
	};
	uint32_t ret;
	int rc;

	load_module("lab_i2c", "");
	memcpy(uuid + 8, id.rest, 8);
	user->fd = tee_open();
	rc = tee_open_session(user->fd, uuid, &user->session, &ret);
	if (rc || ret)
		broken("no session with lab_rpc: %s, %#x", strerror(-rc), ret);
}

static void buses_close(struct bus_user *user)
{
	close(user->fd);
	if (!unload_module("lab_i2c"))
		fault("the buses are still in use");
}

static uint32_t move(struct bus_user *user, struct transfer *t)
{
	struct tee_ioctl_param p[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .a = LAB_RPC_WHERE(t->bus, t->chip),
		  .b = LAB_RPC_HOW(t->bytes, t->flags) },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT,
		  .a = (uint32_t)t->data, .b = t->data >> 32 },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	uint32_t ret;
	int rc = tee_invoke(user->fd, user->session, LAB_RPC_CMD_I2C, 0, p, 4,
			    &ret);

	t->data = (uint32_t)p[1].a | p[1].b << 32;
	t->moved = p[2].a;
	return rc ? (uint32_t)rc : ret;
}

static void seed(struct bus_user *user)
{
	struct transfer t = { LAB_I2C_BUS, CHIP, ALL, 0, SEED, 0 };
	uint32_t ret = move(user, &t);

	if (ret)
		broken("a plain transfer got %#x", ret);
}

static uint32_t read_deep(struct bus_user *user, unsigned int depth,
			  uint64_t *data)
{
	struct transfer t = { LAB_I2C_BUS + depth, CHIP, ALL, LAB_RPC_READ,
			      0, 0 };
	uint32_t ret = move(user, &t);

	*data = t.data;
	return ret;
}

/* --- what is carried ------------------------------------------------------ */

/* What the first bus saw: its own words, and this task */
static void must_see(unsigned int chip, unsigned int flags, unsigned int bytes)
{
	char want[96], seen[96] = "";

	snprintf(want, sizeof(want), "pid=%d addr=0x%x flags=0x%x len=%u",
		 gettid(), chip, flags, bytes);
	read_text(PARAMETERS "last", seen, sizeof(seen));
	if (strcmp(want, seen))
		fault("the bus saw '%s', not '%s'", seen, want);
}

/* Written, and read back */
static void must_carry(struct bus_user *user, unsigned int chip,
		       unsigned int bytes, unsigned int ten)
{
	uint64_t data = 0x8877665544332211 + chip;
	uint64_t mask = ~0ull >> (64 - 8 * bytes);
	struct transfer t = { LAB_I2C_BUS, chip, bytes,
			      ten ? LAB_RPC_TEN_BIT : 0, data, 0 };
	uint32_t ret = move(user, &t);

	if (ret || t.moved != bytes)
		fault("a write to %#x got %#x, %u moved", chip, ret, t.moved);
	must_see(chip, ten, bytes);
	t.flags |= LAB_RPC_READ;
	t.data = 0;
	ret = move(user, &t);
	if (ret || t.moved != bytes || (t.data & mask) != (data & mask))
		fault("a read from %#x got %#x, %u moved, %#llx", chip, ret,
		      t.moved, (unsigned long long)t.data);
	must_see(chip, ten | 1, bytes);
}

static void must_get(struct bus_user *user, struct transfer t, uint32_t want)
{
	uint32_t ret = move(user, &t);

	if (ret != want)
		fault("bus %u, chip %#x, flags %u: %#x, not %#x", t.bus, t.chip,
		      t.flags, ret, want);
}

void i2c_carried(void)
{
	const struct {
		struct transfer t;
		uint32_t ret;
	} bad[] = {
		/* No such bus; one of a number that is no int */
		{ { LAB_I2C_BUS - 1, CHIP, 1, 0, 0, 0 }, NOT_FOUND },
		{ { 0xffff, CHIP, 1, LAB_RPC_READ, 0, 0 }, NOT_FOUND },
		/* An address too long for its kind */
		{ { LAB_I2C_BUS, 0x80, 1, 0, 0, 0 }, BAD_PARAMETERS },
		{ { LAB_I2C_BUS, 0x400, 1, LAB_RPC_TEN_BIT, 0, 0 },
		  BAD_PARAMETERS },
		/* A bus that has no long ones, and cannot be written */
		{ { LAB_I2C_BUS + 1, 0x250, 1, LAB_RPC_TEN_BIT | LAB_RPC_READ,
		    0, 0 }, NOT_SUPPORTED },
		{ { LAB_I2C_BUS + 1, CHIP, 1, 0, 0, 0 }, NOT_SUPPORTED },
	};
	struct bus_user user;
	unsigned int i;

	buses_open(&user);
	/* I2C_M_RD is 1, I2C_M_TEN is 0x10 */
	must_carry(&user, 0x08, 1, 0);
	must_carry(&user, CHIP, 5, 0);
	must_carry(&user, 0x7f, 8, 0);
	must_carry(&user, 0x2a5, 8, 0x10);
	must_carry(&user, 0x3ff, 3, 0x10);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		must_get(&user, bad[i].t, bad[i].ret);
	buses_close(&user);
	sane();
	ok("both directions, 7 and 10 bits, %zu errors", ARRAY_SIZE(bad));
}

/* --- the mark ------------------------------------------------------------- */

static void must_count(const char *what, long user, long system)
{
	static long users, systems;
	long more_users = queue("user_calls") - users;
	long more_systems = queue("system_calls") - systems;

	users += more_users;
	systems += more_systems;
	if (!what)
		return;
	if (more_users != user || more_systems != system)
		fault("%s: %ld user and %ld system calls, not %ld and %ld",
		      what, more_users, more_systems, user, system);
}

/*
 * Calls of this task are system calls while an RPC of its own is served, and
 * user calls before and after. Those of the bus are two: the worker sleeps,
 * and adds.
 */
void i2c_mark_ends(void)
{
	struct worker worker;
	struct bus_user user;
	uint64_t data;
	unsigned int i;

	if (!is_ours())
		skip("stock has no classes");
	if (threads() < 2)
		skip("takes two threads");
	worker_open(&worker, USER);
	buses_open(&user);
	seed(&user);
	read_deep(&user, 1, &data);
	must_count(NULL, 0, 0);
	for (i = 0; i < 3; i++) {
		if (read_deep(&user, 1, &data))
			broken("the bus fails");
		must_count("a call that needs two", 1, 2);
		worker_call(&worker, WORKER_CMD_NOP, 0, 0, NULL);
		worker_call(&worker, WORKER_CMD_BUSY, 1, 0, NULL);
		must_count("two calls after it", 2, 0);
	}
	/* Nothing nests here, and this fails: the mark goes all the same */
	seed(&user);
	must_get(&user, (struct transfer){ LAB_I2C_BUS - 1, CHIP, 1, 0, 0, 0 },
		 NOT_FOUND);
	worker_call(&worker, WORKER_CMD_NOP, 0, 0, NULL);
	must_count("three calls that need none", 3, 0);
	worker_close(&worker);
	buses_close(&user);
	ok("a task is marked while it serves its own call, and no longer");
}

/* --- in a flood ----------------------------------------------------------- */

struct reader {
	unsigned int depth;
	volatile bool ready;
	volatile bool go;
	volatile unsigned int rounds;
	volatile uint32_t ret;
	volatile uint64_t data;
};

static void read_on(void *arg)
{
	struct reader *reader = arg;
	struct bus_user user;
	uint64_t data;

	buses_open(&user);
	seed(&user);
	reader->ready = true;
	while (!reader->go)
		sleep_ms(2);
	do {
		reader->ret = read_deep(&user, reader->depth, &data);
		reader->data = data;
		reader->rounds++;
	} while (!reader->ret && reader->rounds < ROUNDS);
	close(user.fd);
}

static pid_t reader_start(struct reader *reader)
{
	pid_t pid = spawn("gt-outer", read_on, reader);

	if (!await(reader->ready, PATIENCE_MS))
		broken("no session with lab_rpc");
	return pid;
}

/*
 * As deep as there are threads for it: each level has one left for the next,
 * however many processes want them all. And what comes back is right.
 */
void nested_i2c_in_flood(void)
{
	struct reader *reader = shared(sizeof(*reader));
	struct actor *flood;
	unsigned int i;
	pid_t pid;

	reader->depth = threads() - 1;
	if (is_ours())
		reserve_system(reader->depth);
	pid = reader_start(reader);
	flood = flood_start(FLOOD, FLOOD_MS);
	reader->go = true;
	for (i = 0; i < ROUNDS; i++) {
		if (!await(reader->rounds > i, PATIENCE_MS))
			fault("hangs: not back after %d s", PATIENCE_MS / 1000);
		if (reader->ret)
			fault("round %u got %#x", i, reader->ret);
	}
	if (reader->data != LAB_I2C_ANSWER(SEED, reader->depth))
		fault("the answer is %#llx", (unsigned long long)reader->data);
	must_go_on(flood, FLOOD);
	if (is_ours())
		queue_write("reserve_system", "auto");
	if (!await(gone(pid), PATIENCE_MS) || !unload_module("lab_i2c"))
		broken("the reader stays");
	ok("%u deep, %d times", reader->depth, ROUNDS);
}

/*
 * One deeper than there are threads: the innermost call fails, so does the
 * transfer it was made for, and with that each call up to the first.
 */
void deadlock_i2c_ends(void)
{
	struct reader *reader = shared(sizeof(*reader));
	struct actor *flood;
	char failed[96] = "";
	pid_t pid;

	reader->depth = threads();
	pid = reader_start(reader);
	flood = flood_start(DEADLOCK_FLOOD, FLOOD_MS);
	reader->go = true;
	if (!await(reader->rounds, PATIENCE_MS))
		fault("hangs: not back after %d s", PATIENCE_MS / 1000);
	if (reader->ret != COMMUNICATION)
		fault("got %#x, not TEEC_ERROR_COMMUNICATION", reader->ret);
	read_text(PARAMETERS "failed", failed, sizeof(failed));
	if (strcmp(failed, "bus=1 ret=0xffff000d rc=0"))
		fault("the first call to fail was '%s'", failed);
	if (is_ours())
		must_be_reported("rpc i2c", pid);
	must_go_on(flood, DEADLOCK_FLOOD);
	if (!await(gone(pid), PATIENCE_MS) || !unload_module("lab_i2c"))
		broken("the reader stays");
	sane();
	ok("%u deep with %u threads: TEEC_ERROR_BUSY for the innermost",
	   threads(), threads());
}
