/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/database.h>
#include <store/store.h>

G_BEGIN_DECLS

typedef struct _HablaRequest HablaRequest;

/**
 * HablaRequest:
 * @run: called in the store's thread
 * @free_result: (nullable): of what @run gives; %NULL if that is nothing
 * @free_data: (nullable): of @data
 * @store: whose it is
 *
 * What a task is to do; the rest is what @run wants to know.
 */
struct _HablaRequest {
  gpointer (*run) (HablaDatabase *database, HablaRequest *self, GError **error);
  GDestroyNotify free_result;
  GDestroyNotify free_data;
  HablaStore *store;
  gpointer data;
  guint64 id;
  guint64 since;
  guint64 before;
  guint limit;
  char *text;
  char *more_text;
};

/* Each: @task: (transfer full): with a HablaRequest as data */
void habla_store_push_change (HablaStore *self, GTask *task);
void habla_store_push_query (HablaStore *self, GTask *task);
gboolean habla_store_has_pending_changes (HablaStore *self);
GError *habla_store_make_error (HablaStore *self);

G_END_DECLS
