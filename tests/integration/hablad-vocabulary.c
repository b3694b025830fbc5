/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabulary items and bookmarks over REST. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

static char *
make_folder (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("data-%u", ++count);

  return g_build_filename (habla_test_get_dir (), name, NULL);
}

/* @json: (nullable): a body with ' instead of ". Returns: (transfer full): the answer */
static JsonNode *
ask (Hablad *hablad, const char *method, const char *path, const char *json, guint wanted)
{
  g_autofree char *body = json != NULL ? g_strdelimit (g_strdup (json), "'", '"') : NULL;
  guint status;
  g_autofree char *answer = hablad_request (hablad, method, path, body, &status);
  g_autofree char *shown = g_strescape (answer, NULL);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_test_message ("%s %s: %u %.500s", method, path, status, shown);
  g_assert_cmpuint (status, ==, wanted);
  node = json_from_string (answer, &error);
  g_assert_no_error (error);
  if (wanted >= 400)
    g_assert_cmpuint (
        strlen (json_object_get_string_member (json_node_get_object (node), "detail")), >, 10);
  return node;
}

static void
check (Hablad *hablad, const char *method, const char *path, const char *json, guint wanted)
{
  g_autoptr (JsonNode) node = ask (hablad, method, path, json, wanted);
}

/* Returns: the id of the item */
static gint64
add (Hablad *hablad, const char *json)
{
  g_autoptr (JsonNode) node = ask (hablad, "POST", "/api/vocab", json, 200);

  return json_object_get_int_member (json_node_get_object (node), "id");
}

/* @expected: terms, separated by spaces */
static void
assert_terms (Hablad *hablad, const char *path, const char *expected)
{
  g_autoptr (JsonNode) node = ask (hablad, "GET", path, NULL, 200);
  JsonArray *items = json_node_get_array (node);
  g_autoptr (GString) actual = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (items); i++)
    g_string_append_printf (actual, "%s%s", i > 0 ? " " : "",
        json_object_get_string_member (json_array_get_object_element (items, i), "term"));
  g_assert_cmpstr (actual->str, ==, expected);
}

static GDateTime *
get_time (JsonObject *object, const char *name)
{
  GDateTime *time =
      g_date_time_new_from_iso8601 (json_object_get_string_member (object, name), NULL);

  g_assert_nonnull (time);
  return time;
}

/* Returns: days from now to the next review, rounded */
static gint64
get_days (JsonObject *object)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) next = get_time (object, "next_review");

  return (g_date_time_difference (next, now) + G_TIME_SPAN_HOUR) / G_TIME_SPAN_DAY;
}

