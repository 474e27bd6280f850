// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call queue: who gets a secure thread, who waits.
 *
 * What it promises, each proved beside the code that keeps it:
 *
 *  1. Bound: no entry ever breaks a limit.			has_room()
 *  2. No idle thread: no waiter sleeps that may enter.		hand_over()
 *  3. Order: higher class first, clients in turns, a client's
 *     own calls as they came; no level is passed over more
 *     than OPTEE_CQ_MAX_PASSED times in a row.			choose_level()
 *  4. No waiter is stuck: it can be killed and frozen, and what
 *     a dying one was given goes to the next.			wait_for_slot()
 *  5. The secure world has the last word.			optee_cq_refused()
 *  6. Policy changes take hold at once.			set_limits()
 *  7. A definite deadlock ends.				break_deadlock()
 *  8. Entering and leaving take one lock, no memory and no walk
 *     along a list of waiters; so does every waiter. But for
 *     what comes of a deadlock, or of a prober that is frozen.
 *
 * A call that another one waits for is nested in that one: nest().
 *
 * Locking: one spinlock, struct optee_cq.lock, a leaf. A call is written by
 * its own task alone until it waits or holds a slot; from then on its fields
 * belong to the lock.
 */
#include "cq_prim.h"
#include "call_queue.h"

#define TOP_LEVEL	(OPTEE_CQ_LEVELS - 1)

static unsigned int level_of(enum optee_cq_class class, unsigned int depth)
{
	switch (class) {
	case OPTEE_CQ_USER:
		return 0;
	case OPTEE_CQ_KERNEL:
		return 1;
	case OPTEE_CQ_SYSTEM:
		return 1 + clamp_t(unsigned int, depth, 1, OPTEE_CQ_MAX_DEPTH);
	default:
		return TOP_LEVEL;
	}
}

/* Threads the policy of @class keeps, of @spare that can be kept at all */
static unsigned int threads_kept(const struct optee_cq *cq,
				 enum optee_cq_class class, unsigned int spare)
{
	int policy = cq->policy[class];
	unsigned int wanted = policy;

	if (policy == OPTEE_CQ_ALWAYS)
		wanted = 1;
	else if (policy == OPTEE_CQ_AUTO)
		wanted = cq->clients[class] ||
			 (class == OPTEE_CQ_SYSTEM && cq->nests);
	return min(wanted, spare);
}

/* What is inside at each level that has a limit of its own, and below it */
static void sum_up(struct optee_cq *cq)
{
	unsigned int level, below = 0;

	cq_assert_locked(&cq->lock);
	for (level = 0; level < cq->limited; level++) {
		below += cq->levels[level].inside;
		cq->levels[level].below = below;
	}
}

/*
 * One thread is always left to USER, and SYSTEM comes before KERNEL, because
 * of what is spare: with one thread nothing, with two one thread, with three
 * one for each. A ceiling that sank below what was asked for keeps less.
 */
static void set_limits(struct optee_cq *cq)
{
	unsigned int top = cq->ceiling;
	unsigned int spare = cq->tracked && top ? top - 1 : 0;
	unsigned int rk, rs, depth;

	cq_assert_locked(&cq->lock);
	rs = threads_kept(cq, OPTEE_CQ_SYSTEM, spare);
	rk = threads_kept(cq, OPTEE_CQ_KERNEL, spare - rs);
	cq->reserved[OPTEE_CQ_SYSTEM] = rs;
	cq->reserved[OPTEE_CQ_KERNEL] = rk;

	cq->levels[0].limit = top - rs - rk;
	cq->levels[1].limit = top - rs;
	for (depth = 1; depth <= OPTEE_CQ_MAX_DEPTH; depth++)
		cq->levels[1 + depth].limit = top - (rs > depth ? rs - depth : 0);
	cq->levels[TOP_LEVEL].limit = top;
	cq->limited = rs ? 1 + rs : rk ? 1 : 0;
	sum_up(cq);
}

/*
 * From level @cq->limited up the limit is the ceiling. What is inside at such
 * a level and below is at most what is inside at all, so that one comparison
 * does for all of them.
 */
static bool has_room(const struct optee_cq *cq, unsigned int level)
{
	if (level >= cq->limited)
		return cq->inside < cq->ceiling;
	return cq->levels[level].below < cq->levels[level].limit;
}

/*
 * Promise 1. An entry at @level counts at that level and at all above it, so
 * it is made only if all of them have room. It follows that whoever may enter
 * at a level may enter at any higher one.
 */
