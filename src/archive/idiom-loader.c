/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/idiom-loader.h"

#include <store/phrases/idioms.h>

typedef struct {
  HablaPhrasebook *phrasebook;
  GPtrArray *idioms; /* (nullable) */
} Loader;

static void
loader_free (gpointer data)
{
  Loader *self = data;

  habla_phrasebook_unref (self->phrasebook);
  g_clear_pointer (&self->idioms, g_ptr_array_unref);
  g_free (self);
}

/* Worker thread. */
static void
loader_compile (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Loader *self = data;

  for (guint i = 0; i < self->idioms->len; i++) {
    const HablaIdiomRecord *idiom = self->idioms->pdata[i];
    const HablaPhrase phrase = { .id = idiom->id,
      .language = idiom->language,
      .canonical = idiom->canonical,
      .pattern = idiom->pattern,
      .literal = idiom->literal,
      .meaning = idiom->meaning,
      .region = idiom->region,
      .frequency = idiom->frequency,
      .type = (char *) HABLA_PHRASE_IDIOM };
    g_autoptr (GError) error = NULL;

    if (!habla_phrasebook_add (self->phrasebook, &phrase, &error))
      g_message ("The idiom “%s” of a user is not used; send DELETE /api/idioms/%" G_GINT64_FORMAT
                 " and add it anew: %s",
          idiom->canonical, idiom->id, error->message);
  }
  g_task_return_boolean (task, TRUE);
}

static void
loader_on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Loader *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  self->idioms = habla_store_list_finish (NULL, result, &error);
  if (self->idioms == NULL || self->idioms->len == 0) {
    if (self->idioms == NULL)
      g_message ("The idioms of users are not used: %s", error->message);
    loader_free (self);
    return;
  }
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_name (task, "[habla] compile idioms");
  g_task_set_task_data (task, self, loader_free);
  g_task_run_in_thread (task, loader_compile);
}

void
habla_idiom_loader_run (HablaStore *store, HablaPhrasebook *phrasebook)
{
  Loader *self = g_new0 (Loader, 1);

  self->phrasebook = habla_phrasebook_ref (phrasebook);
  habla_idioms_list_async (store, loader_on_listed, self);
}
