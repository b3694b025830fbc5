/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/records.h>

G_BEGIN_DECLS

/**
 * HablaBookmark:
 * @utterance: the exchange, with its note
 * @session_started: begin of its session, in microseconds since 1970-01-01 UTC
 * @session_name: (nullable): the title of the session, or else its notes
 * @created_at: when the bookmark was set, in microseconds since 1970-01-01 UTC
 */
typedef struct {
  HablaUtteranceRecord *utterance;
  gint64 session_started;
  char *session_name;
  gint64 created_at;
} HablaBookmark;

/**
 * HablaBookmarkList:
 * @bookmarks: (element-type HablaBookmark): some bookmarks
 * @total: number of all bookmarks that there are
 */
typedef struct {
  GPtrArray *bookmarks;
  guint64 total;
} HablaBookmarkList;

/**
 * habla_bookmark_list_new:
 *
 * Returns: (transfer full): an empty list
 */
HablaBookmarkList *habla_bookmark_list_new (void);

/**
 * habla_bookmark_list_free:
 * @self: (transfer full): a list
 */
void habla_bookmark_list_free (HablaBookmarkList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaBookmarkList, habla_bookmark_list_free)

/**
 * HablaBookmarkQuery:
 * @session_id: a session, whose bookmarks are listed in the order of the exchanges; 0 = list the
 *   bookmarks of all sessions, those first that were set last
 * @limit: maximum length of the list
 * @offset: number of bookmarks to skip
 */
typedef struct {
  guint64 session_id;
  guint limit;
  guint64 offset;
} HablaBookmarkQuery;

/**
 * HablaBookmarkChange:
 * @HABLA_BOOKMARK_TOGGLE: remove the bookmark if there is one, or else set it
 * @HABLA_BOOKMARK_SET: set the bookmark, or change its note
 * @HABLA_BOOKMARK_REMOVE: remove the bookmark if there is one
 */
typedef enum {
  HABLA_BOOKMARK_TOGGLE,
  HABLA_BOOKMARK_SET,
  HABLA_BOOKMARK_REMOVE,
} HablaBookmarkChange;

G_END_DECLS
