/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures hablad as a client sees it: time to start and to stop a pipeline; time from the end of
 * speech to its text and to its translation, in real time; and latency of /health and of a message
 * while recognition uses all cores. */
#include "habla-test.h"
#include "hablad.h"
#include "report.h"
#include "speech.h"

#define SILENCE HABLAD_SILENCE, HABLAD_SILENCE

/* In seconds: the silence after which the recogniser ends an utterance, and the duration of the
 * chunks that data/web/habla.js makes the browser send. */
#define PAUSE 0.5
#define CHUNK 0.1
#define REQUESTS 200
#define STARTS 10

/* Segments of speech, each followed by a pause. */
static const char *const spoken[] = { HABLAD_SPEECH (870), SILENCE, HABLAD_SPEECH (880), SILENCE,
  HABLAD_SPEECH (890), SILENCE, HABLAD_SPEECH (920), SILENCE, HABLAD_SPEECH (930), SILENCE, NULL };
static const char *const burst[] = { HABLAD_SPEECH (870), HABLAD_SPEECH (880), HABLAD_SPEECH (890),
  HABLAD_SPEECH (920), HABLAD_SPEECH (930), HABLAD_SPEECH (870), HABLAD_SPEECH (880),
  HABLAD_SPEECH (890), HABLAD_SPEECH (920), HABLAD_SPEECH (930), NULL };

static double
now (void)
{
  return g_get_monotonic_time () / 1e6;
}

/* Times of the last text of a segment of speech, by now(). */
typedef struct {
  double ended; /* when the speech ended */
  double transcript;
  double translation;
} Segment;

/* Returns: the mean square of the samples */
static double
get_power (const gint16 *samples, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (double) samples[i] * samples[i];
  return sum / n;
}

/* Returns: end of the speech in recording @i, in seconds. Recordings end with up to half a second
 * of background noise. */
static double
find_last_sound (guint i)
{
  g_autoptr (GArray) samples = speech_load (i);
  guint window = SPEECH_RATE / 50, end = 0;
  double loudest = 0;

  for (int pass = 0; pass < 2; pass++)
    for (guint at = 0; at + window <= samples->len; at += window) {
      double power = get_power (&g_array_index (samples, gint16, at), window);

      if (pass == 0)
        loudest = MAX (loudest, power);
      else if (power > loudest / 400)
        end = at + window;
    }
  return (double) end / SPEECH_RATE;
}

/* Returns: end of the speech of each segment of @spoken, in seconds from the beginning */
static GArray *
find_ends (void)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (double));
  double position = 0;

  for (guint i = 0; spoken[i] != NULL; i++) {
    if (!g_str_equal (spoken[i], HABLAD_SILENCE)) {
      double end = position + find_last_sound (ends->len);

      g_array_append_val (ends, end);
    }
    position += hablad_get_duration (spoken[i]);
  }
  return ends;
}

static void
note_arrivals (HabladClient *client, guint *n_seen, Segment *segment)
{
  GPtrArray *messages = hablad_client_get_messages (client);

  for (; *n_seen < messages->len; (*n_seen)++) {
    const char *type =
        json_object_get_string_member (g_ptr_array_index (messages, *n_seen), "type");

    if (g_str_equal (type, "transcript_final"))
      segment->transcript = now ();
    else if (g_str_equal (type, "translation"))
      segment->translation = now ();
  }
}

static void
report_delays_of_speech (const Segment *segments, guint n)
{
  /* The pause must be long enough and its last chunk complete; recognition may take the rest. */
  double goal = (PAUSE + CHUNK + 0.3) * 1e3;
  g_autofree double *texts = g_new (double, n);
  g_autofree double *translations = g_new (double, n);

  for (guint i = 0; i < n; i++) {
    texts[i] = (segments[i].transcript - segments[i].ended) * 1e3;
    translations[i] = (segments[i].translation - segments[i].ended) * 1e3;
  }
  habla_benchmark_report ("speech-to-text-p50-ms", habla_benchmark_quantile (texts, n, 0.5));
  habla_benchmark_goal ("speech-to-text-p95-ms", habla_benchmark_quantile (texts, n, 0.95), goal);
  habla_benchmark_report (
      "speech-to-translation-p50-ms", habla_benchmark_quantile (translations, n, 0.5));
  habla_benchmark_goal (
      "speech-to-translation-p95-ms", habla_benchmark_quantile (translations, n, 0.95), goal + 50);
}

