/* SPDX-License-Identifier: MIT */
#ifndef MYMEM_RUN_SIGNALS_H
#define MYMEM_RUN_SIGNALS_H

/* The signal of this name, "TERM" or "SIGTERM", or number; 0: there is none. */
int signal_named(const char *name);

#endif
