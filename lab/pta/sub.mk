# SPDX-License-Identifier: BSD-2-Clause
srcs-y += lab_rpc.c
srcs-y += lab_load.c
