// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel has left when the driver is gone: slab objects, areas in
 * /proc/vmallocinfo, users of tee.ko. What kmemleak has to say, the guest's
 * init asks for at the end.
 *
 * What grows once is a cache, what grows on is a leak: so it is measured each
 * time, and compared over both halves of the time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

#define MAX_MEASURES	4096
/* The first chapters fill caches */
#define WARM_UP		2
/* Growth that the same chapters vary by */
#define SLAB_KB		48
#define AREAS		2

struct measure {
	unsigned long slab_kb;
	unsigned long areas;
};

static struct measure measures[MAX_MEASURES];
static unsigned int num_measures;

/* Not the file system's, nor a process's */
static bool is_ours_to_watch(const char *cache)
{
	return !strncmp(cache, "kmalloc-", 8) ||
	       !strncmp(cache, "radix_tree", 10) ||
	       !strncmp(cache, "maple", 5) || !strncmp(cache, "kernfs", 6) ||
	       !strncmp(cache, "vmap_area", 9);
}

static char *slurp(const char *path)
{
	size_t size = 1 << 20;
	char *text = malloc(size);

	if (!text || !read_text(path, text, size))
		broken("%s cannot be read", path);
	return text;
}

/* What a CPU keeps counts as in use, and so does KASAN's quarantine */
static void shrink(const char *cache)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	write_text(path, "1");
}

/* Shrink the caches that are watched, or say how much is in use there */
static unsigned long slab_kb(bool shrinks)
{
	char *text, *line, *rest, name[64];
	unsigned long active, all, size, sum = 0;

	text = slurp("/proc/slabinfo");
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%63s %lu %lu %lu", name, &active, &all,
			   &size) == 4 && is_ours_to_watch(name)) {
			if (shrinks)
				shrink(name);
			else
				sum += active * size;
		}
	free(text);
	return sum / 1024;
}

static unsigned long areas(void)
{
	char *text = slurp("/proc/vmallocinfo"), *at;
	unsigned long n = 0;

	if (strstr(text, "[optee]"))
		trouble("the driver has left something in vmallocinfo");
	for (at = text; (at = strchr(at, '\n')); at++)
		n++;
	free(text);
	return n;
}

static long users_of(const char *module)
{
	char *text = slurp("/proc/modules"), *line, *rest, name[64];
	long users = 0, n;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%63s %*u %ld", name, &n) == 2 &&
		    !strcmp(name, module))
			users = n;
	free(text);
	return users;
}

void kernel_measure(void)
{
	struct measure *now = &measures[num_measures];

	if (num_measures == MAX_MEASURES)
		broken("more unloads than are remembered");
	/* What is freed after a grace period */
	sleep_ms(500);
	write_text("/proc/sys/vm/drop_caches", "3");
	slab_kb(true);
	now->slab_kb = slab_kb(false);
	now->areas = areas();
	num_measures++;
	if (users_of("tee"))
		trouble("tee.ko has %ld users", users_of("tee"));
}

static void grows(const char *what, unsigned long first, unsigned long half,
		  unsigned long last, unsigned long least)
{
	note("%s: %lu, %lu, %lu", what, first, half, last);
	if (half > first + least && last > half + least)
		trouble("%s: %lu, %lu, %lu: it grows", what, first, half, last);
}

void kernel_judge(void)
{
	unsigned int n = num_measures;
	struct measure *first = &measures[WARM_UP - 1];
	struct measure *half = &measures[(n + WARM_UP) / 2 - 1];
	struct measure *last = &measures[n - 1];

	if (n < WARM_UP + 2)
		return;
	grows("slab kB", first->slab_kb, half->slab_kb, last->slab_kb, SLAB_KB);
	grows("vmalloc areas", first->areas, half->areas, last->areas, AREAS);
}
