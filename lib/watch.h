/* SPDX-License-Identifier: MIT */
/* watch.c: what a watch is made of.  Shared by it and the files of its parts. */
#ifndef MYM_WATCH_H
#define MYM_WATCH_H

#include "pressure.h"

/* hysteresis.c: which step is told, and when.  Pure. */
struct mym__hysteresis {
	int64_t calm;     /* ns below the threshold before one step down */
	int64_t hold_off; /* ns between two events of one step */
	unsigned int step, told;
	bool calms, was_told[MYM__STEPS];
	int64_t calm_since, told_at[MYM__STEPS];
};
/* reached: by the thresholds; held: by the eased ones.  Whether to tell. */
bool mym__hysteresis_move(struct mym__hysteresis *hysteresis, int64_t now,
			  unsigned int reached, unsigned int held);

/* growth.c: what is lost over time.  Pure. */
#define MYM__GROWTH_SAMPLES 32
struct mym__growth {
	int64_t limit;
	uint64_t by;
	unsigned int count; /* the newest is at[(count - 1) % SAMPLES] */
	struct {
		int64_t time, available;
	} at[MYM__GROWTH_SAMPLES];
};
/* Notes what is available; false: nobody can tell how long it will last. */
bool mym__growth_note(struct mym__growth *growth, int64_t now, int64_t limit,
		      uint64_t by, int64_t available, int64_t *left);

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

/* How long to the next look.  Pure. */
int64_t mym__pace_interval(int64_t least, int64_t most, bool room,
			   int64_t limit, int64_t available);
/* A look may take so little of one CPU's time: the 200th part, 0.5 %. */
#define MYM__PACE_PART 200

/* base64.c: bytes, or < 0.  Pure. */
int mym__base64(struct mym__text text, char *out, size_t size);

#endif
