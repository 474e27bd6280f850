# SPDX-License-Identifier: GPL-2.0-only
"""What each scenario has to reach, and how its results read.

A result is a JSON object of lab/scenario (lab/scenarios/README.md says what is
in it). lab/demo and lab/matrix show results and judge ours by this.
"""
import json
import os
import subprocess
import sys

LAB = os.path.dirname(os.path.abspath(__file__))
SOON_MS = 100
TIMES_SOONER = 10
# Of fewer than so many rounds of ours nothing is said
LEAST_ROUNDS = 100


def ms(value):
    """A time in milliseconds for a person."""
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


class Row:
    """One scenario: what it is, what ours must reach, how a result reads."""

    name = did = must = None

    def show(self, r):
        """A result in a few words; not of one that hung before it was one."""
        raise NotImplementedError

    def reached(self, r, stock):
        """Does ours, r, reach it? stock is None where it was not run."""
        raise NotImplementedError

    def compares(self, r):
        """Does what ours must reach depend on what stock did?"""
        return False


def shown(row, r):
    """A result of a row in a few words."""
    # Ended by the guest's own limit: it has nothing else to tell
    if (r["outcome"] == "hung" and r["max_ms"] is None
            and not isinstance(row, Client)):
        return "HUNG"
    return row.show(r)


class FreeThread(Row):
    name = "free-thread"
    did = ("U1 stays in OP-TEE 8 s, U2 until 1.8 s; U3 (10 ms of work) asks at"
           " 0.8 s. A thread is free at 1.8 s")
    must = "U3 is in OP-TEE within 100 ms of that"

    def show(self, r):
        if r["outcome"] != "served":
            return r.get("note", r["outcome"])
        return f"after {ms(r['max_ms'])}"

    def reached(self, r, stock):
        return r["outcome"] == "served" and r["max_ms"] <= SOON_MS


class FreeThreadSystem(FreeThread):
    name = "free-thread-system"
    did = ("system session A stays in OP-TEE 6 s, another until 1.5 s; B (10 ms)"
           " asks at 0.6 s")
    must = "B is in OP-TEE within 100 ms of 1.5 s"


class KillWaiter(Row):
    name = "kill-waiter"
    did = "all threads held; a process that waits for one gets SIGKILL"
    must = "it is gone within 100 ms"

    def show(self, r):
        if r["outcome"] == "hung":
            return (f"{ms(r['state_after_ms'])} later in state {r['state']};"
                    " gone when a thread was free")
        return f"gone within {ms(r['max_ms'])} ({r['rounds']} of {r['rounds']})"

    def reached(self, r, stock):
        return r["outcome"] == "served" and r["max_ms"] <= SOON_MS


class FairTurns(Row):
    name = "fair-turns"
    did = ("a process with 32 threads calls without pause (10 ms each), so does"
           " one with 1 thread")
    must = ("between a request of the latter and its entry, at most 1 call of"
            " the other")

    def show(self, r):
        most = f"up to {r['let_in_max']} seen from outside"
        if "driver_let_in_max" in r:
            most = (f"up to {r['driver_let_in_max']} by its trace points"
                    f" (up to {r['let_in_max']} seen from outside)")
        return (f"{most}; longest wait {ms(r['max_ms'])}"
                f" ({r['rounds']} requests)")

    def reached(self, r, stock):
        # The driver numbers its entries: exact, and it must be there. The
        # view from outside begins before the request is in the queue.
        return r["outcome"] == "served" and r.get("driver_let_in_max", 2) <= 1


class KernelFlood(Row):
    name = "kernel-flood"
    did = ("16 processes call without pause (10 ms each); an in-kernel client"
           " asks 200 times")
    must = "it waits for no user's call"

    def show(self, r):
        return (f"{r['waited_for_user']} of {r['rounds']} waited; 99 % within"
                f" {ms(r['p99_ms'])}, longest {ms(r['max_ms'])}")

    def reached(self, r, stock):
        # The driver's trace is exact, and it must be there.
        return (r["outcome"] == "served" and r["waited_for_user"] == 0
                and r.get("driver_waits_for_user") == 0)


class Watchdog(Row):
    name = "watchdog"
    did = ("8 processes encrypt in calls of 10 ms without pause; a daemon keeps"
           " a watchdog in OP-TEE alive, 200 calls")
    must = "each is answered within 200 ms"

    def show(self, r):
        return (f"{r['missed']} of {r['rounds']} too late; 99 % within"
                f" {ms(r['p99_ms'])}, longest {ms(r['max_ms'])}")

    def reached(self, r, stock):
        return r["outcome"] == "served" and r["missed"] == 0


