// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books: calls by our count and by the driver's.
 *
 * When everybody has left the stage:
 *  - in each class, the driver's sysfs file has counted the calls that its
 *    trace point has, command by command, that a call leaves;
 *  - as many have entered the secure world, by a probe of the kernel's;
 *  - of each class and command these are at least what is sure by our count,
 *    and no more than what may be;
 *  - memory that was registered was unregistered, all but the pages that the
 *    driver keeps for messages;
 *  - the deadlocks that the driver ended were seen by those who called.
 *
 * The trace points are counted by buffers of the kernel's that only one class
 * and command gets into: they say how many were, however small they are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "torture.h"

#define INSTANCES	"/sys/kernel/tracing/instances/"
#define PROBES		"/sys/kernel/tracing/kprobe_events"
#define SMC_PROBE	"p:torture/smc optee:invoke_smc a0=%x0:u32"
/* With a message, one with room for RPCs, or one in registered memory */
#define IS_STANDARD_CALL \
	"a0 == 0x32000004 || a0 == 0x32000012 || a0 == 0x32000013"

/* Pages for messages that the driver keeps though it does not need them */
#define IDLE_PAGES	2

/*
 * What the driver itself asks OP-TEE for when a supplicant comes: a session
 * with the enumeration, and its list.
 */
#define ENUMERATION	2
#define ANY_NUMBER	(~0ull >> 1)

const char *const class_names[CLASSES] = {
	"user", "kernel", "system", "unblock",
};

static const char *const cmd_names[CMDS] = {
	"open", "invoke", "close", "cancel", "register", "unregister", "other",
};

struct chapter {
	struct books books;		/* ours, since the first chapter */
	uint64_t calls[CLASSES];	/* the driver's, by sysfs */
	uint64_t leaves[CLASSES][CMDS];	/* and by its trace points */
	uint64_t smc;			/* that entered the secure world */
	uint64_t deadlocks;
	uint64_t supplicants;
	uint64_t busy;
};

static struct chapter start;

/* --- ours ----------------------------------------------------------------- */

#define ALL_LANES	(ACTORS * LANES)

static struct lane *lane_at(unsigned int n)
{
	return &stage->actors[n / LANES].lanes[n % LANES];
}

static void books_add(struct books *sum, const struct books *books)
{
	unsigned int i, j;

	for (i = 0; i < CLASSES; i++) {
		for (j = 0; j < CMDS; j++) {
			sum->sure[i][j] += books->sure[i][j];
			sum->maybe[i][j] += books->maybe[i][j];
		}
	}
}

static uint64_t busy_seen(void)
{
	uint64_t sum = 0;
	unsigned int n;

	for (n = 0; n < ALL_LANES; n++)
		sum += lane_at(n)->busy;
	return sum;
}

/* --- the driver's --------------------------------------------------------- */

/* A buffer that only this event gets into */
static void buffer_open(const char *name, const char *event,
			const char *filter)
{
	char path[160];

	snprintf(path, sizeof(path), INSTANCES "%s", name);
	if (mkdir(path, 0700) && errno != EEXIST)
		broken("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), INSTANCES "%s/buffer_size_kb", name);
	write_text(path, "1");
	snprintf(path, sizeof(path), INSTANCES "%s/events/%s/filter", name,
		 event);
	if (!write_text(path, filter))
		broken("%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), INSTANCES "%s/events/%s/enable", name,
		 event);
	if (!write_text(path, "1"))
		broken("%s: %s", path, strerror(errno));
}

static uint64_t number_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? strtoull(at + strlen(word), NULL, 10) : 0;
}

/* Those that are in it, and those that others have pushed out */
static uint64_t buffer_count(const char *name)
{
	char path[160], text[1024];
	uint64_t sum = 0;
	unsigned int cpu;

	for (cpu = 0; ; cpu++) {
		snprintf(path, sizeof(path), INSTANCES
			 "%s/per_cpu/cpu%u/stats", name, cpu);
		if (!read_text(path, text, sizeof(text)))
			break;
		sum += number_after(text, "entries: ") +
		       number_after(text, "overrun: ") +
		       number_after(text, "dropped events: ");
	}
	if (!cpu)
		broken("%s: %s", path, strerror(errno));
	return sum;
}

static void leaves_open(enum class class, enum cmd cmd)
{
	char name[32], filter[48];

	snprintf(name, sizeof(name), "leave-%u-%u", class, cmd);
	snprintf(filter, sizeof(filter), "class == %u && cmd %s %u", class,
		 cmd == OTHER ? ">=" : "==", cmd);
	buffer_open(name, "optee/optee_call_leave", filter);
}

static uint64_t leaves_of(enum class class, enum cmd cmd)
{
	char name[32];

	snprintf(name, sizeof(name), "leave-%u-%u", class, cmd);
	return buffer_count(name);
}

/* Whoever calls: the driver's one way into the secure world has a probe */
static void smc_open(void)
{
	static bool has_probe;

	if (!has_probe && !write_text(PROBES, SMC_PROBE))
		broken("no probe: %s", strerror(errno));
	has_probe = true;
	buffer_open("smc", "torture/smc", IS_STANDARD_CALL);
}

