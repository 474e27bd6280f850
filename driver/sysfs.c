// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: the directory call_queue of the device. One value a file; they are
 * ABI, see docs/ABI/sysfs-driver-optee.
 *
 * Locking: what the queue has is read under its lock. The files are gone before
 * the device's remove() begins.
 */

#include <linux/device.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/sysfs.h>

#include "optee.h"

static struct optee_cq *queue_of(struct device *dev)
{
	struct optee *optee = dev_get_drvdata(dev);

	return &optee->cq;
}

static ssize_t show_u64(struct device *dev, const u64 *value, char *buf)
{
	struct optee_cq *cq = queue_of(dev);
	u64 v;

	cq_lock(&cq->lock);
	v = *value;
	cq_unlock(&cq->lock);
	return sysfs_emit(buf, "%llu\n", v);
}

static unsigned int read_uint(struct optee_cq *cq, const unsigned int *value)
{
	unsigned int v;

	cq_lock(&cq->lock);
	v = *value;
	cq_unlock(&cq->lock);
	return v;
}

static ssize_t show_uint(struct device *dev, const unsigned int *value,
			 char *buf)
{
	return sysfs_emit(buf, "%u\n", read_uint(queue_of(dev), value));
}

static ssize_t threads_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct optee_cq *cq = queue_of(dev);

	if (!cq->tracked)
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%u\n", cq->threads);
}
static DEVICE_ATTR_RO(threads);

static ssize_t threads_free_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct optee_cq *cq = queue_of(dev);

	if (!cq->tracked)
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%u\n", cq->threads - read_uint(cq, &cq->inside));
}
static DEVICE_ATTR_RO(threads_free);

static ssize_t refusals_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return show_u64(dev, &queue_of(dev)->refusals, buf);
}
static DEVICE_ATTR_RO(refusals);

static ssize_t deadlocks_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return show_u64(dev, &queue_of(dev)->deadlocks, buf);
}
static DEVICE_ATTR_RO(deadlocks);

static ssize_t stall_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct optee *optee = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(optee->stall.ms));
}

static ssize_t stall_ms_store(struct device *dev,
			      struct device_attribute *attr, const char *buf,
			      size_t count)
{
	unsigned int ms;
	int rc = kstrtouint(buf, 0, &ms);

	if (rc)
		return rc;
	optee_stall_set_ms(dev_get_drvdata(dev), ms);
	return count;
}
static DEVICE_ATTR_RW(stall_ms);

/**
 * optee_policy_parse() - what a person says is to be reserved
 * @words: "auto", "always" or a number; a newline may follow
 * @policy: set
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int optee_policy_parse(const char *words, int *policy)
{
	unsigned int number;

	if (sysfs_streq(words, "auto")) {
		*policy = OPTEE_CQ_AUTO;
		return 0;
	}
	if (sysfs_streq(words, "always")) {
		*policy = OPTEE_CQ_ALWAYS;
		return 0;
	}
	if (kstrtouint(words, 0, &number) || number > INT_MAX)
		return -EINVAL;
	*policy = number;
	return 0;
}

/**
 * struct class_attr - a file of one class
 * @attr: the file
 * @class: its class
 */
struct class_attr {
	struct device_attribute attr;
	enum optee_cq_class class;
};

static enum optee_cq_class class_of(const struct device_attribute *attr)
{
	return container_of(attr, const struct class_attr, attr)->class;
}

static ssize_t policy_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct optee_cq *cq = queue_of(dev);
	int policy;

	cq_lock(&cq->lock);
	policy = cq->policy[class_of(attr)];
	cq_unlock(&cq->lock);
	if (policy == OPTEE_CQ_AUTO)
		return sysfs_emit(buf, "auto\n");
	if (policy == OPTEE_CQ_ALWAYS)
		return sysfs_emit(buf, "always\n");
	return sysfs_emit(buf, "%d\n", policy);
}

static ssize_t policy_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	int policy;
	int rc = optee_policy_parse(buf, &policy);

	if (!rc)
		rc = optee_cq_set_policy(queue_of(dev), class_of(attr), policy);
	return rc ?: count;
}

static ssize_t reserved_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return show_uint(dev, &queue_of(dev)->reserved[class_of(attr)], buf);
}

