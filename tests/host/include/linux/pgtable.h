/* SPDX-License-Identifier: GPL-2.0-only */
#include "mm.h"

typedef unsigned long pgprot_t;
