/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/subtitles/subtitle-options.h"

#include "command/exit-status.h"
#include "command/input.h"
#include "command/subtitles/pipe-peek.h"
#include "command/subtitles/subtitle-track.h"

#include <habla/language.h>

static HablaInput *
options_get_input (const HablaInterpretOptions *self)
{
  return self->inputs->len > 0 ? g_ptr_array_index (self->inputs, 0) : NULL;
}

/* Returns: whether a subtitle track, if one is asked for, can be read */
static gboolean
options_check_track (const HablaInterpretOptions *self, GError **error)
{
  HablaInput *input = options_get_input (self);

  if (self->subtitle_track == NULL ||
      (self->inputs->len == 1 && input->kind == HABLA_INPUT_RECORDING && self->pipeline == NULL))
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "--subtitle-track %s: name one recording that has subtitles, and no pipeline",
      self->subtitle_track);
  return FALSE;
}

gboolean
habla_subtitle_options_peek (const HablaInterpretOptions *self, GError **error)
{
  HablaInput *input = options_get_input (self);
  int signal_number;

  if (!options_check_track (self, error))
    return FALSE;
  /* The handlers of signals for several inputs exist already. */
  if (input == NULL || input->fd < 0 || input->kind == HABLA_INPUT_SUBTITLES ||
      self->subtitle_track != NULL || self->pipeline != NULL || self->is_part)
    return TRUE;
  if (habla_pipe_has_subtitles (input->fd, &signal_number))
    input->kind = HABLA_INPUT_SUBTITLES;
  if (signal_number == 0)
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, 128 + signal_number,
      "%s: stopped before it was known what it is", input->name);
  return FALSE;
}

gboolean
habla_subtitle_options_has_subtitles (const HablaInterpretOptions *self)
{
  HablaInput *input = options_get_input (self);

  if (input == NULL)
    return FALSE;
  return input->kind == HABLA_INPUT_SUBTITLES || self->subtitle_track != NULL;
}

gboolean
habla_subtitle_options_check (const HablaInterpretOptions *self, GError **error)
{
  g_autofree char *language = NULL;
  g_autoptr (GError) malformed = NULL;
  GIConv converter;

  if (self->encoding != NULL) {
    converter = g_iconv_open ("UTF-8", self->encoding);
    if (converter == (GIConv) -1) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "--encoding %s: there is no such encoding; “iconv -l” lists them", self->encoding);
      return FALSE;
    }
    g_iconv_close (converter);
  }
  if (self->subtitle_track == NULL || g_ascii_isdigit (*self->subtitle_track))
    return TRUE;
  language = habla_language_normalize (self->subtitle_track, &malformed);
  if (language == NULL)
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--subtitle-track: give the number of a track, or its language: %s", malformed->message);
  return language != NULL;
}

/* Avoids urisourcebin, which fetches the addresses in a playlist. It is used for unknown kinds of
 * addresses only, because it reports them. Returns: (transfer full): name of an element */
static char *
options_choose_source (const char *uri)
{
  g_autoptr (GstElement) source = gst_element_make_from_uri (GST_URI_SRC, uri, NULL, NULL);

  if (source == NULL)
    return g_strdup ("urisourcebin");
  gst_object_ref_sink (source);
  return gst_object_get_name (GST_OBJECT (gst_element_get_factory (source)));
}

/* Locations are set later, on the named elements, so that no value needs quoting. */
char *
habla_subtitle_options_describe_source (const HablaInterpretOptions *self)
{
  HablaInput *input = options_get_input (self);
  g_autofree char *source = NULL;

  source = input->fd >= 0 ? g_strdup_printf ("fdsrc fd=%d", input->fd)
                          : options_choose_source (input->uri);
  return g_strdup_printf ("%s name=input-0 ! %s subtitlereader name=input-0-reader sentences=true",
      source,
      self->subtitle_track != NULL ? "decodebin name=input-0-tracks expose-all-streams=false"
      : input->needs_subparse      ? "subparse !"
                                   : "");
}

static void
options_set_on_reader (const GValue *item, gpointer user_data)
{
  const HablaInterpretOptions *self = user_data;

  g_object_set (
      g_value_get_object (item), "language-code", self->from, "encoding", self->encoding, NULL);
}

static void
options_count (const GValue *item, gpointer n_elements)
{
  (*(guint *) n_elements)++;
}

gboolean
habla_subtitle_options_apply (
    const HablaInterpretOptions *self, GstElement *pipeline, GError **error)
{
  g_autoptr (GstIterator) readers =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), "subtitlereader");
  guint n_readers = 0;

  gst_iterator_foreach (readers, options_count, &n_readers);
  gst_iterator_resync (readers);
  gst_iterator_foreach (readers, options_set_on_reader, (gpointer) self);
  if (n_readers == 0 && self->encoding != NULL) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--encoding %s: the input is no subtitles; omit it", self->encoding);
    return FALSE;
  }
  if (self->subtitle_track != NULL)
    habla_subtitle_track_connect (pipeline, self->subtitle_track);
  return TRUE;
}
