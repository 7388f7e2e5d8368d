/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "terminal.h"

/* The screen that has no history, no cursor, and lines that are cut off at its
 * edge instead of going on in the next one; and all of that undone. */
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[m\033[?7h\033[?25h\033[?1049l"

#define BIT(signal) (1UL << ((signal) - 1))

/* The kernel's own calls: what libc has around them is for threads, and for kernels
 * of before 2008, and larger than all the rest here. */
static void set_mask(int how, const unsigned long *mask, unsigned long *before)
{
	syscall(SYS_rt_sigprocmask, how, mask, before, sizeof(signal_set));
}

static void enter(struct terminal *t)
{
	struct termios wanted = t->before;

	/* Keys come at once, and none of them stops what is written. */
	wanted.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	wanted.c_iflag &= ~(tcflag_t)IXON;
	wanted.c_cc[VMIN] = 1;
	if (t->keys >= 0)
		tcsetattr(t->keys, TCSANOW, &wanted);
	fputs(ENTER, stdout);
	t->changed = true;
}

static void leave(struct terminal *t)
{
	fputs(LEAVE, stdout);
	fflush(stdout);
	if (t->keys >= 0)
		tcsetattr(t->keys, TCSANOW, &t->before);
}

bool terminal_open(struct terminal *t)
{
	const signal_set wanted = {
		BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM) |
		BIT(SIGTSTP) | BIT(SIGCONT) | BIT(SIGWINCH)
	};
	const char *text = getenv("TERM");

	t->keys = t->signals = -1;
	if (!isatty(STDOUT_FILENO) || !text || !*text || strcmp(text, "dumb") == 0)
		return false;
	/* Without them it could not be given back. */
	t->signals = (int)syscall(SYS_signalfd4, -1, wanted, sizeof(wanted),
				  SFD_CLOEXEC);
	if (t->signals < 0)
		return false;
	set_mask(SIG_BLOCK, wanted, t->signals_before);
	if (tcgetattr(STDIN_FILENO, &t->before) == 0)
		t->keys = STDIN_FILENO;
	text = getenv("NO_COLOR");
	t->color = !text || !*text;
	enter(t);
	return true;
}

void terminal_measure(struct terminal *t)
{
	struct winsize size = { 0 };

	/* Serial lines, and containers at first, tell nothing, or 0. */
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	t->rows = size.ws_row ? size.ws_row : 24;
	t->columns = size.ws_col ? size.ws_col : 80;
}

/* With the terminal given back, the signal does what it does to any program. */
static void obey(struct terminal *t, int signal)
{
	signal_set now;

	leave(t);
	kill(getpid(), signal);
	set_mask(SIG_SETMASK, t->signals_before, now);
	/* Here it was stopped, and goes on. */
	set_mask(SIG_SETMASK, now, NULL);
	enter(t);
}

static bool take_signal(struct terminal *t)
{
	struct signalfd_siginfo info;

	if (read(t->signals, &info, sizeof(info)) != sizeof(info))
		return true;
	switch (info.ssi_signo) {
	case SIGWINCH:
		t->changed = true;
		return true;
	case SIGCONT:
		/* After SIGSTOP, which left no time to give it back. */
		enter(t);
		return true;
	default:
		obey(t, (int)info.ssi_signo);
		/* A signal that is ignored, as by nohup(1), ends nothing; but the
		 * first process of a container is ended only by itself. */
		return info.ssi_signo == SIGTSTP || getpid() != 1;
	}
}

static bool take_key(const struct terminal *t)
{
	char key;

	/* Nothing comes from a terminal that is gone. */
	return read(t->keys, &key, 1) == 1 && key != 'q' && key != 'Q';
}

bool terminal_wait(struct terminal *t, int other, int64_t nanoseconds)
{
	struct pollfd fds[] = {
		{ .fd = t->keys, .events = POLLIN },
		{ .fd = t->signals, .events = POLLIN },
		{ .fd = other, .events = POLLIN },
	};
	int64_t wait = nanoseconds / 1000000 + 1;

	t->changed = false;
	poll(fds, 3, wait > INT_MAX ? INT_MAX : (int)wait);
	return (!fds[0].revents || take_key(t)) &&
	       (!fds[1].revents || take_signal(t));
}

void terminal_close(struct terminal *t)
{
	if (t->signals >= 0)
		leave(t);
}
