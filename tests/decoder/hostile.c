/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Damaged input, input that demands too many resources, and misbehaving children: each causes one
 * error in time, and the child exits. */
#include "decoder-fixture.h"
#include "habla-test.h"

#include <decoder/decoder-private.h>
#include <habla/error.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Maximum time from the input to `finished`. */
#define DEADLINE (30 * G_USEC_PER_SEC * habla_test_scale (1))

static void
assert_refused (Run *run, gint64 started, const char *text)
{
  g_assert_error (run->error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_test_message ("%s", run->error->message);
  g_assert_nonnull (strstr (run->error->message, text));
  g_assert_cmpint (g_get_monotonic_time () - started, <, DEADLINE);
  g_assert_null (strstr (run->error->message, "\n"));
  wait_until (habla_decoder_count () == 0);
}

/* Feeds a child in chunks of @chunk_size bytes, and expects an error that contains @text. */
static void
expect_refusal (GBytes *bytes, gsize chunk_size, const char *text)
{
  gint64 started = g_get_monotonic_time ();
  g_autoptr (Run) run = run_new (NULL, FALSE);

  run_push (run, bytes, 0, g_bytes_get_size (bytes), chunk_size);
  run_end (run);
  assert_refused (run, started, text);
}

static gsize
find_cluster (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return (const char *) memmem (data, size, "\x1f\x43\xb6\x75", 4) - data;
}

/* A wrong size of the first element, which splices a second header into the first; and a wrong size
 * of the first Cluster, on which matroskademux spins when it arrives in small chunks. */
static void
test_damaged (void)
{
  const gsize chunk_sizes[] = { 37, 500, 4000, G_MAXSIZE / 2 };
  g_autoptr (GBytes) recording = container_record (&containers[0], NULL);
  gsize size;
  const guint8 *data;

  if (recording == NULL)
    return;
  data = g_bytes_get_data (recording, &size);
  for (guint i = 0; i < G_N_ELEMENTS (chunk_sizes); i++) {
    guint8 *first = g_memdup2 (data, size), *second = g_memdup2 (data, size);
    g_autoptr (GBytes) damaged = g_bytes_new_take (first, size);
    g_autoptr (GBytes) spinning = g_bytes_new_take (second, size);

    first[first[4] == 1 ? 11 : 4] ^= 0x20;
    second[find_cluster (recording) + 4] = 0;
    expect_refusal (damaged, chunk_sizes[i], "The audio is damaged");
    expect_refusal (spinning, chunk_sizes[i], "The audio is damaged");
  }
}

/* Returns: (transfer full): a WAV header and a few samples */
static GBytes *
make_wav (guint32 rate, guint16 channels, guint32 data_size)
{
  const struct {
    char riff[4];
    guint32 size;
    char wave[8];
    guint32 fmt_size;
    guint16 format, channels;
    guint32 rate, bytes_per_second;
    guint16 frame, bits;
    char data[4];
    guint32 data_size;
  } head = { { 'R', 'I', 'F', 'F' }, GUINT32_TO_LE (data_size + 36), "WAVEfmt ", GUINT32_TO_LE (16),
    GUINT16_TO_LE (1), GUINT16_TO_LE (channels), GUINT32_TO_LE (rate),
    GUINT32_TO_LE (rate * channels * 2), GUINT16_TO_LE (channels * 2), GUINT16_TO_LE (16),
    { 'd', 'a', 't', 'a' }, GUINT32_TO_LE (data_size) };
  GByteArray *wav = g_byte_array_new ();
  guint8 silence[20000] = { 0 };

  g_byte_array_append (wav, (const guint8 *) &head, sizeof head);
  g_byte_array_append (wav, silence, sizeof silence);
  return g_byte_array_free_to_bytes (wav);
}

static void
test_rates (void)
{
  const guint32 bad[] = { 1, 7999, 192001, 1000000 }, good[] = { 8000, 192000 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GBytes) wav = make_wav (bad[i], 1, 20000);

    expect_refusal (wav, 4000, "from 8000 to 192000 Hz");
  }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GBytes) wav = make_wav (good[i], 1, 20000);
    g_autoptr (Run) run = run_new (NULL, FALSE);

    run_push (run, wav, 0, g_bytes_get_size (wav), 500);
    run_end (run);
    g_assert_no_error (run->error);
    g_assert_cmpuint (run->samples->len, >, 1000);
  }
}

