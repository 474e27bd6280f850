// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of who holds a secure thread and who waits for one, for a person.
 *
 * Locking: a call may be read while it is in a slot or among the waiters and
 * the queue's lock is held. So what is shown is copied under that lock, and
 * written without it.
 */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "call.h"
#include "optee.h"
#include "rpc_abi.h"

/* More waiters than these are counted, not shown */
#define MAX_ROWS	256

/* Longest line: all of its columns at their widest */
#define LINE_SIZE	192

/**
 * struct row - a call, as it was when the table was made
 * @slot: its slot, or -1
 * @class: its class
 * @pid: its caller
 * @comm: the caller's name
 * @session: its session, or 0
 * @uuid: the trusted application
 * @cmd: its command
 * @since: from when it is what it is
 * @rpc_cmd: the RPC it is in, or OPTEE_CALL_NO_RPC
 * @rpc_server: who serves that, or 0
 */
struct row {
	int slot;
	enum optee_cq_class class;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	u32 session;
	uuid_t uuid;
	u32 cmd;
	cq_time_t since;
	int rpc_cmd;
	pid_t rpc_server;
};

/**
 * struct table - calls, as they were at one moment
 * @when: that moment
 * @room: entries in @rows
 * @used: of them, how many are filled in
 * @all: calls there were
 * @rows: the calls
 */
struct table {
	cq_time_t when;
	unsigned int room;
	unsigned int used;
	unsigned int all;
	struct row rows[];
};

static const char *class_name(enum optee_cq_class class)
{
	static const char * const names[] = {
		[OPTEE_CQ_USER] = "user",
		[OPTEE_CQ_KERNEL] = "kernel",
		[OPTEE_CQ_SYSTEM] = "system",
		[OPTEE_CQ_UNBLOCK] = "unblock",
	};

	return names[class];
}

static const char *cmd_name(u32 cmd)
{
	static const char * const names[] = {
		[OPTEE_MSG_CMD_OPEN_SESSION] = "open-session",
		[OPTEE_MSG_CMD_INVOKE_COMMAND] = "invoke",
		[OPTEE_MSG_CMD_CLOSE_SESSION] = "close-session",
		[OPTEE_MSG_CMD_CANCEL] = "cancel",
		[OPTEE_MSG_CMD_REGISTER_SHM] = "register-shm",
		[OPTEE_MSG_CMD_UNREGISTER_SHM] = "unregister-shm",
		[OPTEE_MSG_CMD_DO_BOTTOM_HALF] = "bottom-half",
		[OPTEE_MSG_CMD_STOP_ASYNC_NOTIF] = "stop-notif",
	};

	return cmd < ARRAY_SIZE(names) ? names[cmd] : "?";
}

/* Also of those that go to tee-supplicant: OP-TEE OS, optee_rpc_cmd.h */
static const char *rpc_name(int rpc)
{
	static const char * const names[] = {
		[0] = "load-ta",
		[1] = "rpmb",
		[2] = "file-system",
		[OPTEE_RPC_CMD_GET_TIME] = "get-time",
		[OPTEE_RPC_CMD_NOTIFICATION] = "notification",
		[OPTEE_RPC_CMD_SUSPEND] = "suspend",
		[OPTEE_RPC_CMD_SHM_ALLOC] = "shm-alloc",
		[OPTEE_RPC_CMD_SHM_FREE] = "shm-free",
		[10] = "socket",
		[11] = "ftrace",
		[12] = "plugin",
		[OPTEE_RPC_CMD_I2C_TRANSFER] = "i2c",
		[OPTEE_RPC_CMD_RPMB_PROBE_RESET] = "rpmb-reset",
		[OPTEE_RPC_CMD_RPMB_PROBE_NEXT] = "rpmb-next",
		[OPTEE_RPC_CMD_RPMB_FRAMES] = "rpmb-frames",
	};

	if (rpc < 0 || rpc >= ARRAY_SIZE(names) || !names[rpc])
		return "unknown";
	return names[rpc];
}

/* A task that is gone serves nobody, and its number may be another one's */
static pid_t server_of(const struct optee_cq_call *cq_call)
{
	struct pid *pid = (struct pid *)cq_call->server;
	pid_t nr = 0;

	rcu_read_lock();
	if (pid && pid_task(pid, PIDTYPE_PID))
		nr = pid_nr(pid);
	rcu_read_unlock();
	return nr;
}

