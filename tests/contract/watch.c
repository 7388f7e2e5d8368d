/* SPDX-License-Identifier: MIT */
/*
 * A watch as an argument, a descriptor and a thing that can go wrong.  What it
 * tells is in tests/live.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "descriptors.h"
#include "kill.h"
#include "libc.h"
#include "mymem.h"
#include "suite.h"
#include "watch/poll.h"
#include "watch/sources.h"
#include "watch/watch.h"
#include "wrap.h"

#define FILL 0xa5

static struct mym_watch *opened(void)
{
	struct mym_watch *watch = NULL;

	ck_assert_int_eq(mym_watch_open(&watch, NULL, 0), 0);
	ck_assert_ptr_nonnull(watch);
	return watch;
}

/* Takes what there is; the last result. */
static int drain(struct mym_watch *watch)
{
	struct mym_event event;
	int r;

	while ((r = mym_watch_next(watch, &event, sizeof(event))) == 1)
		;
	return r;
}

static bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1 && p.revents == POLLIN;
}

/* --- arguments ------------------------------------------------------------- */

START_TEST(bad_arguments)
{
	struct mym_watch *const pattern = (struct mym_watch *)0xa5a5;
	struct mym_watch *watch = pattern;
	struct mym_watch_options o = { 0 };
	struct mym_event event;
	static const struct {
		size_t at;
		int64_t value;
	} bad[] = {
#define AT(member) offsetof(struct mym_watch_options, member)
		{ AT(flags), 4 },
		{ AT(flags), INT64_MIN },
		{ AT(rules), 1 << 5 },
		{ AT(headroom_share_low), -1 },
		{ AT(headroom_share_low), 10001 },
		{ AT(headroom_share_critical), 10001 },
		{ AT(headroom_bytes_medium), -1 },
		{ AT(psi_low), 10001 },
		{ AT(psi_critical), INT64_MIN },
		{ AT(growth_low), -1 },
		{ AT(margin), 10001 },
		{ AT(margin), -1 },
		{ AT(cooldown), -1 },
		{ AT(hold_off), -1 },
		{ AT(event_window), -1 },
		{ AT(interval_min), -1 },
		{ AT(interval_max), -1 },
	};

	ck_assert_int_eq(mym_watch_open(NULL, NULL, 0), -EINVAL);
	ck_assert_int_eq(mym_watch_open(&watch, NULL, 8), -EINVAL);
	for (size_t size = 0; size < 8; size++)
		ck_assert_int_eq(mym_watch_open(&watch, &o, size), -EINVAL);
	ck_assert_int_eq(mym_watch_open(&watch, &o, sizeof(o) - 1), -EINVAL);
	ck_assert_int_eq(mym_watch_open(&watch, &o, 4104), -EINVAL);
	for (size_t i = 0; i < MYM__COUNT(bad); i++) {
		o = (struct mym_watch_options){ 0 };
		memcpy((char *)&o + bad[i].at, &bad[i].value,
		       sizeof(bad[i].value));
		ck_assert_msg(mym_watch_open(&watch, &o, sizeof(o)) == -EINVAL,
			      "%zu at %zu", i, bad[i].at);
	}
	o = (struct mym_watch_options){
		.interval_min = 2000000, .interval_max = 1000000,
	};
	ck_assert_int_eq(mym_watch_open(&watch, &o, sizeof(o)), -EINVAL);
	ck_assert_ptr_eq(watch, pattern);

	ck_assert_int_eq(mym_watch_fd(NULL), -EINVAL);
	ck_assert_uint_eq(mym_watch_sources(NULL), 0);
	ck_assert_int_eq(mym_watch_next(NULL, &event, sizeof(event)), -EINVAL);
	ck_assert_ptr_null(mym_watch_close(NULL));
	watch = opened();
	ck_assert_int_eq(mym_watch_next(watch, NULL, sizeof(event)), -EINVAL);
	ck_assert_int_eq(mym_watch_next(watch, &event, 0), -EINVAL);
	ck_assert_int_eq(mym_watch_next(watch, &event, 12), -EINVAL);
	ck_assert_int_eq(mym_watch_next(watch, &event, 4104), -EINVAL);
	ck_assert_ptr_null(mym_watch_close(watch));
}
END_TEST

