/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hostile archives: nothing outside of the folder is written, nothing is larger than allowed. */
#include "habla-test.h"
#include "models-test.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <models/install/model-folder.h>
#include <models/install/unpack.h>
#include <string.h>
#include <unistd.h>

#define N_MUTATIONS 1000

typedef struct {
  char *root; /* contains only what follows */
  char *archive;
  char *folder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static guint count;

  self->root = g_strdup_printf ("%s/unpack-%u", habla_test_get_dir (), ++count);
  self->archive = g_build_filename (self->root, "archive", NULL);
  self->folder = g_build_filename (self->root, "folder", NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->root);
  g_free (self->archive);
  g_free (self->folder);
}

static gboolean
unpack (Fixture *self, GBytes *data, GPtrArray *patterns, GError **error)
{
  HablaUnpack request = { self->archive, self->folder, patterns, NULL, NULL };

  models_test_write (self->archive, data);
  habla_model_folder_delete (self->folder);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  return habla_unpack_archive (&request, NULL, error);
}

/* Returns: (transfer full): relative paths of the regular files, separated by spaces */
static char *
list (Fixture *self)
{
  g_autoptr (GPtrArray) paths = habla_model_folder_list (self->folder);

  g_ptr_array_add (paths, NULL);
  return g_strjoinv (" ", (char **) paths->pdata);
}

/* No archive may leave anything beside its folder, or anything but files and folders in it. */
static void
assert_inside (Fixture *self)
{
  g_autofree char *names = models_test_list (self->root);
  g_autoptr (GPtrArray) paths = habla_model_folder_list (self->folder);

  g_assert_cmpstr (names, ==, "archive folder");
  for (guint i = 0; i < paths->len; i++) {
    g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (paths, i), "/", -1);

    g_assert_false (g_strv_contains ((const char *const *) parts, ".."));
  }
}

static void
accept (Fixture *self, GBytes *data, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  unpack (self, data, NULL, &error);
  g_assert_no_error (error);
  names = list (self);
  g_assert_cmpstr (names, ==, wanted);
  assert_inside (self);
  g_bytes_unref (data);
}

static void
refuse (Fixture *self, GBytes *data, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (unpack (self, data, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_true (g_str_has_prefix (error->message, self->archive));
  assert_inside (self);
  g_bytes_unref (data);
}

static void
test_forms (Fixture *self, gconstpointer data)
{
  static const char *const filters[] = { NULL, "gzip", "bzip2", "xz", "zstd" };

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    accept (
        self, models_test_make_archive (filters[i], "top/a", "1", "top/b/c", "2", NULL), "a b/c");
  accept (self, models_test_make_archive (NULL, "./top/a", "1", "./top/b", "2", NULL), "a b");
  accept (self, models_test_make_archive (NULL, "a", "1", "b/c", "2", NULL), "a b/c");
  accept (self, models_test_make_archive (NULL, "top/a", "1", "other/a", "2", NULL), "a other/a");
}

static void
test_patterns (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) archive = models_test_make_archive (NULL, "t/a.onnx", "1", "t/b.onnx", "2",
      "t/test/a.onnx", "3", "t/LICENSE.txt", "4", "t/test/LICENSE", "5", NULL);
  g_autoptr (GPtrArray) patterns = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  g_ptr_array_add (patterns, "a*.onnx");
  unpack (self, archive, patterns, &error);
  g_assert_no_error (error);
  names = list (self);
  g_assert_cmpstr (names, ==, "LICENSE.txt a.onnx");
  g_assert_true (habla_model_folder_match ("*a*.onnx", "bab.onnx"));
  g_assert_false (habla_model_folder_match ("*.onnx", "a/b.onnx"));
  g_assert_false (habla_model_folder_match ("a", "ab"));
}

static void
test_slips (Fixture *self, gconstpointer data)
{
  refuse (self, models_test_make_archive (NULL, "top/../../outside", "1", NULL), "outside");
  refuse (self, models_test_make_archive (NULL, "../outside", "1", NULL), "outside");
  refuse (self, models_test_make_archive (NULL, "/tmp/habla-outside", "1", NULL), "outside");
  refuse (self, models_test_make_archive (NULL, "top\\..\\outside", "1", NULL), "outside");
  refuse (self, models_test_make_archive (NULL, "top/a\nb", "1", NULL), "outside");
  refuse (self, models_test_make_archive (NULL, "top/a", "1", "top/a", "2", NULL), "twice");
}

/* Links are not made, so that nothing can be written through them. */
static void
test_links (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);

  accept (self,
      models_test_make_archive (
          NULL, "top/link@", "/etc", "top/hard#", "/etc/passwd", "top/a", "1", NULL),
      "a");
  g_assert_false (g_file_test (link, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK));
  accept (
      self, models_test_make_archive (NULL, "top/link@", "..", "top/link/x", "1", NULL), "link/x");
  refuse (self,
      models_test_make_archive (NULL, "top/a", "1", "top/a#", "top/b", "top/a/b", "1", NULL), "");
}

