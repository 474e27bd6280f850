# SPDX-License-Identifier: GPL-2.0-only
#
# The SMC conduit before an OP-TEE that is the test's: objects t_smc_NAME.o are
# driver/smc/NAME.c.

SMC_TESTS := test_smc_probe test_smc_call test_smc_irq test_reaper \
	     test_shm_ops test_session_close test_session_cancel \
	     test_shm_register test_core
TESTS += $(SMC_TESTS)
OBJS_test_smc_probe := t_test_smc_probe.o t_smc_world.o t_smc_probe.o $(THREADS)
SMC := t_smc_world.o t_smc_driver.o t_smc_call.o t_call.o t_call_queue.o \
       t_classify.o t_message.o t_shm_register.o t_rpc.o t_notif.o t_no_i2c.o \
       t_no_rpmb.o t_supp.o t_supp_request.o t_supp_device.o $(MEMORY) \
       $(THREADS)
OBJS_test_smc_call := t_test_smc_call.o $(SMC)
OBJS_test_reaper := t_test_reaper.o t_reaper.o t_interrupts.o $(THREADS)
OBJS_test_shm_ops := t_test_shm_ops.o t_shm_ops.o $(THREADS)
OBJS_test_session_close := t_test_session_close.o t_session.o $(THREADS)
OBJS_test_session_cancel := t_test_session_cancel.o t_session.o $(SMC)
OBJS_test_shm_register := t_test_shm_register.o $(SMC)
OBJS_test_core := t_test_core.o t_core.o t_reaper.o t_notif.o t_interrupts.o \
		  $(THREADS)
OBJS_test_smc_irq := t_test_smc_irq.o t_smc_irq.o t_interrupts.o $(SMC)

$(O)/t_smc_%.o: $(DRIVER)/smc/%.c Makefile rpc.mk smc.mk | $(O)
	$(THREADS_CC) -c $< -o $@
