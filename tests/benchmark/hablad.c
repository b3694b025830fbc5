/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real hablad, as a client sees it: how soon a session listens, and is gone; from the pause
 * that ends speech to its text and its translation, spoken in real time; and how soon it answers
 * while recognition has all cores busy, its health and a message. */
#include "habla-test.h"
#include "hablad.h"
#include "report.h"

#define FILE(number) "sense_and_sensibility_01_austen_64kb-0" number ".wav"
#define SILENCE HABLAD_SILENCE, HABLAD_SILENCE

/* What a recogniser needs to know a pause, in seconds. */
#define PAUSE 0.5
#define QUESTIONS 200
#define STARTS 10

/* Each is a stretch of speech with a pause behind it. */
static const char *const spoken[] = { FILE ("870"), SILENCE, FILE ("880"), SILENCE, FILE ("890"),
  SILENCE, FILE ("920"), SILENCE, FILE ("930"), SILENCE, NULL };
static const char *const burst[] = { FILE ("870"), FILE ("880"), FILE ("890"), FILE ("920"),
  FILE ("930"), FILE ("870"), FILE ("880"), FILE ("890"), FILE ("920"), FILE ("930"), NULL };

static double
now (void)
{
  return g_get_monotonic_time () / 1e6;
}

typedef struct {
  double sent; /* when the audio came in which the pause is */
  double transcript;
  double translation;
} Stretch;

/* Returns: when each stretch of @spoken ends, in seconds of the recording */
static GArray *
find_ends (void)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (double));
  double position = 0;

  for (guint i = 0; spoken[i] != NULL; i++) {
    gboolean is_silence = g_str_equal (spoken[i], HABLAD_SILENCE);

    if (is_silence && !g_str_equal (spoken[i - 1], HABLAD_SILENCE))
      g_array_append_val (ends, position);
    position += hablad_get_duration (spoken[i]);
  }
  return ends;
}

static void
take_arrivals (HabladClient *client, guint *n_seen, Stretch *stretch)
{
  GPtrArray *messages = hablad_client_get_messages (client);

  for (; *n_seen < messages->len; (*n_seen)++) {
    const char *type =
        json_object_get_string_member (g_ptr_array_index (messages, *n_seen), "type");

    if (g_str_equal (type, "transcript_final"))
      stretch->transcript = now ();
    else if (g_str_equal (type, "translation"))
      stretch->translation = now ();
  }
}

static void
measure_delays (Hablad *hablad)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) pieces = hablad_record ("webm", spoken);
  g_autoptr (GArray) ends = find_ends ();
  g_autofree Stretch *stretches = g_new0 (Stretch, ends->len + 1);
  g_autofree double *texts = g_new0 (double, ends->len);
  g_autofree double *translations = g_new0 (double, ends->len);
  double begin;
  guint next = 0, n_seen = 0, n = 0;

  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "listening_started");
  begin = now ();
  /* A piece is sent when its last sound has been recorded. */
  for (guint i = 0; i < pieces->len; i++) {
    while (now () < begin + i + 1) {
      hablad_iterate ();
      if (next > 0)
        take_arrivals (client, &n_seen, &stretches[next - 1]);
      else
        n_seen = hablad_client_get_messages (client)->len;
    }
    if (next < ends->len && g_array_index (ends, double, next) + PAUSE < i + 1)
      stretches[next++].sent = now ();
    hablad_client_send_audio (client, g_ptr_array_index (pieces, i));
  }
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");
  for (guint i = 0; i < next; i++)
    if (stretches[i].transcript > 0 && stretches[i].translation > 0) {
      texts[n] = (stretches[i].transcript - stretches[i].sent) * 1e3;
      translations[n++] = (stretches[i].translation - stretches[i].sent) * 1e3;
    }
  habla_benchmark_report ("stretches", n);
  if (n > 0) {
    habla_benchmark_report ("pause-to-text-p50-ms", habla_benchmark_quantile (texts, n, 0.5));
    habla_benchmark_goal ("pause-to-text-p95-ms", habla_benchmark_quantile (texts, n, 0.95), 300);
    habla_benchmark_goal (
        "pause-to-translation-p95-ms", habla_benchmark_quantile (translations, n, 0.95), 350);
  }
  hablad_client_close (client);
}

/* Nothing is said, so that nothing is left to say. The first, which may find something cold, does
 * not count. */
static void
measure_starts (Hablad *hablad)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  double starts[STARTS], stops[STARTS];

  for (int i = -1; i < STARTS; i++) {
    double cleanups = hablad_get_metric (hablad, "habla_session_cleanups_total");
    double asked = now ();

    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_expect (client, "listening_started");
    starts[MAX (i, 0)] = (now () - asked) * 1e3;
    asked = now ();
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_send_audio (client, nothing);
    hablad_client_expect (client, "listening_stopped");
    while (hablad_get_metric (hablad, "habla_session_cleanups_total") == cleanups)
      ;
    stops[MAX (i, 0)] = (now () - asked) * 1e3;
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

  habla_benchmark_report (p50, habla_benchmark_quantile (delays, QUESTIONS, 0.5));
  habla_benchmark_report (p95, habla_benchmark_quantile (delays, QUESTIONS, 0.95));
  habla_benchmark_report (p99, habla_benchmark_quantile (delays, QUESTIONS, 0.99));
}

static void
measure_health (Hablad *hablad, const char *what)
{
  g_autofree double *delays = g_new0 (double, QUESTIONS);

  for (guint i = 0; i < QUESTIONS; i++) {
    double asked = now ();

    g_free (hablad_get (hablad, "/health", NULL));
    delays[i] = (now () - asked) * 1e3;
  }
  report_delays (what, delays);
}

/* As many sessions at work as there are cores. */
static void
measure_busy (Hablad *hablad)
{
  g_autoptr (GPtrArray) pieces = hablad_record ("webm", burst);
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) hablad_client_free);
  g_autoptr (HabladClient) asking = hablad_client_new (hablad, NULL);
  g_autofree double *delays = g_new0 (double, QUESTIONS);

  for (guint i = 0; i < g_get_num_processors (); i++) {
    HabladClient *client = hablad_client_new (hablad, NULL);

    g_ptr_array_add (clients, client);
    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_expect (client, "listening_started");
    hablad_client_send_recording (client, pieces, FALSE);
  }
  for (guint i = 0; i < QUESTIONS; i++) {
    double asked = now ();

    hablad_client_send (asking, "{'type':'ping'}");
    hablad_client_expect (asking, "pong");
    delays[i] = (now () - asked) * 1e3;
    /* Below the rate that a client is allowed. */
    while (now () < asked + 0.03)
      hablad_iterate ();
  }
  report_delays ("busy-ping", delays);
  measure_health (hablad, "busy-health");
  hablad_client_close (asking);
}

int
main (int argc, char *argv[])
{
  g_autoptr (Hablad) hablad = NULL;
  int status;

  habla_test_init (&argc, &argv);
  hablad = hablad_start (NULL);
  hablad_wait_until (({
    guint ready;
    g_free (hablad_get (hablad, "/health/ready", &ready));
    ready == 200;
  }));
  measure_health (hablad, "idle-health");
  measure_starts (hablad);
  measure_delays (hablad);
  measure_busy (hablad);
  hablad_stop (g_steal_pointer (&hablad));
  status = habla_benchmark_finish ("hablad");
  return habla_test_run () != 0 ? 1 : status;
}