static void
test_bombs (Fixture *self, gconstpointer data)
{
  g_autofree char *zeros = g_strnfill (4 * 1024 * 1024, '0');
  g_autoptr (GPtrArray) patterns = g_ptr_array_new ();
  g_autoptr (GBytes) bomb = models_test_make_archive ("bzip2", "top/a", zeros, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (bomb), <, 4 * 1024 * 1024 / 50);
  refuse (self, g_bytes_ref (bomb), "too large");
  /* Each file is small enough, but not all together. */
  zeros[900 * 1024] = '\0';
  refuse (
      self, models_test_make_archive ("bzip2", "top/a", zeros, "top/b", zeros, NULL), "too large");
  /* Also if the file is not wanted. */
  g_ptr_array_add (patterns, "b");
  g_assert_false (unpack (self, bomb, patterns, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
}

static void
test_no_archives (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = models_test_make_archive ("bzip2", "top/a", "1", NULL);

  refuse (self, g_bytes_new_static ("", 0), "");
  refuse (self, g_bytes_new_static ("<html>", 6), "no archive");
  refuse (self, models_test_make_noise (4096), "no archive");
  refuse (self, g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) - 20), "damaged");
}

static GBytes *
mutate (GRand *generator, GBytes *original)
{
  gsize size = g_bytes_get_size (original);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (original, NULL), size);
  guint n = g_rand_int_range (generator, 1, 12);

  for (guint i = 0; i < n; i++)
    data[g_rand_int_range (generator, 0, size)] = g_rand_int (generator);
  if (g_rand_int_range (generator, 0, 4) == 0)
    size = g_rand_int_range (generator, 1, size);
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

static const char *
choose (GRand *generator, const char *const *words, guint n)
{
  return words[g_rand_int_range (generator, 0, n)];
}

/* Returns: (transfer full): four random entries, well-formed for libarchive, hostile for Habla */
static GBytes *
make_hostile (GRand *generator)
{
  static const char *const parts[] = { "top/", "a", "../", "..", "/", "link/", "./", "model.ini",
    "\xc3", "\\" };
  static const char *const kinds[] = { "", "", "@", "#" };
  static const char *const contents[] = { "/etc/passwd", "..", "a", "top/a", "../../up" };
  char *names[4];
  GBytes *archive;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    names[i] = g_strconcat (g_rand_boolean (generator) ? "top/" : "",
        choose (generator, parts, G_N_ELEMENTS (parts)),
        choose (generator, parts, G_N_ELEMENTS (parts)), "x",
        choose (generator, kinds, G_N_ELEMENTS (kinds)), NULL);
  archive = models_test_make_archive (NULL, names[0],
      choose (generator, contents, G_N_ELEMENTS (contents)), names[1],
      choose (generator, contents, G_N_ELEMENTS (contents)), names[2],
      choose (generator, contents, G_N_ELEMENTS (contents)), names[3],
      choose (generator, contents, G_N_ELEMENTS (contents)), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (names[i]);
  return archive;
}

/* Half of them damaged, half of them hostile: only error or success, and nothing outside. */
static void
test_mutations (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) generator = g_rand_new_with_seed (4);
  GBytes *originals[] = {
    models_test_make_archive (NULL, "top/a", "weights", "top/b/c", "tokens", "top/l@", "a", NULL),
    models_test_make_archive ("gzip", "top/a", "weights", "top/b/c", "tokens", NULL),
    models_test_make_archive ("bzip2", "top/a", "weights", "top/b/c", "tokens", NULL),
    models_test_make_archive ("xz", "top/a", "weights", "top/b/c", "tokens", NULL),
  };
  guint n = MAX (habla_test_repeat (N_MUTATIONS), 50);
  guint n_unpacked = 0;

  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) bytes =
        i % 2 == 0 ? make_hostile (generator)
                   : mutate (generator, originals[i / 2 % G_N_ELEMENTS (originals)]);
    g_autoptr (GError) error = NULL;

    if (unpack (self, bytes, NULL, &error))
      n_unpacked++;
    else
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    assert_inside (self);
  }
  g_test_message ("%u of %u were unpacked", n_unpacked, n);
  g_assert_cmpuint (n_unpacked, >=, n / 50);
  g_assert_cmpuint (n_unpacked, <, n);
  for (guint i = 0; i < G_N_ELEMENTS (originals); i++)
    g_bytes_unref (originals[i]);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) g_test_add ("/unpack/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("forms", test_forms);
  ADD ("patterns", test_patterns);
  ADD ("slips", test_slips);
  ADD ("links", test_links);
  ADD ("bombs", test_bombs);
  ADD ("no-archives", test_no_archives);
  ADD ("mutations", test_mutations);
  return habla_test_run ();
}
