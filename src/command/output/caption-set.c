/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-set.h"

#include "command/output/caption-layouts.h"

#include <util/source.h>

/* Utterances that wait at once; more arrive only if one never gets all its translations. */
#define MAX_GROUPS 64

typedef struct {
  HablaCaptionFile *file; /* (unowned) */
  HablaUtterance *utterance;
} Caption;

/* The captions of one utterance. */
typedef struct {
  guint64 id;
  guint n_come;     /* languages, also those without text */
  GArray *captions; /* of Caption */
} Group;

struct _HablaCaptionSet {
  HablaCaptionLayout layout;
  guint max_wait; /* in milliseconds */
  gboolean is_speech;
  GPtrArray *files; /* of HablaCaptionFile (unowned) */
  GQueue groups;    /* of Group; the first one is the oldest */
  guint64 next_id;  /* earlier utterances do not wait: they are written */
  guint64 last_end; /* of the last utterance, in ns */
  GSource *timer;
  GError *error; /* (nullable): the first one that is not reported */
};

static void
caption_clear (gpointer data)
{
  habla_utterance_free (((Caption *) data)->utterance);
}

static Group *
group_new (guint64 id)
{
  Group *self = g_new0 (Group, 1);

  self->id = id;
  self->captions = g_array_new (FALSE, FALSE, sizeof (Caption));
  g_array_set_clear_func (self->captions, caption_clear);
  return self;
}

static void
group_free (gpointer data)
{
  Group *self = data;

  g_array_unref (self->captions);
  g_free (self);
}

HablaCaptionSet *
habla_caption_set_new (const HablaCaptionLayout *layout, guint max_wait, gboolean is_speech)
{
  HablaCaptionSet *self = g_new0 (HablaCaptionSet, 1);

  self->layout = *layout;
  self->max_wait = max_wait;
  self->is_speech = is_speech;
  self->files = g_ptr_array_new ();
  g_queue_init (&self->groups);
  return self;
}

void
habla_caption_set_free (HablaCaptionSet *self)
{
  habla_source_clear (&self->timer);
  g_queue_clear_full (&self->groups, group_free);
  g_ptr_array_unref (self->files);
  g_clear_error (&self->error);
  g_free (self);
}

void
habla_caption_set_add_file (HablaCaptionSet *self, HablaCaptionFile *file)
{
  g_ptr_array_add (self->files, file);
}

static HablaCaptionFile *
caption_set_find_file (HablaCaptionSet *self, const char *language)
{
  for (guint i = 0; i < self->files->len; i++)
    if (g_str_equal (habla_caption_file_get_language (self->files->pdata[i]), language))
      return self->files->pdata[i];
  return NULL;
}

static void
caption_set_write (
    HablaCaptionSet *self, HablaCaptionFile *file, const HablaSubtitleEntry *entry, guint64 until)
{
  if (self->error == NULL)
    habla_caption_file_add (file, entry, until, &self->error);
}

/* Plain text, TSV and JSON have one entry for all of an utterance. */
static void
caption_set_write_whole (HablaCaptionSet *self, const Caption *caption)
{
  const HablaUtterance *utterance = caption->utterance;
  const HablaSubtitleEntry entry = { utterance->begin, utterance->end, utterance->text,
    utterance->speaker, utterance->language, utterance->source_text, NULL };

  caption_set_write (self, caption->file, &entry, entry.end);
}

/* @texts: (array zero-terminated=1): of the cues of a subtitle file */
static void
caption_set_write_cues (HablaCaptionSet *self, const Caption *caption, GStrv texts)
{
  const HablaUtterance *utterance = caption->utterance;

  for (guint i = 0; i < utterance->cues->len; i++) {
    const HablaCue *cue = utterance->cues->pdata[i];
    const HablaSubtitleEntry entry = { cue->begin, cue->end, texts[i], cue->speaker,
      utterance->language, utterance->source_text != NULL ? cue->text : NULL, cue };

    caption_set_write (self, caption->file, &entry, entry.end);
  }
}

static void
caption_set_write_from_file (HablaCaptionSet *self, const Caption *caption)
{
  g_auto (GStrv) texts = NULL;

  if (habla_caption_file_get_kind (caption->file) == HABLA_SUBTITLE_LINES) {
    caption_set_write_whole (self, caption);
    return;
  }
  texts = habla_caption_layouts_split_cues (caption->utterance, &self->layout);
  caption_set_write_cues (self, caption, texts);
}

/* @cues: (element-type HablaCaptionCue): of @caption */
static void
caption_set_write_speech (HablaCaptionSet *self, const Caption *caption, GPtrArray *cues)
{
  const HablaUtterance *utterance = caption->utterance;

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = cues->pdata[i];
    g_autofree char *text = g_strjoinv ("\n", cue->lines);
    guint64 until = cue->end * G_GUINT64_CONSTANT (1000000);
    /* The caption after the last one is not known yet. */
    const HablaSubtitleEntry entry = { cue->begin * G_GUINT64_CONSTANT (1000000),
      i + 1 < cues->len ? until : utterance->end, text, utterance->speaker, utterance->language,
      NULL, NULL };

    caption_set_write (self, caption->file, &entry, until);
  }
}

