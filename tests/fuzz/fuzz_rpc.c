// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: rpc.c supp.c supp_request.c supp_device.c notif.c
 * sources: arguments.c shm.c shm_lend.c page_list.c smc/memory.c
 * sources: compat/no_i2c.c compat/no_rpmb.c
 * host: threads.c
 * flags: -DHOST_THREADS
 *
 * Remote procedure calls, with a secure world and a supplicant that are not
 * to be trusted.
 *
 * The input is a sequence of RPC messages. Whenever the driver would sleep to
 * serve one, the input goes on with what happens meanwhile: the supplicant
 * fetches, answers, opens, closes, dies; signals, notifications, time. Memory
 * runs out when the input says so. All in one thread, which is several tasks in
 * turn. When the input is at its end, what happens is what lets everybody go.
 *
 * After each message: it was answered, nothing was written past it, and the
 * call is in no RPC any more. At the end no memory is left. What is used after
 * it was freed, or out of bounds, is for the sanitizers.
 */
#include <linux/mm.h>
#include <linux/tee_drv.h>

#include "arguments.h"
#include "call.h"
#include "optee.h"
#include "rpc.h"

#define MAX_STEPS	64
#define MAX_MEMORY	12
#define MAX_FETCHED	4
#define MAX_ROOM	10
#define CONTEXTS	3
#define MAX_NOTIF	70
#define UNTOUCHED	0x5a
#define NOT_SAID	0x55555555

/**
 * struct fetched - a request the supplicant has
 * @ctx: by which, or NULL once its fetcher was back
 * @fetcher: in whose ioctl the TEE core may still read it
 * @func: what is asked
 * @num: entries in @param
 * @param: what it was given
 */
struct fetched {
	struct tee_context *ctx;
	struct task_struct *fetcher;
	u32 func;
	u32 num;
	struct tee_param param[MAX_ROOM];
};

/**
 * struct world - all there is
 * @at: the rest of the input
 * @left: bytes of it
 * @kernel_ctx: the driver's own context
 * @ctx: open files of supplicants; the TEE core's reference is in @open
 * @memory: the supplicants' own, with their reference
 * @last: a cookie that was lent
 * @fetched: requests
 * @self: this thread, which is one of these in turn:
 * @caller: whose call the secure world asks in
 * @supp: threads of the supplicant
 * @waking: the driver sleeps
 */
struct world {
	const u8 *at;
	size_t left;
	struct optee optee;
	struct tee_device teedev;
	struct tee_device supp_dev;
	struct tee_context kernel_ctx;
	struct tee_context ctx[CONTEXTS];
	bool open[CONTEXTS];
	struct tee_shm *memory[MAX_MEMORY];
	u64 last;
	struct fetched fetched[MAX_FETCHED];
	struct task_struct *self;
	struct task_struct *caller;
	struct task_struct *supp[2];
	bool waking;
};

static struct world *w;

static const struct optee_conduit conduit = {
	.name = "smc",
	.memref_to_msg = optee_smc_memref_to_msg,
	.memref_from_msg = optee_smc_memref_from_msg,
};

static void take(void *to, size_t size)
{
	size_t n = min(size, w->left);

	memset(to, 0, size);
	memcpy(to, w->at, n);
	w->at += n;
	w->left -= n;
}

static u8 take_byte(void)
{
	u8 byte;

	take(&byte, sizeof(byte));
	return byte;
}

/* Small numbers, large ones, and any */
static u64 take_number(void)
{
	u8 kind = take_byte();
	u64 n;

	switch (kind % 8) {
	case 0:
		take(&n, sizeof(n));
		return n;
	case 1:
		return U32_MAX - kind / 8;
	case 2:
		return 1ULL << (kind / 8);
	case 3:
		return (u64)kind << 8;
	default:
		return kind / 8;
	}
}

/* The supplicant's side */

static void release(struct tee_context *ctx)
{
	optee_supp_close(&w->optee, ctx);
}

