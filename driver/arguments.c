// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters: from the TEE subsystem's form to OP-TEE's and back.
 *
 * Promises:
 * - A parameter of the secure world is read once, into a copy, and the copy is
 *   checked: it cannot change in between.
 * - Memory in an RPC is memory that OP-TEE was told of, within its bounds,
 *   and stays until optee_rpc_params_put().
 * - The answer to a call changes sizes of output memory and values, nothing
 *   else. A size may exceed the memory, which is how a trusted application
 *   says how much it needs: nobody here dereferences it.
 *
 * A reference's form is the conduit's business, but for its size, which is at
 * the same place in all of them.
 *
 * No locking: parameters are their caller's.
 */
#include <linux/err.h>
#include <linux/string.h>
#include <linux/tee.h>

#include "arguments.h"
#include "optee.h"

static_assert(offsetof(struct optee_msg_param, u.tmem.size) ==
	      offsetof(struct optee_msg_param, u.rmem.size));

/* The two name what goes in and what comes out in the same order */
static_assert(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT -
	      TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT ==
	      OPTEE_MSG_VALUE_OUT - OPTEE_MSG_VALUE_IN);
static_assert(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT -
	      TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT ==
	      OPTEE_MSG_VALUE_INOUT - OPTEE_MSG_VALUE_IN);
static_assert(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT -
	      TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT ==
	      OPTEE_MSG_RMEM_OUT - OPTEE_MSG_RMEM_IN);
static_assert(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT -
	      TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT ==
	      OPTEE_MSG_RMEM_INOUT - OPTEE_MSG_RMEM_IN);

/* Copy a parameter that somebody else may be writing; each word once */
static void param_read(struct optee_msg_param *to,
		       const struct optee_msg_param *from)
{
	to->attr = READ_ONCE(from->attr);
	to->u.value.a = READ_ONCE(from->u.value.a);
	to->u.value.b = READ_ONCE(from->u.value.b);
	to->u.value.c = READ_ONCE(from->u.value.c);
}

/**
 * optee_memref_attr() - the attribute of a reference in a message
 * @first: OPTEE_MSG_TMEM_IN or OPTEE_MSG_RMEM_IN
 * @tee_attr: a TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_*
 *
 * Context: Any.
 * Return: @first, or that of its two neighbours with the same direction.
 */
u64 optee_memref_attr(enum optee_msg_type first, u64 tee_attr)
{
	return first + (tee_attr - TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT);
}

/**
 * optee_memref_check() - is a reference within its memory?
 * @shm: the memory
 * @offs: bytes from its start
 * @size: bytes
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int optee_memref_check(const struct tee_shm *shm, u64 offs, u64 size)
{
	if (offs > shm->size || size > shm->size - offs)
		return -EINVAL;
	return 0;
}

static void value_to_msg(struct optee_msg_param *mp, const struct tee_param *p)
{
	mp->attr = OPTEE_MSG_VALUE_IN +
		   (p->attr - TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT);
	mp->u.value.a = p->u.value.a;
	mp->u.value.b = p->u.value.b;
	mp->u.value.c = p->u.value.c;
}

static void value_from_msg(struct tee_param *p,
			   const struct optee_msg_param *mp)
{
	p->u.value.a = mp->u.value.a;
	p->u.value.b = mp->u.value.b;
	p->u.value.c = mp->u.value.c;
}

static int param_to_msg(struct optee *optee, struct optee_msg_param *mp,
			const struct tee_param *p)
{
	switch (p->attr) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_NONE:
		return 0;
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
		value_to_msg(mp, p);
		return 0;
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		return optee->conduit->memref_to_msg(optee, mp, p);
	default:
		return -EINVAL;
	}
}

/**
 * optee_params_to_msg() - write a call's parameters into its message
 * @optee: where
 * @mp: @num parameters of the message
 * @num: how many
 * @p: @num parameters of the client, which are not trusted
 *
 * Context: Process context; does not sleep.
 * Return: 0, or -EINVAL if one is none or not within its memory.
 */
int optee_params_to_msg(struct optee *optee, struct optee_msg_param *mp,
			size_t num, const struct tee_param *p)
{
	struct optee_msg_param param;
	size_t n;
	int rc;

	for (n = 0; n < num; n++) {
		memset(&param, 0, sizeof(param));
		rc = param_to_msg(optee, &param, p + n);
		if (rc)
			return rc;
		mp[n] = param;
	}
	return 0;
}

static bool is_memref_type(u64 type, u64 tee_attr)
{
	return type == optee_memref_attr(OPTEE_MSG_RMEM_IN, tee_attr) ||
	       type == optee_memref_attr(OPTEE_MSG_TMEM_IN, tee_attr);
}

static bool is_value_type(u64 type, u64 tee_attr)
{
	return type == OPTEE_MSG_VALUE_IN +
		       (tee_attr - TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT);
}

