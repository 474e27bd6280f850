// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_disk: /dev/lab_disk, memory that can be read and written only while an
 * SCMI clock runs, as flash behind a controller. The clock is lab-storage of
 * lab/scmi.dtso; it is turned on for each request and off after it, so that
 * none is served without two calls of the SCMI service.
 *
 * With queued=0 the clock is turned on in the task that makes the request; with
 * queued=1 in a workqueue, as drivers do whose requests blk-mq hands out there.
 * What serves a call of OP-TEE can be followed in the first case only.
 *
 * Locking: @lock guards the list of requests that the work takes from. What is
 * stored has none, like a disk: who writes and reads a sector at the same time
 * gets either.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/clk.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_clk.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define DISK_SIZE	SZ_4M

static bool queued;
module_param(queued, bool, 0644);
MODULE_PARM_DESC(queued, "Serve requests in a workqueue");

static struct lab_disk {
	struct gendisk *gendisk;
	struct clk *clk;
	u8 *data;
	int major;
	struct workqueue_struct *wq;
	struct work_struct work;
	spinlock_t lock;	/* requests */
	struct bio_list requests;
} disk;

/* --- requests --------------------------------------------------------------- */

static void copy_segment(struct bio_vec *vec, loff_t at, bool is_write)
{
	u8 *memory = bvec_kmap_local(vec);

	if (is_write)
		memcpy(disk.data + at, memory, vec->bv_len);
	else
		memcpy(memory, disk.data + at, vec->bv_len);
	kunmap_local(memory);
}

/* The block layer has seen to it that it lies within the disk. */
static void copy(struct bio *bio)
{
	struct bvec_iter iter;
	struct bio_vec vec;

	bio_for_each_segment(vec, bio, iter)
		copy_segment(&vec, (loff_t)iter.bi_sector << SECTOR_SHIFT,
			     op_is_write(bio_op(bio)));
}

/* Without its clock the disk does not answer. */
static void serve(struct bio *bio)
{
	int rc = clk_prepare_enable(disk.clk);

	if (rc) {
		bio->bi_status = errno_to_blk_status(rc);
	} else {
		copy(bio);
		clk_disable_unprepare(disk.clk);
	}
	bio_endio(bio);
}

static struct bio *next_request(void)
{
	struct bio *bio;

	spin_lock_irq(&disk.lock);
	bio = bio_list_pop(&disk.requests);
	spin_unlock_irq(&disk.lock);
	return bio;
}

static void serve_queued(struct work_struct *work)
{
	struct bio *bio;

	while ((bio = next_request()))
		serve(bio);
}

static void submit(struct bio *bio)
{
	unsigned long flags;

	if (!READ_ONCE(queued)) {
		serve(bio);
		return;
	}
	spin_lock_irqsave(&disk.lock, flags);
	bio_list_add(&disk.requests, bio);
	spin_unlock_irqrestore(&disk.lock, flags);
	queue_work(disk.wq, &disk.work);
}

/* --- the disk --------------------------------------------------------------- */

static const struct block_device_operations disk_ops = {
	.owner = THIS_MODULE,
	.submit_bio = submit,
};

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
static struct gendisk *alloc_gendisk(void)
{
	return blk_alloc_disk(NUMA_NO_NODE) ?: ERR_PTR(-ENOMEM);
}
#else
static struct gendisk *alloc_gendisk(void)
{
	return blk_alloc_disk(NULL, NUMA_NO_NODE);
}
#endif

static struct clk *find_clock(void)
{
	struct device_node *node;
	struct clk *clk;

	node = of_find_compatible_node(NULL, NULL,
				       "optee-systhreads,lab-scmi");
	if (!node)
		return ERR_PTR(-ENODEV);
	clk = of_clk_get_by_name(node, "lab-storage");
	of_node_put(node);
	return clk;
}

static int add_gendisk(void)
{
	struct gendisk *gendisk = alloc_gendisk();
	int rc;

	if (IS_ERR(gendisk))
		return PTR_ERR(gendisk);
	gendisk->major = disk.major;
	gendisk->first_minor = 0;
	gendisk->minors = 1;
	gendisk->fops = &disk_ops;
	strscpy(gendisk->disk_name, "lab_disk", DISK_NAME_LEN);
	set_capacity(gendisk, DISK_SIZE >> SECTOR_SHIFT);
	rc = add_disk(gendisk);
	if (rc)
		put_disk(gendisk);
	else
		disk.gendisk = gendisk;
	return rc;
}

static int __init lab_disk_init(void)
{
	int rc;

	spin_lock_init(&disk.lock);
	INIT_WORK(&disk.work, serve_queued);
	disk.data = vzalloc(DISK_SIZE);
	if (!disk.data)
		return -ENOMEM;
	disk.clk = find_clock();
	if (IS_ERR(disk.clk)) {
		rc = PTR_ERR(disk.clk);
		goto free_data;
	}
	disk.wq = alloc_workqueue("lab_disk", WQ_MEM_RECLAIM, 1);
	if (!disk.wq) {
		rc = -ENOMEM;
		goto put_clock;
	}
	disk.major = register_blkdev(0, "lab_disk");
	if (disk.major < 0) {
		rc = disk.major;
		goto destroy_wq;
	}
	rc = add_gendisk();
	if (rc)
		goto unregister;
	return 0;

unregister:
	unregister_blkdev(disk.major, "lab_disk");
destroy_wq:
	destroy_workqueue(disk.wq);
put_clock:
	clk_put(disk.clk);
free_data:
	vfree(disk.data);
	return rc;
}
module_init(lab_disk_init);

static void __exit lab_disk_exit(void)
{
	del_gendisk(disk.gendisk);
	put_disk(disk.gendisk);
	unregister_blkdev(disk.major, "lab_disk");
	destroy_workqueue(disk.wq);
	clk_put(disk.clk);
	vfree(disk.data);
}
module_exit(lab_disk_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A RAM disk behind an SCMI clock for the lab");
