/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <recording/corrections.h>
#include <recording/reference-transcript.h>
#include <util/regular-file.h>
#include <recording/recording.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *root;
  char *folder; /* of a recording that Habla could have made */
  char *secret; /* a file elsewhere */
} Fixture;

static void
write_file (const char *folder, const char *name, const char *text, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("recording-file-XXXXXX", NULL);
  self->folder = g_build_filename (self->root, "planted", NULL);
  self->secret = g_build_filename (self->root, "secret.json", NULL);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  write_file (self->root, "secret.json", "{\"room\":\"secret\"}\n", -1);
  write_file (self->folder, HABLA_RECORDING_MARKER, "", 0);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_SYMLINK) || !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_unlink (path);
    return;
  }
  dir = g_dir_open (path, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *inner = g_build_filename (path, name, NULL);

    remove_tree (inner);
  }
  g_rmdir (path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->root);
  g_free (self->root);
  g_free (self->folder);
  g_free (self->secret);
}

static void
refuse (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = habla_regular_file_read (path, 4096, NULL, &error);

  g_assert_null (text);
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  g_autofree char *fifo = g_build_filename (self->folder, "fifo", NULL);
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autofree char *folder = g_build_filename (self->folder, "folder", NULL);
  g_autofree char *missing = g_build_filename (self->folder, "missing", NULL);
  g_autofree char *sparse = g_build_filename (self->folder, "sparse", NULL);
  g_autofree char *text = NULL;
  gsize length;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink (self->secret, link), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_file (self->folder, "sparse", "", 0);
  g_assert_cmpint (truncate (sparse, (off_t) 1 << 40), ==, 0);
  write_file (self->folder, "good", "a\0b", 3);

  refuse (fifo, G_IO_ERROR_NOT_REGULAR_FILE);
  refuse (link, G_IO_ERROR_NOT_REGULAR_FILE);
  refuse (folder, G_IO_ERROR_NOT_REGULAR_FILE);
  refuse (missing, G_IO_ERROR_NOT_FOUND);
  refuse (sparse, G_IO_ERROR_INVALID_DATA);
  refuse ("/dev/null", G_IO_ERROR_NOT_REGULAR_FILE);
  g_assert_false (habla_regular_file_exists (fifo));
  g_assert_false (habla_regular_file_exists (link));

  text = g_build_filename (self->folder, "good", NULL);
  g_assert_true (habla_regular_file_exists (text));
  {
    g_autofree char *read = habla_regular_file_read (text, 3, &length, NULL);

    g_assert_cmpmem (read, length + 1, "a\0b", 4);
  }
}

static void
refuse_below (const char *root, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", path);
  g_assert_cmpint (habla_regular_file_open_below (root, path, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, error->code);
}

/* A path of a URL leads to no file outside of the folder. */
static void
test_below (Fixture *self, gconstpointer data)
{
  static const char *const bad[] = { "", "/", ".", "..", "../secret.json", "a/../../secret.json",
    "a//good", "a/", "a", "a/.hidden", "./good", "link", "linked/secret.json", "fifo", "missing",
    "good/x", "/etc/passwd" };
  static const char *const good[] = { "good", "a/good" };
  g_autofree char *inner = g_build_filename (self->folder, "a", NULL);
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autofree char *linked = g_build_filename (self->folder, "linked", NULL);
  g_autofree char *fifo = g_build_filename (self->folder, "fifo", NULL);
  g_autofree char *root = g_build_filename (self->root, "current", NULL);
  g_autofree char *deep = g_strnfill (100, 'a');

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  write_file (self->folder, "good", "x", 1);
  write_file (inner, "good", "x", 1);
  write_file (inner, ".hidden", "x", 1);
  g_assert_cmpint (symlink (self->secret, link), ==, 0);
  g_assert_cmpint (symlink (self->root, linked), ==, 0);
  g_assert_cmpint (symlink (self->folder, root), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse_below (root, bad[i]);
  for (guint i = 1; i < 100; i += 2)
    deep[i] = '/';
  refuse_below (root, deep);
  refuse_below ("/nowhere", "good");
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    int fd = habla_regular_file_open_below (root, good[i], NULL);

    g_assert_cmpint (fd, >=, 0);
    close (fd);
  }
}

static void
test_linked_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->root, "linked", NULL);
  g_autofree char *marker = g_build_filename (link, HABLA_RECORDING_MARKER, NULL);

  g_assert_cmpint (symlink (self->folder, link), ==, 0);
  g_assert_cmpint (habla_regular_file_open (marker, O_RDONLY, NULL), ==, -1);
  g_assert_null (habla_recording_load (self->root, "linked", NULL));
}

