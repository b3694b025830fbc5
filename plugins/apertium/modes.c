/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "modes.h"

#include "packages.h"

#include <gio/gio.h>
#include <habla/habla.h>
#include <string.h>

#define DEFAULT_DATADIR "/usr/share/apertium"
#define SUFFIX ".mode"

struct _ApertiumModes {
  char *dir;
  GPtrArray *modes; /* of ApertiumMode, sorted by name */
};

/* A step of a path: with an installed mode, or with a package that has one. */
typedef struct {
  char *from;
  char *to;
  const ApertiumMode *mode; /* (nullable) */
  char *package;            /* (nullable): a package that must be installed first */
} Step;

static void
mode_free (ApertiumMode *mode)
{
  g_free (mode->name);
  g_free (mode->file);
  g_free (mode->from);
  g_free (mode->to);
  g_free (mode->program);
  g_free (mode);
}

static void
step_free (Step *step)
{
  g_free (step->from);
  g_free (step->to);
  g_free (step->package);
  g_free (step);
}

/* RFC 5646, section 2.1: script, region or variant. Other suffixes of a language in a mode's
 * name ("uni") do not belong to a language tag. */
static gboolean
modes_is_subtag (const char *subtag)
{
  switch (strlen (subtag)) {
  case 2:
    return g_ascii_isalpha (subtag[0]) && g_ascii_isalpha (subtag[1]);
  case 3:
    return g_ascii_isdigit (subtag[0]);
  case 4:
  case 5:
  case 6:
  case 7:
  case 8:
    return TRUE;
  default:
    return FALSE;
  }
}

/* "spa" -> "es", "cat_valencia" -> "ca-valencia". */
static char *
modes_tag_of_code (const char *code)
{
  g_auto (GStrv) subtags = g_strsplit (code, "_", -1);

  for (guint i = 1; subtags[0] != NULL && subtags[i] != NULL; i++)
    if (!modes_is_subtag (subtags[i]))
      return NULL;
  return habla_language_normalize (code, NULL);
}

/* Returns: whether @name consists of two languages. A third part is a dialect of the pair
 * ("eco-es-fr") or a stage for its developers ("eng-spa-tagger") */
static gboolean
modes_parse_name (const char *name, char **from, char **to)
{
  g_auto (GStrv) codes = g_strsplit (name, "-", -1);

  if (g_strv_length (codes) != 2)
    return FALSE;
  *from = modes_tag_of_code (codes[0]);
  *to = modes_tag_of_code (codes[1]);
  return *from != NULL && *to != NULL;
}

/* Parses a mode file, which is a shell pipeline, to the arguments of each program. $1 becomes
 * the option that makes the generator omit its marks; $2 is unused. */
static GPtrArray *
modes_parse_stages (const char *line, GError **error)
{
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GString) stage = g_string_new (NULL);
  char quote = '\0';

  for (const char *c = line; TRUE; c++) {
    if (*c == '\0' || (*c == '|' && quote == '\0')) {
      g_auto (GStrv) argv = NULL;

      g_string_replace (stage, "$1", "-n", 0);
      g_string_replace (stage, "$2", "", 0);
      if (!g_shell_parse_argv (stage->str, NULL, &argv, error))
        return NULL;
      g_ptr_array_add (stages, g_steal_pointer (&argv));
      g_string_truncate (stage, 0);
      if (*c == '\0')
        return g_steal_pointer (&stages);
      continue;
    }
    if (*c == quote)
      quote = '\0';
    else if (quote == '\0' && (*c == '\'' || *c == '"'))
      quote = *c;
    g_string_append_c (stage, *c);
  }
}

static const char *
modes_program_of_stage (GPtrArray *stages, guint i)
{
  return ((char **) g_ptr_array_index (stages, i))[0];
}

/* @known: whether a program is installed, by name */
static char *
modes_find_missing_program (const char *file, GHashTable *known)
{
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) stages = NULL;

  if (!g_file_get_contents (file, &line, NULL, NULL))
    return NULL;
  stages = modes_parse_stages (line, NULL);
  for (guint i = 0; stages != NULL && i < stages->len; i++) {
    const char *program = modes_program_of_stage (stages, i);
    gpointer installed;

    if (!g_hash_table_lookup_extended (known, program, NULL, &installed)) {
      g_autofree char *path = g_find_program_in_path (program);

      installed = GINT_TO_POINTER (path != NULL);
      g_hash_table_insert (known, g_strdup (program), installed);
    }
    if (!GPOINTER_TO_INT (installed))
      return g_strdup (program);
  }
  return NULL;
}

static int
modes_compare_modes (gconstpointer a, gconstpointer b)
{
  const ApertiumMode *const *one = a, *const *other = b;

  return strcmp ((*one)->name, (*other)->name);
}

