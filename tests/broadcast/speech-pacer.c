/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pacing of speech, with an hour in some seconds: the number of samples is the clock. In the
 * slow lanes, an hour has six minutes. */
#include "habla-test.h"

#include <broadcast/speech-pacer.h>
#include <math.h>
#include <string.h>

#define HOUR (360 * habla_test_repeat (10)) /* seconds */
#define SECOND HABLA_SPEECH_RATE

/* Samples that are pulled at once, as the encoder does. */
#define BLOCK 960

/* The longest sentence, in seconds. */
#define MAX_SPEECH 100

/* A voice: harmonics of 100 Hz. */
static gint16 *
create_speech (gsize n)
{
  gint16 *samples = g_new (gint16, n);
  double pitch = 2 * G_PI * 100 / HABLA_SPEECH_RATE;

  for (gsize i = 0; i < n; i++)
    samples[i] = 6000 * (sin (pitch * i) + sin (2 * pitch * i) / 2 + sin (3 * pitch * i) / 3);
  return samples;
}

static void
push (HablaSpeechPacer *pacer, double seconds)
{
  static gint16 *speech;
  gsize n = seconds * SECOND;

  if (speech == NULL)
    speech = create_speech (MAX_SPEECH * SECOND);
  g_assert_cmpuint (n, <=, MAX_SPEECH * SECOND);
  habla_speech_pacer_push (pacer, speech, n, TRUE);
}

/* Returns: how many samples of the next @seconds are speech */
static gsize
pull (HablaSpeechPacer *pacer, double seconds)
{
  gint16 block[BLOCK];
  gsize spoken = 0;

  for (gsize i = 0; i < seconds * SECOND; i += BLOCK) {
    habla_speech_pacer_pull (pacer, block, BLOCK);
    for (guint j = 0; j < BLOCK; j++)
      spoken += block[j] != 0;
  }
  return spoken;
}

/* Speech that is not late is played unchanged, and silence follows. */
static void
test_unchanged (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  g_autofree gint16 *samples = create_speech (SECOND);
  g_autofree gint16 *played = g_new (gint16, 2 * SECOND);

  habla_speech_pacer_pull (pacer, played, 777);
  for (guint i = 0; i < 777; i++)
    g_assert_cmpint (played[i], ==, 0);
  habla_speech_pacer_push (pacer, samples, SECOND / 2, TRUE);
  habla_speech_pacer_push (pacer, samples + SECOND / 2, SECOND / 2, FALSE);
  habla_speech_pacer_pull (pacer, played, SECOND / 3);
  habla_speech_pacer_pull (pacer, played + SECOND / 3, 2 * SECOND - SECOND / 3);
  g_assert_cmpmem (played, SECOND * sizeof *samples, samples, SECOND * sizeof *samples);
  for (guint i = SECOND; i < 2 * SECOND; i++)
    g_assert_cmpint (played[i], ==, 0);
  g_assert_cmpuint (habla_speech_pacer_get_lag (pacer), ==, 0);
  g_assert_cmpuint (habla_speech_pacer_get_dropped (pacer), ==, 0);
}

/* Speaks for an hour, in sentences of 3 to 8 s with pauses of @pause between some of them; the
 * synthesized speech takes @ratio times as long. Returns: the longest lag, in seconds */
static double
speak_for_an_hour (double ratio, double pause)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  double now = 0, lag = 0;

  for (guint i = 0; now < HOUR; i++) {
    double duration = g_rand_double_range (random, 3.0, 8.0);

    duration = floor (duration * 25) / 25;
    pull (pacer, duration);
    now += duration;
    push (pacer, ratio * duration);
    lag = MAX (lag, (double) habla_speech_pacer_get_lag (pacer) / SECOND);
    if (i % 10 == 9) {
      pull (pacer, pause);
      now += pause;
    }
  }
  g_assert_cmpuint (habla_speech_pacer_get_dropped (pacer), ==, 0);
  pull (pacer, 20.0);
  g_assert_cmpuint (habla_speech_pacer_get_lag (pacer), ==, 0);
  g_test_message ("speech %.2f times as long: at most %.2f s late", ratio, lag);
  return lag;
}

static void
test_hour (void)
{
  g_assert_cmpfloat (speak_for_an_hour (1.0, 2.0), <, 4.0);
  g_assert_cmpfloat (speak_for_an_hour (1.2, 0.0), <, 5.5);
}

/* Plays until a sentence begins, up to @limit seconds; each has a value of its own. Returns: when,
 * in seconds from now; -1 = not in time */