static void add_row(struct table *table, const struct optee_cq_call *cq_call)
{
	const struct optee_call *call = container_of(cq_call, struct optee_call,
						     cq);
	struct row *row = &table->rows[table->used];
	bool holds = cq_call->state == OPTEE_CQ_HOLDING;

	table->all++;
	if (table->used == table->room)
		return;
	table->used++;
	*row = (struct row) {
		.slot = cq_call->slot,
		.class = cq_call->class,
		.pid = call->pid,
		.session = call->session,
		.uuid = call->uuid,
		.cmd = call->cmd,
		.since = holds ? READ_ONCE(call->since) : cq_call->since,
		.rpc_cmd = READ_ONCE(call->rpc_cmd),
		.rpc_server = server_of(cq_call),
	};
	memcpy(row->comm, call->comm, sizeof(row->comm));
}

static struct table *table_new(unsigned int room)
{
	struct table *table;

	table = kvzalloc(struct_size(table, rows, room), GFP_KERNEL);
	if (table)
		table->room = room;
	return table;
}

static struct table *table_of_holders(struct optee_cq *cq)
{
	struct table *table = table_new(cq->threads);
	unsigned int i;

	if (!table)
		return NULL;
	cq_lock(&cq->lock);
	table->when = cq_now();
	for (i = 0; i < cq->threads; i++)
		if (cq->slots[i])
			add_row(table, cq->slots[i]);
	cq_unlock(&cq->lock);
	return table;
}

static struct table *table_of_waiters(struct optee_cq *cq)
{
	struct table *table = table_new(MAX_ROWS);
	struct optee_cq_call *call;

	if (!table)
		return NULL;
	cq_lock(&cq->lock);
	table->when = cq_now();
	list_for_each_entry(call, &cq->waiters, wait_node)
		add_row(table, call);
	cq_unlock(&cq->lock);
	return table;
}

static void where(const struct row *row, char *buf, size_t size)
{
	if (row->slot < 0)
		strscpy(buf, "waiting", size);
	else if (row->rpc_cmd == OPTEE_CALL_NO_RPC)
		strscpy(buf, "secure world", size);
	else if (row->rpc_server && row->rpc_server != row->pid)
		snprintf(buf, size, "rpc %s, served by %d",
			 rpc_name(row->rpc_cmd), row->rpc_server);
	else
		snprintf(buf, size, "rpc %s", rpc_name(row->rpc_cmd));
}

static void line(struct optee *optee, struct seq_file *s, const char *text)
{
	if (s)
		seq_printf(s, "%s\n", text);
	else
		dev_warn(optee->dev, "%s\n", text);
}

static void head(struct optee *optee, struct seq_file *s, char *buf)
{
	snprintf(buf, LINE_SIZE, "%4s %-7s %7s %-15s %10s %-36s %-14s %10s  %s",
		 "slot", "class", "pid", "comm", "session", "uuid", "command",
		 "age_ms", "where");
	line(optee, s, buf);
}

static void row_line(struct optee *optee, struct seq_file *s, char *buf,
		     const struct row *row, cq_time_t when)
{
	char slot[12] = "-", place[40];

	if (row->slot >= 0)
		snprintf(slot, sizeof(slot), "%d", row->slot);
	where(row, place, sizeof(place));
	snprintf(buf, LINE_SIZE,
		 "%4s %-7s %7d %-15s %10u %pUb %-14s %10llu  %s", slot,
		 class_name(row->class), row->pid, row->comm, row->session,
		 &row->uuid, cmd_name(row->cmd),
		 div_u64(max_t(cq_time_t, when - row->since, 0),
			 NSEC_PER_MSEC), place);
	line(optee, s, buf);
}

static int show(struct optee *optee, struct seq_file *s, struct table *table)
{
	char *buf = kmalloc(LINE_SIZE, GFP_KERNEL);
	unsigned int i;
	int rc = -ENOMEM;

	if (!table || !buf)
		goto free;
	head(optee, s, buf);
	if (!table->all && !s)
		line(optee, s, "(nobody)");
	for (i = 0; i < table->used; i++)
		row_line(optee, s, buf, &table->rows[i], table->when);
	if (table->all > table->used) {
		snprintf(buf, LINE_SIZE, "and %u more",
			 table->all - table->used);
		line(optee, s, buf);
	}
	rc = 0;
free:
	kfree(buf);
	kvfree(table);
	return rc;
}

/**
 * optee_table_holders() - show who holds a secure thread
 * @optee: where
 * @s: where to, NULL: the log
 *
 * Context: Process; sleeps.
 * Return: 0 or -ENOMEM.
 */
int optee_table_holders(struct optee *optee, struct seq_file *s)
{
	return show(optee, s, table_of_holders(&optee->cq));
}

/**
 * optee_table_waiters() - show who waits for a secure thread, longest first
 * @optee: where
 * @s: where to, NULL: the log
 *
 * Context: Process; sleeps.
 * Return: 0 or -ENOMEM.
 */
int optee_table_waiters(struct optee *optee, struct seq_file *s)
{
	return show(optee, s, table_of_waiters(&optee->cq));
}
