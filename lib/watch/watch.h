/* SPDX-License-Identifier: MIT */
/* watch.c: what a watch is made of.  Shared by it and the files of its parts. */
#ifndef MYM_WATCH_H
#define MYM_WATCH_H

#include "../answer/pressure.h"

/* poll.c: the watch's system calls */

/* What is in the set is known by its number here. */
struct mym__ready {
	unsigned int id;
	bool gone; /* an error, or the other end was closed */
};
int mym__poll_open(struct mym__file *set);
/* priority: PSI files and memory.events raise POLLPRI. */
int mym__poll_add(const struct mym__file *set, const struct mym__file *file,
		  unsigned int id, bool priority);
/* With priority, and heard once, until it is again. */
int mym__poll_once(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool again);
/* Whether both are what they were: only then is it in the set. */
bool mym__poll_has(const struct mym__file *set, const struct mym__file *file,
		   unsigned int id, bool priority);
/* Takes it out and closes it, unless the number is another's by now.  A child
 * shares the set with its parent, and takes out nothing. */
void mym__poll_drop(const struct mym__file *set, struct mym__file *file,
		    bool shared);
/* How many are ready, or < 0.  Never waits. */
int mym__poll_ready(const struct mym__file *set, struct mym__ready *ready,
		    unsigned int size);
int mym__poll_timer(struct mym__file *timer);
int mym__poll_arm(const struct mym__file *timer, int64_t ns);
int mym__poll_inotify(struct mym__file *inotify);
/* Tells of writes to the open file. */
int mym__poll_tell(const struct mym__file *inotify, int fd);
/* Reads all there is; -EPIPE at the end. */
int mym__poll_drain(int fd, void *buffer, size_t size);
int mym__poll_write(int fd, const void *data, size_t size);
int64_t mym__poll_cpu_time(void);
int64_t mym__poll_page_size(void);
/* NULL also in a program with more rights than its user. */
const char *mym__poll_environment(const char *name);
/* What somebody else named to us. */
enum mym__named { MYM__NAMED_PSI, MYM__NAMED_PIPE, MYM__NAMED_NOTHING };
int mym__poll_named(struct mym__file *file, const char *path, bool writing,
		    enum mym__named *what);

/* hysteresis.c: which step is told, and when.  Pure. */
struct mym__hysteresis {
	int64_t cooldown; /* ns below the threshold before one step down */
	int64_t hold_off; /* ns between two events of one step */
	unsigned int step, told;
	bool calms, was_told[MYM__STEPS];
	int64_t calm_since, told_at[MYM__STEPS];
};
/* reached: by the thresholds; held: by the eased ones.  Whether to tell. */
bool mym__hysteresis_move(struct mym__hysteresis *hysteresis, int64_t now,
			  unsigned int reached, unsigned int held);

/* growth.c: what is lost over time, of one constraint.  Pure. */
#define MYM__GROWTH_SAMPLES 64
struct mym__growth {
	uint64_t by;               /* which constraint this is about, */
	int64_t limit;             /* and its limit: another one begins anew */
	int64_t time, available;   /* of the last look */
	int64_t lost, lost_in;     /* from the look before it to that */
	int64_t soon;              /* see struct mym__fall */
	/* How little was left where it turned, when that was, and how little
	 * has been left since. */
	int64_t turned, turned_at, trough;
	unsigned int count; /* the newest is at[(count - 1) % SAMPLES] */
	struct {
		int64_t time, available;
	} at[MYM__GROWTH_SAMPLES];
};
/* Notes what is available under a constraint, and tells how it falls. */
void mym__growth_note(struct mym__growth *growth, int64_t now, uint64_t by,
		      int64_t limit, int64_t available, struct mym__fall *fall);

#define MYM__STALLS_SAMPLES 24
struct mym__stalls {
	int64_t window; /* ns */
	int scope;
	unsigned int count;
	struct {
		int64_t time, total[2];
	} at[MYM__STALLS_SAMPLES];
};
/* Notes the totals of a PSI file; the share of the window that was stalled. */
void mym__stalls_note(struct mym__stalls *stalls, int64_t now,
		      const struct mym__psi *psi, struct mym__psi *window);

/* The visible groups that are listened to, and what else there may be. */
#define MYM__FALLS (2 * MYM__GROUPS_KEPT + MYM__CONSTRAINTS_EXTRA)

/* How long to the next look.  Pure. */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available);
/* No longer than the other constraints allow, and what falls.  Pure. */
int64_t mym__pace_lasting(int64_t least, int64_t interval, int64_t available);
int64_t mym__pace_fall(int64_t least, int64_t interval,
		       const struct mym__fall *fall);
/* What a look has cost, without what came between; what it costs as a rule begins
 * with a guess.  Pure. */
#define MYM__PACE_USUAL INT64_C(1500000)
int64_t mym__pace_cost(int64_t *usual, int64_t cost);
/*
 * Looks may take the 200th part of one CPU's time, 0.5 %; what was not used in
 * the last ten seconds is there for when it is needed.  Returns how long the next
 * one has to wait.  Pure.
 */
int64_t mym__pace_pay(int64_t *credit, int64_t time, int64_t cost);
/* And how long one that nothing has called for, by thrift.  Pure. */
int64_t mym__pace_thrift(int64_t credit, int64_t cost);
#define MYM__PACE_PART 200
#define MYM__PACE_CREDIT (INT64_C(10000000000) / MYM__PACE_PART)

/* base64.c: bytes, or < 0.  Pure. */
int mym__base64(struct mym__text text, char *out, size_t size);

