/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transcript of a room: of its session so far, or of the last one when the room is closed. */
#include "api/api-private.h"
#include "api/rooms/room-name.h"
#include "api/session-export.h"

#include <archive/exchange-record.h>
#include <http/response.h>

/* Returns: (transfer full): the languages of the translations of @records, each once */
static GStrv
list_languages (GPtrArray *records)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < records->len; i++) {
    const HablaUtteranceRecord *record = g_ptr_array_index (records, i);

    for (guint j = 0; j < record->translations->len; j++) {
      const HablaTranslationRecord *translation = g_ptr_array_index (record->translations, j);

      if (g_hash_table_add (seen, translation->language))
        g_strv_builder_add (builder, translation->language);
    }
  }
  return g_strv_builder_end (builder);
}

/* Returns: (transfer full): the session of @room, as the store will have it */
static HablaSessionRecord *
make_session (HablaRoom *room, GPtrArray *exchanges, GPtrArray *records)
{
  HablaSessionRecord *session = habla_session_record_new ();
  gint64 origin = habla_room_get_origin (room);

  session->id = habla_room_get_session_id (room);
  session->room = g_utf8_make_valid (habla_room_get_name (room), -1);
  session->direction = habla_exchange_record_format_languages (
      habla_room_get_source_language (room), habla_room_get_target_languages (room));
  session->mode = g_strdup (habla_mode_get_name (habla_room_get_mode (room)));
  session->started_at = origin != 0 ? origin : g_get_real_time ();
  session->ended_at = session->started_at;
  for (guint i = 0; i < exchanges->len; i++)
    session->ended_at =
        MAX (session->ended_at, ((HablaExchange *) g_ptr_array_index (exchanges, i))->end);
  session->exchange_count = exchanges->len;
  session->notes = g_strdup ("");
  session->languages = list_languages (records);
  return session;
}

/* Takes what the room remembers: translations that come later are not in the file. */
static void
source_set_room (HablaExportSource *self, HablaRoom *room)
{
  g_autoptr (GPtrArray) exchanges = habla_room_list_exchanges (room, &self->is_complete);

  self->session_id = habla_room_get_session_id (room);
  self->offered = habla_room_list_offered (room);
  self->remembered = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_record_free);
  for (guint i = 0; i < exchanges->len; i++)
    g_ptr_array_add (
        self->remembered, habla_exchange_record_new (room, g_ptr_array_index (exchanges, i)));
  self->open = make_session (room, exchanges, self->remembered);
}

static void
answer_transcript (const HablaRequest *request)
{
  g_autofree char *name = habla_request_get_segment (request, 2);
  HablaRoom *room = NULL;
  HablaExportSource *source;

  if (!habla_room_name_is_valid (name)) {
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
        "No room can have that name; a name has up to %d letters, digits, -, _ or .",
        HABLA_MAX_ROOM_NAME);
    return;
  }
  room = habla_room_manager_find_by_name (habla_api_from_request (request)->manager, name);
  source = g_new0 (HablaExportSource, 1);
  source->room = g_strdup (name);
  source->name = g_strconcat ("transcript-", name, NULL);
  /* The owner's, who may have written them about the listeners. */
  source->without_notes = request->is_by_code;
  if (room != NULL)
    source_set_room (source, room);
  habla_session_export_answer (request, source);
}

const HablaRoute habla_routes_transcript[] = {
  { .path = "/api/rooms/{}/transcript",
      .methods = "GET",
      .flags = HABLA_ROUTE_CODE,
      .handler = answer_transcript },
  {},
};
