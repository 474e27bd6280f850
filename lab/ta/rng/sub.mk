# SPDX-License-Identifier: BSD-2-Clause
global-incdirs-y += .
srcs-y += rng_ta.c
