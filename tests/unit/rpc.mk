# SPDX-License-Identifier: GPL-2.0-only
#
# What OP-TEE asks, on threads and with a clock: objects t_NAME.o are NAME.c
# compiled with HOST_THREADS, see tests/host/threads.h.

THREADS := t_threads.o t_shim.o cq_host.o
SUPP := t_supp.o t_supp_request.o t_supp_device.o t_supplicant.o
MEMORY := t_arguments.o t_shm.o t_shm_lend.o t_page_list.o t_smc_memory.o

RPC_TESTS := test_notif test_supp test_supp_kill test_supp_death \
	     test_rpc test_rpc_shm test_rpc_i2c test_rpc_rpmb
TESTS += $(RPC_TESTS)
OBJS_test_notif := t_test_notif.o t_notif.o $(THREADS)
OBJS_test_supp := t_test_supp.o $(SUPP) $(THREADS)
OBJS_test_supp_kill := t_test_supp_kill.o $(SUPP) $(THREADS)
OBJS_test_supp_death := t_test_supp_death.o $(SUPP) $(THREADS)
RPC := t_rpc.o t_notif.o t_no_i2c.o t_no_rpmb.o $(SUPP) $(MEMORY) $(THREADS)
OBJS_test_rpc := t_test_rpc.o t_rpc_world.o $(RPC)
OBJS_test_rpc_shm := t_test_rpc_shm.o t_rpc_world.o $(RPC)
OBJS_test_rpc_i2c := t_test_rpc_i2c.o t_rpc_i2c.o $(THREADS)
OBJS_test_rpc_rpmb := t_test_rpc_rpmb.o t_rpc_rpmb.o $(THREADS)

vpath no_%.c $(DRIVER)/compat

THREADS_CC = $(CC) -DHOST_THREADS $(CPPFLAGS) $(CFLAGS) \
	     -Wno-unused-parameter -Wno-sign-compare

$(O)/t_%.o: %.c Makefile rpc.mk | $(O)
	$(THREADS_CC) -c $< -o $@
