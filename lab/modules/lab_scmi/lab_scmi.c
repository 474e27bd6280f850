// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_scmi: a consumer of the clocks and voltage domains that the SCMI service
 * in OP-TEE has, on behalf of test programs. In debugfs, below lab_scmi:
 *
 *     CLOCK/on, CLOCK/rate      a clock of the node lab-scmi (lab/scmi.dtso)
 *     DOMAIN/on, DOMAIN/level   a voltage domain, in microvolts
 *
 * Whoever writes makes the call in his own task, and gets its error; for a
 * clock through Linux' clock framework, for a domain through the kernel's SCMI
 * core, as no Debian kernel has the regulators that stand on it.
 *
 * A clock's "on" reads as what this module did. What the service made of it is
 * for the test to ask.
 *
 * Locking: the framework's and the core's own; @lock guards @on.
 */
#include <linux/clk.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/scmi_protocol.h>

struct lab_clock {
	struct clk *clk;
	struct mutex lock;	/* on */
	bool on;
};

struct lab_domain {
	const struct scmi_voltage_proto_ops *ops;
	struct scmi_protocol_handle *ph;
	u32 id;
};

static struct dentry *root;

/* --- clocks ---------------------------------------------------------------- */

static int clock_on_get(void *data, u64 *value)
{
	struct lab_clock *clock = data;

	*value = READ_ONCE(clock->on);
	return 0;
}

static int clock_turn(struct lab_clock *clock, bool on)
{
	int rc = 0;

	mutex_lock(&clock->lock);
	if (on && !clock->on)
		rc = clk_prepare_enable(clock->clk);
	else if (!on && clock->on)
		clk_disable_unprepare(clock->clk);
	if (!rc)
		WRITE_ONCE(clock->on, on);
	mutex_unlock(&clock->lock);
	return rc;
}

static int clock_on_set(void *data, u64 value)
{
	return value > 1 ? -EINVAL : clock_turn(data, value);
}
DEFINE_DEBUGFS_ATTRIBUTE(clock_on, clock_on_get, clock_on_set, "%llu\n");

static int clock_rate_get(void *data, u64 *value)
{
	struct lab_clock *clock = data;

	*value = clk_get_rate(clock->clk);
	return 0;
}

static int clock_rate_set(void *data, u64 value)
{
	struct lab_clock *clock = data;

	return clk_set_rate(clock->clk, value);
}
DEFINE_DEBUGFS_ATTRIBUTE(clock_rate, clock_rate_get, clock_rate_set, "%llu\n");

static void clock_off(void *data)
{
	clock_turn(data, false);
}

static void remove_dir(void *dir)
{
	debugfs_remove(dir);
}

/* Undone in reverse: no file is in use any more when its clock is let go of. */
static int add_clock(struct device *dev, const char *name)
{
	struct lab_clock *clock = devm_kzalloc(dev, sizeof(*clock), GFP_KERNEL);
	struct dentry *dir;
	int rc;

	if (!clock)
		return -ENOMEM;
	mutex_init(&clock->lock);
	clock->clk = devm_clk_get(dev, name);
	if (IS_ERR(clock->clk))
		return dev_err_probe(dev, PTR_ERR(clock->clk), "clock %s\n",
				     name);
	rc = devm_add_action_or_reset(dev, clock_off, clock);
	if (rc)
		return rc;
	dir = debugfs_create_dir(name, root);
	debugfs_create_file("on", 0600, dir, clock, &clock_on);
	debugfs_create_file("rate", 0600, dir, clock, &clock_rate);
	return devm_add_action_or_reset(dev, remove_dir, dir);
}

static int lab_clocks_probe(struct platform_device *pdev)
{
	struct property *prop;
	const char *name;
	int rc = 0;

	of_property_for_each_string(pdev->dev.of_node, "clock-names", prop,
				    name) {
		rc = add_clock(&pdev->dev, name);
		if (rc)
			break;
	}
	return rc;
}

static const struct of_device_id lab_clocks_match[] = {
	{ .compatible = "optee-systhreads,lab-scmi" },
	{ }
};
MODULE_DEVICE_TABLE(of, lab_clocks_match);

