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
 * the plugin's call that deep that does so.
 */
#define NEST_CLOCK	200

/* TEEC_ERROR_ACCESS_CONFLICT: that thread's call took too long */
#define NEST_LATE	0xffff0003

#endif /* NEST_H */