/* An older program's options are a front of ours, a newer one's may have more,
 * but may not ask for it. */
START_TEST(options_grow)
{
	struct {
		struct mym_watch_options options;
		uint64_t more[4];
	} longer = { .options = { .headroom_share_low = 3000 } };
	struct mym_watch *watch;

	for (size_t size = 8; size <= sizeof(longer); size += 8) {
		ck_assert_int_eq(mym_watch_open(&watch, &longer.options, size),
				 0);
		mym_watch_close(watch);
	}
	longer.more[3] = 1;
	ck_assert_int_eq(mym_watch_open(&watch, &longer.options,
					sizeof(longer)), -EINVAL);
	ck_assert_int_eq(mym_watch_open(&watch, &longer.options,
					sizeof(longer) - 8), 0);
	mym_watch_close(watch);
	/* One of the intervals alone moves the other's default. */
	longer.options = (struct mym_watch_options){
		.interval_min = INT64_C(60000000000),
	};
	ck_assert_int_eq(mym_watch_open(&watch, &longer.options,
					sizeof(longer.options)), 0);
	mym_watch_close(watch);
	longer.options = (struct mym_watch_options){ .interval_max = 1000000 };
	ck_assert_int_eq(mym_watch_open(&watch, &longer.options,
					sizeof(longer.options)), 0);
	mym_watch_close(watch);
}
END_TEST

/* What the manual says of those that are 0. */
START_TEST(defaults)
{
	const int64_t second = 1000000000;
	struct mym_watch *watch = opened();
	const struct mym__settings *s = &watch->settings;

	ck_assert_int_eq(s->cooldown, 10 * second);
	ck_assert_int_eq(s->hold_off, 2 * second);
	ck_assert_int_eq(s->event_window, 10 * second);
	ck_assert_int_eq(s->interval_min, second / 20);
	ck_assert_int_eq(s->interval_max, second);
	mym_watch_close(watch);
}
END_TEST

/* All of the limit as threshold: there is pressure, wherever this runs. */
static struct mym_watch *pressed(void)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.headroom_share_low = 10000,
		.headroom_bytes_low = INT64_MAX,
	};
	struct mym_watch *watch;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	return watch;
}

START_TEST(event_sizes)
{
	for (size_t size = 8; size <= sizeof(struct mym_event) + 32; size += 8) {
		struct mym_watch *watch = pressed();
		unsigned char bytes[sizeof(struct mym_event) + 64];
		uint64_t kind;

		memset(bytes, FILL, sizeof(bytes));
		errno = 4711;
		ck_assert_int_eq(mym_watch_next(watch, (void *)bytes, size), 1);
		ck_assert_int_eq(errno, 4711);
		memcpy(&kind, bytes, sizeof(kind));
		ck_assert_uint_eq(kind, MYM_EVENT_PRESSURE);
		for (size_t i = sizeof(struct mym_event); i < size; i++)
			ck_assert_uint_eq(bytes[i], 0);
		for (size_t i = size; i < sizeof(bytes); i++)
			ck_assert_uint_eq(bytes[i], FILL);
		/* None: nothing is written. */
		memset(bytes, FILL, sizeof(bytes));
		ck_assert_int_eq(mym_watch_next(watch, (void *)bytes, size), 0);
		for (size_t i = 0; i < sizeof(bytes); i++)
			ck_assert_uint_eq(bytes[i], FILL);
		mym_watch_close(watch);
	}
}
END_TEST

