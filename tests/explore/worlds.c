// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of worlds, by hash: a few bits for each. Buckets are a line of the cache
 * each, as most of the time goes by waiting for memory.
 */
#include <stdio.h>
#include <string.h>

#include "world.h"

#define PLACES	5

/**
 * struct bucket - worlds whose hashes end alike
 * @hash: of each
 * @bits: of each
 * @used: how many
 */
struct bucket {
	u64 hash[PLACES];
	u32 bits[PLACES];
	u32 used;
} __attribute__((aligned(64)));

/**
 * struct worlds - a set of worlds
 * @buckets: a world is in the first with room from the one its hash says
 * @size: how many buckets, a power of two
 * @used: worlds that are in
 */
struct worlds {
	struct bucket *buckets;
	size_t size;
	size_t used;
};

static void start(struct worlds *w, size_t size)
{
	w->buckets = aligned_alloc(sizeof(*w->buckets),
				   size * sizeof(*w->buckets));
	if (!w->buckets) {
		fprintf(stderr, "explore: no memory\n");
		exit(2);
	}
	memset(w->buckets, 0, size * sizeof(*w->buckets));
	w->size = size;
	w->used = 0;
}

struct worlds *worlds_new(void)
{
	struct worlds *w = malloc(sizeof(*w));

	start(w, 1 << 8);
	return w;
}

void worlds_free(struct worlds *w)
{
	if (!w)
		return;
	free(w->buckets);
	free(w);
}

static u32 *find(struct worlds *w, u64 hash)
{
	size_t at = hash & (w->size - 1);
	struct bucket *b;
	unsigned int n;

	for (;; at = (at + 1) & (w->size - 1)) {
		b = &w->buckets[at];
		for (n = 0; n < b->used; n++)
			if (b->hash[n] == hash)
				return &b->bits[n];
		if (b->used < PLACES)
			break;
	}
	w->used++;
	b->hash[b->used] = hash;
	b->bits[b->used] = 0;
	return &b->bits[b->used++];
}

static void grow(struct worlds *w)
{
	struct worlds old = *w;
	struct bucket *b;
	unsigned int n;

	start(w, 2 * old.size);
	for (b = old.buckets; b < old.buckets + old.size; b++)
		for (n = 0; n < b->used; n++)
			*find(w, b->hash[n]) = b->bits[n];
	free(old.buckets);
}

/* The bits of a world; none are set if it was not in. Until the next call */
u32 *worlds_find(struct worlds *w, u64 hash)
{
	if (w->used > w->size * PLACES / 2)
		grow(w);
	return find(w, hash);
}