static void open_supp(void)
{
	int n = take_byte() % CONTEXTS;
	struct tee_context *ctx = &w->ctx[n];

	if (w->open[n] || ctx->refs)
		return;
	*ctx = (struct tee_context) {
		.teedev = &w->supp_dev,
		.refs = 1,
		.release = release,
	};
	w->open[n] = true;
	if (!optee_supp_open(&w->optee, ctx))
		return;
	/* The TEE core does not call release() then */
	ctx->release = NULL;
	w->open[n] = false;
	host_ctx_put(ctx);
}

static void close_supp(int n)
{
	size_t m;

	if (!w->open[n])
		return;
	for (m = 0; m < MAX_MEMORY; m++) {
		if (!w->memory[m] || w->memory[m]->ctx != &w->ctx[n])
			continue;
		tee_shm_put(w->memory[m]);
		w->memory[m] = NULL;
	}
	w->open[n] = false;
	host_ctx_put(&w->ctx[n]);
}

static struct tee_context *take_ctx(void)
{
	int n = take_byte() % CONTEXTS;

	return w->open[n] ? &w->ctx[n] : NULL;
}

static struct tee_shm *make_memory(struct tee_context *ctx, size_t size)
{
	int n = take_byte() % MAX_MEMORY;

	if (w->memory[n] || size > 1 << 16)
		return NULL;
	size -= take_byte() == 1;
	w->memory[n] = host_tee_shm_new(ctx, size ? size : 1, TEE_SHM_POOL,
					false);
	host_tee_shm_number(w->memory[n]);
	return w->memory[n];
}

/* What the TEE core reads of it, before the fetcher's ioctl returns */
static void read_shown(struct fetched *f)
{
	u32 n;

	if (!f->ctx || f->fetcher == current || f->ctx != w->optee.supp.ctx)
		return;
	for (n = 0; n < f->num; n++)
		if (tee_param_is_memref(&f->param[n]) &&
		    f->param[n].u.memref.shm)
			host_bug_on(f->param[n].u.memref.shm->ctx != f->ctx);
}

/* The task is in an ioctl of its own now: what it fetched it has read */
static void came_back(void)
{
	int n;

	for (n = 0; n < MAX_FETCHED; n++)
		if (w->fetched[n].fetcher == current)
			w->fetched[n].ctx = NULL;
}

static void fetch(void)
{
	struct fetched *f = &w->fetched[take_byte() % MAX_FETCHED];
	struct tee_context *ctx = take_ctx();
	u8 how = take_byte();

	/* It would wait, and with it the only thread */
	if (!ctx || (ctx == w->optee.supp.ctx &&
		     list_empty(&w->optee.supp.queued)))
		return;
	memset(f, 0, sizeof(*f));
	f->num = how & 0x80 ? how % (MAX_ROOM + 1) : 5;
	if (how & 0x40)
		f->param[0].attr = TEE_IOCTL_PARAM_ATTR_META;
	if (how & 0x20)
		f->param[how % 8].attr |= how;
	came_back();
	/* The core has looked up what is named: here, nothing is */
	if (optee_supp_recv(ctx, &f->func, &f->num, f->param)) {
		f->num = 0;
		return;
	}
	host_bug_on(f->num > MAX_ROOM);
	f->ctx = ctx;
	f->fetcher = current;
}

static void free_memory(const struct tee_param *p)
{
	int n;

	for (n = 0; n < MAX_MEMORY; n++) {
		if (!w->memory[n] || w->memory[n]->id != (int)p->u.value.b)
			continue;
		tee_shm_put(w->memory[n]);
		w->memory[n] = NULL;
		return;
	}
}

static void do_request(struct fetched *f, struct tee_context *ctx)
{
	struct tee_param *p = f->num ? &f->param[f->num - 1] : NULL;
	struct tee_shm *shm;

	if (!p)
		return;
	if (f->func == OPTEE_RPC_CMD_SHM_ALLOC) {
		shm = make_memory(ctx, p->u.value.b);
		p->u.value.c = shm ? shm->id : take_byte();
	} else if (f->func == OPTEE_RPC_CMD_SHM_FREE) {
		free_memory(p);
	} else {
		p->u.value.b = take_number();
	}
}

