// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs: the directory call_queue of the device. One value a file; they are
 * ABI, see docs/ABI/sysfs-driver-optee.
 *
 * Locking: what is shown is read under the queue's lock. The files are gone
 * before the device's remove() begins.
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

static ssize_t show_uint(struct device *dev, const unsigned int *value,
			 char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(*value));
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
	return sysfs_emit(buf, "%u\n", cq->threads - READ_ONCE(cq->inside));
}
static DEVICE_ATTR_RO(threads_free);

static ssize_t refusals_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return show_u64(dev, &queue_of(dev)->refusals, buf);
}
static DEVICE_ATTR_RO(refusals);

static ssize_t stall_ms_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct optee *optee = dev_get_drvdata(dev);

	return show_uint(dev, &optee->stall.ms, buf);
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

static ssize_t show_policy(struct device *dev, enum optee_cq_class class,
			   char *buf)
{
	int policy = READ_ONCE(queue_of(dev)->policy[class]);

	if (policy == OPTEE_CQ_AUTO)
		return sysfs_emit(buf, "auto\n");
	if (policy == OPTEE_CQ_ALWAYS)
		return sysfs_emit(buf, "always\n");
	return sysfs_emit(buf, "%d\n", policy);
}

static ssize_t store_policy(struct device *dev, enum optee_cq_class class,
			    const char *buf, size_t count)
{
	int policy;
	int rc = optee_policy_parse(buf, &policy);

	if (!rc)
		rc = optee_cq_set_policy(queue_of(dev), class, policy);
	return rc ?: count;
}

/* Of a class that threads can be reserved for */
#define RESERVING_CLASS(name, class)					\
static ssize_t reserve_##name##_show(struct device *dev,		\
				     struct device_attribute *attr,	\
				     char *buf)				\
{									\
	return show_policy(dev, class, buf);				\
}									\
static ssize_t reserve_##name##_store(struct device *dev,		\
				      struct device_attribute *attr,	\
				      const char *buf, size_t count)	\
{									\
	return store_policy(dev, class, buf, count);			\
}									\
static DEVICE_ATTR_RW(reserve_##name);					\
static ssize_t reserve_##name##_now_show(struct device *dev,		\
					 struct device_attribute *attr,	\
					 char *buf)			\
{									\
	return show_uint(dev, &queue_of(dev)->reserved[class], buf);	\
}									\
static DEVICE_ATTR_RO(reserve_##name##_now);				\
static ssize_t name##_clients_show(struct device *dev,			\
				   struct device_attribute *attr,	\
				   char *buf)				\
{									\
	return show_uint(dev, &queue_of(dev)->clients[class], buf);	\
}									\
static DEVICE_ATTR_RO(name##_clients)

RESERVING_CLASS(kernel, OPTEE_CQ_KERNEL);
RESERVING_CLASS(system, OPTEE_CQ_SYSTEM);

static ssize_t show_longest_wait(struct device *dev, enum optee_cq_class class,
				 char *buf)
{
	struct optee_cq *cq = queue_of(dev);
	cq_time_t wait;

	cq_lock(&cq->lock);
	wait = cq->stats[class].longest_wait;
	cq_unlock(&cq->lock);
	return sysfs_emit(buf, "%llu\n", div_u64(wait, NSEC_PER_USEC));
}

/* What every class has done so far */
#define CLASS_STATS(name, class)					\
static ssize_t name##_calls_show(struct device *dev,			\
				 struct device_attribute *attr,		\
				 char *buf)				\
{									\
	return show_u64(dev, &queue_of(dev)->stats[class].calls, buf);	\
}									\
static DEVICE_ATTR_RO(name##_calls);					\
static ssize_t name##_waits_show(struct device *dev,			\
				 struct device_attribute *attr,		\
				 char *buf)				\
{									\
	return show_u64(dev, &queue_of(dev)->stats[class].waits, buf);	\
}									\
static DEVICE_ATTR_RO(name##_waits);					\
static ssize_t name##_longest_wait_us_show(struct device *dev,		\
					   struct device_attribute *attr, \
					   char *buf)			\
{									\
	return show_longest_wait(dev, class, buf);			\
}									\
static DEVICE_ATTR_RO(name##_longest_wait_us)

CLASS_STATS(user, OPTEE_CQ_USER);
CLASS_STATS(kernel, OPTEE_CQ_KERNEL);
CLASS_STATS(system, OPTEE_CQ_SYSTEM);
CLASS_STATS(unblock, OPTEE_CQ_UNBLOCK);

static struct attribute *call_queue_attrs[] = {
	&dev_attr_threads.attr,
	&dev_attr_threads_free.attr,
	&dev_attr_refusals.attr,
	&dev_attr_stall_ms.attr,
	&dev_attr_reserve_kernel.attr,
	&dev_attr_reserve_kernel_now.attr,
	&dev_attr_kernel_clients.attr,
	&dev_attr_reserve_system.attr,
	&dev_attr_reserve_system_now.attr,
	&dev_attr_system_clients.attr,
	&dev_attr_user_calls.attr,
	&dev_attr_user_waits.attr,
	&dev_attr_user_longest_wait_us.attr,
	&dev_attr_kernel_calls.attr,
	&dev_attr_kernel_waits.attr,
	&dev_attr_kernel_longest_wait_us.attr,
	&dev_attr_system_calls.attr,
	&dev_attr_system_waits.attr,
	&dev_attr_system_longest_wait_us.attr,
	&dev_attr_unblock_calls.attr,
	&dev_attr_unblock_waits.attr,
	&dev_attr_unblock_longest_wait_us.attr,
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
