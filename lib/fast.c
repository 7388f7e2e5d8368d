/* SPDX-License-Identifier: MIT */
/*
 * The calls without a context: one state for the process, and answers that may
 * be a little old.
 *
 * A reader takes no lock and makes no system call.  When an answer has expired
 * one thread makes a pass, and the others keep the last answer.
 *
 * The answers are in memory that a child of fork(2) finds wiped, so that it
 * starts over.  A child that shares the memory (vfork, CLONE_VM) is not the
 * process that owns the state, and makes a pass of its own.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/entry.h"
#include "base/error.h"
#include "base/file.h"
#include "base/fork.h"
#include "base/saturate.h"
#include "context.h"
#include "fast.h"
#include "latch.h"
#include "read/limit-watch.h"
#include "seal.h"
#include "snapshot.h"

/* Refreshes may take the 100th part of one CPU's time. */
#define PART 100
#define DEFAULT_MAX_AGE_US 10000UL
/* How often a thread that needs a pass lets others run, one of which is making
 * one, before it makes one by itself: for as long as a few passes take. */
#define YIELDS 400
/* With a maximum age below this (ns), writes to the limits are watched: that
 * costs one of the few inotify instances of a user. */
#define LISTEN_BELOW 1000000

enum {
	VALUE = MYM__FAST_VALUE,
	EXPIRES_COARSE = MYM__FAST_EXPIRES_COARSE,
	EXPIRES,
	NUMBERS
};
_Static_assert(NUMBERS == MYM__LATCH_NUMBERS, "what a latch holds");
/* In the latch of the limit that holds until it is written: the descriptor of
 * the limit watch. */
enum { NOTIFY = EXPIRES };

static const int64_t nothing[NUMBERS];

static const uint64_t wants[MYM__FASTS] = {
	[MYM__FAST_LIMIT] = MYM_WANT_LIMIT,
	[MYM__FAST_AVAILABLE] = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE,
	[MYM__FAST_PRESSURE] = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE |
			       MYM_WANT_PRESSURE,
};

static unsigned long max_age_us; /* and 1; 0: the default */
static unsigned int generation; /* answers from before it are not returned */
static bool not_wiped; /* Linux < 4.14: each call makes a pass of its own */
/* Under the lock, but not wiped. */
static struct mym_ctx context;
static bool in_use, used;

/* Read without the lock, too. */
static bool is_sealed(void)
{
	return __atomic_load_n(&context.root.sealed, __ATOMIC_RELAXED);
}

static int64_t max_age(void)
{
	uint64_t us = __atomic_load_n(&max_age_us, __ATOMIC_SEQ_CST);

	us = us > 0 ? us - 1 : DEFAULT_MAX_AGE_US;
	return us < INT64_MAX / 1000 ? (int64_t)us * 1000 : INT64_MAX;
}

/* Not inline: what is refreshed takes microseconds. */
static int64_t now(clockid_t clock)
{
	return mym__fast_now(clock);
}

static void take(const struct mym__latch *latch, int64_t numbers[NUMBERS])
{
	mym__latch_take(latch, numbers, NUMBERS);
}

/* CLOCK_MONOTONIC_COARSE costs a quarter of CLOCK_MONOTONIC, and is behind it
 * by up to a tick, and by what the tick comes late.  A tick is always as long, and
 * some C libraries make a system call to ask (musl). */
static int64_t behind(void)
{
	static unsigned int late; /* 0: not asked yet */
	unsigned int ns = __atomic_load_n(&late, __ATOMIC_RELAXED);
	struct timespec tick;

	if (ns == 0) {
		if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0 ||
		    tick.tv_sec > 0)
			return INT64_MAX;
		ns = (unsigned int)(tick.tv_nsec + tick.tv_nsec / 4);
		__atomic_store_n(&late, ns, __ATOMIC_RELAXED);
	}
	return ns;
}

/* An answer that is valid for long enough expires earlier by as much as the
 * coarse clock may be behind, so that this clock is enough to tell; otherwise
 * the exact one decides in the last part of the time. */