static bool may_enter(const struct optee_cq *cq, unsigned int level)
{
	for (; level < cq->limited; level++)
		if (!has_room(cq, level))
			return false;
	return has_room(cq, TOP_LEVEL);
}

/*
 * Promise 8: this, put_slot(), unnest() and enter_now() are in the way of every
 * call; to call them would cost as much as what they do.
 */
static inline void take_slot(struct optee_cq *cq, struct optee_cq_call *call)
{
	unsigned int level;

	cq_assert_locked(&cq->lock);
	cq_assert(call->state != OPTEE_CQ_HOLDING);
	call->slot = cq->free_slots[cq->threads - ++cq->inside];
	call->state = OPTEE_CQ_HOLDING;
	call->entry = ++cq->entries;
	call->probing = cq->raised;
	cq->raised = false;
	cq->slots[call->slot] = call;
	cq->levels[call->level].inside++;
	for (level = call->level; level < cq->limited; level++)
		cq->levels[level].below++;
	cq->in_vain = false;
	/* Its sleep has an end from now on, see wait_for_slot() */
	if (cq->prober && cq->inside == cq->ceiling)
		cq_event_set(&cq->prober->event);
}

static inline void put_slot(struct optee_cq *cq, struct optee_cq_call *call)
{
	unsigned int level;

	cq_assert_locked(&cq->lock);
	cq_assert(call->state == OPTEE_CQ_HOLDING);
	cq_assert(cq->slots[call->slot] == call);
	cq_assert(!call->server);
	cq->levels[call->level].inside--;
	for (level = call->level; level < cq->limited; level++)
		cq->levels[level].below--;
	cq->in_vain = false;
	cq->slots[call->slot] = NULL;
	cq->free_slots[cq->threads - cq->inside--] = call->slot;
	call->state = OPTEE_CQ_IDLE;
	call->slot = -1;
}

/* The first waiter that can run, or the first if all are frozen */
static struct optee_cq_call *find_prober(struct optee_cq *cq)
{
	struct optee_cq_call *call;

	cq_assert_locked(&cq->lock);
	list_for_each_entry(call, &cq->waiters, wait_node)
		if (!cq_event_frozen(&call->event))
			return call;
	return list_first_entry(&cq->waiters, struct optee_cq_call, wait_node);
}

/*
 * While the secure world takes fewer calls than it said, one waiter sleeps no
 * longer than until the next try is due. The role passes on when that waiter
 * leaves the queue, so that it is filled whenever there is a waiter at all; and
 * from one that was frozen since, to another that can run, as soon as a call is
 * made or leaves.
 */
static void appoint_prober(struct optee_cq *cq)
{
	cq_assert_locked(&cq->lock);
	if (cq->ceiling == cq->threads || !cq->waiting)
		return;
	if (cq->prober && !cq_event_frozen(&cq->prober->event))
		return;
	cq->prober = find_prober(cq);
	cq_event_set(&cq->prober->event);
}

/* Somebody's RPC is served by a task that is known */
static bool may_be_nested(const struct optee_cq *cq,
			  const struct optee_cq_call *call)
{
	return call->task && !list_empty(&cq->served);
}

/*
 * While an RPC of a holder is served by a task that is known, that task's
 * calls are what the holder waits for: they are SYSTEM, one deeper than the
 * deepest such holder. A task that serves one in the middle of a call of its
 * own, which it made for another, is nested in the one only: the other waits
 * for that call already.
 *
 * There are at most as many served holders as threads.
 */
static void nest(struct optee_cq *cq, struct optee_cq_call *call)
{
	struct optee_cq_call *outer;

	cq_assert_locked(&cq->lock);
	cq_assert(list_empty(&call->outers));
	list_for_each_entry(outer, &cq->served, served_node) {
		if (outer->server != call->task || outer->inner)
			continue;
		outer->inner = call;
		list_add_tail(&outer->outer_node, &call->outers);
		cq->blocked++;
		call->depth = max(call->depth, outer->depth + 1);
	}
	if (list_empty(&call->outers))
		return;
	if (call->class < OPTEE_CQ_SYSTEM)
		call->class = OPTEE_CQ_SYSTEM;
	call->level = level_of(call->class, call->depth);
	/* There will be more: from now on auto keeps a thread for them */
	if (!cq->nests) {
		cq->nests = true;
		set_limits(cq);
	}
}

/* @outer no longer waits for the call that is nested in it, if there is one */
static void part(struct optee_cq *cq, struct optee_cq_call *outer)
{
	cq_assert_locked(&cq->lock);
	if (!outer->inner)
		return;
	list_del(&outer->outer_node);
	outer->inner = NULL;
	cq->blocked--;
}