static void
measure_delays (Hablad *hablad)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) chunks = hablad_record_chunks ("webm", spoken, CHUNK * GST_SECOND);
  g_autoptr (GArray) ends = find_ends ();
  g_autofree Segment *segments = g_new0 (Segment, ends->len);
  double begin;
  guint n_spoken = 0, n_seen = 0;

  hablad_client_start_listening (client);
  begin = now ();
  /* A chunk is sent when its recording is complete. */
  for (guint i = 0; i < chunks->len; i++) {
    double recorded = (i + 1) * CHUNK;

    while (now () < begin + recorded) {
      hablad_iterate ();
      /* Texts that arrive before the end of the first segment belong to a pause within it. */
      note_arrivals (client, &n_seen, &segments[n_spoken > 0 ? n_spoken - 1 : 0]);
    }
    if (n_spoken < ends->len && g_array_index (ends, double, n_spoken) < recorded) {
      segments[n_spoken].ended = begin + g_array_index (ends, double, n_spoken);
      n_spoken++;
    }
    hablad_client_send_audio (client, g_ptr_array_index (chunks, i));
  }
  hablad_client_stop_listening (client);
  for (guint i = 0; i < n_spoken; i++)
    g_assert_true (segments[i].transcript > segments[i].ended);
  g_assert_cmpuint (n_spoken, ==, ends->len);
  report_delays_of_speech (segments, n_spoken);
  hablad_client_close (client);
}

/* Starts and stops without audio, so that nothing needs to be drained. The first start is a warm-up
 * and does not count. */
static void
measure_starts (Hablad *hablad)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  double starts[STARTS], stops[STARTS];

  for (int i = -1; i < STARTS; i++) {
    double cleanups = hablad_get_metric (hablad, "habla_session_cleanups_total");
    double sent = now ();

    hablad_client_start_listening (client);
    starts[MAX (i, 0)] = (now () - sent) * 1e3;
    sent = now ();
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_send_audio (client, nothing);
    hablad_client_expect (client, "listening_stopped");
    while (hablad_get_metric (hablad, "habla_session_cleanups_total") == cleanups)
      ;
    stops[MAX (i, 0)] = (now () - sent) * 1e3;
  }
  habla_benchmark_goal ("start-p50-ms", habla_benchmark_quantile (starts, STARTS, 0.5), 50);
  habla_benchmark_report ("start-p95-ms", habla_benchmark_quantile (starts, STARTS, 0.95));
  habla_benchmark_goal ("stop-to-clean-p50-ms", habla_benchmark_quantile (stops, STARTS, 0.5), 100);
  habla_benchmark_report ("stop-to-clean-p95-ms", habla_benchmark_quantile (stops, STARTS, 0.95));
  hablad_client_close (client);
}

static void
report_delays (const char *what, double *delays)
{
  g_autofree char *p50 = g_strconcat (what, "-p50-ms", NULL);
  g_autofree char *p95 = g_strconcat (what, "-p95-ms", NULL);
  g_autofree char *p99 = g_strconcat (what, "-p99-ms", NULL);

  habla_benchmark_report (p50, habla_benchmark_quantile (delays, REQUESTS, 0.5));
  habla_benchmark_report (p95, habla_benchmark_quantile (delays, REQUESTS, 0.95));
  habla_benchmark_report (p99, habla_benchmark_quantile (delays, REQUESTS, 0.99));
}

static void
measure_health (Hablad *hablad, const char *what)
{
  g_autofree double *delays = g_new0 (double, REQUESTS);

  for (guint i = 0; i < REQUESTS; i++) {
    double sent = now ();

    g_free (hablad_get (hablad, "/health", NULL));
    delays[i] = (now () - sent) * 1e3;
  }
  report_delays (what, delays);
}

/* Measures latencies while each core is busy with the pipeline of a room. */
static void
measure_busy (Hablad *hablad)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", burst);
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) hablad_client_free);
  g_autoptr (HabladClient) pinging = hablad_client_new (hablad, NULL);
  g_autofree double *delays = g_new0 (double, REQUESTS);

  for (guint i = 0; i < g_get_num_processors (); i++) {
    HabladClient *client = hablad_client_new (hablad, NULL);

    g_ptr_array_add (clients, client);
    hablad_client_start_listening (client);
    hablad_client_send_recording (client, chunks, FALSE);
  }
  for (guint i = 0; i < REQUESTS; i++) {
    double sent = now ();

    hablad_client_sync (pinging);
    delays[i] = (now () - sent) * 1e3;
    /* Stay below the message rate limit of a client. */
    while (now () < sent + 0.03)
      hablad_iterate ();
  }
  report_delays ("busy-ping", delays);
  measure_health (hablad, "busy-health");
  hablad_client_close (pinging);
}

int
main (int argc, char *argv[])
{
  g_autoptr (Hablad) hablad = NULL;
  int status;

  habla_test_init (&argc, &argv);
  hablad = hablad_start (NULL);
  hablad_wait_ready (hablad);
  measure_health (hablad, "idle-health");
  measure_starts (hablad);
  measure_delays (hablad);
  measure_busy (hablad);
  hablad_stop (g_steal_pointer (&hablad));
  status = habla_benchmark_finish ("hablad");
  return habla_test_run () != 0 ? 1 : status;
}
