/* SPDX-License-Identifier: MIT */
/*
 * autoscale: a pool of workers that grows and shrinks with the available
 * memory.
 *
 * One thread waits for the watch and decides; autoscale-pool.c has the workers.
 * With --size-by sysconf it does what many programs do, and what gets them
 * killed in a container: it divides the free memory of the machine.
 */
#include <errno.h>
#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <mymem.h>

#include "autoscale-pool.h"

#define TICK_MS 200
#define CALM_NS INT64_C(2000000000)
/* Shrinking takes effect after a while. */
#define PATIENCE_SECONDS 2

struct scaler {
	struct pool pool;
	struct mym_watch *watch;
	int signals;
	int64_t level; /* of the watch's last event */
	double next_tick;
};

/* What to do when the pressure rises to a level. */
static const struct reaction {
	int level;
	int keep_percent; /* of the workers */
	const char *why;
} reactions[] = {
	{ MYM_PRESSURE_CRITICAL, 0, "pressure is critical" },
	{ MYM_PRESSURE_MEDIUM, 50, "pressure is medium" },
	/* It is enough not to grow.  A program with caches drops them. */
	{ MYM_PRESSURE_NONE, 100, "pressure is low" },
};

static void be_patient(struct scaler *scaler)
{
	scaler->next_tick = pool_seconds(&scaler->pool) + PATIENCE_SECONDS;
}

static void shrink(struct scaler *scaler, int64_t level)
{
	const struct reaction *r = reactions;

	while (level < r->level)
		r++;
	pool_resize(&scaler->pool,
		    pool_wanted(&scaler->pool) * r->keep_percent / 100, r->why);
	be_patient(scaler);
#ifdef __GLIBC__
	/* Return the freed memory to the kernel. */
	if (level >= MYM_PRESSURE_MEDIUM)
		malloc_trim(0);
#endif
}

/*
 * Start half of what fits now and the other half later: another program may ask
 * at the same moment, and get the same answer.
 */
static void grow(struct scaler *scaler)
{
	int wanted = pool_wanted(&scaler->pool);
	int more = pool_target(&scaler->pool) - wanted;
	char why[64];

	if (more < 0)
		more = 0;
	snprintf(why, sizeof(why), "room for %d more", more);
	pool_resize(&scaler->pool, wanted + (more + 1) / 2, why);
}

/* The limit says how many, more or fewer, whatever the level was before. */
static void follow(struct scaler *scaler, const struct mym_event *event)
{
	char why[64];

	snprintf(why, sizeof(why), "the limit is %" PRId64 " bytes",
		 event->limit);
	pool_resize(&scaler->pool, pool_target(&scaler->pool), why);
	be_patient(scaler);
}

static void heed(struct scaler *scaler, const struct mym_event *event)
{
	switch (event->kind) {
	case MYM_EVENT_PRESSURE:
		scaler->level = event->level;
		/* When the level falls, wait instead of growing at once. */
		if (event->level > event->old_level)
			shrink(scaler, event->level);
		break;
	case MYM_EVENT_LIMIT_CHANGED:
		follow(scaler, event);
		break;
	case MYM_EVENT_OOM_KILL:
		fprintf(stderr, "%" PRId64 " killed for lack of memory\n",
			event->oom_kills);
		break;
	}
}

static void listen_to_watch(struct scaler *scaler)
{
	struct mym_event event;
	int r;

	while ((r = mym_watch_next(scaler->watch, &event, sizeof(event))) > 0)
		heed(scaler, &event);
	if (r < 0) {
		fprintf(stderr, "cannot watch: %s\n", strerror(-r));
		scaler->watch = mym_watch_close(scaler->watch);
		scaler->level = MYM_PRESSURE_NONE;
	}
}

/* No event says that there still is no pressure, or that shrinking was not
 * enough. */
static void tick(struct scaler *scaler)
{
	double seconds = pool_seconds(&scaler->pool);
	int now;

	if (!scaler->pool.plan.asks || seconds < scaler->next_tick)
		return;
	scaler->next_tick = seconds + TICK_MS / 1e3;
	now = mym_pressure();
	if (now >= MYM_PRESSURE_MEDIUM)
		shrink(scaler, now);
	else if (now < MYM_PRESSURE_LOW && scaler->level < MYM_PRESSURE_LOW)
		grow(scaler);
}

