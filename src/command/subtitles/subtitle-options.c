/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/subtitles/subtitle-options.h"

#include "command/exit-status.h"
#include "command/input.h"
#include "command/subtitles/pipe-peek.h"

static HablaInput *
options_get_input (const HablaInterpretOptions *self)
{
  return self->inputs->len > 0 ? g_ptr_array_index (self->inputs, 0) : NULL;
}

gboolean
habla_subtitle_options_has_subtitles (const HablaInterpretOptions *self)
{
  HablaInput *input = options_get_input (self);

  if (input == NULL)
    return FALSE;
  if (input->fd >= 0 && input->kind == HABLA_INPUT_RECORDING && self->subtitle_track == NULL &&
      !input->was_peeked) {
    input->was_peeked = TRUE;
    if (habla_pipe_has_subtitles (input->fd))
      input->kind = HABLA_INPUT_SUBTITLES;
  }
  return input->kind == HABLA_INPUT_SUBTITLES || self->subtitle_track != NULL;
}

gboolean
habla_subtitle_options_check (const HablaInterpretOptions *self, GError **error)
{
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
  return TRUE;
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

  if (input->fd >= 0)
    return g_strdup_printf (
        "fdsrc name=input-0 fd=%d ! subtitlereader name=input-0-reader sentences=true", input->fd);
  source = options_choose_source (input->uri);
  return g_strdup_printf ("%s name=input-0 ! %ssubtitlereader name=input-0-reader sentences=true",
      source, input->needs_subparse ? "subparse ! " : "");
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
  return TRUE;
}
