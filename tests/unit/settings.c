/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <daemon/settings.h>
#include <string.h>

static guint n_warnings;

static HablaSettings *
load (const char *text, GError **error)
{
  g_autoptr (HablaSettings) settings = habla_settings_new ();
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "a.conf", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  if (!habla_settings_load (settings, path, error))
    return NULL;
  return g_steal_pointer (&settings);
}

static void
test_defaults (void)
{
  g_autoptr (HablaSettings) settings = habla_settings_new ();

  g_assert_cmpstr (settings->listen[0], ==, "127.0.0.1:8700");
  g_assert_null (settings->listen[1]);
  g_assert_null (settings->token_file);
  g_assert_null (settings->transcriber);
  g_assert_null (settings->translator);
  g_assert_cmpuint (settings->max_audio_backlog, ==, 50 * 1024 * 1024);
  g_assert_cmpuint (settings->idle_timeout, ==, 90000);
  g_assert_cmpuint (settings->max_drain, ==, 15 * 60 * 1000);
  g_assert_cmpuint (settings->max_recording_size, ==, 4000000000);
  g_assert_cmpuint (settings->silence_timeout, ==, 15 * 60 * 1000);
  g_assert_cmpstr (settings->language, ==, "en");
  g_assert_cmpstr (settings->targets[0], ==, "es");
  g_assert_null (settings->targets[1]);
  g_assert_cmpint (settings->mode, ==, HABLA_MODE_CONVERSATION);
  g_assert_cmpstr (g_hash_table_lookup (settings->sources, "microphone"), ==, "autoaudiosrc");
  g_assert_true (habla_settings_check (settings, NULL));
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSettings) settings =
      load ("# ours\n[server]\nlisten = 127.0.0.1:1 ; [::1]:2\n"
            "token-file=/a b\nmax-body=2048\n\n[session]\n"
            "transcriber=a b=\"c "
            "d\"\nlanguage=es\ntargets=en\nmode=classroom\nsilence-timeout=0\n[log]\nformat=json\n"
            "[sources]\nhall=filesrc location=a.wav ! wavparse\n",
          &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (settings->listen), ==, 2);
  g_assert_cmpstr (settings->listen[1], ==, "[::1]:2");
  g_assert_cmpstr (settings->token_file, ==, "/a b");
  g_assert_cmpuint (settings->max_body, ==, 2048);
  g_assert_cmpuint (settings->silence_timeout, ==, 0);
  g_assert_cmpstr (settings->transcriber, ==, "a b=\"c d\"");
  g_assert_cmpstr (settings->language, ==, "es");
  g_assert_cmpstr (settings->targets[0], ==, "en");
  g_assert_cmpint (settings->mode, ==, HABLA_MODE_CLASSROOM);
  g_assert_cmpint (settings->log_format, ==, HABLA_LOG_JSON);
  g_assert_cmpstr (
      g_hash_table_lookup (settings->sources, "hall"), ==, "filesrc location=a.wav ! wavparse");
  g_assert_nonnull (g_hash_table_lookup (settings->sources, "microphone"));
}

/* Errors contain the file and line. */
static void
test_errors (void)
{
  static const struct {
    const char *text;
    const char *expected[3];
  } cases[] = {
    { "[server]\nlisten=1\nlisen=2\n", { "a.conf:3:", "lisen", "--print-config" } },
    { "\n[sever]\nlisten=1\n", { "a.conf:2:", "[sever]" } },
    { "[server]\n# x\nmax-body=lots\n", { "a.conf:3:", "max-body", "“lots”" } },
    { "[server]\nmax-body=1\n", { "a.conf:2:", "1024 to 1073741824" } },
    { "[server]\nmax-body=-5\n", { "a.conf:2:", "-5" } },
    { "[session]\n\nmode=party\n", { "a.conf:3:", "conversation classroom" } },
    { "[session]\nmode=classroom\nwhat is this\n", { "a.conf:3:" } },
    { "mode=classroom\n", { "a.conf:1:" } },
    { "[server]\nmax-body=1025\n[session]\nmax-body=1025\n", { "a.conf:4:" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaSettings) settings = load (cases[i].text, &error);

    g_assert_null (settings);
    g_assert_error (error, HABLA_SETTINGS_ERROR, 0);
    for (guint j = 0; j < 3 && cases[i].expected[j] != NULL; j++)
      if (strstr (error->message, cases[i].expected[j]) == NULL)
        g_error ("“%s” does not contain “%s”", error->message, cases[i].expected[j]);
  }
}

static void
test_deprecated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaSettings) settings = NULL;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  n_warnings = 0;
  settings = load ("[session]\ndirection=es_to_en\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_warnings, ==, 1);
  g_assert_cmpstr (settings->language, ==, "es");
  g_assert_cmpstr (settings->targets[0], ==, "en");
}