static struct platform_driver lab_clocks_driver = {
	.probe = lab_clocks_probe,
	.driver = {
		.name = "lab_scmi_clocks",
		.of_match_table = lab_clocks_match,
	},
};

/* --- voltage domains -------------------------------------------------------- */

static int domain_on_get(void *data, u64 *value)
{
	struct lab_domain *domain = data;
	u32 config;
	int rc = domain->ops->config_get(domain->ph, domain->id, &config);

	*value = config == SCMI_VOLTAGE_ARCH_STATE_ON;
	return rc;
}

static int domain_on_set(void *data, u64 value)
{
	struct lab_domain *domain = data;

	if (value > 1)
		return -EINVAL;
	return domain->ops->config_set(domain->ph, domain->id,
				       value ? SCMI_VOLTAGE_ARCH_STATE_ON :
					       SCMI_VOLTAGE_ARCH_STATE_OFF);
}
DEFINE_DEBUGFS_ATTRIBUTE(domain_on, domain_on_get, domain_on_set, "%llu\n");

static int domain_level_get(void *data, u64 *value)
{
	struct lab_domain *domain = data;
	s32 level;
	int rc = domain->ops->level_get(domain->ph, domain->id, &level);

	*value = level;
	return rc;
}

static int domain_level_set(void *data, u64 value)
{
	struct lab_domain *domain = data;

	if (value > S32_MAX)
		return -EINVAL;
	return domain->ops->level_set(domain->ph, domain->id,
				      SCMI_VOLTAGE_LEVEL_SET_AUTO, value);
}
DEFINE_DEBUGFS_ATTRIBUTE(domain_level, domain_level_get, domain_level_set,
			 "%llu\n");

static int add_domain(struct scmi_device *sdev, u32 id,
		      const struct scmi_voltage_proto_ops *ops,
		      struct scmi_protocol_handle *ph)
{
	const struct scmi_voltage_info *info = ops->info_get(ph, id);
	struct lab_domain *domain;
	struct dentry *dir;

	if (!info)
		return 0;
	domain = devm_kzalloc(&sdev->dev, sizeof(*domain), GFP_KERNEL);
	if (!domain)
		return -ENOMEM;
	domain->ops = ops;
	domain->ph = ph;
	domain->id = id;
	dir = debugfs_create_dir(info->name, root);
	debugfs_create_file("on", 0600, dir, domain, &domain_on);
	debugfs_create_file("level", 0600, dir, domain, &domain_level);
	return devm_add_action_or_reset(&sdev->dev, remove_dir, dir);
}

static int lab_domains_probe(struct scmi_device *sdev)
{
	const struct scmi_voltage_proto_ops *ops;
	struct scmi_protocol_handle *ph;
	int n, id, rc = 0;

	ops = sdev->handle->devm_protocol_get(sdev, SCMI_PROTOCOL_VOLTAGE, &ph);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	n = ops->num_domains_get(ph);
	for (id = 0; id < n && !rc; id++)
		rc = add_domain(sdev, id, ops, ph);
	return rc;
}

static const struct scmi_device_id lab_domains_ids[] = {
	{ SCMI_PROTOCOL_VOLTAGE, "lab_scmi" },
	{ }
};
MODULE_DEVICE_TABLE(scmi, lab_domains_ids);

static struct scmi_driver lab_domains_driver = {
	.name = "lab_scmi_domains",
	.probe = lab_domains_probe,
	.id_table = lab_domains_ids,
};

static int __init lab_scmi_init(void)
{
	int rc;

	root = debugfs_create_dir("lab_scmi", NULL);
	rc = platform_driver_register(&lab_clocks_driver);
	if (rc)
		goto remove_root;
	rc = scmi_register(&lab_domains_driver);
	if (rc)
		goto unregister_clocks;
	return 0;

unregister_clocks:
	platform_driver_unregister(&lab_clocks_driver);
remove_root:
	debugfs_remove(root);
	return rc;
}
module_init(lab_scmi_init);

static void __exit lab_scmi_exit(void)
{
	scmi_unregister(&lab_domains_driver);
	platform_driver_unregister(&lab_clocks_driver);
	debugfs_remove(root);
}
module_exit(lab_scmi_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A consumer of SCMI clocks and voltage domains for the lab");
