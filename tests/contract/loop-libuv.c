/* SPDX-License-Identifier: MIT */
/* A watch in libuv's loop. */
#include <uv.h>

#include "loop.h"
#include "suite.h"

static void wake(uv_poll_t *poll, int status, int events)
{
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(events, UV_READABLE);
	if (loop_wake(poll->data))
		uv_close((uv_handle_t *)poll, NULL);
}

START_TEST(libuv)
{
	struct loop loop;
	uv_poll_t poll;
	uv_loop_t uv;

	loop_open(&loop);
	ck_assert_int_eq(uv_loop_init(&uv), 0);
	ck_assert_int_eq(uv_poll_init(&uv, &poll, mym_watch_fd(loop.watch)), 0);
	poll.data = &loop;
	ck_assert_int_eq(uv_poll_start(&poll, UV_READABLE, wake), 0);
	ck_assert_int_eq(uv_run(&uv, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&uv), 0);
	loop_close(&loop);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loop-libuv");
	TCase *tc = tcase_create("loop");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, libuv);
	suite_add_tcase(s, tc);
	return s;
}