static void set_server(struct optee_cq *cq, struct optee_cq_call *call,
		       const void *server)
{
	cq_assert_locked(&cq->lock);
	cq_assert(call->state == OPTEE_CQ_HOLDING);
	part(cq, call);
	if (call->server)
		list_del(&call->served_node);
	if (server)
		list_add_tail(&call->served_node, &cq->served);
	call->server = server;
}

/* The call is over, or never will be made */
static inline void unnest(struct optee_cq *cq, struct optee_cq_call *call)
{
	struct optee_cq_call *outer, *next;

	cq_assert_locked(&cq->lock);
	if (list_empty(&call->outers))
		return;
	list_for_each_entry_safe(outer, next, &call->outers, outer_node)
		part(cq, outer);
}

static struct optee_cq_turn *turn_of(struct optee_cq_call *call)
{
	return &call->client->turns[call->level];
}

/*
 * @first: a refused call, which has had its turn and goes before the others of
 * its class.
 */
static void enqueue(struct optee_cq *cq, struct optee_cq_call *call, bool first)
{
	struct optee_cq_level *level = &cq->levels[call->level];
	struct optee_cq_turn *turn = turn_of(call);

	cq_assert_locked(&cq->lock);
	cq_assert(call->state == OPTEE_CQ_IDLE);
	call->state = OPTEE_CQ_WAITING;
	cq_event_init(&call->event);
	if (!call->waited)
		call->since = cq_now();
	call->waited = true;
	call->entry = cq->entries;
	if (first) {
		list_add(&call->node, &turn->calls);
		list_move(&turn->ring, &level->turns);
	} else {
		if (list_empty(&turn->calls))
			list_add_tail(&turn->ring, &level->turns);
		list_add_tail(&call->node, &turn->calls);
	}
	list_add_tail(&call->wait_node, &cq->waiters);
	cq->waiting++;
	cq_queued(call);
	appoint_prober(cq);
}

static void dequeue(struct optee_cq *cq, struct optee_cq_call *call)
{
	struct optee_cq_level *level = &cq->levels[call->level];
	struct optee_cq_turn *turn = turn_of(call);

	cq_assert_locked(&cq->lock);
	cq_assert(call->state == OPTEE_CQ_WAITING);
	call->state = OPTEE_CQ_IDLE;
	list_del(&call->node);
	if (list_empty(&turn->calls))
		list_del_init(&turn->ring);
	if (list_empty(&level->turns))
		level->passed = 0;
	list_del(&call->wait_node);
	cq->waiting--;
	if (cq->prober == call)
		cq->prober = NULL;
}

/*
 * Promise 3, between levels: the highest level that may have the thread gets
 * it, unless another that may have it has been passed over long enough.
 *
 * "Long enough" leaves time for all the others. Let P be how often each level
 * with waiters was passed over, N how many such levels there are and M =
 * OPTEE_CQ_MAX_PASSED. At all times, for every v > 0: at most M + 1 - v levels
 * have P >= v; with v = M + 1, none is ever passed over more than M times.
 *
 *  - A thread goes to the highest level because every level that may have it
 *    has P <= M - N. Those that are passed over then have P <= M + 1 - N, and
 *    for v <= M + 1 - N there are at most N <= M + 1 - v levels at all. The
 *    levels that may not have the thread keep their P.
 *  - Otherwise it goes to the level with the greatest P of those that may have
 *    it, call that p. For v > p + 1 nothing changes, as nobody reaches v. For
 *    v <= p + 1 those that now have P >= v had P >= v - 1, at most M + 2 - v,
 *    and the one that was served was among them and is no longer.
 *  - A level that gets its first waiter has P = 0, one that loses its last is
 *    not counted.
 *
 * It takes N <= M + 1, which holds: there are OPTEE_CQ_LEVELS of them.
 *
 * Return: the level, or -1 if no waiter may enter.
 */
static int choose_level(struct optee_cq *cq)
{
	int level, lowest = OPTEE_CQ_LEVELS, highest = -1, passed = -1;
	unsigned int waiting = 0;
	bool room = true;

	BUILD_BUG_ON(OPTEE_CQ_MAX_PASSED + 1 < OPTEE_CQ_LEVELS);
	for (level = TOP_LEVEL; level >= 0; level--) {
		room = room && has_room(cq, level);
		if (room)
			lowest = level;
		if (list_empty(&cq->levels[level].turns))
			continue;
		waiting++;
		if (!room)
			continue;
		if (highest < 0)
			highest = level;
		if (passed < 0 ||
		    cq->levels[level].passed > cq->levels[passed].passed)
			passed = level;
	}
	if (highest < 0)
		return -1;
	if (cq->levels[passed].passed + waiting - 1 >= OPTEE_CQ_MAX_PASSED)
		highest = passed;
	for (level = lowest; level <= TOP_LEVEL; level++)
		if (!list_empty(&cq->levels[level].turns))
			cq->levels[level].passed++;
	cq->levels[highest].passed = 0;
	return highest;
}