static void
check_new_item (Hablad *hablad)
{
  g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/vocab/1", NULL, 200);
  JsonObject *item = json_node_get_object (node);
  g_autoptr (GDateTime) created = get_time (item, "created_at");

  g_assert_cmpint (json_object_get_int_member (item, "id"), ==, 1);
  g_assert_true (json_object_get_null_member (item, "exchange_id"));
  g_assert_true (json_object_get_null_member (item, "speaker_id"));
  g_assert_true (json_object_get_null_member (item, "source_sentence"));
  g_assert_cmpstr (json_object_get_string_member (item, "term"), ==, "Canción");
  g_assert_cmpstr (json_object_get_string_member (item, "meaning"), ==, "");
  g_assert_cmpstr (json_object_get_string_member (item, "literal"), ==, "");
  g_assert_cmpstr (json_object_get_string_member (item, "category"), ==, "phrase");
  g_assert_cmpstr (json_object_get_string_member (item, "region"), ==, "universal");
  g_assert_cmpint (json_object_get_int_member (item, "save_worthy"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (item, "ease_factor"), ==, 2.5);
  g_assert_cmpint (json_object_get_int_member (item, "interval_days"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (item, "repetitions"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (item, "lapse_count"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (item, "times_encountered"), ==, 1);
  g_assert_cmpint (get_days (item), ==, 0);
}

static void
check_duplicate (Hablad *hablad)
{
  g_autoptr (JsonNode) node =
      ask (hablad, "POST", "/api/vocab", "{'term':'CANCIÓN','meaning':'other'}", 200);
  JsonObject *answer = json_node_get_object (node);

  g_assert_cmpint (json_object_get_int_member (answer, "id"), ==, 1);
  g_assert_true (json_object_get_boolean_member (answer, "duplicate"));
  g_assert_cmpint (json_object_get_int_member (answer, "times_encountered"), ==, 2);
}

static void
check_lists (Hablad *hablad)
{
  g_autoptr (JsonNode) stats = NULL;
  JsonObject *object;

  add (hablad, "{'term':'dar en el clavo','meaning':'hit the nail','category':'idiom'}");
  add (hablad, "{'term':'año','literal':'year','category':'idiom'}");
  assert_terms (hablad, "/api/vocab", "año dar en el clavo Canción");
  assert_terms (hablad, "/api/vocab?limit=1&offset=1", "dar en el clavo");
  assert_terms (hablad, "/api/vocab?category=idiom", "año dar en el clavo");
  assert_terms (hablad, "/api/vocab?category=x", "");
  assert_terms (hablad, "/api/vocab/due", "Canción dar en el clavo año");
  assert_terms (hablad, "/api/vocab/due?limit=1", "Canción");
  assert_terms (hablad, "/api/vocab/search?q=cancion", "Canción");
  assert_terms (hablad, "/api/vocab/search?q=IDIOM%20nail", "dar en el clavo");
  assert_terms (hablad, "/api/vocab/search?q=idiom&limit=1", "año");
  assert_terms (hablad, "/api/vocab/search?q=a%C3%B1o", "año");
  stats = ask (hablad, "GET", "/api/vocab/stats", NULL, 200);
  object = json_node_get_object (stats);
  g_assert_cmpint (json_object_get_int_member (object, "total"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (object, "due_for_review"), ==, 3);
  object = json_object_get_object_member (object, "by_category");
  g_assert_cmpint (json_object_get_int_member (object, "idiom"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (object, "phrase"), ==, 1);
}

/* The intervals and ease factors of the contract. */
static void
check_reviews (Hablad *hablad)
{
  static const int qualities[] = { 4, 4, 4, 5, 3, 2, 5, 0, 0 };
  static const int intervals[] = { 1, 6, 15, 37, 96, 1, 1, 1, 1 };
  static const double eases[] = { 2.5, 2.5, 2.5, 2.6, 2.46, 2.14, 2.24, 1.44, 1.3 };
  static const int lapses[] = { 0, 0, 0, 0, 0, 1, 1, 2, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (qualities); i++) {
    g_autofree char *body = g_strdup_printf ("{'quality':%d}", qualities[i]);
    g_autoptr (JsonNode) node = ask (hablad, "POST", "/api/vocab/1/review", body, 200);
    JsonObject *review = json_node_get_object (node);

    g_assert_cmpint (json_object_get_int_member (review, "id"), ==, 1);
    g_assert_cmpint (json_object_get_int_member (review, "interval_days"), ==, intervals[i]);
    g_assert_cmpfloat (json_object_get_double_member (review, "ease_factor"), ==, eases[i]);
    g_assert_cmpint (json_object_get_int_member (review, "lapse_count"), ==, lapses[i]);
    g_assert_cmpint (get_days (review), ==, intervals[i]);
    g_assert_true (json_object_get_boolean_member (review, "is_mature") == (intervals[i] >= 21));
  }
  assert_terms (hablad, "/api/vocab/due", "dar en el clavo año");
}

static void
check_session (Hablad *hablad)
{
  g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/vocab/review-session?size=1", NULL, 200);
  JsonObject *session = json_node_get_object (node);
  JsonArray *items = json_object_get_array_member (session, "new");

  g_assert_cmpint (json_object_get_int_member (session, "total"), ==, 1);
  g_assert_cmpuint (json_array_get_length (items), ==, 1);
  g_assert_cmpint (
      json_array_get_length (json_object_get_array_member (session, "struggling")), ==, 0);
  g_assert_cmpint (json_array_get_length (json_object_get_array_member (session, "due")), ==, 0);
}

static void
check_change (Hablad *hablad)
{
  g_autoptr (JsonNode) node = ask (hablad, "PATCH", "/api/vocab/2",
      "{'meaning':' be right ','literal':null,'source_sentence':'Diste en el clavo.'}", 200);
  JsonObject *item = json_node_get_object (node);

  g_assert_cmpstr (json_object_get_string_member (item, "meaning"), ==, "be right");
  g_assert_cmpstr (json_object_get_string_member (item, "term"), ==, "dar en el clavo");
  g_assert_cmpstr (json_object_get_string_member (item, "category"), ==, "idiom");
  check (hablad, "PATCH", "/api/vocab/2", "{'term':'AÑO'}", 409);
  check (hablad, "PATCH", "/api/vocab/2", "{'term':'  '}", 400);
  check (hablad, "PATCH", "/api/vocab/2", "{'term':7}", 422);
  check (hablad, "PATCH", "/api/vocab/99", "{'term':'x'}", 404);
}

/* Refused requests change nothing, and say why. */
static void
check_refusals (Hablad *hablad)
{
  static const struct {
    const char *method;
    const char *path;
    const char *json;
    guint status;
  } rows[] = {
    { "POST", "/api/vocab", "{'term':''}", 400 },
    { "POST", "/api/vocab", "{'term':' \\t\xc2\xa0\xe3\x80\x80'}", 400 },
    { "POST", "/api/vocab", "{}", 422 },
    { "POST", "/api/vocab", "{'term':null}", 422 },
    { "POST", "/api/vocab", "{'term':7}", 422 },
    { "POST", "/api/vocab", "{'term':['a']}", 422 },
    { "POST", "/api/vocab", "[]", 422 },
    { "POST", "/api/vocab", "", 400 },
    { "POST", "/api/vocab", "{'term':'a\\u0000b'}", 400 },
    { "POST", "/api/vocab", "{'term':'a\xff'}", 400 },
    { "POST", "/api/vocab", "{'term':'a\\ud800'}", 400 },
    { "POST", "/api/vocab", "{'term':'a\\u0007'}", 422 },
    { "POST", "/api/vocab", "{'term':'x','meaning':7}", 422 },
    { "POST", "/api/vocab", "{'term':'x','language':'e s'}", 422 },
    { "POST", "/api/vocab", "{'term':'\u200b \u202e'}", 400 },
    { "POST", "/api/vocab", "{'term':'x','exchange_id':0}", 422 },
    { "POST", "/api/vocab", "{'term':'x','exchange_id':'1'}", 422 },
    { "POST", "/api/vocab", "{'term':'x','save_worthy':2}", 422 },
    { "GET", "/api/vocab?limit=0", NULL, 422 },
    { "GET", "/api/vocab?limit=501", NULL, 422 },
    { "GET", "/api/vocab?offset=-1", NULL, 422 },
    { "GET", "/api/vocab?category=%FF", NULL, 422 },
    { "GET", "/api/vocab/due?limit=201", NULL, 422 },
    { "GET", "/api/vocab/review-session?size=0", NULL, 422 },
    { "GET", "/api/vocab/review-session?size=101", NULL, 422 },
    { "GET", "/api/vocab/search", NULL, 422 },
    { "GET", "/api/vocab/search?q=", NULL, 400 },
    { "GET", "/api/vocab/search?q=%20", NULL, 400 },
    { "GET", "/api/vocab/search?q=%22casa", NULL, 400 },
    { "GET", "/api/vocab/search?q=%FF", NULL, 400 },
    { "GET", "/api/vocab/search?q=AND", NULL, 400 },
    { "GET", "/api/vocab/99", NULL, 404 },
    { "GET", "/api/vocab/0", NULL, 404 },
    { "GET", "/api/vocab/casa", NULL, 404 },
    { "GET", "/api/vocab/99999999999999999999", NULL, 404 },
    { "DELETE", "/api/vocab/99", NULL, 404 },
    { "POST", "/api/vocab/1/review", "{'quality':6}", 400 },
    { "POST", "/api/vocab/1/review", "{'quality':-1}", 400 },
    { "POST", "/api/vocab/1/review", "{'quality':4.5}", 422 },
    { "POST", "/api/vocab/1/review", "{'quality':'4'}", 422 },
    { "POST", "/api/vocab/1/review", "{'quality':true}", 422 },
    { "POST", "/api/vocab/1/review", "{}", 422 },
    { "POST", "/api/vocab/99/review", "{'quality':4}", 404 },
    { "POST", "/api/exchanges/99/bookmark", NULL, 404 },
    { "POST", "/api/exchanges/x/bookmark", NULL, 404 },
    { "GET", "/api/bookmarks/recent?limit=501", NULL, 422 },
    { "GET", "/api/sessions/99/bookmarks", NULL, 404 },
  };
  g_autofree char *before = hablad_get (hablad, "/api/vocab/export/json", NULL);
  g_autofree char *after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check (hablad, rows[i].method, rows[i].path, rows[i].json, rows[i].status);
  after = hablad_get (hablad, "/api/vocab/export/json", NULL);
  g_assert_cmpstr (after, ==, before);
}

/* The longest texts are kept whole, longer ones are refused. */
static void
check_lengths (Hablad *hablad)
{
  static const struct {
    const char *name;
    guint max;
  } fields[] = { { "term", 200 }, { "meaning", 1000 }, { "literal", 1000 }, { "category", 50 },
    { "region", 50 }, { "source_sentence", 2000 } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *good = NULL;
    g_autofree char *bad = NULL;
    g_autoptr (JsonNode) node = NULL;

    for (guint n = 0; n < fields[i].max; n++)
      g_string_append (text, "🦜");
    good = g_strdup_printf ("{'%s':'%s'}", fields[i].name, text->str);
    bad = g_strdup_printf ("{'%s':'%s.'}", fields[i].name, text->str);
    check (hablad, "PATCH", "/api/vocab/3", bad, 422);
    node = ask (hablad, "PATCH", "/api/vocab/3", good, 200);
    g_assert_cmpstr (
        json_object_get_string_member (json_node_get_object (node), fields[i].name), ==, text->str);
  }
  check (hablad, "DELETE", "/api/vocab/3", NULL, 200);
  check (hablad, "DELETE", "/api/vocab/3", NULL, 404);
}

static void
check_anki (Hablad *hablad)
{
  g_autofree char *file = hablad_get (hablad, "/api/vocab/export/anki", NULL);

  g_assert_cmpstr (file, ==,
      "Canción\t\thabla phrase universal\r\n"
      "dar en el clavo\t\"be right\n\nExample: Diste en el clavo.\"\thabla idiom universal\r\n");
}

static void
test_vocabulary (void)
{
  g_autofree char *data = make_folder ();
  g_autoptr (Hablad) hablad = hablad_start_with_data (NULL, data);

  assert_terms (hablad, "/api/vocab", "");
  assert_terms (hablad, "/api/vocab/export/json", "");
  g_assert_cmpint (add (hablad, "{'term':' Canción\\n'}"), ==, 1);
  check_new_item (hablad);
  check_duplicate (hablad);
  check_lists (hablad);
  check_reviews (hablad);
  check_session (hablad);
  check_change (hablad);
  check_refusals (hablad);
  check_lengths (hablad);
  check_anki (hablad);
  hablad_stop (g_steal_pointer (&hablad));
  hablad = hablad_start_with_data (NULL, data);
  check_anki (hablad);
  assert_terms (hablad, "/api/vocab/export/json", "dar en el clavo Canción");
  hablad_stop (g_steal_pointer (&hablad));
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *found = strstr (text, part); found != NULL; found = strstr (found + 1, part))
    n++;
  return n;
}

static void
assert_header (const char *response, const char *name, const char *value)
{
  g_autofree char *line = g_strdup_printf ("\r\n%s: %s\r\n", name, value);

  g_assert_nonnull (strstr (response, line));
}

/* A client that leaves in the middle of a file. */
static void
abort_export (Hablad *hablad)
{
  g_autoptr (GSocketConnection) connection =
      hablad_connect (hablad, "GET /api/vocab/export/json HTTP/1.1\r\nHost: localhost\r\n\r\n", 30);
  char byte;

  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                       &byte, 1, NULL, NULL),
      ==, 1);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

/* More items than a page of the export has. */
static void
test_export (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autofree char *anki = NULL;
  g_autoptr (JsonNode) all = NULL;
  g_autoptr (GSocketConnection) head = NULL;
  g_autoptr (GString) sentence = g_string_new (NULL);
  char response[4096] = "";

  for (guint i = 0; i < 2000; i++)
    g_string_append (sentence, "🦜");
  for (guint i = 1; i <= 205; i++) {
    g_autofree char *body = g_strdup_printf (
        "{'term':'palabra %u','source_sentence':'%s'}", i, i % 2 == 0 ? sentence->str : "");

    add (hablad, body);
  }
  anki = hablad_get (hablad, "/api/vocab/export/anki", NULL);
  for (guint i = 0; i < 10; i++)
    abort_export (hablad);
  g_assert_cmpuint (count (anki, "\r\n"), ==, 205);
  g_assert_true (g_str_has_prefix (anki, "palabra 1\t"));
  g_assert_nonnull (strstr (anki, "\r\npalabra 205\t\thabla phrase universal\r\n"));
  all = ask (hablad, "GET", "/api/vocab/export/json", NULL, 200);
  for (guint i = 0; i < 205; i++)
    g_assert_cmpint (json_object_get_int_member (
                         json_array_get_object_element (json_node_get_array (all), i), "id"),
        ==, 205 - i);
  head = hablad_connect (
      hablad, "HEAD /api/vocab/export/anki HTTP/1.1\r\nHost: localhost\r\n\r\n", 30);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (head)), response,
                       sizeof response - 1, NULL, NULL),
      >, 0);
  g_assert_true (g_str_has_prefix (response, "HTTP/1.1 200 "));
  assert_header (response, "Content-Disposition", "attachment; filename=\"habla-vocab.tsv\"");
  assert_header (response, "Content-Type", "text/tab-separated-values; charset=utf-8");
  hablad_stop (g_steal_pointer (&hablad));
}

/* Sends a text and waits until its exchange is stored.
 * Returns: the id of the exchange */
static gint64
send_text (HabladClient *client, const char *text)
{
  hablad_client_send_text (client, text);
  return json_object_get_int_member (
      hablad_client_expect (client, "exchange_stored"), "exchange_id");
}

static void
toggle (Hablad *hablad, gint64 id, const char *json, gboolean expected)
{
  g_autofree char *path = g_strdup_printf ("/api/exchanges/%" G_GINT64_FORMAT "/bookmark", id);
  g_autoptr (JsonNode) node = ask (hablad, "POST", path, json, 200);
  JsonObject *answer = json_node_get_object (node);

  g_assert_cmpint (json_object_get_int_member (answer, "id"), ==, id);
  g_assert_true (json_object_get_boolean_member (answer, "bookmarked") == expected);
}

/* @expected: ids of the exchanges, separated by spaces */
static void
assert_bookmarks (Hablad *hablad, const char *path, guint total, const char *expected)
{
  static const char *const members[] = { "raw_transcript", "translation", "session_started",
    "session_name", "bookmark_note", "has_audio", "bookmarked_at" };
  g_autoptr (JsonNode) node = ask (hablad, "GET", path, NULL, 200);
  JsonObject *answer = json_node_get_object (node);
  JsonArray *bookmarks = json_object_get_array_member (answer, "bookmarks");
  g_autoptr (GString) actual = g_string_new (NULL);

  g_assert_cmpint (json_object_get_int_member (answer, "total"), ==, total);
  for (guint i = 0; i < json_array_get_length (bookmarks); i++) {
    JsonObject *bookmark = json_array_get_object_element (bookmarks, i);

    for (guint m = 0; m < G_N_ELEMENTS (members); m++)
      g_assert_true (json_object_has_member (bookmark, members[m]));
    g_string_append_printf (actual, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
        json_object_get_int_member (bookmark, "id"));
  }
  g_assert_cmpstr (actual->str, ==, expected);
}

/* The exchanges of the session, its file, and the transcript of its room, which others may read. */
static void
check_session_has (Hablad *hablad, const char *session, const char *room)
{
  g_autofree char *exchanges_path = g_strconcat (session, "/exchanges", NULL);
  g_autofree char *export_path = g_strconcat (session, "/export", NULL);
  g_autofree char *transcript_path = g_strdup_printf ("/api/rooms/%s/transcript", room);
  g_autoptr (JsonNode) exchanges = ask (hablad, "GET", exchanges_path, NULL, 200);
  JsonObject *exchange = json_array_get_object_element (json_node_get_array (exchanges), 0);
  g_autofree char *file = hablad_get (hablad, export_path, NULL);
  g_autofree char *transcript = hablad_get (hablad, transcript_path, NULL);

  g_assert_true (json_object_get_boolean_member (exchange, "bookmarked"));
  g_assert_cmpstr (json_object_get_string_member (exchange, "bookmark_note"), ==, "Exam");
  exchange = json_array_get_object_element (json_node_get_array (exchanges), 1);
  g_assert_false (json_object_get_boolean_member (exchange, "bookmarked"));
  g_assert_true (json_object_get_null_member (exchange, "bookmark_note"));
  g_assert_nonnull (strstr (file, "\n           * Exam\n"));
  g_assert_nonnull (strstr (transcript, "La casa es grande."));
  g_assert_null (strstr (transcript, "Exam"));
}

static void
check_set (Hablad *hablad, gint64 id)
{
  g_autofree char *path = g_strdup_printf ("/api/exchanges/%" G_GINT64_FORMAT "/bookmark", id);
  g_autoptr (JsonNode) node = NULL;

  check (hablad, "PUT", path, NULL, 200);
  check (hablad, "PUT", path, "{'note':'New'}", 200);
  node = ask (hablad, "PUT", path, "{'note':null}", 200);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (node), "bookmark_note"), ==, "New");
  check (hablad, "PUT", path, "{'note':7}", 422);
  check (hablad, "PUT", path, "[", 400);
  check (hablad, "DELETE", path, NULL, 200);
  check (hablad, "DELETE", path, NULL, 200);
}

