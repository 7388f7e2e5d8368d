/* SPDX-License-Identifier: MIT */
/* What holds for every merge, on constraints made by chance. */
#include <inttypes.h>

#include "answer/merge.h"
#include "mymem.h"
#include "random.h"
#include "suite.h"
#include "text.h"

#define ARRAYS 200000
#define ROWS_MAX 8

#define ANSWERS (MYM_WANT_LIMIT | MYM_WANT_AVAILABLE | MYM_WANT_USED |     \
		 MYM_WANT_RECLAIMABLE | MYM_WANT_HIGH |                    \
		 MYM_WANT_SWAP_LIMIT | MYM_WANT_SWAP_AVAILABLE |           \
		 MYM_WANT_HOST_TOTAL | MYM_WANT_HOST_AVAILABLE |           \
		 MYM_WANT_SHMEM)

struct array {
	struct mym_constraint rows[ROWS_MAX + 1];
	unsigned int count;
};

/* Few different numbers make many ties. */
static int64_t some_amount(struct chance *chance)
{
	switch (chance_below(chance, 4)) {
	case 0:
		return chance_below(chance, 4);
	case 1:
		return (int64_t)chance_below(chance, 4) << 30;
	case 2:
		return (int64_t)(chance_next(chance) >> 1);
	default:
		return INT64_MAX - chance_below(chance, 2);
	}
}

static void some_fact(struct chance *chance, struct mym_constraint *c,
		      uint64_t bit, int64_t *member)
{
	switch (chance_below(chance, 8)) {
	case 0:
		c->none |= bit;
		return;
	case 1:
		c->failed |= bit;
		return;
	case 2:
		return;
	default:
		*member = some_amount(chance);
		c->valid |= bit;
	}
}

static struct mym_constraint some_constraint(struct chance *chance)
{
	struct mym_constraint c = { .kind = MYM_KIND_CGROUP +
					    chance_below(chance, 6) };

	some_fact(chance, &c, MYM_WANT_LIMIT, &c.limit);
	some_fact(chance, &c, MYM_WANT_HIGH, &c.high);
	some_fact(chance, &c, MYM_WANT_USED, &c.used);
	some_fact(chance, &c, MYM_WANT_RECLAIMABLE, &c.reclaimable);
	some_fact(chance, &c, MYM_WANT_SHMEM, &c.shmem);
	some_fact(chance, &c, MYM_WANT_SWAP_LIMIT, &c.swap_limit);
	some_fact(chance, &c, MYM_WANT_SWAP_USED, &c.swap_used);
	if (chance_below(chance, 4) == 0)
		some_fact(chance, &c, MYM_WANT_AVAILABLE, &c.available);
	else
		mym__merge_headroom(&c);
	return c;
}

static struct array some_array(struct chance *chance)
{
	struct array array = { .count = chance_below(chance, ROWS_MAX + 1) };

	for (unsigned int i = 0; i < array.count; i++)
		array.rows[i] = some_constraint(chance);
	/* Mostly last, as in a snapshot. */
	if (array.count > 0 && chance_below(chance, 4) > 0)
		array.rows[chance_below(chance, 2) ? array.count - 1 :
			   chance_below(chance, array.count)].kind =
			MYM_KIND_HOST;
	return array;
}

static struct mym_snapshot merged(const struct array *array)
{
	/* What is read beside the array, ASan sees. */
	size_t size = array->count * sizeof(array->rows[0]);
	struct mym_constraint *copy = malloc(size > 0 ? size : 1);
	struct mym_snapshot out = { 0 };

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, array->rows, size);
	mym__merge(copy, array->count, &out);
	free(copy);
	return out;
}

static const struct mym_constraint *host_of(const struct array *array)
{
	for (unsigned int i = 0; i < array->count; i++) {
		if (array->rows[i].kind == MYM_KIND_HOST)
			return &array->rows[i];
	}
	return NULL;
}

static int64_t limit_of(const struct mym_constraint *c)
{
	return c->limit;
}

static int64_t available_of(const struct mym_constraint *c)
{
	return c->available;
}

/* The index that must be told: of the smallest ones the machine, else the
 * first; or the count. */
static unsigned int smallest(const struct array *array, uint64_t bit,
			     int64_t (*value)(const struct mym_constraint *c))
{
	int64_t least = INT64_MAX;
	unsigned int i;

	for (i = 0; i < array->count; i++) {
		if ((array->rows[i].valid & bit) &&
		    value(&array->rows[i]) < least)
			least = value(&array->rows[i]);
	}
	for (i = 0; i < array->count; i++) {
		if (array->rows[i].kind == MYM_KIND_HOST &&
		    (array->rows[i].valid & bit) &&
		    value(&array->rows[i]) == least)
			return i;
	}
	for (i = 0; i < array->count; i++) {
		if ((array->rows[i].valid & bit) &&
		    value(&array->rows[i]) == least)
			return i;
	}
	return array->count;
}

static const char *bounds(const struct array *array)
{
	const struct mym_snapshot s = merged(array);
	const struct mym_constraint *host = host_of(array);
	unsigned int limit = smallest(array, MYM_WANT_LIMIT, limit_of);
	unsigned int available = smallest(array, MYM_WANT_AVAILABLE,
					  available_of);
	bool has_limit = s.valid & MYM_WANT_LIMIT;
	bool has_available = s.valid & MYM_WANT_AVAILABLE;

	if (s.valid & ~ANSWERS || s.none & ~MYM_WANT_HIGH || s.none & s.valid)
		return "masks";
	if (has_limit != (limit < array->count) ||
	    has_available != (available < array->count))
		return "known";
	if (has_limit && (s.limit_by != limit ||
			  s.limit != array->rows[limit].limit || s.limit < 0))
		return "limit";
	if (has_limit && host && (host->valid & MYM_WANT_LIMIT) &&
	    s.limit > host->limit)
		return "limit above the machine";
	if (!has_available)
		return NULL;
	if (has_limit && array->rows[available].available > s.limit)
		return s.available == s.limit && s.available_by == s.limit_by ?
		       NULL : "clamp";
	if (s.available_by != available ||
	    s.available != array->rows[available].available || s.available < 0)
		return "available";
	return NULL;
}

