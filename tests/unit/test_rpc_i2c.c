// SPDX-License-Identifier: GPL-2.0-only
/*
 * I2C transfers for OP-TEE: what reaches the bus, and what does not.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/i2c.h>

#include "optee.h"
#include "rpc.h"

#define ADAPTER	3
#define SIZE	64

static struct optee optee;
static struct tee_context ctx;
static struct i2c_adapter adapter;
static int adapter_refs;
static struct i2c_msg last;
static int transfers;
static int transfer_rc;

struct i2c_adapter *i2c_get_adapter(int nr)
{
	if (nr != ADAPTER)
		return NULL;
	adapter_refs++;
	return &adapter;
}

void i2c_put_adapter(struct i2c_adapter *a)
{
	assert_ptr_equal(a, &adapter);
	adapter_refs--;
}

int i2c_transfer(struct i2c_adapter *a, struct i2c_msg *msgs, int num)
{
	assert_ptr_equal(a, &adapter);
	assert_int_equal(num, 1);
	last = *msgs;
	transfers++;
	if (msgs->flags & I2C_M_RD)
		memset(msgs->buf, 0x11, msgs->len);
	return transfer_rc;
}

static struct tee_param params[4];

static int setup(void **state)
{
	struct tee_shm *shm = host_tee_shm_new(&ctx, SIZE, 0, false);
	const struct tee_param good[4] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT,
		  .u.value = { OPTEE_RPC_I2C_READ, ADAPTER, 0x50 } },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT,
		  .u.memref = { 4, 16, shm } },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT },
	};

	memcpy(params, good, sizeof(good));
	adapter.functionality = 0;
	adapter_refs = 0;
	transfers = 0;
	transfer_rc = 1;
	*state = shm;
	return 0;
}

static int teardown(void **state)
{
	tee_shm_put(*state);
	return adapter_refs;
}

static u32 transfer(void)
{
	return optee_rpc_i2c_transfer(&optee, params, 4);
}

static void expect_refused(void)
{
	assert_int_equal(transfer(), TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(transfers, 0);
}

static void test_read(void **state)
{
	u8 *buf = tee_shm_get_va(*state, 0);

	assert_int_equal(transfer(), TEEC_SUCCESS);
	assert_int_equal(last.addr, 0x50);
	assert_int_equal(last.flags, I2C_M_RD);
	assert_int_equal(last.len, 16);
	assert_int_equal(params[3].u.value.a, 16);
	assert_int_equal(buf[3], 0);
	assert_int_equal(buf[4], 0x11);
	assert_int_equal(buf[19], 0x11);
	assert_int_equal(buf[20], 0);
}

static void test_write(void **state)
{
	params[0].u.value.a = OPTEE_RPC_I2C_WRITE;
	assert_int_equal(transfer(), TEEC_SUCCESS);
	assert_int_equal(last.flags, 0);
	assert_int_equal(params[3].u.value.a, 16);
}

static void test_ten_bit_address_needs_an_adapter_that_can(void **state)
{
	params[0].u.value.c = 0x3ff;
	params[1].u.value.a = OPTEE_RPC_I2C_TEN_BIT;
	assert_int_equal(transfer(), TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(transfers, 0);
	adapter.functionality = I2C_FUNC_10BIT_ADDR;
	assert_int_equal(transfer(), TEEC_SUCCESS);
	assert_int_equal(last.addr, 0x3ff);
	assert_int_equal(last.flags, I2C_M_RD | I2C_M_TEN);
}

static void test_addresses_that_cannot_be_are_refused(void **state)
{
	params[0].u.value.c = 0x80;
	expect_refused();
	params[0].u.value.c = 1ULL << 32;
	expect_refused();
	params[1].u.value.a = OPTEE_RPC_I2C_TEN_BIT;
	params[0].u.value.c = 0x400;
	expect_refused();
}

static void test_lengths_that_cannot_be_are_refused(void **state)
{
	params[2].u.memref.size = 0;
	expect_refused();
	params[2].u.memref.size = U16_MAX + 1;
	expect_refused();
	params[2].u.memref.shm = NULL;
	params[2].u.memref.size = 16;
	expect_refused();
}

static void test_longest_length_is_taken(void **state)
{
	struct tee_shm *shm = host_tee_shm_new(&ctx, U16_MAX, 0, false);

	params[2].u.memref = (struct tee_param_memref) { 0, U16_MAX, shm };
	assert_int_equal(transfer(), TEEC_SUCCESS);
	assert_int_equal(last.len, U16_MAX);
	tee_shm_put(shm);
}

static void test_directions_and_flags_that_cannot_be_are_refused(void **state)
{
	params[0].u.value.a = 2;
	expect_refused();
	params[0].u.value.a = 1ULL << 32;
	expect_refused();
	params[0].u.value.a = OPTEE_RPC_I2C_READ;
	params[1].u.value.a = 2;
	expect_refused();
}

static void test_adapters_that_are_not_there(void **state)
{
	params[0].u.value.b = ADAPTER + 1;
	assert_int_equal(transfer(), TEEC_ERROR_ITEM_NOT_FOUND);
	params[0].u.value.b = (1ULL << 32) + ADAPTER;
	expect_refused();
}

static void test_parameters_of_another_form_are_refused(void **state)
{
	int n;

	assert_int_equal(optee_rpc_i2c_transfer(&optee, params, 3),
			 TEEC_ERROR_BAD_PARAMETERS);
	for (n = 0; n < 4; n++) {
		params[n].attr++;
		expect_refused();
		params[n].attr--;
	}
	assert_int_equal(transfer(), TEEC_SUCCESS);
}

/* Memory of a process: the kernel does not have it mapped */
static void test_memory_that_is_not_mapped_is_refused(void **state)
{
	struct tee_shm *shm = *state;
	void *kaddr = shm->kaddr;

	shm->kaddr = NULL;
	expect_refused();
	shm->kaddr = kaddr;
}

static void test_transfer_that_fails_is_told(void **state)
{
	transfer_rc = -EIO;
	assert_int_equal(transfer(), TEEC_ERROR_COMMUNICATION);
	transfer_rc = 0;
	assert_int_equal(transfer(), TEEC_ERROR_COMMUNICATION);
	transfer_rc = -EOPNOTSUPP;
	assert_int_equal(transfer(), TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(params[3].u.value.a, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read),
		TEST(test_write),
		TEST(test_ten_bit_address_needs_an_adapter_that_can),
		TEST(test_addresses_that_cannot_be_are_refused),
		TEST(test_lengths_that_cannot_be_are_refused),
		TEST(test_longest_length_is_taken),
		TEST(test_directions_and_flags_that_cannot_be_are_refused),
		TEST(test_adapters_that_are_not_there),
		TEST(test_parameters_of_another_form_are_refused),
		TEST(test_memory_that_is_not_mapped_is_refused),
		TEST(test_transfer_that_fails_is_told),
	};

	return cmocka_run_group_tests_name("rpc_i2c", tests, NULL, NULL);
}
