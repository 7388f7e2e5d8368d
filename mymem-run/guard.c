/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "../mymem-free/clock.h"
#include "../mymem-free/size.h"
#include "guard.h"

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

/* How often it looks, in ms: while something is to end, and while more of it may
 * have to. */
#define SOON	 2
#define NOW_THEN 10

/* How long before nothing is left it acts at the latest, in ns. */
#define LEAST_TIME (SECOND / 5)

/* A watch looks less often where a look is expensive, as on a busy machine.  From
 * MEDIUM on the guard looks by itself: it acts where nothing will be left so soon
 * (in ns), at the rate since a moment ago. */
#define HORIZON (SECOND * 3 / 40)
#define MOMENT	(SECOND / 50)
#define LOW_PERCENT 20

/* Many a command takes most of its memory when it begins, and a watch that has seen
 * nothing grow looks too seldom then.  For so long (in ns) the guard looks by itself,
 * ten times before all that is left would be taken at so many bytes in a ms. */
#define YOUNG (SECOND * 2)
#define FAST  1000000

/* For how long it waits for processes that outlive the command, in ns. */
#define PATIENCE SECOND

/* Below this share of the limit and this many bytes a watch is at CRITICAL. */
#define CRITICAL_PERCENT 5
#define CRITICAL_BYTES	 (INT64_C(512) << 20)

static int64_t reserve_of(const struct guard *g, int64_t limit)
{
	return g->options->reserved ? threshold_of(&g->options->reserve, limit) : 0;
}

/* What must be left if nothing is to be ended. */
static int64_t least_of(const struct guard *g, int64_t limit)
{
	const int64_t share = percent_of(limit, CRITICAL_PERCENT);
	const int64_t critical = share < CRITICAL_BYTES ? share : CRITICAL_BYTES;
	const int64_t reserve = reserve_of(g, limit);

	return reserve > critical ? reserve : critical;
}

/* The reserve as what a watch calls CRITICAL, so that it looks as often as it must
 * to see that. */
static struct mym_watch_options watch_options(const struct guard *g)
{
	const int64_t time = g->options->kill_after;
	struct mym_watch_options o = {
		/* systemd's protocol stays the command's. */
		.flags = MYM_WATCH_NO_MANAGER,
		/* Stalls alone are no reason to end anything. */
		.psi_critical = 10000,
		/* It gets so much time to end by itself. */
		.growth_critical = time > LEAST_TIME ? time : LEAST_TIME,
	};
	const struct threshold *r = &g->options->reserve;

	if (!g->options->reserved || r->value == 0)
		return o;
	o.headroom_share_critical = r->share ? r->value * 100 : 10000;
	o.headroom_bytes_critical = r->share ? INT64_MAX : r->value;
	return o;
}

static bool look(struct guard *g)
{
	struct mym_snapshot *s = &g->report.snapshot;
	const uint64_t bits = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;

	return mym_snapshot(g->report.ctx, bits, s, sizeof(*s)) == 0 &&
	       (s->valid & bits) == bits;
}

static void say_left(const struct guard *g, int64_t available, int64_t limit)
{
	char left[SIZE_TEXT], all[SIZE_TEXT];

	fprintf(stderr, "%s of %s are left", human_size(left, available),
		human_size(all, limit));
}

int guard_begin(struct guard *g, const struct guard_options *options)
{
	struct mym_watch_options o;
	const struct mym_snapshot *s = &g->report.snapshot;
	int r;

	*g = (struct guard){ .options = options };
	tree_begin(&g->tree);
	o = watch_options(g);
	r = mym_open(&g->report.ctx, NULL, 0);
	if (r == 0)
		r = mym_watch_open(&g->watch, &o, sizeof(o));
	if (r < 0 || !look(g)) {
		fprintf(stderr, "%s: cannot guard: %s\n", program,
			r < 0 ? strerror(-r) : "no memory facts found");
		return OWN_FAILURE;
	}
	if (s->available >= least_of(g, s->limit))
		return 0;
	fprintf(stderr, "%s: cannot begin: ", program);
	say_left(g, s->available, s->limit);
	fputs(", which is less than --guard keeps\n", stderr);
	return OWN_FAILURE;
}