/*
 * Promise 3, within a level: the client at the head of the ring has its turn
 * with its oldest call and goes to the end. A client that joins goes to the
 * end too, so each of the others comes before it at most once.
 */
static struct optee_cq_call *next_in_turn(struct optee_cq *cq, int level)
{
	struct optee_cq_turn *turn;

	turn = list_first_entry(&cq->levels[level].turns, struct optee_cq_turn,
				ring);
	list_move_tail(&turn->ring, &cq->levels[level].turns);
	return list_first_entry(&turn->calls, struct optee_cq_call, node);
}

/*
 * A blocked holder that is being killed gives its RPC up, and leaves; one whose
 * inner call is parked goes on if that may enter when it is thawed.
 */
static bool may_go_on(const struct optee_cq *cq)
{
	struct optee_cq_call *call;

	cq_assert_locked(&cq->lock);
	list_for_each_entry(call, &cq->served, served_node) {
		if (!call->inner)
			continue;
		if (cq_event_killed(&call->event) ||
		    call->inner->state == OPTEE_CQ_PARKED)
			return true;
	}
	return false;
}

/* A frozen one would keep its holders until it is thawed */
static bool is_rather_ended(const struct optee_cq_call *call,
			    const struct optee_cq_call *than)
{
	bool frozen = cq_event_frozen(&call->event);

	if (frozen != cq_event_frozen(&than->event))
		return !frozen;
	return call->depth >= than->depth;
}

/*
 * The nested waiter that nobody else waits behind, of those that can run if there
 * are any; or NULL
 */
static struct optee_cq_call *find_innermost(struct optee_cq *cq)
{
	struct optee_cq_call *call, *innermost = NULL;

	cq_assert_locked(&cq->lock);
	if (may_go_on(cq))
		return NULL;
	list_for_each_entry(call, &cq->waiters, wait_node) {
		if (list_empty(&call->outers))
			continue;
		/* It will go by itself, and its holders go on */
		if (call->deadline != CQ_FOREVER ||
		    cq_event_killed(&call->event))
			return NULL;
		if (!innermost || is_rather_ended(call, innermost))
			innermost = call;
	}
	return innermost;
}

/*
 * Promise 7. A holder moves by itself unless it is in an RPC whose server is
 * in the queue too, with the call that is the holder's @inner. If that is so
 * for all holders (@cq->blocked counts them), follow one of them to its inner
 * call, and if that is a holder to its own, and so on: each was made after
 * the one before it, so the way ends, and at a waiter. No waiter may enter, or
 * hand_over() had let it in; nobody leaves, kills excepted; so nothing moves.
 *
 * Conversely, with one holder that is not blocked that one may leave any time,
 * and without a holder every class has room.
 *
 * A nested call that is parked may enter when it is thawed: while there is one,
 * nothing is definite. Any other that is parked may enter too, but nobody waits
 * for it.
 *
 * With fewer threads than the secure world said, the thread that is missing
 * may come back. So at the ceiling a deadlock is one after a try was in vain,
 * and below it at once, as no try is made.
 *
 * The call that ends takes its holders with it: they are blocked no more.
 * Until something else blocks them, this finds nothing.
 */
static void break_deadlock(struct optee_cq *cq)
{
	struct optee_cq_call *call;

	cq_assert_locked(&cq->lock);
	if (!cq->waiting || cq->blocked != cq->inside)
		return;
	if (cq->inside == cq->ceiling && cq->ceiling < cq->threads &&
	    !cq->in_vain)
		return;
	call = find_innermost(cq);
	if (!call)
		return;
	dequeue(cq, call);
	unnest(cq, call);
	call->error = -EDEADLK;
	cq->deadlocks++;
	cq_event_set(&call->event);
	appoint_prober(cq);
}

/*
 * A thread given to a task that is frozen would stand idle until it is thawed,
 * which may itself take a thread. Such a call gives it back and steps aside; its
 * event is set, so that it is back as soon as it can run, see unpark(). It was
 * never in: its entry has no number, and it tried nothing.
 */
