/* SPDX-License-Identifier: MIT */
/*
 * client SYSROOT [LATER] - a program that was built with some version of the
 * header, and meets some version of the library: prints the numbers of each struct
 * that comes back.  LATER is the last option of a watch.
 */
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mymem.h>

#define FILL 0xa5

/* A struct, and what nobody may write to. */
#define GUARDED(type)                     \
	union {                           \
		struct type s;            \
		int64_t numbers[512 + 8]; \
	}

static int failed;

static void show(const char *name, const void *guarded, size_t size,
		 size_t room)
{
	const unsigned char *bytes = guarded;
	int64_t number;

	printf("%s", name);
	for (size_t i = 0; i < size; i += sizeof(number)) {
		memcpy(&number, bytes + i, sizeof(number));
		printf(" %" PRId64, number);
	}
	printf("\n");
	for (size_t i = size; i < room; i++) {
		if (bytes[i] != FILL) {
			printf("%s: byte %zu of %zu was written\n", name, i,
			       size);
			failed = 1;
			return;
		}
	}
}

static void snapshot(const char *sysroot)
{
	GUARDED(mym_snapshot) all;
	GUARDED(mym_constraint) one;
	struct mym_ctx *ctx;

	memset(&all, FILL, sizeof(all));
	if (mym_open(&ctx, sysroot, 0) < 0 ||
	    mym_snapshot(ctx, MYM_WANT_ALL, &all.s, sizeof(all.s)) < 0) {
		failed = 1;
		return;
	}
	all.s.time = 0;
	show("snapshot", &all, sizeof(all.s), sizeof(all));
	for (unsigned int i = 0; i < all.s.constraints; i++) {
		memset(&one, FILL, sizeof(one));
		if (mym_constraint(ctx, i, &one.s, sizeof(one.s)) < 0)
			failed = 1;
		show("constraint", &one, sizeof(one.s), sizeof(one));
	}
	mym_close(ctx);
}

/* The headroom is always less than this, so that the first look is an event. */
static void watch(const char *later)
{
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.headroom_share_low = 10000,
		.headroom_share_medium = 1,
		.headroom_share_critical = 1,
		.headroom_bytes_low = INT64_MAX,
		.headroom_bytes_medium = 1,
		.headroom_bytes_critical = 1,
	};
	GUARDED(mym_watch_options) wishes;
	GUARDED(mym_event) event;
	struct mym_watch *watch;
	struct pollfd ready = { .events = POLLIN };
	int r;

	/* Behind them are numbers that no option may be. */
	memset(&wishes, FILL, sizeof(wishes));
	wishes.s = options;
	if (later)
		wishes.numbers[sizeof(options) / 8 - 1] = atoll(later);
	r = mym_watch_open(&watch, &wishes.s, sizeof(wishes.s));
	printf("watch %d\n", r);
	if (r < 0)
		return;
	ready.fd = mym_watch_fd(watch);
	memset(&event, FILL, sizeof(event));
	if (poll(&ready, 1, 60000) != 1 ||
	    mym_watch_next(watch, &event.s, sizeof(event.s)) != 1 ||
	    event.s.kind != MYM_EVENT_PRESSURE || event.s.time <= 0 ||
	    event.s.available <= 0 || event.s.limit < event.s.available)
		failed = 1;
	/* What this machine has is another number each time. */
	event.s.time = event.s.limit = event.s.available = 0;
	event.s.psi_some = event.s.psi_full = 0;
	event.s.valid = event.s.sources = 0;
	event.s.constraint = event.s.constraint_kind = 0;
	show("event", &event, sizeof(event.s), sizeof(event));
	mym_watch_close(watch);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	snapshot(argv[1]);
	watch(argc > 2 ? argv[2] : NULL);
	return failed;
}