static void answer(void)
{
	struct fetched *f = &w->fetched[take_byte() % MAX_FETCHED], sent;
	struct tee_context *ctx = take_ctx();
	u8 how = take_byte();
	u32 n;

	if (!ctx)
		return;
	sent = *f;
	do_request(&sent, ctx);
	/* As the TEE core hands it on */
	for (n = 0; n < sent.num; n++)
		if (tee_param_is_memref(&sent.param[n])) {
			sent.param[n].u.memref.shm = NULL;
			sent.param[n].u.memref.shm_offs = 0;
		}
	if (how & 0x80)
		sent.num = take_byte() % (MAX_ROOM + 1);
	if (how & 0x40)
		sent.param[how % MAX_ROOM].attr = take_number();
	if (how & 0x20)
		sent.param[0].u.value.a = take_number();
	came_back();
	optee_supp_send(ctx, how & 1 ? TEEC_ERROR_GENERIC : 0, sent.num,
			sent.param);
	for (n = 0; n < MAX_FETCHED; n++)
		read_shown(&w->fetched[n]);
}

/* All its threads are gone; the next that comes is another process */
static void die(void)
{
	int n = take_byte() % 2;

	host_process_exit(w->supp[n]->tgid);
	host_task_free(w->supp[n]);
	w->supp[n] = host_task_new(NULL);
}

static void let_go(void)
{
	u32 n;

	host_kill(w->caller);
	host_advance_ms(U32_MAX);
	for (n = 0; n <= MAX_NOTIF; n++)
		optee_notif_send(&w->optee, n);
}

static void happen(u8 what)
{
	switch (what % 16) {
	case 0:
		open_supp();
		break;
	case 1:
		close_supp(what / 16 % CONTEXTS);
		break;
	case 2:
		die();
		break;
	case 3:
		host_signal(w->caller);
		break;
	case 4:
		host_kill(w->caller);
		break;
	case 5:
		host_advance_ms(take_number() & U32_MAX);
		break;
	case 6:
		optee_notif_send(&w->optee, take_number());
		break;
	case 7:
		host_advance_ms(1000);
		break;
	case 8:
	case 9:
	case 10:
		fetch();
		break;
	default:
		answer();
	}
}

static void meanwhile(void)
{
	u8 what = take_byte();
	struct task_struct *was;

	/* A supplicant that cannot sleep does not get here again */
	host_bug_on(w->waking);
	w->waking = true;
	was = host_become(w->supp[what >> 7]);
	if (w->left)
		happen(what);
	else
		let_go();
	host_become(was);
	w->waking = false;
}

/* The secure world's side */

static u64 take_attr(void)
{
	static const u64 attrs[] = {
		OPTEE_MSG_NONE, OPTEE_MSG_VALUE_IN, OPTEE_MSG_VALUE_OUT,
		OPTEE_MSG_VALUE_INOUT, OPTEE_MSG_RMEM_IN, OPTEE_MSG_RMEM_OUT,
		OPTEE_MSG_RMEM_INOUT, OPTEE_MSG_TMEM_IN, OPTEE_MSG_TMEM_OUT,
		OPTEE_MSG_TMEM_INOUT, OPTEE_MSG_VALUE_IN, OPTEE_MSG_VALUE_IN,
	};
	u8 which = take_byte();

	if (which & 0x80)
		return take_number();
	return attrs[which % ARRAY_SIZE(attrs)];
}

static void take_param(struct optee_msg_param *mp)
{
	u8 how;

	mp->attr = take_attr();
	how = take_byte();
	mp->u.value.a = take_number();
	mp->u.value.b = take_number();
	mp->u.value.c = take_number();
	if (how & 1)
		mp->u.value.b = w->last;
	if (how & 2)
		mp->u.value.c = w->last;
}

