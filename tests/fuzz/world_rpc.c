// SPDX-License-Identifier: GPL-2.0-only
/*
 * The input, what the supplicant does with the requests it has, and what else
 * happens meanwhile: see fuzz_rpc.c.
 */
#include <linux/tee_drv.h>

#include "arguments.h"
#include "call.h"
#include "rpc.h"
#include "world_rpc.h"

#define MAX_NOTIF	70

struct world *world;

static const struct optee_conduit conduit = {
	.name = "smc",
	.memref_to_msg = optee_smc_memref_to_msg,
	.memref_from_msg = optee_smc_memref_from_msg,
};

static void take(void *to, size_t size)
{
	size_t n = min(size, world->left);

	memset(to, 0, size);
	memcpy(to, world->at, n);
	world->at += n;
	world->left -= n;
}

u8 take_byte(void)
{
	u8 byte;

	take(&byte, sizeof(byte));
	return byte;
}

u64 take_number(void)
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
	optee_supp_close(&world->optee, ctx);
}

static void open_supp(void)
{
	int n = take_byte() % CONTEXTS;
	struct tee_context *ctx = &world->ctx[n];

	if (world->open[n] || ctx->refs)
		return;
	*ctx = (struct tee_context) {
		.teedev = &world->supp_dev,
		.refs = 1,
		.release = release,
	};
	world->open[n] = true;
	if (!optee_supp_open(&world->optee, ctx))
		return;
	/* The TEE core does not call release() then */
	ctx->release = NULL;
	world->open[n] = false;
	host_ctx_put(ctx);
}

static void close_supp(int n)
{
	size_t m;

	if (!world->open[n])
		return;
	for (m = 0; m < MAX_MEMORY; m++) {
		if (!world->memory[m] ||
		    world->memory[m]->ctx != &world->ctx[n])
			continue;
		tee_shm_put(world->memory[m]);
		world->memory[m] = NULL;
	}
	world->open[n] = false;
	host_ctx_put(&world->ctx[n]);
}

static struct tee_context *take_ctx(void)
{
	int n = take_byte() % CONTEXTS;

	return world->open[n] ? &world->ctx[n] : NULL;
}

static struct tee_shm *make_memory(struct tee_context *ctx, size_t size)
{
	int n = take_byte() % MAX_MEMORY;

	if (world->memory[n] || size > 1 << 16)
		return NULL;
	size -= take_byte() == 1;
	world->memory[n] = host_tee_shm_new(ctx, size ? size : 1, TEE_SHM_POOL,
					    false);
	host_tee_shm_number(world->memory[n]);
	return world->memory[n];
}

/* What the TEE core reads of it, before the fetcher's ioctl returns */
static void read_shown(struct fetched *f)
{
	u32 n;

	if (!f->ctx || f->fetcher == current || f->ctx != world->optee.supp.ctx)
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
		if (world->fetched[n].fetcher == current)
			world->fetched[n].ctx = NULL;
}

static void fetch(void)
{
	struct fetched *f = &world->fetched[take_byte() % MAX_FETCHED];
	struct tee_context *ctx = take_ctx();
	u8 how = take_byte();

	/* It would wait, and with it the only thread */
	if (!ctx || (ctx == world->optee.supp.ctx &&
		     list_empty(&world->optee.supp.queued)))
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
		if (!world->memory[n] ||
		    world->memory[n]->id != (int)p->u.value.b)
			continue;
		tee_shm_put(world->memory[n]);
		world->memory[n] = NULL;
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
	struct fetched *f = &world->fetched[take_byte() % MAX_FETCHED], sent;
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
		read_shown(&world->fetched[n]);
}

/* All its threads are gone; the next that comes is another process */
static void die(void)
{
	int n = take_byte() % 2;

	host_process_exit(world->supp[n]->tgid);
	host_task_free(world->supp[n]);
	world->supp[n] = host_task_new(NULL);
}

static void let_go(void)
{
	u32 n;

	host_kill(world->caller);
	host_advance_ms(U32_MAX);
	for (n = 0; n <= MAX_NOTIF; n++)
		optee_notif_send(&world->optee, n);
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
		host_signal(world->caller);
		break;
	case 4:
		host_kill(world->caller);
		break;
	case 5:
		host_advance_ms(take_number() & U32_MAX);
		break;
	case 6:
		optee_notif_send(&world->optee, take_number());
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

void meanwhile(void)
{
	u8 what = take_byte();
	struct task_struct *was;

	/* A supplicant that cannot sleep does not get here again */
	host_bug_on(world->waking);
	world->waking = true;
	was = host_become(world->supp[what >> 7]);
	if (world->left)
		happen(what);
	else
		let_go();
	host_become(was);
	world->waking = false;
}

/* Its beginning and its end */

void world_start(const u8 *data, size_t size)
{
	world = calloc(1, sizeof(*world));
	world->at = data;
	world->left = size;
	host_reset();
	world->teedev.drvdata = &world->optee;
	world->supp_dev.drvdata = &world->optee;
	world->kernel_ctx.teedev = &world->supp_dev;
	world->optee.conduit = &conduit;
	world->optee.ctx = &world->kernel_ctx;
	world->optee.teedev = &world->teedev;
	world->optee.supp_teedev = &world->supp_dev;
	optee_shm_table_init(&world->optee);
	optee_supp_init(&world->optee.supp);
	host_bug_on(optee_notif_init(&world->optee, MAX_NOTIF));
	world->caller = host_task_new(NULL);
	world->supp[0] = host_task_new(NULL);
	world->supp[1] = host_task_new(world->supp[0]->tgid);
	world->self = host_become(world->caller);
	host_idle = meanwhile;
}

void world_end(void)
{
	int n;

	host_idle = NULL;
	optee_notif_exit(&world->optee);
	optee_shm_take_all_back(&world->optee);
	for (n = 0; n < CONTEXTS; n++)
		close_supp(n);
	optee_supp_exit(&world->optee.supp);
	optee_shm_table_exit(&world->optee);
	host_bug_on(host_tee_shms);
	for (n = 0; n < CONTEXTS; n++)
		host_bug_on(world->ctx[n].refs);
	host_become(world->self);
	host_task_free(world->caller);
	host_task_free(world->supp[1]);
	host_task_free(world->supp[0]);
	free(world);
}

/* These calls are in no queue */
void optee_call_served_by(struct optee_call *call, struct pid *server)
{
	call->cq.server = server;
}
