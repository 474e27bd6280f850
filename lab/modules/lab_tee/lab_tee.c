// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_tee: in-kernel TEE clients on behalf of test programs; lab_tee.h is the
 * interface. For the lab only: whoever may open the device is a kernel client.
 *
 * Locking: @client is held for reading while a call uses the session or the
 * context, for writing while they come and go. @lock guards the buffers and
 * their users; it is never held across a call into the TEE subsystem.
 */
#include <linux/clocksource.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/tee_drv.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <asm/arch_timer.h>

#include "lab_tee.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
static int make_system_session(struct tee_context *ctx, u32 session)
{
	return -EOPNOTSUPP;
}
#else
static int make_system_session(struct tee_context *ctx, u32 session)
{
	return tee_client_system_session(ctx, session);
}
#endif

#define MAX_BUFFERS	16
#define MAX_SIZE	SZ_1M
#define NUM_PARAMS	4

struct buffer {
	struct tee_shm *shm;
	size_t size;		/* as asked for: the memory is whole pages */
	unsigned int users;
};

struct lab_tee {
	struct rw_semaphore client;
	struct tee_context *ctx;
	u32 session;
	struct mutex lock;	/* buffers[] */
	struct buffer buffers[MAX_BUFFERS];
};

static int match_optee(struct tee_ioctl_version_data *version, const void *data)
{
	return version->impl_id == TEE_IMPL_ID_OPTEE;
}

static int open_client(struct lab_tee *lt, struct lab_tee_open *req)
{
	struct tee_ioctl_open_session_arg arg = {
		.clnt_login = TEE_IOCTL_LOGIN_REE_KERNEL,
	};
	struct tee_context *ctx;
	int rc;

	if (req->kind > LAB_TEE_SYSTEM)
		return -EINVAL;
	if (lt->ctx)
		return -EISCONN;

	ctx = tee_client_open_context(NULL, match_optee, NULL, NULL);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	memcpy(arg.uuid, req->uuid, sizeof(arg.uuid));
	rc = tee_client_open_session(ctx, &arg, NULL);
	if (rc)
		goto close_context;
	req->result = arg.ret;
	req->origin = arg.ret_origin;
	req->session = arg.session;
	if (arg.ret) {
		rc = -EIO;
		goto close_context;
	}
	if (req->kind == LAB_TEE_SYSTEM) {
		rc = make_system_session(ctx, arg.session);
		if (rc)
			goto close_session;
	}
	lt->ctx = ctx;
	lt->session = arg.session;
	return 0;

close_session:
	tee_client_close_session(ctx, arg.session);
close_context:
	tee_client_close_context(ctx);
	return rc;
}

/* No call uses the client or a buffer now: @client is held for writing. */
static void close_client(struct lab_tee *lt)
{
	unsigned int i;

	if (!lt->ctx)
		return;
	for (i = 0; i < MAX_BUFFERS; i++) {
		if (lt->buffers[i].shm)
			tee_shm_free(lt->buffers[i].shm);
		lt->buffers[i].shm = NULL;
	}
	tee_client_close_session(lt->ctx, lt->session);
	tee_client_close_context(lt->ctx);
	lt->ctx = NULL;
}

static int alloc_buffer(struct lab_tee *lt, struct lab_tee_alloc *req)
{
	struct tee_shm *shm;
	unsigned int i;
	int rc = -ENOSPC;

	if (!lt->ctx)
		return -ENOTCONN;
	if (!req->size || req->size > MAX_SIZE)
		return -EINVAL;
	shm = tee_shm_alloc_kernel_buf(lt->ctx, req->size);
	if (IS_ERR(shm))
		return PTR_ERR(shm);

	mutex_lock(&lt->lock);
	for (i = 0; i < MAX_BUFFERS && lt->buffers[i].shm; i++)
		;
	if (i < MAX_BUFFERS) {
		lt->buffers[i].shm = shm;
		lt->buffers[i].size = req->size;
		req->handle = i + 1;
		rc = 0;
	}
	mutex_unlock(&lt->lock);
	if (rc)
		tee_shm_free(shm);
	return rc;
}

static int free_buffer(struct lab_tee *lt, unsigned long handle)
{
	struct tee_shm *shm = NULL;
	struct buffer *buffer;
	int rc = 0;

	if (!handle || handle > MAX_BUFFERS)
		return -EINVAL;
	buffer = &lt->buffers[handle - 1];
	mutex_lock(&lt->lock);
	if (!buffer->shm)
		rc = -ENOENT;
	else if (buffer->users)
		rc = -EBUSY;
	else
		swap(shm, buffer->shm);
	mutex_unlock(&lt->lock);
	if (shm)
		tee_shm_free(shm);
	return rc;
}

