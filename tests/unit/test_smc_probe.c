// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probe of the SMC conduit: by SMC and by HVC, what OP-TEE says of itself, and
 * that whatever fails is undone. The rest of the driver is the test's.
 */
#include <linux/platform_device.h>

#include "core.h"
#include "smc_world.h"

#define IRQ	21

static struct platform_driver *driver;
static struct platform_device pdev;
static const char *method;
static bool kdump;

/* What was done, in words; what is @fails does */
static char done[512];
static const char *fails;
static unsigned int threads_told;
static u32 max_notif_told;
static struct optee *probed;
static bool kept_told;

static int step(const char *what)
{
	strncat(done, what, sizeof(done) - strlen(done) - 1);
	strncat(done, " ", sizeof(done) - strlen(done) - 1);
	return fails && !strcmp(fails, what) ? -ENOMEM : 0;
}

/* The kernel's */

int platform_driver_register(struct platform_driver *drv)
{
	driver = drv;
	return 0;
}

void platform_driver_unregister(struct platform_driver *drv)
{
	assert_ptr_equal(drv, driver);
	driver = NULL;
}

int device_property_read_string(struct device *dev, const char *name,
				const char **value)
{
	assert_string_equal(name, "method");
	*value = method;
	return method ? 0 : -EINVAL;
}

bool is_kdump_kernel(void)
{
	return kdump;
}

void memunmap(void *va)
{
	step("unmap");
}

void tee_shm_pool_free(struct tee_shm_pool *pool)
{
	step("-pool");
}

/* The driver's */

const struct optee_conduit optee_smc_conduit = { .name = "smc" };
const struct attribute_group *optee_dev_groups[] = { NULL };

void optee_smc_fast(struct optee *optee, u32 func, u32 a1,
		    struct arm_smccc_res *res)
{
	optee->smc.invoke(func, a1, 0, 0, 0, 0, 0, 0, res);
}

int optee_smc_load_image(struct device *dev, optee_smc_fn *invoke)
{
	struct arm_smccc_res res;

	invoke(OPTEE_SMC_CALLS_UID, 0, 0, 0, 0, 0, 0, 0, &res);
	return step("load");
}

void optee_smc_load_image_exit(void)
{
	step("-load");
}

unsigned int optee_msg_max_rpc_params(void)
{
	return 100;
}

struct tee_shm_pool *optee_shm_pool_dynamic(struct optee *optee)
{
	return step("dynamic") ? ERR_PTR(-ENOMEM) : (void *)&pdev;
}

struct tee_shm_pool *optee_smc_pool_reserved(struct optee *optee)
{
	optee->smc.shm_va = &pdev;
	return step("reserved") ? ERR_PTR(-ENOMEM) : (void *)&pdev;
}

int optee_smc_shm_cache_enable(struct optee *optee)
{
	return step("cache");
}

int optee_smc_shm_cache_disable(struct optee *optee, bool ours,
				unsigned int timeout_ms)
{
	assert_in_range(timeout_ms, 1, 2000);
	return step(ours ? "-cache" : "leftovers");
}

int optee_smc_irq_init(struct optee *optee, unsigned int irq)
{
	assert_int_equal(irq, IRQ);
	return step("irq");
}

void optee_smc_irq_exit(struct optee *optee)
{
	step("-irq");
}

int optee_core_init(struct optee *optee, unsigned int threads, u32 max_notif)
{
	threads_told = threads;
	max_notif_told = max_notif;
	probed = optee;
	return step("core");
}

int optee_core_register(struct optee *optee)
{
	return step("register");
}

void optee_core_unregister(struct optee *optee)
{
	step("-register");
}

void optee_core_exit(struct optee *optee)
{
	kept_told = optee->shm.kept;
	step("-core");
}

void optee_core_shutdown(struct optee *optee)
{
	step("shutdown");
}

/* Tests */

