/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buses of the module lab_i2c, for the tests that use them.
 *
 * Bus LAB_I2C_BUS has chips at all addresses, 7 bits and 10, which are one: it
 * reads as what was last written.
 *
 * Bus LAB_I2C_BUS + n needs n calls of OP-TEE, one nested in the other, to be
 * read: n is at most LAB_I2C_DEPTHS. It has 7 bit addresses and is read only.
 * What it reads as is LAB_I2C_ANSWER(what was written to LAB_I2C_BUS, n), in
 * 8 bytes of which fewer may be read, the lowest first.
 */
#ifndef LAB_I2C_H
#define LAB_I2C_H

#define LAB_I2C_BUS	40
#define LAB_I2C_DEPTHS	4

/* Added by the worker, in the innermost call */
#define LAB_I2C_ADDEND	1000

#define LAB_I2C_ANSWER(written, n)	((written) + LAB_I2C_ADDEND + (n))

#endif /* LAB_I2C_H */
