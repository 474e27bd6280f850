// SPDX-License-Identifier: GPL-2.0-only
/*
 * RPMB devices for OP-TEE, through a subsystem that is made up here.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/rpmb.h>

#include "optee.h"
#include "rpc.h"

#define CID_SIZE	16
#define FRAME		512

static struct optee optee, other;
static struct tee_context ctx;
static struct tee_shm *shm;

/* The second is none that OP-TEE knows */
static u8 cids[3][CID_SIZE];
static struct rpmb_dev devices[3];
static size_t num_devices;
static struct class_interface *listener;
static int arrivals, other_arrivals;
static int register_rc;

static struct rpmb_dev *routed_to;
static unsigned int req_len, resp_len;
static int route_rc;

struct rpmb_dev *rpmb_dev_get(struct rpmb_dev *rdev)
{
	if (rdev)
		rdev->refs++;
	return rdev;
}

void rpmb_dev_put(struct rpmb_dev *rdev)
{
	if (rdev)
		assert_true(rdev->refs-- > 0);
}

struct rpmb_dev *rpmb_dev_find_device(const void *data,
				      const struct rpmb_dev *start,
				      int (*match)(struct device *dev,
						   const void *data))
{
	size_t n;

	for (n = start ? start - devices + 1 : 0; n < num_devices; n++)
		if (match(&devices[n].dev, data))
			return rpmb_dev_get(&devices[n]);
	return NULL;
}

int rpmb_interface_register(struct class_interface *intf)
{
	size_t n;

	assert_null(listener);
	if (register_rc)
		return register_rc;
	listener = intf;
	for (n = 0; n < num_devices; n++)
		intf->add_dev(&devices[n].dev);
	return 0;
}

void rpmb_interface_unregister(struct class_interface *intf)
{
	assert_ptr_equal(intf, listener);
	listener = NULL;
}

int rpmb_route_frames(struct rpmb_dev *rdev, u8 *req, unsigned int len,
		      u8 *resp, unsigned int room)
{
	routed_to = rdev;
	req_len = len;
	resp_len = room;
	assert_true(rdev->refs > 0);
	memset(resp, req[0], room);
	return route_rc;
}

void optee_devices_rpmb_arrived(struct optee *where)
{
	if (where == &optee)
		arrivals++;
	else
		other_arrivals++;
}

static int setup(void **state)
{
	size_t n;

	memset(devices, 0, sizeof(devices));
	for (n = 0; n < ARRAY_SIZE(devices); n++) {
		memset(cids[n], 0x10 + n, CID_SIZE);
		devices[n].descr = (struct rpmb_descr) {
			.type = n == 1 ? RPMB_TYPE_UFS : RPMB_TYPE_EMMC,
			.dev_id = cids[n],
			.dev_id_len = CID_SIZE,
			.reliable_wr_count = 5 + n,
			.capacity = 100 + n,
		};
	}
	num_devices = ARRAY_SIZE(devices);
	arrivals = 0;
	other_arrivals = 0;
	register_rc = 0;
	route_rc = 0;
	routed_to = NULL;
	memset(&optee, 0, sizeof(optee));
	memset(&other, 0, sizeof(other));
	optee.rpmb_probe = true;
	other.rpmb_probe = true;
	shm = host_tee_shm_new(&ctx, 8 * FRAME, 0, false);
	optee_rpmb_init(&optee);
	optee_rpmb_init(&other);
	return 0;
}

static int teardown(void **state)
{
	size_t n;

	optee_rpmb_exit(&optee);
	optee_rpmb_exit(&other);
	tee_shm_put(shm);
	for (n = 0; n < ARRAY_SIZE(devices); n++)
		assert_int_equal(devices[n].refs, 0);
	assert_null(listener);
	return 0;
}

static u32 reset(void)
{
	struct tee_param p = {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
		.u.value.a = 77,
	};
	u32 ret = optee_rpc_rpmb_reset(&optee, &p, 1);

	if (!ret)
		assert_int_equal(p.u.value.a, OPTEE_RPC_SHM_KERNEL);
	return ret;
}

