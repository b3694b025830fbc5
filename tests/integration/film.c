/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command translates the subtitles of a film with Apertium: no word is lost, no cue empty. */
#include "film.h"
#include "habla-test.h"

#include <string.h>

#define N_CUES 200

typedef struct {
  const char *from;
  const char *to;
} Pair;

/* A cue of SubRip. */
typedef struct {
  char **lines; /* number, times, text */
  char *text;
} Block;

static void
block_clear (gpointer data)
{
  Block *self = data;

  g_strfreev (self->lines);
  g_free (self->text);
}

/* Returns: (transfer full) (element-type Block): the cues of a file */
static GArray *
read_blocks (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\n\n", -1);
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (Block));

  g_array_set_clear_func (blocks, block_clear);
  for (guint i = 0; parts[i] != NULL; i++) {
    Block block = { g_strsplit (parts[i], "\n", -1), NULL };

    if (g_strv_length (block.lines) < 3) {
      g_assert_cmpstr (parts[i], ==, "");
      block_clear (&block);
      continue;
    }
    block.text = g_strjoinv ("\n", block.lines + 2);
    g_array_append_val (blocks, block);
  }
  return blocks;
}

/* Returns: (transfer full) (element-type Block): the translation of @source */
static GArray *
translate (const char *source, const Pair *pair, GPtrArray *more)
{
  g_autofree char *in = g_build_filename (habla_test_get_dir (), "film.srt", NULL);
  g_autofree char *out = g_build_filename (habla_test_get_dir (), "out.srt", NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *error = NULL;
  g_autofree char *text = NULL;
  int status;

  g_assert_true (g_file_set_contents (in, source, -1, NULL));
  g_ptr_array_add (argv, (char *) g_getenv ("HABLA_TEST_HABLA"));
  for (const char *const *arg = (const char *const[]){ "interpret", in, "--quiet", "--from",
           pair->from, "--to", pair->to, "--captions", out, NULL };
       *arg != NULL; arg++)
    g_ptr_array_add (argv, (char *) *arg);
  g_ptr_array_extend (argv, more, NULL, NULL);
  g_ptr_array_add (argv, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
      NULL, NULL, &error, &status, NULL));
  g_test_message ("%s", error);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_get_contents (out, &text, NULL, NULL));
  return read_blocks (text);
}

/* Returns: the cue that has the name of cue @i; it must be one */
static guint
find_name (GArray *blocks, guint i)
{
  g_autofree char *name = habla_test_film_get_name (i);
  guint found = G_MAXUINT;

  for (guint j = 0; j < blocks->len; j++) {
    const char *text = g_array_index (blocks, Block, j).text;
    const char *p = strstr (text, name);

    if (p == NULL)
      continue;
    g_assert_cmpuint (found, ==, G_MAXUINT);
    g_assert_null (strstr (p + 1, name));
    found = j;
  }
  if (found == G_MAXUINT)
    g_error ("the name %s of cue %u is lost", name, i + 1);
  return found;
}

static void
check_lines (const Block *block)
{
  guint n = g_strv_length (block->lines);

  g_assert_cmpuint (n, <=, 4);
  for (guint i = 2; i < n; i++) {
    g_autofree char *stripped = g_strstrip (g_strdup (block->lines[i]));

    g_assert_cmpstr (stripped, !=, "");
    /* With tags. */
    g_assert_cmpint (g_utf8_strlen (block->lines[i], -1), <=, 42 + 7);
  }
}

static void
check_cue (const HablaCue *cue, const Block *original, const Block *block)
{
  const char *markup = cue->markup != NULL ? cue->markup : "";

  g_assert_cmpstr (block->lines[0], ==, original->lines[0]);
  g_assert_cmpstr (block->lines[1], ==, original->lines[1]);
  check_lines (block);
  if (strstr (markup, "<i>") != NULL || strstr (markup, "</i>") != NULL) {
    const char *open = strstr (block->text, "<i>");

    if (strstr (markup, "<i>") != NULL)
      g_assert_nonnull (open);
  }
  if (strstr (markup, "{\\an8}") != NULL)
    g_assert_true (g_str_has_prefix (block->text, "{\\an8}"));
  if (strstr (cue->text, "♪") != NULL)
    g_assert_true (g_str_has_prefix (block->text, "♪") && g_str_has_suffix (block->text, "♪"));
  if (g_str_has_prefix (cue->text, "- "))
    g_assert_true (
        g_strv_length (block->lines) == 4 && *block->lines[2] == '-' && *block->lines[3] == '-');
  if (*cue->text == '[')
    g_assert_true (strchr (block->text, '[') != NULL && strchr (block->text, ']') != NULL);
}

static void
test_film (gconstpointer data)
{
  const Pair *pair = data;
  g_autoptr (GPtrArray) cues = habla_test_film_make_cues (pair->from, N_CUES);
  g_autofree char *source = habla_test_film_write (cues);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GArray) originals = read_blocks (source);
  g_autoptr (GArray) blocks = translate (source, pair, none);
  guint n_in_place = 0;

  g_assert_cmpuint (blocks->len, ==, N_CUES);
  for (guint i = 0; i < N_CUES; i++) {
    guint found = find_name (blocks, i);

    check_cue (
        cues->pdata[i], &g_array_index (originals, Block, i), &g_array_index (blocks, Block, i));
    g_assert_cmpint (ABS ((int) found - (int) i), <=, 3);
    n_in_place += found == i;
  }
  g_test_message ("%u of %u names are in their cues", n_in_place, N_CUES);
  g_assert_cmpuint (n_in_place, >=, N_CUES * 9 / 10);
}

int
main (int argc, char *argv[])
{
  static const Pair to_spanish = { "en", "es" }, to_english = { "es", "en" };
  g_autofree char *apertium = NULL;

  habla_test_init (&argc, &argv);
  apertium = g_find_program_in_path ("apertium");
  if (apertium == NULL)
    return habla_test_run ();
  g_test_add_data_func ("/film/english-to-spanish", &to_spanish, test_film);
  g_test_add_data_func ("/film/spanish-to-english", &to_english, test_film);
  return habla_test_run ();
}