static void park(struct optee_cq *cq, struct optee_cq_call *call)
{
	cq_assert_locked(&cq->lock);
	cq->raised |= call->probing;
	put_slot(cq, call);
	cq->entries--;
	call->state = OPTEE_CQ_PARKED;
	cq->parked++;
}

/* It had its turn, and goes before the others of its class */
static void unpark(struct optee_cq *cq, struct optee_cq_call *call)
{
	cq_assert_locked(&cq->lock);
	cq->parked--;
	call->state = OPTEE_CQ_IDLE;
	if (call->class < cq->closed)
		call->error = -ESHUTDOWN;
	else
		enqueue(cq, call, true);
}

/*
 * Woken first, looked at after: one that woke is not frozen before it sleeps
 * again, and one that was frozen before stays so.
 *
 * Return: whether it can use its slot now.
 */
static bool give_slot(struct optee_cq *cq, struct optee_cq_call *call)
{
	cq_time_t slept;

	dequeue(cq, call);
	take_slot(cq, call);
	cq_event_set(&call->event);
	if (cq_event_frozen(&call->event)) {
		park(cq, call);
		return false;
	}
	slept = cq_now() - call->since;
	if (slept > cq->stats[call->class].longest_wait)
		cq->stats[call->class].longest_wait = slept;
	return true;
}

/*
 * Promise 2. Under the lock no waiter may enter before a change; every change
 * that could make room (a leave, a policy, a client that goes, a ceiling that
 * rises) ends here, and this goes on until no waiter may enter. So between
 * any two holds of the lock no waiter may enter, whoever comes anew and finds
 * room passes nobody, and a freed thread belongs to its new holder before the
 * old one has let go of the lock: the new one need not even be awake.
 */
static void hand_over(struct optee_cq *cq)
{
	int level;

	cq_assert_locked(&cq->lock);
	while (cq->waiting && (level = choose_level(cq)) >= 0)
		while (!list_empty(&cq->levels[level].turns) &&
		       !give_slot(cq, next_in_turn(cq, level)))
			;
	appoint_prober(cq);
	break_deadlock(cq);
}

/*
 * After a refusal the ceiling is what the secure world was seen to take. When
 * the pause is over it is raised by one for one call to try.
 *
 * Only a call above the ceiling tells anything, so with fewer inside it stays:
 * raised on suspicion, it would let lower classes into threads that are kept
 * for others and are not there.
 */
static void raise_ceiling(struct optee_cq *cq)
{
	cq_time_t now;

	cq_assert_locked(&cq->lock);
	if (cq->ceiling == cq->threads || cq->inside < cq->ceiling)
		return;
	now = cq_now();
	if (now < cq->probe_at)
		return;
	cq->ceiling++;
	cq->raised = true;
	if (cq->ceiling == cq->threads)
		cq->prober = NULL;
	cq->probe_at = now + cq->pause;
	set_limits(cq);
}

/* After a change that may have made room, or when a try may be due */
static void reconsider(struct optee_cq *cq)
{
	if (!cq->waiting)
		return;
	hand_over(cq);
	if (!cq->waiting)
		return;
	raise_ceiling(cq);
	hand_over(cq);
}

static inline int enter_now(struct optee_cq *cq, struct optee_cq_call *call)
{
	cq_assert_locked(&cq->lock);
	if (call->class < cq->closed)
		return -ESHUTDOWN;
	if (!may_enter(cq, call->level)) {
		/* If anybody waits, the prober tries */
		if (cq->waiting)
			return -EBUSY;
		raise_ceiling(cq);
		if (!may_enter(cq, call->level))
			return -EBUSY;
	}
	take_slot(cq, call);
	return 0;
}

static bool is_queued(const struct optee_cq_call *call)
{
	return call->state == OPTEE_CQ_WAITING ||
	       call->state == OPTEE_CQ_PARKED;
}

/*
 * Promise 4. The caller holds nothing in the secure world yet, so it may go
 * at any time: on a fatal signal, at its deadline, when the queue is closed.
 * A slot that was handed over meanwhile is passed on before the lock is let
 * go. The event is set under the lock only, and its sleeper takes the lock
 * before it returns: nobody touches the call after that.
 *
 * Called and returns with the lock held.
 */
