/* SPDX-License-Identifier: MIT */
/* A terminal that is taken for a picture, and left as it was. */
#ifndef MYMEM_FREE_TERMINAL_H
#define MYMEM_FREE_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/* As the kernel has it; the first word has each signal but those for real time. */
typedef unsigned long signal_set[_NSIG / 8 / sizeof(long)];

struct terminal {
	int rows, columns;
	bool color;   /* it may be used */
	bool changed; /* all must be drawn anew */
	int keys, signals; /* descriptors, or -1 */
	signal_set signals_before;
	struct termios before;
};

/* Returns false where standard output is none, or one that can show no more than
 * lines; terminal_wait() is then good for the other descriptor alone. */
bool terminal_open(struct terminal *terminal);
/* How large it is now. */
void terminal_measure(struct terminal *terminal);
/* Waits so long, in ns, for keys, signals and another descriptor, if it is not
 * negative.  Returns false
 * when it is time to end. */
bool terminal_wait(struct terminal *terminal, int other, int64_t nanoseconds);
/* Gives it back. */
void terminal_close(struct terminal *terminal);

#endif
