/* SPDX-License-Identifier: MIT */
/*
 * Pressure stall information: that of the process's group, which exists even
 * without the memory controller, and that of the groups above whose limits
 * bind; the machine's where there is neither.
 */
#include <errno.h>

#include "../answer/findings.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/text.h"
#include "pass.h"
#include "psi.h"
#include "readers.h"

/* With psi=0 the file is missing, or can be opened and gives EOPNOTSUPP. */
static bool is_off(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ENODEV ||
	       error == -EOPNOTSUPP;
}

/* 0, 1 if nothing was understood, or < 0. */
int mym__psi_read(int fd, char *buffer, size_t size, int scope,
		  struct mym__psi *psi)
{
	struct mym__lines lines;
	struct mym__text line;
	const uint64_t both = MYM_WANT_PSI_SOME | MYM_WANT_PSI_FULL;
	int r = 0;

	*psi = (struct mym__psi){ .total = { -1, -1 } };
	mym__lines_init(&lines, fd, buffer, size);
	while (psi->valid != both &&
	       (r = mym__lines_next(&lines, &line)) == 0) {
		int64_t value;
		bool full;

		if (mym__parse_psi(line, &full, &value) < 0)
			continue;
		*(full ? &psi->full : &psi->some) = value;
		psi->valid |= full ? MYM_WANT_PSI_FULL : MYM_WANT_PSI_SOME;
		psi->scope = scope;
		if (mym__parse_psi_total(line, &value) == 0)
			psi->total[full] = value;
	}
	return r < 0 ? r : psi->scope == 0;
}

static void read_file(struct mym__pass *pass, struct mym__open open, int scope,
		      struct mym__psi *psi)
{
	int r = open.fd;

	if (open.fd >= 0) {
		r = mym__psi_read(open.fd, pass->buffer, pass->size, scope, psi);
		/* cgroup.pressure=0 hides the file; a descriptor that was open
		 * stays dead when the file is shown again. */
		mym__pass_put(pass, open, r);
		if (r == 1)
			r = -EBADMSG;
	}
	if (r < 0 && !is_off(r))
		mym__pass_failed(pass, NULL, 0, r);
}

void mym__psi_read_own(struct mym__pass *pass, struct mym__open open)
{
	read_file(pass, open, MYM_SCOPE_CGROUP, &pass->found->psi[MYM__PSI_OWN]);
}

void mym__psi_read_above(struct mym__pass *pass, struct mym__open open)
{
	struct mym__psi *worst = &pass->found->psi[MYM__PSI_ABOVE], psi = { 0 };

	read_file(pass, open, MYM_SCOPE_ABOVE, &psi);
	if (psi.scope && (worst->scope == 0 || psi.full > worst->full ||
			  (psi.full == worst->full && psi.some > worst->some)))
		*worst = psi;
}

void mym__psi_read_host(struct mym__pass *pass)
{
	if (pass->found->psi[MYM__PSI_OWN].scope == 0 &&
	    pass->found->psi[MYM__PSI_ABOVE].scope == 0)
		read_file(pass, mym__pass_get(pass, MYM__FILE_PRESSURE),
			  MYM_SCOPE_HOST, &pass->found->psi[MYM__PSI_OWN]);
}