static void wait_and_decide(struct scaler *scaler)
{
	struct pollfd loop[] = {
		{ .fd = scaler->signals, .events = POLLIN },
		/* poll() ignores a negative descriptor. */
		{ .fd = scaler->watch ? mym_watch_fd(scaler->watch) : -1,
		  .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(loop, 2, TICK_MS) < 0) {
		if (errno != EINTR) {
			perror("poll");
			pool_stop(&scaler->pool);
		}
		return;
	}
	if (loop[0].revents && read(scaler->signals, &info, sizeof(info)) > 0)
		pool_stop(&scaler->pool);
	if (loop[1].revents)
		listen_to_watch(scaler);
	tick(scaler);
}

/*
 * The rule of growth is left out, because this program takes a lot at once on
 * purpose.  Its jobs are short, so two seconds without pressure are enough.
 */
static void open_watch(struct scaler *scaler)
{
	const struct mym_watch_options options = {
		.rules = MYM_PRESSURE_BY_HEADROOM | MYM_PRESSURE_BY_PSI |
			 MYM_PRESSURE_BY_EVENTS | MYM_PRESSURE_BY_MANAGER,
		.cooldown = CALM_NS,
	};
	int r = mym_watch_open(&scaler->watch, &options, sizeof(options));

	if (r < 0) {
		fprintf(stderr, "cannot watch: %s\n", strerror(-r));
		scaler->watch = NULL;
	}
}

static void begin_asking(struct scaler *scaler)
{
	int64_t limit = mym_limit();

	if (limit >= 0 && limit < pool_job_bytes(&scaler->pool.plan))
		fprintf(stderr, "no job will ever fit into %" PRId64 " bytes\n",
			limit);
	mym_set_max_age(0);
	open_watch(scaler);
	grow(scaler);
}

static void begin_believing(struct scaler *scaler)
{
	int64_t bytes = (int64_t)sysconf(_SC_AVPHYS_PAGES) *
			sysconf(_SC_PAGESIZE);
	int64_t workers = bytes / pool_job_bytes(&scaler->pool.plan);
	char why[64];

	snprintf(why, sizeof(why), "sysconf says %" PRId64 " bytes are free",
		 bytes);
	if (workers > scaler->pool.plan.max)
		workers = scaler->pool.plan.max;
	pool_resize(&scaler->pool, (int)workers, why);
}

/* To be called before there are threads, which must not get these signals. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int autoscale(const struct pool_plan *plan)
{
	struct scaler scaler = { .signals = open_signals() };
	struct pool *pool = &scaler.pool;

	if (scaler.signals < 0 || pool_open(pool, plan) < 0) {
		perror("autoscale");
		return 1;
	}
	if (plan->asks)
		begin_asking(&scaler);
	else
		begin_believing(&scaler);
	while (pool_runs(pool))
		wait_and_decide(&scaler);
	printf("%6.2f s  %d jobs done, by %d workers at most\n",
	       pool_seconds(pool), pool->done, pool->most);
	mym_watch_close(scaler.watch);
	pool_close(pool);
	close(scaler.signals);
	return pool->jobs > 0 && !pool->stopped;
}

static const struct number {
	const char *name;
	size_t where;
	int least, most;
} numbers[] = {
	{ "--jobs", offsetof(struct pool_plan, jobs), 1, 1000000 },
	{ "--job-mib", offsetof(struct pool_plan, job_mib), 1, 1 << 20 },
	{ "--job-ms", offsetof(struct pool_plan, job_ms), 0, 1000000 },
	{ "--max", offsetof(struct pool_plan, max), 1, 1000 },
	{ "--spare", offsetof(struct pool_plan, spare_percent), 0, 90 },
};

static bool take(struct pool_plan *plan, const char *name, const char *text)
{
	const struct number *n = numbers;
	char *end;
	long value = strtol(text, &end, 10);

	if (strcmp(name, "--size-by") == 0) {
		plan->asks = strcmp(text, "mymem") == 0;
		return plan->asks || strcmp(text, "sysconf") == 0;
	}
	while (n < numbers + sizeof(numbers) / sizeof(*n) &&
	       strcmp(name, n->name) != 0)
		n++;
	if (n == numbers + sizeof(numbers) / sizeof(*n) || end == text ||
	    *end != '\0' || value < n->least || value > n->most)
		return false;
	*(int *)(void *)((char *)plan + n->where) = (int)value;
	return true;
}

int main(int argc, char **argv)
{
	struct pool_plan plan = {
		.asks = true,
		.jobs = 400,
		.job_mib = 8,
		.job_ms = 300,
		.max = 64,
		.spare_percent = 20,
	};
	bool good = argc % 2 == 1;

	for (int i = 1; good && i < argc; i += 2)
		good = take(&plan, argv[i], argv[i + 1]);
	if (good)
		return autoscale(&plan);
	fputs("usage: autoscale [--size-by sysconf|mymem] [--jobs N]\n"
	      "                 [--job-mib MIB] [--job-ms MS] [--max WORKERS]\n"
	      "                 [--spare PERCENT]\n", stderr);
	return 2;
}