class Client(Row):
    """One of the kernel's own clients, in a flood of processes."""

    must = ("from 2 threads on no call waits for a user's, and 99 % take at most"
            " a tenth of what they take on stock, if that keeps no thread for"
            " them; with 1 it is served")

    def show(self, r):
        if r["outcome"] == "hung":
            return (f"HUNG for good after {r['rounds']} calls"
                    if r["rounds"] else "HUNG for good, from the first call on")
        refused = ""
        if r["outcome"] == "refused":
            refused = f"{r['refused_rounds']} refused; "
        if not r["rounds"]:
            return f"{refused}none was served"
        return (f"{refused}99 % within {ms(r['p99_ms'])}, longest"
                f" {ms(r['max_ms'])} ({r['rounds']} times)")

    def stock_keeps_one(self, r):
        """Does the stock driver of that kernel keep a thread for it?"""
        return False

    def was_loaded(self, r):
        """Were there enough rounds, and a flood if there should be one?"""
        return (r["rounds"] >= LEAST_ROUNDS
                and (not r["flood"] or r["flood_calls"] > 0))

    def compares(self, r):
        # Without a flood nobody waits, with either.
        return r["threads"] >= 2 and r["flood"] and not self.stock_keeps_one(r)

    def reached(self, r, stock):
        if r["outcome"] != "served" or not self.was_loaded(r):
            return False
        if r["threads"] >= 2 and r.get("driver_waits_for_user") != 0:
            return False
        if not self.compares(r) or not stock or stock["outcome"] == "hung":
            return True
        return TIMES_SOONER * r["p99_ms"] <= stock["p99_ms"]


class ScmiClock(Client):
    name = "scmi-clock"
    did = ("processes hold threads, 10 ms a call; the kernel turns an SCMI clock"
           " on")

    def stock_keeps_one(self, r):
        return r["kernel"] != "6.1"


class Hwrng(Client):
    name = "hwrng"
    did = ("processes hold threads, 10 ms a call; 64 bytes are read from"
           " /dev/hwrng")


class TrustedUnlock(Client):
    name = "trusted-unlock"
    did = ("processes hold threads, 10 ms a call; a volume is unlocked with a"
           " trusted key and read")
    must = "it is always served"

    def compares(self, r):
        return False

    def reached(self, r, stock):
        return r["outcome"] == "served" and self.was_loaded(r)


class Chain(Client):
    """A call that needs others while it is inside, among more such calls."""

    def __init__(self, depth, did):
        self.name = f"chain-{depth}"
        self.did = did
        self.depth = depth
        self.must = (f"from {depth + 1} threads on it is always served, from"
                     f" {depth + 2} on without waiting for its own, but for a"
                     " few times; with fewer it is served, or there is an error;"
                     " it never hangs")

    def compares(self, r):
        return False

    def waits_seldom(self, r):
        """With a thread for each call of the chain and one for processes.

        Until its session is there nothing is kept for it: docs/sizing.md.
        """
        return (r["threads"] < self.depth + 2
                or r["driver_kernel_waits"] <= r["rounds"] // 20)

    def reached(self, r, stock):
        if r["rounds"] < LEAST_ROUNDS:
            return False
        if r["outcome"] == "served":
            return self.waits_seldom(r) and (not r["flood"]
                                             or r["flood_calls"] > 0)
        # An error is what a deadlock was ended with, one for each.
        return (r["threads"] <= self.depth and r["outcome"] == "refused"
                and r["refused_otherwise"] == 0
                and r["driver_deadlocks"] >= r["refused_rounds"])


class WatchdogMatrix(Watchdog):
    must = ("from 2 threads on, with up to 8 processes, each is answered within"
            " 200 ms")

    def reached(self, r, stock):
        asked = r["threads"] >= 2 and r["flood"] <= 8
        return r["outcome"] == "served" and (not asked or r["missed"] == 0)


# The lab's own callers, and the kernel's own clients
ROWS = (FreeThread(), FreeThreadSystem(), KillWaiter(), FairTurns(),
        KernelFlood(), Watchdog())
CLIENTS = (
    ScmiClock(), Hwrng(), TrustedUnlock(),
    Chain(1, "an in-kernel client's call needs storage behind an SCMI clock, and"
             " so do processes' calls"))
CHAIN_2 = (Chain(2, "the same, and the storage needs a call into OP-TEE before"
                    " the clock's"),)
# Those that lab/matrix runs with other numbers of threads and other floods
MATRIX = (*CLIENTS, *CHAIN_2, WatchdogMatrix())


def judge(row, ours, stock):
    """pass, FAIL, not compared, or nothing where ours was not run."""
    if ours is None:
        return ""
    result = ours.get(row.name)
    other = (stock or {}).get(row.name)
    if not result or not row.reached(result, other):
        return "FAIL"
    return "pass" if other or not row.compares(result) else "not compared"


def run(name, driver, kernel, options):
    """lab/scenario NAME in a guest: (results by name, parts used, did it run)

    What it says on standard error is passed on. options are words for its
    command line.
    """
    command = [os.path.join(LAB, "scenario"), name, "--json", "--kernel",
               kernel, "--driver", driver, *options]
    parts = ""
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        for line in process.stderr:
            sys.stderr.write(line)
            if line.startswith("lab: kernel "):
                parts = line[len("lab: "):].strip()
        output = process.stdout.read()
    results = {}
    for line in output.splitlines():
        result = json.loads(line)
        if result["driver"] != driver or result["kernel"] != kernel:
            raise SystemExit(f"not the guest that was asked for: {line}")
        results[result["name"]] = result
    return results, parts, process.returncode == 0