/* It stays as it is until it is put. */
static struct buffer *get_buffer(struct lab_tee *lt, u32 handle)
{
	struct buffer *buffer = NULL;

	if (!handle || handle > MAX_BUFFERS)
		return NULL;
	mutex_lock(&lt->lock);
	if (lt->buffers[handle - 1].shm) {
		buffer = &lt->buffers[handle - 1];
		buffer->users++;
	}
	mutex_unlock(&lt->lock);
	return buffer;
}

static void put_buffer(struct lab_tee *lt, struct buffer *buffer)
{
	mutex_lock(&lt->lock);
	buffer->users--;
	mutex_unlock(&lt->lock);
}

static void fill(const struct buffer *buffer, u8 seed)
{
	u8 *byte = tee_shm_get_va(buffer->shm, 0);
	size_t i;

	for (i = 0; i < buffer->size; i++)
		byte[i] = seed + i;
}

static u32 count_wrong(const struct buffer *buffer, u8 seed)
{
	u8 *byte = tee_shm_get_va(buffer->shm, 0);
	u32 wrong = 0;
	size_t i;

	for (i = 0; i < buffer->size; i++)
		wrong += byte[i] != (u8)~(seed + i);
	return wrong;
}

static void call(struct lab_tee *lt, struct lab_tee_invoke *req,
		 struct tee_param *params)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = req->cmd,
		.session = lt->session,
		.num_params = NUM_PARAMS,
	};

	req->asked_ns = ktime_get_ns();
	req->asked = arch_timer_read_counter();
	req->error = tee_client_invoke_func(lt->ctx, &arg, params);
	req->returned = arch_timer_read_counter();
	req->returned_ns = ktime_get_ns();
	req->result = arg.ret;
	req->origin = arg.ret_origin;
}

static int invoke(struct lab_tee *lt, struct lab_tee_invoke *req)
{
	struct tee_param params[NUM_PARAMS] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value = { .a = req->in.a, .b = req->in.b } },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};
	struct buffer *buffers[LAB_TEE_MEMREFS] = { };
	unsigned int n, i;
	int rc = 0;

	if (!lt->ctx)
		return -ENOTCONN;
	for (n = 0; n < LAB_TEE_MEMREFS && req->memref[n]; n++) {
		buffers[n] = get_buffer(lt, req->memref[n]);
		if (!buffers[n]) {
			rc = -ENOENT;
			goto put_buffers;
		}
		fill(buffers[n], req->in.a);
		params[2 + n].attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT;
		params[2 + n].u.memref.shm = buffers[n]->shm;
		params[2 + n].u.memref.shm_offs = 0;
		params[2 + n].u.memref.size = buffers[n]->size;
	}

	call(lt, req, params);

	req->out[0].a = params[1].u.value.a;
	req->out[0].b = params[1].u.value.b;
	req->out[1].a = n ? 0 : params[2].u.value.a;
	req->out[1].b = n ? 0 : params[2].u.value.b;
	req->wrong_bytes = 0;
	for (i = 0; i < n; i++)
		req->wrong_bytes += count_wrong(buffers[i], req->in.a);
put_buffers:
	while (n--)
		put_buffer(lt, buffers[n]);
	return rc;
}

static bool is_memref(u64 attr)
{
	return attr == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT ||
	       attr == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT ||
	       attr == TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT;
}

static int fill_param(struct tee_param *param, const struct lab_tee_param *from,
		      const struct buffer *buffer)
{
	param->attr = from->attr;
	if (!is_memref(from->attr)) {
		param->u.value.a = from->a;
		param->u.value.b = from->b;
		return 0;
	}
	if (!buffer || from->a > buffer->size ||
	    from->b > buffer->size - from->a)
		return -EINVAL;
	param->u.memref.shm = buffer->shm;
	param->u.memref.shm_offs = from->a;
	param->u.memref.size = from->b;
	return 0;
}

static void get_param(struct lab_tee_param *to, const struct tee_param *param)
{
	if (is_memref(param->attr)) {
		to->b = param->u.memref.size;
	} else {
		to->a = param->u.value.a;
		to->b = param->u.value.b;
	}
}

static void call_raw(struct lab_tee *lt, struct lab_tee_raw *req,
		     struct tee_param *params, const struct buffer *buffer)
{
	struct tee_ioctl_invoke_arg arg = {
		.func = req->cmd,
		.session = lt->session,
		.num_params = LAB_TEE_PARAMS,
	};
	size_t size = buffer ? min_t(size_t, buffer->size, LAB_TEE_DATA) : 0;

