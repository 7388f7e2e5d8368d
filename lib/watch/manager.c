/* SPDX-License-Identifier: MIT */
/*
 * systemd's memory pressure protocol (https://systemd.io/PRESSURE/): the
 * environment names the file to poll, and what to write to it first.  A PSI
 * file raises POLLPRI, a fifo or a socket is readable.  /dev/null, or an empty
 * name, asks not to react to stalls.
 */
#include <errno.h>
#include <string.h>

#include "../answer/findings.h"
#include "../base/file.h"
#include "../base/parse.h"
#include "../base/saturate.h"
#include "../base/sys.h"
#include "../base/text.h"
#include "../read/psi.h"
#include "base64.h"
#include "growth.h"
#include "manager.h"
#include "poll.h"
#include "sources.h"
#include "watch.h"

/* "some 200000 2000000": stalled microseconds, and the window that they are
 * in.  What is no number stays 0, and no threshold. */
static void understand(struct mym__manager *m, struct mym__text trigger)
{
	struct mym__text kind = mym__parse_word(&trigger);
	int64_t stall = 0, window = 0;

	m->full = mym__text_is(kind, "full");
	if (!m->full && !mym__text_is(kind, "some"))
		return;
	mym__parse_number(mym__parse_word(&trigger), &stall);
	mym__parse_number(mym__parse_word(&trigger), &window);
	if (window < 1000 || window > 10000000 || stall > window)
		return;
	m->threshold = stall * 10000 / window;
	m->stalls.window = window * 1000;
}

/* Up to the NUL, which belongs to a trigger, or to the end. */
static struct mym__text text_of(const char *bytes, size_t size)
{
	return (struct mym__text){ bytes, strnlen(bytes, size) };
}

/* Called before the trigger is written, too, because a new one may fire for
 * stalls from before it.  False: that is no PSI file. */
static bool note_totals(struct mym_watch *watch, int64_t now,
			struct mym__psi *window)
{
	struct mym__manager *m = &watch->manager;
	struct mym__psi psi;

	*window = (struct mym__psi){ 0 };
	if (mym__psi_read(m->file.fd, watch->ctx.buffer,
			  sizeof(watch->ctx.buffer), MYM_SCOPE_CGROUP,
			  &psi) != 0 || psi.total[0] < 0)
		return false;
	mym__stalls_note(&m->stalls, now, &psi, window);
	return true;
}

void mym__manager_arm(struct mym_watch *watch)
{
	const char *path = mym__poll_environment("MEMORY_PRESSURE_WATCH");
	const char *base64 = mym__poll_environment("MEMORY_PRESSURE_WRITE");
	struct mym__manager *m = &watch->manager;
	struct mym__psi window;
	char bytes[1024];
	int size = 0, r;

	if (!path)
		return;
	m->off = *path == '\0';
	if (base64)
		size = mym__base64((struct mym__text){ base64, strlen(base64) },
				   bytes, sizeof(bytes));
	/* This is another protocol. */
	if (*path != '/' || size < 0)
		return;
	r = mym__poll_named(&m->file, path, size > 0, &m->what);
	m->off = r == 0 && m->what == MYM__NAMED_NOTHING;
	if (r < 0 || m->off)
		return;
	if (m->what == MYM__NAMED_PSI) {
		understand(m, text_of(bytes, (size_t)size));
		if (!note_totals(watch, mym__watch_now(watch), &window))
			r = -EBADMSG;
	}
	if (r == 0 && size > 0)
		r = mym__poll_write(m->file.fd, bytes, (size_t)size);
	if (r == 0)
		r = mym__poll_add(&watch->set, &m->file, MYM__WAKE_MANAGER,
				  m->what == MYM__NAMED_PSI);
	if (r < 0)
		mym__file_forget(&m->file, 1);
}

void mym__manager_call(struct mym_watch *watch, int64_t now, bool gone)
{
	struct mym__manager *m = &watch->manager;

	if (m->what == MYM__NAMED_PIPE) {
		int r = mym__poll_drain(m->file.fd, watch->ctx.buffer,
					sizeof(watch->ctx.buffer));

		gone = gone || r < 0;
		if (r == 0)
			m->called_at = now;
	} else if (!gone && m->threshold == 0) {
		m->called_at = now;
	}
	if (gone)
		mym__poll_drop(&watch->set, &m->file, false);
}

/*
 * A poll(2) of the watch's descriptor polls everything in the set, and the
 * kernel reports a trigger's event only once (psi_trigger_poll() in
 * kernel/sched/psi.c): the watch is woken and does not learn by what.  The
 * totals tell.
 */
bool mym__manager_called(struct mym_watch *watch, int64_t now)
{
	struct mym__manager *m = &watch->manager;
	struct mym__psi window;

	if (m->file.fd > 0 && m->threshold > 0 &&
	    note_totals(watch, now, &window) &&
	    (m->full ? window.full : window.some) >= m->threshold)
		m->called_at = now;
	return m->called_at > 0 &&
	       mym__subtract(now, m->called_at) <= watch->settings.event_window;
}
