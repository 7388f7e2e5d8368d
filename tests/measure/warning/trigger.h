/* SPDX-License-Identifier: MIT */
/* What programs without this library listen to: triggers for stalls (PSI). */
#ifndef TRIGGER_H
#define TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

enum policy {
	POLICY_PLAIN,   /* the example of the kernel's psi.rst */
	POLICY_GLIB,    /* GMemoryMonitor, since 2.86: any of its three levels */
	POLICY_SYSTEMD, /* sd_event_add_memory_pressure() */
	POLICIES
};

/* The machine's, before anything else; what they say first is not of now. */
void trigger_begin(void);
/* The triggers of all policies, on this file. */
void trigger_arm(const char *path, bool machine);
/* What came before is forgotten. */
void trigger_forget(void);
/* Waits until one of them fires, or the descriptor is readable: then true. */
bool trigger_wait(int until, int ms);
/* When a policy was warned first; 0: it was not, < 0: it cannot listen. */
int64_t trigger_time(enum policy policy);

#endif