static void
test_channels (void)
{
  g_autoptr (GBytes) wav = make_wav (8000, 9, 20000);

  expect_refusal (wav, 4000, "channels");
}

/* The decoder neither allocates the size in a header nor requires that much data. */
static void
test_huge_sizes (void)
{
  g_autoptr (GBytes) wav = make_wav (16000, 1, 0xfffffff0);
  g_autoptr (GBytes) box = g_bytes_new_static ("\0\0\0\x18"
                                               "ftypiso5\0\0\0\1iso5iso6"
                                               "\x03\xff\xff\xff"
                                               "moov\0\0\0\x6cmvhd",
      40);
  g_autoptr (Run) first = run_new (NULL, FALSE), second = run_new (NULL, FALSE);

  run_push (first, wav, 0, g_bytes_get_size (wav), 4000);
  run_end (first);
  g_assert_no_error (first->error);
  g_assert_cmpuint (first->samples->len, ==, 20000);
  run_push (second, box, 0, g_bytes_get_size (box), 37);
  run_end (second);
  g_assert_cmpuint (second->samples->len, ==, 0);
}

/* A file with nine tracks is refused. */
static void
test_tracks (void)
{
  g_autoptr (GString) launch = g_string_new ("identity ! matroskamux name=mux streamable=true");
  Container container = { "tracks", NULL, "matroskamux", FALSE };
  g_autoptr (GBytes) recording = NULL;

  for (guint i = 0; i < 8; i++)
    g_string_append (launch, " audiotestsrc num-buffers=10 ! audio/x-raw,format=S16LE ! mux.");
  /* container_record() links the end of the line to its sink. */
  g_string_append (launch, " mux.");
  container.launch = launch->str;
  recording = container_record (&container, NULL);
  expect_refusal (recording, 4000, "tracks");
}

/* A FLAC frame of silence with 14 bytes decodes to up to 8 seconds of audio. */
static void
test_expansion (void)
{
  const Container flac = { "silence.flac",
    "audio/x-raw,format=S16LE ! flacenc blocksize=65535 streamable-subset=false", "flacenc",
    FALSE };
  g_autoptr (GBytes) recording =
      container_record (&flac, "audiotestsrc wave=silence num-buffers=600 samplesperbuffer=16000 ! "
                               "audio/x-raw,format=S16LE,rate=8000,channels=1");

  if (recording == NULL)
    return;
  g_test_message ("%" G_GSIZE_FORMAT " bytes", g_bytes_get_size (recording));
  expect_refusal (recording, 4000, "hours of audio");
}

/* Playlists and other references are refused, and the decoder opens none of their addresses. */
static void
test_references (void)
{
  const char *const texts[] = { "ID3#EXTM3U\nfile:///etc/passwd\n", "#EXTM3U\nhttp://127.0.0.1/\n",
    "file:///etc/passwd\n", "RIFF#EXTM3U\nfile:///etc/passwd\n",
    "ID3\4\0\0\0\0\0\0#EXTM3U\nfile:///etc/passwd\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GByteArray *bytes = g_byte_array_new ();
    g_autoptr (GBytes) input = NULL;

    while (bytes->len < 5000)
      g_byte_array_append (bytes, (const guint8 *) texts[i], i == 4 ? 37 : strlen (texts[i]));
    input = g_byte_array_free_to_bytes (bytes);
    expect_refusal (input, 500, "audio");
  }
}

static Run *
start_faulty (const char *command)
{
  g_autoptr (GBytes) bytes = g_bytes_new (command, strlen (command));
  Run *run;

  g_setenv ("HABLA_DECODER", g_getenv ("HABLA_TEST_FAULTY_DECODER"), TRUE);
  run = run_new (NULL, TRUE);
  run_push (run, bytes, 0, strlen (command), 100);
  return run;
}

/* A compromised or spinning child causes the same single error. */
static void
test_faulty (gconstpointer command)
{
  gint64 started = g_get_monotonic_time ();
  g_autoptr (Run) run = start_faulty (command);

  run_wait_finished (run);
  assert_refused (run, started, g_str_equal (command, "do:error") ? "" : "The audio is damaged");
  g_assert_cmpuint (run->stream->len, <, 300 * 1024);
}