static u32 next(struct tee_param *p, size_t room)
{
	p[0] = (struct tee_param) {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT,
	};
	p[1] = (struct tee_param) {
		.attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
		.u.memref = { 0, room, shm },
	};
	return optee_rpc_rpmb_next(&optee, p, 2);
}

static void expect_device(int n)
{
	struct tee_param p[2];

	assert_int_equal(next(p, CID_SIZE), TEEC_SUCCESS);
	assert_int_equal(p[0].u.value.a, OPTEE_RPC_RPMB_EMMC);
	assert_int_equal(p[0].u.value.b, 100 + n);
	assert_int_equal(p[0].u.value.c, 5 + n);
	assert_int_equal(p[1].u.memref.size, CID_SIZE);
	assert_memory_equal(shm->kaddr, cids[n], CID_SIZE);
}

static void test_devices_are_found_one_by_one(void **state)
{
	struct tee_param p[2];

	assert_int_equal(reset(), TEEC_SUCCESS);
	expect_device(0);
	expect_device(2);
	assert_int_equal(next(p, CID_SIZE), TEEC_ERROR_ITEM_NOT_FOUND);
	assert_int_equal(reset(), TEEC_SUCCESS);
	expect_device(0);
	assert_int_equal(reset(), TEEC_SUCCESS);
	expect_device(0);
}

static void test_without_a_device_nothing_is_found(void **state)
{
	struct tee_param p[2];

	num_devices = 0;
	assert_int_equal(reset(), TEEC_SUCCESS);
	assert_int_equal(next(p, CID_SIZE), TEEC_ERROR_ITEM_NOT_FOUND);
}

/* OP-TEE then goes on to the next */
static void test_room_for_the_cid_is_checked(void **state)
{
	struct tee_param p[2];

	assert_int_equal(next(p, CID_SIZE - 1), TEEC_ERROR_SHORT_BUFFER);
	assert_int_equal(p[1].u.memref.size, CID_SIZE);
	expect_device(2);
	reset();
	assert_int_equal(next(p, 0), TEEC_ERROR_BAD_PARAMETERS);
}

static u32 frames(size_t req, size_t resp)
{
	struct tee_param p[2] = {
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT,
		  .u.memref = { 0, req, shm } },
		{ .attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT,
		  .u.memref = { 4 * FRAME, resp, shm } },
	};

	return optee_rpc_rpmb_frames(&optee, p, 2);
}

static void test_frames_go_to_the_device_found_last(void **state)
{
	u8 *buf = shm->kaddr;

	expect_device(0);
	expect_device(2);
	buf[0] = 0x42;
	assert_int_equal(frames(2 * FRAME, FRAME), TEEC_SUCCESS);
	assert_ptr_equal(routed_to, &devices[2]);
	assert_int_equal(req_len, 2 * FRAME);
	assert_int_equal(resp_len, FRAME);
	assert_int_equal(buf[4 * FRAME], 0x42);
	assert_int_equal(buf[5 * FRAME], 0);
}

static void test_frames_need_a_device(void **state)
{
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_ITEM_NOT_FOUND);
	expect_device(0);
	reset();
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_ITEM_NOT_FOUND);
	assert_null(routed_to);
}

static void test_frames_that_are_not_whole_are_refused(void **state)
{
	static const size_t sizes[][2] = {
		{ FRAME - 1, FRAME }, { FRAME, FRAME + 1 }, { 0, FRAME },
		{ FRAME, 0 }, { 1UL << 31, FRAME }, { FRAME, 1UL << 32 },
	};
	size_t n;

	expect_device(0);
	for (n = 0; n < ARRAY_SIZE(sizes); n++)
		assert_int_equal(frames(sizes[n][0], sizes[n][1]),
				 TEEC_ERROR_BAD_PARAMETERS);
	assert_null(routed_to);
}