/* What there is at the beginning is told. */
START_TEST(first_event)
{
	struct mym_watch *watch = pressed();
	struct mym_event e;
	struct mym_ctx *ctx;
	struct mym_snapshot s;

	ck_assert_int_eq(mym_open(&ctx, NULL, 0), 0);
	ck_assert_int_eq(mym_snapshot(ctx, MYM_WANT_ALL, &s, sizeof(s)), 0);
	ck_assert(readable(mym_watch_fd(watch), 5000));
	ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 1);
	ck_assert_int_ge(e.level, MYM_PRESSURE_LOW);
	ck_assert_int_eq(e.old_level, MYM_PRESSURE_NONE);
	ck_assert_uint_eq(e.cause, MYM_PRESSURE_BY_HEADROOM);
	ck_assert_uint_eq(e.valid & (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE),
			  MYM_WANT_LIMIT | MYM_WANT_AVAILABLE);
	ck_assert_int_eq(e.limit, s.limit);
	ck_assert_int_eq(e.old_limit, s.limit);
	ck_assert_uint_eq(e.constraint, s.limit_by);
	ck_assert_int_le(e.available, e.limit);
	ck_assert_int_gt(e.time, 0);
	ck_assert_int_le(e.time, s.time);
	ck_assert_uint_eq(e.sources, mym_watch_sources(watch));
	ck_assert_uint_ne(e.sources & MYM_SOURCE_HEADROOM, 0);
	ck_assert_uint_eq(e.sources & MYM_SOURCE_PSI, 0);
	ck_assert_uint_eq(e.lost, 0);
	ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 0);
	mym_watch_close(watch);
	mym_close(ctx);
}
END_TEST

/* --- the descriptor --------------------------------------------------------- */

START_TEST(descriptors)
{
	unsigned int before = open_descriptors(), low = 0;
	struct mym_watch *watch = opened();
	int fds[DESCRIPTORS_MAX];
	unsigned int count = high_descriptors(fds);

	ck_assert_uint_eq(open_descriptors(), before + count);
	ck_assert_uint_le(count, 100);
	ck_assert_int_ge(mym_watch_fd(watch), 64);
	for (unsigned int i = 0; i < count; i++)
		low += fds[i] == mym_watch_fd(watch);
	ck_assert_uint_eq(low, 1);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(drain(watch), 0);
	ck_assert_uint_eq(high_descriptors(fds), count);
	mym_watch_close(watch);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* By whatever waits: the timer comes through. */
START_TEST(loops)
{
	/* Stalls of the machine would wake it up, too. */
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.interval_max = 250000000,
	};
	struct epoll_event event = { .events = EPOLLIN }, got;
	struct timeval patience = { .tv_sec = 10 };
	int inner = epoll_create1(EPOLL_CLOEXEC);
	int outer = epoll_create1(EPOLL_CLOEXEC), fd;
	struct mym_watch *watch;
	fd_set set;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	fd = mym_watch_fd(watch);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(drain(watch), 0);
		ck_assert(!readable(fd, 0));
		ck_assert(readable(fd, 10000));
		/* Looked at, and not yet asked: it stays. */
		ck_assert(readable(fd, 0));
		ck_assert_int_eq(drain(watch), 0);
		FD_ZERO(&set);
		FD_SET(fd, &set);
		ck_assert_int_eq(select(fd + 1, &set, NULL, NULL, &patience),
				 1);
	}
	ck_assert_int_eq(epoll_ctl(inner, EPOLL_CTL_ADD, fd, &event), 0);
	ck_assert_int_eq(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(drain(watch), 0);
		ck_assert_int_eq(epoll_wait(outer, &got, 1, 10000), 1);
		ck_assert_int_eq(epoll_wait(inner, &got, 1, 0), 1);
	}
	/* By edges, who asks until there is nothing. */
	event.events = EPOLLIN | EPOLLET;
	ck_assert_int_eq(epoll_ctl(inner, EPOLL_CTL_MOD, fd, &event), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(epoll_wait(inner, &got, 1, 10000), 1);
		ck_assert_int_eq(drain(watch), 0);
	}
	close(inner);
	close(outer);
	mym_watch_close(watch);
}
END_TEST

/* While an event is left the descriptor stays readable, also if only one is
 * taken at a time. */
