// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_i2c: I2C buses that need OP-TEE to be used, as one whose clock or supply
 * is OP-TEE's; lab_i2c.h says how they answer. For the lab only.
 *
 * OP-TEE asks for a transfer, its driver makes it in the task that called
 * OP-TEE, and the bus below calls OP-TEE again, in that task. For more than one
 * such call the bus asks the lab's pseudo trusted app to use the next bus.
 *
 * Parameters:
 *	last	the last transfer on the first bus: who made it, address, flags,
 *		length
 *	failed	the first call to fail since this was written: the bus that made
 *		it, its result, and the error of the client API
 *
 * Locking: a bus's transfers come one at a time, from the I2C core. @lock is
 * for what the parameters show.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/tee_drv.h>
#include <linux/uuid.h>

#include "lab_i2c.h"
#include "lab_rpc.h"
#include "worker_ta.h"

#define NUM_PARAMS	4
#define SLEEP_MS	20
#define CHIP		0x50

/* As trusted apps have it, by their headers */
struct ta_uuid {
	u32 low;
	u16 mid;
	u16 high;
	u8 rest[8];
};

static struct tee_context *ctx;

/*
 * Each bus has its own, as OP-TEE makes the calls of a session wait for one
 * another: the first, of bus 1, is with the worker, the others with lab_rpc.
 */
static u32 sessions[LAB_I2C_DEPTHS];

/* What the first bus reads as */
static __le64 written;

static DEFINE_MUTEX(lock);
static char last[96];
static char failed[96];

static int show(char *buffer, const struct kernel_param *kp)
{
	int n;

	mutex_lock(&lock);
	n = sysfs_emit(buffer, "%s\n", (const char *)kp->arg);
	mutex_unlock(&lock);
	return n;
}

static int forget(const char *text, const struct kernel_param *kp)
{
	mutex_lock(&lock);
	*(char *)kp->arg = 0;
	mutex_unlock(&lock);
	return 0;
}

static const struct kernel_param_ops text_ops = {
	.get = show,
	.set = forget,
};

module_param_cb(last, &text_ops, last, 0600);
module_param_cb(failed, &text_ops, failed, 0600);

static int call(unsigned int bus, u32 cmd, struct tee_param *p)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = cmd,
		.session = sessions[bus - 1],
		.num_params = NUM_PARAMS,
	};
	int rc = tee_client_invoke_func(ctx, &arg, p);

	if (!rc && !arg.ret)
		return 0;
	mutex_lock(&lock);
	if (!failed[0])
		snprintf(failed, sizeof(failed), "bus=%u ret=%#x rc=%d", bus,
			 arg.ret, rc);
	mutex_unlock(&lock);
	return rc ?: -EREMOTEIO;
}

/* @p1 comes back in the first value out */
static int call_worker(u32 cmd, u64 a, u64 b, u64 *p1)
{
	struct tee_param p[NUM_PARAMS] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value = { .a = a, .b = b } },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	int rc = call(1, cmd, p);

	*p1 = p[1].u.value.b;
	return rc;
}

static int ask_worker(u64 *answer)
{
	u64 nothing;
	int rc = call_worker(WORKER_CMD_SLEEP, SLEEP_MS, 0, &nothing);

	if (!rc)
		rc = call_worker(WORKER_CMD_ECHO, le64_to_cpu(written),
				 LAB_I2C_ADDEND, answer);
	return rc;
}

static int ask_next_bus(unsigned int depth, u64 *answer)
{
	struct tee_param p[NUM_PARAMS] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value.a = LAB_RPC_WHERE(LAB_I2C_BUS + depth - 1, CHIP),
		  .u.value.b = LAB_RPC_HOW(sizeof(*answer), LAB_RPC_READ) },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	int rc = call(depth, LAB_RPC_CMD_I2C, p);

	if (!rc && p[2].u.value.a != sizeof(*answer))
		rc = -EREMOTEIO;
	*answer = p[1].u.value.a | p[1].u.value.b << 32;
	return rc;
}

static void note(const struct i2c_msg *msg)
{
	mutex_lock(&lock);
	snprintf(last, sizeof(last), "pid=%d addr=0x%x flags=0x%x len=%u",
		 task_pid_nr(current), msg->addr,
		 msg->flags & (I2C_M_RD | I2C_M_TEN), msg->len);
	mutex_unlock(&lock);
}

