/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* monomixer with tones: which channels it hears, and how it changes between them. */
#include "habla-test.h"

#include <gst/audio/audio.h>
#include <habla/error.h>
#include <math.h>

#define RATE 16000
#define BUFFER (RATE / 50)
#define MAX_CHANNELS 8
#define LEVEL 0.2
/* Power of a tone with the amplitude LEVEL. */
#define TONE_POWER (LEVEL * LEVEL / 2)

/* A channel, and how it changes: a tone with this amplitude and frequency, plus noise. */
typedef struct {
  double amplitude;
  double frequency; /* in Hz */
  double noise;
} Tone;

typedef struct {
  GstHarness *harness;
  GstBus *bus;
  guint n_channels;
  guint64 n_frames; /* pushed */
  float last;       /* sample */
  double max_step;  /* between two samples */
  double power;     /* of the last second */
} Fixture;

static Fixture *
create (const char *format, guint n_channels, const char *mask, int channel)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *caps = g_strdup_printf (
      "audio/x-raw,format=%s,rate=%d,channels=%u,layout=interleaved%s%s", format, RATE, n_channels,
      mask != NULL ? ",channel-mask=(bitmask)" : "", mask != NULL ? mask : "");

  self->n_channels = n_channels;
  self->harness = gst_harness_new ("monomixer");
  g_object_set (self->harness->element, "channel", channel, NULL);
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

static float
create_sample (const Tone *tone, guint64 frame)
{
  return (float) (tone->amplitude * sin (2 * G_PI * tone->frequency * frame / RATE) +
                  tone->noise * g_test_rand_double_range (-1, 1));
}

static void
read_output (Fixture *self, GstBuffer *buffer)
{
  GstMapInfo map;
  const float *samples;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, BUFFER * sizeof (float));
  samples = (const float *) map.data;
  for (guint i = 0; i < BUFFER; i++) {
    self->max_step = MAX (self->max_step, fabs (samples[i] - self->last));
    self->last = samples[i];
    self->power += samples[i] * samples[i] / RATE;
  }
  gst_buffer_unmap (buffer, &map);
}

/* Pushes a second of audio. */
static void
push_second (Fixture *self, const Tone *tones)
{
  self->power = 0;
  for (guint n = 0; n < RATE / BUFFER; n++) {
    gsize size = (gsize) BUFFER * self->n_channels * sizeof (float);
    g_autofree float *samples = g_malloc (size);
    g_autoptr (GstBuffer) output = NULL;

    for (guint i = 0; i < BUFFER * self->n_channels; i++)
      samples[i] =
          create_sample (&tones[i % self->n_channels], self->n_frames + i / self->n_channels);
    self->n_frames += BUFFER;
    output = gst_harness_push_and_pull (
        self->harness, gst_buffer_new_wrapped (g_steal_pointer (&samples), size));
    g_assert_nonnull (output);
    read_output (self, output);
  }
}

static void
assert_power (Fixture *self, double expected)
{
  g_assert_cmpfloat (self->power, >, expected * 0.9);
  g_assert_cmpfloat (self->power, <, expected * 1.1);
}

/* @reason: (nullable): %NULL = no message */
static void
assert_message (Fixture *self, const char *reason, guint channel)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *structure;
  guint number, count;

  if (reason == NULL) {
    g_assert_null (message);
    return;
  }
  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, "habla/channels"));
  structure = gst_message_get_structure (message);
  g_assert_cmpstr (gst_structure_get_string (structure, "reason"), ==, reason);
  g_assert_true (gst_structure_get_uint (structure, "channel", &number));
  g_assert_true (gst_structure_get_uint (structure, "channels", &count));
  g_assert_cmpuint (number, ==, channel);
  g_assert_cmpuint (count, ==, self->n_channels);
}

static void
test_mono (void)
{
  g_autoptr (Fixture) self = create ("F32LE", 1, NULL, -1);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, BUFFER * sizeof (float), NULL);
  g_autoptr (GstBuffer) output = NULL;

  gst_buffer_memset (buffer, 0, 0, BUFFER * sizeof (float));
  output = gst_harness_push_and_pull (self->harness, buffer);
  g_assert_true (output == buffer);
}