START_TEST(stays_readable)
{
	struct mym_watch *watch = pressed();
	struct mym_event e;

	for (int i = 0; i < 3; i++)
		ck_assert(readable(mym_watch_fd(watch), 1000));
	ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 1);
	mym_watch_close(watch);
}
END_TEST

/* Nothing is left, and nothing is to be looked at for an hour. */
START_TEST(sleeps)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM,
		.interval_min = INT64_C(3600000000000),
	};
	struct mym_watch *watch;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	/* What an earlier call of the program left there. */
	errno = EINTR;
	ck_assert_int_eq(drain(watch), 0);
	errno = EINTR;
	ck_assert_int_eq(drain(watch), 0);
	ck_assert(!readable(mym_watch_fd(watch), 100));
	mym_watch_close(watch);
}
END_TEST

/* How many descriptors are of a file. */
static unsigned int open_files(const char *file)
{
	int fds[DESCRIPTORS_MAX];
	unsigned int found = 0, count = high_descriptors(fds);

	for (unsigned int i = 0; i < count; i++) {
		char link[64], name[4096];
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fds[i]);
		length = readlink(link, name, sizeof(name) - 1);
		name[length > 0 ? length : 0] = '\0';
		found += strcmp(name, file) == 0;
	}
	return found;
}

/* Whose stalls wake it up is told. */
START_TEST(whose_trigger)
{
	const uint64_t both = MYM_SOURCE_GROUP_TRIGGER | MYM_SOURCE_HOST_TRIGGER;
	struct mym_watch *watch = opened();
	int scope = watch->trigger_scope;

	watch->trigger_scope = MYM_SCOPE_CGROUP;
	ck_assert_uint_eq(mym__sources_armed(watch) & both,
			  MYM_SOURCE_GROUP_TRIGGER);
	watch->trigger_scope = MYM_SCOPE_HOST;
	ck_assert_uint_eq(mym__sources_armed(watch) & both,
			  MYM_SOURCE_HOST_TRIGGER);
	watch->trigger_scope = 0;
	ck_assert_uint_eq(mym__sources_armed(watch) & both, 0);
	watch->trigger_scope = scope;
	mym_watch_close(watch);
}
END_TEST

/* What could not be armed is tried again after a while, and the rest stays. */
START_TEST(armed_again)
{
	const struct mym_watch_options options = {
		.interval_min = 1000000, .interval_max = 1000000,
	};
	struct mym_watch *watch;
	unsigned int count;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	ck_assert_int_eq(drain(watch), 0);
	ck_assert_uint_eq(open_files("/proc/vmstat"), 1);
	count = open_descriptors();
	for (int i = 0; i < 3; i++) {
		watch->retry = 0;
		/* Where nothing has changed a look may be a glance. */
		for (int looks = 0; watch->retry == 0; looks++) {
			ck_assert_int_lt(looks, 2000);
			ck_assert(readable(mym_watch_fd(watch), 10000));
			ck_assert_int_eq(drain(watch), 0);
		}
		ck_assert_uint_eq(open_descriptors(), count);
	}
	mym_watch_close(watch);
}
END_TEST

/* Looked away for a while, it is not asleep. */
START_TEST(asked_late)
{
	const struct mym_watch_options options = {
		.interval_min = 1000000, .interval_max = 1000000,
	};
	struct mym_watch *watch;
	double begin = seconds();

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	usleep(20000);
	for (int i = 0; i < 5; i++) {
		ck_assert(readable(mym_watch_fd(watch), 10000));
		ck_assert_int_eq(drain(watch), 0);
	}
	ck_assert(seconds() - begin < 10);
	mym_watch_close(watch);
}
END_TEST

static void look_after(struct mym_watch *watch, useconds_t us)
{
	usleep(us);
	ck_assert_int_eq(mym__poll_arm(&watch->timer, 1), 0);
	ck_assert(readable(mym_watch_fd(watch), 10000));
	ck_assert_int_eq(drain(watch), 0);
}

