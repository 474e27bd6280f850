// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation of the paths that clients go fails once: that gives an
 * error or none, but no leak, no hang and no warning.
 *
 * Each operation is gone through with the first allocation failing, then the
 * second, until none is left: all that the kernel makes on the way; and, as
 * messages are cut from pages that the driver keeps, once more those of the
 * driver while a crowd has all messages: then new pages are made, and OP-TEE is
 * told of them. The table of memory that OP-TEE knows takes memory now and then,
 * when it grows: that fails once, too.
 *
 * Pages are nobody's to kmemleak. What takes some is done so often with each
 * of the driver's allocations failing that the kernel had fewer of them left.
 *
 * The kernel's log and kmemleak are looked at by those who run this.
 */
#include "fail.h"
#include "fail_ops.h"
#include "gt.h"

#define MAX_NTH		2000
#define NEVER		1000000
#define TIMES		200

/* How often an operation ended in an error though an allocation failed */
static unsigned int errors;

/* The @nth allocation of @op is to fail; how many more there should have been */
static unsigned int once(const struct op *op, unsigned int nth, bool in_crowd)
{
	unsigned int left;
	long rc;

	op->need();
	if (in_crowd)
		crowd_come();
	fail_arm(nth);
	rc = op->run();
	left = fail_disarm();
	if (in_crowd)
		crowd_go();
	op_end(op, rc);
	if (rc && left)
		broken("%s: %#lx though nothing failed", op->name, rc);
	errors += rc != 0;
	return left;
}

/* How many allocations failed, one after the other */
static unsigned int go_through(const struct op *op, enum fail_whose whose,
			       bool in_crowd)
{
	unsigned int nth = 1;

	fail_begin(whose);
	while (!once(op, nth, in_crowd))
		if (++nth == MAX_NTH)
			broken("%s does not end", op->name);
	op->leave();
	return nth - 1;
}

/* How many of them are the driver's */
static unsigned int count_own(const struct op *op)
{
	unsigned int left;

	fail_begin(FAIL_DRIVER);
	left = once(op, NEVER, false);
	op->leave();
	return NEVER - left;
}

/*
 * The same allocation, again and again; in the end none. A page that is lost
 * each time shows among those that come and go.
 */
static void lose_no_page(const struct op *op)
{
	unsigned int nth = 0, left = 0, i;
	long before, lost;

	fail_begin(FAIL_DRIVER);
	while (!left) {
		nth++;
		before = free_pages();
		for (i = 0; i < TIMES; i++)
			left = once(op, nth, false);
		lost = before - free_pages();
		note("%s: allocation %u fails %u times: %ld pages less", op->name,
		     nth, TIMES, lost);
		if (lost >= TIMES / 2)
			fault("%s: allocation %u fails %u times, and %ld pages are lost",
			      op->name, nth, TIMES, lost);
	}
}

static bool is_free(void)
{
	return queue("threads_free") == (long)threads();
}

static void try(const struct op *op)
{
	unsigned int all, own, crowded = 0;

	errors = 0;
	all = go_through(op, FAIL_ALL, false);
	own = count_own(op);
	if (op->flags & IN_CROWD)
		crowded = go_through(op, FAIL_DRIVER, true);
	note("%s: failed %u, the driver's %u of them; in a crowd %u; %u errors",
	     op->name, all, own, crowded, errors);
	if (((op->flags & ALLOCATES) && !own) ||
	    ((op->flags & IN_CROWD) && !crowded))
		broken("%s: no allocation failed", op->name);
	if (op->flags & TAKES_PAGES)
		lose_no_page(op);
	if (!await(is_free(), FAIL_SETTLE_MS))
		fault("%s: %ld threads free", op->name, queue("threads_free"));
}

/* An entry in the table is the first allocation there, a larger table the next */
static void grow_table(void)
{
	unsigned int n = 1;

	fail_begin(FAIL_TABLE);
	while (once(&op_register, 2, false))
		if (++n > 200)
			broken("the table of memory does not grow");
	note("register: a second allocation for the table in the %uth", n);
}

static void try_those(unsigned int in_kernel)
{
	unsigned int i, n = 0;

	ops_begin();
	room_take();
	crowd_open();
	for (i = 0; i < num_ops; i++) {
		if ((ops[i].flags & IN_KERNEL) != in_kernel)
			continue;
		try(&ops[i]);
		n++;
	}
	if (in_kernel)
		grow_table();
	end_children();
	room_check();
	sane();
	ok("%u operations", n);
}

void fail_nth(void)
{
	try_those(0);
}

void fail_nth_kernel(void)
{
	try_those(IN_KERNEL);
}

void fail_load(void)
{
	unsigned int n;

	supplicant_stop();
	unload_module("lab_tee");
	op_load.leave();
	errors = 0;
	n = go_through(&op_load, FAIL_LOAD, false);
	note("load: failed %u; %u errors", n, errors);
	if (op_load.run())
		broken("the driver does not load");
	supplicant_start();
	sane();
	if (!n)
		broken("no allocation failed");
	ok("%u allocations of the driver's loading failed", n);
}
