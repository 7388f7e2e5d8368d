/* SPDX-License-Identifier: MIT */
/*
 * deny SYSCALL=ERRNO... -- PROGRAM ARGUMENT...
 *
 * Runs a program in which the system calls fail.  A path that is taken only on
 * other kernels and in other sandboxes rots unless something takes it here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "syscalls.h"

static int usage(const char *why, const char *what)
{
	fprintf(stderr, "deny: %s: %s\n"
		"usage: deny SYSCALL=ERRNO... -- PROGRAM ARGUMENT...\n",
		why, what);
	return 2;
}

/* Of a name that nobody knows a member is no number. */
static void parse(const char *word, struct denial *denial)
{
	size_t length = strcspn(word, "=");

	denial->number = call_number(word, length);
	denial->error = word[length] ? error_number(word + length + 1) : 0;
}

/* A filter that denies nothing would make every test after it look good. */
static int works(const struct denial *denials, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		errno = 0;
		/* No such descriptor, no such size: it would fail, but with
		 * another error. */
		if (syscall(denials[i].number, -1, NULL, NULL, 1, 0) != -1 ||
		    errno != denials[i].error)
			return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct denial denials[DENIALS_MAX];
	size_t count = 0;
	int i, r;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (count == DENIALS_MAX)
			return usage("too many", argv[i]);
		parse(argv[i], &denials[count]);
		if (denials[count].number < 0)
			return usage("unknown system call", argv[i]);
		if (denials[count].error == 0)
			return usage("unknown error", argv[i]);
		count++;
	}
	if (count == 0 || i + 1 >= argc)
		return usage("missing", count ? "program" : "system call");
	r = filter_install(denials, count);
	if (r < 0) {
		printf("1..0 # SKIP no seccomp filter here: %s\n",
		       strerror(-r));
		return 0;
	}
	if (!works(denials, count))
		return usage("not denied", argv[1]);
	execvp(argv[i + 1], argv + i + 1);
	fprintf(stderr, "deny: %s: %s\n", argv[i + 1], strerror(errno));
	return 127;
}
