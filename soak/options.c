/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <soak-paths.h>
#include <string.h>

#define DEFAULT_CYCLES 100
/* A speed that a busy machine keeps up with. */
#define DAY_SPEED 4

/* Returns: (transfer full) (nullable): the URL of the daemon's root; %NULL if @text has a path or
 * is no HTTP URL */
static char *
options_complete_url (const char *text, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if ((g_str_equal (scheme, "http") || g_str_equal (scheme, "https")) &&
      g_uri_get_host (uri) != NULL && g_uri_get_host (uri)[0] != '\0' &&
      strspn (g_uri_get_path (uri), "/") == strlen (g_uri_get_path (uri)))
    return g_uri_join (G_URI_FLAGS_NONE, scheme, NULL, g_uri_get_host (uri), g_uri_get_port (uri),
        "/", NULL, NULL);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "“%s” is not the URL of a daemon, such as http://127.0.0.1:8080/", text);
  return NULL;
}

gboolean
soak_options_parse (SoakOptions *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "scenario", 's', 0, G_OPTION_ARG_STRING, &self->scenario, "Scenario to run (listen)",
        "NAME" },
    { "cycles", 'c', 0, G_OPTION_ARG_INT, &self->cycles, "Number of cycles (100)", "N" },
    { "duration", 'd', 0, G_OPTION_ARG_INT, &self->duration, "Maximum duration", "SECONDS" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &self->seed, "Seed for random numbers (1)", "N" },
    { "slo", 0, 0, G_OPTION_ARG_FILENAME, &self->slo, "Read the limits from FILE", "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, "Write all results to FILE, as JSON",
        "FILE" },
    { "report", 'r', 0, G_OPTION_ARG_FILENAME, &self->report, "Write an HTML report to FILE",
        "FILE" },
    { "hours", 0, 0, G_OPTION_ARG_DOUBLE, &self->hours, "Length of the scenario day (8)", "N" },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &self->speed,
        "Seconds of audio a second (day: 4; otherwise not paced)", "N" },
    { "warm-up", 0, 0, G_OPTION_ARG_DOUBLE, &self->warm_up,
        "Minimum warm-up; 0 = none (as the limits say)", "SECONDS" },
    { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &self->timeout, "Timeout for an answer (120)",
        "SECONDS" },
    { "url", 'u', 0, G_OPTION_ARG_STRING, &self->url, "Use a daemon that already runs", "URL" },
    { "hablad", 0, 0, G_OPTION_ARG_FILENAME, &self->hablad, "Start PROGRAM as the daemon",
        "PROGRAM" },
    { "keep-log", 0, 0, G_OPTION_ARG_FILENAME, &self->keep_log, "Keep the daemon's log in FILE",
        "FILE" },
    { "no-tracer", 0, 0, G_OPTION_ARG_NONE, &self->no_tracer, "Do not count GStreamer objects",
        NULL },
    { "list", 'l', 0, G_OPTION_ARG_NONE, &self->list, "List the scenarios", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  *self = (SoakOptions){ .seed = 1, .hours = 8, .speed = -1, .warm_up = -1, .timeout = 120 };
  g_option_context_set_summary (context,
      "Drives hablad as its clients do, and reports leaks, lost messages and slow answers.\n\n"
      "  habla-soak compare BASELINE.json RUN.json   lists what became worse");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1 || self->cycles < 0 || self->duration < 0 || self->hours <= 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
        *argc > 1 ? "Unexpected argument “%s”" : "Numbers must not be negative", (*argv)[1]);
    return FALSE;
  }
  if (self->url != NULL) {
    g_autofree char *url = g_steal_pointer (&self->url);

    self->url = options_complete_url (url, error);
    if (self->url == NULL)
      return FALSE;
  }
  if (self->scenario == NULL)
    self->scenario = g_strdup ("listen");
  self->pace = 1;
  if (g_str_equal (self->scenario, "day")) {
    if (self->speed <= 0)
      self->speed = DAY_SPEED;
    self->pace = self->speed;
  }
  if (self->slo == NULL)
    self->slo = g_strdup (SOAK_SLO);
  if (self->hablad == NULL)
    self->hablad = g_strdup (SOAK_HABLAD);
  if (self->cycles == 0 && self->duration == 0 && !g_str_equal (self->scenario, "day"))
    self->cycles = DEFAULT_CYCLES;
  return TRUE;
}

void
soak_options_clear (SoakOptions *self)
{
  g_free (self->scenario);
  g_free (self->slo);
  g_free (self->output);
  g_free (self->report);
  g_free (self->url);
  g_free (self->hablad);
  g_free (self->keep_log);
}