ApertiumModes *
apertium_modes_load (void)
{
  const char *datadir = g_getenv ("APERTIUM_DATADIR");
  ApertiumModes *self = g_new0 (ApertiumModes, 1);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GDir) dir = NULL;
  const char *entry;

  self->dir = g_build_filename (datadir != NULL ? datadir : DEFAULT_DATADIR, "modes", NULL);
  self->modes = g_ptr_array_new_with_free_func ((GDestroyNotify) mode_free);
  dir = g_dir_open (self->dir, 0, NULL);
  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree char *name = NULL, *from = NULL, *to = NULL;
    ApertiumMode *mode;

    if (!g_str_has_suffix (entry, SUFFIX))
      continue;
    name = g_strndup (entry, strlen (entry) - strlen (SUFFIX));
    if (!modes_parse_name (name, &from, &to))
      continue;

    mode = g_new0 (ApertiumMode, 1);
    mode->name = g_steal_pointer (&name);
    mode->file = g_build_filename (self->dir, entry, NULL);
    mode->from = g_steal_pointer (&from);
    mode->to = g_steal_pointer (&to);
    mode->program = modes_find_missing_program (mode->file, known);
    g_ptr_array_add (self->modes, mode);
  }
  g_ptr_array_sort (self->modes, modes_compare_modes);
  return self;
}

void
apertium_modes_free (ApertiumModes *self)
{
  g_free (self->dir);
  g_ptr_array_unref (self->modes);
  g_free (self);
}

static void
modes_add_step (GPtrArray *steps, const char *from, const char *to, const ApertiumMode *mode,
    const char *package)
{
  Step *step = g_new0 (Step, 1);

  step->from = g_strdup (from);
  step->to = g_strdup (to);
  step->mode = mode;
  step->package = g_strdup (package);
  g_ptr_array_add (steps, step);
}

/* The steps with installed modes, followed by those with packages if @packaged. */
static GPtrArray *
modes_list_steps (ApertiumModes *self, gboolean packaged)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);

  for (guint i = 0; i < self->modes->len; i++) {
    const ApertiumMode *mode = g_ptr_array_index (self->modes, i);

    if (mode->program == NULL)
      modes_add_step (steps, mode->from, mode->to, mode, NULL);
  }
  for (guint i = 0; packaged && i < self->modes->len; i++) {
    const ApertiumMode *mode = g_ptr_array_index (self->modes, i);

    if (mode->program != NULL) {
      const char *package = apertium_package_of_program (mode->program);

      modes_add_step (steps, mode->from, mode->to, mode, package != NULL ? package : mode->program);
    }
  }
  for (guint i = 0; packaged && apertium_packaged_pairs[i] != NULL; i++) {
    g_autofree char *one = NULL, *other = NULL;
    g_autofree char *package = g_strconcat ("apertium-", apertium_packaged_pairs[i], NULL);

    if (modes_parse_name (apertium_packaged_pairs[i], &one, &other)) {
      modes_add_step (steps, one, other, NULL, package);
      modes_add_step (steps, other, one, NULL, package);
    }
  }
  return steps;
}

/* Breadth-first search from @from. Returns: (transfer container): the first step that
 * reaches a language, by language, with strings and steps of @steps */
static GHashTable *
modes_explore (GPtrArray *steps, const char *from)
{
  GHashTable *arrivals = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) reached = g_ptr_array_new ();

  g_ptr_array_add (reached, (char *) from);
  for (guint i = 0; i < reached->len; i++) {
    const char *language = g_ptr_array_index (reached, i);

    for (guint j = 0; j < steps->len; j++) {
      Step *step = g_ptr_array_index (steps, j);

      if (strcmp (step->from, language) == 0 && strcmp (step->to, from) != 0 &&
          !g_hash_table_contains (arrivals, step->to)) {
        g_hash_table_insert (arrivals, step->to, step);
        g_ptr_array_add (reached, step->to);
      }
    }
  }
  return arrivals;
}

/* Returns: (transfer container) (nullable): the path to @to, in order */
static GPtrArray *
modes_trace (GHashTable *arrivals, const char *to)
{
  GPtrArray *path = NULL;
  Step *step;

  while ((step = g_hash_table_lookup (arrivals, to)) != NULL) {
    if (path == NULL)
      path = g_ptr_array_new ();
    g_ptr_array_insert (path, 0, step);
    to = step->from;
  }
  return path;
}

/* Finds the shortest path from @from or one of its parent languages to @to or one of its
 * parents; of several, the one between the closest varieties. */
