/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations that allocations fail in. */
#ifndef GT_FAIL_OPS_H
#define GT_FAIL_OPS_H

#define IN_CROWD	1	/* it needs a message, and a crowd may have all */
#define ALLOCATES	2	/* also when there is no crowd */
#define KEEPS		4	/* its session, if the worker survives */
#define TAKES_PAGES	8	/* which kmemleak knows nothing of */
#define IN_KERNEL	16	/* a client there, or what the driver does for itself */

struct op {
	const char *name;
	void (*need)(void);
	long (*run)(void);	/* 0, a result of the TEE, or -errno */
	void (*leave)(void);
	unsigned int flags;
};

extern const struct op ops[];
extern const unsigned int num_ops;

/* Memory, registered again and again */
extern const struct op op_register;
/* Of the driver, which is to be unloaded before */
extern const struct op op_load;

void ops_begin(void);
/* It came to @rc: what it leaves is gone, but for what it keeps */
void op_end(const struct op *op, long rc);

#endif /* GT_FAIL_OPS_H */
