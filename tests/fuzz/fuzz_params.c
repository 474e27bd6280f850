// SPDX-License-Identifier: GPL-2.0-only
/*
 * sources: arguments.c shm.c shm_lend.c page_list.c smc/memory.c
 *
 * Messages and parameters, in both directions, over the SMC conduit.
 *
 * The input is a little world and what is done in it: which memory there is,
 * then steps. In a step the input is the secure world (the parameters of an
 * RPC, what a call's message says when it comes back, cookies that are given
 * back) or a client (the parameters of a call). After each step the promises
 * of arguments.c, smc/memory.c and shm_lend.c are looked at; what is freed
 * twice or never, or read out of bounds, is for the sanitizers.
 */
#include <linux/mm.h>
#include <linux/tee_drv.h>

#include "arguments.h"
#include "call.h"
#include "optee.h"

#define MAX_PARAMS	6
#define MAX_STEPS	64
#define MEMORIES	5

/* What is left of the input; zeros when nothing is */
struct input {
	const u8 *at;
	size_t left;
};

struct world {
	struct optee optee;
	struct tee_device teedev;
	struct tee_context ctx;
	struct optee_shm_ref *known[MEMORIES];
	struct tee_shm *shm[MEMORIES];
};

static const struct optee_conduit conduit = {
	.name = "smc",
	.memref_to_msg = optee_smc_memref_to_msg,
	.memref_from_msg = optee_smc_memref_from_msg,
};

static void take(struct input *in, void *to, size_t size)
{
	size_t n = min(size, in->left);

	memset(to, 0, size);
	memcpy(to, in->at, n);
	in->at += n;
	in->left -= n;
}

static u8 take_byte(struct input *in)
{
	u8 byte;

	take(in, &byte, sizeof(byte));
	return byte;
}

/* Mostly small, or near to one of @near: random words would hit nothing */
static u64 take_number(struct input *in, u64 near)
{
	u64 number;

	switch (take_byte(in) % 4) {
	case 0:
		return take_byte(in);
	case 1:
		return near + (s8)take_byte(in);
	case 2:
		return (u64)-1 - take_byte(in);
	default:
		take(in, &number, sizeof(number));
		return number;
	}
}

static void make_known(struct world *w, unsigned int n, size_t size)
{
	struct optee_shm_ref *ref;

	w->shm[n] = host_tee_shm_new(&w->ctx, size, TEE_SHM_DYNAMIC |
				     TEE_SHM_USER_MAPPED, true);
	ref = optee_shm_ref_new(&w->optee, w->shm[n], w->shm[n]->pages,
				w->shm[n]->num_pages);
	host_bug(IS_ERR(ref));
	/* Memory of a process: no address of its own */
	w->shm[n]->paddr = 0;
	w->shm[n]->sec_world_id = ref->reap.cookie;
	ref->state = OPTEE_SHM_KNOWN;
	w->known[n] = ref;
}

/* Memory of each kind that a parameter may be in, or must not */
static void world_init(struct world *w, struct input *in)
{
	u8 kind = take_byte(in);

	memset(w, 0, sizeof(*w));
	w->optee.conduit = &conduit;
	w->optee.dynamic_shm = true;
	w->optee.memref_null = kind & 1;
	w->teedev.drvdata = &w->optee;
	w->ctx.teedev = &w->teedev;
	w->optee.ctx = &w->ctx;
	optee_shm_table_init(&w->optee);

	make_known(w, 0, 100);
	make_known(w, 1, 3 * PAGE_SIZE);
	w->shm[2] = optee_shm_lend_kernel(&w->optee, 1 + kind);
	w->shm[3] = host_tee_shm_new(&w->ctx, 512, TEE_SHM_POOL, false);
	w->shm[4] = host_tee_shm_new(&w->ctx, PAGE_SIZE + 1, TEE_SHM_DYNAMIC |
				     TEE_SHM_USER_MAPPED, true);
	refcount_inc(&w->shm[4]->refcount);
	host_bug(optee_shm_lend_supp(&w->optee, w->shm[4]));
	/* A page list may start anywhere in a page */
	w->shm[4]->size = 1 + kind;
	w->shm[4]->offset = PAGE_SIZE - 1 - kind / 2;
}

static void world_exit(struct world *w)
{
	unsigned int n;

	optee_shm_take_all_back(&w->optee);
	for (n = 0; n < MEMORIES; n++) {
		if (w->known[n])
			optee_shm_ref_free(w->known[n]);
		host_bug(refcount_read(&w->shm[n]->refcount) != 1);
		tee_shm_put(w->shm[n]);
	}
	host_bug(!xa_empty(&w->optee.shm.refs));
	optee_shm_table_exit(&w->optee);
	host_bug(host_tee_shms);
}

