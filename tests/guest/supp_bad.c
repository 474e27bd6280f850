// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a bad supplicant says: answers that are wrong, receives that are, and
 * memory that is not what was asked for. See supp.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gt.h"
#include "supp.h"

void supp_wrong_id(void)
{
	static const uint64_t wrong[] = {
		1000, ~0ull, 1ull << 31, 1ull << 32, 0xffffffff, 0x7fffffff,
	};
	struct supp_request request, answer;
	unsigned int i;

	supp_begin(&request);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		answer = request;
		answer.params[0].a += wrong[i];
		supp_must_refuse("an answer with a wrong id",
				 supp_send(supp_fd, &answer, 0));
	}
	answer = request;
	if (supp_send(supp_fd, &answer, SUPP_NOT_FOUND))
		fault("the right answer is refused after wrong ones");
	supp_refuse_all(SUPP_PATIENCE_MS);
	supp_need_answer();
	supp_must_refuse("an answer to no request",
			 supp_send(supp_fd, &answer, SUPP_NOT_FOUND));
	supp_restore();
	ok("wrong and unknown ids are refused");
}

/* The answer is refused, or the request fails: in either case nobody hangs */
static void refused_or_failed(struct supp_request *request,
			      const struct supp_request *answer)
{
	int rc = supp_send(supp_fd, answer, 0);

	if (rc && !supp_caller->done)
		supp_send(supp_fd, request, SUPP_NOT_FOUND);
	supp_refuse_all(SUPP_PATIENCE_MS);
	supp_need_answer();
	supp_leave();
}

void supp_wrong_count(void)
{
	static const uint32_t counts[] = { 0, 1, 2, 4, 5, 6 };
	struct supp_request request, answer;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		supp_begin(&request);
		if (counts[i] == request.num_params)
			broken("this is the right count");
		answer = request;
		answer.num_params = counts[i];
		refused_or_failed(&request, &answer);
	}
	supp_restore();
	ok("%zu wrong counts", ARRAY_SIZE(counts));
}

void supp_wrong_types(void)
{
	static const uint64_t attrs[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 0xff, 0x106, 0x10006, 1ull << 63,
	};
	struct supp_request request, answer;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		supp_begin(&request);
		answer = request;
		/* The second is the memory that the file is to go to */
		answer.params[2].attr = attrs[i];
		answer.params[2].a = 0x4141414141ull;
		answer.params[2].b = 0x4141414141ull;
		refused_or_failed(&request, &answer);
	}
	/* The parameter that has the id is none, or is not marked */
	supp_begin(&request);
	answer = request;
	answer.params[0].attr = TEE_IOCTL_PARAM_ATTR_META;
	refused_or_failed(&request, &answer);
	supp_begin(&request);
	answer = request;
	answer.params[0].attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT;
	refused_or_failed(&request, &answer);
	supp_restore();
	ok("%zu wrong types", ARRAY_SIZE(attrs) + 2);
}

void supp_twice(void)
{
	struct supp_request request;

	supp_begin(&request);
	if (supp_send(supp_fd, &request, SUPP_NOT_FOUND))
		broken("an answer is refused");
	supp_must_refuse("a second answer",
			 supp_send(supp_fd, &request, SUPP_NOT_FOUND));
	supp_refuse_all(SUPP_PATIENCE_MS);
	supp_need_answer();
	supp_restore();
	ok("a second answer is refused");
}

/* As supplicants did before requests had ids: one at a time */
void supp_no_meta(void)
{
	uint64_t end = now_us() + 8000000;
	struct supp_request request;
	unsigned int n = 0;
	int rc = 0;

	supp_open();
	supp_start_caller();
	while (!supp_caller->done && now_us() < end) {
		memset(&request, 0, sizeof(request));
		request.num_params = 5;
		rc = supp_recv_raw(supp_fd, &request, 8 + 5 * 32, 1000);
		if (rc)
			continue;
		n++;
		if (supp_serve_little(supp_fd, &request, 0))
			fault("the answer to request %u is refused", n);
	}
	if (!n)
		fault("no request is given to a supplicant without ids: %s",
		      strerror(-rc));
	supp_need_answer();
	supp_must_refuse("an answer to no request",
			 supp_send(supp_fd, &request, 0));
	supp_restore();
	ok("%u requests answered in turn", n);
}

