/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http/metered-stream.h"
#include "http/framing/request-framer.h"

G_BEGIN_DECLS

/* Shared by metered-stream.c (the connection) and its two directions, metered-input.c and
 * metered-output.c. */

#define HABLA_TYPE_METERED_INPUT (habla_metered_input_get_type ())
G_DECLARE_FINAL_TYPE (HablaMeteredInput, habla_metered_input, HABLA, METERED_INPUT, GInputStream)

#define HABLA_TYPE_METERED_OUTPUT (habla_metered_output_get_type ())
G_DECLARE_FINAL_TYPE (
    HablaMeteredOutput, habla_metered_output, HABLA, METERED_OUTPUT, GOutputStream)

/* The two directions do not own the stream that they are part of. If one outlives that stream, it
 * reports that it is closed. */
struct _HablaMeteredInput {
  GInputStream parent;

  HablaMeteredStream *owner; /* (nullable) */
  GPollableInputStream *base;
};

struct _HablaMeteredOutput {
  GOutputStream parent;

  HablaMeteredStream *owner; /* (nullable) */
  GPollableOutputStream *base;
};

struct _HablaMeteredStream {
  GIOStream parent;

  GIOStream *base;
  HablaMeteredInput *input;
  HablaMeteredOutput *output;

  guint64 read;
  guint64 written;
  guint64 read_limit; /* upper bound of @read */
  gint64 blocked_since;
  gboolean over_budget;
  gboolean at_end;
  gboolean aborted;
  gboolean is_idle;
  gboolean is_closed;
  gboolean lingers;
  gboolean is_checked;
  HablaRequestFramer *framer; /* (nullable): until the first request */

  GSource *reader; /* (nullable): the last source that waits for input */
  GSource *writer; /* (nullable): the last source that waits for output */

  HablaMeteredStreamClosed closed;
  gpointer closed_data;
};

/**
 * habla_metered_stream_check_open:
 * @self: (nullable): the connection of a direction; %NULL = it is gone
 * @error: return location for a %G_IO_ERROR_CLOSED
 *
 * Returns: whether the connection is open
 */
gboolean habla_metered_stream_check_open (HablaMeteredStream *self, GError **error);

/**
 * habla_metered_stream_make_ready_source:
 * @stream: a direction whose connection is closed
 *
 * libsoup waits for a stream that it has closed if frames are left; a source of the closed base
 * would warn.
 *
 * Returns: (transfer full): a source that is ready at once
 */
GSource *habla_metered_stream_make_ready_source (gpointer stream);

G_END_DECLS
