/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* speechgain with bursts of a tone in place of speech, and with noise. */
#include "habla-test.h"

#include <math.h>

#define RATE 16000
#define BUFFER (RATE / 50)
/* A tone of 1 kHz with this amplitude, in bursts, has about -45 LUFS. */
#define QUIET 0.008
#define NORMAL 0.1

typedef struct {
  GstHarness *harness;
  GstBus *bus;
  guint64 n_frames; /* pushed */
  double power;     /* of the last second */
  double peak;
  gboolean same; /* the last buffer came out as it went in */
} Fixture;

typedef enum { BURSTS, NOISE, SILENCE } Kind;

static Fixture *
create (const char *format)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *caps =
      g_strdup_printf ("audio/x-raw,format=%s,rate=%d,channels=1,layout=interleaved", format, RATE);

  self->harness = gst_harness_new ("speechgain");
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->harness->element, self->bus);
  gst_harness_play (self->harness);
  gst_harness_set_src_caps_str (self->harness, caps);
  return self;
}

static void
destroy (Fixture *self)
{
  gst_element_set_bus (self->harness->element, NULL);
  gst_object_unref (self->bus);
  gst_harness_teardown (self->harness);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

/* Bursts last 300 ms, with 200 ms between them, which are 20 dB softer. */
static float
create_sample (Kind kind, double amplitude, guint64 frame)
{
  switch (kind) {
  case BURSTS:
    return (float) (amplitude * (frame % (RATE / 2) < RATE * 3 / 10 ? 1 : 0.1) *
                    sin (2 * G_PI * 1000 * frame / RATE));
  case NOISE:
    return (float) (amplitude * g_test_rand_double_range (-1, 1));
  default:
    return 0;
  }
}

static void
read_output (Fixture *self, GstBuffer *buffer)
{
  GstMapInfo map;
  const float *samples;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  samples = (const float *) map.data;
  for (guint i = 0; i < map.size / sizeof (float); i++) {
    self->power += samples[i] * samples[i] / RATE;
    self->peak = MAX (self->peak, fabs (samples[i]));
  }
  gst_buffer_unmap (buffer, &map);
}

static void
push_second (Fixture *self, Kind kind, double amplitude)
{
  self->power = 0;
  self->peak = 0;
  for (guint n = 0; n < RATE / BUFFER; n++) {
    float *samples = g_new (float, BUFFER);
    g_autoptr (GstBuffer) output = NULL;
    GstBuffer *buffer;

    for (guint i = 0; i < BUFFER; i++)
      samples[i] = create_sample (kind, amplitude, self->n_frames + i);
    self->n_frames += BUFFER;
    buffer = gst_buffer_new_wrapped (samples, BUFFER * sizeof (float));
    output = gst_harness_push_and_pull (self->harness, buffer);
    g_assert_nonnull (output);
    self->same = output == buffer;
    read_output (self, output);
  }
}

static void
push_seconds (Fixture *self, Kind kind, double amplitude, guint n)
{
  for (guint i = 0; i < n; i++)
    push_second (self, kind, amplitude);
}

/* Returns: the power of a second of bursts */
static double
get_power (double amplitude)
{
  return amplitude * amplitude / 2 * (0.6 + 0.4 * 0.01);
}

static guint
count_messages (Fixture *self)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ELEMENT)) != NULL) {
    g_assert_true (gst_message_has_name (message, "habla/gain"));
    gst_message_unref (message);
    n++;
  }
  return n;
}

