# SPDX-License-Identifier: BSD-2-Clause
global-incdirs-y += .
srcs-y += scmi_ta.c server.c values.c clock.c voltage.c
