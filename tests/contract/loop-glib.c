/* SPDX-License-Identifier: MIT */
/* A watch in GLib's loop. */
#include <glib-unix.h>

#include "loop.h"
#include "suite.h"

struct source {
	struct loop loop;
	GMainLoop *main;
};

static gboolean wake(gint fd, GIOCondition condition, gpointer data)
{
	struct source *source = data;

	ck_assert_int_eq(fd, mym_watch_fd(source->loop.watch));
	ck_assert_int_eq((int)condition, G_IO_IN);
	if (!loop_wake(&source->loop))
		return G_SOURCE_CONTINUE;
	g_main_loop_quit(source->main);
	return G_SOURCE_REMOVE;
}

START_TEST(glib)
{
	struct source source = { .main = g_main_loop_new(NULL, FALSE) };

	loop_open(&source.loop);
	g_unix_fd_add(mym_watch_fd(source.loop.watch), G_IO_IN, wake, &source);
	g_main_loop_run(source.main);
	g_main_loop_unref(source.main);
	loop_close(&source.loop);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loop-glib");
	TCase *tc = tcase_create("loop");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, glib);
	suite_add_tcase(s, tc);
	return s;
}