/* What a glance has found out counts at the next look. */
START_TEST(glanced_at)
{
	/* Stalls and events of others would call for a look. */
	const struct mym_watch_options options = {
		.flags = MYM_WATCH_NO_MANAGER,
		.rules = MYM_PRESSURE_BY_HEADROOM,
	};
	struct mym_watch *watch;
	int64_t looked;

	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	look_after(watch, 1000);
	looked = watch->growth[0].time;
	look_after(watch, 30000);
	ck_assert(!watch->calm || watch->glanced_at > looked);
	ck_assert(!watch->calm || watch->growth[0].time == looked);
	watch->ctx.known_at = 0;
	look_after(watch, 30000);
	ck_assert_int_gt(watch->growth[0].time, looked);
	ck_assert(!watch->calm || watch->growth[0].at[1].time == watch->glanced_at);
	mym_watch_close(watch);
}
END_TEST

/* What the program did before is not charged to the watch. */
START_TEST(opened_by_the_busy)
{
	const struct mym_watch_options options = { .interval_max = 50000000 };
	struct mym_watch *watch;
	struct timespec cpu;

	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	while (cpu.tv_sec == 0 && cpu.tv_nsec < 500000000);
	ck_assert_int_eq(mym_watch_open(&watch, &options, sizeof(options)), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert(readable(mym_watch_fd(watch), 20000));
		ck_assert_int_eq(drain(watch), 0);
	}
	mym_watch_close(watch);
}
END_TEST

/* --- fork ------------------------------------------------------------------- */

START_TEST(forked)
{
	struct mym_watch *watch = pressed();
	struct mym_event e;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct mym_watch *own;

		if (mym_watch_next(watch, &e, sizeof(e)) != -ECHILD)
			_exit(1);
		mym_watch_close(watch);
		if (mym_watch_open(&own, NULL, 0) < 0 || drain(own) != 0)
			_exit(2);
		mym_watch_close(own);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* The parent's goes on: the event, and the timer after it. */
	ck_assert(readable(mym_watch_fd(watch), 1000));
	ck_assert_int_eq(mym_watch_next(watch, &e, sizeof(e)), 1);
	ck_assert_int_eq(drain(watch), 0);
	ck_assert(readable(mym_watch_fd(watch), 10000));
	ck_assert_int_eq(drain(watch), 0);
	mym_watch_close(watch);
}
END_TEST

