/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/mux/muxed-file.h"

#include "command/mux/matroska-flags.h"
#include "command/mux/mux-graph.h"
#include "command/exit-status.h"

#include <glib/gstdio.h>

struct _HablaMuxedFile {
  HablaOutputFile *output;
  char *input;
  char *folder;      /* of temporary files */
  GPtrArray *tracks; /* of HablaMuxTrack */
};

static const struct {
  const char *extension;
  const char *muxer;
} muxers[] = {
  { ".mkv", "matroskamux" },
  { ".mp4", "mp4mux" },
};

/* Returns: (nullable): name of the element that writes @path */
static const char *
muxed_file_find_muxer (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (muxers); i++)
    if (g_str_has_suffix (path, muxers[i].extension))
      return muxers[i].muxer;
  return NULL;
}

gboolean
habla_muxed_file_knows (const char *path)
{
  return muxed_file_find_muxer (path) != NULL;
}

static void
track_free (HablaMuxTrack *self)
{
  g_free (self->path);
  g_free (self->language);
  g_free (self);
}

HablaMuxedFile *
habla_muxed_file_new (const char *path, const char *input, GError **error)
{
  g_autoptr (HablaMuxedFile) self = g_new0 (HablaMuxedFile, 1);
  g_autoptr (GError) failure = NULL;

  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) track_free);
  self->input = g_strdup (input);
  self->output = habla_output_file_new (path, error);
  if (self->output == NULL)
    return NULL;
  self->folder = g_dir_make_tmp ("habla-XXXXXX", &failure);
  if (self->folder == NULL) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_CANNOT_CREATE,
        "There is no place for temporary files: %s; set TMPDIR to another folder",
        failure->message);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static void
muxed_file_delete_folder (HablaMuxedFile *self)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (self->folder);
}

void
habla_muxed_file_free (HablaMuxedFile *self)
{
  if (self->folder != NULL)
    muxed_file_delete_folder (self);
  g_clear_pointer (&self->output, habla_output_file_free);
  g_ptr_array_unref (self->tracks);
  g_free (self->input);
  g_free (self->folder);
  g_free (self);
}

HablaOutputFile *
habla_muxed_file_get_output (HablaMuxedFile *self)
{
  return self->output;
}

char *
habla_muxed_file_name_track (HablaMuxedFile *self, const char *language, const char *extension)
{
  g_autofree char *name = g_strconcat (language, extension, NULL);

  return g_build_filename (self->folder, name, NULL);
}

static void
muxed_file_add (HablaMuxedFile *self, const char *path, const char *language, gboolean is_speech)
{
  HablaMuxTrack *track = g_new0 (HablaMuxTrack, 1);

  track->path = g_strdup (path);
  track->language = g_strdup (language);
  track->is_speech = is_speech;
  g_ptr_array_add (self->tracks, track);
}

void
habla_muxed_file_add_captions (HablaMuxedFile *self, const char *path, const char *language)
{
  muxed_file_add (self, path, language, FALSE);
}

void
habla_muxed_file_add_speech (HablaMuxedFile *self, const char *path, const char *language)
{
  muxed_file_add (self, path, language, TRUE);
}

/* Removes tracks without contents. */
static void
muxed_file_remove_empty (HablaMuxedFile *self)
{
  for (guint i = self->tracks->len; i-- > 0;) {
    HablaMuxTrack *track = g_ptr_array_index (self->tracks, i);
    GStatBuf info;

    if (g_stat (track->path, &info) != 0 || info.st_size == 0)
      g_ptr_array_remove_index (self->tracks, i);
  }
}

gboolean
habla_muxed_file_check (HablaMuxedFile *self, GError **error)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  HablaMuxJob job = { self->input, NULL,
    muxed_file_find_muxer (habla_output_file_get_path (self->output)), tracks, skipped };

  return habla_mux_graph_run (&job, error);
}

gboolean
habla_muxed_file_write (HablaMuxedFile *self, GPtrArray *skipped, GError **error)
{
  HablaMuxJob job = { self->input, habla_output_file_get_written_path (self->output),
    muxed_file_find_muxer (habla_output_file_get_path (self->output)), self->tracks, skipped };

  muxed_file_remove_empty (self);
  if (!habla_mux_graph_run (&job, error))
    return FALSE;
  return !g_str_equal (job.muxer, "matroskamux") ||
         habla_matroska_flags_clear_default (job.output, job.n_original, error);
}
