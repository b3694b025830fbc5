/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/parser/ttml-time.h"

#include "subtitle/parser/subtitle-lines.h"

#include <string.h>

#define SECOND 1e9
#define MAX_TIME (1e6 * 3600 * SECOND)

void
habla_ttml_rates_init (HablaTtmlRates *self)
{
  *self = (HablaTtmlRates){ .frame_rate = 30, .sub_frame_rate = 1 };
}

/* Returns: the number at the begin of @value, if it is one from 0 exclusive to a million; else 0 */
static double
rates_read (const char *value, char **end)
{
  double number = g_ascii_isdigit (*value) ? g_ascii_strtod (value, end) : 0;

  return number > 0 && number <= 1e9 ? number : 0;
}

/* "1000 1001" or "1000:1001" */
static void
rates_multiply (HablaTtmlRates *self, const char *value)
{
  char *end = (char *) value;
  double numerator = rates_read (value, &end);
  double denominator = numerator > 0 && *end != '\0' ? rates_read (end + 1, &end) : 0;

  if (denominator > 0)
    self->frame_rate *= numerator / denominator;
}

void
habla_ttml_rates_set (HablaTtmlRates *self, const char *name, const char *value)
{
  char *end;
  double number = rates_read (value, &end);

  /* The multiplier may come first. */
  if (g_str_equal (name, "frameRateMultiplier"))
    rates_multiply (self, value);
  else if (number <= 0)
    return;
  else if (g_str_equal (name, "frameRate"))
    self->frame_rate *= number / 30;
  else if (g_str_equal (name, "subFrameRate"))
    self->sub_frame_rate = number;
  else if (g_str_equal (name, "tickRate"))
    self->tick_rate = number;
}

void
habla_ttml_rates_finish (HablaTtmlRates *self)
{
  if (self->tick_rate <= 0)
    self->tick_rate = 1;
}

static gboolean
time_finish (double nanoseconds, guint64 *time)
{
  if (!(nanoseconds >= 0 && nanoseconds <= MAX_TIME))
    return FALSE;
  *time = (guint64) (nanoseconds + 0.5);
  return TRUE;
}

/* @frames: ":12" or ":12.1" */
static gboolean
time_add_frames (const HablaTtmlRates *rates, const char *frames, guint64 *time)
{
  char *end;
  double number;

  if (!g_ascii_isdigit (frames[1]))
    return FALSE;
  number = g_ascii_strtoull (frames + 1, &end, 10);
  if (*end == '.' && g_ascii_isdigit (end[1]))
    number += g_ascii_strtoull (end + 1, &end, 10) / rates->sub_frame_rate;
  return *end == '\0' && time_finish (*time + number / rates->frame_rate * SECOND, time);
}

static gboolean
time_parse_offset (const HablaTtmlRates *rates, const char *value, guint64 *time)
{
  const struct {
    const char *metric;
    double unit;
  } metrics[] = {
    { "h", 3600 * SECOND },
    { "m", 60 * SECOND },
    { "s", SECOND },
    { "", SECOND },
    { "ms", SECOND / 1000 },
    { "f", SECOND / rates->frame_rate },
    { "t", SECOND / rates->tick_rate },
  };
  char *end;
  double number;

  if (!g_ascii_isdigit (*value) || value[strspn (value, "0123456789.")] == 'e')
    return FALSE;
  number = g_ascii_strtod (value, &end);
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (g_str_equal (end, metrics[i].metric))
      return time_finish (number * metrics[i].unit, time);
  return FALSE;
}

gboolean
habla_ttml_time_parse (const HablaTtmlRates *rates, const char *value, guint64 *time)
{
  g_autofree char *copy = g_strstrip (g_strdup (value));
  const char *p = copy;
  char *colon = strchr (copy, ':');

  if (colon == NULL)
    return time_parse_offset (rates, copy, time);
  for (guint i = 0; i < 2 && colon != NULL; i++)
    colon = strchr (colon + 1, ':');
  if (colon != NULL)
    *colon = '\0';
  if (!habla_subtitle_time_parse (&p, time) || *p != '\0')
    return FALSE;
  if (colon == NULL)
    return TRUE;
  *colon = ':';
  return time_add_frames (rates, colon, time);
}

/* Returns: @a + @b, or %G_MAXUINT64 if @b is that */
static guint64
span_add (guint64 a, guint64 b)
{
  return b == G_MAXUINT64 ? b : a + b;
}

void
habla_ttml_span_init (
    HablaTtmlSpan *self, HablaTtmlSpan *parent, const HablaTtmlRates *rates, char *const *values)
{
  const guint64 origin = parent->is_sequence ? parent->cursor : parent->begin;
  guint64 times[3] = { 0, G_MAXUINT64, G_MAXUINT64 };

  *self = (HablaTtmlSpan){ .is_bad = parent->is_bad };
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    if (values[i] == NULL)
      continue;
    self->has_times = TRUE;
    self->is_bad |= !habla_ttml_time_parse (rates, values[i], &times[i]);
  }
  self->begin = self->cursor = span_add (origin, times[0]);
  self->end = MIN (span_add (origin, times[1]), span_add (self->begin, times[2]));
  self->end = MIN (self->end, parent->end);
  self->is_sequence = values[3] != NULL && g_str_equal (values[3], "seq");
  if (parent->is_sequence && self->end != G_MAXUINT64)
    parent->cursor = self->end;
}