static void take_msg_param(struct world *w, struct input *in,
			   struct optee_msg_param *mp)
{
	struct tee_shm *shm = w->shm[take_byte(in) % MEMORIES];

	memset(mp, 0, sizeof(*mp));
	mp->attr = take_byte(in) % 16;
	if (take_byte(in) == 0xff)
		mp->attr = take_number(in, OPTEE_MSG_NONCONTIG);
	/* tmem; the others have the same numbers at the same places */
	mp->u.tmem.buf_ptr = take_number(in, shm->paddr);
	mp->u.tmem.size = take_number(in, shm->size);
	mp->u.tmem.shm_ref = take_number(in, shm->sec_world_id);
}

static void take_tee_param(struct world *w, struct input *in,
			   struct tee_param *p)
{
	u8 which = take_byte(in) % (MEMORIES + 1);

	memset(p, 0, sizeof(*p));
	p->attr = take_byte(in) % 9;
	if (take_byte(in) == 0xff)
		p->attr = take_number(in, TEE_IOCTL_PARAM_ATTR_META);
	if (tee_param_is_memref(p)) {
		p->u.memref.shm = which < MEMORIES ? w->shm[which] : NULL;
		p->u.memref.shm_offs = take_number(in, 0);
		p->u.memref.size =
			take_number(in, which < MEMORIES ?
					w->shm[which]->size : 0);
	} else {
		p->u.value.a = take_number(in, 0);
		p->u.value.b = take_number(in, 0);
		p->u.value.c = take_number(in, 0);
	}
}

static void check_memref(const struct tee_param *p)
{
	const struct tee_param_memref *ref = &p->u.memref;

	if (!ref->shm)
		return;
	host_bug(refcount_read(&ref->shm->refcount) < 2);
	host_bug(ref->shm_offs > ref->shm->size);
	host_bug(ref->size > ref->shm->size - ref->shm_offs);
}

/* Write to memory that came with an RPC, as who serves it would */
static void touch(struct tee_param *p, u8 byte)
{
	struct tee_param_memref *ref = &p->u.memref;

	if (ref->shm && p->attr != TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT)
		memset(ref->shm->kaddr + ref->shm_offs, byte, ref->size);
}

static void rpc(struct world *w, struct input *in)
{
	struct optee_msg_param mp[MAX_PARAMS];
	struct tee_param p[MAX_PARAMS];
	size_t num = take_byte(in) % (MAX_PARAMS + 1);
	size_t n;

	for (n = 0; n < num; n++)
		take_msg_param(w, in, mp + n);
	if (optee_rpc_params_from_msg(&w->optee, p, num, mp)) {
		for (n = 0; n < num; n++)
			host_bug(tee_param_is_memref(p + n) &&
				 p[n].u.memref.shm);
		return;
	}
	for (n = 0; n < num; n++) {
		if (!tee_param_is_memref(p + n))
			continue;
		check_memref(p + n);
		touch(p + n, take_byte(in));
		p[n].u.memref.size = take_number(in, p[n].u.memref.size);
	}
	host_bug(optee_rpc_params_to_msg(&w->optee, mp, num, p));
	optee_rpc_params_put(p, num);
}

/* What goes to OP-TEE is inside of memory that it knows */
static void check_sent(struct world *w, const struct tee_param *p,
		       const struct optee_msg_param *mp)
{
	const struct tee_param_memref *ref = &p->u.memref;

	if (!tee_param_is_memref((struct tee_param *)p))
		return;
	if (!ref->shm) {
		host_bug(!w->optee.memref_null);
		host_bug(mp->u.tmem.buf_ptr || mp->u.tmem.shm_ref);
		return;
	}
	host_bug(ref->shm_offs > ref->shm->size);
	host_bug(ref->size > ref->shm->size - ref->shm_offs);
	host_bug(mp->u.tmem.size != ref->size);
	if (tee_shm_is_dynamic(ref->shm))
		host_bug(!mp->u.rmem.shm_ref ||
			 mp->u.rmem.offs != ref->shm_offs);
	else
		host_bug(mp->u.tmem.buf_ptr !=
			 ref->shm->paddr + ref->shm_offs);
}

/* A reference may come back in another form, with the same direction */
static bool same_type(u64 a, u64 b)
{
	a &= OPTEE_MSG_TYPE_MASK;
	b &= OPTEE_MSG_TYPE_MASK;
	return a == b || (a > OPTEE_MSG_VALUE_INOUT &&
			  b > OPTEE_MSG_VALUE_INOUT && a % 4 == b % 4 &&
			  a % 4 && a <= OPTEE_MSG_TMEM_INOUT &&
			  b <= OPTEE_MSG_TMEM_INOUT);
}

/* The answer may change what is an output, and nothing else */
static void check_answer(const struct tee_param *was,
			 const struct tee_param *is)
{
	host_bug(is->attr != was->attr);
	switch (is->attr) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
		break;
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		host_bug(is->u.memref.shm != was->u.memref.shm);
		host_bug(is->u.memref.shm_offs != was->u.memref.shm_offs);
		break;
	default:
		host_bug(memcmp(is, was, sizeof(*is)));
	}
}