static void
test_bookmarks (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "room=physics");
  gint64 session =
      json_object_get_int_member (hablad_client_expect (client, "status"), "session_id");
  g_autofree char *path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT, session);
  g_autofree char *of_session = g_strconcat (path, "/bookmarks", NULL);
  gint64 first = send_text (client, "The house is big.");
  gint64 second = send_text (client, "I have two books.");
  g_autofree char *both = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, second, first);
  g_autofree char *only = g_strdup_printf ("%" G_GINT64_FORMAT, first);
  g_autofree char *body = g_strdup_printf (
      "{'term':'casa','source_sentence':'La casa es grande.','exchange_id':%s}", only);
  g_autofree char *item_path = NULL;
  g_autoptr (JsonNode) item = NULL;

  assert_bookmarks (hablad, "/api/bookmarks/recent", 0, "");
  toggle (hablad, first, "{'note':'Exam'}", TRUE);
  toggle (hablad, second, NULL, TRUE);
  assert_bookmarks (hablad, "/api/bookmarks/recent", 2, both);
  assert_bookmarks (hablad, "/api/bookmarks/recent?limit=1&offset=1", 2, only);
  toggle (hablad, second, "{'note':'x'}", FALSE);
  assert_bookmarks (hablad, of_session, 1, only);
  check_session_has (hablad, path, "physics");
  check_set (hablad, second);

  item_path = g_strdup_printf ("/api/vocab/%" G_GINT64_FORMAT, add (hablad, body));
  item = ask (hablad, "GET", item_path, NULL, 200);
  g_assert_cmpint (
      json_object_get_int_member (json_node_get_object (item), "exchange_id"), ==, first);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (item), "speaker_id"), ==, "MANUAL");
  g_clear_pointer (&item, json_node_unref);

  /* Bookmarks are deleted with the session; items stay, without what belonged to it. */
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  check (hablad, "DELETE", path, NULL, 200);
  assert_bookmarks (hablad, "/api/bookmarks/recent", 0, "");
  check (hablad, "GET", of_session, NULL, 404);
  item = ask (hablad, "GET", item_path, NULL, 200);
  g_assert_true (json_object_get_null_member (json_node_get_object (item), "exchange_id"));
  g_assert_true (json_object_get_null_member (json_node_get_object (item), "speaker_id"));
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (item), "source_sentence"),
      ==, "La casa es grande.");
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-vocabulary/vocabulary", test_vocabulary);
  g_test_add_func ("/hablad-vocabulary/export", test_export);
  g_test_add_func ("/hablad-vocabulary/bookmarks", test_bookmarks);
  return habla_test_run ();
}
