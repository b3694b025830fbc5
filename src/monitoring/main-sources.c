/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitoring/main-sources.h"

#include <string.h>

/* Maximum number of new sources to look up, which bounds the time of a collection. Older ones are
 * not counted. */
#define MAX_NEW 200000

enum { OURS, OF_LIBRARIES, UNNAMED, N_KINDS };

static const char *const kinds[] = { "habla", "library", "unnamed", NULL };

struct _HablaMainSources {
  HablaMetrics *metrics;
  HablaMetric *metric;
  GArray *alive; /* of guint: numbers of the live sources at the last collection */
  guint last;    /* the highest number at the last collection */
};

static gboolean
main_sources_never (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Returns: the number of a source created now, which no longer exists */
static guint
main_sources_get_next_number (void)
{
  guint number = g_idle_add (main_sources_never, NULL);

  g_source_remove (number);
  return number;
}

static guint
main_sources_get_kind (GSource *source)
{
  const char *name = g_source_get_name (source);

  if (name == NULL)
    return UNNAMED;
  return strstr (name, "habla") != NULL ? OURS : OF_LIBRARIES;
}

static void
main_sources_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaMainSources *self = user_data;
  double counts[N_KINDS] = { 0 };
  guint next = main_sources_get_next_number ();
  guint n_alive = 0;

  for (guint i = next - MIN (next - self->last - 1, MAX_NEW); i != next; i++)
    g_array_append_val (self->alive, i);
  self->last = next;
  for (guint i = 0; i < self->alive->len; i++) {
    guint number = g_array_index (self->alive, guint, i);
    GSource *source = g_main_context_find_source_by_id (NULL, number);

    if (source == NULL)
      continue;
    g_array_index (self->alive, guint, n_alive++) = number;
    counts[main_sources_get_kind (source)]++;
  }
  g_array_set_size (self->alive, n_alive);
  for (guint i = 0; i < N_KINDS; i++)
    habla_metric_set (self->metric, i, counts[i]);
}

HablaMainSources *
habla_main_sources_new (HablaMetrics *metrics)
{
  HablaMainSources *self = g_new0 (HablaMainSources, 1);

  self->metrics = metrics;
  self->alive = g_array_new (FALSE, FALSE, sizeof (guint));
  self->metric = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_main_sources",
      "Event sources attached to the main context, by kind.", "kind", kinds);
  habla_metrics_add_collector (metrics, main_sources_collect, self);
  return self;
}

void
habla_main_sources_free (HablaMainSources *self)
{
  habla_metrics_remove_collector (self->metrics, self);
  g_array_unref (self->alive);
  g_free (self);
}
