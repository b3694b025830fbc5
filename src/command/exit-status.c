/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/exit-status.h"

#include <errno.h>
#include <gio/gio.h>
#include <habla/engine.h>
#include <habla/error.h>
#include <string.h>

G_DEFINE_QUARK (habla_exit_error, habla_exit_error)

static HablaExitStatus
exit_from_resource_error (int code)
{
  switch (code) {
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
    return HABLA_EXIT_CANNOT_CREATE;
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE:
  case GST_RESOURCE_ERROR_SYNC:
  case GST_RESOURCE_ERROR_SEEK:
  case GST_RESOURCE_ERROR_CLOSE:
  case GST_RESOURCE_ERROR_NO_SPACE_LEFT:
    return HABLA_EXIT_IO;
  default:
    return HABLA_EXIT_NO_INPUT;
  }
}

static HablaExitStatus
exit_from_habla_error (int code)
{
  switch (code) {
  case HABLA_ERROR_LANGUAGE:
  case HABLA_ERROR_NOT_INSTALLED:
    return HABLA_EXIT_UNAVAILABLE;
  case HABLA_ERROR_INPUT:
    return HABLA_EXIT_NO_INPUT;
  case HABLA_ERROR_PARAMETER:
    return HABLA_EXIT_USAGE;
  default:
    return HABLA_EXIT_ENGINE;
  }
}

HablaExitStatus
habla_exit_status_from_error (const GError *error)
{
  if (error == NULL)
    return HABLA_EXIT_OK;
  if (error->domain == HABLA_EXIT_ERROR)
    return error->code;
  if (error->domain == HABLA_ERROR)
    return exit_from_habla_error (error->code);
  if (error->domain == G_OPTION_ERROR || error->domain == GST_PARSE_ERROR)
    return HABLA_EXIT_USAGE;
  if (error->domain == GST_RESOURCE_ERROR)
    return exit_from_resource_error (error->code);
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
      g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
    return HABLA_EXIT_UNAVAILABLE;
  if (error->domain == GST_STREAM_ERROR)
    return HABLA_EXIT_DATA;
  return HABLA_EXIT_ENGINE;
}

HablaExitStatus
habla_exit_status_from_errno (int number, gboolean writing)
{
  if (writing || number == ENOSPC || number == EDQUOT || number == EIO)
    return HABLA_EXIT_IO;
  return HABLA_EXIT_CANNOT_CREATE;
}

/* GStreamer addresses only the first line to users. */
static char *
exit_get_first_line (const char *text)
{
  return g_strchomp (g_strndup (text, strcspn (text, "\n")));
}

/* Returns: (nullable): a better explanation than that of the element */
static const char *
exit_explain_input (GstMessage *message, const GError *error)
{
  /* The source cannot read at all, and gives the reason in the debug text only. */
  if (GST_OBJECT_FLAG_IS_SET (GST_MESSAGE_SRC (message), GST_ELEMENT_FLAG_SOURCE) &&
      error->domain == GST_STREAM_ERROR)
    return "it cannot be read; check the address and the connection";
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND))
    return "it is no recording in a format that GStreamer knows, or it is damaged";
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return "there is no audio in it";
  if (error->domain == GST_STREAM_ERROR && error->code != GST_STREAM_ERROR_CODEC_NOT_FOUND)
    return "it is damaged or cut short";
  /* A missing audio decoder was reported before: there are only streams of other types. */
  if (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN) ||
      g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND))
    return "there is no audio in it";
  return NULL;
}

/* The meaning depends on the element: a source lacks an input, an engine lacks a model. */
static HablaExitStatus
exit_get_code (GstMessage *message, const GError *error, gboolean from_input)
{
  gboolean from_source =
      GST_OBJECT_FLAG_IS_SET (GST_MESSAGE_SRC (message), GST_ELEMENT_FLAG_SOURCE);

  if (!from_input && !from_source &&
      g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND))
    return HABLA_EXIT_UNAVAILABLE;
  if (from_input && g_error_matches (error, HABLA_ERROR, HABLA_ERROR_INPUT))
    return HABLA_EXIT_DATA;
  if (from_input && from_source && error->domain == GST_STREAM_ERROR)
    return HABLA_EXIT_NO_INPUT;
  if (from_input &&
      (g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN) ||
          g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND)))
    return HABLA_EXIT_DATA;
  return habla_exit_status_from_error (error);
}

const char *
habla_exit_get_source_name (GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);

  return GST_IS_ELEMENT (source) ? habla_engine_get_element_name (GST_ELEMENT (source))
                                 : GST_MESSAGE_SRC_NAME (message);
}

/* Returns: (transfer full) (nullable): the file that the sink writes that posted @message */
static char *
exit_get_output (GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  g_autofree char *location = NULL;

  if (!GST_IS_ELEMENT (source) || !GST_OBJECT_FLAG_IS_SET (source, GST_ELEMENT_FLAG_SINK) ||
      g_object_class_find_property (G_OBJECT_GET_CLASS (source), "location") == NULL)
    return NULL;
  g_object_get (source, "location", &location, NULL);
  return location != NULL ? g_filename_display_name (location) : NULL;
}

GError *
habla_exit_error_from_message (GstMessage *message, const char *input)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofree char *output = exit_get_output (message);
  const char *what = input != NULL    ? input
                     : output != NULL ? output
                                      : habla_exit_get_source_name (message);
  HablaExitStatus code;

  gst_message_parse_error (message, &error, NULL);
  line = exit_get_first_line (error->message);
  code = exit_get_code (message, error, input != NULL);
  if (input != NULL && exit_explain_input (message, error) != NULL)
    return g_error_new (
        HABLA_EXIT_ERROR, code, "%s: %s", what, exit_explain_input (message, error));
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT))
    return g_error_new (HABLA_EXIT_ERROR, code,
        "%s could not be written: No space left on device; make room, or choose another disk",
        what);
  return g_error_new (HABLA_EXIT_ERROR, code, "%s: %s", what, line);
}
