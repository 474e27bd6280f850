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

/* What is to be done later is not: a test is over by then */
#define INIT_DELAYED_WORK_ONSTACK(w, f)		((w)->work.func = (f))
#define destroy_delayed_work_on_stack(w)	((void)(w))
#define schedule_delayed_work(w, delay)		((void)(w), (void)(delay))
#define cancel_delayed_work_sync(w)		((void)(w))
#define to_delayed_work(w)	container_of(w, struct delayed_work, work)

/* For tests: do what is queued; was there anything? */
bool host_run_work(void);

#endif /* HOST_LINUX_WORKQUEUE_H */