static u32 take_cmd(void)
{
	static const u32 cmds[] = {
		OPTEE_RPC_CMD_GET_TIME, OPTEE_RPC_CMD_NOTIFICATION,
		OPTEE_RPC_CMD_SUSPEND, OPTEE_RPC_CMD_SHM_ALLOC,
		OPTEE_RPC_CMD_SHM_FREE, OPTEE_RPC_CMD_I2C_TRANSFER,
		OPTEE_RPC_CMD_RPMB_PROBE_RESET, OPTEE_RPC_CMD_SHM_ALLOC,
		0, 2, 10,
	};
	u8 which = take_byte();

	return which & 0x80 ? take_number() : cmds[which % ARRAY_SIZE(cmds)];
}

static void ask(struct optee_call *call)
{
	u8 room = take_byte() % (MAX_ROOM + 1), lie = take_byte();
	size_t size = OPTEE_MSG_SIZE(room) + 1;
	struct optee_msg_arg *arg = calloc(1, size);
	u32 n;

	arg->cmd = take_cmd();
	arg->num_params = lie & 0x80 ? take_number() : room;
	arg->ret = NOT_SAID;
	for (n = 0; n < room; n++)
		take_param(&arg->params[n]);
	((u8 *)arg)[size - 1] = UNTOUCHED;
	if (room && lie & 0x40)
		arg->params[0] = (struct optee_msg_param) {
			.attr = OPTEE_MSG_VALUE_IN,
			.u.value = { lie % 4, lie & 0x20 ? w->last : 64, 8 },
		};

	optee_rpc_serve(call, arg, size - 1);
	host_bug_on(((u8 *)arg)[size - 1] != UNTOUCHED);
	host_bug_on(arg->ret == NOT_SAID);
	host_bug_on(call->rpc_cmd != OPTEE_CALL_NO_RPC);
	host_bug_on(call->rpc_server);
	host_bug_on(current->spinning);
	if (arg->cmd == OPTEE_RPC_CMD_SHM_ALLOC && !arg->ret)
		w->last = arg->params[0].u.tmem.shm_ref;
	free(arg);
}

static void run_call(void)
{
	struct optee_call call = {
		.optee = &w->optee,
		.rpc_cmd = OPTEE_CALL_NO_RPC,
		.supp_nowait = take_byte() & 1,
	};
	int n = take_byte() % 8;
	u8 how;

	host_calm(w->caller);
	while (w->left && n--) {
		how = take_byte();
		host_fail_alloc(how & 0x80 ? how & 0x1f : 0);
		ask(&call);
		host_fail_alloc(0);
	}
	optee_rpc_finish(&call);
}

static void setup(const u8 *data, size_t size)
{
	w->at = data;
	w->left = size;
	host_reset();
	w->teedev.drvdata = &w->optee;
	w->supp_dev.drvdata = &w->optee;
	w->kernel_ctx.teedev = &w->supp_dev;
	w->optee.conduit = &conduit;
	w->optee.ctx = &w->kernel_ctx;
	w->optee.teedev = &w->teedev;
	w->optee.supp_teedev = &w->supp_dev;
	optee_shm_table_init(&w->optee);
	optee_supp_init(&w->optee.supp);
	host_bug_on(optee_notif_init(&w->optee, MAX_NOTIF));
	w->caller = host_task_new(NULL);
	w->supp[0] = host_task_new(NULL);
	w->supp[1] = host_task_new(w->supp[0]->tgid);
	w->self = host_become(w->caller);
	host_idle = meanwhile;
}

static void teardown(void)
{
	int n;

	host_idle = NULL;
	optee_notif_exit(&w->optee);
	optee_shm_take_all_back(&w->optee);
	for (n = 0; n < CONTEXTS; n++)
		close_supp(n);
	optee_supp_exit(&w->optee.supp);
	optee_shm_table_exit(&w->optee);
	host_bug_on(host_tee_shms);
	for (n = 0; n < CONTEXTS; n++)
		host_bug_on(w->ctx[n].refs);
	host_become(w->self);
	host_task_free(w->caller);
	host_task_free(w->supp[1]);
	host_task_free(w->supp[0]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	int steps = 0;

	w = calloc(1, sizeof(*w));
	setup(data, size);
	while (w->left && steps++ < MAX_STEPS) {
		if (take_byte() & 1)
			run_call();
		else
			meanwhile();
	}
	teardown();
	free(w);
	return 0;
}
