/* SPDX-License-Identifier: MIT */
/*
 * The multi-generational LRU of reclaim (mm/vmscan.c, Linux 6.1), where it is
 * switched on: it applies swappiness in another way, does not favour executable
 * text, and may be told to keep what was used lately.
 */
#include <errno.h>
#include <string.h>

#include "../base/file.h"
#include "../base/parse.h"
#include "../base/text.h"
#include "pass.h"
#include "reclaim.h"

bool mym__generations(struct mym__pass *pass)
{
	struct mym__text flags;
	uint64_t bits = 0;

	if (pass->generations != MYM__NOT_ASKED)
		return pass->generations == MYM__ASKED_YES;
	pass->generations = MYM__ASKED_NO;
	flags = mym__pass_word(pass,
			       mym__pass_once(pass, MYM__FILE_GENERATIONS));
	if (flags.length > 2 && memcmp(flags.at, "0x", 2) == 0) {
		flags = (struct mym__text){ flags.at + 2, flags.length - 2 };
		if (mym__parse_hex(flags, &bits) == 0 && (bits & 1))
			pass->generations = MYM__ASKED_YES;
	}
	return pass->generations == MYM__ASKED_YES;
}

/* lru_gen_age_node() in mm/vmscan.c kills rather than reclaim what is kept. */
bool mym__generations_keep(struct mym__pass *pass)
{
	struct mym__open open = mym__pass_get(pass, MYM__FILE_TIME_TO_LIVE);
	int64_t ms;
	int r = mym__pass_amount(pass, open, &ms);

	/* The kernel makes it at boot, or never; and where another sysfs is
	 * mounted all files are forgotten. */
	if (r == -ENOENT && open.file && !pass->root->confined)
		open.file->fd = -1;
	return r == 0 && ms > 0 && mym__generations(pass);
}
