/* SPDX-License-Identifier: MIT */
/* What the subject does before it asks. */
#ifndef INSIDE_H
#define INSIDE_H

#include "stage.h"

typedef void inside_fn(struct stage *stage);

/* The memory that it holds. */
inside_fn inside_read, inside_read_little, inside_reread, inside_dirty,
	inside_map, inside_mlock,
	inside_deleted, inside_splice, inside_sendfile;
inside_fn inside_memfd, inside_tmpfs, inside_secret, inside_hugetlb;
inside_fn inside_anonymous, inside_freed, inside_lazy, inside_split,
	inside_sparse;
inside_fn inside_inodes, inside_names, inside_open, inside_pipes,
	inside_sockets, inside_tcp, inside_idle;
inside_fn inside_swapped_60, inside_swapped_90, inside_swapped_110;

/* Where it is, what it may, and who is beside it. */
inside_fn inside_lower, inside_lower_high, inside_move, inside_hide,
	inside_hide_swapped;
inside_fn inside_rlimit_as, inside_rlimit_data, inside_rlimit_data_0,
	inside_rlimit_data_0_hard, inside_memlock, inside_memlock_onfault,
	inside_address_space;
inside_fn inside_ordinary, inside_threads, inside_bind_read_little,
	inside_bind_reread, inside_prefer_read_little;
inside_fn inside_fork, inside_foreign_locked, inside_text;

#endif