static int transfer_plain(struct i2c_msg *msg)
{
	size_t len = min_t(size_t, msg->len, sizeof(written));

	note(msg);
	if (msg->flags & I2C_M_RD) {
		memcpy(msg->buf, &written, len);
	} else {
		written = 0;
		memcpy(&written, msg->buf, len);
	}
	return 0;
}

static int transfer_nested(unsigned int depth, struct i2c_msg *msg)
{
	__le64 bytes;
	u64 answer;
	int rc;

	if (!(msg->flags & I2C_M_RD))
		return -EOPNOTSUPP;
	if (depth == 1)
		rc = ask_worker(&answer);
	else
		rc = ask_next_bus(depth, &answer);
	bytes = cpu_to_le64(answer + 1);
	if (!rc)
		memcpy(msg->buf, &bytes,
		       min_t(size_t, msg->len, sizeof(bytes)));
	return rc;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *msgs, int num)
{
	unsigned int depth = adapter->nr - LAB_I2C_BUS;
	int i, rc = 0;

	for (i = 0; i < num && !rc; i++)
		rc = depth ? transfer_nested(depth, &msgs[i]) :
			     transfer_plain(&msgs[i]);
	return rc ?: num;
}

static u32 functions(struct i2c_adapter *adapter)
{
	return I2C_FUNC_I2C |
	       (adapter->nr == LAB_I2C_BUS ? I2C_FUNC_10BIT_ADDR : 0);
}

static const struct i2c_algorithm algorithm = {
	.master_xfer = transfer,
	.functionality = functions,
};

static struct i2c_adapter buses[LAB_I2C_DEPTHS + 1];

static void remove_buses(unsigned int n)
{
	while (n--)
		i2c_del_adapter(&buses[n]);
}

/* One is held while the next is taken, never the other way round */
static struct lock_class_key bus_keys[ARRAY_SIZE(buses)];

static int add_buses(void)
{
	unsigned int n;
	int rc;

	for (n = 0; n < ARRAY_SIZE(buses); n++) {
		buses[n].owner = THIS_MODULE;
		buses[n].algo = &algorithm;
		buses[n].nr = LAB_I2C_BUS + n;
		snprintf(buses[n].name, sizeof(buses[n].name), "lab %u deep",
			 n);
		rc = i2c_add_numbered_adapter(&buses[n]);
		if (rc) {
			remove_buses(n);
			return rc;
		}
		lockdep_set_class(&buses[n].bus_lock, &bus_keys[n]);
	}
	return 0;
}

static int match_optee(struct tee_ioctl_version_data *version, const void *data)
{
	return version->impl_id == TEE_IMPL_ID_OPTEE;
}

static int open_session(const struct ta_uuid *ta, u32 *session)
{
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	const uuid_t uuid =
		UUID_INIT(ta->low, ta->mid, ta->high, ta->rest[0], ta->rest[1],
			  ta->rest[2], ta->rest[3], ta->rest[4], ta->rest[5],
			  ta->rest[6], ta->rest[7]);
	int rc;

	export_uuid(arg.uuid, &uuid);
	rc = tee_client_open_session(ctx, &arg, NULL);
	if (!rc && arg.ret)
		rc = -EREMOTEIO;
	*session = arg.session;
	return rc;
}

static void close_sessions(unsigned int n)
{
	while (n--)
		tee_client_close_session(ctx, sessions[n]);
}

static int open_sessions(void)
{
	static const struct ta_uuid worker = WORKER_UUID, rpc = LAB_RPC_UUID;
	unsigned int n;
	int rc;

	for (n = 0; n < ARRAY_SIZE(sessions); n++) {
		rc = open_session(n ? &rpc : &worker, &sessions[n]);
		if (rc) {
			close_sessions(n);
			return rc;
		}
	}
	return 0;
}

static int __init lab_i2c_init(void)
{
	int rc;

	ctx = tee_client_open_context(NULL, match_optee, NULL, NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	rc = open_sessions();
	if (rc)
		goto close_context;
	rc = add_buses();
	if (rc)
		goto close_sessions;
	return 0;

close_sessions:
	close_sessions(ARRAY_SIZE(sessions));
close_context:
	tee_client_close_context(ctx);
	return rc;
}

static void __exit lab_i2c_exit(void)
{
	remove_buses(ARRAY_SIZE(buses));
	close_sessions(ARRAY_SIZE(sessions));
	tee_client_close_context(ctx);
}

module_init(lab_i2c_init);
module_exit(lab_i2c_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C buses for the lab that call OP-TEE");