/* The sandbox refuses each operation that the child attempts. */
static void
test_sandbox (void)
{
  g_autoptr (Run) run = start_faulty ("do:everything");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  run_end (run);
  text = g_strndup ((const char *) run->samples->data, run->samples->len);
  g_test_message ("%s", text);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 20);
  for (guint i = 0; i < 19; i++)
    g_assert_true (g_str_has_suffix (lines[i], ": refused"));
}

/* A reader that pauses for long blocks only the child. */
static void
test_back_pressure (void)
{
  g_autoptr (GBytes) recording = container_record (&containers[0],
      "audiotestsrc num-buffers=300 samplesperbuffer=4800 wave=pink-noise ! "
      "audio/x-raw,rate=48000,channels=1");
  g_autoptr (Run) run = NULL;
  gint64 end;

  if (recording == NULL)
    return;
  habla_decoder_set_timeout (300);
  run = run_new (NULL, FALSE);
  habla_decoder_set_timeout (HABLA_DECODER_TIMEOUT);
  run_pause (run);
  run_push (run, recording, 0, g_bytes_get_size (recording), 4000);
  habla_decoder_end (run->decoder);
  end = g_get_monotonic_time () + 1500 * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time () < end)
    iterate ();
  g_assert_false (run->is_finished);
  g_assert_cmpuint (habla_decoder_get_waiting (run->decoder), >, 0);
  g_assert_cmpuint (habla_decoder_get_waiting_chunks (run->decoder), >, 0);
  run_resume (run);
  run_wait_finished (run);
  g_assert_no_error (run->error);
  g_assert_cmpuint (run->samples->len, >, 29 * HABLA_DECODER_RATE * 2);
}

/* Main function of the process that test_parent_killed() kills while its child spins. */
static int
be_parent (void)
{
  g_autoptr (Run) run = start_faulty ("do:spin");

  habla_decoder_keep_spare ();
  wait_until (run->samples->len > 0 && habla_decoder_count () == 2);
  if (write (STDOUT_FILENO, "spins", 5) != 5)
    return 1;
  wait_until (FALSE);
  return 0;
}

static void
test_parent_killed (void)
{
  g_autoptr (GError) error = NULL;
  char *arguments[] = { (char *) "/proc/self/exe", (char *) "--parent", NULL };
  char word[5];
  GPid parent;
  int output, status;
  guint n_reaped = 0;

  /* Adopt the children of the killed process. */
  prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  g_spawn_async_with_pipes (NULL, arguments, NULL,
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, &parent, NULL,
      &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (output, word, sizeof word), ==, sizeof word);
  g_assert_cmpmem (word, sizeof word, "spins", 5);
  close (output);
  kill (parent, SIGKILL);
  for (gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;;) {
    pid_t pid = waitpid (-1, &status, WNOHANG);

    if (pid < 0)
      break;
    n_reaped += pid > 0;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (1000);
  }
  g_test_message ("reaped %u processes", n_reaped);
  g_assert_cmpuint (n_reaped, ==, 3);
  prctl (PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

int
main (int argc, char *argv[])
{
  static const char *const commands[] = { "do:spin", "do:crash", "do:exit", "do:memory",
    "do:consumed", "do:done", "do:unknown", "do:huge", "do:stream", "do:error" };

  if (argc > 1 && g_str_equal (argv[1], "--parent"))
    return be_parent ();
  habla_test_init (&argc, &argv);
  g_test_add_func ("/decoder/hostile/damaged", test_damaged);
  g_test_add_func ("/decoder/hostile/rates", test_rates);
  g_test_add_func ("/decoder/hostile/channels", test_channels);
  g_test_add_func ("/decoder/hostile/huge-sizes", test_huge_sizes);
  g_test_add_func ("/decoder/hostile/tracks", test_tracks);
  g_test_add_func ("/decoder/hostile/expansion", test_expansion);
  g_test_add_func ("/decoder/hostile/references", test_references);
  g_test_add_func ("/decoder/hostile/back-pressure", test_back_pressure);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *path = g_strdup_printf ("/decoder/hostile/faulty/%s", commands[i] + 3);

    g_test_add_data_func (path, commands[i], test_faulty);
  }
  g_test_add_func ("/decoder/hostile/sandbox", test_sandbox);
  g_test_add_func ("/decoder/hostile/parent-killed", test_parent_killed);
  return habla_test_run ();
}