void supp_bad_recv(void)
{
	struct {
		uint64_t size;
		uint32_t num_params;
		uint64_t attr;
	} bad[] = {
		{ 0, 0, 0 }, { 4, 0, 0 }, { 7, 0, 0 },
		{ 8, 1, 0 }, { 8, 0xffffffff, 0 }, { 8, 0x08000000, 0 },
		{ 40, 2, 0 }, { 1 << 20, 5, 0 }, { ~0ull, 5, 0 },
		{ 8 + 5 * 32, 5, TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT },
		{ 8 + 5 * 32, 5, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT },
		{ 8 + 5 * 32, 5, 1ull << 40 },
		/* Too few for any request */
		{ 8, 0, 0 }, { 40, 1, TEE_IOCTL_PARAM_ATTR_META },
	};
	static uint8_t buffer[1024] __attribute__((aligned(8)));
	struct supp_request *request = (void *)buffer;
	char *hole = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;
	int rc;

	mprotect(hole + 4096, 4096, PROT_NONE);
	for (i = 0; i < ARRAY_SIZE(bad) + 4; i++) {
		void *at = buffer;
		uint64_t size = 8 + 5 * 32;

		supp_open();
		supp_start_caller();
		memset(buffer, 0, sizeof(buffer));
		request->num_params = 5;
		if (i < ARRAY_SIZE(bad)) {
			size = bad[i].size;
			request->num_params = bad[i].num_params;
			request->params[0].attr = bad[i].attr;
		} else if (i == ARRAY_SIZE(bad)) {
			at = NULL;
		} else if (i == ARRAY_SIZE(bad) + 1) {
			at = hole + 4096;
		} else if (i == ARRAY_SIZE(bad) + 2) {
			/* Its end is not mapped */
			at = hole + 4096 - 64;
			((struct supp_request *)at)->num_params = 5;
		} else {
			at = (void *)0xffff800008000000ul;
		}
		rc = supp_recv_raw(supp_fd, at, size, 1000);
		if (!rc)
			fault("receive number %u is taken, %u parameters", i,
			      request->num_params);
		if (rc == -EINTR)
			note("receive number %u waited", i);
		supp_refuse_all(SUPP_PATIENCE_MS);
		supp_need_answer();
		supp_leave();
	}
	supp_restore();
	ok("%u bad receives", i);
}

/* The memory that a file is to go to is not what the supplicant says */
void supp_bad_shm(void)
{
	struct supp_request request;
	unsigned int i;
	int small, small_id, user_id, fd, user;

	for (i = 0; i < 9; i++) {
		supp_begin(&request);
		small = tee_shm_alloc(supp_fd, 4096, &small_id);
		user = tee_open();
		fd = tee_shm_alloc(user, 65536, &user_id);
		if (small < 0 || fd < 0)
			broken("no shared memory");
		request.params[2].b = 50000;
		if (supp_send(supp_fd, &request, 0))
			broken("the size is refused");
		if (!supp_recv_within(supp_fd, &request, 3000) ||
		    request.func != SUPP_SHM_ALLOC) {
			supp_refuse_all(SUPP_PATIENCE_MS);
			goto answered;
		}
		switch (i) {
		case 0:
			request.params[1].c = 12345;
			break;
		case 1:
			request.params[1].c = ~0ull;
			break;
		case 2:
			request.params[1].c = 1ull << 32 | small_id;
			break;
		/* Smaller than asked for */
		case 3:
			request.params[1].c = small_id;
			break;
		case 4:
			request.params[1].c = small_id;
			request.params[1].b = 1ull << 40;
			break;
		case 5:
			request.params[1].c = small_id;
			request.params[1].b = ~0ull;
			break;
		/* Another process's */
		case 6:
			request.params[1].c = user_id;
			break;
		/* No longer there */
		case 7:
			request.params[1].c = small_id;
			close(small);
			small = -1;
			break;
		default:
			request.params[1].c = 1ull << 63;
			break;
		}
		if (supp_send(supp_fd, &request, 0))
			supp_send(supp_fd, &request, SUPP_NOT_FOUND);
		supp_refuse_all(SUPP_PATIENCE_MS);
answered:
		supp_need_answer();
		close(small);
		close(fd);
		close(user);
		supp_leave();
	}
	/* A file of absurd size */
	for (i = 0; i < 3; i++) {
		supp_begin(&request);
		request.params[2].b = i ? 1ull << (31 * i) : ~0ull;
		supp_send(supp_fd, &request, 0);
		supp_refuse_all(SUPP_PATIENCE_MS);
		supp_need_answer();
		supp_leave();
	}
	supp_restore();
	ok("9 wrong buffers, 3 absurd sizes");
}
