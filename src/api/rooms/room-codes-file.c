/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "api/rooms/room-codes-file.h"

#include "api/rooms/join-code.h"
#include "api/rooms/room-name.h"

#include <json/json-validator.h>
#include <json/json-writer.h>

/* An entry has a name of 64 characters, a code, a time, and four times as much around them. */
static const HablaJsonLimits limits = {
  .max_size = 256 * HABLA_MAX_ROOM_CODES,
  .max_depth = 3,
  .max_members = 8,
  .max_values = 8 * HABLA_MAX_ROOM_CODES,
};

struct _HablaRoomCodesFile {
  char *path;
  GThreadPool *writer; /* one thread */
  GMutex lock;
  GBytes *pending; /* protected by lock; (nullable) */
};

/* In the thread of the writer. */
static void
room_codes_file_on_write (gpointer data, gpointer user_data)
{
  HablaRoomCodesFile *self = user_data;
  g_autoptr (GBytes) contents = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  contents = g_steal_pointer (&self->pending);
  g_mutex_unlock (&self->lock);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (self->path, g_bytes_get_data (contents, NULL),
          g_bytes_get_size (contents), G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE",
        "Failed to keep the join codes of rooms: %s; they are lost when hablad ends",
        error->message);
}

HablaRoomCodesFile *
habla_room_codes_file_new (const char *path)
{
  HablaRoomCodesFile *self = g_new0 (HablaRoomCodesFile, 1);

  self->path = g_strdup (path);
  self->writer = g_thread_pool_new (room_codes_file_on_write, self, 1, FALSE, NULL);
  g_mutex_init (&self->lock);
  return self;
}

void
habla_room_codes_file_free (HablaRoomCodesFile *self)
{
  g_thread_pool_free (self->writer, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

static const char *
room_codes_file_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Returns: whether @code is valid */
static gboolean
room_codes_file_parse_code (JsonNode *node, HablaRoomCode *code)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object == NULL)
    return FALSE;
  code->room = room_codes_file_get_string (object, "name");
  code->code = room_codes_file_get_string (object, "code");
  code->used = json_object_get_int_member_with_default (object, "used", 0);
  return code->room != NULL && habla_room_name_is_valid (code->room) && code->code != NULL &&
         habla_join_code_is_valid (code->code);
}

gboolean
habla_room_codes_file_read (HablaRoomCodesFile *self,
    void (*add) (const HablaRoomCode *code, gpointer user_data), gpointer user_data, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (JsonObject) object = NULL;
  JsonNode *rooms;
  JsonArray *array;

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_get_contents (self->path, &text, &length, error))
    return FALSE;
  object = habla_json_parse_object (text, length, &limits, error);
  if (object == NULL) {
    g_prefix_error (error, "%s: ", self->path);
    return FALSE;
  }
  rooms = json_object_get_member (object, "rooms");
  array = rooms != NULL && JSON_NODE_HOLDS_ARRAY (rooms) ? json_node_get_array (rooms) : NULL;
  for (guint i = 0; array != NULL && i < MIN (json_array_get_length (array), HABLA_MAX_ROOM_CODES);
       i++) {
    HablaRoomCode code;

    if (room_codes_file_parse_code (json_array_get_element (array, i), &code))
      add (&code, user_data);
  }
  return TRUE;
}

void
habla_room_codes_file_write (HablaRoomCodesFile *self, GBytes *contents)
{
  gboolean is_first;

  g_mutex_lock (&self->lock);
  is_first = self->pending == NULL;
  g_clear_pointer (&self->pending, g_bytes_unref);
  self->pending = g_bytes_ref (contents);
  g_mutex_unlock (&self->lock);
  if (is_first)
    g_thread_pool_push (self->writer, self, NULL);
}

GBytes *
habla_room_codes_file_encode (GPtrArray *codes)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_json_begin_object (builder, NULL);
  habla_json_begin_array (builder, "rooms");
  for (guint i = 0; i < codes->len; i++) {
    const HablaRoomCode *code = g_ptr_array_index (codes, i);

    habla_json_begin_object (builder, NULL);
    habla_json_add_string (builder, "name", code->room);
    habla_json_add_string (builder, "code", code->code);
    habla_json_add_int (builder, "used", code->used);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}