static int wait_for_slot(struct optee_cq *cq, struct optee_cq_call *call)
	__must_hold(&cq->lock)
{
	cq_time_t until;
	int rc = 0;

	cq_assert_locked(&cq->lock);
	break_deadlock(cq);
	while (is_queued(call) && !rc) {
		until = call->deadline;
		if (cq->prober == call && cq->inside >= cq->ceiling)
			until = min(until, cq->probe_at);
		cq_unlock(&cq->lock);
		rc = cq_event_wait(&call->event, until);
		cq_lock(&cq->lock);
		if (call->state == OPTEE_CQ_PARKED)
			unpark(cq, call);
		reconsider(cq);
		if (!rc && call->state == OPTEE_CQ_WAITING &&
		    cq_now() >= call->deadline)
			rc = -ETIMEDOUT;
	}
	if (!rc)
		return call->state == OPTEE_CQ_HOLDING ? 0 : call->error;

	if (call->state == OPTEE_CQ_HOLDING) {
		/* It tried nothing: the next one tries in its place */
		cq->raised |= call->probing;
		put_slot(cq, call);
	} else if (call->state == OPTEE_CQ_WAITING) {
		dequeue(cq, call);
	}
	unnest(cq, call);
	hand_over(cq);
	return rc;
}

/**
 * optee_cq_try_enter() - get a slot if one is free now
 * @cq: queue
 * @call: from optee_cq_call_init(), not in the queue
 *
 * Context: Task; does not sleep.
 * Return: 0 with a slot, -EBUSY if the call would have to wait, -ESHUTDOWN if
 *	   its class is closed.
 */
int optee_cq_try_enter(struct optee_cq *cq, struct optee_cq_call *call)
{
	int rc;

	cq_event_init(&call->event);
	cq_lock(&cq->lock);
	call->seq = ++cq->seq;
	if (may_be_nested(cq, call))
		nest(cq, call);
	rc = enter_now(cq, call);
	if (!rc)
		cq->stats[call->class].calls++;
	else
		unnest(cq, call);
	cq_unlock(&cq->lock);
	return rc;
}

/**
 * optee_cq_enter() - get a slot, wait for one if need be
 * @cq: queue
 * @call: from optee_cq_call_init(), not in the queue
 * @deadline: cq_now() time when to give up, or CQ_FOREVER
 *
 * Context: Task; may sleep, killable and freezable.
 * Return: 0 with a slot, -EINTR on a fatal signal, -ETIMEDOUT at the deadline,
 *	   -ESHUTDOWN if the class is closed, -EDEADLK if it is the innermost
 *	   call of a deadlock. Without a slot the call is not
 *	   in the queue and may be dropped.
 */
int optee_cq_enter(struct optee_cq *cq, struct optee_cq_call *call,
		   cq_time_t deadline)
{
	int rc;

	cq_event_init(&call->event);
	cq_lock(&cq->lock);
	if (!call->seq)
		call->seq = ++cq->seq;
	call->deadline = deadline;
	if (may_be_nested(cq, call))
		nest(cq, call);
	rc = enter_now(cq, call);
	if (rc == -EBUSY) {
		enqueue(cq, call, false);
		rc = wait_for_slot(cq, call);
	}
	if (!rc) {
		cq->stats[call->class].calls++;
		cq->stats[call->class].waits += call->waited;
	} else {
		unnest(cq, call);
	}
	cq_unlock(&cq->lock);
	return rc;
}

/**
 * optee_cq_refused() - the secure world had no thread for this holder
 * @cq: queue
 * @call: has a slot, and nothing in the secure world
 * @deadline: cq_now() time when to give up, or CQ_FOREVER
 *
 * Promise 5. The secure world took no more calls than were inside without this
 * one, whatever number it gave: that is the ceiling until a try shows better.
 * The call waits at the head of its class for the next leave, or for the next
 * try above the ceiling, which is due after a pause that doubles with each
 * try in vain.
 *
 * Context: Task; sleeps, killable and freezable.
 * Return: as optee_cq_enter().
 */
int optee_cq_refused(struct optee_cq *cq, struct optee_cq_call *call,
		     cq_time_t deadline)
{
	int rc;

	cq_lock(&cq->lock);
	put_slot(cq, call);
	cq->refusals++;
	cq->in_vain = call->probing;
	cq->pause = call->probing ? min(2 * cq->pause,
					OPTEE_CQ_PAUSE_MAX_MS * CQ_MS) :
				    OPTEE_CQ_PAUSE_MIN_MS * CQ_MS;
	cq->probe_at = cq_now() + cq->pause;
	cq->ceiling = cq->inside;
	cq->raised = false;
	set_limits(cq);
	/* It may sleep until another time, or without end */
	if (cq->prober)
		cq_event_set(&cq->prober->event);
	if (call->class < cq->closed) {
		rc = -ESHUTDOWN;
		unnest(cq, call);
		/* It will not try again: of those that wait one has to */
		hand_over(cq);
	} else {
		call->deadline = deadline;
		enqueue(cq, call, true);
		rc = wait_for_slot(cq, call);
		if (rc)
			unnest(cq, call);
	}
	cq_unlock(&cq->lock);
	return rc;
}

