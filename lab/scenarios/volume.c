// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dm-crypt volume, through the device mapper's ioctls, and the kernel's trusted
 * keys; volume.h says what is promised. No program is started: that would take
 * longer than what is measured.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/dm-ioctl.h>
#include <linux/keyctl.h>
#include <linux/loop.h>

#include "scenario.h"
#include "volume.h"

#define NAME		"lab-volume"
#define LOOP		"/dev/loop0"
#define IMAGE		"/tmp/volume"
#define SECTORS		128
#define SECTOR		512

/* --- keys ------------------------------------------------------------------ */

static long key_add(const char *payload)
{
	return syscall(SYS_add_key, "trusted", NAME, payload, strlen(payload),
		       KEY_SPEC_PROCESS_KEYRING);
}

void key_forget(long key)
{
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_PROCESS_KEYRING);
}

void key_seal(struct sealed_key *sealed)
{
	static const char load[] = "load ";
	size_t start = strlen(load), n;
	long key = key_add("new 32");

	if (key < 0)
		die("no trusted key: %s", strerror(errno));
	memcpy(sealed->payload, load, start);
	n = syscall(SYS_keyctl, KEYCTL_READ, key, sealed->payload + start,
		    sizeof(sealed->payload) - start - 1);
	if (!n || n >= sizeof(sealed->payload) - start)
		die("the sealed key cannot be read");
	sealed->payload[start + n] = '\0';
	key_forget(key);
}

long key_unseal(const struct sealed_key *sealed)
{
	return key_add(sealed->payload);
}

/* --- the device mapper ----------------------------------------------------- */

/* A command, and room for one target behind it */
struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char args[128];
};

static int control(unsigned long command, struct request *request)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("no device mapper: %s", strerror(errno));
	request->head.version[0] = DM_VERSION_MAJOR;
	request->head.data_size = sizeof(*request);
	request->head.data_start = offsetof(struct request, target);
	memcpy(request->head.name, NAME, sizeof(NAME));
	return ioctl(fd, command, request) ? -errno : 0;
}

/* Without its workqueues, whose turn on a busy processor is no matter here. */
static int load_table(void)
{
	struct request request = {
		.head.target_count = 1,
		.target.length = SECTORS,
		.target.target_type = "crypt",
	};

	snprintf(request.args, sizeof(request.args),
		 "aes-xts-plain64 :32:trusted:" NAME " 0 " LOOP
		 " 0 2 no_read_workqueue no_write_workqueue");
	return control(DM_TABLE_LOAD, &request);
}

static int remove_device(void)
{
	struct request request = { };

	return control(DM_DEV_REMOVE, &request);
}

static int open_node(const struct request *created)
{
	char path[32];

	/* As devtmpfs names it */
	snprintf(path, sizeof(path), "/dev/dm-%u", minor(created->head.dev));
	return open(path, O_RDWR | O_CLOEXEC);
}

int volume_open(void)
{
	struct request created = { }, resume = { };
	int rc = control(DM_DEV_CREATE, &created);
	int fd;

	if (rc)
		return rc;
	rc = load_table();
	if (!rc)
		rc = control(DM_DEV_SUSPEND, &resume);
	fd = rc ? rc : open_node(&created);
	if (fd < 0) {
		rc = rc ? rc : -errno;
		remove_device();
		return rc;
	}
	return fd;
}

void volume_close(int fd)
{
	uint64_t limit = now() + ticks(5000);
	int rc;

	close(fd);
	/* Whoever else looked at the new device has it open for a moment. */
	while ((rc = remove_device()) == -EBUSY && now() < limit)
		usleep(1000);
	if (rc)
		die("the volume does not close: %s", strerror(-rc));
}

void volume_make(void)
{
	int image = open(IMAGE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int loop = open(LOOP, O_RDWR | O_CLOEXEC);

	if (image < 0 || ftruncate(image, SECTORS * SECTOR))
		die("no image: %s", strerror(errno));
	if (loop < 0 || ioctl(loop, LOOP_SET_FD, image))
		die("no loop device: %s", strerror(errno));
	/* It stays while somebody has it open: this process, or the volume. */
	close(image);
}

/* --- what is on it --------------------------------------------------------- */

static void pattern(uint8_t block[VOLUME_BLOCK])
{
	unsigned int i;

	for (i = 0; i < VOLUME_BLOCK; i++)
		block[i] = i * 7 + i / 256;
}

void volume_write(int fd)
{
	uint8_t block[VOLUME_BLOCK];

	pattern(block);
	if (pwrite(fd, block, sizeof(block), 0) != sizeof(block) || fsync(fd))
		die("the volume cannot be written: %s", strerror(errno));
}

/* A new device has nothing in the page cache: this reads and decrypts. */
bool volume_reads_back(int fd)
{
	uint8_t want[VOLUME_BLOCK], got[VOLUME_BLOCK];

	pattern(want);
	return pread(fd, got, sizeof(got), 0) == sizeof(got) &&
	       !memcmp(want, got, sizeof(got));
}
