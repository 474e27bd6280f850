// SPDX-License-Identifier: GPL-2.0-only
/*
 * The version's ioctl, and those that make shared memory, with arguments that
 * are wrong: as in badioctl.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "badioctl.h"

void bad_version(void)
{
	int fd = tee_open();
	char *gap = memory_with_hole();
	unsigned int nr;

	refused(raw_ioctl(fd, TEE_IOC_VERSION, NULL), "no buffer");
	refused(raw_ioctl(fd, TEE_IOC_VERSION, gap + PAGE),
		"an unmapped buffer");
	refused(raw_ioctl(fd, TEE_IOC_VERSION, gap + PAGE - 4),
		"half a buffer");
	refused(raw_ioctl(fd, TEE_IOC_VERSION, KERNEL_ADDRESS),
		"a kernel address");
	for (nr = 0; nr < 256; nr++) {
		uint64_t zeroes[16] = { 0 };

		if (nr > 9 || nr == 8)
			refused(raw_ioctl(fd, _IOWR(TEE_IOC_MAGIC, nr, zeroes),
					  zeroes), "ioctl number %u", nr);
	}
	refused(raw_ioctl(fd, _IOR(TEE_IOC_MAGIC, 0, uint64_t), gap),
		"a version of another size");
	ok_cases();
}

static int alloc(int fd, uint64_t size, uint32_t flags)
{
	struct tee_ioctl_shm_alloc_data data = { .size = size, .flags = flags };
	int shm = ioctl(fd, TEE_IOC_SHM_ALLOC, &data);

	if (shm >= 0)
		close(shm);
	return shm < 0 ? -errno : 0;
}

void bad_shm_alloc(void)
{
	static const uint64_t sizes[] = {
		0, 1ull << 33, 1ull << 40, 1ull << 62, 1ull << 63, ~0ull,
		~0ull - 4094, ~0ull - 4095, ~0ull - 4096,
	};
	int fd = tee_open(), shm, id;
	char *gap = memory_with_hole();
	unsigned int i;
	void *memory;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		refused(alloc(fd, sizes[i], 0), "%#llx bytes",
			(unsigned long long)sizes[i]);
	/* May be had or not, but without a word in the log */
	for (i = 20; i < 33; i++)
		alloc(fd, 1ull << i, 0);
	for (i = 0; i < 32; i++)
		refused(alloc(fd, 4096, 1u << i), "flag %u", i);
	refused(raw_ioctl(fd, TEE_IOC_SHM_ALLOC, NULL), "no buffer");
	refused(raw_ioctl(fd, TEE_IOC_SHM_ALLOC, gap + PAGE),
		"an unmapped buffer");
	refused(raw_ioctl(fd, TEE_IOC_SHM_ALLOC, gap + PAGE - 8),
		"half a buffer");
	refused(raw_ioctl(fd, TEE_IOC_SHM_ALLOC, KERNEL_ADDRESS),
		"a kernel address");

	shm = tee_shm_alloc(fd, 2 * PAGE, &id);
	memory = mmap(NULL, 16 * PAGE, PROT_READ, MAP_SHARED, shm, 0);
	refused(memory == MAP_FAILED ? -1 : 0, "more mapped than there is");
	/* Outlives its context */
	memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shm,
		      0);
	if (memory == MAP_FAILED)
		broken("cannot map");
	close(fd);
	close(shm);
	memset(memory, 1, 2 * PAGE);
	munmap(memory, 2 * PAGE);
	ok_cases();
}

static int reg(int fd, const void *memory, uint64_t length, uint32_t flags)
{
	struct tee_ioctl_shm_register_data data = {
		.addr = (uintptr_t)memory,
		.length = length,
		.flags = flags,
	};
	int shm = ioctl(fd, TEE_IOC_SHM_REGISTER, &data);

	if (shm >= 0)
		close(shm);
	return shm < 0 ? -errno : 0;
}

static bool is_kernel(const char *series)
{
	struct utsname system;

	return !uname(&system) &&
	       !strncmp(system.release, series, strlen(series));
}

/* The flash that has the firmware's variables: memory, but no RAM */
static void *device_memory(void)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC);
	void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			    0x04000000);

	close(fd);
	return memory;
}

static const void *read_only(void)
{
	return mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void bad_shm_register(void)
{
	int fd = tee_open();
	char *gap = memory_with_hole();
	void *device = device_memory();
	unsigned int i;

	refused(reg(fd, NULL, PAGE, 0), "no address");
	/* 6.1's tee.ko pins a page for none, and oopses: not the driver's */
	if (!is_kernel("6.1."))
		refused(reg(fd, gap, 0, 0), "nothing");
	refused(reg(fd, gap + PAGE, PAGE, 0), "unmapped memory");
	refused(reg(fd, gap, 4 * PAGE, 0), "memory with a hole");
	refused(reg(fd, gap + PAGE - 1, 2, 0), "a byte before a hole");
	refused(reg(fd, gap, 1ull << 31, 0), "2 GB");
	/* From 2 GB up to all of user space tee.ko warns: not the driver's */
	refused(reg(fd, gap, 1ull << 62, 0), "4 EB");
	refused(reg(fd, gap, ~0ull, 0), "2^64 - 1 bytes");
	refused(reg(fd, gap, -(uint64_t)(uintptr_t)gap, 0),
		"to the end of all");
	refused(reg(fd, gap, 1 - (uint64_t)(uintptr_t)gap, 0),
		"around the end");
	refused(reg(fd, (void *)~0ul, 2, 0), "the last byte, and one");
	refused(reg(fd, KERNEL_ADDRESS, PAGE, 0), "kernel memory");
	refused(reg(fd, read_only(), PAGE, 0), "read-only memory");
	refused(reg(fd, (void *)0x00ff000000000000ul, PAGE, 0),
		"an address that is none");
	for (i = 0; i < 32; i++)
		refused(reg(fd, gap, PAGE, 1u << i), "flag %u", i);
	if (device != MAP_FAILED)
		refused(reg(fd, device, PAGE, 0), "a device's memory");
	else
		note("no device's memory to be had");
	refused(raw_ioctl(fd, TEE_IOC_SHM_REGISTER, NULL), "no buffer");
	refused(raw_ioctl(fd, TEE_IOC_SHM_REGISTER, gap + PAGE),
		"no such buffer");
	refused(raw_ioctl(fd, TEE_IOC_SHM_REGISTER, gap + PAGE - 8),
		"half a buffer");
	ok_cases();
}