static bool same_numbers(const struct mym_snapshot *a,
			 const struct mym_snapshot *b)
{
	return a->valid == b->valid && a->limit == b->limit &&
	       a->available == b->available && a->high == b->high &&
	       a->swap_limit == b->swap_limit &&
	       a->swap_available == b->swap_available &&
	       a->host_total == b->host_total &&
	       a->host_available == b->host_available;
}

/* The index after a row was put in at `at`. */
static uint64_t moved(const struct mym_snapshot *s, uint64_t bit,
		      uint64_t index, unsigned int at)
{
	return (s->valid & bit) && index >= at ? index + 1 : index;
}

static const char *unknown_changes_nothing(const struct array *array,
					   struct chance *chance)
{
	const struct mym_snapshot before = merged(array);
	unsigned int at = chance_below(chance, array->count + 1);
	bool failed = chance_below(chance, 2);
	struct array more = *array;
	struct mym_snapshot after;

	memmove(&more.rows[at + 1], &more.rows[at],
		(array->count - at) * sizeof(more.rows[0]));
	more.rows[at] = (struct mym_constraint){
		.kind = MYM_KIND_CGROUP,
		.failed = failed ? MYM_WANT_LIMIT | MYM_WANT_HIGH : 0,
	};
	more.count++;
	after = merged(&more);
	if (!same_numbers(&before, &after))
		return "an unknown constraint changes a number";
	if (after.limit_by != moved(&before, MYM_WANT_LIMIT, before.limit_by,
				    at) ||
	    after.available_by != moved(&before, MYM_WANT_AVAILABLE,
					before.available_by, at) ||
	    after.used != before.used || after.shmem != before.shmem ||
	    after.reclaimable != before.reclaimable)
		return "an unknown constraint changes an index";
	/* Only that there is no memory.high anywhere cannot be said then. */
	if (after.none != (failed ? 0 : before.none))
		return "an unknown constraint changes what is none";
	return NULL;
}

static const char *removal_lowers_nothing(const struct array *array,
					  struct chance *chance)
{
	const uint64_t minima = MYM_WANT_LIMIT | MYM_WANT_AVAILABLE |
				MYM_WANT_HIGH | MYM_WANT_SWAP_LIMIT |
				MYM_WANT_SWAP_AVAILABLE;
	const struct mym_snapshot before = merged(array);
	unsigned int at = chance_below(chance, array->count + 1);
	struct array less = *array;
	struct mym_snapshot after;

	if (at == array->count)
		return NULL;
	less.count--;
	memmove(&less.rows[at], &less.rows[at + 1],
		(less.count - at) * sizeof(less.rows[0]));
	after = merged(&less);
	if (after.valid & minima & ~before.valid)
		return "a removal makes known";
	if ((after.valid & MYM_WANT_LIMIT) && after.limit < before.limit)
		return "a removal lowers the limit";
	if ((after.valid & MYM_WANT_AVAILABLE) &&
	    after.available < before.available)
		return "a removal lowers what is available";
	return NULL;
}

static const char *order_does_not_matter(const struct array *array,
					 struct chance *chance)
{
	const struct mym_snapshot before = merged(array);
	struct array other = *array;
	struct mym_snapshot after;

	for (unsigned int i = 0; i + 1 < array->count; i++) {
		unsigned int j = i + chance_below(chance, array->count - i);
		struct mym_constraint swapped = other.rows[i];

		if (swapped.kind == MYM_KIND_HOST ||
		    other.rows[j].kind == MYM_KIND_HOST)
			continue;
		other.rows[i] = other.rows[j];
		other.rows[j] = swapped;
	}
	after = merged(&other);
	after.valid &= MYM_WANT_LIMIT | MYM_WANT_AVAILABLE;
	if (after.valid != (before.valid & (MYM_WANT_LIMIT |
					    MYM_WANT_AVAILABLE)) ||
	    after.limit != before.limit || after.available != before.available)
		return "another order gives another answer";
	return NULL;
}

static void show_array(const struct array *array)
{
	for (unsigned int i = 0; i < array->count; i++) {
		const struct mym_constraint *c = &array->rows[i];

		printf("# %u: kind %d valid %#x none %#x failed %#x limit %"
		       PRId64 " available %" PRId64 "\n", i, (int)c->kind,
		       (unsigned int)c->valid, (unsigned int)c->none,
		       (unsigned int)c->failed, c->limit, c->available);
	}
	fflush(stdout);
}

START_TEST(properties)
{
	struct chance chance = chance_new();

	for (int i = 0; i < ARRAYS; i++) {
		const struct array array = some_array(&chance);
		const char *wrong = bounds(&array);

		if (!wrong)
			wrong = unknown_changes_nothing(&array, &chance);
		if (!wrong)
			wrong = removal_lowers_nothing(&array, &chance);
		if (!wrong)
			wrong = order_does_not_matter(&array, &chance);
		if (wrong)
			show_array(&array);
		DEMAND(!wrong, "seed %" PRIu64 ", array %d: %s", chance.seed, i,
		       wrong);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("properties");
	TCase *tc = tcase_create("merge");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, properties);
	suite_add_tcase(s, tc);
	return s;
}
