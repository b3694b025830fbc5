/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of another client, at `/`, and pages of other sites that use the server. */
#include "habla-test.h"
#include "hablad.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OLD_PAGE "<!doctype html><title>Old client</title>"
/* More than the system keeps for a client that does not read. */
#define LARGE (24 * 1024 * 1024 + 7)
#define GOOD "http://localhost:3000"

static char *folder; /* of the client */

static char *
write_file (const char *name, const char *text, gssize length)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *dir = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
  return path;
}

static void
write_text (const char *name, const char *text)
{
  g_free (write_file (name, text, -1));
}

static void
make_folder (void)
{
  g_autofree char *large = g_strnfill (LARGE, 'x');
  g_autofree char *secret = g_build_filename (habla_test_get_dir (), "secret.txt", NULL);
  g_autofree char *link = g_build_filename (habla_test_get_dir (), "client/link.txt", NULL);
  g_autofree char *linked = g_build_filename (habla_test_get_dir (), "client/linked", NULL);
  g_autofree char *inside = g_build_filename (habla_test_get_dir (), "client/inside.js", NULL);
  g_autofree char *fifo = g_build_filename (habla_test_get_dir (), "client/fifo.js", NULL);

  folder = g_build_filename (habla_test_get_dir (), "client", NULL);
  write_text ("index.html", OLD_PAGE);
  write_text ("vocab.html", "vocab");
  write_text ("templates/history.html", "history");
  write_text ("sw.js", "// the client's");
  write_text ("static/app.js", "app");
  write_text ("static/icons/icon-192.png", "png");
  write_text ("manual/index.html", "manual");
  write_text ("a b/é.txt", "odd");
  write_text (".env", "secret");
  write_text (".git/config", "secret");
  write_text ("api/sessions", "not the API");
  write_text ("health", "not the API");
  write_text ("ws/translate", "not the API");
  write_text ("habla/index.html", "not Habla");
  write_text ("empty.css", "");
  g_free (write_file ("large.bin", large, LARGE));
  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  g_assert_cmpint (symlink (secret, link), ==, 0);
  g_assert_cmpint (symlink (habla_test_get_dir (), linked), ==, 0);
  g_assert_cmpint (symlink ("index.html", inside), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
}

static Hablad *
start (const char *settings)
{
  g_autofree char *text = g_strdup_printf ("[client]\npath=%s\n%s", folder, settings);
  g_autofree char *config = hablad_write_config (text);
  const char *const options[] = { config, NULL };

  return hablad_start (options);
}

/* Returns: (transfer full): the whole response */
static char *
ask (Hablad *hablad, const char *method, const char *path, const char *headers)
{
  g_autofree char *request = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", method, path, headers);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  g_autoptr (GOutputStream) response = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (response, g_io_stream_get_input_stream (G_IO_STREAM (connection)),
      G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (response)),
      g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (response)));
}

static guint
get_status (const char *response)
{
  return g_ascii_strtoull (response + strlen ("HTTP/1.1 "), NULL, 10);
}

/* Returns: (transfer full) (nullable): the value of a header */
static char *
get_header (const char *response, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\r\n%s: ", name);
  const char *value = strstr (response, pattern);

  if (value == NULL)
    return NULL;
  value += strlen (pattern);
  return g_strndup (value, strcspn (value, "\r"));
}

/* @part: (nullable): of the response, or with "!" before it, of no response */
static void
expect (Hablad *hablad, const char *method, const char *path, const char *headers, guint status,
    const char *part)
{
  g_autofree char *response = ask (hablad, method, path, headers);
  gboolean is_absent = part != NULL && *part == '!';

  if (get_status (response) != status ||
      (part != NULL && (strstr (response, part + is_absent) != NULL) == is_absent))
    g_error ("%s %s: not %u with %s: %.1000s", method, path, status, part, response);
}

static void
expect_type (Hablad *hablad, const char *path, const char *type)
{
  g_autofree char *response = ask (hablad, "GET", path, "");
  g_autofree char *found = get_header (response, "Content-Type");
  g_autofree char *sniff = get_header (response, "X-Content-Type-Options");

  g_assert_cmpuint (get_status (response), ==, 200);
  g_assert_cmpstr (found, ==, type);
  g_assert_cmpstr (sniff, ==, "nosniff");
}