/* Why something is ended, for whoever asks later. */
static void take_shortage(struct guard *g)
{
	struct shortage *sh = &g->shortage;
	const struct mym_snapshot *s = &g->report.snapshot;

	free(sh->path);
	*sh = (struct shortage){ .available = -1, .limit = -1 };
	if (!look(g))
		return;
	sh->available = s->available;
	sh->limit = s->limit;
	sh->kind = constraint_at(&g->report, s->available_by).kind;
	sh->path = strdup(path_at(&g->report, s->available_by));
	if (s->available < reserve_of(g, s->limit))
		sh->reserve = reserve_of(g, s->limit);
}

static void say_shortage(const struct guard *g)
{
	const struct shortage *sh = &g->shortage;
	char left[SIZE_TEXT], all[SIZE_TEXT];

	if (sh->available < 0) {
		fputs("the memory that is left is not known\n", stderr);
		return;
	}
	fprintf(stderr, "%s of %s were left, by %s ",
		human_size(left, sh->available), human_size(all, sh->limit),
		name_of(kind_names, sh->kind));
	print_text(stderr, sh->path ? sh->path : "");
	if (sh->reserve > 0)
		fprintf(stderr, ", less than the reserve of %s",
			human_size(left, sh->reserve));
	fputc('\n', stderr);
}

static void say_victim(const struct guard *g, int64_t bytes)
{
	char name[64], size[SIZE_TEXT];

	fprintf(stderr, "%s: ", program);
	print_text(stderr, g->command);
	fprintf(stderr, ": --guard ends its largest process, %d", (int)g->victim.pid);
	if (process_name(&g->victim, name)) {
		fputs(" (", stderr);
		print_text(stderr, name);
		fputc(')', stderr);
	}
	fprintf(stderr, " of %s: ", human_size(size, bytes));
	say_shortage(g);
}

static void tell(struct guard *g, int signal)
{
	if (!g->ends_all) {
		process_signal(&g->victim, signal);
		return;
	}
	/* At once, before all others are found. */
	kill(g->child->pid, signal);
	tree_look(&g->tree);
	for (size_t i = 0; i < g->tree.count; i++) {
		struct process *p = &g->tree.all[i];

		if (p->mine && p->pid != g->child->pid)
			process_signal(p, signal);
	}
}

static void begin_to_end(struct guard *g)
{
	const struct process *largest = NULL;
	int64_t bytes = 0;

	take_shortage(g);
	if (g->options->largest) {
		tree_look(&g->tree);
		largest = tree_largest(&g->tree, &bytes);
	}
	g->ends_all = !largest || largest->pid == g->child->pid;
	if (largest)
		g->victim = *largest;
	g->acting = g->acted = true;
	g->began = clock_now();
	g->killing = g->options->kill_after == 0 || g->options->signal == SIGKILL;
	tell(g, g->killing ? SIGKILL : g->options->signal);
	g->enough = g->shortage.available / 2;
	if (!g->ends_all)
		say_victim(g, bytes);
	g->ended |= g->ends_all;
}

/* Whether the victim is gone; the command's end is found by who waits for it. */
static bool is_gone(const struct guard *g)
{
	return !g->ends_all && !process_signal(&g->victim, 0);
}

/* While something is to end.  Returns the time to the next look. */
static int go_on(struct guard *g)
{
	const bool short_of = look(g) && g->report.snapshot.available < g->enough;

	if (is_gone(g)) {
		g->acting = g->killing = false;
		return NOW_THEN;
	}
	if (!g->killing && (short_of || clock_now() - g->began >=
						g->options->kill_after)) {
		g->killing = g->shortage.forced = true;
		tell(g, SIGKILL);
	} else if (g->killing) {
		/* What it has started meanwhile, too. */
		tell(g, SIGKILL);
		return NOW_THEN;
	}
	return SOON;
}

/* Of each level that it has reached on the way up. */
static void warn(struct guard *g, int64_t level)
{
	const struct {
		int64_t level;
		int signal;
	} warnings[] = {
		{ MYM_PRESSURE_LOW, g->options->on_low },
		{ MYM_PRESSURE_MEDIUM, g->options->on_medium },
	};

	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		if (!warnings[i].signal || level < warnings[i].level ||
		    g->level >= warnings[i].level)
			continue;
		tree_look(&g->tree);
		tree_signal(&g->tree, warnings[i].signal);
	}
}