static int setup(void **state)
{
	smc_world_reset();
	optee_smc_driver_register();
	pdev = (struct platform_device) { .irq = IRQ };
	method = "smc";
	kdump = false;
	fails = NULL;
	done[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	optee_smc_driver_unregister();
	return 0;
}

static int probe(void)
{
	done[0] = '\0';
	return driver->probe(&pdev);
}

static void remove_it(void)
{
	done[0] = '\0';
	driver->remove_new(&pdev);
}

static void test_by_smc_all_calls_are_smc(void **state)
{
	assert_int_equal(probe(), 0);
	assert_true(world.smc);
	assert_int_equal(world.hvc, 0);
	remove_it();
	assert_int_equal(world.hvc, 0);
}

/* Under a hypervisor that traps HVC and passes on what is for OP-TEE */
static void test_by_hvc_all_calls_are_hvc(void **state)
{
	struct arm_smccc_res res;

	method = "hvc";
	assert_int_equal(probe(), 0);
	assert_true(world.hvc);
	assert_int_equal(world.smc, 0);
	/* Those that come later, too */
	probed->smc.invoke(OPTEE_SMC_RETURN_FROM_RPC, 0, 0, 0, 0, 0, 0, 0, &res);
	assert_int_equal(world.smc, 0);
	remove_it();
	assert_int_equal(world.smc, 0);
}

static void test_without_a_method_nothing_is_called(void **state)
{
	static const char * const bad[] = { NULL, "", "SMC", "smc ", "svc" };
	size_t n;

	for (n = 0; n < ARRAY_SIZE(bad); n++) {
		method = bad[n];
		assert_int_equal(probe(), -EINVAL);
		assert_int_equal(world.smc + world.hvc, 0);
		assert_string_equal(done, "");
	}
}

static void test_kdump_kernel_leaves_optee_alone(void **state)
{
	kdump = true;
	assert_int_equal(probe(), -ENODEV);
	assert_int_equal(world.smc + world.hvc, 0);
}

static void test_who_is_not_optee_is_left_alone(void **state)
{
	int n;

	for (n = 0; n < 4; n++) {
		smc_world_reset();
		world.uid.a[n]++;
		assert_int_equal(probe(), -EINVAL);
		assert_string_equal(done, "load ");
	}
	smc_world_reset();
	world.revision.a[0] = OPTEE_MSG_REVISION_MAJOR + 1;
	assert_int_equal(probe(), -EINVAL);
	smc_world_reset();
	world.caps.a[0] = OPTEE_SMC_ENOTAVAIL;
	assert_int_equal(probe(), -EINVAL);
	assert_string_equal(done, "load ");
}

static void test_newer_minor_revision_is_fine(void **state)
{
	world.revision.a[1] = 7;
	assert_int_equal(probe(), 0);
	remove_it();
}

static void probed_with(unsigned int threads, u32 max_notif,
			unsigned int rpc_params)
{
	assert_int_equal(probe(), 0);
	assert_int_equal(threads_told, threads);
	assert_int_equal(max_notif_told, max_notif);
	assert_int_equal(probed->rpc_params, rpc_params);
	remove_it();
}

static void test_what_optee_says_of_itself_is_bounded(void **state)
{
	probed_with(2, 255, 4);
	world.threads.a[1] = 0;
	probed_with(0, 255, 4);
	world.threads.a[1] = U32_MAX;
	probed_with(1024, 255, 4);
	world.threads.a[0] = OPTEE_SMC_UNKNOWN;
	probed_with(0, 255, 4);
	world.caps.a[2] = U32_MAX;
	probed_with(0, 65535, 4);
	world.caps.a[2] = 0;
	probed_with(0, OPTEE_NOTIF_DEFAULT_MAX, 4);
	world.caps.a[3] = 101;
	probed_with(0, OPTEE_NOTIF_DEFAULT_MAX, 0);
	/* Only the low 8 bits are a number of parameters */
	world.caps.a[3] = 0xabcd0004;
	probed_with(0, OPTEE_NOTIF_DEFAULT_MAX, 4);
	world.caps.a[1] &= ~OPTEE_SMC_CAP_RPC_ARG;
	probed_with(0, OPTEE_NOTIF_DEFAULT_MAX, 0);
}

static void test_abilities_are_taken_one_by_one(void **state)
{
	world.caps.a[1] = OPTEE_SMC_CAP_DYNAMIC_SHM;
	assert_int_equal(probe(), 0);
	assert_true(probed->dynamic_shm);
	assert_false(probed->memref_null || probed->rpmb_probe);
	/* RPC messages that do not come with the call are cached */
	assert_string_equal(done, "load leftovers dynamic core cache register ");
	remove_it();
	assert_string_equal(done, "-register -irq -cache -core -pool ");
	world.caps.a[1] |= OPTEE_SMC_CAP_MEMREF_NULL | OPTEE_SMC_CAP_RPMB_PROBE;
	assert_int_equal(probe(), 0);
	assert_true(probed->memref_null && probed->rpmb_probe);
	remove_it();
}

static void test_several_cpus_are_not_said_to_be_one(void **state)
{
	world.told_caps = 0xff;
	assert_int_equal(probe(), 0);
	assert_int_equal(world.told_caps, 0);
	remove_it();
}

static void test_version_is_for_a_person(void **state)
{
	assert_int_equal(probe(), 0);
	assert_string_equal(probed->version, "4.5");
	remove_it();
	world.os = (struct smc_answer) { { U32_MAX, U32_MAX, 0xabc } };
	assert_int_equal(probe(), 0);
	assert_string_equal(probed->version, "4294967295.4294967295 (00000abc");
	remove_it();
}

static void test_reserved_memory_if_there_is_no_other(void **state)
{
	world.caps.a[1] = OPTEE_SMC_CAP_RESERVED_SHM;
	assert_int_equal(probe(), 0);
	assert_string_equal(done,
			    "load leftovers reserved core cache register ");
	remove_it();
	assert_string_equal(done,
			    "-register -irq -cache -core -pool unmap ");
	world.caps.a[1] = 0;
	assert_int_equal(probe(), -EINVAL);
	assert_string_equal(done, "load leftovers ");
}

static void test_without_an_interrupt_it_works(void **state)
{
	pdev.irq = -ENXIO;
	assert_int_equal(probe(), 0);
	assert_string_equal(done, "load leftovers dynamic core register ");
	remove_it();
	/* Its controller is not there yet: later */
	pdev.irq = -EPROBE_DEFER;
	assert_int_equal(probe(), -EPROBE_DEFER);
	assert_string_equal(done,
			    "load leftovers dynamic core -core -pool ");
}

static void test_what_fails_is_undone(void **state)
{
	static const struct {
		const char *what;
		const char *done;
	} steps[] = {
		{ "load", "load " },
		{ "dynamic", "load leftovers dynamic " },
		{ "core", "load leftovers dynamic core -pool " },
		{ "irq", "load leftovers dynamic core irq -core -pool " },
		{ "register",
		  "load leftovers dynamic core irq register -register -irq -core -pool " },
	};
	size_t n;

	for (n = 0; n < ARRAY_SIZE(steps); n++) {
		fails = steps[n].what;
		assert_int_equal(probe(), -ENOMEM);
		assert_string_equal(done, steps[n].done);
	}
}

static void test_a_cache_that_fails_is_no_reason(void **state)
{
	world.caps.a[1] &= ~OPTEE_SMC_CAP_RPC_ARG;
	fails = "cache";
	assert_int_equal(probe(), 0);
	remove_it();
	fails = "leftovers";
	assert_int_equal(probe(), 0);
	remove_it();
}

/* Or its pages would be given to others while OP-TEE writes there */
static void test_cache_that_stays_is_told(void **state)
{
	world.caps.a[1] &= ~OPTEE_SMC_CAP_RPC_ARG;
	assert_int_equal(probe(), 0);
	remove_it();
	assert_false(kept_told);
	assert_int_equal(probe(), 0);
	fails = "-cache";
	remove_it();
	assert_true(kept_told);
	assert_string_equal(done, "-register -irq -cache -core -pool ");
}

static void test_shutdown_undoes_nothing_else(void **state)
{
	assert_int_equal(probe(), 0);
	done[0] = '\0';
	driver->shutdown(&pdev);
	assert_string_equal(done, "shutdown ");
	remove_it();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_smc_all_calls_are_smc),
		TEST(test_by_hvc_all_calls_are_hvc),
		TEST(test_without_a_method_nothing_is_called),
		TEST(test_kdump_kernel_leaves_optee_alone),
		TEST(test_who_is_not_optee_is_left_alone),
		TEST(test_newer_minor_revision_is_fine),
		TEST(test_what_optee_says_of_itself_is_bounded),
		TEST(test_abilities_are_taken_one_by_one),
		TEST(test_several_cpus_are_not_said_to_be_one),
		TEST(test_version_is_for_a_person),
		TEST(test_reserved_memory_if_there_is_no_other),
		TEST(test_without_an_interrupt_it_works),
		TEST(test_what_fails_is_undone),
		TEST(test_a_cache_that_fails_is_no_reason),
		TEST(test_cache_that_stays_is_told),
		TEST(test_shutdown_undoes_nothing_else),
	};

	return cmocka_run_group_tests_name("smc_probe", tests, NULL, NULL);
}