/* The paths of the first Habla's pages, and which files they are. */
static void
test_paths (void)
{
  g_autoptr (Hablad) hablad = start ("");
  static const struct {
    const char *path;
    guint status;
    const char *part;
  } rows[] = {
    { "/", 200, "Old client" },
    { "/index.html", 200, "Old client" },
    { "/?source=pwa", 200, "Old client" },
    { "/vocab", 200, "\r\n\r\nvocab" },
    { "/history", 200, "\r\n\r\nhistory" },
    { "/sw.js", 200, "the client's" },
    { "/static/app.js", 200, "\r\n\r\napp" },
    { "/app.js", 200, "\r\n\r\napp" },
    { "/static/vocab.html", 200, "\r\n\r\nvocab" },
    { "/static/icons/icon-192.png", 200, "\r\n\r\npng" },
    { "/manual", 307, "\r\nLocation: ./manual/\r\n" },
    { "/manual/", 200, "\r\n\r\nmanual" },
    { "/a%20b/%C3%A9.txt", 200, "\r\n\r\nodd" },
    { "/empty.css", 200, "\r\nContent-Length: 0\r\n" },
    { "/a%20b", 404, "detail" },
    { "/a%20b/", 404, "detail" },
    { "/static/", 200, "Old client" }, /* the folder may be the static one */
    { "/corrections", 404, "detail" },
    { "/nothing.js", 404, "detail" },
    /* What is not in the folder comes from Habla's own pages. */
    { "/lessons", 200, "lessons.js" },
    { "/correct", 200, "correct.js" },
    { "/static/common/access.js", 200, "habla-token" },
    { "/static/icons/icon.svg", 200, "<svg" },
    /* Links to a room lead to Habla's own page, and so does all below /habla/. */
    { "/?room=physics", 200, "speak.js" },
    { "/?room=physics&listen=1", 200, "listen.js" },
    { "/habla", 307, "\r\nLocation: ./habla/\r\n" },
    { "/habla?room=physics", 307, "\r\nLocation: ./habla/?room=physics\r\n" },
    { "/habla/", 200, "speak.js" },
    { "/habla/lessons", 200, "lessons.js" },
    { "/habla/sw.js", 200, "habla-offline" },
    { "/habla/vocab.html", 404, "detail" },
    { "/habla/app.js", 404, "detail" },
    { "/habla/health", 200, "components" },
    { "/habla/api/sessions", 200, "\r\n\r\n[]" },
    /* The API wins. */
    { "/api/sessions", 200, "\r\n\r\n[]" },
    { "/health", 200, "components" },
    { "/ws/translate", 426, "WebSocket" },
    { "/api/nothing", 404, "detail" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect (hablad, "GET", rows[i].path, "", rows[i].status, rows[i].part);
  expect (hablad, "POST", "/static/app.js", "Content-Length: 0\r\n", 405, "Allow: GET");
  expect (hablad, "POST", "/api/nothing", "Content-Length: 0\r\n", 404, "detail");
  expect (hablad, "DELETE", "/app.js", "", 405, "Allow: GET");
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_escape (void)
{
  static const char *const hostile[] = { "/../secret.txt", "/static/../../secret.txt",
    "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/static/..%2f..%2fsecret.txt",
    "/static%2f%2e%2e%2f%2e%2e%2fsecret.txt", "/..%5csecret.txt", "/.env", "/%2eenv",
    "/.git/config", "/link.txt", "/inside.js", "/linked/secret.txt", "/linked/client/index.html",
    "/fifo.js", "//etc/passwd", "//index.html", "/static//app.js", "/%2fetc/passwd", "/index.html/",
    "/index.html/x", "/index%00.html", "/static/%ff%fe.js" };
  g_autoptr (Hablad) hablad = start ("");
  g_autofree char *deep = g_strnfill (20000, '/');
  g_autofree char *folders = g_strdup_printf ("/a%s", deep);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < 5000; i++)
    g_string_append (names, "/a");
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *response = ask (hablad, "GET", hostile[i], "");
    guint status = get_status (response);

    if ((status != 404 && status != 400) || strstr (response, "secret\"") != NULL ||
        g_str_has_suffix (response, "secret") || strstr (response, "root:") != NULL)
      g_error ("%s: %s", hostile[i], response);
  }
  expect (hablad, "GET", folders, "", 404, NULL);
  expect (hablad, "GET", names->str, "", 404, NULL);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_types (void)
{
  static const struct {
    const char *name;
    const char *type;
  } rows[] = {
    { "x.html", "text/html; charset=utf-8" },
    { "x.js", "text/javascript; charset=utf-8" },
    { "x.mjs", "text/javascript; charset=utf-8" },
    { "x.css", "text/css; charset=utf-8" },
    { "x.json", "application/json" },
    { "x.js.map", "application/json" },
    { "x.webmanifest", "application/manifest+json" },
    { "x.svg", "image/svg+xml" },
    { "x.png", "image/png" },
    { "x.ico", "image/x-icon" },
    { "x.webp", "image/webp" },
    { "x.woff2", "font/woff2" },
    { "x.wasm", "application/wasm" },
    { "x.mp3", "audio/mpeg" },
    { "X.TXT", "text/plain; charset=utf-8" },
    { "x.odd", "application/octet-stream" },
    { "LICENSE", "application/octet-stream" },
  };
  g_autoptr (Hablad) hablad = start ("");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *name = g_strconcat ("types/", rows[i].name, NULL);
    g_autofree char *path = g_strconcat ("/", name, NULL);

    write_text (name, "x");
    expect_type (hablad, path, rows[i].type);
  }
  hablad_stop (g_steal_pointer (&hablad));
}

/* A browser asks whether what it has is still right. */
static void
test_versions (void)
{
  g_autoptr (Hablad) hablad = start ("");
  g_autofree char *file = write_file ("version.js", "alpha", -1);
  g_autofree char *response = ask (hablad, "GET", "/version.js", "");
  g_autofree char *etag = get_header (response, "ETag");
  g_autofree char *date = get_header (response, "Last-Modified");
  g_autofree char *known = g_strdup_printf ("If-None-Match: \"x\", %s\r\n", etag);
  g_autofree char *weak = g_strdup_printf ("If-None-Match: W/%s\r\n", etag);
  g_autofree char *since = g_strdup_printf ("If-Modified-Since: %s\r\n", date);
  g_autofree char *both =
      g_strdup_printf ("If-None-Match: \"x\"\r\nIf-Modified-Since: %s\r\n", date);
  g_autofree char *range = g_strdup_printf ("Range: bytes=1-\r\nIf-Range: %s\r\n", etag);
  g_autofree char *second = NULL;
  g_autofree char *second_etag = NULL;

  g_assert_true (etag[0] == '"');
  expect (hablad, "GET", "/version.js", known, 304, etag);
  expect (hablad, "HEAD", "/version.js", known, 304, etag);
  expect (hablad, "GET", "/version.js", weak, 304, "!alpha");
  expect (hablad, "GET", "/version.js", "If-None-Match: *\r\n", 304, NULL);
  expect (hablad, "GET", "/version.js", since, 304, NULL);
  expect (hablad, "GET", "/version.js", both, 200, "\r\n\r\nalpha");
  expect (hablad, "GET", "/version.js", "If-Modified-Since: nonsense\r\n", 200, "\r\n\r\nalpha");
  expect (hablad, "HEAD", "/version.js", "", 200, "\r\nContent-Length: 5\r\n");
  expect (hablad, "HEAD", "/version.js", "", 200, "!alpha");
  expect (hablad, "GET", "/version.js", range, 206, "\r\n\r\nlpha");
  expect (hablad, "GET", "/version.js", "Range: bytes=9-\r\n", 416, "bytes */5");
  expect (hablad, "GET", "/version.js", "Range: bytes=-2\r\n", 206, "\r\n\r\nha");
  /* The last bytes are all if there are fewer. */
  expect (hablad, "GET", "/version.js", "Range: bytes=-9\r\n", 206, "bytes 0-4/5");
  expect (hablad, "GET", "/version.js", "Range: bytes=-0\r\n", 416, "bytes */5");

  /* The same size, and the same time in whole seconds. */
  g_assert_true (g_file_set_contents (file, "omega", -1, NULL));
  second = ask (hablad, "GET", "/version.js", known);
  second_etag = get_header (second, "ETag");
  g_assert_cmpuint (get_status (second), ==, 200);
  g_assert_cmpstr (second_etag, !=, etag);
  expect (hablad, "GET", "/version.js", range, 200, "\r\n\r\nomega");
  hablad_stop (g_steal_pointer (&hablad));
}

/* Rewrites the large file while a client reads it slowly: the client must not take a mixture for
 * the file. */
static void
test_large (void)
{
  g_autoptr (Hablad) hablad = start ("");
  g_autofree char *whole = ask (hablad, "GET", "/large.bin", "");
  g_autofree char *half = ask (hablad, "GET", "/large.bin", "Range: bytes=1000000-2999999\r\n");
  g_autofree char *path = g_build_filename (folder, "large.bin", NULL);
  g_autofree char *rest = NULL;
  g_autoptr (GSocketConnection) slow = hablad_connect (
      hablad, "GET /large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 30);
  g_autofree char *buffer = g_malloc (LARGE * 2);
  gsize length;

  g_assert_cmpuint (strlen (strstr (whole, "\r\n\r\n") + 4), ==, LARGE);
  g_assert_cmpuint (strlen (strstr (half, "\r\n\r\n") + 4), ==, 2000000);
  g_assert_nonnull (strstr (half, "bytes 1000000-2999999/25165831"));

  g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (slow)), buffer, 1000, &length, NULL, NULL);
  g_assert_cmpuint (length, ==, 1000);
  rest = g_strnfill (LARGE, 'y');
  {
    FILE *file = g_fopen (path, "r+");

    g_assert_cmpuint (fwrite (rest, 1, LARGE, file), ==, LARGE);
    fclose (file);
  }
  g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (slow)), buffer, LARGE * 2, &length, NULL, NULL);
  g_assert_cmpuint (length, <, LARGE - 2000);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Replaces the large file while a client reads it slowly, as editors and deployments do: the client
 * gets the old file, and the next one the new file. */
