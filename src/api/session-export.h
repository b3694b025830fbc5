/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>
#include <store/records.h>

G_BEGIN_DECLS

/**
 * HablaExportSource:
 * @session_id: id of the session; 0 = the newest one of @room
 * @room: (nullable): name of a room, if @session_id is 0
 * @name: of the file, without an extension; %NULL = "session-" and the id
 * @open: (nullable): the session, if its room is open
 * @offered: (nullable) (array zero-terminated=1): BCP 47 codes that are valid although nothing was
 *   said in them, if the room is open
 * @remembered: (nullable) (element-type HablaUtteranceRecord): the newest exchanges of @open, which
 *   the store may not have yet
 * @is_complete: whether @remembered are all exchanges of @open
 * @without_notes: whether the notes on the session are left out
 * @with_bookmarks: whether bookmarks are in the file; rooms do not know them
 *
 * What to export. Its fields belong to it.
 */
typedef struct {
  guint64 session_id;
  char *room;
  char *name;
  HablaSessionRecord *open;
  GStrv offered;
  GPtrArray *remembered;
  gboolean is_complete;
  gboolean without_notes;
  gboolean with_bookmarks;
} HablaExportSource;

/**
 * habla_export_source_free:
 * @self: (transfer full): a source
 */
void habla_export_source_free (HablaExportSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaExportSource, habla_export_source_free)

/**
 * habla_session_export_answer:
 * @request: a request with the parameters `format` and `language`
 * @source: (transfer full): what to export
 *
 * Answers with a file, a page at a time.
 */
void habla_session_export_answer (const HablaRequest *request, HablaExportSource *source);

G_END_DECLS
