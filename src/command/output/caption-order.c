/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-order.h"

#include <util/source.h>

/* Utterances that wait at once; more arrive only if one never gets all its captions. */
#define MAX_GROUPS 64

typedef struct {
  char *language;
  HablaUtterance *utterance;
} Caption;

/* The captions of one utterance. */
typedef struct {
  guint64 id;
  guint n_captions; /* that have come */
  GQueue waiting;   /* of Caption */
} Group;

struct _HablaCaptionOrder {
  guint n_languages;
  guint max_wait; /* in milliseconds */
  HablaCaptionOrderPrint print;
  gpointer data;
  GQueue groups;   /* of Group; the first one is the oldest */
  guint64 next_id; /* captions of earlier ones do not wait: their group was removed */
  GSource *timer;
};

static void
caption_free (gpointer data)
{
  Caption *caption = data;

  g_free (caption->language);
  habla_utterance_free (caption->utterance);
  g_free (caption);
}

static void
group_free (gpointer data)
{
  Group *group = data;

  g_queue_clear_full (&group->waiting, caption_free);
  g_free (group);
}

HablaCaptionOrder *
habla_caption_order_new (
    guint n_languages, guint max_wait, HablaCaptionOrderPrint print, gpointer data)
{
  HablaCaptionOrder *self = g_new0 (HablaCaptionOrder, 1);

  self->n_languages = n_languages;
  self->max_wait = max_wait;
  self->print = print;
  self->data = data;
  g_queue_init (&self->groups);
  return self;
}

void
habla_caption_order_free (HablaCaptionOrder *self)
{
  habla_source_clear (&self->timer);
  g_queue_clear_full (&self->groups, group_free);
  g_free (self);
}

static void
caption_order_print_group (HablaCaptionOrder *self, Group *group)
{
  Caption *caption;

  while ((caption = g_queue_pop_head (&group->waiting)) != NULL) {
    self->print (caption->language, caption->utterance, self->data);
    caption_free (caption);
  }
}

static void
caption_order_remove_first (HablaCaptionOrder *self)
{
  Group *group = g_queue_pop_head (&self->groups);

  self->next_id = MAX (self->next_id, group->id + 1);
  group_free (group);
}

/* Removes the first group, which is complete or has been given up, and complete ones after it. */
static void
caption_order_advance (HablaCaptionOrder *self)
{
  Group *group;

  caption_order_remove_first (self);
  while ((group = g_queue_peek_head (&self->groups)) != NULL) {
    caption_order_print_group (self, group);
    if (group->n_captions < self->n_languages)
      return;
    caption_order_remove_first (self);
  }
}

void
habla_caption_order_flush (HablaCaptionOrder *self)
{
  while (!g_queue_is_empty (&self->groups))
    caption_order_advance (self);
}

static gboolean
caption_order_on_timeout (gpointer data)
{
  HablaCaptionOrder *self = data;

  habla_source_clear (&self->timer);
  habla_caption_order_flush (self);
  return G_SOURCE_REMOVE;
}

/* Returns: (nullable): %NULL if the group was removed */
static Group *
caption_order_get_group (HablaCaptionOrder *self, guint64 id)
{
  Group *group;

  for (GList *l = self->groups.head; l != NULL; l = l->next)
    if (((Group *) l->data)->id == id)
      return l->data;
  if (id < self->next_id)
    return NULL;
  if (self->groups.length == MAX_GROUPS)
    caption_order_advance (self);
  group = g_new0 (Group, 1);
  group->id = id;
  g_queue_push_tail (&self->groups, group);
  return group;
}

void
habla_caption_order_add (
    HablaCaptionOrder *self, const char *language, const HablaUtterance *utterance)
{
  Group *group = caption_order_get_group (self, utterance->id);
  Caption *caption;

  if (group == NULL) {
    self->print (language, utterance, self->data);
    return;
  }
  group->n_captions++;
  if (group == g_queue_peek_head (&self->groups)) {
    self->print (language, utterance, self->data);
    if (group->n_captions >= self->n_languages)
      caption_order_advance (self);
  } else {
    caption = g_new0 (Caption, 1);
    caption->language = g_strdup (language);
    caption->utterance = habla_utterance_copy (utterance);
    g_queue_push_tail (&group->waiting, caption);
  }
  if (self->groups.length <= 1)
    habla_source_clear (&self->timer);
  else if (self->timer == NULL)
    habla_source_start_timer (&self->timer, self->max_wait, "[habla] HablaCaptionOrder wait",
        caption_order_on_timeout, self);
}
