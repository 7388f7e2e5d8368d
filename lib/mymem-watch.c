/* SPDX-License-Identifier: MIT */
/* The border of the watch: apart from mymem.c, so that a program that is linked
 * statically, and has no watch, does not get one. */
#include <errno.h>

#include "base/entry.h"
#include "base/error.h"
#include "border.h"
#include "watch/settings.h"
#include "watch/watch.h"

/* Options that this library does not know must be 0. */
static int take_options(struct mym_watch_options *options, const void *from,
			size_t size)
{
	const char *bytes = from;

	*options = (struct mym_watch_options){ 0 };
	if (!from)
		return size == 0 ? 0 : -EINVAL;
	if (!mym__size_ok(size))
		return -EINVAL;
	for (size_t i = sizeof(*options); i < size; i++) {
		if (bytes[i] != 0)
			return -EINVAL;
	}
	memcpy(options, from, size < sizeof(*options) ? size :
							sizeof(*options));
	return 0;
}

int mym_watch_open(struct mym_watch **out,
		   const struct mym_watch_options *options, size_t size)
{
	struct mym__entry entry;
	struct mym_watch_options wishes;
	struct mym__settings settings;
	struct mym_watch *watch;
	int r;

	if (!out || take_options(&wishes, options, size) < 0 ||
	    mym__settings_take(&wishes, &settings) < 0)
		return -EINVAL;
	entry = mym__enter();
	r = mym__watch_open(&watch, &settings);
	mym__leave(entry);
	if (r < 0)
		return mym__error_public(r);
	*out = watch;
	return 0;
}

int mym_watch_fd(const struct mym_watch *watch)
{
	return watch ? watch->set.fd : -EINVAL;
}

uint64_t mym_watch_sources(const struct mym_watch *watch)
{
	return watch ? watch->sources : 0;
}

int mym_watch_next(struct mym_watch *watch, struct mym_event *out, size_t size)
{
	struct mym__entry entry;
	struct mym_event event;
	int r;

	if (!watch || !out || !mym__size_ok(size))
		return -EINVAL;
	entry = mym__enter();
	r = mym__watch_next(watch, &event);
	mym__leave(entry);
	if (r < 0)
		return mym__error_public(r);
	if (r == 1)
		mym__give(out, size, &event, sizeof(event));
	return r;
}

struct mym_watch *mym_watch_close(struct mym_watch *watch)
{
	struct mym__entry entry = mym__enter();

	if (watch)
		mym__watch_close(watch);
	mym__leave(entry);
	return NULL;
}
