/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person can see of the queue: values in sysfs, tables in debugfs, and
 * a report in the log when somebody waits too long.
 */
#ifndef OPTEE_STALL_H
#define OPTEE_STALL_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct attribute_group;
struct optee;
struct seq_file;

#define OPTEE_STALL_DEFAULT_MS	10000

/**
 * struct optee_stall - the watch over waiters
 * @work: looks at the waiters when the oldest would be @ms old
 * @ms: from when on a wait is a stall; 0: never
 * @reported: number of the youngest waiter reported: a stall is told once.
 *	      @work only
 */
struct optee_stall {
	struct delayed_work work;
	unsigned int ms;
	u64 reported;
};

/* stall.c */
void optee_stall_init(struct optee *optee, unsigned int ms);
void optee_stall_exit(struct optee *optee);
void optee_stall_watch(struct optee *optee);
void optee_stall_set_ms(struct optee *optee, unsigned int ms);

/* table.c: to @s, or to the log if it is NULL */
int optee_table_holders(struct optee *optee, struct seq_file *s);
int optee_table_waiters(struct optee *optee, struct seq_file *s);

/* sysfs.c */
extern const struct attribute_group *optee_dev_groups[];
int optee_policy_parse(const char *words, int *policy);

/* debugfs.c */
void optee_debugfs_init(void);
void optee_debugfs_exit(void);
void optee_debugfs_add(struct optee *optee);
void optee_debugfs_del(struct optee *optee);

#endif /* OPTEE_STALL_H */
