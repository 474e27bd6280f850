/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests ask of tee-supplicant's plugin, by WORKER_CMD_PLUGIN. */
#ifndef NEST_H
#define NEST_H

/* 1 to NEST_MAX: so deep */
#define NEST_MAX	8

/* One deep, but by a thread that serves nothing */
#define NEST_SIBLING	100

/*
 * Turns the SCMI clock lab-storage on and off again; with 1 or more added, it is
 * the plugin's call that deep that does so. NEST_OWN_CLOCK is the same with
 * lab-bus: who alone uses a clock makes two calls of SCMI's each time, where
 * one that others have on needs none.
 */
#define NEST_CLOCK	200
#define NEST_OWN_CLOCK	300

/* Answers after so many ms more than that, at most NEST_STAY_MAX */
#define NEST_STAY	1000
#define NEST_STAY_MAX	10000

/* TEEC_ERROR_ACCESS_CONFLICT: that thread's call took too long */
#define NEST_LATE	0xffff0003

#endif /* NEST_H */
