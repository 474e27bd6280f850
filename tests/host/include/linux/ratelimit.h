/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing here is said too often. */
#ifndef HOST_LINUX_RATELIMIT_H
#define HOST_LINUX_RATELIMIT_H

#define DEFINE_RATELIMIT_STATE(name, interval, burst)	int name = 1
#define __ratelimit(state)				(*(state))

#endif /* HOST_LINUX_RATELIMIT_H */
