// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs: optee/<device>/holders and optee/<device>/waiters.
 *
 * Locking: none; a file that is being read holds up its removal.
 */

#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "optee.h"

static struct dentry *root;

static int holders_show(struct seq_file *s, void *unused)
{
	return optee_table_holders(s->private, s);
}
DEFINE_SHOW_ATTRIBUTE(holders);

static int waiters_show(struct seq_file *s, void *unused)
{
	return optee_table_waiters(s->private, s);
}
DEFINE_SHOW_ATTRIBUTE(waiters);

/**
 * optee_debugfs_init() - make the directory for all OP-TEEs
 *
 * Context: Process; sleeps.
 */
void optee_debugfs_init(void)
{
	root = debugfs_create_dir("optee", NULL);
}

/**
 * optee_debugfs_exit() - undo optee_debugfs_init()
 *
 * Context: Process; sleeps.
 */
void optee_debugfs_exit(void)
{
	debugfs_remove(root);
}

/**
 * optee_debugfs_add() - show one OP-TEE
 * @optee: which
 *
 * Context: Process; sleeps.
 */
void optee_debugfs_add(struct optee *optee)
{
	struct dentry *dir = debugfs_create_dir(dev_name(optee->dev), root);

	optee->debugfs = dir;
	debugfs_create_file("holders", 0400, dir, optee, &holders_fops);
	debugfs_create_file("waiters", 0400, dir, optee, &waiters_fops);
}

/**
 * optee_debugfs_del() - undo optee_debugfs_add()
 * @optee: which
 *
 * Context: Process; sleeps.
 */
void optee_debugfs_del(struct optee *optee)
{
	debugfs_remove(optee->debugfs);
	optee->debugfs = NULL;
}
