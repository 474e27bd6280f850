// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel has left when the driver is gone: objects in slab caches,
 * areas in /proc/vmallocinfo, users of tee.ko. What kmemleak has to say, the
 * guest's init asks for at the end.
 *
 * It is measured after each chapter. What goes up and down is no leak, and what
 * grows once is a cache: so the measures are cut into parts, and a leak is what
 * is more in each part, all through it, than ever in the part before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

#define MAX_MEASURES	4096
#define MAX_CACHES	128
/* The first chapter fills caches */
#define WARM_UP		1
#define PARTS		4
/* More by fewer are not told from chance */
#define OBJECTS		8
#define AREAS		2

static char caches[MAX_CACHES][48];
static unsigned int num_caches;

/* Of each cache, and of areas */
static uint32_t objects[MAX_CACHES][MAX_MEASURES];
static uint32_t areas[MAX_MEASURES];
static unsigned int num_measures;

/* Not the file system's, nor a process's */
static bool is_ours_to_watch(const char *cache)
{
	return !strncmp(cache, "kmalloc-", 8) ||
	       !strncmp(cache, "radix_tree", 10) ||
	       !strncmp(cache, "maple", 5) || !strncmp(cache, "kernfs", 6) ||
	       !strncmp(cache, "vmap_area", 9);
}

/* All of it, however long it is */
static char *slurp(const char *path)
{
	size_t size = 1 << 18;
	char *text = NULL;

	do {
		size *= 2;
		text = realloc(text, size);
		if (!text || !read_text(path, text, size))
			broken("%s cannot be read", path);
		/* A newline at its end is not there any more */
	} while (strlen(text) + 2 >= size);
	return text;
}

/* What a CPU keeps counts as in use, and so does KASAN's quarantine */
static void shrink(const char *cache, unsigned long active)
{
	char path[128];

	(void)active;
	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	write_text(path, "1");
}

static unsigned int index_of(const char *cache)
{
	unsigned int i;

	for (i = 0; i < num_caches; i++)
		if (!strcmp(caches[i], cache))
			return i;
	if (num_caches == MAX_CACHES)
		broken("more than %d slab caches", MAX_CACHES);
	snprintf(caches[num_caches], sizeof(caches[0]), "%s", cache);
	return num_caches++;
}

typedef void cache_fn(const char *cache, unsigned long active);

static void each_cache(cache_fn *act)
{
	char *text, *line, *rest, name[48];
	unsigned long active;

	text = slurp("/proc/slabinfo");
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%47s %lu", name, &active) == 2 &&
		    is_ours_to_watch(name))
			act(name, active);
	free(text);
}

static void count(const char *cache, unsigned long active)
{
	objects[index_of(cache)][num_measures] = active;
}

static unsigned int count_areas(void)
{
	char *text = slurp("/proc/vmallocinfo"), *at;
	unsigned int n = 0;

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
	long users = -1, n;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%63s %*u %ld", name, &n) == 2 &&
		    !strcmp(name, module))
			users = n;
	free(text);
	if (users < 0)
		broken("%s is no module that is loaded", module);
	return users;
}

void kernel_measure(void)
{
	if (num_measures == MAX_MEASURES)
		broken("more unloads than are remembered");
	/* What is freed after a grace period */
	sleep_ms(500);
	write_text("/proc/sys/vm/drop_caches", "3");
	each_cache(shrink);
	each_cache(count);
	areas[num_measures] = count_areas();
	num_measures++;
	if (users_of("tee"))
		trouble("tee.ko has %ld users", users_of("tee"));
}

bool kernel_is_measured(void)
{
	return num_measures >= WARM_UP + PARTS;
}

/* The least and the most there was in a part */
static void range(const uint32_t *measures, unsigned int part, uint32_t *least,
		  uint32_t *most)
{
	unsigned int n = num_measures - WARM_UP, i;

	*least = ~0u;
	*most = 0;
	for (i = WARM_UP + n * part / PARTS;
	     i < WARM_UP + n * (part + 1) / PARTS; i++) {
		*least = measures[i] < *least ? measures[i] : *least;
		*most = measures[i] > *most ? measures[i] : *most;
	}
}

static bool grows(const char *what, const uint32_t *measures, unsigned int by)
{
	uint32_t least, most, before = 0, from = 0;
	unsigned int part;

	for (part = 0; part < PARTS; part++) {
		range(measures, part, &least, &most);
		if (part && least < before + by)
			return false;
		if (!part)
			from = least;
		before = most;
	}
	trouble("%s: %u after the first chapters, %u in the end: it grows", what,
		from, before);
	return true;
}

bool kernel_judge(void)
{
	unsigned int i, growing = 0;
	bool good = true;

	good &= say(kernel_is_measured(), "measures of what is left in the kernel",
		    num_measures);
	if (!good)
		return false;
	for (i = 0; i < num_caches; i++)
		growing += grows(caches[i], objects[i], OBJECTS);
	good &= say(!growing, "slab caches that grow", growing);
	growing = grows("areas of vmalloc", areas, AREAS);
	good &= say(!growing, "kinds of vmalloc areas that grow", growing);
	return good;
}
