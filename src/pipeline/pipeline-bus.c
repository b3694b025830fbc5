/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles the messages of the graph's bus. */
#include "pipeline/engines/server-notice.h"
#include "pipeline/template/missing-element.h"
#include "pipeline/pipeline-private.h"

#include <decoder/decoder-text.h>
#include <habla/error.h>
#include <habla/utterance-meta.h>
#include <util/source.h>

static void
pipeline_handle_caption (HablaPipeline *self, GstMessage *message)
{
  g_autoptr (HablaUtterance) utterance =
      habla_utterance_from_structure (gst_message_get_structure (message));
  const char *name = GST_MESSAGE_SRC_NAME (message);
  const char *language = g_str_has_prefix (name, "captions-") ? name + strlen ("captions-") : NULL;

  if (language == NULL)
    return;
  if (utterance->is_final && g_str_equal (language, self->options.from)) {
    self->stats.utterances++;
  } else if (utterance->is_final) {
    self->stats.translations++;
    self->stats.untranslated += utterance->untranslated;
  }
  habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_UTTERANCE, language, utterance);
}

static void
pipeline_handle_warning (HablaPipeline *self, GstMessage *message)
{
  g_autoptr (GError) warning = NULL;

  gst_message_parse_warning (message, &warning, NULL);
  if (g_error_matches (warning, GST_PARSE_ERROR, GST_PARSE_ERROR_DELAYED_LINK)) {
    g_autoptr (GError) error =
        g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);

    habla_pipeline_fail (self, error);
    return;
  }
  habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, warning->message);
  if (self->warning_language != NULL && self->warning == NULL) {
    self->warning = g_steal_pointer (&warning);
    return;
  }
  habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_WARNING, warning);
}

static void
pipeline_handle_error (HablaPipeline *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  habla_pipeline_fail (self, error);
}

/* A language model has summarised the session, for all translators. It has forgotten the topic if a
 * new session began meanwhile. */
static void
pipeline_handle_topic (HablaPipeline *self, GstMessage *message)
{
  const char *topic = gst_structure_get_string (gst_message_get_structure (message), "topic");
  g_autofree char *current = NULL;

  g_object_get (GST_MESSAGE_SRC (message), "topic", &current, NULL);
  if (topic == NULL || g_strcmp0 (topic, current) != 0)
    return;
  habla_pipeline_set_topic (self, topic);
  habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_TOPIC, topic);
}

/* Returns: whether @message is from an engine that is a server */
static gboolean
pipeline_handle_notice (HablaPipeline *self, GstMessage *message)
{
  g_autofree char *text = NULL;
  HablaServerNotice notice = habla_server_notice_read (message, &text);

  if (notice == HABLA_SERVER_NOTICE_NONE)
    return FALSE;
  habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, text);
  if (notice == HABLA_SERVER_NOTICE_DEGRADED) {
    g_autoptr (GError) warning = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_ENGINE, text);

    habla_pipeline_emit (self, HABLA_PIPELINE_SIGNAL_WARNING, warning);
  }
  return TRUE;
}

static gboolean
pipeline_handle_message (GstBus *bus, GstMessage *message, gpointer data)
{
  HablaPipeline *self = data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ELEMENT:
    if (gst_message_has_name (message, "habla/caption"))
      pipeline_handle_caption (self, message);
    else if (gst_message_has_name (message, "habla/topic"))
      pipeline_handle_topic (self, message);
    else if (pipeline_handle_notice (self, message))
      break;
    else if ((error = habla_missing_element_explain (message)) != NULL)
      habla_pipeline_fail (self, error);
    break;
  case GST_MESSAGE_APPLICATION:
    if (gst_message_has_name (message, HABLA_PIPELINE_INPUT_OVER)) {
      self->is_input_over = TRUE;
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
    }
    break;
  case GST_MESSAGE_EOS:
    self->is_drained = TRUE;
    /* The end of the decoder's pipe does not mean that it has succeeded. */
    if (!self->is_decoding)
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_DRAINED);
    break;
  case GST_MESSAGE_ERROR:
    pipeline_handle_error (self, message);
    break;
  case GST_MESSAGE_WARNING:
    pipeline_handle_warning (self, message);
    break;
  case GST_MESSAGE_LATENCY:
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_UPDATE_LATENCY, NULL);
    break;
  case GST_MESSAGE_CLOCK_LOST:
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_RESET_CLOCK, NULL);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

void
habla_pipeline_watch_bus (HablaPipeline *self)
{
  g_autoptr (GstBus) bus = habla_pipeline_graph_get_bus (self->graph);

  habla_source_attach (&self->bus_watch, gst_bus_create_watch (bus), "[habla] HablaPipeline bus",
      G_SOURCE_FUNC (pipeline_handle_message), self);
}

void
habla_pipeline_read_bus (HablaPipeline *self)
{
  g_autoptr (GstBus) bus = NULL;
  GstMessage *message;

  if (self->bus_watch == NULL)
    return;
  bus = habla_pipeline_graph_get_bus (self->graph);
  while (self->bus_watch != NULL && (message = gst_bus_pop (bus)) != NULL) {
    pipeline_handle_message (bus, message, self);
    gst_message_unref (message);
  }
}
