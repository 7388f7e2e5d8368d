/* SPDX-License-Identifier: MIT */
/* Two ends of a connection to ourselves; the first one does not block. */
#ifndef TCP_H
#define TCP_H

void tcp_pair(int ends[2]);

#endif
