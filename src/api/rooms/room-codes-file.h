/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Rooms whose codes are kept. */
#define HABLA_MAX_ROOM_CODES 1000

/**
 * HablaRoomCode:
 * @room: name of the room
 * @code: its code; see <api/rooms/join-code.h>
 * @used: when the room last had a new member, or else when the code was made; in seconds since
 *   1970
 */
typedef struct {
  const char *room;
  const char *code;
  gint64 used;
} HablaRoomCode;

/**
 * HablaRoomCodesFile:
 *
 * The file that keeps join codes. Writes in a worker thread, so that a slow disk does not delay
 * captions, and replaces the file, so that a crash leaves the old or the new one.
 */
typedef struct _HablaRoomCodesFile HablaRoomCodesFile;

/**
 * habla_room_codes_file_new:
 * @path: of the file
 *
 * Returns: (transfer full): a file, which need not exist
 */
HablaRoomCodesFile *habla_room_codes_file_new (const char *path);

/**
 * habla_room_codes_file_free:
 * @self: (transfer full): a file
 *
 * Waits until everything is written.
 */
void habla_room_codes_file_free (HablaRoomCodesFile *self);

/**
 * habla_room_codes_file_read:
 * @self: a file
 * @add: called for each valid code, in the order of the file, at most %HABLA_MAX_ROOM_CODES times
 * @user_data: for @add
 * @error: return location for a #GError: the file cannot be read, or is damaged
 *
 * Blocks. A file that does not exist has no codes.
 *
 * Returns: whether the file was read
 */
gboolean habla_room_codes_file_read (HablaRoomCodesFile *self,
    void (*add) (const HablaRoomCode *code, gpointer user_data), gpointer user_data,
    GError **error);

/**
 * habla_room_codes_file_write:
 * @self: a file
 * @contents: from habla_room_codes_file_encode()
 *
 * Replaces what waits to be written. If that fails, it is logged.
 */
void habla_room_codes_file_write (HablaRoomCodesFile *self, GBytes *contents);

/**
 * habla_room_codes_file_encode:
 * @codes: (element-type HablaRoomCode): codes
 *
 * Returns: (transfer full): the contents of a file with @codes
 */
GBytes *habla_room_codes_file_encode (GPtrArray *codes);

G_END_DECLS
