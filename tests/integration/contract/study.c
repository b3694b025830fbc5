/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabulary, bookmarks, idioms and classroom mode. */
#include "contract.h"

#include <string.h>

#define ITEM \
  "id:i exchange_id:i? speaker_id:s? term:s literal:s meaning:s category:s source_sentence:s? " \
  "region:s save_worthy:z created_at:t ease_factor:n interval_days:i next_review:t repetitions:i " \
  "lapse_count:i times_encountered:i"
#define REVIEW \
  "id:i ease_factor:n interval_days:i next_review:t repetitions:i lapse_count:i is_mature:b"
#define BOOKMARK \
  "id:i session_id:i raw_transcript:s corrected_source:s translation:s session_started:t " \
  "session_name:s? bookmark_note:s? has_audio:b"

static JsonObject *
get_object (JsonNode *node)
{
  return json_node_get_object (node);
}

static guint
get_length (JsonNode *node)
{
  return json_array_get_length (json_node_get_array (node));
}

static gint64
add_item (const char *body)
{
  g_autoptr (JsonNode) added = contract_ask ("POST", "/api/vocab", body, 200);

  contract_check_fields (get_object (added), "/api/vocab", "id:i duplicate:b");
  g_assert_false (json_object_get_boolean_member (get_object (added), "duplicate"));
  return json_object_get_int_member (get_object (added), "id");
}

/* The reviews of the contract, and what they must lead to. */
static void
check_reviews (gint64 id)
{
  static const struct {
    int quality;
    int interval;
    double ease;
    int lapses;
  } rows[] = { { 4, 1, 2.5, 0 }, { 4, 6, 2.5, 0 }, { 4, 15, 2.5, 0 }, { 5, 37, 2.6, 0 },
    { 3, 96, 2.46, 0 }, { 2, 1, 2.14, 1 }, { 5, 1, 2.24, 1 }, { 0, 1, 1.44, 2 }, { 0, 1, 1.3, 2 } };
  g_autofree char *path = g_strdup_printf ("/api/vocab/%" G_GINT64_FORMAT "/review", id);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *body = g_strdup_printf ("{'quality':%d}", rows[i].quality);
    g_autoptr (JsonNode) answer = contract_ask ("POST", path, body, 200);
    JsonObject *review = get_object (answer);

    contract_check_fields (review, path, REVIEW);
    g_assert_cmpint (json_object_get_int_member (review, "interval_days"), ==, rows[i].interval);
    g_assert_cmpfloat_with_epsilon (
        json_object_get_double_member (review, "ease_factor"), rows[i].ease, 0.005);
    g_assert_cmpint (json_object_get_int_member (review, "lapse_count"), ==, rows[i].lapses);
    g_assert_cmpint (
        json_object_get_boolean_member (review, "is_mature"), ==, rows[i].interval >= 21);
  }
  contract_expect ("POST", path, "{'quality':6}", 400);
  contract_expect ("POST", path, "{'quality':'x'}", 422);
  contract_expect ("POST", "/api/vocab/99999999/review", "{'quality':4}", 404);
}

static void
check_lists (gint64 id)
{
  static const struct {
    const char *path;
    guint length;
  } rows[] = { { "/api/vocab?limit=50&offset=0", 2 }, { "/api/vocab?category=idiom", 1 },
    { "/api/vocab?category=slang", 0 }, { "/api/vocab/due?limit=20", 2 },
    { "/api/vocab/search?q=clavo&limit=20", 1 }, { "/api/vocab/search?q=nothing", 0 },
    { "/api/vocab/export/json", 2 } };
  g_autoptr (JsonNode) stats = contract_ask ("GET", "/api/vocab/stats", NULL, 200);
  g_autoptr (JsonNode) session =
      contract_ask ("GET", "/api/vocab/review-session?size=20", NULL, 200);
  JsonObject *categories = json_object_get_object_member (get_object (stats), "by_category");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) list = contract_ask ("GET", rows[i].path, NULL, 200);

    g_test_message ("%s", rows[i].path);
    g_assert_cmpuint (get_length (list), ==, rows[i].length);
    contract_check_list (json_node_get_array (list), rows[i].path, ITEM);
  }
  contract_check_fields (get_object (stats), "stats", "total:i due_for_review:i by_category:o");
  g_assert_cmpint (json_object_get_int_member (categories, "idiom"), ==, 1);
  contract_check_fields (
      get_object (session), "review-session", "due:a new:a struggling:a total:i");
  contract_expect ("GET", "/api/vocab/search", NULL, 422);
  contract_expect ("GET", "/api/vocab/search?q=", NULL, 400);
  contract_expect ("GET", "/api/vocab?limit=0", NULL, 422);
  contract_expect ("GET", "/api/vocab?limit=501", NULL, 422);
  contract_expect ("GET", "/api/vocab?offset=-1", NULL, 422);
  contract_expect ("GET", "/api/vocab/due?limit=201", NULL, 422);
  contract_expect ("GET", "/api/vocab/review-session?size=101", NULL, 422);
}