/* A child that lives on with all descriptors keeps nothing in the set. */
START_TEST(forked_and_rearmed)
{
	struct mym_watch *watch = opened();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	mym_watch_close(watch);
	watch = opened();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(drain(watch), 0);
	mym_watch_close(watch);
	kill_one(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

/* --- descriptors that the program closes ------------------------------------ */

START_TEST(all_closed)
{
	struct mym_watch *watch = opened();

	ck_assert_int_eq(close_range(64, ~0U, 0), 0);
	ck_assert_int_eq(drain(watch), -EIO);
	ck_assert_int_eq(drain(watch), -EIO);
	mym_watch_close(watch);
	watch = opened();
	ck_assert_int_eq(drain(watch), 0);
	mym_watch_close(watch);
}
END_TEST

static bool is_armed(int timer)
{
	struct itimerspec when;

	return timerfd_gettime(timer, &when) == 0 &&
	       (when.it_value.tv_sec || when.it_value.tv_nsec);
}

/* All numbers are others' by now, which look alike to fstat(2): they are
 * neither changed nor closed. */
START_TEST(all_reused)
{
	struct mym_watch *watch = opened();
	struct epoll_event event = { .events = EPOLLIN };
	int fds[DESCRIPTORS_MAX], pipes[2];
	unsigned int count = high_descriptors(fds);

	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(close_range(64, ~0U, 0), 0);
	for (unsigned int i = 0; i < count; i++) {
		int fd = i % 3 == 0 ? epoll_create1(EPOLL_CLOEXEC) :
			 i % 3 == 1 ? timerfd_create(CLOCK_MONOTONIC, 0) :
				      eventfd(1, EFD_NONBLOCK);

		if (i % 3 == 0)
			ck_assert_int_eq(epoll_ctl(fd, EPOLL_CTL_ADD, pipes[1],
						   &event), 0);
		ck_assert_int_eq(dup2(fd, fds[i]), fds[i]);
		close(fd);
	}
	for (int i = 0; i < 3; i++)
		ck_assert_int_le(drain(watch), 0);
	usleep(1100000);
	ck_assert_int_eq(drain(watch), -EIO);
	mym_watch_close(watch);
	for (unsigned int i = 0; i < count; i++) {
		uint64_t value;

		ck_assert_int_ge(fcntl(fds[i], F_GETFD), 0);
		if (i % 3 == 1)
			ck_assert(!is_armed(fds[i]));
		if (i % 3 == 2)
			ck_assert_int_eq(read(fds[i], &value, sizeof(value)),
					 sizeof(value));
	}
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

/* One at a time: it goes on without, or says that it cannot; and closes nothing
 * of others. */
START_TEST(one_reused)
{
	struct mym_watch *watch = opened();
	int fds[DESCRIPTORS_MAX], stranger = eventfd(1, EFD_NONBLOCK);
	unsigned int count = high_descriptors(fds);

	mym_watch_close(watch);
	for (unsigned int i = 0; i < count; i++) {
		int r;

		watch = opened();
		ck_assert_int_eq(dup2(stranger, fds[i]), fds[i]);
		usleep(1000);
		r = drain(watch);
		ck_assert(r == 0 || r == -EIO);
		mym_watch_close(watch);
		ck_assert_int_ge(fcntl(fds[i], F_GETFD), 0);
		close(fds[i]);
	}
	close(stranger);
}
END_TEST

/* --- faults ----------------------------------------------------------------- */

static bool in_closed_set(int r)
{
	return r == -ENODATA || r == -ENOMEM || r == -EMFILE || r == -ENFILE ||
	       r == -EIO;
}

static unsigned int complaints;

static void complain(const char *what)
{
	if (complaints++ < 30)
		printf("# %s %u with %s%s, %s: %s\n", site_names[wrap.site],
		       wrap.n, errno_name(wrap.error),
		       wrap.persistent ? " for ever" : "", wrap.at, what);
	fflush(stdout);
}

/* Opens, asks three times, closes; what fails is told to complain(). */
static void live_through(void)
{
	const struct mym_watch_options options = {
		.interval_min = 1, .interval_max = 1,
	};
	struct mym_watch *watch = (struct mym_watch *)0xa5a5;
	struct mym_event e;
	int r;

	errno = 4711;
	wrap_start();
	r = mym_watch_open(&watch, &options, sizeof(options));
	if (r < 0 && !in_closed_set(r))
		complain("mym_watch_open's error is not of the set");
	if (r < 0 && watch != (struct mym_watch *)0xa5a5)
		complain("a failed mym_watch_open has written");
	for (int i = 0; r == 0 && i < 3; i++) {
		struct timespec moment = { 0, 300000 };
		int next;

		while ((next = mym_watch_next(watch, &e, sizeof(e))) == 1)
			if (e.kind == MYM_EVENT_PRESSURE &&
			    (e.cause & ~(MYM_PRESSURE_BY_HEADROOM |
					 MYM_PRESSURE_BY_PSI |
					 MYM_PRESSURE_BY_GROWTH)))
				complain("an event that nobody caused");
		if (next < 0 && next != -EIO)
			complain("mym_watch_next's error is not of the set");
		nanosleep(&moment, NULL);
	}
	if (errno != 4711)
		complain("errno has changed");
	if (r == 0)
		mym_watch_close(watch);
	wrap_stop();
	if (wrap_lost())
		complain(wrap_lost());
}

START_TEST(nth_fails)
{
	static const int errors[] = {
		EMFILE, EACCES, ENOENT, ENODEV, ENOSYS, EINVAL, EPERM,
	};
	unsigned int calls[SITES], before;

	/* What is kept for the simple calls stays. */
	mym_pressure();
	wrap.n = 0;
	live_through();
	memcpy(calls, wrap.calls, sizeof(calls));
	ck_assert_uint_eq(complaints, 0);
	ck_assert_uint_ge(calls[SITE_MAKE], 2);
	ck_assert_uint_ge(calls[SITE_TELL], 4);
	ck_assert_uint_ge(calls[SITE_WAIT], 1);
	before = open_descriptors();
	for (int site = 0; site < SITES; site++) {
		/* A descriptor that cannot be looked at is not closed. */
		if (site == SITE_STAT)
			continue;
		wrap.site = (enum site)site;
		for (size_t i = 0; i < MYM__COUNT(errors); i++) {
			/* epoll_ctl() says so that it is not ours. */
			if (site == SITE_TELL &&
			    (errors[i] == ENOENT || errors[i] == EINVAL ||
			     errors[i] == EPERM))
				continue;
			wrap.error = site == SITE_MEMORY ? ENOMEM : errors[i];
			for (int persistent = 0; persistent < 2; persistent++) {
				wrap.persistent = persistent;
				for (wrap.n = 1; wrap.n <= calls[site] + 2;
				     wrap.n += 1 + wrap.n / 4)
					live_through();
			}
		}
	}
	wrap.n = 0;
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert_uint_eq(complaints, 0);
}
END_TEST

/* The caller's arguments were right, and there are descriptors enough. */
START_TEST(errors_say_what_is_so)
{
	static const struct {
		enum site site;
		int error, result;
	} rows[] = {
		{ SITE_STAT, EPERM, -EIO },
		{ SITE_STAT, ENOSYS, -EIO },
		{ SITE_MAKE, EINVAL, -EIO },
		{ SITE_MAKE, EPERM, -EIO },
		{ SITE_MAKE, ENFILE, -ENFILE },
		{ SITE_MAKE, ENOMEM, -ENOMEM },
		{ SITE_TELL, EINVAL, -EIO },
		{ SITE_TELL, ENOSPC, -EIO },
		{ SITE_FCNTL, EMFILE, -EMFILE },
		/* RLIMIT_NOFILE is below the numbers that are kept. */
		{ SITE_FCNTL, EINVAL, -EMFILE },
	};

	for (size_t i = 0; i < MYM__COUNT(rows); i++) {
		struct mym_watch *watch = NULL;
		int r;

		wrap.site = rows[i].site;
		wrap.error = rows[i].error;
		wrap.n = 1;
		wrap.persistent = true;
		wrap_start();
		r = mym_watch_open(&watch, NULL, 0);
		wrap_stop();
		wrap.n = 0;
		ck_assert_msg(r == rows[i].result, "%s with %s: %d",
			      site_names[rows[i].site],
			      errno_name(rows[i].error), r);
	}
}
END_TEST

/* What is optional and cannot be had is not there, and the rest is. */
static uint64_t sources_without(enum site site, unsigned int n, int error,
				bool persistent)
{
	struct mym_watch *watch = NULL;
	uint64_t sources;
	int r;

	wrap.site = site;
	wrap.n = n;
	wrap.error = error;
	wrap.persistent = persistent;
	wrap_start();
	r = mym_watch_open(&watch, NULL, 0);
	wrap_stop();
	wrap.n = 0;
	ck_assert_int_eq(r, 0);
	sources = mym_watch_sources(watch);
	ck_assert_int_eq(drain(watch), 0);
	mym_watch_close(watch);
	return sources;
}

START_TEST(without)
{
	struct mym_watch *watch = opened();
	uint64_t all = mym_watch_sources(watch), some;

	mym_watch_close(watch);
	ck_assert_uint_ne(all & MYM_SOURCE_HEADROOM, 0);
	/* No inotify: the third that is made. */
	some = sources_without(SITE_MAKE, 3, EMFILE, false);
	ck_assert_uint_eq(some, all & ~MYM_SOURCE_LIMIT_WRITES);
	/* No epoll, no timer: no watch. */
	for (unsigned int n = 1; n <= 2; n++) {
		wrap.n = n;
		wrap_start();
		ck_assert_int_eq(mym_watch_open(&watch, NULL, 0), -EMFILE);
		wrap_stop();
	}
	/* Triggers, by write or by opening for it. */
	if (all & (MYM_SOURCE_GROUP_TRIGGER | MYM_SOURCE_HOST_TRIGGER)) {
		some = all & ~(MYM_SOURCE_GROUP_TRIGGER |
			       MYM_SOURCE_HOST_TRIGGER);
		wrap.no_triggers = EACCES;
		ck_assert_uint_eq(sources_without(SITE_LOAD, 0, 0, false),
				  some);
		wrap.no_triggers = EOPNOTSUPP;
		ck_assert_uint_eq(sources_without(SITE_LOAD, 0, 0, false),
				  some);
		wrap.no_triggers = 0;
	}
}
END_TEST

/* Half of what the manager is to be told means nothing to it. */
START_TEST(told_by_half)
{
	char directory[] = "/tmp/mymem-test-XXXXXX", path[64];
	unsigned int before;
	uint64_t sources;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/fifo", directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	setenv("MEMORY_PRESSURE_WATCH", path, 1);
	setenv("MEMORY_PRESSURE_WRITE", "aGVsbG8=", 1);
	before = open_descriptors();
	ck_assert_uint_ne(sources_without(SITE_TELL, 0, 0, false) &
			  MYM_SOURCE_MANAGER, 0);
	sources = sources_without(SITE_TELL, 1, 0, true);
	ck_assert_uint_eq(sources & MYM_SOURCE_MANAGER, 0);
	ck_assert_uint_eq(open_descriptors(), before);
	unlink(path);
	rmdir(directory);
}
END_TEST

/* No descriptor is left: it fails, and later it does not. */
START_TEST(few_descriptors)
{
	struct mym_watch *watch = NULL;
	struct rlimit before, few;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (rlim_t n = 3; n < 100; n++) {
		int r;

		few = (struct rlimit){ n, before.rlim_max };
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = mym_watch_open(&watch, NULL, 0);
		ck_assert(r == 0 || r == -EMFILE);
		ck_assert_msg(r == 0 || n < 90, "%lu: %d", (unsigned long)n, r);
		if (r == 0) {
			ck_assert_uint_ne(mym_watch_sources(watch) &
					  MYM_SOURCE_HEADROOM, 0);
			ck_assert_int_eq(drain(watch), 0);
			mym_watch_close(watch);
		}
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("contract");

	tcase_add_test(tc, bad_arguments);
	tcase_add_test(tc, options_grow);
	tcase_add_test(tc, defaults);
	tcase_add_test(tc, event_sizes);
	tcase_add_test(tc, first_event);
	suite_add_tcase(s, tc);
	tc = tcase_create("descriptor");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, descriptors);
	tcase_add_test(tc, loops);
	tcase_add_test(tc, stays_readable);
	tcase_add_test(tc, sleeps);
	tcase_add_test(tc, whose_trigger);
	tcase_add_test(tc, armed_again);
	tcase_add_test(tc, asked_late);
	tcase_add_test(tc, glanced_at);
	tcase_add_test(tc, opened_by_the_busy);
	tcase_add_test(tc, forked);
	tcase_add_test(tc, forked_and_rearmed);
	tcase_add_test(tc, all_closed);
	tcase_add_test(tc, all_reused);
	tcase_add_test(tc, one_reused);
	suite_add_tcase(s, tc);
	tc = tcase_create("faults");
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, nth_fails);
	tcase_add_test(tc, errors_say_what_is_so);
	tcase_add_test(tc, without);
	tcase_add_test(tc, told_by_half);
	tcase_add_test(tc, few_descriptors);
	suite_add_tcase(s, tc);
	return s;
}