/* Divides all captions of an utterance at the same places. */
static void
caption_set_write_group (HablaCaptionSet *self, Group *group)
{
  g_autoptr (GPtrArray) utterances = g_ptr_array_new ();
  g_autoptr (GPtrArray) layouts = NULL;

  if (group->captions->len == 0)
    return;
  for (guint i = 0; i < group->captions->len; i++)
    g_ptr_array_add (utterances, g_array_index (group->captions, Caption, i).utterance);
  layouts = habla_caption_layouts_divide (utterances, &self->layout);
  for (guint i = 0; i < group->captions->len; i++) {
    const Caption *caption = &g_array_index (group->captions, Caption, i);

    if (habla_caption_file_get_kind (caption->file) == HABLA_SUBTITLE_CUES)
      caption_set_write_speech (self, caption, layouts->pdata[i]);
    else
      caption_set_write_whole (self, caption);
  }
}

static void
caption_set_write_first (HablaCaptionSet *self)
{
  Group *group = g_queue_pop_head (&self->groups);

  caption_set_write_group (self, group);
  self->next_id = MAX (self->next_id, group->id + 1);
  group_free (group);
}

static gboolean caption_set_on_timeout (gpointer data);

/* Writes complete utterances, in order. */
static void
caption_set_advance (HablaCaptionSet *self)
{
  Group *group;

  while ((group = g_queue_peek_head (&self->groups)) != NULL && group->n_come >= self->files->len)
    caption_set_write_first (self);
  if (group == NULL)
    habla_source_clear (&self->timer);
  else if (self->timer == NULL)
    habla_source_start_timer (
        &self->timer, self->max_wait, "[habla] HablaCaptionSet wait", caption_set_on_timeout, self);
}

/* Gives up the translations of the first utterance that have not come. */
static gboolean
caption_set_on_timeout (gpointer data)
{
  HablaCaptionSet *self = data;

  habla_source_clear (&self->timer);
  if (!g_queue_is_empty (&self->groups))
    caption_set_write_first (self);
  caption_set_advance (self);
  return G_SOURCE_REMOVE;
}

static gboolean
caption_set_report (HablaCaptionSet *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

gboolean
habla_caption_set_flush (HablaCaptionSet *self, GError **error)
{
  while (!g_queue_is_empty (&self->groups))
    caption_set_write_first (self);
  habla_source_clear (&self->timer);
  return caption_set_report (self, error);
}

static Group *
caption_set_get_group (HablaCaptionSet *self, guint64 id)
{
  Group *group;

  for (GList *l = self->groups.head; l != NULL; l = l->next)
    if (((Group *) l->data)->id == id)
      return l->data;
  if (self->groups.length == MAX_GROUPS)
    caption_set_write_first (self);
  group = group_new (id);
  g_queue_push_tail (&self->groups, group);
  return group;
}

/* Subtitles from elements that do not pass their cues on are cues. */
static GPtrArray *
caption_set_make_cues (const HablaUtterance *utterance)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  const char *text = utterance->source_text != NULL ? utterance->source_text : utterance->text;

  g_ptr_array_add (cues, habla_cue_new (utterance->begin, utterance->end, text, "srt"));
  return cues;
}

/* Utterances without times follow the one before. */
static HablaUtterance *
caption_set_copy_utterance (HablaCaptionSet *self, const HablaUtterance *utterance)
{
  HablaUtterance *copy = habla_utterance_copy (utterance);

  if (copy->begin == HABLA_TIME_NONE)
    copy->begin = self->last_end;
  if (copy->end == HABLA_TIME_NONE)
    copy->end = copy->begin;
  copy->end = MAX (copy->end, copy->begin + G_GUINT64_CONSTANT (1000000));
  if (!self->is_speech && copy->cues == NULL)
    copy->cues = caption_set_make_cues (copy);
  return copy;
}

/* @caption: (transfer full) */
static void
caption_set_add_speech (HablaCaptionSet *self, Caption *caption)
{
  guint64 id = caption->utterance->id;
  Group *late = id < self->next_id ? group_new (id) : NULL;
  Group *group = late != NULL ? late : caption_set_get_group (self, id);

  group->n_come++;
  self->last_end = MAX (self->last_end, caption->utterance->end);
  if (habla_caption_layouts_is_blank (caption->utterance))
    caption_clear (caption);
  else
    g_array_append_val (group->captions, *caption);
  if (late != NULL) {
    caption_set_write_group (self, late);
    group_free (late);
  }
  caption_set_advance (self);
}

gboolean
habla_caption_set_add (
    HablaCaptionSet *self, const char *language, const HablaUtterance *utterance, GError **error)
{
  Caption caption = { caption_set_find_file (self, language), NULL };

  if (caption.file != NULL) {
    caption.utterance = caption_set_copy_utterance (self, utterance);
    if (caption.utterance->cues != NULL && caption.utterance->cues->len > 0) {
      self->last_end = MAX (self->last_end, caption.utterance->end);
      caption_set_write_from_file (self, &caption);
      caption_clear (&caption);
    } else {
      caption_set_add_speech (self, &caption);
    }
  }
  return caption_set_report (self, error);
}
