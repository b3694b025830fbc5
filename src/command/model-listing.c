/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/model-listing.h"

#include "command/output/terminal-output.h"

#include <habla/language-pair.h>
#include <habla/language.h>
#include <json/json-writer.h>
#include <models/installed-model.h>
#include <stdio.h>
#include <string.h>

/* In the text of one model; some hear a hundred languages. */
#define MAX_LANGUAGES 6

static const struct {
  const char *job;
  const char *title;
} sections[] = {
  { HABLA_MODEL_JOB_TRANSCRIBER, "Hearing" },
  { HABLA_MODEL_JOB_VOICE_ACTIVITY, "Finding speech, which hearing needs" },
  { HABLA_MODEL_JOB_TRANSLATOR, "Translating" },
  { HABLA_MODEL_JOB_SYNTHESIZER, "Speaking" },
};

/* One model; @available or @installed is set, or both. The strings belong to these. */
typedef struct {
  HablaAvailableModel *available;
  HablaModel *installed;
  const char *id;
  const char *job;
  const char *license; /* nullable */
  const char *const *languages;
} Row;

/* Returns: (transfer full): the language or pair for people */
static char *
describe_language (const char *language)
{
  g_auto (GStrv) pair = g_strsplit (language, ">", 2);

  for (guint i = 0; pair[i] != NULL; i++) {
    const char *name = habla_language_get_name (pair[i]);

    if (name != NULL) {
      g_free (pair[i]);
      pair[i] = g_strdup (name);
    }
  }
  return g_strjoinv (" into ", pair);
}

char *
habla_model_listing_describe_languages (const char *const *languages, guint max)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint count = g_strv_length ((char **) languages);

  for (guint i = 0; i < count && i < max; i++) {
    g_autofree char *name = describe_language (languages[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name);
  }
  if (count > max)
    g_string_append_printf (text, " and %u more", count - max);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_wanted (const char *language, const char *const *wanted)
{
  for (guint i = 0; wanted[i] != NULL; i++)
    if (habla_language_has_same_primary (wanted[i], language))
      return TRUE;
  return FALSE;
}

static gboolean
row_is_wanted (const Row *self, const char *const *wanted)
{
  gboolean wants_both = wanted != NULL && wanted[0] != NULL && wanted[1] != NULL;

  if (wanted == NULL || self->languages[0] == NULL)
    return TRUE;
  for (guint i = 0; self->languages[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (self->languages[i], ">", 2);
    gboolean wants_from = is_wanted (pair[0], wanted);
    gboolean wants_to = pair[1] != NULL ? is_wanted (pair[1], wanted) : wants_from;

    if (wants_both ? wants_from && wants_to : wants_from || wants_to)
      return TRUE;
  }
  return FALSE;
}

static guint64
row_get_size (const Row *self)
{
  return self->installed != NULL ? habla_installed_model_get_size (self->installed)
                                 : self->available->download_size;
}

static const char *
row_get_state (const Row *self)
{
  if (self->installed == NULL)
    return "";
  return habla_model_get_unusable (self->installed) != NULL ? "unusable" : "installed";
}

static void
row_print (const Row *self)
{
  g_autofree char *size = g_format_size (row_get_size (self));
  g_autofree char *languages =
      habla_model_listing_describe_languages (self->languages, MAX_LANGUAGES);

  printf ("  %-9s  %-40s %9s  %-14s %s", row_get_state (self), self->id, size,
      self->license != NULL ? self->license : "-", languages);
  if (self->available != NULL && self->available->comet > 0)
    printf (", COMET %.3f", self->available->comet);
  putchar ('\n');
}

static void
row_add_available (const Row *self, JsonBuilder *builder)
{
  const HablaAvailableModel *model = self->available;

  habla_json_add_string (builder, "title", model->title);
  habla_json_add_int (builder, "download_size", model->download_size);
  habla_json_add_int (builder, "disk_size", model->disk_size);
  habla_json_add_int (builder, "memory", model->memory);
  if (model->comet > 0)
    habla_json_add_double (builder, "comet", model->comet);
  if (model->bleu > 0)
    habla_json_add_double (builder, "bleu", model->bleu);
  if (model->license_note != NULL)
    habla_json_add_string (builder, "license_note", model->license_note);
}

static void
row_add_installed (const Row *self, JsonBuilder *builder)
{
  const char *unusable = habla_model_get_unusable (self->installed);

  habla_json_add_string (builder, "path", habla_model_get_path (self->installed));
  habla_json_add_int (builder, "size", row_get_size (self));
  if (unusable != NULL)
    habla_json_add_string (builder, "unusable", unusable);
}

static void
row_print_as_json (const Row *self)
{
  JsonBuilder *builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "id", self->id);
  habla_json_add_string (builder, "job", self->job);
  habla_json_add_string (builder, "engine",
      self->installed != NULL ? habla_model_get_engine (self->installed) : self->available->engine);
  habla_json_add_int (builder, "quality",
      self->installed != NULL ? habla_model_get_quality (self->installed)
                              : self->available->quality);
  habla_json_add_strings (builder, "languages", self->languages);
  if (self->license != NULL)
    habla_json_add_string (builder, "license", self->license);
  habla_json_add_boolean (builder, "installed", self->installed != NULL);
  if (self->installed != NULL)
    row_add_installed (self, builder);
  if (self->available != NULL)
    row_add_available (self, builder);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

static HablaModel *
find_installed (GPtrArray *installed, const char *id)
{
  for (guint i = 0; i < installed->len; i++)
    if (g_str_equal (habla_model_get_id (g_ptr_array_index (installed, i)), id))
      return g_ptr_array_index (installed, i);
  return NULL;
}

/* Returns: (transfer full): the installed models, then those that are only available */
static GArray *
collect_rows (HablaCatalogue *catalogue, GPtrArray *installed)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (Row));
  GPtrArray *models = catalogue != NULL ? habla_catalogue_get_models (catalogue) : NULL;

  for (guint i = 0; i < installed->len; i++) {
    HablaModel *model = g_ptr_array_index (installed, i);
    Row row = { .installed = model,
      .id = habla_model_get_id (model),
      .job = habla_model_get_job (model),
      .license = habla_model_get_license (model),
      .languages = habla_model_get_languages (model) };

    if (catalogue != NULL)
      row.available = habla_catalogue_find (catalogue, row.id);
    g_array_append_val (rows, row);
  }
  for (guint i = 0; models != NULL && i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);
    Row row = { .available = model,
      .id = model->id,
      .job = model->job,
      .license = model->license,
      .languages = (const char *const *) model->languages };

    if (find_installed (installed, model->id) == NULL)
      g_array_append_val (rows, row);
  }
  return rows;
}

static guint
print_section (GArray *rows, guint section, const char *const *languages, gboolean json)
{
  guint count = 0;

  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);

    if (!g_str_equal (row->job, sections[section].job) || !row_is_wanted (row, languages))
      continue;
    if (json) {
      row_print_as_json (row);
    } else {
      if (count == 0)
        printf ("%s:\n", sections[section].title);
      row_print (row);
    }
    count++;
  }
  return count;
}

guint
habla_model_listing_print (HablaCatalogue *catalogue, const char *const *languages, gboolean json)
{
  g_autoptr (GPtrArray) installed = habla_installed_model_list ();
  g_autoptr (GArray) rows = collect_rows (catalogue, installed);
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    count += print_section (rows, i, languages, json);
  return count;
}