static uint64_t calls_of(enum class class)
{
	char file[32];

	snprintf(file, sizeof(file), "%s_calls", class_names[class]);
	return queue(file);
}

/*
 * A bottom half may come any time, and is counted when it enters and traced when
 * it leaves. False: one may have been inside.
 */
static bool chapter_now(struct chapter *now)
{
	unsigned int i, j;
	bool at_rest;

	memset(now, 0, sizeof(*now));
	for (i = 0; i < ALL_LANES; i++)
		books_add(&now->books, &lane_at(i)->books);
	for (i = 0; i < CLASSES; i++)
		now->calls[i] = calls_of(i);
	at_rest = queue("threads_free") == queue("threads");
	for (i = 0; i < CLASSES; i++)
		for (j = 0; j < CMDS; j++)
			now->leaves[i][j] = leaves_of(i, j);
	now->smc = buffer_count("smc");
	for (i = 0; i < CLASSES; i++)
		at_rest &= calls_of(i) == now->calls[i];
	now->deadlocks = buffer_count("deadlocks");
	now->supplicants = tally.supplicants;
	now->busy = busy_seen();
	return at_rest;
}

static void chapter_at_rest(struct chapter *now)
{
	uint64_t end = now_us() + stall_s * 1000000ull;

	while (!chapter_now(now)) {
		if (now_us() > end) {
			trouble("there is always a call, though nobody calls");
			return;
		}
		sleep_ms(1);
	}
}

void account_open(void)
{
	unsigned int i, j;

	for (i = 0; i < CLASSES; i++)
		for (j = 0; j < CMDS; j++)
			leaves_open(i, j);
	buffer_open("deadlocks", "optee/optee_call_deadlock", "class < 4");
	smc_open();
	chapter_at_rest(&start);
}

/* What the driver calls by itself, and nobody here has in his books */
static uint64_t own_calls(enum class class, enum cmd cmd, uint64_t supplicants)
{
	if (class == KERNEL_CLASS && cmd <= CLOSE)
		return ENUMERATION * (supplicants + 1);
	/* Pages for messages, as many as there is need for */
	if (cmd == REGISTER || cmd == UNREGISTER)
		return ANY_NUMBER;
	return class == UNBLOCK_CLASS && cmd == OTHER ? ANY_NUMBER : 0;
}

static void compare_cmd(const struct chapter *end, enum class class,
			enum cmd cmd, uint64_t n)
{
	uint64_t sure = end->books.sure[class][cmd] -
			start.books.sure[class][cmd];
	/* A call of a later life may end what is left of an earlier */
	uint64_t most = sure + end->books.maybe[class][cmd] -
			start.books.maybe[class][cmd] +
			own_calls(class, cmd,
				  end->supplicants - start.supplicants);

	if (n < sure || n > most)
		trouble("%s %s: %llu calls by the driver's count, by ours %llu to %llu",
			class_names[class], cmd_names[cmd],
			(unsigned long long)n, (unsigned long long)sure,
			(unsigned long long)most);
}

static void compare_class(const struct chapter *end, enum class class)
{
	uint64_t sysfs = end->calls[class] - start.calls[class];
	uint64_t sum = 0, n;
	enum cmd cmd;

	for (cmd = 0; cmd < CMDS; cmd++) {
		n = end->leaves[class][cmd] - start.leaves[class][cmd];
		compare_cmd(end, class, cmd, n);
		sum += n;
	}
	if (sum != sysfs)
		trouble("%s: sysfs counts %llu calls, %llu left",
			class_names[class], (unsigned long long)sysfs,
			(unsigned long long)sum);
}

static uint64_t all_leaves(const struct chapter *now, enum cmd cmd)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < CLASSES; i++)
		sum += now->leaves[i][cmd];
	return sum;
}

static void compare_smc(const struct chapter *end)
{
	uint64_t entered = end->smc - start.smc, left = 0;
	enum cmd cmd;

	for (cmd = 0; cmd < CMDS; cmd++)
		left += all_leaves(end, cmd) - all_leaves(&start, cmd);
	if (entered != left)
		trouble("%llu calls entered the secure world, the driver counts %llu",
			(unsigned long long)entered, (unsigned long long)left);
}

static void compare(const struct chapter *end)
{
	int64_t kept = all_leaves(end, REGISTER) - all_leaves(&start, REGISTER) -
		       all_leaves(end, UNREGISTER) +
		       all_leaves(&start, UNREGISTER);
	uint64_t busy = end->busy - start.busy;
	uint64_t ended = end->deadlocks - start.deadlocks;
	unsigned int i;

	for (i = 0; i < CLASSES; i++)
		compare_class(end, i);
	compare_smc(end);
	if (kept > IDLE_PAGES || kept < -IDLE_PAGES)
		trouble("%lld pieces of memory more were registered than unregistered",
			(long long)kept);
	/* Who was killed saw nothing; nobody sees one that was not */
	if (busy > ended)
		trouble("%llu calls ended by deadlock, the driver says %llu",
			(unsigned long long)busy, (unsigned long long)ended);
	tally.deadlocks += ended;
}