/**
 * optee_cq_serve() - tell by whom a holder's RPC is served
 * @cq: queue
 * @call: has a slot
 * @server: the task, as in optee_cq_call_init(); NULL if it is not known, or
 *	    the RPC is over
 *
 * Until the next time, calls that task makes are nested in @call. Who gives
 * the key of a task away keeps it from being another's for as long.
 *
 * Context: Task; does not sleep.
 */
void optee_cq_serve(struct optee_cq *cq, struct optee_cq_call *call,
		    const void *server)
{
	cq_lock(&cq->lock);
	set_server(cq, call, server);
	cq_unlock(&cq->lock);
}

/**
 * optee_cq_leave() - give the slot back, to the next waiter if there is one
 * @cq: queue
 * @call: has a slot
 *
 * Context: Task; does not sleep.
 */
void optee_cq_leave(struct optee_cq *cq, struct optee_cq_call *call)
{
	cq_lock(&cq->lock);
	if (call->server)
		set_server(cq, call, NULL);
	put_slot(cq, call);
	unnest(cq, call);
	if (call->probing) {
		/* Not in vain: what was taken elsewhere comes back */
		cq->pause = OPTEE_CQ_PAUSE_MIN_MS * CQ_MS;
		cq->probe_at = cq_now();
	}
	reconsider(cq);
	cq_unlock(&cq->lock);
}

static void change_clients(struct optee_cq *cq, enum optee_cq_class class,
			   int by)
{
	cq_lock(&cq->lock);
	cq_assert(by > 0 || cq->clients[class]);
	cq->clients[class] += by;
	set_limits(cq);
	hand_over(cq);
	cq_unlock(&cq->lock);
}

/**
 * optee_cq_add_client() - a client of this class exists from now on
 * @cq: queue
 * @class: of its calls
 *
 * Context: Task; does not sleep.
 */
void optee_cq_add_client(struct optee_cq *cq, enum optee_cq_class class)
{
	change_clients(cq, class, 1);
}

/**
 * optee_cq_del_client() - a client of this class exists no longer
 * @cq: queue
 * @class: of its calls
 *
 * Context: Task; does not sleep.
 */
void optee_cq_del_client(struct optee_cq *cq, enum optee_cq_class class)
{
	change_clients(cq, class, -1);
}

/* A number is refused if, beside the other one, it left USER no thread */
static bool policy_fits(const struct optee_cq *cq, enum optee_cq_class class,
			int policy)
{
	enum optee_cq_class other = class == OPTEE_CQ_KERNEL ?
				    OPTEE_CQ_SYSTEM : OPTEE_CQ_KERNEL;
	int sum = max(policy, 0) + max(cq->policy[other], 0);

	if (policy <= 0)
		return policy >= OPTEE_CQ_ALWAYS;
	if (class == OPTEE_CQ_SYSTEM && policy > OPTEE_CQ_MAX_DEPTH)
		return false;
	return cq->tracked && policy < (int)cq->threads &&
	       sum < (int)cq->threads;
}

/**
 * optee_cq_set_policy() - how many threads to keep for a class
 * @cq: queue
 * @class: OPTEE_CQ_KERNEL or OPTEE_CQ_SYSTEM
 * @policy: a number of threads, OPTEE_CQ_AUTO or OPTEE_CQ_ALWAYS
 *
 * Promise 6. Who may go by the new limits goes at once; where more are inside
 * than a new limit allows, it holds as they leave.
 *
 * Context: Task; does not sleep.
 * Return: 0, or -EINVAL if @class has no policy or @policy is out of range: at
 *	   least one thread is left to USER, and SYSTEM keeps at most
 *	   OPTEE_CQ_MAX_DEPTH.
 */
int optee_cq_set_policy(struct optee_cq *cq, enum optee_cq_class class,
			int policy)
{
	int rc = -EINVAL;

	if (class != OPTEE_CQ_KERNEL && class != OPTEE_CQ_SYSTEM)
		return rc;
	cq_lock(&cq->lock);
	if (policy_fits(cq, class, policy)) {
		cq->policy[class] = policy;
		set_limits(cq);
		hand_over(cq);
		rc = 0;
	}
	cq_unlock(&cq->lock);
	return rc;
}

