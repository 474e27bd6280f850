// SPDX-License-Identifier: GPL-2.0-only
/*
 * A standard call, from the queue to its answer, on either conduit.
 *
 * Every standard call goes through here, and only standard calls do: whoever
 * is in the secure world on a thread has a slot, and is in the holder table.
 *
 * Locking: none of its own. A struct optee_call is its caller's; others read
 * it under the queue's lock while it waits or holds a slot.
 */
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>

#include "call.h"
#include "optee.h"
#include "trace.h"

static void call_init(struct optee_call *call, struct optee *optee,
		      const struct optee_who *who, struct optee_msg *msg)
{
	/* A task that exits gets no signal any more */
	bool brief = who->supp_brief || current->flags & PF_EXITING;

	*call = (struct optee_call) {
		.optee = optee,
		.msg = msg,
		.cmd = msg->arg->cmd,
		.session = msg->arg->session,
		.pid = task_pid_nr(current),
		.supp_nowait = who->supp_nowait || brief,
		.supp_brief = brief,
		.rpc_cmd = OPTEE_CALL_NO_RPC,
	};
	if (who->uuid)
		call->uuid = *who->uuid;
	get_task_comm(call->comm, current);
	/* A number can be another task's later, this cannot while it lives */
	optee_cq_call_init(&call->cq, who->client, who->class, who->depth,
			   task_pid(current));
}

/**
 * optee_call_queued() - a call waits for a thread from now on
 * @cq_call: struct optee_call.cq
 *
 * The queue tells it as it happens, so that the trace has it in its place
 * among the entries: who came before and who was let in meanwhile is exact.
 *
 * Context: Task, with the queue's lock; does not sleep.
 */
void optee_call_queued(struct optee_cq_call *cq_call)
{
	struct optee_call *call = container_of(cq_call, struct optee_call, cq);

	trace_optee_call_queue(call);
	optee_stall_watch(call->optee);
}

/*
 * Nothing can move any more, but for the caller: it is told that there is no
 * thread for it, and with that the call it was made for goes on.
 */
static void report_deadlock(struct optee_call *call)
{
	static DEFINE_RATELIMIT_STATE(often, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	struct optee *optee = call->optee;

	trace_optee_call_deadlock(call);
	if (!__ratelimit(&often))
		return;
	dev_warn(optee->dev,
		 "deadlock: every secure thread waits for a call that waits for a thread. Call %llu of %s (pid %d), %u deep, fails. More threads, or reserve_system, would let it in\n",
		 call->cq.seq, call->comm, call->pid, call->cq.depth);
	optee_table_holders(optee, NULL);
	optee_table_waiters(optee, NULL);
}

static void abort_call(struct optee_call *call, int rc)
{
	trace_optee_call_abort(call, rc);
	if (rc == -EDEADLK)
		report_deadlock(call);
}

/* With as many calls inside as OP-TEE said it takes, a refusal is a mismatch */
static void report_refusal(struct optee *optee)
{
	if (optee->cq.tracked)
		dev_warn_once(optee->dev,
			      "OP-TEE has %u threads but refused a call with fewer inside: some are taken elsewhere (a boot loader, the kernel before kexec, another guest). Calls wait for those that are left\n",
			      optee->cq.threads);
}

/* The call has a slot, and has none on return */
static int run(struct optee_call *call, cq_time_t deadline)
{
	struct optee *optee = call->optee;
	int rc;

	for (;;) {
		WRITE_ONCE(call->since, ktime_get_ns());
		trace_optee_call_grant(call);
		rc = optee_shm_may_enter(call);
		if (!rc)
			rc = optee->conduit->run(optee, call);
		if (rc != -EAGAIN)
			break;
		report_refusal(optee);
		rc = optee_cq_refused(&optee->cq, &call->cq, deadline);
		if (rc) {
			abort_call(call, rc);
			return rc;
		}
	}
	trace_optee_call_leave(call);
	optee_cq_leave(&optee->cq, &call->cq);
	return rc;
}

/**
 * optee_call() - make a standard call
 * @optee: where
 * @who: whom it is for
 * @msg: what is asked; on success holds the answer
 * @deadline: ktime_get_ns() time when to stop waiting for a thread, or
 *	      CQ_FOREVER; once in the secure world a call takes its time
 *
 * Context: Process; sleeps, killable and freezable while it waits for a thread.
 * Return: 0 if OP-TEE answered (what, stands in @msg), else -EINTR on a fatal
 *	   signal, -ETIMEDOUT, -ESHUTDOWN, -EDEADLK, or what the conduit has to
 *	   say.
 */
int optee_call(struct optee *optee, const struct optee_who *who,
	       struct optee_msg *msg, cq_time_t deadline)
{
	struct optee_call call;
	int rc;

	call_init(&call, optee, who, msg);
	rc = optee_cq_enter(&optee->cq, &call.cq, deadline);
	if (!rc)
		return run(&call, deadline);
	abort_call(&call, rc);
	return rc;
}

/**
 * optee_call_served_by() - tell who serves the RPC that a call is in
 * @call: in an RPC
 * @server: the task, task_pid(); the caller keeps a reference until it tells
 *	    of another. NULL: nobody does, or it is not known
 *
 * That task's standard calls are nested in @call from now on.
 *
 * Context: Task; does not sleep.
 */
void optee_call_served_by(struct optee_call *call, struct pid *server)
{
	optee_cq_serve(&call->optee->cq, &call->cq, server);
}

/**
 * optee_call_waits_for_me() - is there a call that the calling task serves?
 * @optee: where
 *
 * Until it answers: what it calls meanwhile is nested, and must wait where the
 * queue sees it, or a deadlock is not seen.
 *
 * Context: Task; does not sleep.
 * Return: whether an RPC is being served by this task.
 */
bool optee_call_waits_for_me(struct optee *optee)
{
	struct optee_cq *cq = &optee->cq;
	struct optee_cq_call *call;
	bool waits = false;

	cq_lock(&cq->lock);
	list_for_each_entry(call, &cq->served, served_node)
		waits |= call->server == task_pid(current);
	cq_unlock(&cq->lock);
	return waits;
}

/**
 * optee_call_now() - make a standard call if there is a thread for it now
 * @optee: where
 * @who: whom it is for
 * @msg: what is asked; on success holds the answer
 *
 * Context: Process; sleeps, but not for a thread.
 * Return: as optee_call(), and -EBUSY if there is no thread.
 */
int optee_call_now(struct optee *optee, const struct optee_who *who,
		   struct optee_msg *msg)
{
	struct optee_call call;
	int rc;

	call_init(&call, optee, who, msg);
	rc = optee_cq_try_enter(&optee->cq, &call.cq);
	if (rc)
		return rc;
	rc = run(&call, ktime_get_ns());
	return rc == -ETIMEDOUT ? -EBUSY : rc;
}
