/* SPDX-License-Identifier: MIT */
#include "guard.h"
#include "sys.h"

void mym__guard_mark(struct mym__guard *guard)
{
	if (!guard || guard->thread != 0)
		return;
	guard->thread = -1;
	if (guard->file->fd > 0 && mym__file_is(guard->file))
		guard->thread = mym__sys_mark(guard->file->fd);
}

bool mym__guard_holds(const struct mym__guard *guard)
{
	if (guard->thread <= 0 ||
	    mym__sys_has_mark(guard->file->fd, guard->thread))
		return true;
	guard->file->fd = 0;
	return false;
}