/**
 * optee_cq_close() - let nobody of the lower classes enter any more
 * @cq: queue
 * @below: the lowest class that still may
 *
 * Their waiters return with -ESHUTDOWN; their holders are not touched.
 *
 * Context: Task; does not sleep.
 */
void optee_cq_close(struct optee_cq *cq, enum optee_cq_class below)
{
	struct optee_cq_call *call, *next;

	cq_lock(&cq->lock);
	cq->closed = below;
	list_for_each_entry_safe(call, next, &cq->waiters, wait_node) {
		if (call->class >= below)
			continue;
		dequeue(cq, call);
		unnest(cq, call);
		call->error = -ESHUTDOWN;
		cq_event_set(&call->event);
	}
	hand_over(cq);
	cq_unlock(&cq->lock);
}

/**
 * optee_cq_client_init() - make a client that takes turns
 * @client: to be set up; it must not move, and outlive every call made with it
 *
 * Context: Any.
 */
void optee_cq_client_init(struct optee_cq_client *client)
{
	unsigned int level;

	for (level = 0; level < OPTEE_CQ_LEVELS; level++) {
		INIT_LIST_HEAD(&client->turns[level].calls);
		INIT_LIST_HEAD(&client->turns[level].ring);
	}
}

/**
 * optee_cq_call_init() - make a call
 * @call: to be set up
 * @client: whose turn it takes
 * @class: its class, unless it is nested
 * @depth: its depth, unless it is nested: OPTEE_CQ_SYSTEM 1 or more, other
 *	   classes 0
 * @task: key of the task that makes it, see optee_cq_serve(); NULL: it is
 *	  never nested
 *
 * Context: The task that will make the call.
 */
void optee_cq_call_init(struct optee_cq_call *call,
			struct optee_cq_client *client,
			enum optee_cq_class class, unsigned int depth,
			const void *task)
{
	call->client = client;
	call->task = task;
	call->class = class;
	call->depth = depth;
	call->level = level_of(class, depth);
	call->state = OPTEE_CQ_IDLE;
	call->slot = -1;
	call->seq = 0;
	call->entry = 0;
	call->waited = false;
	call->probing = false;
	call->server = NULL;
	call->inner = NULL;
	INIT_LIST_HEAD(&call->outers);
}

/**
 * optee_cq_init() - make a queue
 * @cq: to be set up
 * @threads: secure threads there are, or 0 if the secure world does not say
 *
 * Nothing is reserved by number at first: both policies are OPTEE_CQ_AUTO.
 *
 * Context: Task; may sleep.
 * Return: 0 or -ENOMEM.
 */
int optee_cq_init(struct optee_cq *cq, unsigned int threads)
{
	unsigned int i;

	*cq = (struct optee_cq) {
		.threads = threads ?: OPTEE_CQ_UNTRACKED_SLOTS,
		.tracked = threads,
		.pause = OPTEE_CQ_PAUSE_MIN_MS * CQ_MS,
		.policy = {
			[OPTEE_CQ_KERNEL] = OPTEE_CQ_AUTO,
			[OPTEE_CQ_SYSTEM] = OPTEE_CQ_AUTO,
		},
	};
	cq->slots = cq_alloc(cq->threads, sizeof(*cq->slots));
	cq->free_slots = cq_alloc(cq->threads, sizeof(*cq->free_slots));
	if (!cq->slots || !cq->free_slots) {
		optee_cq_destroy(cq);
		return -ENOMEM;
	}
	/* The lowest number is on top of the stack */
	for (i = 0; i < cq->threads; i++)
		cq->free_slots[i] = cq->threads - 1 - i;
	cq_lock_init(&cq->lock);
	INIT_LIST_HEAD(&cq->waiters);
	INIT_LIST_HEAD(&cq->served);
	for (i = 0; i < OPTEE_CQ_LEVELS; i++)
		INIT_LIST_HEAD(&cq->levels[i].turns);
	cq->ceiling = cq->threads;
	cq_lock(&cq->lock);
	set_limits(cq);
	cq_unlock(&cq->lock);
	return 0;
}

/**
 * optee_cq_destroy() - take a queue down
 * @cq: nobody is inside or waits, or ever will
 *
 * Context: Task.
 */
void optee_cq_destroy(struct optee_cq *cq)
{
	cq_assert(!cq->inside && !cq->waiting && !cq->parked);
	cq_free(cq->slots);
	cq_free(cq->free_slots);
	cq->slots = NULL;
	cq->free_slots = NULL;
}
