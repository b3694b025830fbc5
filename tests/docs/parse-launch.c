/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A gst-launch-1.0 that only parses the pipeline; exits with 0 if it is valid. */
#include <gst/gst.h>

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline;
  char **words = argv + 1;

  gst_init (NULL, NULL);
  while (*words != NULL && (*words)[0] == '-')
    words++;
  pipeline =
      gst_parse_launchv_full ((const char **) words, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline == NULL) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  gst_object_unref (gst_object_ref_sink (pipeline));
  return 0;
}
