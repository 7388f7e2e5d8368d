/* SPDX-License-Identifier: MIT */
/* What a library does that finds and opens all anew each time. */
#ifndef UNCACHED_H
#define UNCACHED_H

#include <stdint.h>

/*
 * The system calls of uv_get_available_memory() in libuv 1.52: open, read and
 * close of /proc/self/cgroup, of both limits of the process's group at the usual
 * place of the mount, of /proc/meminfo for the machine's memory, and of the
 * group's usage.
 */
int64_t uncached_available(void);

#endif
