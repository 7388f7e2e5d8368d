/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "event.h"
#include "graph.h"
#include "size.h"
#include "stamp.h"
#include "terminal.h"
#include "view.h"
#include "why.h"

#define BOTH (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE)
#define STALLS (MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL)
/* So many are remembered. */
#define EVENTS 16
/* The rows above the graph, and the columns beside it where there is room. */
#define HEAD 3
#define SCALE 8
#define MILLISECOND 1000000

struct view {
	struct report *report;
	int64_t nanoseconds;
	struct mym_watch *watch; /* or NULL, and why */
	const char *unwatched;
	int64_t level; /* of the watch */
	int row, rows;
	bool screen; /* else a log */
	struct terminal terminal;
	/* The newest comes first. */
	struct mym_event events[EVENTS];
	struct sample samples[GRAPH_COLUMNS];
};

static void print_amount(const char *what, bool known, int64_t bytes)
{
	char text[SIZE_TEXT];

	printf("%s %s", what, known ? human_size(text, bytes) : "unknown");
}

/* What was seen last, and by the watch. */
static void assess(struct view *v)
{
	const struct mym_snapshot *s = &v->report->snapshot;
	struct sample *now = v->samples;

	*now = (struct sample){ 0, -1, v->level };
	if ((s->valid & BOTH) == BOTH) {
		now->limit = s->limit;
		now->used = s->limit - s->available;
	}
	if ((s->valid & MYM_WANT_PRESSURE) && s->pressure > v->level)
		now->level = s->pressure;
}

static void print_amounts(const struct view *v)
{
	const struct mym_snapshot *s = &v->report->snapshot;
	const struct sample *now = v->samples;

	print_amount("limit", s->valid & MYM_WANT_LIMIT, s->limit);
	print_amount(", used", now->used >= 0, now->used);
	print_amount(", available", s->valid & MYM_WANT_AVAILABLE,
		     s->available);
	printf(", pressure %s", (s->valid & MYM_WANT_PRESSURE) || v->level > 0 ?
	       name_of(level_names, (uint64_t)now->level) : "unknown");
}

static void print_stalls(const struct view *v)
{
	const struct mym_snapshot *s = &v->report->snapshot;

	if ((s->valid & STALLS) == STALLS)
		printf("PSI some %d.%02d %%, full %d.%02d %% (%s)",
		       (int)s->psi_some / 100, (int)s->psi_some % 100,
		       (int)s->psi_full / 100, (int)s->psi_full % 100,
		       name_of(scope_names, (uint64_t)s->psi_scope));
	else
		printf("PSI unknown");
	if (s->valid & MYM_WANT_OOM_KILLS)
		printf(", killed %" PRId64, s->oom_kills);
}

/* --- the log ----------------------------------------------------------------- */

static void print_look(const struct view *v)
{
	print_stamp(stamp_now());
	print_amounts(v);
	printf(", ");
	print_stalls(v);
	putchar('\n');
}

/* --- the picture ------------------------------------------------------------- */

/* Goes to the next row, if there is one.  What did not fit into the last one stands
 * in its last column. */
static bool next_row(struct view *v)
{
	if (v->row == v->rows)
		return false;
	printf("\033[%d;%dH\033[K\033[%d;1H\033[K", v->row, v->terminal.columns,
	       v->row + 1);
	v->row++;
	return true;
}

static void draw_graph(struct view *v, int rows)
{
	int columns = v->terminal.columns - SCALE - 1;
	char text[SIZE_TEXT];

	if (columns > GRAPH_COLUMNS)
		columns = GRAPH_COLUMNS;
	human_size(text, graph_top(v->samples, columns));
	for (int row = rows - 1; row >= 0; row--) {
		next_row(v);
		printf("%*s ", SCALE - 1, row == 0 ? "0" : text);
		*text = '\0';
		graph_row(v->samples, row, rows, columns, v->terminal.color);
	}
	next_row(v);
	printf("%*s%" PRId64 " s ago", SCALE, "",
	       columns * (v->nanoseconds / MILLISECOND) / 1000);
}

static void draw(struct view *v)
{
	const struct terminal *t = &v->terminal;
	int room;

	terminal_measure(&v->terminal);
	/* The last row says what to do, if it is not the only one. */
	v->rows = t->rows > 1 ? t->rows - 1 : 1;
	v->row = 0;
	next_row(v);
	print_amounts(v);
	if (next_row(v))
		print_stalls(v);
	if (next_row(v))
		print_footer(v->report);
	room = v->rows - HEAD;
	if (room > 4)
		draw_graph(v, room - room / 4 - 1);
	for (int left = v->rows - v->row - 1; left >= 0; left--) {
		next_row(v);
		if (left < EVENTS && v->events[left].kind)
			print_event(&v->events[left]);
	}
	v->rows = t->rows;
	if (next_row(v))
		printf("q quits%s%s; %s\033[%dG\033[K",
		       v->unwatched ? "; no events: " : "",
		       v->unwatched ? v->unwatched : "", GRAPH_LEGEND,
		       t->columns);
}

/* --- both -------------------------------------------------------------------- */

static void do_without_watch(struct view *v, const char *why)
{
	v->watch = mym_watch_close(v->watch);
	v->unwatched = why;
	if (!v->screen)
		fprintf(stderr, "%s: no events: %s\n", program, why);
}

static void open_watch(struct view *v, bool own)
{
	int r = own ? mym_watch_open(&v->watch, NULL, 0) : 0;

	if (!v->watch)
		do_without_watch(v, r < 0 ? strerror(-r) :
				 "only this process can be watched");
}

static void take_events(struct view *v)
{
	struct mym_event e;
	int r = 0;

	while (v->watch && (r = mym_watch_next(v->watch, &e, sizeof(e))) > 0) {
		/* The watch's clock means nothing to people. */
		e.time = stamp_now();
		memmove(v->events + 1, v->events,
			sizeof(v->events) - sizeof(e));
		v->events[0] = e;
		v->level = e.level;
		v->terminal.changed = true;
		if (v->screen)
			continue;
		print_event(&e);
		putchar('\n');
	}
	if (r < 0) {
		do_without_watch(v, strerror(-r));
		v->level = 0;
	}
}

static int look(struct view *v, int64_t count)
{
	struct report *report = v->report;
	int64_t next = clock_now(), looks = 0, left;

	do {
		const bool due = next <= clock_now();

		take_events(v);
		if (due || (v->screen && v->terminal.changed)) {
			int r = mym_snapshot(report->ctx, MYM_WANT_ALL,
					     &report->snapshot,
					     sizeof(report->snapshot));

			if (r < 0)
				return r;
			if (due) {
				memmove(v->samples + 1, v->samples,
					sizeof(v->samples) - sizeof(*v->samples));
				next = clock_now() + v->nanoseconds;
				looks++;
			}
			assess(v);
			if (v->screen)
				draw(v);
			else
				print_look(v);
		}
		if (ferror(stdout) || fflush(stdout) != 0 || looks == count)
			break;
		left = next - clock_now();
	} while (terminal_wait(&v->terminal, mym_watch_fd(v->watch),
			       left > 0 ? left : 0));
	return OK;
}

int view(struct report *report, bool own, int64_t count, int64_t nanoseconds)
{
	struct view *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return -ENOMEM;
	v->report = report;
	v->nanoseconds = nanoseconds;
	v->screen = terminal_open(&v->terminal);
	open_watch(v, own);
	r = look(v, count);
	terminal_close(&v->terminal);
	mym_watch_close(v->watch);
	free(v);
	return r;
}