static uint64_t calls_of_clients(void)
{
	return calls_of(USER_CLASS) + calls_of(KERNEL_CLASS) +
	       calls_of(SYSTEM_CLASS);
}

/* The reaper has closed what was open, too: there are no more calls */
static bool all_is_given_back(void)
{
	uint64_t before = calls_of_clients();

	sleep_ms(300);
	return queue("threads_free") == queue("threads") &&
	       !queue("kernel_clients") && !queue("system_clients") &&
	       calls_of_clients() == before;
}

void account_close(void)
{
	struct chapter end;

	if (!await(all_is_given_back(), stall_s * 1000))
		trouble("threads free %ld of %ld, kernel clients %ld, system clients %ld",
			queue("threads_free"), queue("threads"),
			queue("kernel_clients"), queue("system_clients"));
	if (queue("refusals"))
		trouble("OP-TEE refused %ld calls", queue("refusals"));
	chapter_at_rest(&end);
	compare(&end);
}

/* Who calls, and what; a nested call may only have been a deadlock so far */
static bool is_to_be_made(enum class class, enum cmd cmd, bool briefly)
{
	if (briefly)
		return class != UNBLOCK_CLASS && cmd == INVOKE;
	if (class == UNBLOCK_CLASS || cmd == CANCEL)
		return class == UNBLOCK_CLASS && cmd == CANCEL;
	return cmd != OTHER &&
	       (class != SYSTEM_CLASS || cmd != OPEN || threads() > 1);
}

uint64_t books_least(bool briefly, char *name, size_t size)
{
	struct books books = { 0 };
	uint64_t least = ~0ull;
	unsigned int i, j;

	for (i = 0; i < ALL_LANES; i++)
		books_add(&books, &lane_at(i)->books);
	for (i = 0; i < CLASSES; i++) {
		for (j = 0; j < CMDS; j++) {
			if (!is_to_be_made(i, j, briefly) ||
			    books.sure[i][j] >= least)
				continue;
			least = books.sure[i][j];
			snprintf(name, size, "%s %s", class_names[i],
				 cmd_names[j]);
		}
	}
	return least;
}

/* --- for a person --------------------------------------------------------- */

struct line {
	uint64_t begun, returned, killed, busy, cancelled, excused, bytes;
	uint64_t longest_us;
};

static void sum_up(struct line *lines)
{
	unsigned int n;

	memset(lines, 0, 3 * sizeof(*lines));
	for (n = 0; n < ALL_LANES; n++) {
		struct line *line = &lines[roles[n / LANES].kind];
		const struct lane *lane = lane_at(n);

		line->begun += lane->begun;
		line->returned += lane->returned;
		line->killed += lane->killed;
		line->busy += lane->busy;
		line->cancelled += lane->cancelled;
		line->excused += lane->excused;
		line->bytes += lane->bytes;
		if (lane->longest_us > line->longest_us)
			line->longest_us = lane->longest_us;
	}
}

void books_progress(unsigned int seconds)
{
	static struct line then[3];
	struct line now[3];

	sum_up(now);
	note("calls/s: user %llu, kernel %llu, system %llu; deadlocks %llu, troubles %u",
	     (unsigned long long)(now[0].returned - then[0].returned) / seconds,
	     (unsigned long long)(now[1].returned - then[1].returned) / seconds,
	     (unsigned long long)(now[2].returned - then[2].returned) / seconds,
	     (unsigned long long)(now[0].busy + now[1].busy + now[2].busy),
	     stage->troubles);
	note("so far: %llu kills, %llu of them frozen, the longest death took %llu ms",
	     (unsigned long long)tally.kills,
	     (unsigned long long)tally.kills_frozen,
	     (unsigned long long)tally.longest_death_us / 1000);
	note("        %llu freezes, %llu suspends, %llu policies, %llu refused",
	     (unsigned long long)tally.freezes,
	     (unsigned long long)tally.suspends,
	     (unsigned long long)tally.policies,
	     (unsigned long long)tally.refused_policies);
	note("        %llu supplicants, %llu reloads",
	     (unsigned long long)tally.supplicants,
	     (unsigned long long)tally.reloads);
	memcpy(then, now, sizeof(then));
}

void books_table(void)
{
	struct line lines[3];
	unsigned int i;

	sum_up(lines);
	printf("%-8s %9s %9s %7s %8s %10s %8s %9s %11s\n", "class", "begun",
	       "returned", "killed", "deadlock", "cancelled", "excused",
	       "longest", "echoed");
	for (i = 0; i < 3; i++)
		printf("%-8s %9llu %9llu %7llu %8llu %10llu %8llu %6llu ms %8llu kB\n",
		       class_names[i], (unsigned long long)lines[i].begun,
		       (unsigned long long)lines[i].returned,
		       (unsigned long long)lines[i].killed,
		       (unsigned long long)lines[i].busy,
		       (unsigned long long)lines[i].cancelled,
		       (unsigned long long)lines[i].excused,
		       (unsigned long long)lines[i].longest_us / 1000,
		       (unsigned long long)lines[i].bytes / 1024);
}