static void
test_replaced (void)
{
  g_autoptr (Hablad) hablad = start ("");
  g_autofree char *old = g_strnfill (LARGE, 'o');
  g_autofree char *path = write_file ("replaced.bin", old, LARGE);
  g_autofree char *buffer = g_malloc (LARGE + 2000);
  g_autofree char *head = NULL, *next = NULL, *etag = NULL, *next_etag = NULL;
  g_autoptr (GSocketConnection) slow = hablad_connect (
      hablad, "GET /replaced.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 30);
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (slow));
  const char *body;
  gsize length, rest;

  g_assert_true (g_input_stream_read_all (stream, buffer, 1000, &length, NULL, NULL));
  g_assert_cmpuint (length, ==, 1000);
  /* Writes another file, and renames it. */
  g_assert_true (g_file_set_contents (path, "new", -1, NULL));
  g_input_stream_read_all (stream, buffer + length, LARGE + 1000, &rest, NULL, NULL);
  body = g_strstr_len (buffer, length, "\r\n\r\n") + 4;
  g_assert_cmpmem (body, buffer + length + rest - body, old, LARGE);

  head = g_strndup (buffer, body - buffer);
  etag = get_header (head, "ETag");
  next = ask (hablad, "GET", "/replaced.bin", "");
  next_etag = get_header (next, "ETag");
  g_assert_true (g_str_has_suffix (next, "\r\n\r\nnew"));
  g_assert_cmpstr (next_etag, !=, etag);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Returns: (transfer full): the log of hablad with the client folder @path */
static char *
get_log_with (const char *path)
{
  g_autofree char *option = g_strconcat ("--client=", path, NULL);
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);
  char *log = hablad_get_log (hablad);

  expect (hablad, "GET", "/", "", 200, strstr (log, "index.html") != NULL ? "Habla" : OLD_PAGE);
  hablad_stop (g_steal_pointer (&hablad));
  return log;
}

