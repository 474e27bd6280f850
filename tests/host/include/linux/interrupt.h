/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts, as tests/host/interrupts.c has them: a shared one and one that
 * each CPU has for itself. A handler that sleeps or allocates ends the program.
 */
#ifndef HOST_LINUX_INTERRUPT_H
#define HOST_LINUX_INTERRUPT_H

#include "../kernel.h"

typedef enum {
	IRQ_NONE,
	IRQ_HANDLED,
} irqreturn_t;

typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

#define IRQ_TYPE_NONE	0

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name, void *data);
void free_irq(unsigned int irq, void *data);

bool irq_is_percpu_devid(unsigned int irq);
/* @data: of alloc_percpu(), of things that are @size bytes */
int host_request_percpu_irq(unsigned int irq, irq_handler_t handler,
			    void *data, size_t size);
#define request_percpu_irq(irq, handler, name, data) \
	host_request_percpu_irq(irq, handler, data, sizeof(*(data)))
void free_percpu_irq(unsigned int irq, void *data);
void enable_percpu_irq(unsigned int irq, unsigned int type);
void disable_percpu_irq(unsigned int irq);

/* For tests: the two there are */
#define HOST_IRQ_SHARED	21
#define HOST_IRQ_PERCPU	22

/* Raise one on @cpu; was it taken? */
bool host_irq_raise(unsigned int irq, unsigned int cpu);
/* Handlers, hotplug callbacks and workqueues that there are */
unsigned int host_irq_users(void);
/* The step that fails next, by the kernel's name for it; NULL: none */
extern const char *host_irq_fails;

#endif /* HOST_LINUX_INTERRUPT_H */
