/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaTtmlRates:
 * @frame_rate: frames a second
 * @sub_frame_rate: parts of a frame
 * @tick_rate: ticks a second
 *
 * How a TTML file counts time.
 */
typedef struct {
  double frame_rate;
  double sub_frame_rate;
  double tick_rate;
} HablaTtmlRates;

/**
 * HablaTtmlSpan:
 * @begin: when the element appears, in nanoseconds from the begin of the file
 * @end: when it disappears, or %G_MAXUINT64 if nothing says so
 * @cursor: when the next child of a sequence begins
 * @is_sequence: whether its children follow each other
 * @has_times: whether the element has times of its own
 * @is_bad: whether a time of it, or of an element around it, cannot be read
 *
 * The times of an element.
 */
typedef struct {
  guint64 begin;
  guint64 end;
  guint64 cursor;
  gboolean is_sequence;
  gboolean has_times;
  gboolean is_bad;
} HablaTtmlSpan;

/**
 * habla_ttml_rates_init:
 * @self: (out): the rates of a file that gives none
 */
void habla_ttml_rates_init (HablaTtmlRates *self);

/**
 * habla_ttml_rates_set:
 * @self: rates
 * @name: name of an attribute of the root element, without its namespace
 * @value: its value
 *
 * Sets a rate; ignores other attributes and invalid values. Call habla_ttml_rates_finish() when all
 * are set.
 */
void habla_ttml_rates_set (HablaTtmlRates *self, const char *name, const char *value);

/**
 * habla_ttml_rates_finish:
 * @self: rates
 *
 * Computes the rate of ticks from that of frames if the file does not give it.
 */
void habla_ttml_rates_finish (HablaTtmlRates *self);

/**
 * habla_ttml_time_parse:
 * @rates: how the file counts
 * @value: a clock time, "01:02:03.5" or "01:02:03:12" with frames, or an offset, "12.5s"
 * @time: (out): in nanoseconds
 *
 * Returns: whether @value is a time
 */
gboolean habla_ttml_time_parse (const HablaTtmlRates *rates, const char *value, guint64 *time);

/**
 * habla_ttml_span_init:
 * @self: (out): the times of an element
 * @parent: (inout): the times of the element around it, whose cursor moves
 * @rates: how the file counts
 * @values: (array fixed-size=4) (element-type utf8): values of the attributes begin, end, dur and
 *   timeContainer; %NULL if absent
 *
 * Resolves the times of an element (TTML 1, section 10.4).
 */
void habla_ttml_span_init (
    HablaTtmlSpan *self, HablaTtmlSpan *parent, const HablaTtmlRates *rates, char *const *values);

G_END_DECLS