static void call(struct world *w, struct input *in)
{
	struct optee_msg_param sent[MAX_PARAMS];
	struct optee_msg_param mp[MAX_PARAMS];
	struct tee_param was[MAX_PARAMS];
	struct tee_param p[MAX_PARAMS];
	size_t num = take_byte(in) % (MAX_PARAMS + 1);
	size_t n;

	for (n = 0; n < num; n++)
		take_tee_param(w, in, p + n);
	memset(mp, 0xa5, sizeof(mp));
	if (optee_params_to_msg(&w->optee, mp, num, p))
		return;
	memcpy(sent, mp, sizeof(mp));
	for (n = 0; n < num; n++) {
		check_sent(w, p + n, mp + n);
		/* The same attribute, most of the time */
		if (take_byte(in) % 4)
			mp[n].u.tmem.size = take_number(in, mp[n].u.tmem.size);
		else
			take_msg_param(w, in, mp + n);
	}
	memcpy(was, p, sizeof(p));
	/* Whether or not it is accepted */
	if (optee_params_from_msg(&w->optee, p, num, mp))
		return;
	for (n = 0; n < num; n++) {
		host_bug(!same_type(sent[n].attr, mp[n].attr));
		check_answer(was + n, p + n);
	}
}

static void give_back(struct world *w, struct input *in)
{
	struct tee_shm *near = w->shm[take_byte(in) % MEMORIES];
	u64 cookie = take_number(in, near->sec_world_id);
	struct tee_shm *shm = optee_shm_by_cookie(&w->optee, cookie);
	bool lent = !IS_ERR(shm) && shm != w->shm[0] && shm != w->shm[1];

	host_bug(optee_shm_take_back(&w->optee, cookie) != (lent ? 0 : -EINVAL));
	/* Not twice */
	host_bug(optee_shm_take_back(&w->optee, cookie) != -EINVAL);
	if (!IS_ERR(shm))
		tee_shm_put(shm);
}

/* A list that is shorter than the memory is read out of bounds here */
static void check_list(const struct optee_msg_param *mp,
		       const struct tee_shm *shm)
{
	size_t offs = mp->u.tmem.buf_ptr % OPTEE_MSG_PAGE_SIZE;
	size_t num = (offs + shm->size - 1) / OPTEE_MSG_PAGE_SIZE + 1;
	const struct optee_msg_page_list *list;
	size_t n, i = 0;

	list = (void *)(uintptr_t)(mp->u.tmem.buf_ptr - offs);
	host_bug(offs != shm->offset % OPTEE_MSG_PAGE_SIZE);
	for (n = 0; n < num; n++, i++) {
		if (i == OPTEE_MSG_PAGES_A_LIST) {
			list = (void *)(uintptr_t)list->next;
			i = 0;
		}
		host_bug(list->pages[i] != page_to_phys(shm->pages[n]));
	}
}

static void lend(struct world *w, struct input *in)
{
	struct optee_call call = { .optee = &w->optee };
	struct optee_msg_param mp;
	struct tee_shm *shm;
	size_t size = take_number(in, PAGE_SIZE);

	/* Some of several lists, few of more than there is room for */
	if (take_byte(in) > 250)
		size = take_number(in, 2 * OPTEE_MSG_PAGES_A_LIST * PAGE_SIZE);
	shm = optee_shm_lend_kernel(&w->optee, size);
	if (IS_ERR(shm))
		return;
	host_bug(optee_shm_lend_supp(&w->optee, shm) != -EBUSY);
	if (!optee_shm_lent_to_msg(&call, shm, &mp)) {
		host_bug(mp.u.tmem.size < size);
		host_bug(mp.u.tmem.shm_ref != shm->sec_world_id);
		check_list(&mp, shm);
	}
	/* That of tee-supplicant; the list before it goes */
	if (w->shm[4]->sec_world_id &&
	    !optee_shm_lent_to_msg(&call, w->shm[4], &mp))
		check_list(&mp, w->shm[4]);
	optee_page_list_free(call.pages, call.pages_size);
	if (take_byte(in) % 2)
		host_bug(optee_shm_take_back(&w->optee, shm->sec_world_id));
	tee_shm_put(shm);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	struct world w;
	int step;

	world_init(&w, &in);
	for (step = 0; step < MAX_STEPS && in.left; step++) {
		switch (take_byte(&in) % 4) {
		case 0:
			rpc(&w, &in);
			break;
		case 1:
			call(&w, &in);
			break;
		case 2:
			give_back(&w, &in);
			break;
		default:
			lend(&w, &in);
		}
	}
	world_exit(&w);
	return 0;
}
