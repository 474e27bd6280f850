# SPDX-License-Identifier: GPL-2.0-only
#
# The lab's SCMI service without OP-TEE around it: objects s_NAME.o are
# lab/ta/scmi/NAME.c and its tests, which know nothing of the driver.

SCMI := $(TOP)/lab/ta/scmi
SCMI_TESTS := test_scmi test_scmi_bad
TESTS += $(SCMI_TESTS)
$(foreach t,$(SCMI_TESTS),$(eval OBJS_$(t) := s_$(t).o s_scmi_world.o \
	s_server.o s_values.o s_clock.o s_voltage.o))

SCMI_CC = $(CC) -I$(SCMI) -I. -MMD -MP $(CFLAGS)

$(O)/s_%.o: $(SCMI)/%.c Makefile scmi.mk | $(O)
	$(SCMI_CC) -c $< -o $@

$(O)/s_%.o: %.c Makefile scmi.mk | $(O)
	$(SCMI_CC) -c $< -o $@
