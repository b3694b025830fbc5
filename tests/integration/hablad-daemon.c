/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options, configuration, signals, log and service manager of hablad. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

/* Runs hablad until it exits.
 * @output: (out) (transfer full): standard output and error
 * Returns: the exit status */
static int
run (const char *const *options, char **output)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_add (builder, g_getenv ("HABLA_TEST_HABLAD"));
  g_strv_builder_addv (builder, (const char **) options);
  argv = g_strv_builder_end (builder);
  process = g_subprocess_newv ((const char *const *) argv,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_true (
      g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  return path;
}

static void
test_bad_start (void)
{
  g_autofree char *unknown = write_file ("unknown.conf", "[server]\n\nport=1\n");
  g_autofree char *token = write_file ("short.token", "secret\n");
  g_autofree char *engine = write_file ("engine.conf", "[session]\ntranslator=nosuch a=1\n");
  g_autofree char *terms = write_file ("terms.txt", "house = choza\nroof\n");
  g_autofree char *glossary_text = g_strconcat ("[session]\nglossary=", terms, "\n", NULL);
  g_autofree char *glossary = write_file ("glossary.conf", glossary_text);
  g_autofree char *glossary_config = g_strconcat ("--config=", glossary, NULL);
  g_autofree char *origins = write_file ("origins.conf", "[client]\norigins=https://a.example/b\n");
  g_autofree char *origins_config = g_strconcat ("--config=", origins, NULL);
  g_autofree char *policy =
      write_file ("policy.conf", "[client]\ncontent-security-policy=a\\nSet-Cookie: b\n");
  g_autofree char *policy_config = g_strconcat ("--config=", policy, NULL);
  g_autofree char *config = g_strconcat ("--config=", unknown, NULL);
  g_autofree char *engine_config = g_strconcat ("--config=", engine, NULL);
  g_autofree char *server = write_file ("server.conf", "[session]\ntranslator=openaitranslator\n");
  g_autofree char *server_config = g_strconcat ("--config=", server, NULL);
  g_autofree char *key =
      write_file ("key.conf", "[session]\ntranscriber=openaitranscriber url=http://127.0.0.1:9 "
                              "api-key-file=/nowhere/key\n");
  g_autofree char *key_config = g_strconcat ("--config=", key, NULL);
  g_autofree char *voice =
      write_file ("voice.conf", "[session]\nsynthesizer=openaisynthesizer url=http://a b=1\n");
  g_autofree char *voice_config = g_strconcat ("--config=", voice, NULL);
  g_autofree char *variable = write_file ("variable.conf",
      "[session]\ntranslator=openaitranslator url=http://127.0.0.1:9 model=m "
      "api-key-env=HABLA_TEST_UNSET\n");
  g_autofree char *variable_config = g_strconcat ("--config=", variable, NULL);
  g_autofree char *short_token = g_strconcat ("--token-file=", token, NULL);
  const struct {
    const char *options[4];
    int status;
    const char *expected;
  } cases[] = {
    { { config }, EX_CONFIG, "unknown.conf:3: port" },
    { { "--config=/nowhere/a.conf" }, EX_CONFIG, "/nowhere/a.conf" },
    { { "--listen=0.0.0.0:0" }, EX_CONFIG, "token" },
    { { "--listen=127.0.0.1:70000" }, EX_CONFIG, "127.0.0.1:70000" },
    { { "--listen=nonsense" }, EX_CONFIG, "nonsense" },
    { { "--listen=203.0.113.1:0", short_token }, EX_CONFIG, "short.token" },
    { { "--tls-certificate=/nowhere.pem" }, EX_CONFIG, "tls-key" },
    { { "--tls-certificate=/nowhere.pem", "--tls-key=/nowhere.key" }, EX_CONFIG, "/nowhere.pem" },
    { { "--pipeline=nothing-like-it", "--listen=127.0.0.1:0" }, EX_CONFIG, "nothing-like-it" },
    { { engine_config, "--listen=127.0.0.1:0" }, EX_CONFIG, "“habla doctor” lists" },
    { { server_config, "--listen=127.0.0.1:0" }, EX_CONFIG, "url is not set" },
    { { key_config, "--listen=127.0.0.1:0" }, EX_CONFIG,
        "transcriber of [session]: Failed to read" },
    { { voice_config, "--listen=127.0.0.1:0" }, EX_CONFIG, "synthesizer of [session]" },
    { { variable_config, "--listen=127.0.0.1:0" }, EX_CONFIG, "variable HABLA_TEST_UNSET" },
    { { glossary_config, "--listen=127.0.0.1:0" }, EX_CONFIG, "Line 2 of the glossary" },
    { { "--client=/nowhere" }, EX_CONFIG, "/nowhere is none" },
    { { origins_config }, EX_CONFIG, "origins" },
    { { policy_config }, EX_CONFIG, "content-security-policy" },
    { { "--log-format=xml" }, EX_CONFIG, "xml" },
    { { "--lan=sometimes" }, EX_CONFIG, "no yes http" },
    { { "--nonsense" }, EX_USAGE, "--nonsense" },
    { { "nonsense" }, EX_USAGE, "nonsense" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *output = NULL;
    int status = run (cases[i].options, &output);

    if (status != cases[i].status || strstr (output, cases[i].expected) == NULL ||
        strstr (output, "CRITICAL") != NULL || strstr (output, "secret") != NULL)
      g_error ("%s: exit status %d: %s", cases[i].options[0], status, output);
  }
}

/* A start at which all works is no news: no microphone, nothing to repair, checks that succeed. */
static void
test_quiet_start (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *log = NULL;

  hablad_wait_ready (hablad);
  log = hablad_get_log (hablad);
  g_assert_cmpstr (log, ==, "");
  hablad_stop (g_steal_pointer (&hablad));
}

/* Secret files that other users can read are refused, with the command that fixes them. */
static void
test_readable_secrets (void)
{
  g_autofree char *token = write_file ("readable.token", "0123456789abcdef\n");
  g_autofree char *key = write_file ("readable.key", "no key");
  g_autofree char *certificate = write_file ("cert.pem", "no certificate");
  g_autofree char *token_option = g_strconcat ("--token-file=", token, NULL);
  g_autofree char *key_option = g_strconcat ("--tls-key=", key, NULL);
  g_autofree char *certificate_option = g_strconcat ("--tls-certificate=", certificate, NULL);
  const char *with_token[4] = { "--listen=203.0.113.1:0", token_option };
  const char *with_key[4] = { "--listen=203.0.113.1:0", certificate_option, key_option };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  /* This machine does not have the address, so that hablad exits after it accepts the file. */
  g_assert_cmpint (run (with_token, &first), ==, EX_UNAVAILABLE);
  g_assert_cmpint (g_chmod (token, 0644), ==, 0);
  g_assert_cmpint (g_chmod (key, 0640), ==, 0);
  g_assert_cmpint (run (with_token, &second), ==, EX_CONFIG);
  g_assert_nonnull (strstr (second, "run: chmod 600 '"));
  g_assert_nonnull (strstr (second, "readable.token"));
  g_assert_cmpint (run (with_key, &third), ==, EX_CONFIG);
  g_assert_nonnull (strstr (third, "run: chmod 600 '"));
  g_assert_nonnull (strstr (third, "readable.key"));
}

static void
test_port_in_use (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GUri) uri = g_uri_parse (hablad_get_url (hablad), G_URI_FLAGS_NONE, NULL);
  g_autofree char *option = g_strdup_printf ("--listen=127.0.0.1:%d", g_uri_get_port (uri));
  const char *const options[] = { option, NULL };
  g_autofree char *output = NULL;

  g_assert_cmpint (run (options, &output), ==, EX_UNAVAILABLE);
  g_assert_nonnull (strstr (output, "in use"));
  hablad_stop (g_steal_pointer (&hablad));
}

/* Pending translations are finished, clients get close code 1001, and the exit status is 0. */
static void
test_terminate (int signal)
{
  static const char *const file[] = { HABLAD_SPEECH (880), NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", file);

  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_sync (client);
  hablad_signal (hablad, signal);
  g_assert_cmpuint (hablad_client_wait_closed (client), ==, 1001);
  g_assert_true (hablad_client_has (client, "translation"));
  g_assert_cmpint (hablad_wait (hablad, 30), ==, 0);
}

static void
test_sigterm (void)
{
  test_terminate (SIGTERM);
}

static void
test_sigint (void)
{
  test_terminate (SIGINT);
}

static void
test_second_signal (void)
{
  static const char *const file[] = { HABLAD_SPEECH (870), HABLAD_SPEECH (880), HABLAD_SPEECH (890),
    NULL };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", file);

  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_sync (client);
  hablad_signal (hablad, SIGTERM);
  hablad_wait_until (({
    g_autofree char *log = hablad_get_log (hablad);
    strstr (log, "Shutting down") != NULL;
  }));
  hablad_signal (hablad, SIGINT);
  g_assert_cmpint (hablad_wait (hablad, 60), ==, 128 + SIGINT);
}

/* Without clients, hablad exits quickly. */
static void
test_idle_end (void)
{
  g_autofree char *option = hablad_write_config ("[session]\ndrain-timeout=120000\n");
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);

  hablad_wait_ready (hablad);
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpint (hablad_wait (hablad, 30), ==, 0);
}

static void
test_json_log (void)
{
  const char *const options[] = { "--log-format=json", NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean has_session = FALSE;

  hablad_client_send_text (client, "One secret.");
  hablad_client_expect (client, "translation");
  hablad_client_close (client);
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpint (hablad_wait (hablad, 30), ==, 0);
  log = hablad_get_log (hablad);
  g_assert_null (strstr (log, "secret"));
  lines = g_strsplit (g_strchomp (log), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
    JsonObject *object;

    g_assert_no_error (error);
    object = json_node_get_object (node);
    g_assert_true (json_object_has_member (object, "time"));
    g_assert_true (json_object_has_member (object, "level"));
    g_assert_true (json_object_has_member (object, "message"));
    has_session |= json_object_has_member (object, "session");
  }
  g_assert_true (has_session);
}

/* hablad sends READY, WATCHDOG and STOPPING to the service manager. */
static void
test_notify (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "notify", NULL);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GString) received = g_string_new (NULL);
  g_autoptr (Hablad) hablad = NULL;

  if (!g_str_equal (g_getenv ("HABLA_TEST_SYSTEMD"), "1")) {
    g_test_skip ("built without systemd");
    return;
  }
  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_socket_set_timeout (socket, 30);
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  g_setenv ("WATCHDOG_USEC", "200000", TRUE);
  hablad = hablad_start (NULL);
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  while (
      strstr (received->str, "WATCHDOG=1") == NULL || strstr (received->str, "READY=1") == NULL) {
    char text[1000];
    gssize length = g_socket_receive (socket, text, sizeof (text), NULL, NULL);

    g_assert_cmpint (length, >, 0);
    g_string_append_len (received, text, length);
    g_string_append_c (received, '\n');
  }
  g_assert_nonnull (strstr (received->str, "http://127.0.0.1:"));
  hablad_signal (hablad, SIGTERM);
  while (strstr (received->str, "STOPPING=1") == NULL) {
    char text[1000];
    gssize length = g_socket_receive (socket, text, sizeof (text), NULL, NULL);

    g_assert_cmpint (length, >, 0);
    g_string_append_len (received, text, length);
  }
  g_assert_cmpint (hablad_wait (hablad, 30), ==, 0);
}

