/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workqueues: what is queued is done when the test says so, or when the queue
 * is destroyed.
 */
#ifndef HOST_LINUX_WORKQUEUE_H
#define HOST_LINUX_WORKQUEUE_H

#include "../kernel.h"

#define WQ_UNBOUND	0
#define WQ_HIGHPRI	0
#define WQ_MEM_RECLAIM	0

#define INIT_WORK(w, f)	((w)->func = (f))

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active);
#define alloc_ordered_workqueue(name, flags)	alloc_workqueue(name, flags, 1)
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);

/* For tests: do what is queued; was there anything? */
bool host_run_work(void);

#endif /* HOST_LINUX_WORKQUEUE_H */