	if (size)
		memcpy(tee_shm_get_va(buffer->shm, 0), req->data, size);
	req->error = tee_client_invoke_func(lt->ctx, &arg, params);
	if (size)
		memcpy(req->data, tee_shm_get_va(buffer->shm, 0), size);
	req->result = arg.ret;
	req->origin = arg.ret_origin;
}

static int raw(struct lab_tee *lt, struct lab_tee_raw *req)
{
	struct tee_param params[LAB_TEE_PARAMS] = { };
	struct buffer *buffer = get_buffer(lt, req->memory);
	unsigned int n;
	int rc = 0;

	if (!lt->ctx)
		rc = -ENOTCONN;
	else if (req->memory && !buffer)
		rc = -ENOENT;
	for (n = 0; n < LAB_TEE_PARAMS && !rc; n++)
		rc = fill_param(&params[n], &req->param[n], buffer);
	if (rc)
		goto put_buffer;

	call_raw(lt, req, params, buffer);

	for (n = 0; n < LAB_TEE_PARAMS; n++)
		get_param(&req->param[n], &params[n]);
put_buffer:
	if (buffer)
		put_buffer(lt, buffer);
	return rc;
}

/* Exclusive: sessions come and go. */
static long change_client(struct lab_tee *lt, unsigned int cmd,
			  void __user *user)
{
	struct lab_tee_open req;
	long rc = 0;

	if (cmd == LAB_TEE_OPEN && copy_from_user(&req, user, sizeof(req)))
		return -EFAULT;
	if (down_write_killable(&lt->client))
		return -EINTR;
	if (cmd == LAB_TEE_OPEN)
		rc = open_client(lt, &req);
	else
		close_client(lt);
	up_write(&lt->client);
	if (cmd == LAB_TEE_OPEN && copy_to_user(user, &req, sizeof(req)))
		return -EFAULT;
	return rc;
}

/* Any number at a time. */
static long use_client(struct lab_tee *lt, unsigned int cmd, void *req,
		       unsigned long value)
{
	long rc;

	if (down_read_killable(&lt->client))
		return -EINTR;
	if (cmd == LAB_TEE_INVOKE)
		rc = invoke(lt, req);
	else if (cmd == LAB_TEE_RAW)
		rc = raw(lt, req);
	else if (cmd == LAB_TEE_ALLOC)
		rc = alloc_buffer(lt, req);
	else
		rc = free_buffer(lt, value);
	up_read(&lt->client);
	return rc;
}

static long lab_tee_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct lab_tee *lt = file->private_data;
	void __user *user = (void __user *)arg;
	union {
		struct lab_tee_invoke invoke;
		struct lab_tee_alloc alloc;
		struct lab_tee_raw raw;
	} req;
	long rc;

	switch (cmd) {
	case LAB_TEE_OPEN:
	case LAB_TEE_CLOSE:
		return change_client(lt, cmd, user);
	case LAB_TEE_FREE:
		return use_client(lt, cmd, NULL, arg);
	case LAB_TEE_INVOKE:
	case LAB_TEE_ALLOC:
	case LAB_TEE_RAW:
		break;
	default:
		return -ENOTTY;
	}
	if (copy_from_user(&req, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	rc = use_client(lt, cmd, &req, 0);
	if (!rc && copy_to_user(user, &req, _IOC_SIZE(cmd)))
		return -EFAULT;
	return rc;
}

static int lab_tee_open(struct inode *inode, struct file *file)
{
	struct lab_tee *lt = kzalloc(sizeof(*lt), GFP_KERNEL);

	if (!lt)
		return -ENOMEM;
	init_rwsem(&lt->client);
	mutex_init(&lt->lock);
	file->private_data = lt;
	return 0;
}

/* The last reference is gone: no call is under way. */
static int lab_tee_release(struct inode *inode, struct file *file)
{
	struct lab_tee *lt = file->private_data;

	close_client(lt);
	kfree(lt);
	return 0;
}

static const struct file_operations lab_tee_fops = {
	.owner = THIS_MODULE,
	.open = lab_tee_open,
	.release = lab_tee_release,
	.unlocked_ioctl = lab_tee_ioctl,
};

static struct miscdevice lab_tee_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lab_tee",
	.fops = &lab_tee_fops,
	.mode = 0600,
};
module_misc_device(lab_tee_device);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel TEE clients for the lab");