static void test_frames_that_fail_are_told(void **state)
{
	expect_device(0);
	route_rc = -EIO;
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_COMMUNICATION);
	route_rc = -EINVAL;
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_BAD_PARAMETERS);
	route_rc = -ENOMEM;
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_OUT_OF_MEMORY);
}

static void test_parameters_of_another_form_are_refused(void **state)
{
	struct tee_param p[3] = { };

	assert_int_equal(optee_rpc_rpmb_reset(&optee, p, 1),
			 TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(optee_rpc_rpmb_reset(&optee, p, 0),
			 TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(optee_rpc_rpmb_next(&optee, p, 2),
			 TEEC_ERROR_BAD_PARAMETERS);
	assert_int_equal(optee_rpc_rpmb_frames(&optee, p, 2),
			 TEEC_ERROR_BAD_PARAMETERS);
	p[0].attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT;
	p[1].attr = TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT;
	p[0].u.memref.size = FRAME;
	p[1].u.memref.size = FRAME;
	assert_int_equal(optee_rpc_rpmb_frames(&optee, p, 3),
			 TEEC_ERROR_BAD_PARAMETERS);
	expect_device(0);
	assert_int_equal(optee_rpc_rpmb_frames(&optee, p, 2),
			 TEEC_ERROR_BAD_PARAMETERS);
}

/* It then goes to tee-supplicant */
static void test_an_optee_that_does_not_probe_is_sent_away(void **state)
{
	struct tee_param p[2];

	optee.rpmb_probe = false;
	assert_int_equal(reset(), TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(next(p, CID_SIZE), TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(frames(FRAME, FRAME), TEEC_ERROR_NOT_SUPPORTED);
	assert_int_equal(optee_rpmb_start(&optee), 0);
	assert_null(listener);
	optee_rpmb_stop(&optee);
}

static void test_enumeration_is_told_of_devices(void **state)
{
	num_devices = 1;
	assert_int_equal(optee_rpmb_start(&optee), 0);
	assert_int_equal(arrivals, 1);
	listener->add_dev(&devices[1].dev);
	assert_int_equal(arrivals, 2);
	optee_rpmb_stop(&optee);
	assert_null(listener);
}

static void test_second_optee_is_told_of_devices_too(void **state)
{
	assert_int_equal(optee_rpmb_start(&optee), 0);
	assert_int_equal(optee_rpmb_start(&other), 0);
	assert_int_equal(other_arrivals, 1);
	arrivals = 0;
	listener->add_dev(&devices[1].dev);
	assert_int_equal(arrivals, 1);
	assert_int_equal(other_arrivals, 2);
	optee_rpmb_stop(&optee);
	listener->add_dev(&devices[1].dev);
	assert_int_equal(arrivals, 1);
	assert_int_equal(other_arrivals, 3);
	optee_rpmb_stop(&other);
}

static void test_registration_that_fails_leaves_nothing(void **state)
{
	register_rc = -ENOMEM;
	assert_int_equal(optee_rpmb_start(&optee), -ENOMEM);
	optee_rpmb_stop(&optee);
	register_rc = 0;
	assert_int_equal(optee_rpmb_start(&other), 0);
	assert_int_equal(arrivals, 0);
	optee_rpmb_stop(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_devices_are_found_one_by_one),
		TEST(test_without_a_device_nothing_is_found),
		TEST(test_room_for_the_cid_is_checked),
		TEST(test_frames_go_to_the_device_found_last),
		TEST(test_frames_need_a_device),
		TEST(test_frames_that_are_not_whole_are_refused),
		TEST(test_frames_that_fail_are_told),
		TEST(test_parameters_of_another_form_are_refused),
		TEST(test_an_optee_that_does_not_probe_is_sent_away),
		TEST(test_enumeration_is_told_of_devices),
		TEST(test_second_optee_is_told_of_devices_too),
		TEST(test_registration_that_fails_leaves_nothing),
	};

	return cmocka_run_group_tests_name("rpc_rpmb", tests, NULL, NULL);
}
