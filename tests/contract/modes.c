/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kernel.h"
#include "filter.h"
#include "modes.h"

const char *const mode_names[MODES] = { "openat2", "ENOSYS", "EPERM" };

void mode_enter(enum mode mode)
{
	struct denial denial = { SYS_openat2, mode == MODE_EPERM ? EPERM :
								   ENOSYS };

	if (mode == MODE_OPENAT2)
		return;
	ck_assert_int_eq(filter_install(&denial, 1), 0);
	errno = 0;
	ck_assert_int_eq(syscall(SYS_openat2, -1, NULL, NULL, 0), -1);
	ck_assert_int_eq(errno, denial.error);
}

char *mode_text(enum mode mode, void (*work)(FILE *out, const void *data),
		const void *data)
{
	char *text = NULL;
	size_t size = 0;
	int status, ends[2];
	FILE *in;
	pid_t pid;

	fflush(NULL);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		FILE *out = fdopen(ends[1], "w");

		close(ends[0]);
		mode_enter(mode);
		/* What blocks for ever must not block the tests. */
		alarm(20);
		work(out, data);
		_exit(fclose(out) == 0 ? 0 : 1);
	}
	close(ends[1]);
	in = fdopen(ends[0], "r");
	if (getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(in);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "%s: the child ended with %#x after:\n%s",
		      mode_names[mode], (unsigned int)status, text);
	return text;
}