void
contract_test_vocabulary (void)
{
  gint64 id = add_item ("{'term':' dar en el clavo ','meaning':'be right','literal':'hit the nail',"
                        "'category':'idiom','source_sentence':'Dio en el clavo.'}");
  gint64 other = add_item ("{'term':'Ñandú'}");
  g_autofree char *path = g_strdup_printf ("/api/vocab/%" G_GINT64_FORMAT, id);
  g_autofree char *other_path = g_strdup_printf ("/api/vocab/%" G_GINT64_FORMAT, other);
  g_autofree char *disposition = NULL;
  g_autoptr (JsonNode) again = contract_ask ("POST", "/api/vocab", "{'term':'ñANDÚ'}", 200);
  g_autoptr (GBytes) cards =
      contract_fetch ("/api/vocab/export/anki", "Content-Disposition", &disposition);
  g_autofree char *text = g_strndup (g_bytes_get_data (cards, NULL), g_bytes_get_size (cards));

  g_assert_true (json_object_get_boolean_member (get_object (again), "duplicate"));
  g_assert_cmpint (json_object_get_int_member (get_object (again), "id"), ==, other);
  g_assert_cmpint (json_object_get_int_member (get_object (again), "times_encountered"), ==, 2);
  g_assert_nonnull (strstr (disposition, "habla-vocab.tsv"));
  g_assert_true (g_str_has_prefix (text, "dar en el clavo (lit: hit the nail)\t"));
  g_assert_nonnull (strstr (text, "\thabla idiom universal\r\n"));
  contract_expect ("POST", "/api/vocab", "{'term':'  '}", 400);
  contract_expect ("POST", "/api/vocab", "{}", 422);
  check_lists (id);
  {
    g_autoptr (JsonNode) changed = contract_ask ("PATCH", path, "{'region':'Spain'}", 200);
    g_autoptr (JsonNode) item = contract_ask ("GET", path, NULL, 200);

    contract_check_fields (get_object (item), path, ITEM);
    g_assert_cmpstr (
        json_object_get_string_member (get_object (item), "term"), ==, "dar en el clavo");
    g_assert_cmpstr (json_object_get_string_member (get_object (item), "region"), ==, "Spain");
  }
  check_reviews (id);
  {
    g_autoptr (JsonNode) deleted = contract_ask ("DELETE", other_path, NULL, 200);

    g_assert_true (json_object_get_boolean_member (get_object (deleted), "deleted"));
  }
  contract_expect ("GET", other_path, NULL, 404);
  contract_expect ("DELETE", other_path, NULL, 404);
}

/* Returns: (transfer none): the translation of a typed text, when it is stored */
static JsonObject *
type_text (ContractPage *page, const char *text)
{
  JsonObject *translation;

  hablad_client_send_text (page->client, text);
  translation = hablad_client_expect (page->client, "translation");
  hablad_client_expect (page->client, "exchange_stored");
  return translation;
}

void
contract_test_bookmarks (void)
{
  ContractPage *page = contract_page_load ();
  gint64 id;
  g_autofree char *path = NULL;
  g_autofree char *session_path = NULL;

  contract_page_open (page, NULL, NULL);
  session_path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/bookmarks",
      json_object_get_int_member (
          g_ptr_array_index (hablad_client_get_messages (page->client), 0), "session_id"));
  id = json_object_get_int_member (type_text (page, "The house is big."), "exchange_id");
  path = g_strdup_printf ("/api/exchanges/%" G_GINT64_FORMAT "/bookmark", id);
  {
    g_autoptr (JsonNode) set = contract_ask ("POST", path, "{'note':'Look it up'}", 200);
    g_autoptr (JsonNode) recent =
        contract_ask ("GET", "/api/bookmarks/recent?limit=10&offset=0", NULL, 200);
    g_autoptr (JsonNode) of_session = contract_ask ("GET", session_path, NULL, 200);
    JsonArray *bookmarks = json_object_get_array_member (get_object (recent), "bookmarks");
    JsonObject *first = json_array_get_object_element (bookmarks, 0);

    contract_check_fields (get_object (set), path, "id:i bookmarked:b");
    g_assert_true (json_object_get_boolean_member (get_object (set), "bookmarked"));
    contract_check_fields (get_object (recent), "recent", "bookmarks:a total:i");
    contract_check_list (bookmarks, "recent", BOOKMARK);
    g_assert_cmpint (json_object_get_int_member (first, "id"), ==, id);
    g_assert_cmpstr (json_object_get_string_member (first, "bookmark_note"), ==, "Look it up");
    g_assert_nonnull (of_session);
  }
  {
    g_autoptr (JsonNode) removed = contract_ask ("POST", path, NULL, 200);

    g_assert_false (json_object_get_boolean_member (get_object (removed), "bookmarked"));
  }
  contract_expect ("POST", "/api/exchanges/99999999/bookmark", NULL, 404);
  contract_page_close (page);
}

