/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One child is started in advance, so that no client waits for a process to start. */
#include "decoder/decoder-child.h"

/* Delay of the next spare after one was taken, in ms: loading libraries keeps a core busy for 100
 * ms, which the pipeline that is starting needs. */
#define REPLACE_DELAY 250

/* A spare that dies within this time, in µs, is replaced with a backoff. */
#define SHORT_LIFE (10 * G_TIME_SPAN_SECOND)
/* First backoff in seconds; it doubles each time. */
#define MIN_BACKOFF 1
#define MAX_BACKOFF 60

/* Main thread only. */
static struct {
  gboolean is_kept;
  HablaDecoderChild *child; /* NULL = none */
  gint64 started;           /* monotonic time */
  guint backoff;            /* seconds; 0 = the last spare did not fail */
  guint source;             /* starts the next spare; 0 = none */
} spare;

static void spare_schedule (void);

static void
spare_back_off (const char *reason)
{
  spare.backoff = CLAMP (spare.backoff * 2, MIN_BACKOFF, MAX_BACKOFF);
  g_message ("No audio decoder is ready, next attempt in %u s: %s", spare.backoff, reason);
  spare_schedule ();
}

static void
spare_on_exit (int wait_status, gpointer data)
{
  g_autoptr (GError) error = habla_decoder_process_new_start_error (wait_status);

  g_clear_pointer (&spare.child, habla_decoder_child_free);
  if (g_get_monotonic_time () - spare.started >= SHORT_LIFE)
    spare.backoff = 0;
  spare_back_off (error->message);
}

static gboolean
spare_start (gpointer data)
{
  g_autoptr (GError) error = NULL;

  spare.source = 0;
  spare.started = g_get_monotonic_time ();
  spare.child = habla_decoder_child_new (&error);
  if (spare.child != NULL)
    habla_decoder_child_set_func (spare.child, spare_on_exit, NULL);
  else
    spare_back_off (error->message);
  return G_SOURCE_REMOVE;
}

static void
spare_schedule (void)
{
  if (!spare.is_kept || spare.child != NULL || spare.source != 0)
    return;
  if (spare.backoff > 0)
    spare.source = g_timeout_add_seconds (spare.backoff, spare_start, NULL);
  else
    spare.source = g_timeout_add (spare.started != 0 ? REPLACE_DELAY : 0, spare_start, NULL);
}

void
habla_decoder_spare_keep (void)
{
  spare.is_kept = TRUE;
  spare_schedule ();
}

void
habla_decoder_spare_drop (void)
{
  spare.is_kept = FALSE;
  spare.backoff = 0;
  g_clear_handle_id (&spare.source, g_source_remove);
  g_clear_pointer (&spare.child, habla_decoder_child_free);
}

HablaDecoderChild *
habla_decoder_spare_take (GError **error)
{
  HablaDecoderChild *child = g_steal_pointer (&spare.child);

  if (child != NULL)
    habla_decoder_child_set_func (child, NULL, NULL);
  if (child != NULL && !habla_decoder_child_is_alive (child))
    g_clear_pointer (&child, habla_decoder_child_free);
  if (child != NULL)
    spare.backoff = 0;
  else
    child = habla_decoder_child_new (error);
  spare_schedule ();
  return child;
}
