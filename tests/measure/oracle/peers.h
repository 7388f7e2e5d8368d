/* SPDX-License-Identifier: MIT */
/* What others say is available, asked in the same process at the same time. */
#ifndef PEERS_H
#define PEERS_H

#include <stdint.h>

enum peer {
	PEER_LIBUV,          /* min(uv_get_constrained_memory, free) */
	PEER_LIBUV_AVAILABLE,/* uv_get_available_memory, since 1.45 */
	PEER_LIMIT_USAGE,    /* of the process's group: limit - usage */
	PEER_WORKING_SET,    /* limit - (usage - inactive_file) */
	PEER_MEMAVAILABLE,   /* the machine's */
	PEER_SYSCONF,        /* _SC_AVPHYS_PAGES */
	PEERS
};
extern const char *const peer_names[PEERS];

/* Bytes; -1 for those that have no answer.  own: the directory of the group as
 * this process sees it, or NULL. */
void peers_ask(const char *own, int64_t answers[PEERS]);
/* The version of libuv, or NULL. */
const char *peers_libuv(void);

#endif