/* A folder that is not the one of the client, such as the one above it. */
static void
test_no_page (void)
{
  g_autofree char *empty = g_dir_make_tmp (NULL, NULL);
  g_autofree char *templates = g_build_filename (empty, "templates", NULL);
  g_autofree char *page = g_build_filename (templates, "index.html", NULL);
  g_autofree char *with = NULL, *without = NULL, *below = NULL;

  without = get_log_with (empty);
  g_assert_nonnull (strstr (without, empty));
  g_assert_nonnull (strstr (without, "has no index.html"));
  with = get_log_with (folder);
  g_assert_null (strstr (with, "index.html"));
  g_assert_cmpint (g_mkdir (templates, 0700), ==, 0);
  g_assert_true (g_file_set_contents (page, OLD_PAGE, -1, NULL));
  below = get_log_with (empty);
  g_assert_null (strstr (below, "index.html"));
}

static void
test_policy (void)
{
  g_autoptr (Hablad) strict = start ("");
  g_autoptr (Hablad) loose = start ("content-security-policy=default-src 'self' 'unsafe-inline'\n");
  g_autoptr (Hablad) none = start ("content-security-policy=none\n");
  g_autofree char *page = ask (strict, "GET", "/", "");
  g_autofree char *policy = get_header (page, "Content-Security-Policy");
  g_autofree char *cookie = get_header (page, "Set-Cookie");

  g_assert_true (g_str_has_prefix (policy, "default-src 'none'; script-src 'self';"));
  g_assert_true (g_str_has_prefix (cookie, "habla-client="));
  expect (strict, "GET", "/static/app.js", "", 200, "!Set-Cookie");
  expect (strict, "GET", "/", "Cookie: habla-client=0123456789abcdef\r\n", 200, "!Set-Cookie");
  expect (loose, "GET", "/", "", 200,
      "\r\nContent-Security-Policy: default-src 'self' 'unsafe-inline'\r\n");
  expect (none, "GET", "/", "", 200, "!Content-Security-Policy");
  /* Habla's own pages keep theirs. */
  expect (none, "GET", "/habla/", "", 200, "default-src 'none'");
  /* The page that asks for the token says where it is. */
  expect (none, "GET", "/habla/sign-in", "", 200, "/habla/owner-token");
  hablad_stop (g_steal_pointer (&strict));
  hablad_stop (g_steal_pointer (&loose));
  hablad_stop (g_steal_pointer (&none));
}

