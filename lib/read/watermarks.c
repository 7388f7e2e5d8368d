/* SPDX-License-Identifier: MIT */
/* What the kernel keeps to itself, zone by zone: /proc/zoneinfo. */
#include <errno.h>

#include "../base/lines.h"
#include "../base/nodes.h"
#include "../base/root.h"
#include "../base/text.h"
#include "pass.h"
#include "reclaim.h"
#include "supply.h"
#include "zones.h"

void mym__watermarks_read(struct mym__pass *pass, struct mym_constraint *row,
			  const struct mym__nodes *nodes, int64_t total,
			  struct mym__supply *supply)
{
	struct mym__zones zones = { .nodes = nodes };
	struct mym__lines lines;
	struct mym__text line;
	struct mym__open open = mym__pass_once(pass, MYM__FILE_ZONES);
	int r = open.fd;

	if (open.fd >= 0) {
		mym__lines_init(&lines, open.fd, pass->buffer, pass->size);
		lines.most = MYM__TABLE_MOST;
		while ((r = mym__lines_next(&lines, &line)) == 0)
			mym__zones_parse(&zones, line);
		mym__zones_end(&zones);
		mym__pass_put(pass, open, r);
		/* Half of the zones would be worse than none. */
		if (r < 0)
			zones = (struct mym__zones){ .nodes = nodes };
	}
	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		mym__pass_failed(pass, row, MYM_WANT_AVAILABLE, r);
	mym__supply_watermarks(&zones, total, supply);
}
