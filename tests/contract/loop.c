/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include "suite.h"

void loop_open(struct loop *loop)
{
	/* Nobody has all of the limit. */
	const struct mym_watch_options options = {
		.headroom_share_low = 10000,
		.headroom_bytes_low = INT64_MAX,
		.interval_max = 100000000,
	};

	*loop = (struct loop){ 0 };
	ck_assert_int_eq(mym_watch_open(&loop->watch, &options,
					sizeof(options)), 0);
}

bool loop_wake(struct loop *loop)
{
	struct mym_event event;
	int r;

	while ((r = mym_watch_next(loop->watch, &event, sizeof(event))) == 1)
		loop->events += event.kind == MYM_EVENT_PRESSURE;
	ck_assert_int_eq(r, 0);
	return ++loop->wakes == 5;
}

void loop_close(struct loop *loop)
{
	ck_assert_uint_eq(loop->wakes, 5);
	ck_assert_uint_ge(loop->events, 1);
	mym_watch_close(loop->watch);
}
