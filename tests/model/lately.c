/* SPDX-License-Identifier: MIT */
/*
 * Of each tree first this: a pass that takes what seldom changes from the one
 * before it, and reads nothing that cannot change the answer, gives the same
 * answers.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/compiler.h"
#include "base/lines.h"
#include "base/parse.h"
#include "base/root.h"
#include "base/sys.h"
#include "base/text.h"
#include "context.h"
#include "mymem.h"
#include "show.h"
#include "snapshot.h"

#define ENOUGH 400 /* trees to tell whether such passes are made at all */
#define TURNS 6	   /* a tree is asked one of six parts; see check.py */

void __real_show(FILE *out, const char *sysroot);
void __wrap_show(FILE *out, const char *sysroot);
int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info);
bool __wrap_mym__limit_watch_quiet(const struct mym__limit_watch *watch);

/* Whether the system call is about another machine than /proc, as in lxcfs. */
static bool elsewhere;

/* The tree's machine. */
int __wrap_mym__sys_sysinfo(const struct mym__root *root,
			    struct mym__sysinfo *info)
{
	static const struct mym__name names[] = {
		MYM__NAME("MemTotal"), MYM__NAME("MemFree"),
	};
	static char buffer[MYM__LINES_SIZE];
	int64_t values[MYM__COUNT(names)];
	struct mym__keys keys = {
		.names = names,
		.count = MYM__COUNT(names),
		.kilobytes = true,
		.values = values,
	};
	int fd = mym__root_get(root, "/proc/meminfo", MYM__ROOT_FILE), r;

	if (fd < 0)
		return 1;
	r = mym__lines_keys(fd, buffer, sizeof(buffer), &keys);
	mym__root_drop(fd);
	if (r < 0 || keys.seen != 3)
		return 1;
	*info = (struct mym__sysinfo){ .total = values[0], .free = values[1] };
	if (elsewhere)
		*info = (struct mym__sysinfo){ .total = INT64_MAX, .free = INT64_MAX };
	return 0;
}

bool __wrap_mym__limit_watch_quiet(const struct mym__limit_watch *watch)
{
	(void)watch;
	return true;
}

/* Of what was asked for: more may be answered. */
static void compare(FILE *out, const char *what, uint64_t bit,
		    const struct mym_snapshot *whole, int64_t expect,
		    const struct mym_snapshot *again, int64_t value)
{
	if (bit == 0 || (!(whole->valid & bit) && !(again->valid & bit)))
		return;
	if ((whole->valid & bit) != (again->valid & bit) || expect != value)
		fprintf(out, "lately: %s %" PRId64 ", not %" PRId64 "\n", what,
			value, expect);
}

/* Whether what was read again was less. */
static bool check(FILE *out, struct mym_ctx *ctx, uint64_t before,
		  uint64_t want, bool quiet)
{
	struct mym_snapshot last, whole, again;
	bool light;
	int r;

	if (mym__snapshot(ctx, want, &whole) < 0 ||
	    mym__snapshot(ctx, before, &last) < 0)
		return false;
	/* A machine on which no limit is written. */
	ctx->limits = (struct mym__limit_watch){
		.state = quiet ? MYM__LIMITS_WATCHED : MYM__LIMITS_UNWATCHED,
		.covers = UINT64_MAX,
	};
	r = mym__snapshot_light(ctx, want, last.time, &again);
	ctx->limits.state = MYM__LIMITS_UNWATCHED;
	light = ctx->known_at == last.time;
	if (r < 0)
		fprintf(out, "lately: error %d\n", r);
	compare(out, "limit", want & MYM_WANT_LIMIT, &whole, whole.limit, &again,
		again.limit);
	compare(out, "available", want & MYM_WANT_AVAILABLE, &whole,
		whole.available, &again, again.available);
	compare(out, "pressure", want & MYM_WANT_PRESSURE, &whole,
		whole.pressure, &again, again.pressure);
	return light;
}

void __wrap_show(FILE *out, const char *sysroot)
{
	static const uint64_t wants[] = {
		MYM_WANT_LIMIT, MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
		MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_PRESSURE,
	};
	const unsigned int count = MYM__COUNT(wants);
	static unsigned int trees, light;
	struct mym_ctx *ctx;

	if (mym__context_open(&ctx, sysroot, 0) == 0) {
		/* The others are the next tree's. */
		for (unsigned int i = trees % TURNS; i < 4 * count * count;
		     i += TURNS) {
			elsewhere = i / 2 % 2;
			light += check(out, ctx, wants[i / 4 / count],
				       wants[i / 4 % count], i % 2);
		}
		mym__context_close(ctx);
	}
	if (++trees == ENOUGH && light < ENOUGH)
		exit(1);
	__real_show(out, sysroot);
}
