// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts, CPU hotplug and workqueues, for tests of one thread: a handler
 * runs when the test raises its interrupt, a work when the test says so.
 */
#include <linux/interrupt.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>

struct workqueue_struct {
	struct work_struct *queued;
};

/**
 * struct line - an interrupt
 * @handler: or NULL
 * @data: for @handler
 * @size: of what each CPU has of @data; 0 if it is shared
 * @enabled: on which CPUs, if each has its own
 */
struct line {
	irq_handler_t handler;
	void *data;
	size_t size;
	bool enabled[HOST_CPUS];
};

static struct line shared, percpu;
static bool offline[HOST_CPUS] = { [HOST_CPUS - 1] = true };
static unsigned int this_cpu;
static struct workqueue_struct *the_wq;

#define STATE	((enum cpuhp_state)77)
static int (*cpu_up)(unsigned int cpu, struct hlist_node *node);
static int (*cpu_down)(unsigned int cpu, struct hlist_node *node);
static struct hlist_node *instance;

const char *host_irq_fails;

static bool fails(const char *what)
{
	return host_irq_fails && !strcmp(host_irq_fails, what);
}

/* Interrupts */

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name, void *data)
{
	host_bug(irq != HOST_IRQ_SHARED);
	if (shared.handler || fails("request_irq"))
		return -EBUSY;
	shared = (struct line) { .handler = handler, .data = data };
	return 0;
}

void free_irq(unsigned int irq, void *data)
{
	host_bug(irq != HOST_IRQ_SHARED || !shared.handler);
	host_bug(shared.data != data);
	shared.handler = NULL;
}

bool irq_is_percpu_devid(unsigned int irq)
{
	return irq == HOST_IRQ_PERCPU;
}

int host_request_percpu_irq(unsigned int irq, irq_handler_t handler,
			    void *data, size_t size)
{
	host_bug(irq != HOST_IRQ_PERCPU);
	if (percpu.handler || fails("request_percpu_irq"))
		return -EBUSY;
	percpu = (struct line) {
		.handler = handler,
		.data = data,
		.size = size,
	};
	return 0;
}

void free_percpu_irq(unsigned int irq, void *data)
{
	unsigned int cpu;

	host_bug(irq != HOST_IRQ_PERCPU || !percpu.handler);
	host_bug(percpu.data != data);
	for_each_possible_cpu(cpu)
		host_bug(percpu.enabled[cpu]);
	percpu.handler = NULL;
}

void enable_percpu_irq(unsigned int irq, unsigned int type)
{
	host_bug(irq != HOST_IRQ_PERCPU || percpu.enabled[this_cpu]);
	percpu.enabled[this_cpu] = true;
}

void disable_percpu_irq(unsigned int irq)
{
	host_bug(irq != HOST_IRQ_PERCPU || !percpu.enabled[this_cpu]);
	percpu.enabled[this_cpu] = false;
}

static bool handle(const struct line *line, unsigned int irq, unsigned int cpu)
{
	irqreturn_t ret;

	/* Neither memory nor sleep, as with a spinlock */
	current->spinning++;
	ret = line->handler(irq, (char *)line->data + cpu * line->size);
	current->spinning--;
	return ret == IRQ_HANDLED;
}

bool host_irq_raise(unsigned int irq, unsigned int cpu)
{
	const struct line *line = irq == HOST_IRQ_SHARED ? &shared : &percpu;

	if (!line->handler || (line->size && !line->enabled[cpu]))
		return false;
	return handle(line, irq, cpu);
}

/* CPUs */

static int call_on(unsigned int cpu,
		   int (*fn)(unsigned int cpu, struct hlist_node *node))
{
	int rc;

	this_cpu = cpu;
	rc = fn && instance ? fn(cpu, instance) : 0;
	this_cpu = 0;
	return rc;
}

void host_cpu_up(unsigned int cpu)
{
	host_bug(!offline[cpu]);
	offline[cpu] = false;
	call_on(cpu, cpu_up);
}

void host_cpu_down(unsigned int cpu)
{
	host_bug(offline[cpu]);
	call_on(cpu, cpu_down);
	offline[cpu] = true;
}

int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    int (*up)(unsigned int cpu,
				      struct hlist_node *node),
			    int (*down)(unsigned int cpu,
					struct hlist_node *node))
{
	host_bug(state != CPUHP_AP_ONLINE_DYN || cpu_up);
	if (fails("cpuhp_setup_state_multi"))
		return -ENOSPC;
	cpu_up = up;
	cpu_down = down;
	return STATE;
}

void cpuhp_remove_multi_state(enum cpuhp_state state)
{
	host_bug(state != STATE || !cpu_up || instance);
	cpu_up = NULL;
	cpu_down = NULL;
}

int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node)
{
	unsigned int cpu;

	host_bug(state != STATE || instance);
	if (fails("cpuhp_state_add_instance"))
		return -ENOMEM;
	instance = node;
	for_each_possible_cpu(cpu)
		if (!offline[cpu])
			host_bug(call_on(cpu, cpu_up));
	return 0;
}

int cpuhp_state_remove_instance(enum cpuhp_state state,
				struct hlist_node *node)
{
	unsigned int cpu;

	host_bug(state != STATE || instance != node);
	for_each_possible_cpu(cpu)
		if (!offline[cpu])
			call_on(cpu, cpu_down);
	instance = NULL;
	return 0;
}

/* Work */

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active)
{
	host_bug(the_wq);
	the_wq = host_zalloc(sizeof(*the_wq));
	return the_wq;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	if (wq->queued)
		return false;
	wq->queued = work;
	return true;
}

bool host_run_work(void)
{
	struct work_struct *work = the_wq ? the_wq->queued : NULL;

	if (!work)
		return false;
	the_wq->queued = NULL;
	work->func(work);
	return true;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	host_bug(wq != the_wq);
	while (host_run_work())
		;
	free(wq);
	the_wq = NULL;
}

unsigned int host_irq_users(void)
{
	return !!shared.handler + !!percpu.handler + !!cpu_up + !!instance +
	       !!the_wq;
}
