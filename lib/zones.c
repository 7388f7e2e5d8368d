/* SPDX-License-Identifier: MIT */
/* A line of /proc/zoneinfo.  Pure, as parse.c. */
#include "internal.h"

/* "(0," and "0)": one of the lowmem reserves. */
static struct mym__text without_brackets(struct mym__text word)
{
	while (word.length > 0 && *word.at == '(')
		word = (struct mym__text){ word.at + 1, word.length - 1 };
	while (word.length > 0 && (word.at[word.length - 1] == ',' ||
				   word.at[word.length - 1] == ')'))
		word.length--;
	return word;
}

/*
 * Node 0, zone   Normal
 *         low      16571
 *         high     20517
 *         managed  5200331
 *         protection: (0, 0, 0, 0, 0)
 *               count:    187
 *
 * What the kernel holds back of a zone (calculate_totalreserve_pages() in
 * mm/page_alloc.c): the largest lowmem reserve against higher zones plus the
 * high watermark, at most the zone.  "protection" is the last of the four.
 * "count", one for each CPU, are pages that it freed and that no other CPU can
 * take: MemFree leaves them out.
 */
void mym__zones_parse(struct mym__zones *zones, struct mym__text line)
{
	struct mym__text key = mym__parse_word(&line);
	struct mym__text word;
	int64_t n, most = 0;

	if (mym__text_equal(key, MYM__TEXT("Node"))) {
		word = mym__parse_word(&line);
		if (word.length > 0 && word.at[word.length - 1] == ',')
			word.length--;
		zones->counted = mym__parse_number(word, &n) == 0 &&
				 n < MYM__NODES_MAX &&
				 (!zones->nodes ||
				  mym__nodes_has(zones->nodes, (unsigned int)n));
		zones->zone_high = 0;
		zones->zone_managed = 0;
	} else if (mym__text_equal(key, MYM__TEXT("protection:"))) {
		while ((word = mym__parse_word(&line)).length > 0) {
			word = without_brackets(word);
			if (mym__parse_number(word, &n) == 0 && n > most)
				most = n;
		}
		most = mym__add(most, zones->zone_high);
		if (most > zones->zone_managed)
			most = zones->zone_managed;
		if (zones->counted)
			zones->reserve = mym__add(zones->reserve, most);
	} else if (mym__parse_number(mym__parse_word(&line), &n) == 0) {
		if (mym__text_equal(key, MYM__TEXT("low")) && zones->counted)
			zones->low = mym__add(zones->low, n);
		else if (mym__text_equal(key, MYM__TEXT("count:")) &&
			 zones->counted)
			zones->per_cpu = mym__add(zones->per_cpu, n);
		else if (mym__text_equal(key, MYM__TEXT("high")))
			zones->zone_high = n;
		else if (mym__text_equal(key, MYM__TEXT("managed"))) {
			zones->zone_managed = n;
			zones->managed = mym__add(zones->managed, n);
		}
	}
}