static GPtrArray *
modes_find_steps (GPtrArray *steps, const char *from, const char *to)
{
  g_autoptr (GPtrArray) best = NULL;
  g_autofree char *begin = g_strdup (from);

  while (begin != NULL) {
    g_autoptr (GHashTable) arrivals = modes_explore (steps, begin);
    g_autofree char *end = g_strdup (to);
    char *parent;

    while (end != NULL) {
      g_autoptr (GPtrArray) path = modes_trace (arrivals, end);

      if (path != NULL && (best == NULL || path->len < best->len)) {
        g_clear_pointer (&best, g_ptr_array_unref);
        best = g_steal_pointer (&path);
      }
      parent = habla_language_get_parent (end);
      g_free (end);
      end = parent;
    }
    parent = habla_language_get_parent (begin);
    g_free (begin);
    begin = parent;
  }
  return g_steal_pointer (&best);
}

static int
modes_compare_strings (gconstpointer a, gconstpointer b)
{
  const char *const *one = a, *const *other = b;

  return strcmp (*one, *other);
}

GStrv
apertium_modes_list_pairs (ApertiumModes *self)
{
  g_autoptr (GPtrArray) steps = modes_list_steps (self, FALSE);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < steps->len; i++) {
    const char *from = ((Step *) g_ptr_array_index (steps, i))->from;
    g_autofree char *language = habla_language_get_primary (from);
    g_autoptr (GHashTable) arrivals = NULL;
    GHashTableIter iter;
    gpointer to;

    if (!g_hash_table_add (seen, (char *) from))
      continue;
    arrivals = modes_explore (steps, from);
    g_hash_table_iter_init (&iter, arrivals);
    while (g_hash_table_iter_next (&iter, &to, NULL)) {
      g_autoptr (GPtrArray) path = modes_trace (arrivals, to);
      GString *pair;

      if (habla_language_matches (language, to))
        continue;
      pair = g_string_new (from);
      for (guint j = 0; j < path->len; j++)
        g_string_append_printf (pair, ">%s", ((Step *) g_ptr_array_index (path, j))->to);
      g_ptr_array_add (pairs, g_string_free (pair, FALSE));
    }
  }
  g_ptr_array_sort (pairs, modes_compare_strings);
  g_ptr_array_add (pairs, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&pairs), FALSE);
}

static void
modes_set_no_path_error (ApertiumModes *self, const char *from, const char *to, GError **error)
{
  g_autoptr (GPtrArray) steps = modes_list_steps (self, TRUE);
  g_autoptr (GPtrArray) path = modes_find_steps (steps, from, to);
  g_autoptr (GString) packages = g_string_new (NULL);

  if (path == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "Apertium cannot translate “%s” to “%s”: there is no path of language pairs; "
        "run `apt-cache search apertium-` for a list of pairs",
        from, to);
    return;
  }
  for (guint i = 0; i < path->len; i++) {
    Step *step = g_ptr_array_index (path, i);

    if (step->package != NULL)
      g_string_append_printf (packages, " %s", step->package);
  }
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "Apertium cannot translate “%s” to “%s” with the installed pairs; "
      "run `apt install%s`",
      from, to, packages->str);
}

GPtrArray *
apertium_modes_find_path (ApertiumModes *self, const char *from, const char *to, GError **error)
{
  g_autoptr (GPtrArray) steps = modes_list_steps (self, FALSE);
  g_autoptr (GPtrArray) path = modes_find_steps (steps, from, to);

  if (path == NULL) {
    modes_set_no_path_error (self, from, to, error);
    return NULL;
  }
  for (guint i = 0; i < path->len; i++)
    path->pdata[i] = (gpointer) ((Step *) path->pdata[i])->mode;
  return g_steal_pointer (&path);
}

GPtrArray *
apertium_mode_load_stages (const ApertiumMode *mode, GError **error)
{
  const char *argv[] = { "apertium-wblank-mode", "-z", mode->file, NULL };
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) stages = NULL;
  g_autoptr (GError) spawn_error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
          NULL, NULL, &line, NULL, &status, &spawn_error) ||
      !g_spawn_check_wait_status (status, &spawn_error)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "Failed to read Apertium's %s with apertium-wblank-mode: %s; "
        "run `apt install apertium`",
        mode->file, spawn_error->message);
    return NULL;
  }
  stages = modes_parse_stages (line, &spawn_error);
  if (stages == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "%s is not an Apertium mode: %s",
        mode->file, spawn_error->message);
    return NULL;
  }
  for (guint i = stages->len; i > 0; i--)
    if (g_str_has_prefix (modes_program_of_stage (stages, i - 1), "apertium-wblank-"))
      g_ptr_array_remove_index (stages, i - 1);
  return g_steal_pointer (&stages);
}