static double
await_value (HablaSpeechPacer *pacer, gint16 value, double limit)
{
  gint16 block[BLOCK];

  for (guint64 n = 0; n < limit * SECOND; n += BLOCK) {
    habla_speech_pacer_pull (pacer, block, BLOCK);
    for (guint i = 0; i < BLOCK; i++)
      if (block[i] == value)
        return (double) (n + i) / SECOND;
  }
  return -1;
}

/* A long sentence is over sooner, so that the short one behind it begins in time. */
static void
test_uneven (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  g_autofree gint16 *samples = g_new (gint16, 8 * SECOND);
  double wait;

  for (guint i = 0; i < 8 * SECOND; i++)
    samples[i] = 1000;
  habla_speech_pacer_push (pacer, samples, 8 * SECOND, TRUE);
  pull (pacer, 5.0);
  for (guint i = 0; i < 2 * SECOND; i++)
    samples[i] = 2000;
  habla_speech_pacer_push (pacer, samples, 2 * SECOND, TRUE);
  wait = await_value (pacer, 2000, 5.0);
  g_test_message ("the short sentence waits for %.2f s", wait);
  g_assert_cmpfloat (wait, >, 0.0);
  g_assert_cmpfloat (wait, <, 1.6);
}

/* Evenly long sentences, without a pause: after an hour, speech is less than 2 s late. */
static void
test_drift (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  double lag = 0;

  for (guint i = 0; i < HOUR / 5; i++) {
    push (pacer, 1.2 * 5);
    lag = MAX (lag, (double) habla_speech_pacer_get_lag (pacer) / SECOND);
    pull (pacer, 5.0);
  }
  g_test_message ("at most %.2f s late", lag);
  g_assert_cmpfloat (lag, <, 2.0);
  g_assert_cmpfloat (lag, >, 0.5);
  g_assert_cmpuint (habla_speech_pacer_get_dropped (pacer), ==, 0);
}

/* Two sentences at once: both are heard, a little faster. */
static void
test_speed (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  gsize spoken;

  push (pacer, 4.0);
  push (pacer, 4.0);
  spoken = pull (pacer, 10.0);
  g_test_message ("8 s of speech take %.2f s", (double) spoken / SECOND);
  g_assert_cmpuint (spoken, <, 8 * SECOND / 1.2);
  g_assert_cmpuint (spoken, >, 8 * SECOND / 1.35);
}

/* Faster speech keeps its pitch and loudness: no clicks where periods are left out. */
static void
test_quality (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  g_autofree gint16 *played = g_new (gint16, 4 * SECOND);
  guint crossings = 0;
  int step = 0;

  push (pacer, 4.0);
  push (pacer, 4.0);
  habla_speech_pacer_pull (pacer, played, 2 * SECOND);
  for (guint i = 1; i < 2 * SECOND; i++) {
    crossings += played[i - 1] < 0 && played[i] >= 0;
    step = MAX (step, ABS (played[i] - played[i - 1]));
  }
  g_assert_cmpuint (crossings, >, 190);
  g_assert_cmpuint (crossings, <, 210);
  g_assert_cmpint (step, <, 1000);
}

/* Of much that is too late, the newest is heard, after what is being played. */
static void
test_drop (void)
{
  g_autoptr (HablaSpeechPacer) pacer = habla_speech_pacer_new ();
  gsize spoken;

  for (guint i = 0; i < 6; i++)
    push (pacer, 4.0);
  g_assert_cmpuint (habla_speech_pacer_get_dropped (pacer), ==, 4);
  spoken = pull (pacer, 30.0);
  g_assert_cmpuint (spoken, <=, 8 * SECOND);
  g_assert_cmpuint (spoken, >, 6 * SECOND);
  push (pacer, 100.0);
  g_assert_cmpuint (habla_speech_pacer_get_dropped (pacer), ==, 5);
  g_assert_cmpuint (pull (pacer, 100.0), <=, 60 * SECOND);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/speech-pacer/unchanged", test_unchanged);
  g_test_add_func ("/speech-pacer/hour", test_hour);
  g_test_add_func ("/speech-pacer/uneven", test_uneven);
  g_test_add_func ("/speech-pacer/drift", test_drift);
  g_test_add_func ("/speech-pacer/speed", test_speed);
  g_test_add_func ("/speech-pacer/quality", test_quality);
  g_test_add_func ("/speech-pacer/drop", test_drop);
  return habla_test_run ();
}