/* A FIFO or a link in the place of each file: nothing blocks, and nothing is followed. */
static void
test_planted_recording (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { HABLA_RECORDING_METADATA, HABLA_RECORDING_SEGMENTS,
    HABLA_RECORDING_REFERENCE_TRANSCRIPT };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

    for (guint is_link = 0; is_link < 2; is_link++) {
      g_autoptr (HablaRecording) recording = NULL;
      HablaCorrections corrections;

      g_assert_cmpint (is_link ? symlink (self->secret, path) : mkfifo (path, 0600), ==, 0);
      recording = habla_recording_load (self->root, "planted", NULL);
      g_assert_nonnull (recording);
      g_assert_null (recording->room);
      g_assert_false (recording->has_ground_truth);
      habla_corrections_count (self->root, NULL, &corrections);
      g_assert_cmpuint (corrections.n_recordings, ==, 0);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  }
}

static void
test_planted_marker (Fixture *self, gconstpointer data)
{
  g_autofree char *marker = g_build_filename (self->folder, HABLA_RECORDING_MARKER, NULL);

  g_assert_cmpint (g_unlink (marker), ==, 0);
  g_assert_cmpint (mkfifo (marker, 0600), ==, 0);
  g_assert_cmpint (habla_recording_lock (self->folder, 0), ==, -1);
  g_assert_null (habla_recording_load (self->root, "planted", NULL));
}

/* JSON-GLib's parser overflows the stack on these. */
static void
test_deep_json (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) deep = g_string_new ("{\"segments\":");
  g_autoptr (HablaRecording) recording = NULL;
  g_autoptr (JsonNode) truth = NULL;
  g_autofree char *brackets = g_strnfill (200000, '[');

  g_string_append (deep, brackets);
  g_string_append (deep, "\n{\"index\":0,\"text\":\"good\"}\n");
  write_file (self->folder, HABLA_RECORDING_METADATA, deep->str, deep->len);
  write_file (self->folder, HABLA_RECORDING_SEGMENTS, deep->str, deep->len);
  write_file (self->folder, HABLA_RECORDING_REFERENCE_TRANSCRIPT, deep->str, deep->len);

  recording = habla_recording_load (self->root, "planted", NULL);
  g_assert_nonnull (recording);
  g_assert_null (recording->room);
  g_assert_cmpuint (recording->segments->len, ==, 1);
  g_assert_true (recording->has_ground_truth);
  truth = habla_reference_transcript_describe (recording);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (truth), "source"), ==, "original");
}

/* Many segments and translations of them: reading them takes linear time and bounded memory. */
static void
test_many_segments (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (HablaRecording) recording = NULL;
  /* With a sanitizer fewer, below the bound. */
  guint n = habla_test_scale (1) > 1 ? 2000 : 40000;
  HablaRecordingSegment *segment;
  gint64 began;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "{\"index\":%u,\"text\":\"a\"}\n", i);
  for (guint i = 0; i < MAX (n, 20000); i++)
    g_string_append_printf (
        text, "{\"index\":%u,\"language\":\"l%u\",\"translation\":\"b\"}\n", i % 100, i);
  g_string_append (text, "{\"index\":1e300,\"text\":\"a\"}\n");
  write_file (self->folder, HABLA_RECORDING_SEGMENTS, text->str, text->len);
  began = g_get_monotonic_time ();
  recording = habla_recording_load (self->root, "planted", NULL);
  g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (10) * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (recording->segments->len, ==, MIN (n + 1, 30000));
  segment = habla_recording_get_segment (recording, 99);
  g_assert_cmpuint (g_hash_table_size (segment->translations), ==, 64);
  g_assert_null (habla_recording_get_segment (recording, MIN (n, 30000)));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/regular-file/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("kinds", test_kinds);
  ADD ("below", test_below);
  ADD ("linked-folder", test_linked_folder);
  ADD ("planted-recording", test_planted_recording);
  ADD ("planted-marker", test_planted_marker);
  ADD ("deep-json", test_deep_json);
  ADD ("many-segments", test_many_segments);
  return g_test_run ();
}
