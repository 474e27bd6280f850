/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The TEE core, as far as memory and parameters go. Its ioctls are those of
 * the system's <linux/tee.h>.
 */
#ifndef HOST_LINUX_TEE_DRV_H
#define HOST_LINUX_TEE_DRV_H

#include <linux/tee.h>

#include "../kernel.h"

/* A device, and what a driver has for it */

#define TEE_DESC_PRIVILEGED	BIT(0)

struct module;
struct page;
struct tee_context;
struct tee_device;
struct tee_param;
struct tee_shm;
struct tee_shm_pool;

struct tee_driver_ops {
	void (*get_version)(struct tee_device *teedev,
			    struct tee_ioctl_version_data *vers);
	int (*open)(struct tee_context *ctx);
	void (*release)(struct tee_context *ctx);
	int (*open_session)(struct tee_context *ctx,
			    struct tee_ioctl_open_session_arg *arg,
			    struct tee_param *param);
	int (*close_session)(struct tee_context *ctx, u32 session);
	int (*invoke_func)(struct tee_context *ctx,
			   struct tee_ioctl_invoke_arg *arg,
			   struct tee_param *param);
	int (*cancel_req)(struct tee_context *ctx, u32 cancel_id, u32 session);
	int (*supp_recv)(struct tee_context *ctx, u32 *func, u32 *num_params,
			 struct tee_param *param);
	int (*supp_send)(struct tee_context *ctx, u32 ret, u32 num_params,
			 struct tee_param *param);
	int (*shm_register)(struct tee_context *ctx, struct tee_shm *shm,
			    struct page **pages, size_t num_pages,
			    unsigned long start);
	int (*shm_unregister)(struct tee_context *ctx, struct tee_shm *shm);
};

struct tee_desc {
	const char *name;
	const struct tee_driver_ops *ops;
	struct module *owner;
	u32 flags;
};

struct tee_device *tee_device_alloc(const struct tee_desc *desc,
				    struct device *dev,
				    struct tee_shm_pool *pool, void *drvdata);
int tee_device_register(struct tee_device *teedev);
void tee_device_unregister(struct tee_device *teedev);
struct tee_context *teedev_open(struct tee_device *teedev);
void teedev_close_context(struct tee_context *ctx);

#define TEE_SHM_DYNAMIC		BIT(0)
#define TEE_SHM_USER_MAPPED	BIT(1)
#define TEE_SHM_POOL		BIT(2)
#define TEE_SHM_PRIV		BIT(3)

struct tee_device {
	void *drvdata;
};

/**
 * struct tee_context - an open device
 * @teedev: which
 * @data: the driver's
 * @supp_nowait: an in-kernel client's
 * @cap_memref_null: the driver's
 * @refs: one of each memory, and of who has it open if that is counted
 * @release: called when the last is gone, or NULL
 */
struct tee_context {
	struct tee_device *teedev;
	void *data;
	bool supp_nowait;
	bool cap_memref_null;
	unsigned int refs;
	void (*release)(struct tee_context *ctx);
};

struct tee_shm {
	struct tee_context *ctx;
	phys_addr_t paddr;
	void *kaddr;
	size_t size;
	unsigned int offset;
	struct page **pages;
	size_t num_pages;
	refcount_t refcount;
	u32 flags;
	int id;
	u64 sec_world_id;
};

struct tee_param_memref {
	size_t shm_offs;
	size_t size;
	struct tee_shm *shm;
};

struct tee_param_value {
	u64 a;
	u64 b;
	u64 c;
};

struct tee_param {
	u64 attr;
	union {
		struct tee_param_memref memref;
		struct tee_param_value value;
	} u;
};

/* How many struct tee_shm there are: a test looks whether any was lost */
extern unsigned int host_tee_shms;

/* Memory as the TEE core would make it; @pages: it has some */
struct tee_shm *host_tee_shm_new(struct tee_context *ctx, size_t size,
				 u32 flags, bool pages);

/* Memory that user space made has a number */
#define HOST_SHM_IDS	32
int host_tee_shm_number(struct tee_shm *shm);
struct tee_shm *tee_shm_get_from_id(struct tee_context *ctx, int id);
void host_ctx_get(struct tee_context *ctx);
void host_ctx_put(struct tee_context *ctx);

struct tee_shm *tee_shm_alloc_priv_buf(struct tee_context *ctx, size_t size);
void tee_shm_put(struct tee_shm *shm);
void tee_shm_pool_free(struct tee_shm_pool *pool);
void *tee_shm_get_va(struct tee_shm *shm, size_t offs);
int tee_shm_get_pa(struct tee_shm *shm, size_t offs, phys_addr_t *pa);

int tee_session_calc_client_uuid(uuid_t *uuid, u32 method,
				 const u8 client[TEE_IOCTL_UUID_LEN]);

static inline void tee_shm_free(struct tee_shm *shm)
{
	tee_shm_put(shm);
}

static inline size_t tee_shm_get_size(struct tee_shm *shm)
{
	return shm->size;
}

static inline int tee_shm_get_id(struct tee_shm *shm)
{
	return shm->id;
}

static inline bool tee_shm_is_dynamic(struct tee_shm *shm)
{
	return shm && (shm->flags & TEE_SHM_DYNAMIC);
}

static inline bool tee_param_is_memref(struct tee_param *param)
{
	switch (param->attr & TEE_IOCTL_PARAM_ATTR_TYPE_MASK) {
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT:
	case TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT:
		return true;
	default:
		return false;
	}
}

static inline void *tee_get_drvdata(struct tee_device *teedev)
{
	return teedev->drvdata;
}

#endif /* HOST_LINUX_TEE_DRV_H */
