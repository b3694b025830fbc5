/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <daemon/settings.h>
#include <daemon/secret-file.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static char *
make_file (const char *name, int mode)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_true (g_file_set_contents (path, "secret", -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

static void
assert_refused (const char *path, const char *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *quoted = g_shell_quote (path);
  g_autofree char *whole = g_strdup_printf ("run: %s %s", command, quoted);

  g_assert_false (habla_secret_file_check (path, &error));
  g_assert_error (error, HABLA_SETTINGS_ERROR, 0);
  if (strstr (error->message, whole) == NULL)
    g_error ("“%s” is not in: %s", whole, error->message);
}

static void
assert_accepted (const char *path)
{
  g_autoptr (GError) error = NULL;

  habla_secret_file_check (path, &error);
  g_assert_no_error (error);
}

static void
test_modes (void)
{
  static const int accepted[] = { 0600, 0400, 0700 };
  static const int refused[] = { 0644, 0640, 0604, 0620, 0602, 0660, 0666, 0610 };

  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autofree char *path = make_file ("a token", accepted[i]);

    assert_accepted (path);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path = make_file ("a token", refused[i]);

    assert_refused (path, "chmod 600");
  }
}

/* What matters is the file, not the link, whose mode is always 0777. */
static void
test_symbolic_link (void)
{
  g_autofree char *target = make_file ("target", 0600);
  g_autofree char *link = g_build_filename (habla_test_get_dir (), "link", NULL);

  g_assert_cmpint (symlink (target, link), ==, 0);
  assert_accepted (link);
  g_assert_cmpint (g_chmod (target, 0644), ==, 0);
  assert_refused (link, "chmod 600");
}

static void
test_owner (void)
{
  g_autofree char *path = make_file ("owned", 0600);

  if (geteuid () != 0) {
    g_test_skip ("only root can give a file to another user");
    return;
  }
  g_assert_cmpint (chown (path, NOBODY, -1), ==, 0);
  assert_refused (path, "chown 0");
}

static void
test_credentials (void)
{
  g_autofree char *path = make_file ("credential", 0440);
  g_autofree char *beside = g_strconcat (habla_test_get_dir (), "-beside", NULL);

  assert_refused (path, "chmod 600");
  g_setenv ("CREDENTIALS_DIRECTORY", habla_test_get_dir (), TRUE);
  assert_accepted (path);
  /* A folder whose name only begins like that one. */
  g_assert_cmpint (g_mkdir (beside, 0700), ==, 0);
  g_setenv ("CREDENTIALS_DIRECTORY", beside, TRUE);
  assert_refused (path, "chmod 600");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_assert_cmpint (g_rmdir (beside), ==, 0);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (habla_secret_file_check ("/nowhere/token", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "/nowhere/token"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/secret-file/modes", test_modes);
  g_test_add_func ("/secret-file/symbolic-link", test_symbolic_link);
  g_test_add_func ("/secret-file/owner", test_owner);
  g_test_add_func ("/secret-file/credentials", test_credentials);
  g_test_add_func ("/secret-file/missing", test_missing);
  return habla_test_run ();
}
