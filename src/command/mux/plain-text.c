/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/mux/plain-text.h"

static gboolean
caps_are_markup (GstCaps *caps)
{
  GstStructure *structure =
      gst_caps_is_empty (caps) || gst_caps_is_any (caps) ? NULL : gst_caps_get_structure (caps, 0);

  return structure != NULL && gst_structure_has_name (structure, "text/x-raw") &&
         g_strcmp0 (gst_structure_get_string (structure, "format"), "pango-markup") == 0;
}

static GstCaps *
caps_to_plain (GstCaps *caps)
{
  GstCaps *plain = gst_caps_copy (caps);

  gst_caps_set_simple (plain, "format", G_TYPE_STRING, "utf8", NULL);
  return plain;
}

/* Returns: (transfer full): @markup without entities, in a buffer with the times of @markup */
static GstBuffer *
buffer_to_plain (GstBuffer *markup)
{
  /* The last one is &amp;, so that “&amp;lt;” becomes “&lt;”. */
  static const struct {
    const char *name;
    const char *character;
  } entities[] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&apos;", "'" }, { "&#39;", "'" },
    { "&quot;", "\"" }, { "&amp;", "&" } };
  g_autoptr (GString) text = g_string_new (NULL);
  GstMapInfo map;
  GstBuffer *plain;
  gsize length;

  if (gst_buffer_map (markup, &map, GST_MAP_READ)) {
    g_string_append_len (text, (char *) map.data, map.size);
    gst_buffer_unmap (markup, &map);
  }
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    g_string_replace (text, entities[i].name, entities[i].character, 0);
  length = text->len;
  plain = gst_buffer_new_wrapped (g_string_free (g_steal_pointer (&text), FALSE), length);
  gst_buffer_copy_into (plain, markup, GST_BUFFER_COPY_METADATA, 0, -1);
  return plain;
}

/* Streaming thread. */
static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event;
  GstCaps *caps;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

    info->data = buffer_to_plain (buffer);
    gst_buffer_unref (buffer);
    return GST_PAD_PROBE_OK;
  }
  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  if (caps_are_markup (caps)) {
    g_autoptr (GstCaps) plain = caps_to_plain (caps);

    info->data = gst_event_new_caps (plain);
    gst_event_unref (event);
  }
  return GST_PAD_PROBE_OK;
}

GstCaps *
habla_plain_text_add (GstPad *pad, GstCaps *caps)
{
  if (!caps_are_markup (caps))
    return gst_caps_ref (caps);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, NULL, NULL);
  return caps_to_plain (caps);
}
