/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/bookmarks/bookmark-list.h"

static void
bookmark_free (gpointer data)
{
  HablaBookmark *self = data;

  g_clear_pointer (&self->utterance, habla_utterance_record_free);
  g_free (self->session_name);
  g_free (self);
}

HablaBookmarkList *
habla_bookmark_list_new (void)
{
  HablaBookmarkList *self = g_new0 (HablaBookmarkList, 1);

  self->bookmarks = g_ptr_array_new_with_free_func (bookmark_free);
  return self;
}

void
habla_bookmark_list_free (HablaBookmarkList *self)
{
  g_ptr_array_unref (self->bookmarks);
  g_free (self);
}
