/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures how long `habla interpret` takes for the 2,000 cues of a film, from SubRip to SubRip:
 * with Apertium, from English to Spanish, and with Marian, from English to Portuguese, against the
 * bare engine in this process. The best of three runs counts: other load makes runs longer, never
 * shorter. */
#include "film.h"
#include "report.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <subtitle/sentences.h>
#include <sys/resource.h>
#ifdef HABLA_HAS_MARIAN
#include "marian-test.h"
#endif

#define N_CUES 2000
#define N_RUNS 3

/* Of a run of the command, in seconds. */
typedef struct {
  double wall;
  double cpu; /* with its child processes */
} Times;

static double
get_children_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* @arguments: (array zero-terminated=1): between the input and the output */
static Times
run_command (const char *folder, const char *const *arguments)
{
  g_autofree char *in = g_build_filename (folder, "film.srt", NULL);
  g_autofree char *out = g_build_filename (folder, "out.srt", NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  Times best = { G_MAXDOUBLE, G_MAXDOUBLE };

  g_ptr_array_add (argv, (char *) g_getenv ("HABLA_TEST_HABLA"));
  g_ptr_array_add (argv, "interpret");
  g_ptr_array_add (argv, in);
  while (*arguments != NULL)
    g_ptr_array_add (argv, (char *) *arguments++);
  g_ptr_array_add (argv, "--quiet");
  g_ptr_array_add (argv, "--captions");
  g_ptr_array_add (argv, out);
  g_ptr_array_add (argv, NULL);
  for (guint i = 0; i < N_RUNS; i++) {
    double begin = habla_benchmark_wall_time (), cpu = get_children_time ();
    g_autoptr (GError) error = NULL;
    int status;

    g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
        NULL, &status, &error);
    g_assert_no_error (error);
    g_assert_cmpint (status, ==, 0);
    best.wall = MIN (best.wall, (habla_benchmark_wall_time () - begin) / 1e9);
    best.cpu = MIN (best.cpu, get_children_time () - cpu);
  }
  return best;
}

static void
measure_apertium (const char *folder)
{
  Times times = run_command (folder,
      (const char *const[]){ "--to", "es", "--set", "translator=apertiumtranslator", NULL });

  habla_benchmark_report ("apertium-cpu-s", times.cpu);
  habla_benchmark_goal ("apertium-s", times.wall, 4);
}

#ifdef HABLA_HAS_MARIAN
/* Returns: seconds that the engine needs for the same texts */
static double
measure_engine (GPtrArray *texts)
{
  MarianModel *model = marian_test_load ("en-pt", MARIAN_ARITHMETIC_AUTO);
  const MarianContext english = { .language = "en" };
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < N_RUNS; i++) {
    double begin = habla_benchmark_wall_time ();

    for (guint j = 0; j < texts->len; j++)
      g_free (marian_translate (model, texts->pdata[j], &english, NULL, NULL));
    best = MIN (best, (habla_benchmark_wall_time () - begin) / 1e9);
  }
  marian_model_unref (model);
  return best;
}

static void
measure_marian (const char *folder, GPtrArray *texts)
{
  double engine;
  Times times;

  if (!marian_test_find_models ()) {
    g_printerr ("The models of Marian are not installed; skipping them\n");
    return;
  }
  g_setenv ("HABLA_MODELS_PATH", g_getenv ("HABLA_TEST_MODELS"), TRUE);
  engine = measure_engine (texts);
  times = run_command (
      folder, (const char *const[]){ "--to", "pt", "--set", "translator=mariantranslator", NULL });
  habla_benchmark_report ("marian-engine-s", engine);
  habla_benchmark_report ("marian-s", times.wall);
  habla_benchmark_report ("marian-cpu-s", times.cpu);
  habla_benchmark_goal ("marian-over-engine", times.wall / engine, 2);
}
#endif

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) cues = habla_test_film_make_cues ("en", N_CUES);
  g_autofree char *file = habla_test_film_write (cues);
  g_autofree char *folder = NULL;
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) groups = NULL;
  g_autofree char *apertium = g_find_program_in_path ("apertium");

  gst_init (&argc, &argv);
  folder = g_dir_make_tmp ("habla-subtitles-XXXXXX", NULL);
  in = g_build_filename (folder, "film.srt", NULL);
  out = g_build_filename (folder, "out.srt", NULL);
  g_assert_true (g_file_set_contents (in, file, -1, NULL));
  groups = habla_subtitle_sentences_group (g_steal_pointer (&cues));
  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (texts, habla_subtitle_sentences_join (groups->pdata[i]));
  habla_benchmark_report ("sentences", groups->len);
  if (apertium != NULL)
    measure_apertium (folder);
#ifdef HABLA_HAS_MARIAN
  measure_marian (folder, texts);
#endif
  g_remove (in);
  g_remove (out);
  g_rmdir (folder);
  return habla_benchmark_finish ("subtitles");
}