static void publish(struct mym__latch *answer, int64_t value, int64_t from,
		    int64_t until)
{
	int64_t numbers[NUMBERS] = { [VALUE] = value, [EXPIRES] = until };
	int64_t late;

	if (until > from) {
		late = behind();
		numbers[EXPIRES_COARSE] = mym__subtract(until, late);
		if ((until - from) / 2 >= late)
			numbers[EXPIRES] = numbers[EXPIRES_COARSE];
	}
	mym__latch_put(answer, numbers);
}

static bool try_lock(struct mym__fast_state *s)
{
	unsigned int free = 0;

	return __atomic_compare_exchange_n(&s->locked, &free, 1, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* False: the thread that has the lock may be waiting for this one, in a signal
 * handler. */
static bool await_lock(struct mym__fast_state *s)
{
	for (int i = 0; i < YIELDS; i++) {
		if (try_lock(s))
			return true;
		sched_yield();
	}
	return false;
}

static bool seen_generation(const struct mym__fast_state *s)
{
	return __atomic_load_n(&s->seen_generation, __ATOMIC_SEQ_CST) ==
	       __atomic_load_n(&generation, __ATOMIC_SEQ_CST);
}

static void expire(struct mym__fast_state *s)
{
	/* A new generation is wanted at once, and what seldom changes may have
	 * changed. */
	if (!seen_generation(s)) {
		s->not_before = 0;
		memset(s->kept, 0, sizeof(s->kept));
		context.known_at = 0;
		mym__latch_put(&s->unwritten_limit, nothing);
	}
	__atomic_store_n(&s->seen_generation,
			 __atomic_load_n(&generation, __ATOMIC_SEQ_CST),
			 __ATOMIC_SEQ_CST);
	s->age = max_age();
	for (size_t i = 0; i < MYM__COUNT(s->answers); i++) {
		int64_t numbers[NUMBERS];

		take(&s->answers[i], numbers);
		/* An answer that exists can still be returned. */
		if (numbers[EXPIRES] > 0)
			publish(&s->answers[i], numbers[VALUE], 1, 1);
	}
}

/* The age may have been changed, and a new generation begun, while this thread
 * had the lock. */
static void unlock(struct mym__fast_state *s)
{
	for (;;) {
		int64_t age = s->age;

		__atomic_store_n(&s->locked, 0, __ATOMIC_SEQ_CST);
		if ((max_age() == age && seen_generation(s)) || !try_lock(s))
			return;
		expire(s);
	}
}

/* Whoever has the lock does it when giving it back.  Once, for two calls. */
__attribute__((noinline)) static void expire_now(struct mym__fast_state *s)
{
	if (try_lock(s)) {
		expire(s);
		unlock(s);
	}
}

void mym__fast_set_max_age(int64_t ns)
{
	struct mym__fast_state *s = mym__fast_state();
	int64_t us = ns / 1000;
	unsigned long age = (uint64_t)us < ~0UL ? (unsigned long)us + 1 : ~0UL;

	__atomic_store_n(&max_age_us, age, __ATOMIC_SEQ_CST);
	expire_now(s);
}

void mym__fast_expire(void)
{
	struct mym__fast_state *s = mym__fast_state();

	__atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);
	expire_now(s);
}

/* Whether the state is this process's, or could be made so; under the lock. */
static bool own(struct mym__fast_state *s)
{
	int pid = (int)getpid();

	if (s->owner != 0)
		return s->owner == pid;
	/* The first use, or the first in a child.  A context that another
	 * thread of the parent was just using cannot be used. */
	if (mym__fork_number() == 0) {
		__atomic_store_n(&not_wiped, true, __ATOMIC_RELAXED);
		return false;
	}
	context.known_at = 0;
	if (in_use) {
		bool sealed = is_sealed();

		mym__file_forget(context.files, MYM__FILES);
		mym__limit_watch_end(&context.limits);
		memset(&context, 0, sizeof(context));
		context.root.sealed = sealed;
	}
	in_use = false;
	used = true;
	s->owner = pid;
	return true;
}

static int64_t answer_of(const struct mym_snapshot *snapshot, unsigned int which)
{
	const int64_t values[MYM__FASTS] = {
		[MYM__FAST_LIMIT] = snapshot->limit,
		[MYM__FAST_AVAILABLE] = snapshot->available,
		[MYM__FAST_PRESSURE] = snapshot->pressure,
	};
	const uint64_t bits[MYM__FASTS] = {
		[MYM__FAST_LIMIT] = MYM_WANT_LIMIT,
		[MYM__FAST_AVAILABLE] = MYM_WANT_AVAILABLE,
		[MYM__FAST_PRESSURE] = MYM_WANT_PRESSURE,
	};

	return snapshot->valid & bits[which] ? values[which] : -ENODATA;
}

/* The cost is processor time: a thread that had to wait took nothing.  If
 * answers are to be fresh each time, the cost does not matter. */
static int64_t cpu_time(int64_t age)
{
	return age > 0 ? now(CLOCK_THREAD_CPUTIME_ID) : 0;
}

/* Until what seldom changes has to be read again, the limit is this one, unless
 * it is written. */
static void publish_unwritten(struct mym__fast_state *s,
			      const struct mym_snapshot *snapshot)
{
	int64_t until = mym__add(context.known_at, MYM__SELDOM);
	int64_t numbers[NUMBERS] = {
		[VALUE] = answer_of(snapshot, MYM__FAST_LIMIT),
		[NOTIFY] = context.limits.fd,
	};

	if (context.limits.state == MYM__LIMITS_WATCHED && numbers[VALUE] >= 0)
		numbers[EXPIRES_COARSE] = mym__subtract(until, behind());
	mym__latch_put(&s->unwritten_limit, numbers);
}

static int refresh(struct mym__fast_state *s, enum mym__fast which,
		   int64_t begin, int64_t age)
{
	int64_t cost = cpu_time(age);
	struct mym_snapshot snapshot;
	int64_t expires, numbers[NUMBERS];
	int r;

	/* A whole pass empties the queue of writes before it reads the limits:
	 * meanwhile nobody may take the last limit for one that was not written. */
	mym__latch_put(&s->unwritten_limit, nothing);
	in_use = true;
	context.limits.wanted = age < LISTEN_BELOW;
	s->age = age;
	r = mym__snapshot_light(&context, wants[which], begin, &snapshot);
	in_use = false;
	if (r == 0)
		publish_unwritten(s, &snapshot);
	cost = mym__subtract(cpu_time(age), cost);
	/* Who wants it fresh each time pays any price. */
	if (s->not_before < begin || age == 0)
		s->not_before = begin;
	s->not_before = mym__add(s->not_before, cost * PART);
	expires = mym__add(begin, age);
	if (expires < s->not_before)
		expires = s->not_before;
	/* Fresh each time, even if a tick comes late. */
	if (age == 0)
		expires = 1;
	for (unsigned int i = 0; i < MYM__FASTS; i++) {
		/* What was read for this answer is enough for those that need
		 * no more.  If none is returned twice, the others need not be
		 * kept. */
		if ((wants[i] & ~wants[which]) || (age == 0 && i != which))
			continue;
		take(&s->answers[i], numbers);
		s->kept[i] = s->not_before;
		if (!mym__error_transient(r)) {
			s->begun[i] = begin;
			publish(&s->answers[i],
				r < 0 ? mym__error_public(r) :
					answer_of(&snapshot, i),
				begin, expires);
		}
		/* Out of descriptors or memory: keeps the last good number. */
		else if (numbers[EXPIRES] > 0)
			publish(&s->answers[i], numbers[VALUE], begin, expires);
	}
	return r;
}

/* Makes a pass whose answer nobody else gets; when sealed, the last answer will
 * have to do. */
static int64_t ask_alone(enum mym__fast which)
{
	struct mym_snapshot snapshot;
	int64_t numbers[NUMBERS];
	struct mym_ctx *ctx;
	int r;

	if (is_sealed()) {
		take(&mym__fast_state()->answers[which], numbers);
		return numbers[EXPIRES] > 0 ? numbers[VALUE] : -ENODATA;
	}
	r = mym__context_open(&ctx, NULL, 0);
	if (r < 0)
		return r;
	r = mym__snapshot(ctx, wants[which], &snapshot);
	mym__context_close(ctx);
	return r < 0 ? r : answer_of(&snapshot, which);
}

/* Refreshes an expired answer, or keeps it until it is paid for; under the lock.
 * For refreshes since then it does not wait, or it would be as old as the program
 * was idle before it asked for another one: the next ones do. */
static int renew(struct mym__fast_state *s, enum mym__fast which, int64_t asked,
		 int64_t time, int64_t age)
{
	int64_t numbers[NUMBERS];

	/* Whoever gave the lock back did not get it again to expire what it had
	 * found for another age. */
	if (s->age != age)
		expire(s);
	take(&s->answers[which], numbers);
	/* While this thread waited, another one began a pass after this one was
	 * asked: that is as good as a pass of its own. */
	if (time < numbers[EXPIRES] || asked < s->begun[which])
		return 0;
	/* Before it was read: the clock is another one (time_namespaces(7)), by
	 * which nothing can be told. */
	if (time < s->begun[which])
		s->not_before = s->kept[which] = 0;
	if (age == 0 || numbers[EXPIRES] == 0 || time >= s->kept[which])
		return refresh(s, which, time, age);
	publish(&s->answers[which], numbers[VALUE], time, s->kept[which]);
	return 0;
}

static int64_t ask(enum mym__fast which)
{
	struct mym__fast_state *s = mym__fast_state();
	int64_t age = max_age(), time = now(CLOCK_MONOTONIC);
	int64_t asked = INT64_MAX;
	int64_t numbers[NUMBERS];
	int r;

	take(&s->answers[which], numbers);
	if (time < numbers[EXPIRES])
		return numbers[VALUE];
	if (__atomic_load_n(&not_wiped, __ATOMIC_RELAXED))
		return ask_alone(which);
	if (!try_lock(s)) {
		if (age > 0 && numbers[EXPIRES] > 0)
			return numbers[VALUE];
		if (is_sealed() || !await_lock(s))
			return ask_alone(which);
		asked = time;
		time = now(CLOCK_MONOTONIC);
	}
	if (!own(s)) {
		unlock(s);
		return ask_alone(which);
	}
	r = renew(s, which, asked, time, age);
	take(&s->answers[which], numbers);
	unlock(s);
	return numbers[EXPIRES] > 0 ? numbers[VALUE] : r;
}

/* Then there are answers, too: a thread that does not get the lock has to take the
 * last one. */
int mym__fast_seal(void)
{
	struct mym__fast_state *s = mym__fast_state();
	int64_t age = max_age();
	int r = -EBUSY;

	if (!await_lock(s))
		return r;
	if (own(s)) {
		in_use = true;
		r = mym__seal(&context);
		in_use = false;
		for (unsigned int i = 0; r == 0 && i < MYM__FASTS; i++)
			r = refresh(s, i, now(CLOCK_MONOTONIC), age);
	}
	unlock(s);
	return r;
}

/* Whether the last limit is known to hold at that time. */
static bool limit_unwritten(struct mym__fast_state *s, int64_t time,
			    int64_t *limit)
{
	int64_t numbers[NUMBERS], again[NUMBERS];

	take(&s->unwritten_limit, numbers);
	if (time >= numbers[EXPIRES_COARSE] ||
	    !mym__limit_watch_fd_quiet((int)numbers[NOTIFY]))
		return false;
	/* The descriptor may be that of another limit watch by now. */
	take(&s->unwritten_limit, again);
	*limit = numbers[VALUE];
	return memcmp(numbers, again, sizeof(numbers)) == 0;
}

int64_t mym__fast_ask_anew(enum mym__fast which, int64_t time)
{
	struct mym__fast_state *s = mym__fast_state();
	struct mym__entry entry = mym__enter();
	int64_t value;

	if (which != MYM__FAST_LIMIT || !limit_unwritten(s, time, &value))
		value = ask(which);
	mym__leave(entry);
	return value < 0 ? mym__error_public((int)value) : value;
}

/* For dlclose(3), and for exit(3) while other threads may still be asking:
 * those find the lock taken for good. */
__attribute__((destructor)) static void forget(void)
{
	struct mym__fast_state *s = mym__fast_state();

	if (!used || !try_lock(s) || in_use ||
	    (s->owner != 0 && s->owner != (int)getpid()))
		return;
	mym__context_clear(&context);
	memset(&context, 0, sizeof(context));
}
