/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a browser client of the first Habla does by itself. */
#include "contract.h"

#include "habla-test.h"

#include <string.h>

/* What a page does not know, it ignores. */
static const struct {
  const char *type;
  const char *fields;
} messages[] = {
  { "status", "pipeline_ready:b session_id:i direction:d mode:m speaker_count:i" },
  { "partial", "text:s speaker_id:0" },
  { "partial_translation", "text:s speaker_id:0" },
  { "transcript_final", "text:s speaker:P? direction:d" },
  { "translation", "exchange_id:i? speaker:P? source:s corrected:s translated:s idioms:I "
                   "is_correction:b correction_detail:D? confidence:n? has_audio:b timestamp:t" },
  { "speakers_updated", "speakers:Q" },
  { "direction_changed", "direction:d" },
  { "mode_changed", "mode:m" },
  { "listening_started", "mode:s recording:b" },
  { "listening_stopped", "segments_processed:i total_speech_seconds:n" },
  { "session_reset", "session_id:i direction:d mode:m" },
  { "playback_started", "recording_id:s total_chunks:i speed:n mode:s" },
  { "playback_progress", "chunk_index:i total_chunks:i" },
  { "playback_finished", "recording_id:s chunks_processed:i" },
  { "playback_stopped", "type:s" },
  { "pong", "type:s" },
  { "error", "message:s" },
};

/* REST */

static SoupMessage *
make_request (const char *method, const char *path)
{
  g_autofree char *uri =
      g_uri_resolve_relative (hablad_get_url (contract_hablad), path, G_URI_FLAGS_NONE, NULL);

  return soup_message_new (method, uri);
}

GBytes *
contract_fetch (const char *path, const char *header, char **value)
{
  g_autoptr (SoupMessage) message = make_request ("GET", path);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *body;

  soup_session_send_and_read_async (
      session, message, G_PRIORITY_DEFAULT, NULL, habla_test_store_result, &result);
  hablad_wait_until (result != NULL);
  body = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);
  if (soup_message_get_status (message) != 200)
    g_error ("GET %s: %u", path, soup_message_get_status (message));
  if (header != NULL)
    *value = g_strdup (
        soup_message_headers_get_one (soup_message_get_response_headers (message), header));
  return body;
}

JsonNode *
contract_ask (const char *method, const char *path, const char *body, guint status)
{
  g_autofree char *json = body != NULL ? g_strdelimit (g_strdup (body), "'", '"') : NULL;
  guint found;
  g_autofree char *answer = hablad_request (contract_hablad, method, path, json, &found);
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (answer, &error);

  g_assert_no_error (error);
  if (found != status)
    g_error ("%s %s %s: %u instead of %u: %s", method, path, body, found, status, answer);
  if (status >= 400)
    contract_check_fields (json_node_get_object (node), path, "detail:s");
  return node;
}

void
contract_expect (const char *method, const char *path, const char *body, guint status)
{
  g_autoptr (JsonNode) answer = contract_ask (method, path, body, status);
}

/* The page */

ContractPage *
contract_page_load (void)
{
  ContractPage *self = g_new0 (ContractPage, 1);
  g_autoptr (GBytes) page = contract_fetch ("/", "Set-Cookie", &self->cookie);

  g_assert_true (g_str_has_prefix (self->cookie, "habla-client="));
  *strchr (self->cookie, ';') = '\0';
  self->direction = "en_to_es";
  self->mode = "conversation";
  return self;
}

void
contract_page_open (ContractPage *self, const char *const *texts, GPtrArray *spool)
{
  g_autofree char *direction =
      g_strdup_printf ("{'type':'toggle_direction','direction':'%s'}", self->direction);
  g_autofree char *mode = g_strdup_printf ("{'type':'set_mode','mode':'%s'}", self->mode);
  g_autoptr (JsonNode) status = NULL;

  hablad_set_cookie (contract_hablad, self->cookie);
  self->client = hablad_client_new (contract_hablad, NULL);
  hablad_client_send (self->client, direction);
  hablad_client_send (self->client, mode);
  if (self->is_listening)
    hablad_client_send (self->client, "{'type':'start_listening'}");
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    hablad_client_send_text (self->client, texts[i]);
  if (spool != NULL)
    hablad_client_send_recording (self->client, spool, FALSE);
  hablad_client_expect_next (self->client, "status");
  hablad_wait_until (hablad_client_has (self->client, "mode_changed"));
  hablad_wait_until (!self->is_listening || hablad_client_has (self->client, "listening_started"));
  if (texts == NULL && spool == NULL)
    hablad_client_expect (self->client, "mode_changed");
  status = contract_ask ("GET", "/api/system/status", NULL, 200);
  contract_check_fields (json_node_get_object (status), "/api/system/status",
      "direction:d mode:m asr_auto_language:b recording_enabled:b");
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (status), "direction"), ==,
      self->direction);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (status), "mode"), ==, self->mode);
}

