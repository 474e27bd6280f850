// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest around a test: its clock, processes, files, log, modules, and
 * tee-supplicant; and how a test ends.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gt.h"

#define CALL_QUEUE "/sys/bus/platform/devices/firmware:optee/call_queue/"

#define MAX_CHILDREN	256
/* Children that hold a thread end when their calls do */
#define PATIENCE_MS	12000

static pid_t children[MAX_CHILDREN];
static unsigned int num_children;
static bool is_child;
static int kept_fd = -1;

void end_children(void)
{
	unsigned int i;

	for (i = 0; i < num_children; i++)
		kill(children[i], SIGKILL);
	for (i = 0; i < num_children; i++)
		await(gone(children[i]), PATIENCE_MS);
	num_children = 0;
}

static void __attribute__((noreturn)) finish(int status, const char *format,
					     va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	if (is_child)
		status = EXIT_BROKEN;
	else
		end_children();
	puts(text);
	fflush(stdout);
	_exit(status);
}

#define DEFINE_END(name, status)			\
void name(const char *format, ...)			\
{							\
	va_list args;					\
							\
	va_start(args, format);				\
	finish(status, format, args);			\
}

DEFINE_END(ok, EXIT_OK)
DEFINE_END(fault, EXIT_FAULT)
DEFINE_END(broken, EXIT_BROKEN)
DEFINE_END(skip, EXIT_SKIP)

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

unsigned int slowness(void)
{
	static unsigned int times;
	FILE *file;

	if (times)
		return times;
	file = fopen("/etc/lab/slowness", "r");
	if (!file || fscanf(file, "%u", &times) != 1 || !times)
		broken("/etc/lab/slowness has no number");
	fclose(file);
	return times;
}

uint64_t now_us(void)
{
	uint64_t count, hertz;

	asm volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r" (count)
		     : : "memory");
	asm volatile("mrs %0, cntfrq_el0" : "=r" (hertz));
	return (uint64_t)((unsigned __int128)count * 1000000 / hertz);
}

void sleep_ms(unsigned int ms)
{
	struct timespec rest = { ms / 1000, ms % 1000 * 1000000l };

	nanosleep(&rest, NULL);
}

void sleep_until(uint64_t us)
{
	uint64_t now;

	while ((now = now_us()) < us)
		usleep(us - now > 500000 ? 500000 : us - now);
}

void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		broken("no memory: %s", strerror(errno));
	return memory;
}

pid_t spawn(const char *name, void (*body)(void *), void *arg)
{
	pid_t pid;

	if (num_children == MAX_CHILDREN)
		broken("too many children");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		broken("fork: %s", strerror(errno));
	if (pid) {
		children[num_children++] = pid;
		return pid;
	}
	is_child = true;
	if (kept_fd >= 0)
		close(kept_fd);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	body(arg);
	_exit(0);
}

void keep_from_children(int fd)
{
	kept_fd = fd;
}

/* Zombies are gone: what they had is given back */
bool gone(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) != 0;
}

bool end(pid_t pid, unsigned int ms)
{
	kill(pid, SIGKILL);
	return await(gone(pid), ms);
}

char state_of(pid_t pid)
{
	char path[64], text[512], *last;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (!read_text(path, text, sizeof(text)))
		return '?';
	/* The name before the state may hold anything but the last ')' */
	last = strrchr(text, ')');
	return last && last[1] == ' ' ? last[2] : '?';
}

pid_t find_process(const char *comm)
{
	struct dirent *entry;
	char path[300], text[64];
	pid_t found = 0;
	DIR *proc = opendir("/proc");

	while (proc && !found && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (atoi(entry->d_name) &&
		    read_text(path, text, sizeof(text)) &&
		    !strcmp(text, comm) && state_of(atoi(entry->d_name)) != 'Z')
			found = atoi(entry->d_name);
	}
	if (proc)
		closedir(proc);
	return found;
}

bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1, all = 0;

	if (fd < 0)
		return false;
	while ((size_t)all < size - 1 &&
	       (n = read(fd, text + all, size - 1 - all)) > 0)
		all += n;
	close(fd);
	if (n < 0 && !all)
		return false;
	text[all] = 0;
	if (all && text[all - 1] == '\n')
		text[all - 1] = 0;
	return true;
}

bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int error;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return n == (ssize_t)strlen(text);
}

bool is_ours(void)
{
	return !access(CALL_QUEUE, F_OK);
}

/* As the lab booted it */
unsigned int threads(void)
{
	const char *text = getenv("GT_THREADS");

	return text ? atoi(text) : 2;
}

long queue(const char *file)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), CALL_QUEUE "%s", file);
	return read_text(path, text, sizeof(text)) ? atol(text) : -1;
}

bool queue_write(const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), CALL_QUEUE "%s", file);
	return write_text(path, text);
}

unsigned int user_threads(void)
{
	if (!is_ours())
		return threads();
	return threads() - queue("reserve_kernel_now") -
	       queue("reserve_system_now");
}

char *log_since_mark(void)
{
	static char log[1 << 20];
	int n = klogctl(3, log, sizeof(log) - 1);
	char *mark = log, *next;

	log[n > 0 ? n : 0] = 0;
	while ((next = strstr(mark + 1, "gt: begin ")))
		mark = next;
	return mark;
}

unsigned int log_count(const char *text)
{
	char *at = log_since_mark();
	unsigned int n = 0;

	while ((at = strstr(at, text))) {
		at += strlen(text);
		n++;
	}
	return n;
}

bool log_has(const char *text)
{
	return log_count(text);
}

void load_module(const char *name, const char *args)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/lib/modules/lab/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		broken("no module %s", name);
	if (syscall(SYS_finit_module, fd, args, 0) && errno != EEXIST)
		broken("the module %s: %s", name, strerror(errno));
	close(fd);
}

bool unload_module(const char *name)
{
	return !syscall(SYS_delete_module, name, O_NONBLOCK);
}

void supplicant_stop(void)
{
	pid_t pid;

	while ((pid = find_process("tee-supplicant"))) {
		kill(pid, SIGKILL);
		if (!await(find_process("tee-supplicant") != pid, 5000))
			broken("tee-supplicant does not end");
	}
}

static bool supplicant_is_ready(pid_t pid)
{
	char path[64], target[64];
	ssize_t n;
	int fd;

	for (fd = 0; fd < 16; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		n = readlink(path, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = 0;
		if (strstr(target, "teepriv"))
			return true;
	}
	return false;
}

static pid_t supplicant_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		broken("fork: %s", strerror(errno));
	if (!pid) {
		setsid();
		/* What reads this test's output must see it end */
		freopen("/dev/null", "r+", stdout);
		freopen("/dev/null", "r+", stderr);
		execlp("tee-supplicant", "tee-supplicant", NULL);
		_exit(127);
	}
	return pid;
}

/*
 * One that comes while a call still has memory of the one before finds the
 * device taken, and exits.
 */
void supplicant_start(void)
{
	unsigned int tries;
	pid_t pid;

	for (tries = 0; tries < 20; tries++) {
		pid = supplicant_fork();
		if (await(supplicant_is_ready(pid) || gone(pid), 5000) &&
		    !gone(pid))
			return;
		sleep_ms(500);
	}
	broken("tee-supplicant does not start");
}

unsigned long interrupts(void)
{
	char text[4096], *line;
	unsigned long a = 0, b = 0;

	if (!read_text("/proc/interrupts", text, sizeof(text)))
		return 0;
	line = strstr(text, "optee_notification");
	if (!line)
		return 0;
	while (line > text && line[-1] != '\n')
		line--;
	return sscanf(line, " %*u: %lu %lu", &a, &b) == 2 ? a + b : 0;
}

void await_tick(void)
{
	unsigned long before = interrupts();

	await(interrupts() > before, 1500);
	sleep_ms(100);
}
