/* SPDX-License-Identifier: MIT */
/* What the readers of a pass share. */
#include <errno.h>

#include "../answer/findings.h"
#include "../base/error.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/text.h"
#include "pass.h"

struct mym_constraint *mym__pass_add(struct mym__pass *pass, uint64_t kind,
				     const char *path)
{
	struct mym__findings *found = pass->found;
	/* After the rows of the groups, of which more are to come. */
	unsigned int index = kind == MYM_KIND_CGROUP_MEMSW ?
			     pass->places->count + found->memsws++ :
			     found->count++;

	found->rows[index] = (struct mym_constraint){ .kind = kind };
	found->paths[index] = path;
	found->kinds |= MYM__KIND(kind);
	return &found->rows[index];
}

void mym__pass_error(struct mym__pass *pass, int r)
{
	if (mym__error_transient(r))
		pass->error = r;
}

void mym__pass_failed(struct mym__pass *pass, struct mym_constraint *constraint,
		      uint64_t bits, int error)
{
	mym__pass_error(pass, error);
	/* Another thread has closed a descriptor that it did not open. */
	if (error == -EBADF)
		pass->trouble |= MYM__PASS_FD_LOST;
	pass->found->flags |= MYM_FLAG_PARTIAL;
	if (!constraint)
		pass->lost |= bits;
	if (!constraint || bits == 0)
		return;
	if (constraint->failed == 0)
		constraint->error = error;
	constraint->failed |= bits;
}

void mym__pass_missed(struct mym__pass *pass, uint64_t kinds, int r)
{
	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		mym__pass_failed(pass, NULL, kinds, r);
}

bool mym__pass_met(struct mym__pass *pass, struct mym__group_dir *dir)
{
	unsigned int met = dir->trouble;

	dir->trouble = 0;
	if (met & MYM__GROUP_GONE)
		pass->trouble |= MYM__PASS_STALE;
	if (met & MYM__GROUP_UNVERIFIED)
		pass->found->flags |= MYM_FLAG_UNVERIFIED;
	if ((met & MYM__GROUP_OVERLAID) && pass->limits)
		mym__limit_watch_refuse(pass->limits);
	return met & MYM__GROUP_OVERLAID;
}

struct mym__open mym__pass_get_at(struct mym__pass *pass, enum mym__files file,
				  const char *path)
{
	struct mym__open open = { .file = pass->files ? &pass->files[file] : NULL };

	open.kept = open.file && open.file->fd > 0;
	open.fd = mym__file_get(pass->root, open.file, path);
	return open;
}

struct mym__open mym__pass_get(struct mym__pass *pass, enum mym__files file)
{
	return mym__pass_get_at(pass, file, mym__file_path(file));
}

struct mym__open mym__pass_once(struct mym__pass *pass, enum mym__files file)
{
	return pass->root->sealed ? mym__pass_get(pass, file) :
				    mym__pass_open(pass, mym__file_path(file));
}

struct mym__open mym__pass_open(struct mym__pass *pass, const char *path)
{
	return (struct mym__open){
		.fd = mym__root_get(pass->root, path, MYM__ROOT_FILE),
	};
}

void mym__pass_put(struct mym__pass *pass, struct mym__open open, int r)
{
	/* When sealed it cannot be opened anew. */
	if (!mym__file_put(open.file, open.fd, open.kept,
			   pass->root->sealed ? 0 : r))
		pass->trouble |= MYM__PASS_FD_LOST;
}

int mym__pass_amount(struct mym__pass *pass, struct mym__open open,
		     int64_t *value)
{
	int r = open.fd;

	if (open.fd >= 0) {
		r = mym__lines_amount(open.fd, pass->buffer, value);
		mym__pass_put(pass, open, r);
	}
	mym__pass_error(pass, r);
	return r;
}

int mym__pass_keys(struct mym__pass *pass, struct mym__open open,
		   struct mym__keys *keys)
{
	int r = open.fd;

	if (open.fd >= 0)
		r = mym__lines_keys(open.fd, pass->buffer, pass->size, keys);
	mym__pass_put(pass, open, r);
	return r;
}

struct mym__text mym__pass_word(struct mym__pass *pass, struct mym__open open)
{
	struct mym__text all = MYM__TEXT("");
	int r = open.fd;

	if (open.fd >= 0) {
		r = mym__lines_all(open.fd, pass->buffer, MYM__SMALL_FILE,
				   &all);
		mym__pass_put(pass, open, r);
	}
	mym__pass_missed(pass, 0, r);
	return mym__parse_word(&all);
}

/* Virtual files have been seen to show 8 EiB, negative numbers, and another
 * machine's number next to a container's. */
void mym__pass_doubt(struct mym__pass *pass, struct mym__keys *keys,
		     const unsigned int *wholes)
{
	uint64_t doubtful = keys->broken;

	for (unsigned int i = 0; i < keys->count; i++) {
		if (keys->values[i] > MYM__PLAUSIBLE)
			doubtful |= UINT64_C(1) << i;
	}
	for (unsigned int i = 0; i < keys->count; i++) {
		const uint64_t whole = UINT64_C(1) << wholes[i];

		if ((keys->seen & ~doubtful & whole) &&
		    keys->values[i] > keys->values[wholes[i]])
			doubtful |= UINT64_C(1) << i;
	}
	for (unsigned int i = 0; i < keys->count; i++) {
		if (doubtful >> i & 1)
			keys->values[i] = 0;
	}
	keys->seen &= ~doubtful;
	if (doubtful)
		mym__pass_failed(pass, NULL, 0, -EBADMSG);
}