/* @mp is a copy; what it may not change is not looked at but for its type */
static int result_from_msg(struct tee_param *p,
			   const struct optee_msg_param *mp)
{
	u64 type = mp->attr & OPTEE_MSG_TYPE_MASK;

	switch (p->attr) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_NONE:
		return type == OPTEE_MSG_NONE ? 0 : -EINVAL;
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT:
		return is_value_type(type, p->attr) ? 0 : -EINVAL;
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
		if (!is_value_type(type, p->attr))
			return -EINVAL;
		value_from_msg(p, mp);
		return 0;
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
		return is_memref_type(type, p->attr) ? 0 : -EINVAL;
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		if (!is_memref_type(type, p->attr) ||
		    mp->u.tmem.size > SIZE_MAX)
			return -EINVAL;
		p->u.memref.size = mp->u.tmem.size;
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * optee_params_from_msg() - what became of a call's parameters
 * @optee: where
 * @p: @num parameters, as they were given to optee_params_to_msg(): values
 *     and sizes that are outputs are set
 * @num: how many
 * @mp: @num parameters of the message
 *
 * Context: Any.
 * Return: 0, or -EINVAL if the secure world changed what a parameter is; then
 *	   @p may be set in part.
 */
int optee_params_from_msg(struct optee *optee, struct tee_param *p, size_t num,
			  const struct optee_msg_param *mp)
{
	struct optee_msg_param param;
	size_t n;
	int rc;

	for (n = 0; n < num; n++) {
		param_read(&param, mp + n);
		rc = result_from_msg(p + n, &param);
		if (rc)
			return rc;
	}
	return 0;
}

/* @mp is a copy */
static int rpc_param_from_msg(struct optee *optee, struct tee_param *p,
			      const struct optee_msg_param *mp)
{
	switch (mp->attr) {
	case OPTEE_MSG_NONE:
		return 0;
	case OPTEE_MSG_VALUE_IN:
	case OPTEE_MSG_VALUE_OUT:
	case OPTEE_MSG_VALUE_INOUT:
		p->attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT +
			  (mp->attr - OPTEE_MSG_VALUE_IN);
		value_from_msg(p, mp);
		return 0;
	default:
		return optee->conduit->memref_from_msg(optee, p, mp);
	}
}

/**
 * optee_rpc_params_from_msg() - read an RPC's parameters
 * @optee: where
 * @p: @num parameters to set
 * @num: how many; the caller has checked that @mp has so many
 * @mp: @num parameters of the message
 *
 * Memory in @p has a reference each, see optee_rpc_params_put().
 *
 * Context: Process context; may sleep.
 * Return: 0, or -EINVAL if one is none, or no memory that OP-TEE was told of,
 *	   or not within it; then @p has no memory.
 */
int optee_rpc_params_from_msg(struct optee *optee, struct tee_param *p,
			      size_t num, const struct optee_msg_param *mp)
{
	struct optee_msg_param param;
	size_t n;
	int rc;

	memset(p, 0, num * sizeof(*p));
	for (n = 0; n < num; n++) {
		param_read(&param, mp + n);
		rc = rpc_param_from_msg(optee, p + n, &param);
		if (rc)
			goto put_params;
	}
	return 0;

put_params:
	optee_rpc_params_put(p, num);
	return rc;
}

/**
 * optee_rpc_params_to_msg() - write what became of an RPC's parameters
 * @optee: where
 * @mp: @num parameters of the message
 * @num: how many
 * @p: @num parameters, of optee_rpc_params_from_msg() and then served
 *
 * Writes values and sizes that are outputs, and reads nothing of @mp. A size
 * may exceed the memory: that is how much would be needed.
 *
 * Context: Any.
 * Return: 0, or -EINVAL if a parameter is none.
 */
int optee_rpc_params_to_msg(struct optee *optee, struct optee_msg_param *mp,
			    size_t num, const struct tee_param *p)
{
	size_t n;

	for (n = 0; n < num; n++) {
		switch (p[n].attr) {
		case TEE_IOCTL_PARAM_ATTR_TYPE_NONE:
		case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT:
		case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
			break;
		case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT:
		case TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT:
			mp[n].u.value.a = p[n].u.value.a;
			mp[n].u.value.b = p[n].u.value.b;
			mp[n].u.value.c = p[n].u.value.c;
			break;
		case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
		case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
			mp[n].u.tmem.size = p[n].u.memref.size;
			break;
		default:
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * optee_rpc_params_put() - let go of the memory in an RPC's parameters
 * @p: @num parameters of optee_rpc_params_from_msg()
 * @num: how many
 *
 * Context: Process context; may sleep.
 */
void optee_rpc_params_put(struct tee_param *p, size_t num)
{
	size_t n;

	for (n = 0; n < num; n++) {
		if (!tee_param_is_memref(p + n) || !p[n].u.memref.shm)
			continue;
		tee_shm_put(p[n].u.memref.shm);
		p[n].u.memref.shm = NULL;
	}
}
