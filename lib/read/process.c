/* SPDX-License-Identifier: MIT */
/* The process itself: /proc/self/status. */
#include <errno.h>

#include "../base/error.h"
#include "../base/file.h"
#include "../base/lines.h"
#include "../base/nodes.h"
#include "../base/parse.h"
#include "../base/root.h"
#include "../base/text.h"
#include "pass.h"
#include "process.h"

static const struct mym__name names[MYM__PROCESS_KEYS] = {
	[MYM__VM_SIZE] = MYM__NAME("VmSize"),
	[MYM__VM_DATA] = MYM__NAME("VmData"),
	[MYM__VM_LOCKED] = MYM__NAME("VmLck"),
};

static void read_line(struct mym__process *process, struct mym__keys *keys,
		      struct mym__text line)
{
	struct mym__text rest = line;
	struct mym__text key = mym__parse_word(&rest);

	if (mym__text_is(key, "CapEff:"))
		process->has_capabilities =
			mym__parse_hex(mym__parse_word(&rest),
				       &process->capabilities) == 0;
	else if (mym__text_is(key, "Mems_allowed_list:"))
		process->has_nodes =
			mym__nodes_parse(rest, &process->nodes) == 0;
	else
		mym__parse_key(keys, line);
}

int mym__process_read(struct mym__pass *pass, struct mym__process *process)
{
	struct mym__keys keys = {
		.names = names,
		.count = MYM__PROCESS_KEYS,
		.kilobytes = true,
		.values = process->values,
	};
	struct mym__lines lines;
	struct mym__text line;
	struct mym__open open;
	int r;

	*process = (struct mym__process){ 0 };
	open = mym__pass_get(pass, MYM__FILE_STATUS);
	mym__pass_error(pass, open.fd);
	if (open.fd < 0)
		return open.fd;
	mym__lines_init(&lines, open.fd, pass->buffer, pass->size);
	while ((r = mym__lines_next(&lines, &line)) == 0) {
		if (!lines.cut)
			read_line(process, &keys, line);
	}
	mym__pass_put(pass, open, r);
	process->seen = keys.seen;
	mym__pass_error(pass, r);
	return r < 0 ? r : 0;
}

/* The kernel checks in the initial user namespace, where user ids are not
 * mapped. */
bool mym__process_may(struct mym__pass *pass, const struct mym__process *process,
		      unsigned int capability)
{
	int64_t inside = -1, outside = -1, count = -1;
	struct mym__text all;
	struct mym__open open;
	int r;

	if (!process->has_capabilities ||
	    !(process->capabilities >> capability & 1))
		return false;
	open = mym__pass_once(pass, MYM__FILE_USERS);
	r = open.fd;
	if (r >= 0)
		r = mym__lines_all(open.fd, pass->buffer, MYM__SMALL_FILE, &all);
	if (r == 0) {
		mym__parse_number(mym__parse_word(&all), &inside);
		mym__parse_number(mym__parse_word(&all), &outside);
		mym__parse_number(mym__parse_word(&all), &count);
	}
	mym__pass_put(pass, open, r);
	return inside == 0 && outside == 0 && count == UINT32_MAX;
}