/* The same in both channels. */
static void
test_in_phase (void)
{
  const Tone tones[] = { { LEVEL, 300, 0 }, { LEVEL, 300, 0 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);

  push_second (self, tones);
  push_second (self, tones);
  assert_power (self, TONE_POWER);
  assert_message (self, NULL, 0);
}

static void
test_out_of_phase (void)
{
  const Tone tones[] = { { LEVEL, 300, 0 }, { -LEVEL, 300, 0 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);

  /* From the first sample. */
  push_second (self, tones);
  assert_power (self, TONE_POWER);
  assert_message (self, "out-of-phase", 1);
}

/* The better of two channels is the louder one. */
static void
test_louder (void)
{
  const Tone tones[] = { { LEVEL / 4, 300, 0.001 }, { -LEVEL, 300, 0.001 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);

  push_second (self, tones);
  assert_power (self, TONE_POWER);
  assert_message (self, "out-of-phase", 2);
}

/* Without channel positions, as professional sound cards have them. */
static void
test_eight (void)
{
  const Tone tones[8] = { { LEVEL, 300, 0 }, { -LEVEL, 300, 0 }, { LEVEL, 300, 0 } };
  g_autoptr (Fixture) self = create ("F32LE", 8, "0x0", -1);

  push_second (self, tones);
  assert_power (self, TONE_POWER);
  assert_message (self, "out-of-phase", 0);
}

static void
test_change (void)
{
  const Tone before[] = { { LEVEL, 310, 0 }, { LEVEL, 310, 0 } };
  const Tone after[] = { { LEVEL, 310, 0 }, { -LEVEL, 310, 0 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);
  double step = LEVEL * 2 * G_PI * 310 / RATE;

  push_second (self, before);
  push_second (self, after);
  push_second (self, after);
  assert_power (self, TONE_POWER);
  assert_message (self, "out-of-phase", 1);
  push_second (self, before);
  push_second (self, before);
  assert_power (self, TONE_POWER);
  /* No clicks. The jump in the input is at a zero of the tone; blocks of 10 ms end elsewhere. */
  g_assert_cmpfloat (self->max_step, <, 1.5 * step);
}

/* No signal, or the noise of a socket. */
static void
test_silent (void)
{
  const Tone dead[] = { { 0, 0, 0 }, { LEVEL, 300, 0 } };
  const Tone noise[] = { { LEVEL, 300, 0 }, { 0, 0, 0.002 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);
  g_autoptr (Fixture) other = create ("F32LE", 2, "0x3", -1);

  push_second (self, dead);
  assert_power (self, TONE_POWER);
  assert_message (self, "silent-channel", 2);
  push_second (other, noise);
  push_second (other, noise);
  push_second (other, noise);
  assert_power (other, TONE_POWER);
  assert_message (other, "silent-channel", 1);
}

/* Two people, each in one channel, who speak in turn: each is heard from the first sample on. */
static void
test_interview (void)
{
  const Tone left[] = { { LEVEL, 300, 0.0005 }, { 0, 0, 0.0005 } };
  const Tone right[] = { { 0, 0, 0.0005 }, { LEVEL, 400, 0.0005 } };
  const Tone pause[] = { { 0, 0, 0.0005 }, { 0, 0, 0.0005 } };
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", -1);

  for (guint i = 0; i < 3; i++) {
    push_second (self, left);
    push_second (self, left);
    push_second (self, left);
    assert_power (self, TONE_POWER);
    push_second (self, pause);
    push_second (self, right);
    /* Mixed, at first. */
    g_assert_cmpfloat (self->power, >, 0.2 * TONE_POWER);
    push_second (self, right);
    push_second (self, right);
    assert_power (self, TONE_POWER);
  }
}

/* Music left and right, speech in the centre, rumble for the subwoofer. */
static void
test_surround (void)
{
  const Tone speech[] = { { LEVEL, 200, 0 }, { LEVEL, 210, 0 }, { LEVEL / 2, 300, 0 },
    { LEVEL, 30, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
  const Tone no_centre[] = { { LEVEL, 200, 0 }, { LEVEL, 200, 0 }, { 0, 0, 0 }, { LEVEL, 30, 0 },
    { 0, 0, 0 }, { 0, 0, 0 } };
  g_autoptr (Fixture) self = create ("F32LE", 6, "0x3f", -1);
  g_autoptr (Fixture) other = create ("F32LE", 6, "0x3f", -1);

  push_second (self, speech);
  assert_power (self, TONE_POWER / 4);
  assert_message (self, "centre", 3);
  push_second (other, no_centre);
  assert_power (other, TONE_POWER);
  assert_message (other, "silent-channel", 0);
}

static void
test_choice (void)
{
  const Tone tones[] = { { LEVEL, 300, 0 }, { -LEVEL, 300, 0 } };
  const Tone quiet[] = { { LEVEL, 300, 0 }, { LEVEL / 10, 300, 0 } };
  g_autoptr (Fixture) mix = create ("F32LE", 2, "0x3", 0);
  g_autoptr (Fixture) second = create ("F32LE", 2, "0x3", 2);

  push_second (mix, tones);
  g_assert_cmpfloat (mix->power, <, TONE_POWER / 1000);
  push_second (second, quiet);
  assert_power (second, TONE_POWER / 100);
  assert_message (second, NULL, 0);
}

static void
test_no_such_channel (void)
{
  g_autoptr (Fixture) self = create ("F32LE", 2, "0x3", 3);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_harness_push (
      self->harness, gst_buffer_new_allocate (NULL, 2 * BUFFER * sizeof (float), NULL));
  message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  g_assert_nonnull (strstr (error->message, "no channel 3; the audio has 2 channels"));
}

/* 16 bit samples are mixed alike, and clipped if they are too loud. */
static void
test_s16 (void)
{
  g_autoptr (Fixture) self = create ("S16LE", 2, "0x3", -1);
  const gint16 samples[] = { G_MININT16, G_MININT16, 1000, 3000, G_MAXINT16, G_MAXINT16 };
  const gint16 expected[] = { G_MININT16, 2000, G_MAXINT16 };
  g_autoptr (GstBuffer) output =
      gst_harness_push_and_pull (self->harness, gst_buffer_new_memdup (samples, sizeof (samples)));
  GstMapInfo map;

  g_assert_nonnull (output);
  g_assert_true (gst_buffer_map (output, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, expected, sizeof (expected));
  gst_buffer_unmap (output, &map);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/monomixer/mono", test_mono);
  g_test_add_func ("/monomixer/in-phase", test_in_phase);
  g_test_add_func ("/monomixer/out-of-phase", test_out_of_phase);
  g_test_add_func ("/monomixer/louder", test_louder);
  g_test_add_func ("/monomixer/eight", test_eight);
  g_test_add_func ("/monomixer/change", test_change);
  g_test_add_func ("/monomixer/silent", test_silent);
  g_test_add_func ("/monomixer/interview", test_interview);
  g_test_add_func ("/monomixer/surround", test_surround);
  g_test_add_func ("/monomixer/choice", test_choice);
  g_test_add_func ("/monomixer/no-such-channel", test_no_such_channel);
  g_test_add_func ("/monomixer/s16", test_s16);
  return habla_test_run ();
}