#define UPGRADE \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* Returns: status of a handshake */
static guint
open_websocket (Hablad *hablad, const char *origin)
{
  g_autofree char *request = g_strdup_printf (
      "GET /ws/translate HTTP/1.1\r\nHost: localhost\r\n" UPGRADE "Origin: %s\r\n\r\n", origin);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  char response[13] = "";

  g_assert_true (g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), response, 12, NULL, NULL, NULL));
  return get_status (response);
}

static void
test_origins (void)
{
  static const char *const bad[] = { "http://localhost:3001", "https://localhost:3000",
    "http://localhost:80800", "http://localhost:30000", "http://evil.example", "null", "*",
    "http://localhost:3000.evil.example", "http://localhost:3000/", "HTTP://LOCALHOST:3000" };
  g_autoptr (Hablad) hablad = start ("origins=http://LOCALHOST:3000;https://school.example:443\n");
  g_autoptr (Hablad) without = start ("");
  const char *preflight = "Access-Control-Request-Method: PUT\r\n"
                          "Access-Control-Request-Headers: content-type\r\n";
  g_autofree char *good_preflight = g_strconcat ("Origin: " GOOD "\r\n", preflight, NULL);
  g_autofree char *answer =
      ask (hablad, "OPTIONS", "/api/recordings/x/ground-truth", good_preflight);
  g_autofree char *methods = get_header (answer, "Access-Control-Allow-Methods");
  g_autofree char *headers = get_header (answer, "Access-Control-Allow-Headers");

  g_assert_cmpuint (get_status (answer), ==, 204);
  g_assert_nonnull (strstr (methods, "PUT"));
  g_assert_nonnull (strstr (headers, "Content-Type"));
  g_assert_nonnull (strstr (headers, "Authorization"));
  expect (hablad, "OPTIONS", "/api/nothing", good_preflight, 404, "Access-Control-Allow-Origin");
  expect (hablad, "GET", "/api/sessions", "Origin: " GOOD "\r\n", 200,
      "\r\nAccess-Control-Allow-Origin: " GOOD "\r\n");
  expect (hablad, "GET", "/api/sessions", "Origin: " GOOD "\r\n", 200,
      "\r\nAccess-Control-Allow-Credentials: true\r\n");
  expect (hablad, "GET", "/api/sessions", "Origin: https://school.example\r\n", 200,
      "\r\nAccess-Control-Allow-Origin: https://school.example\r\n");
  expect (hablad, "GET", "/api/sessions", "", 200, "\r\nVary: Origin\r\n");
  /* An error can be read, too. */
  expect (hablad, "GET", "/api/sessions/999", "Origin: " GOOD "\r\n", 404,
      "\r\nAccess-Control-Allow-Origin: " GOOD "\r\n");
  expect (hablad, "POST", "/api/system/mode",
      "Origin: " GOOD "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 422,
      "Access-Control-Allow-Origin");
  expect (
      hablad, "GET", "/static/app.js", "Origin: " GOOD "\r\n", 200, "Access-Control-Allow-Origin");
  /* A page of the server itself does not ask. */
  expect (hablad, "OPTIONS", "/api/sessions",
      "Origin: http://localhost\r\nAccess-Control-Request-Method: GET\r\n", 405, "!Access-Control");
  g_assert_cmpuint (open_websocket (hablad, GOOD), ==, 101);
  g_assert_cmpuint (open_websocket (without, GOOD), ==, 403);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *origin = g_strdup_printf ("Origin: %s\r\n", bad[i]);
    g_autofree char *asks = g_strconcat (origin, preflight, NULL);
    g_autofree char *post = g_strconcat (origin, "Content-Length: 0\r\n", NULL);

    expect (hablad, "GET", "/api/sessions", origin, 200, "!Access-Control");
    expect (hablad, "OPTIONS", "/api/sessions/1/save", asks, 403, "!Access-Control");
    expect (hablad, "POST", "/api/sessions/1/save", post, 403, "!Access-Control");
    g_assert_cmpuint (open_websocket (hablad, bad[i]), ==, 403);
  }
  expect (without, "GET", "/api/sessions", "Origin: " GOOD "\r\n", 200, "!Access-Control");
  expect (without, "OPTIONS", "/api/sessions/1/save", good_preflight, 403, "!Access-Control");
  hablad_stop (g_steal_pointer (&hablad));
  hablad_stop (g_steal_pointer (&without));
}

