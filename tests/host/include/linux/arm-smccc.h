/* SPDX-License-Identifier: GPL-2.0-only */
/* Arm's SMC Calling Convention (DEN0028): function numbers and answers. */
#ifndef HOST_LINUX_ARM_SMCCC_H
#define HOST_LINUX_ARM_SMCCC_H

#include "../kernel.h"

#define ARM_SMCCC_STD_CALL		0UL
#define ARM_SMCCC_FAST_CALL		1UL
#define ARM_SMCCC_SMC_32		0UL
#define ARM_SMCCC_OWNER_TRUSTED_OS	50UL
#define ARM_SMCCC_OWNER_TRUSTED_OS_END	63UL

#define ARM_SMCCC_CALL_VAL(type, convention, owner, func)		\
	((u32)((type) << 31 | (convention) << 30 | (owner) << 24 |	\
	       ((func) & 0xffff)))

struct arm_smccc_res {
	unsigned long a0;
	unsigned long a1;
	unsigned long a2;
	unsigned long a3;
};

void arm_smccc_smc(unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long a4, unsigned long a5,
		   unsigned long a6, unsigned long a7,
		   struct arm_smccc_res *res);
void arm_smccc_hvc(unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3, unsigned long a4, unsigned long a5,
		   unsigned long a6, unsigned long a7,
		   struct arm_smccc_res *res);

#endif /* HOST_LINUX_ARM_SMCCC_H */