/* counters.c: what the groups count */
#define MYM__COUNTERS 16
enum { MYM__COUNT_HIGH, MYM__COUNT_MAX, MYM__COUNT_OOM, MYM__COUNT_SOCKETS,
       MYM__COUNT_KILLS, MYM__COUNTS };
struct mym__counter {
	struct mym__file file;
	unsigned int level; /* of the group; 0: own */
	const struct mym__counter_kind *kind;
	bool known, skipped;
	bool polled, told; /* by epoll, by inotify */
	bool deaf; /* has told, and is not heard */
	bool busy; /* has changed since the last look */
	int64_t value[MYM__COUNTS], base[MYM__COUNTS];
};
struct mym__counters {
	unsigned int count;
	struct mym__counter at[MYM__COUNTERS];
	unsigned int limited; /* bit i: level i has a limit */
	unsigned int top;     /* the highest of them; 0: none above */
	int64_t told_own, told_above; /* kills */
	/* All but kills, which are counted as MYM__COUNT_OOM; 0: never. */
	int64_t grew_at[MYM__COUNT_KILLS], grew_above_at[MYM__COUNT_KILLS];
};

/* refaults.c: what was in use and had to be read again */
#define MYM__REFAULTS_KEYS 6
struct mym__refaults {
	struct mym__file file[MYM__AGAINS];
	bool v1;
	bool was_read[MYM__AGAINS];
	int64_t read_at; /* 0: never */
	int64_t counts[MYM__AGAINS][MYM__REFAULTS_KEYS];
	struct mym__again window[MYM__AGAINS], again[MYM__AGAINS];
};

/* What wakes up. */
enum { MYM__WAKE_TIMER, MYM__WAKE_LIMITS, MYM__WAKE_SOME, MYM__WAKE_FULL,
       MYM__WAKE_MANAGER, MYM__WAKE_COUNTER /* and the next ones */ };

struct mym__manager {
	struct mym__file file;
	enum mym__named what;
	bool off;           /* it wants no reaction to stalls */
	bool full;          /* what it asked the kernel for, where that is */
	int64_t threshold;  /* understood: in hundredths of a percent; or 0 */
	struct mym__stalls stalls;
	int64_t called_at;  /* 0: not yet */
};

struct mym_watch {
	int process;
	struct mym__rules rules;
	struct mym__hysteresis hysteresis;
	int64_t interval_min, interval_max, event_window;
	struct mym__file set, timer, limits, trigger[2];
	int trigger_scope; /* of the armed ones; 0: none */
	struct mym__manager manager;
	struct mym__counters counters;
	struct mym__refaults refaults;
	/* Of the constraints that leave something, in the order of their rows. */
	struct mym__growth growth[MYM__FALLS];
	struct mym__fall falls[MYM__FALLS];
	unsigned int falling; /* how many of them there are */
	struct mym__stalls stalls;
	uint64_t sources;
	bool stale;    /* a source has gone: arm them anew */
	int64_t armed_at;
	int64_t retry; /* when to try again what could not be had */
	int64_t due, not_before, looked_at, credit, usual_cost;
	struct mym_snapshot last;
	struct mym__membership membership;
	unsigned int queued;
	struct mym_event queue[8];
	struct mym_ctx ctx;
};

void mym__counters_arm(struct mym_watch *watch);
void mym__counters_drop(struct mym_watch *watch, bool shared);
/* Reads them all; false: one of them is dead. */
bool mym__counters_read(struct mym_watch *watch, int64_t now);
/* Reads one that has woken us up, and is not heard until it was quiet. */
bool mym__counters_heed(struct mym_watch *watch, unsigned int index,
			int64_t now);
bool mym__counters_known(const struct mym__counters *counters);
/* Bit i: level i has a limit, and counts. */
void mym__counters_limit(struct mym__counters *counters, unsigned int limited);
/* Kills that have not been told, which they are now. */
int64_t mym__counters_kills(struct mym__counters *counters, bool above);
unsigned int mym__counters_grew(const struct mym__counters *counters,
				int64_t since, bool above);

void mym__refaults_arm(struct mym_watch *watch);
void mym__refaults_drop(struct mym_watch *watch);
/* Every other second. */
void mym__refaults_read(struct mym_watch *watch, int64_t now);

/* manager.c: systemd's memory pressure protocol */
void mym__manager_arm(struct mym_watch *watch);
void mym__manager_call(struct mym_watch *watch, int64_t now, bool gone);
/* Whether it has called lately. */
bool mym__manager_called(struct mym_watch *watch, int64_t now);

/* sources.c: everything that wakes up */
int mym__sources_open(struct mym_watch *watch);
void mym__sources_close(struct mym_watch *watch, bool shared);
/* All of them, for another group; or what is missing. */
void mym__sources_arm(struct mym_watch *watch, bool anew);
/* Whether to look; < 0: the watch is broken. */
int mym__sources_heed(struct mym_watch *watch, int64_t now);
/* What is listened to, of MYM_SOURCE_*, apart from what a look reads. */
uint64_t mym__sources_armed(const struct mym_watch *watch);

/* options.c: 0, or -EINVAL */
int mym__options_take(const struct mym_watch_options *options,
		      struct mym_watch *watch);

/* watch.c */
int mym__watch_open(struct mym_watch **out,
		    const struct mym_watch_options *options);
int mym__watch_next(struct mym_watch *watch, struct mym_event *out);
void mym__watch_close(struct mym_watch *watch);

#endif