void
contract_page_lose (ContractPage *self)
{
  contract_page_check (self);
  hablad_client_abort (self->client);
  g_clear_pointer (&self->client, hablad_client_free);
}

JsonObject *
contract_page_listen (ContractPage *self)
{
  JsonObject *started;

  hablad_client_send (self->client, "{'type':'start_listening'}");
  started = hablad_client_expect (self->client, "listening_started");
  g_assert_cmpstr (json_object_get_string_member (started, "mode"), ==, "continuous");
  self->is_listening = TRUE;
  return started;
}

JsonObject *
contract_page_stop (ContractPage *self, GBytes *last)
{
  self->is_listening = FALSE;
  if (last == NULL)
    return hablad_client_stop_listening (self->client);
  hablad_client_send (self->client, "{'type':'stop_listening'}");
  hablad_client_send_audio (self->client, last);
  return hablad_client_expect (self->client, "listening_stopped");
}

static const char *
find_fields (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    if (g_str_equal (messages[i].type, type))
      return messages[i].fields;
  return NULL;
}

/* A translation fills the oldest card that has none. */
static void
check_cards (GQueue *cards, const char *type, JsonObject *message)
{
  g_autofree char *text = NULL;

  if (g_str_equal (type, "transcript_final")) {
    g_queue_push_tail (cards, g_strdup (json_object_get_string_member (message, "text")));
  } else if (g_str_equal (type, "translation")) {
    g_assert_false (g_queue_is_empty (cards));
    text = g_queue_pop_head (cards);
    g_assert_cmpstr (json_object_get_string_member (message, "source"), ==, text);
  }
}

static void
check_confidence (JsonObject *message)
{
  double confidence;

  if (json_object_get_null_member (message, "confidence"))
    return;
  confidence = json_object_get_double_member (message, "confidence");
  g_assert_cmpfloat (confidence, >, 0.05);
  g_assert_cmpfloat (confidence, <=, 1);
}

void
contract_page_check (ContractPage *self)
{
  GPtrArray *received = hablad_client_get_messages (self->client);
  g_autoptr (GQueue) cards = g_queue_new ();

  for (guint i = 0; i < received->len; i++) {
    JsonObject *message = g_ptr_array_index (received, i);
    const char *type = json_object_get_string_member (message, "type");
    const char *fields = find_fields (type);

    if (fields != NULL)
      contract_check_fields (message, type, fields);
    if (g_str_equal (type, "translation"))
      check_confidence (message);
    check_cards (cards, type, message);
  }
  g_queue_clear_full (cards, g_free);
}

void
contract_page_close (ContractPage *self)
{
  contract_page_check (self);
  hablad_client_close (self->client);
  hablad_client_free (self->client);
  hablad_set_cookie (contract_hablad, NULL);
  g_free (self->cookie);
  g_free (self);
}

/* Lessons */

static char *
find_recording (void)
{
  g_autoptr (JsonNode) list = contract_ask ("GET", "/api/recordings", NULL, 200);
  JsonObject *newest = json_array_get_object_element (json_node_get_array (list), 0);

  return g_strdup (json_object_get_string_member (newest, "id"));
}

char *
contract_record_lesson (ContractPage *self)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  g_autoptr (JsonNode) answer =
      contract_ask ("POST", "/api/system/recording", "{'enabled':true}", 200);

  g_assert_true (json_object_get_boolean_member (contract_page_listen (self), "recording"));
  hablad_client_send_recording (self->client, chunks, FALSE);
  contract_page_stop (self, NULL);
  hablad_wait_until (hablad_client_count (self->client, "exchange_stored") >=
                     hablad_client_count (self->client, "translation"));
  hablad_wait_for_metric (contract_hablad, "habla_recording_active", 0);
  return find_recording ();
}

const char *
contract_get_lesson (void)
{
  static char id[100];

  if (*id == '\0') {
    ContractPage *page = contract_page_load ();
    g_autofree char *recording = NULL;

    contract_page_open (page, NULL, NULL);
    recording = contract_record_lesson (page);
    g_strlcpy (id, recording, sizeof id);
    contract_page_close (page);
  }
  return id;
}
