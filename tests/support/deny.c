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
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "filter.h"

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EPERM", EPERM },
	{ "ENOENT", ENOENT },
	{ "EIO", EIO },
	{ "EAGAIN", EAGAIN },
	{ "ENOMEM", ENOMEM },
	{ "EACCES", EACCES },
	{ "EINVAL", EINVAL },
	{ "ENFILE", ENFILE },
	{ "EMFILE", EMFILE },
	{ "ENOSYS", ENOSYS },
};

static int usage(const char *why, const char *what)
{
	fprintf(stderr, "deny: %s: %s\n"
		"usage: deny SYSCALL=ERRNO... -- PROGRAM ARGUMENT...\n",
		why, what);
	return 2;
}

/* A name that nobody knows leaves -1, or 0. */
static void parse(const char *word, struct denial *denial)
{
	size_t length = strcspn(word, "=");

	*denial = (struct denial){ call_number(word, length), 0 };
	if (word[length] == '\0')
		return;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (strcmp(word + length + 1, errors[i].name) == 0)
			denial->error = errors[i].number;
	}
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
