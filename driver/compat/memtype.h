/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory types, which each architecture writes into its page tables in its
 * own way.
 */
#ifndef OPTEE_COMPAT_MEMTYPE_H
#define OPTEE_COMPAT_MEMTYPE_H

#include <linux/pgtable.h>

/*
 * Is memory mapped with @prot normal write-back memory? OP-TEE maps what it
 * shares so, and two mappings of one page must agree.
 */
static inline bool optee_prot_is_normal(pgprot_t prot)
{
#if defined(CONFIG_ARM64)
	switch (pgprot_val(prot) & PTE_ATTRINDX_MASK) {
	case PTE_ATTRINDX(MT_NORMAL):
	case PTE_ATTRINDX(MT_NORMAL_TAGGED):
		return true;
	default:
		return false;
	}
#elif defined(CONFIG_ARM)
	return (pgprot_val(prot) & L_PTE_MT_MASK) == L_PTE_MT_WRITEALLOC;
#else
	return false;
#endif
}

#endif /* OPTEE_COMPAT_MEMTYPE_H */