/* Connects with one version of TLS.
 * Returns: whether the handshake succeeded */
static gboolean
can_handshake (const char *port, const char *version)
{
  g_autofree char *address = g_strconcat ("127.0.0.1:", port, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) client =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                            G_SUBPROCESS_FLAGS_STDERR_MERGE,
          &error, "openssl", "s_client", "-connect", address, version, "-cipher", "ALL:@SECLEVEL=0",
          NULL);
  g_autofree char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (client, "", NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s: %s", version, output);
  return strstr (output, "Cipher is (NONE)") == NULL && strstr (output, "Cipher is ") != NULL;
}

/* Old versions are refused, although the client accepts any cipher. */
static void
test_tls_versions (void)
{
  g_autofree char *key = g_build_filename (habla_test_get_dir (), "versions-key.pem", NULL);
  g_autofree char *certificate = g_build_filename (habla_test_get_dir (), "versions.pem", NULL);
  g_autofree char *key_option = g_strconcat ("--tls-key=", key, NULL);
  g_autofree char *certificate_option = g_strconcat ("--tls-certificate=", certificate, NULL);
  const char *const options[] = { key_option, certificate_option, NULL };
  g_autoptr (GSubprocess) maker = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
      "-keyout", key, "-out", certificate, NULL);
  g_autoptr (Hablad) hablad = NULL;
  g_auto (GStrv) parts = NULL;

  g_assert_true (g_subprocess_wait_check (maker, NULL, NULL));
  hablad = hablad_start (options);
  parts = g_strsplit_set (hablad_get_url (hablad), ":/", -1);
  g_assert_false (can_handshake (parts[4], "-tls1"));
  g_assert_false (can_handshake (parts[4], "-tls1_1"));
  g_assert_true (can_handshake (parts[4], "-tls1_2"));
  g_assert_true (can_handshake (parts[4], "-tls1_3"));
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/bad-start", test_bad_start);
  g_test_add_func ("/hablad/quiet-start", test_quiet_start);
  g_test_add_func ("/hablad/readable-secrets", test_readable_secrets);
  g_test_add_func ("/hablad/tls-versions", test_tls_versions);
  g_test_add_func ("/hablad/port-in-use", test_port_in_use);
  g_test_add_func ("/hablad/sigterm", test_sigterm);
  g_test_add_func ("/hablad/sigint", test_sigint);
  g_test_add_func ("/hablad/second-signal", test_second_signal);
  g_test_add_func ("/hablad/idle-end", test_idle_end);
  g_test_add_func ("/hablad/json-log", test_json_log);
  g_test_add_func ("/hablad/notify", test_notify);
  return habla_test_run ();
}
