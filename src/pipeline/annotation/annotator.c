/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/annotation/annotator.h"

#include <habla/utterance-meta.h>

/* Name of the tee in a hablainterpreter through which its transcript flows. */
#define TRANSCRIPT "transcript"

G_DEFINE_INTERFACE (HablaAnnotator, habla_annotator, G_TYPE_OBJECT)

/* Of a probe. */
typedef struct {
  HablaAnnotator *annotator;
  char *language;
} Probe;

static void
habla_annotator_default_init (HablaAnnotatorInterface *iface)
{
}

HablaAnnotations *
habla_annotator_annotate (HablaAnnotator *self, const char *text, const char *language)
{
  return HABLA_ANNOTATOR_GET_IFACE (self)->annotate (self, text, language);
}

static void
probe_free (gpointer data)
{
  Probe *self = data;

  g_object_unref (self->annotator);
  g_free (self->language);
  g_free (self);
}

static void
probe_free_with_closure (gpointer self, GClosure *closure)
{
  probe_free (self);
}

static Probe *
probe_new (HablaAnnotator *annotator, const char *language)
{
  Probe *self = g_new0 (Probe, 1);

  self->annotator = g_object_ref (annotator);
  self->language = g_strdup (language);
  return self;
}

/* Returns: (transfer full) (nullable): what is found in @buffer */
static HablaAnnotations *
probe_annotate (const Probe *self, GstBuffer *buffer)
{
  g_autoptr (HablaUtterance) utterance = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  return habla_annotator_annotate (self->annotator, utterance->text,
      utterance->language != NULL ? utterance->language : self->language);
}

/* Streaming thread. */
static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (HablaAnnotations) annotations = NULL;

  if (gst_buffer_get_custom_meta (buffer, HABLA_UTTERANCE_META) != NULL)
    annotations = probe_annotate (data, buffer);
  if (annotations == NULL)
    return GST_PAD_PROBE_OK;
  buffer = gst_buffer_make_writable (buffer);
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  gst_structure_set (
      gst_custom_meta_get_structure (gst_buffer_get_custom_meta (buffer, HABLA_UTTERANCE_META)),
      "annotations", HABLA_TYPE_ANNOTATIONS, annotations, NULL);
  return GST_PAD_PROBE_OK;
}

/* On the thread that adds @element. */
static void
on_element_added (GstBin *bin, GstElement *element, gpointer data)
{
  const Probe *probe = data;
  g_autoptr (GstPad) pad = NULL;

  if (g_strcmp0 (GST_OBJECT_NAME (element), TRANSCRIPT) != 0)
    return;
  pad = gst_element_get_static_pad (element, "sink");
  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer,
        probe_new (probe->annotator, probe->language), probe_free);
}

void
habla_annotator_attach (HablaAnnotator *self, GstBin *interpreter, const char *language)
{
  habla_utterance_meta_register ();
  g_signal_connect_data (interpreter, "element-added", G_CALLBACK (on_element_added),
      probe_new (self, language), probe_free_with_closure, G_CONNECT_DEFAULT);
}
