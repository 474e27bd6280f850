# SPDX-License-Identifier: GPL-2.0-only
#
# The lab's SCMI service without OP-TEE around it: objects s_NAME.o are
# lab/ta/scmi/NAME.c and its tests, which know nothing of the driver.

SCMI := $(TOP)/lab/ta/scmi
TESTS += test_scmi
OBJS_test_scmi := s_test_scmi.o s_server.o s_values.o s_clock.o s_voltage.o

$(O)/s_%.o: $(SCMI)/%.c Makefile scmi.mk | $(O)
	$(CC) -I$(SCMI) -MMD -MP $(CFLAGS) -c $< -o $@

$(O)/s_test_scmi.o: test_scmi.c Makefile scmi.mk | $(O)
	$(CC) -I$(SCMI) -MMD -MP $(CFLAGS) -c $< -o $@