/* Returns: (transfer none): the only idiom of a typed text */
static JsonObject *
expect_idiom (ContractPage *page, const char *text)
{
  JsonArray *idioms = json_object_get_array_member (type_text (page, text), "idioms");

  g_assert_cmpuint (json_array_get_length (idioms), ==, 1);
  return json_array_get_object_element (idioms, 0);
}

void
contract_test_idioms (void)
{
  ContractPage *page = contract_page_load ();
  g_autoptr (JsonNode) added = NULL;
  g_autoptr (JsonNode) list = NULL;
  g_autofree char *path = NULL;
  JsonObject *idiom;

  page->direction = "es_to_en";
  contract_page_open (page, NULL, NULL);
  idiom = expect_idiom (page, "Me está tomando el pelo.");
  g_assert_cmpstr (json_object_get_string_member (idiom, "type"), ==, "idiom");
  g_assert_cmpstr (json_object_get_string_member (idiom, "source"), ==, "pattern_db");
  g_assert_cmpint (json_object_get_int_member (idiom, "span_start"), ==, 8);
  g_assert_cmpint (json_object_get_int_member (idiom, "span_end"), ==, 23);

  added = contract_ask (
      "POST", "/api/idioms", "{'phrase':'estar piripi','meaning':'to be tipsy'}", 200);
  contract_check_fields (
      get_object (added), "/api/idioms", "id:i pattern:s canonical:s total_patterns:i");
  idiom = expect_idiom (page, "Mi amigo estaba piripi.");
  g_assert_cmpstr (json_object_get_string_member (idiom, "phrase"), ==, "estar piripi");
  contract_expect ("POST", "/api/idioms", "{'phrase':'Estar Piripi','meaning':'x'}", 409);
  contract_expect ("POST", "/api/idioms", "{'phrase':'a b','meaning':'x','pattern':'('}", 400);
  contract_expect ("POST", "/api/idioms", "{'phrase':'  ','meaning':'x'}", 400);
  list = contract_ask ("GET", "/api/idioms", NULL, 200);
  g_assert_cmpuint (get_length (list), >=, 49);
  path = g_strdup_printf (
      "/api/idioms/%" G_GINT64_FORMAT, json_object_get_int_member (get_object (added), "id"));
  contract_expect ("DELETE", path, NULL, 200);
  contract_expect ("DELETE", path, NULL, 404);
  contract_page_close (page);
}

/* A correction comes with its explanation, live and in the history. */
void
contract_test_classroom (void)
{
  ContractPage *page = contract_page_load ();
  JsonObject *translation, *exchange;
  g_autofree char *path = NULL;
  g_autoptr (JsonNode) exchanges = NULL;
  g_autoptr (JsonNode) parsed = NULL;

  page->direction = "es_to_en";
  page->mode = "classroom";
  contract_page_open (page, NULL, NULL);
  translation = type_text (page, "La casa es en la mesa.");
  g_assert_true (json_object_get_boolean_member (translation, "is_correction"));
  g_assert_cmpstr (
      json_object_get_string_member (translation, "corrected"), ==, "La casa está en la mesa.");
  contract_check_fields (translation, "translation", "correction_detail:D");
  path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/exchanges",
      json_object_get_int_member (
          g_ptr_array_index (hablad_client_get_messages (page->client), 0), "session_id"));
  exchanges = contract_ask ("GET", path, NULL, 200);
  exchange = json_array_get_object_element (json_node_get_array (exchanges), 0);
  contract_check_fields (exchange, path, "is_correction:z correction_json:s correction_detail:D");
  g_assert_cmpint (json_object_get_int_member (exchange, "is_correction"), ==, 1);
  parsed = json_from_string (json_object_get_string_member (exchange, "correction_json"), NULL);
  contract_check_fields (get_object (parsed), "correction_json", "wrong:s right:s explanation:s");
  contract_page_close (page);
}