/* Speech of -45 LUFS is brought to -23 LUFS, within a second. */
static void
test_quiet (void)
{
  g_autoptr (Fixture) self = create ("F32LE");
  g_autoptr (GstMessage) message = NULL;
  double level = 0;
  double gain = 0;

  push_seconds (self, BURSTS, QUIET, 2);
  message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  g_assert_true (gst_structure_get_double (gst_message_get_structure (message), "level", &level));
  g_assert_true (gst_structure_get_double (gst_message_get_structure (message), "gain", &gain));
  g_assert_cmpfloat (level, >, -47);
  g_assert_cmpfloat (level, <, -43);
  g_assert_cmpfloat_with_epsilon (level + gain, -23, 0.01);
  push_second (self, BURSTS, QUIET);
  g_assert_cmpfloat (10 * log10 (self->power / get_power (QUIET)), >, gain - 1);
  g_assert_cmpfloat (10 * log10 (self->power / get_power (QUIET)), <, gain + 1);
  g_assert_cmpuint (count_messages (self), ==, 0);
}

/* Speech of usual loudness is not copied. */
static void
test_normal (void)
{
  g_autoptr (Fixture) self = create ("F32LE");

  push_seconds (self, BURSTS, NORMAL, 3);
  g_assert_true (self->same);
  g_assert_cmpfloat_with_epsilon (self->power, get_power (NORMAL), get_power (NORMAL) / 1000);
  g_assert_cmpuint (count_messages (self), ==, 0);
}

/* Neither noise nor silence is speech. */
static void
test_noise (void)
{
  g_autoptr (Fixture) self = create ("F32LE");

  push_seconds (self, SILENCE, 0, 2);
  g_assert_true (self->same);
  push_seconds (self, NOISE, QUIET, 40);
  g_assert_true (self->same);
  g_assert_cmpuint (count_messages (self), ==, 0);
}

/* A person comes nearer: the gain falls until it is none, and nothing is louder than the maximum.
 */
static void
test_louder (void)
{
  g_autoptr (Fixture) self = create ("F32LE");

  push_seconds (self, BURSTS, QUIET, 2);
  push_seconds (self, BURSTS, 0.5, 2);
  g_assert_cmpfloat (self->peak, <=, 1);
  push_seconds (self, BURSTS, 0.5, 5);
  g_assert_true (self->same);
  g_assert_cmpfloat (self->peak, <=, 0.5);
}

static void
test_max_gain (void)
{
  g_autoptr (Fixture) none = create ("F32LE");
  g_autoptr (Fixture) some = create ("F32LE");

  g_object_set (none->harness->element, "max-gain", 0.0, NULL);
  push_seconds (none, BURSTS, QUIET, 2);
  g_assert_true (none->same);
  g_object_set (some->harness->element, "max-gain", 6.0, NULL);
  push_seconds (some, BURSTS, QUIET, 3);
  g_assert_cmpfloat_with_epsilon (10 * log10 (some->power / get_power (QUIET)), 6, 0.1);
}

/* Samples of 16 bits, in buffers of 1 s, as some decoders make them. */
static void
test_s16 (void)
{
  g_autoptr (Fixture) self = create ("S16LE");
  int peak = 0;

  for (guint second = 0; second < 3; second++) {
    gint16 *samples = g_new (gint16, RATE);
    g_autoptr (GstBuffer) output = NULL;
    GstMapInfo map;

    for (guint i = 0; i < RATE; i++)
      samples[i] = (gint16) (create_sample (BURSTS, QUIET, i) * 32768);
    output = gst_harness_push_and_pull (
        self->harness, gst_buffer_new_wrapped (samples, RATE * sizeof (gint16)));
    g_assert_true (gst_buffer_map (output, &map, GST_MAP_READ));
    for (guint i = 0; i < RATE; i++)
      peak = MAX (peak, ((const gint16 *) map.data)[i]);
    gst_buffer_unmap (output, &map);
  }
  g_assert_cmpint (peak, >, 10 * QUIET * 32768);
  g_assert_cmpint (peak, <, 15 * QUIET * 32768);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/speechgain/quiet", test_quiet);
  g_test_add_func ("/speechgain/normal", test_normal);
  g_test_add_func ("/speechgain/noise", test_noise);
  g_test_add_func ("/speechgain/louder", test_louder);
  g_test_add_func ("/speechgain/max-gain", test_max_gain);
  g_test_add_func ("/speechgain/s16", test_s16);
  return habla_test_run ();
}