static ssize_t clients_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return show_uint(dev, &queue_of(dev)->clients[class_of(attr)], buf);
}

static ssize_t calls_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return show_u64(dev, &queue_of(dev)->stats[class_of(attr)].calls, buf);
}

static ssize_t waits_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return show_u64(dev, &queue_of(dev)->stats[class_of(attr)].waits, buf);
}

static ssize_t longest_wait_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	struct optee_cq *cq = queue_of(dev);
	cq_time_t wait;

	cq_lock(&cq->lock);
	wait = cq->stats[class_of(attr)].longest_wait;
	cq_unlock(&cq->lock);
	return sysfs_emit(buf, "%llu\n", div_u64(wait, NSEC_PER_USEC));
}

#define QUEUE_CLASS_RW(name, what, whose)				\
	static struct class_attr attr_##name = {			\
		.attr = __ATTR(name, 0644, what##_show, what##_store),	\
		.class = (whose),					\
	}

#define QUEUE_CLASS_RO(name, what, whose)				\
	static struct class_attr attr_##name = {			\
		.attr = __ATTR(name, 0444, what##_show, NULL),		\
		.class = (whose),					\
	}

QUEUE_CLASS_RW(reserve_kernel, policy, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RW(reserve_system, policy, OPTEE_CQ_SYSTEM);
QUEUE_CLASS_RO(reserve_kernel_now, reserved, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RO(reserve_system_now, reserved, OPTEE_CQ_SYSTEM);
QUEUE_CLASS_RO(kernel_clients, clients, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RO(system_clients, clients, OPTEE_CQ_SYSTEM);

QUEUE_CLASS_RO(user_calls, calls, OPTEE_CQ_USER);
QUEUE_CLASS_RO(kernel_calls, calls, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RO(system_calls, calls, OPTEE_CQ_SYSTEM);
QUEUE_CLASS_RO(unblock_calls, calls, OPTEE_CQ_UNBLOCK);

QUEUE_CLASS_RO(user_waits, waits, OPTEE_CQ_USER);
QUEUE_CLASS_RO(kernel_waits, waits, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RO(system_waits, waits, OPTEE_CQ_SYSTEM);
QUEUE_CLASS_RO(unblock_waits, waits, OPTEE_CQ_UNBLOCK);

QUEUE_CLASS_RO(user_longest_wait_us, longest_wait, OPTEE_CQ_USER);
QUEUE_CLASS_RO(kernel_longest_wait_us, longest_wait, OPTEE_CQ_KERNEL);
QUEUE_CLASS_RO(system_longest_wait_us, longest_wait, OPTEE_CQ_SYSTEM);
QUEUE_CLASS_RO(unblock_longest_wait_us, longest_wait, OPTEE_CQ_UNBLOCK);

static struct attribute *call_queue_attrs[] = {
	&dev_attr_threads.attr,
	&dev_attr_threads_free.attr,
	&dev_attr_refusals.attr,
	&dev_attr_deadlocks.attr,
	&dev_attr_stall_ms.attr,
	&attr_reserve_kernel.attr.attr,
	&attr_reserve_kernel_now.attr.attr,
	&attr_kernel_clients.attr.attr,
	&attr_reserve_system.attr.attr,
	&attr_reserve_system_now.attr.attr,
	&attr_system_clients.attr.attr,
	&attr_user_calls.attr.attr,
	&attr_user_waits.attr.attr,
	&attr_user_longest_wait_us.attr.attr,
	&attr_kernel_calls.attr.attr,
	&attr_kernel_waits.attr.attr,
	&attr_kernel_longest_wait_us.attr.attr,
	&attr_system_calls.attr.attr,
	&attr_system_waits.attr.attr,
	&attr_system_longest_wait_us.attr.attr,
	&attr_unblock_calls.attr.attr,
	&attr_unblock_waits.attr.attr,
	&attr_unblock_longest_wait_us.attr.attr,
	NULL,
};

static const struct attribute_group call_queue_group = {
	.name = "call_queue",
	.attrs = call_queue_attrs,
};

const struct attribute_group *optee_dev_groups[] = {
	&call_queue_group,
	NULL,
};
