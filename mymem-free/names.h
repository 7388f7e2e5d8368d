/* SPDX-License-Identifier: MIT */
/* What the numbers and bits of mymem.h are called in text and in JSON. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct name {
	uint64_t value;
	const char *name;
};
extern const struct name kind_names[], level_names[], cause_names[],
	scope_names[], flag_names[], fact_names[];
/* The name of a value, or "unknown": newer libraries know more. */
const char *name_of(const struct name *names, uint64_t value);
/* The other way round; false: nothing is called that. */
bool value_named(const struct name *names, const char *name, int64_t *value);

#endif