static void
test_missing_file (void)
{
  g_autoptr (HablaSettings) settings = habla_settings_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (habla_settings_load (settings, "/nowhere/hablad.conf", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static void
test_network (void)
{
  static const struct {
    const char *lines;
    gboolean is_valid;
    const char *public_url;
  } rows[] = {
    { "lan=yes\nhttps-port=0", TRUE, NULL },
    { "lan=http\nhttp-port=65535", TRUE, NULL },
    { "public-url=https://school.example/captions", TRUE, "https://school.example/captions/" },
    { "public-url=http://192.0.2.7:8780/", TRUE, "http://192.0.2.7:8780/" },
    { "public-url=school.example", FALSE, NULL },
    { "public-url=ftp://school.example/", FALSE, NULL },
    { "public-url=https:///captions/", FALSE, NULL },
    { "public-url=https://a:b@school.example/", FALSE, NULL },
    { "public-url=https://school.example/?room=a", FALSE, NULL },
    { "proxies=127.0.0.1;::1", TRUE, NULL },
    { "proxies=none", TRUE, NULL },
    { "proxies=nginx.example", FALSE, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = g_strconcat ("[network]\n", rows[i].lines, "\n", NULL);
    g_autoptr (HablaSettings) settings = load (text, NULL);

    g_test_message ("%s", rows[i].lines);
    g_assert_nonnull (settings);
    g_assert_cmpint (habla_settings_check (settings, NULL), ==, rows[i].is_valid);
    if (rows[i].is_valid)
      g_assert_cmpstr (settings->public_url, ==, rows[i].public_url);
  }
  g_assert_null (load ("[network]\nlan=maybe\n", NULL));
  g_assert_null (load ("[network]\nhttps-port=65536\n", NULL));
}

static void
test_check (void)
{
  g_autoptr (HablaSettings) settings = load ("[server]\ntls-key=/a\n", NULL);
  g_autoptr (HablaSettings) other = load ("[server]\nsoft-backlog=4096\nhard-backlog=2048\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (habla_settings_check (settings, &error));
  g_assert_nonnull (strstr (error->message, "tls-certificate"));
  g_clear_error (&error);
  g_assert_false (habla_settings_check (other, &error));
  g_assert_nonnull (strstr (error->message, "soft-backlog"));
}

/* The description has each key with its default, and is the file that is installed. */
static void
test_description (void)
{
  g_autofree char *text = habla_settings_describe ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "hablad.conf", NULL);
  g_autofree char *installed = NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (HablaSettings) settings = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *active = NULL;

  g_assert_true (g_file_get_contents (path, &installed, NULL, &error));
  g_assert_cmpstr (text, ==, installed);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] == '#' && g_ascii_isalpha (lines[i][1]))
      memmove (lines[i], lines[i] + 1, strlen (lines[i]));
  active = g_strjoinv ("\n", lines);
  settings = load (active, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (settings->max_sessions, ==, 8);
  g_assert_null (settings->tls_certificate);
}

static void
test_places (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "habla", NULL);
  g_autofree char *path = g_build_filename (folder, "hablad.conf", NULL);
  g_autofree char *before = habla_settings_find_file ();
  g_autofree char *after = NULL;

  g_assert_null (before);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  after = habla_settings_find_file ();
  g_assert_cmpstr (after, ==, path);
}

static GLogWriterOutput
count_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  n_warnings += (level & G_LOG_LEVEL_WARNING) != 0;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_log_set_writer_func (count_warnings, NULL, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/file", test_file);
  g_test_add_func ("/settings/errors", test_errors);
  g_test_add_func ("/settings/deprecated", test_deprecated);
  g_test_add_func ("/settings/missing-file", test_missing_file);
  g_test_add_func ("/settings/network", test_network);
  g_test_add_func ("/settings/check", test_check);
  g_test_add_func ("/settings/description", test_description);
  g_test_add_func ("/settings/places", test_places);
  return habla_test_run ();
}
