/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace points are all there is to them: see linux/tracepoint.h */
