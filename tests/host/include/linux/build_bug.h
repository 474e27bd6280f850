/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_BUILD_BUG_H
#define HOST_LINUX_BUILD_BUG_H

#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), #cond)

#endif /* HOST_LINUX_BUILD_BUG_H */
