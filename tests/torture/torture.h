/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Torture: everything at once, for a given time, with books that must balance.
 *
 *	main.c		chapters: load the driver, let the actors call, make them
 *			stop, compare the books, unload the driver
 *	director.c	what is done to the actors: kills, freezes, policies, ...
 *	actors.c	processes and their threads: what they do
 *	lane.c		one call of a thread, and how it gets into the books
 *	waiters.c	who waits for a thread, and whether in vain
 *	limits.c	who enters, and whether a limit is broken by it
 *	books.c		what calls there were by our count, and by the driver's
 *	kernel.c	what the kernel has left when the driver is gone
 *
 * All of it is one program, on the helpers of tests/guest (gt.h). What is
 * shared between its processes is struct stage; each field has one writer.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include "gt.h"

/* --- chance --------------------------------------------------------------- */

struct chance {
	uint64_t state;
};

/* One for each writer: the same seed, the same choices */
struct chance chance_new(uint64_t seed, uint64_t a, uint64_t b);
/* From @least to @most */
unsigned int chance_in(struct chance *chance, unsigned int least,
		       unsigned int most);
/* True @times in 100 */
bool chance_of(struct chance *chance, unsigned int times);

/* --- the books ------------------------------------------------------------ */

/* As the driver numbers them: enum optee_cq_class */
enum class { USER_CLASS, KERNEL_CLASS, SYSTEM_CLASS, UNBLOCK_CLASS, CLASSES };
extern const char *const class_names[CLASSES];

/* As messages have them: enum optee_msg_cmd; all that come after are one */
enum cmd { OPEN, INVOKE, CLOSE, CANCEL, REGISTER, UNREGISTER, OTHER, CMDS };

/* Standard calls that were made for certain, and those that may have been */
struct books {
	uint64_t sure[CLASSES][CMDS];
	uint64_t maybe[CLASSES][CMDS];
};

/* --- the actors ----------------------------------------------------------- */

#define LANES		4
#define ACTORS		14

/* What a lane does; each is one ioctl, or a few that belong together */
enum act {
	ACT_OPEN, ACT_NOP, ACT_BUSY, ACT_SLEEP, ACT_STORE, ACT_PLUGIN,
	ACT_ECHO, ACT_SHARE, ACT_CANCEL, ACTS
};

/* A thread of an actor. Its own but for killed, which is the director's */
struct lane {
	struct books books;
	volatile uint64_t asked;	/* now_us(), 0: it is not in a call */
	volatile uint32_t act;
	uint32_t epoch;			/* of the supplicant, when it asked */
	volatile uint64_t begun;
	volatile uint64_t returned;
	uint64_t killed;
	uint64_t busy;			/* deadlocks that ended here */
	uint64_t cancelled;
	uint64_t excused;		/* failed as the supplicant was killed */
	uint64_t bytes;			/* that came back as they should */
	uint64_t longest_us;
};

/* What is the same in all its lives */
struct role {
	const char *name;
	enum kind kind;
	unsigned int lanes;
	bool shares;		/* the first two lanes have one session */
	bool cancels;		/* the last lane cancels what these two do */
	unsigned char weights[ACTS];
};

extern const struct role roles[ACTORS];

struct actor_life {
	struct lane lanes[LANES];
	pid_t pid;		/* 0: nobody plays it */
	unsigned int lives;
	uint64_t killed;	/* when, 0: it was not */
	bool frozen;
};

struct stage {
	struct actor_life actors[ACTORS];
	uint64_t seed;
	/* Odd while there is no supplicant; the director's */
	volatile uint32_t epoch;
	volatile uint64_t came;		/* when the supplicant did */
	volatile bool stop;
	volatile uint32_t troubles;
};

extern struct stage *stage;

/* Something is wrong: said once, and counted. The show goes on */
void trouble(const char *format, ...) PRINTF(1);

/* A line "ok ..." or "not ok ..."; returns @good */
bool say(bool good, const char *what, uint64_t n);

/* The life of a process: @number says which role it plays */
void actor_play(unsigned int number) __attribute__((noreturn));

/* --- what is done to them ------------------------------------------------- */

struct tally {
	uint64_t kills, kills_waiting, kills_inside, kills_frozen;
	uint64_t freezes, suspends, policies, refused_policies;
	uint64_t supplicants, refused_unloads, reloads, deadlocks, entries;
	uint64_t idle_looks;	/* at a waiter, not at an empty table */
	uint64_t longest_death_us;
};

extern struct tally tally;

/* Longest that a call, a death or a wait may take */
extern unsigned int stall_s;

void director_init(uint64_t seed);
/* Let the actors play until @end, now_us() */
void director_run(uint64_t end);
/* All have left the stage when this returns, or there is trouble */
void director_end(void);

/* --- the driver's waiters ------------------------------------------------- */

bool is_waiting(pid_t pid);
/* One that sleeps beside a thread that it may have is trouble */
void look_for_idle_thread(void);

/* --- the driver's limits -------------------------------------------------- */

/* The driver was loaded */
void limits_init(void);
/* From now on the policy is this one, chosen here, and entries are compared */
void limits_watch(struct chance *chance);
bool limits_are_watched(void);
/* The time is up, or is to be: an entry that broke a limit is trouble */
void limits_look(bool now);

/* --- what the driver and the kernel say ----------------------------------- */

/* The driver was loaded, nobody calls: from here on it is counted */
void account_open(void);
/* Everybody has left: compare */
void account_close(void);
/*
 * Which call was made least often since the beginning, and how often; of all
 * kinds or, @briefly, of invocations alone
 */
uint64_t books_least(bool briefly, char *name, size_t size);
/* For a person, since the beginning */
void books_table(void);
void books_progress(unsigned int seconds);

/* What the kernel has while the driver is not loaded */
void kernel_measure(void);
/* Often enough to be judged */
bool kernel_is_measured(void);
bool kernel_judge(void);

#endif /* TORTURE_H */
