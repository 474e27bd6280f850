/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A volume whose key is one of the kernel's trusted keys: user space has the key
 * only as OP-TEE sealed it. One at a time.
 */
#ifndef VOLUME_H
#define VOLUME_H

#include <stdbool.h>

#define VOLUME_BLOCK	4096

struct sealed_key {
	char payload[2048];	/* as the kernel takes it: "load" and digits */
};

/* A new key, sealed; die() if there is none to be had. */
void key_seal(struct sealed_key *sealed);
/* In this process' keyring: the key, or -1 and errno. */
long key_unseal(const struct sealed_key *sealed);
void key_forget(long key);

/* An empty one, on a loop device. */
void volume_make(void);
/* With the unsealed key: its file descriptor, or -errno. */
int volume_open(void);
void volume_close(int fd);

void volume_write(int fd);
bool volume_reads_back(int fd);

#endif /* VOLUME_H */