static bool is_last_moment(const struct mym_event *e)
{
	return e->level >= MYM_PRESSURE_CRITICAL &&
	       (e->cause & (MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_GROWTH));
}

static void take_event(struct guard *g, const struct mym_event *e)
{
	if (e->kind != MYM_EVENT_PRESSURE)
		return;
	if (is_last_moment(e) && !g->acting)
		begin_to_end(g);
	else if (!g->acting)
		warn(g, e->level);
	g->level = e->level;
}

/* Whether it has to act now, whatever the watch says. */
static bool runs_out(struct guard *g)
{
	const struct mym_snapshot *s = &g->report.snapshot;
	const int64_t now = clock_now(), since = now - g->earlier_at;
	int64_t taken;

	if (!look(g))
		return false;
	taken = g->earlier - s->available;
	if (since >= MOMENT) {
		g->earlier = s->available;
		g->earlier_at = now;
	}
	if (s->available < least_of(g, s->limit))
		return true;
	/* As long as it took to take that, and no longer ago. */
	return s->available < percent_of(s->limit, LOW_PERCENT) && taken > 0 &&
	       since >= MOMENT && since < 5 * MOMENT &&
	       s->available * (since / 1000) < taken * (HORIZON / 1000);
}

/* The time to the next look, where nothing is to end. */
static int pause_of(const struct guard *g)
{
	const int64_t pause = g->report.snapshot.available / FAST / 10;

	if (g->level >= MYM_PRESSURE_MEDIUM || pause < NOW_THEN)
		return NOW_THEN;
	return pause < 1000 ? (int)pause : 1000;
}

static int ready(void *data, short events)
{
	struct guard *g = data;
	struct mym_event event;
	int r;

	while ((r = g->watch ? mym_watch_next(g->watch, &event, sizeof(event)) : 0) ==
	       1)
		take_event(g, &event);
	if (r < 0) {
		fprintf(stderr, "%s: --guard cannot watch any longer, and only "
			"looks now: %s\n", program, strerror(-r));
		g->watch = mym_watch_close(g->watch);
		g->level = MYM_PRESSURE_CRITICAL;
	}
	if (g->acting)
		return go_on(g);
	/* And a watch tells of a level once: more than one may have to end. */
	if (g->level < MYM_PRESSURE_MEDIUM && clock_now() >= g->young_until)
		return -1;
	if (runs_out(g))
		begin_to_end(g);
	return g->acting ? SOON : pause_of(g);
}

/* When memory is short and processors are busy, as far as that is allowed: its
 * pages stay, and it need not wait for a processor. */
static void be_there_in_time(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	mlockall(MCL_CURRENT | MCL_ONFAULT);
	if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &first) < 0)
		setpriority(PRIO_PROCESS, 0, -20);
}

struct source guard_source(struct guard *g, const struct child *child,
			   const char *command)
{
	g->child = child;
	g->command = command;
	be_there_in_time();
	g->young_until = clock_now() + YOUNG;
	return (struct source){ .fd = mym_watch_fd(g->watch), .events = POLLIN,
				.ready = ready, .timeout = 0, .data = g };
}

int guard_end(struct guard *g, int status)
{
	const int64_t began = clock_now();

	/* What outlives the command has been told to end, too. */
	while (g->ended && tree_look(&g->tree) > 0 &&
	       clock_now() - began < PATIENCE) {
		tree_signal(&g->tree, SIGKILL);
		clock_sleep(SOON * SECOND / 1000);
	}
	return g->ended ? SIGNALLED + SIGKILL : status;
}

void guard_say(const struct guard *g)
{
	fprintf(stderr, "%s: ", program);
	print_text(stderr, g->command);
	fprintf(stderr, ": ended by --guard%s before the kernel had to: ",
		g->shortage.forced ? ", by SIGKILL in the end," : "");
	say_shortage(g);
}

void guard_close(struct guard *g)
{
	tree_end(&g->tree);
	free(g->shortage.path);
	mym_watch_close(g->watch);
	mym_close(g->report.ctx);
}
