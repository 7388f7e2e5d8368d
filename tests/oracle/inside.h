/* SPDX-License-Identifier: MIT */
/* What the subject does before it asks. */
#ifndef INSIDE_H
#define INSIDE_H

#include "scene.h"

typedef void inside_fn(struct scene *scene);

inside_fn inside_read, inside_reread, inside_dirty, inside_map, inside_mlock;
inside_fn inside_memfd, inside_tmpfs;
inside_fn inside_anonymous, inside_freed, inside_lazy;
inside_fn inside_inodes, inside_names, inside_pipes, inside_sockets;
inside_fn inside_lower, inside_lower_high, inside_move, inside_hide;
inside_fn inside_rlimit_as, inside_rlimit_data, inside_ordinary;

#endif
