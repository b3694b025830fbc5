/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/audience-report.h"

#include <util/source.h>

/* Between two reports, in milliseconds. */
#define INTERVAL 500

struct _HablaAudienceReport {
  HablaAudience *audience;
  const HablaRoomSettings *settings;
  char *known;    /* the last report, as text; "" = no listeners */
  gint64 sent_at; /* on the monotonic clock; 0 = never */
  GSource *timer;
};

HablaAudienceReport *
habla_audience_report_new (HablaAudience *audience, const HablaRoomSettings *settings)
{
  HablaAudienceReport *self = g_new0 (HablaAudienceReport, 1);

  self->audience = audience;
  self->settings = settings;
  self->known = g_strdup ("");
  return self;
}

void
habla_audience_report_free (HablaAudienceReport *self)
{
  habla_source_clear (&self->timer);
  g_free (self->known);
  g_free (self);
}

static gboolean
audience_report_on_timer (gpointer user_data)
{
  HablaAudienceReport *self = user_data;
  HablaEvent event = { .type = HABLA_EVENT_AUDIENCE };
  g_autoptr (GArray) languages = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  habla_source_clear (&self->timer);
  if (habla_audience_get_owner (self->audience) == NULL)
    return G_SOURCE_REMOVE;
  languages = habla_audience_count_readers (self->audience, self->settings);
  for (guint i = 0; i < languages->len; i++) {
    const HablaReaders *readers = &g_array_index (languages, HablaReaders, i);

    event.listeners += readers->n;
    g_string_append_printf (text, "%s:%u,", readers->language, readers->n);
  }
  if (g_str_equal (text->str, self->known))
    return G_SOURCE_REMOVE;
  g_free (self->known);
  self->known = g_string_free (g_steal_pointer (&text), FALSE);
  self->sent_at = g_get_monotonic_time ();
  event.languages = languages;
  habla_audience_notify_owner (self->audience, &event);
  return G_SOURCE_REMOVE;
}

void
habla_audience_report_update (HablaAudienceReport *self)
{
  gint64 passed = (g_get_monotonic_time () - self->sent_at) / 1000;

  /* Later in any case, so that many changes at once are one report. */
  if (self->timer == NULL)
    habla_source_start_timer (&self->timer,
        self->sent_at != 0 && passed < INTERVAL ? INTERVAL - passed : 0,
        "[habla] HablaAudienceReport", audience_report_on_timer, self);
}

void
habla_audience_report_reset (HablaAudienceReport *self)
{
  g_free (self->known);
  self->known = g_strdup ("");
  habla_audience_report_update (self);
}
