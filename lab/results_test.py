#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Shows that results.judge() can fail: bad results, and what it makes of them.

A line for each, "ok NAME" or "not ok NAME". The exit status is 0 if all are ok.
"""
import sys

import results

# What every result has, of ours where all is well
GOOD = {
    "outcome": "served", "kernel": "6.1", "threads": 3, "flood": 8,
    "rounds": 200, "p50_ms": 1, "p99_ms": 10, "max_ms": 12, "flood_calls": 900,
    "refused_rounds": 0, "refused_otherwise": 0, "driver_waits_for_user": 0,
    "driver_deadlocks": 0, "driver_kernel_waits": 2, "missed": 0, "let_in_max": 2,
    "driver_let_in_max": 1, "waited_for_user": 0,
}
STOCK = {**GOOD, "p99_ms": 100, "max_ms": 120}
HUNG = {**STOCK, "outcome": "hung", "rounds": 0, "p50_ms": None,
        "p99_ms": None, "max_ms": None}
REFUSED = {"outcome": "refused", "refused_rounds": 150, "driver_deadlocks": 150}

# Row, what is so, of ours and of stock that differs, and the mark
CASES = (
    ("free-thread", "in time", {}, {}, "pass"),
    ("free-thread", "too late", {"max_ms": 101}, {}, "FAIL"),
    ("free-thread", "hung", HUNG, {}, "FAIL"),
    ("kill-waiter", "hung", HUNG, {}, "FAIL"),
    ("fair-turns", "two turns", {"driver_let_in_max": 2}, {}, "FAIL"),
    ("kernel-flood", "one waited", {"driver_waits_for_user": 1}, {}, "FAIL"),
    ("watchdog", "one missed", {"missed": 1}, {}, "FAIL"),
    ("scmi-clock", "a tenth", {}, {}, "pass"),
    ("scmi-clock", "more than a tenth", {"p99_ms": 10.1}, {}, "FAIL"),
    ("scmi-clock", "the same where stock keeps a thread",
     {"kernel": "6.12", "p99_ms": 100}, {"kernel": "6.12"}, "pass"),
    ("scmi-clock", "stock hung", {"p99_ms": 1000}, HUNG, "pass"),
    ("scmi-clock", "stock was not run", {}, None, "not compared"),
    ("scmi-clock", "stock was not run, with one thread", {"threads": 1}, None,
     "pass"),
    ("hwrng", "one waited for a user", {"driver_waits_for_user": 1}, {}, "FAIL"),
    ("hwrng", "nobody knows", {"driver_waits_for_user": None}, {}, "FAIL"),
    ("hwrng", "few rounds", {"rounds": 99}, {}, "FAIL"),
    ("hwrng", "no flood", {"flood_calls": 0}, {}, "FAIL"),
    ("hwrng", "an error", {"outcome": "refused"}, {}, "FAIL"),
    ("hwrng", "without processes", {"flood": 0, "flood_calls": 0, "p99_ms": 100},
     {}, "pass"),
    ("trusted-unlock", "an error", {"outcome": "refused"}, {}, "FAIL"),
    ("trusted-unlock", "few rounds", {"rounds": 5}, {}, "FAIL"),
    ("chain-1", "served", {}, HUNG, "pass"),
    ("chain-1", "it waits often", {"driver_kernel_waits": 11}, HUNG, "FAIL"),
    ("chain-2", "it waits often, with a thread too few",
     {"driver_kernel_waits": 200}, HUNG, "pass"),
    ("chain-1", "hung", HUNG, HUNG, "FAIL"),
    ("chain-1", "errors, with threads enough", REFUSED, HUNG, "FAIL"),
    ("chain-2", "errors, with too few threads", {**REFUSED, "threads": 2}, HUNG,
     "pass"),
    ("chain-2", "errors that no deadlock made",
     {**REFUSED, "threads": 2, "driver_deadlocks": 149}, HUNG, "FAIL"),
    ("chain-2", "errors of another kind",
     {**REFUSED, "threads": 2, "refused_otherwise": 1}, HUNG, "FAIL"),
)


def main():
    bad = 0
    for name, what, ours, stock, mark in CASES:
        row = next(r for r in (*results.ROWS, *results.MATRIX)
                   if r.name == name)
        found = {name: {**GOOD, **ours}}
        other = None if stock is None else {name: {**STOCK, **stock}}
        said = results.judge(row, found, other)
        results.shown(row, found[name])
        good = said == mark
        print(f"{'' if good else 'not '}ok {name}, {what}: {said}")
        bad += not good
    for row in (*results.ROWS, *results.MATRIX):
        good = results.judge(row, {}, {}) == "FAIL"
        print(f"{'' if good else 'not '}ok {row.name}, did not run: FAIL")
        bad += not good
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