/* Returns: (transfer full): the head of the response to a handshake */
static char *
shake_hands (Hablad *hablad, const char *headers)
{
  g_autofree char *request = g_strdup_printf (
      "GET /ws/translate HTTP/1.1\r\nHost: localhost\r\n" UPGRADE "%s\r\n", headers);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  while (strstr (head->str, "\r\n\r\n") == NULL &&
         g_input_stream_read (stream, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (head, byte);
  return g_string_free (g_steal_pointer (&head), FALSE);
}

/* A browser whose page came from a proxy comes back to its room, too. */
static void
test_key (void)
{
  static const struct {
    const char *headers;
    gboolean has_key;
  } rows[] = {
    { "Origin: http://localhost\r\n", TRUE },
    { "Origin: http://localhost\r\nCookie: habla-client=0123456789abcdef\r\n", FALSE },
    { "Origin: " GOOD "\r\n", FALSE }, /* it would not be sent with later requests */
    { "", FALSE },                     /* a program */
  };
  g_autoptr (Hablad) hablad = start ("origins=" GOOD "\n");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *head = shake_hands (hablad, rows[i].headers);
    g_autofree char *cookie = get_header (head, "Set-Cookie");

    g_test_message ("%s%s", rows[i].headers, head);
    g_assert_cmpuint (get_status (head), ==, 101);
    g_assert_cmpint (
        cookie != NULL && g_str_has_prefix (cookie, "habla-client="), ==, rows[i].has_key);
  }
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  make_folder ();
  g_test_add_func ("/hablad/client-folder/paths", test_paths);
  g_test_add_func ("/hablad/client-folder/escape", test_escape);
  g_test_add_func ("/hablad/client-folder/types", test_types);
  g_test_add_func ("/hablad/client-folder/versions", test_versions);
  g_test_add_func ("/hablad/client-folder/large", test_large);
  g_test_add_func ("/hablad/client-folder/replaced", test_replaced);
  g_test_add_func ("/hablad/client-folder/no-page", test_no_page);
  g_test_add_func ("/hablad/client-folder/policy", test_policy);
  g_test_add_func ("/hablad/origins", test_origins);
  g_test_add_func ("/hablad/key", test_key);
  return habla_test_run ();
}
