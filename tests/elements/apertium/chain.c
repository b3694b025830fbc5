/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real chain, with an additional stage at its end that misbehaves on demand. */
#include "habla-test.h"

#include "chain-pool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <habla/error.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT 20000
/* For chains that hang. A busy machine must not take longer for the same request twice. */
#define SHORT_TIMEOUT 2000
/* Of a request that is cancelled. Until its end, the next request waits. */
#define HANG_TIMEOUT 5000

static const char *program;

static GPtrArray *
load_stages (void)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, "en", "es", &error);
  GPtrArray *stages;

  g_assert_no_error (error);
  stages = apertium_mode_load_stages (g_ptr_array_index (path, 0), &error);
  g_assert_no_error (error);
  return stages;
}

/* Copies its input until it reads the word "perro". Then it does @what, if it can remove the
 * file @licence. */
static int
run_bad_stage (const char *what, const char *licence)
{
  char c;

  setvbuf (stdout, NULL, _IONBF, 0);
  for (guint matched = 0; read (0, &c, 1) == 1;) {
    matched = c == "perro"[matched] ? matched + 1 : 0;
    if (matched == 5) {
      matched = 0;
      if (unlink (licence) == 0) {
        if (g_str_equal (what, "die")) {
          g_printerr ("a stage died of perro\n");
          return 3;
        }
        if (g_str_equal (what, "swallow"))
          while (read (0, &c, 1) == 1 && c != '\0')
            ;
        while (g_str_equal (what, "hang"))
          pause ();
        while (g_str_equal (what, "flood"))
          putchar ('x');
        if (g_str_equal (what, "extra"))
          putchar ('\0');
        if (g_str_equal (what, "garbage"))
          putchar ('\xff');
      }
    }
    putchar (c);
  }
  return 0;
}

typedef struct {
  ApertiumChain *chain;
  char *licence;
  guint timeout; /* until the chain is replaced */
} Fixture;

static void
allow_once (Fixture *fixture)
{
  g_assert_true (g_file_set_contents (fixture->licence, "", 0, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer what)
{
  g_autoptr (GPtrArray) stages = load_stages ();
  g_autoptr (GError) error = NULL;

  fixture->timeout =
      g_strcmp0 (what, "swallow") == 0 || g_strcmp0 (what, "hang") == 0 ? SHORT_TIMEOUT : TIMEOUT;
  fixture->licence = g_build_filename (habla_test_get_dir (), "licence", NULL);
  if (what != NULL) {
    const char *argv[] = { program, "--bad-stage", what, fixture->licence, NULL };

    g_ptr_array_add (stages, g_strdupv ((char **) argv));
  }
  fixture->chain = apertium_chain_new ("eng-spa", stages, &error);
  g_assert_no_error (error);
}

static guint
count_children (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;
  guint n = 0;

  while ((task = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", task, "children", NULL);
    g_autofree char *line = NULL;

    if (g_file_get_contents (file, &line, NULL, NULL))
      for (char *c = line; (c = strchr (c, ' ')) != NULL; c++)
        n++;
  }
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer what)
{
  apertium_chain_free (fixture->chain);
  unlink (fixture->licence);
  g_free (fixture->licence);
  g_assert_cmpuint (count_children (), ==, 0);
}

typedef struct {
  ApertiumChain *chain;
  guint number;
  guint timeout;
  guint n_retried;
} Asker;

/* Thread: sends four requests of its own, the third about a dog. */
static gpointer
ask (gpointer data)
{
  Asker *asker = data;

  for (guint i = 0; i < 4; i++) {
    guint number = asker->number * 4 + i + 2;
    g_autofree char *question =
        g_strdup_printf ("The %u %s are red.", number, i == 2 ? "dogs" : "houses");
    g_autofree char *expected = g_strdup_printf ("%s %u %s son %s.", i == 2 ? "Los" : "Las", number,
        i == 2 ? "perros" : "casas", i == 2 ? "rojos" : "rojas");
    g_autoptr (GError) error = NULL;
    gboolean retried;
    g_autofree char *answer =
        apertium_chain_translate (asker->chain, question, asker->timeout, NULL, &retried, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (answer, ==, expected);
    asker->n_retried += retried;
  }
  return NULL;
}

#define N_ASKERS 12

static guint
ask_from_many_threads (ApertiumChain *chain, guint timeout)
{
  Asker askers[N_ASKERS];
  GThread *threads[N_ASKERS];
  guint n_retried = 0;

  for (guint i = 0; i < N_ASKERS; i++) {
    askers[i] = (Asker){ chain, i, timeout, 0 };
    threads[i] = g_thread_new ("asker", ask, &askers[i]);
  }
  for (guint i = 0; i < N_ASKERS; i++) {
    g_thread_join (threads[i]);
    n_retried += askers[i].n_retried;
  }
  return n_retried;
}

static void
test_many_threads (Fixture *fixture, gconstpointer what)
{
  g_assert_cmpuint (ask_from_many_threads (fixture->chain, TIMEOUT), ==, 0);
}

static void
test_misbehaviour (Fixture *fixture, gconstpointer what)
{
  guint n_stages = count_children ();

  /* Each time, one that hangs takes the whole timeout. */
  for (guint i = g_str_equal (what, "hang") ? 2 : 0; i < 3; i++) {
    guint n_retried;

    allow_once (fixture);
    n_retried = ask_from_many_threads (fixture->chain, fixture->timeout);
    g_assert_cmpuint (n_retried, >=, 1);
    g_assert_false (g_file_test (fixture->licence, G_FILE_TEST_EXISTS));
  }
  g_assert_cmpuint (ask_from_many_threads (fixture->chain, TIMEOUT), ==, 0);
  g_assert_cmpuint (count_children (), ==, n_stages);
}

/* A request that always makes the chain fail does not affect its neighbours. */
static void
test_poison (Fixture *fixture, gconstpointer what)
{
  g_autofree char *neighbour = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *answer = NULL;
    gboolean retried;
    GPid helper;

    allow_once (fixture);
    helper = fork ();
    if (helper == 0) {
      /* Allows it a second time as soon as it happened the first time. */
      while (access (fixture->licence, F_OK) == 0)
        usleep (500);
      close (open (fixture->licence, O_CREAT | O_WRONLY, 0600));
      _exit (0);
    }
    answer = apertium_chain_translate (fixture->chain, "a dog", TIMEOUT, NULL, &retried, &error);
    g_assert_cmpint (waitpid (helper, NULL, 0), ==, helper);
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
    g_assert_nonnull (strstr (error->message, "a stage died of perro"));
    g_assert_null (answer);
    g_assert_true (retried);
  }
  neighbour = apertium_chain_translate (fixture->chain, "the house", TIMEOUT, NULL, NULL, NULL);
  g_assert_cmpstr (neighbour, ==, "La casa");
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (50 * G_TIME_SPAN_MILLISECOND);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (Fixture *fixture, gconstpointer what)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  GThread *thread;

  /* Without the cancellation, the chain would be replaced, and respond. */
  allow_once (fixture);
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_null (
      apertium_chain_translate (fixture->chain, "a dog", HANG_TIMEOUT, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_clear_error (&error);

  /* Cancelled before the call. */
  g_assert_null (
      apertium_chain_translate (fixture->chain, "house", 3000, cancellable, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* The chain hangs; the next request replaces it. */
  after = apertium_chain_translate (fixture->chain, "the house", TIMEOUT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (after, ==, "La casa");
}

static void
test_too_long (Fixture *fixture, gconstpointer what)
{
  g_autofree char *longest = g_strnfill (APERTIUM_CHAIN_MAX_TEXT, '!');
  g_autofree char *longer = g_strnfill (APERTIUM_CHAIN_MAX_TEXT + 1, '!');
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = apertium_chain_translate (fixture->chain, longest, TIMEOUT, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, longest);
  g_assert_null (apertium_chain_translate (fixture->chain, longer, TIMEOUT, NULL, NULL, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
}

static void
test_broken_start (void)
{
  g_autoptr (GPtrArray) stages = load_stages ();
  g_autoptr (GError) error = NULL;
  char **first = g_ptr_array_index (stages, 0);
  guint last = g_strv_length (first) - 1;

  g_free (first[last]);
  first[last] = g_strdup ("/nonexistent.bin");
  g_assert_null (apertium_chain_new ("eng-spa", stages, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "/nonexistent.bin"));
  g_clear_error (&error);

  g_free (first[0]);
  first[0] = g_strdup ("lt-nosuch");
  g_assert_null (apertium_chain_new ("eng-spa", stages, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_nonnull (strstr (error->message, "lttoolbox"));
  g_assert_cmpuint (count_children (), ==, 0);
}

static gpointer
acquire_and_release (gpointer mode)
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GError) error = NULL;
    ApertiumChain *chain = apertium_chain_pool_acquire (mode, &error);
    g_autofree char *answer = NULL;

    g_assert_no_error (error);
    answer = apertium_chain_translate (chain, "the house", TIMEOUT, NULL, NULL, NULL);
    g_assert_cmpstr (answer, ==, "La casa");
    apertium_chain_pool_release (chain);
  }
  return NULL;
}

static void
test_pool (void)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GPtrArray) path = apertium_modes_find_path (modes, "en", "es", NULL);
  gpointer mode = g_ptr_array_index (path, 0);
  g_autoptr (GPtrArray) stages = load_stages ();
  GThread *threads[6];
  ApertiumChain *chain = apertium_chain_pool_acquire (mode, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pool", acquire_and_release, mode);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_children (), ==, stages->len);
  apertium_chain_pool_release (chain);
  g_assert_cmpuint (count_children (), ==, 0);

  /* Several threads start the chain at once. */
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pool", acquire_and_release, mode);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_children (), ==, 0);
}

/* A child process: starts a chain, reports it and works until it is killed. */
static void
run_victim (void)
{
  g_autoptr (GPtrArray) stages = load_stages ();
  g_autoptr (GError) error = NULL;
  ApertiumChain *chain = apertium_chain_new ("eng-spa", stages, &error);

  g_assert_no_error (error);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_print ("ready\n");
  while (TRUE)
    g_free (apertium_chain_translate (chain, "the house", TIMEOUT, NULL, NULL, NULL));
}

/* A stage. */
#define STOPPED 3

/* When the application is killed, no stage survives, not even a stopped one. Orphans become
 * children of this process, a subreaper, which thereby sees each of them exit. */
static void
test_killed_application (void)
{
  const char *argv[] = { program, "--victim", NULL };
  g_autoptr (GPtrArray) stages = load_stages ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) pids = NULL;
  char ready[6];
  GPid victim;
  int out;

  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0);
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
      &victim, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  for (gsize n = 0; n < sizeof ready;) {
    gssize length = read (out, ready + n, sizeof ready - n);

    g_assert_cmpint (length, >, 0);
    n += length;
  }

  /* The stages, started by any thread. */
  {
    g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", victim);
    g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
    g_autoptr (GString) all = g_string_new (NULL);
    const char *task;

    while ((task = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (tasks, task, "children", NULL);
      g_autofree char *line = NULL;

      if (g_file_get_contents (path, &line, NULL, NULL))
        g_string_append (all, line);
    }
    pids = g_strsplit (g_strstrip (all->str), " ", -1);
  }
  g_assert_cmpuint (g_strv_length (pids), ==, stages->len);
  kill (atoi (pids[STOPPED]), SIGSTOP);
  kill (victim, SIGKILL);
  g_assert_cmpint (waitpid (victim, NULL, 0), ==, victim);
  for (guint i = 0; i < stages->len; i++) {
    int status;

    g_assert_cmpint (waitpid (atoi (pids[i]), &status, 0), ==, atoi (pids[i]));
    /* Other stages may have read the end of their input before the signal arrived. */
    if (i == STOPPED)
      g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  }
  close (out);
  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 0), ==, 0);
}

#define ADD(path, what, function) g_test_add (path, Fixture, what, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "--bad-stage"))
    return run_bad_stage (argv[2], argv[3]);
  if (argc == 2 && g_str_equal (argv[1], "--victim"))
    run_victim ();

  habla_test_init (&argc, &argv);
  ADD ("/chain/many-threads", NULL, test_many_threads);
  ADD ("/chain/dies", "die", test_misbehaviour);
  ADD ("/chain/hangs", "hang", test_misbehaviour);
  ADD ("/chain/floods", "flood", test_misbehaviour);
  ADD ("/chain/swallows", "swallow", test_misbehaviour);
  ADD ("/chain/answers-twice", "extra", test_misbehaviour);
  ADD ("/chain/garbage", "garbage", test_misbehaviour);
  ADD ("/chain/poison", "die", test_poison);
  ADD ("/chain/cancel", "hang", test_cancel);
  ADD ("/chain/too-long", NULL, test_too_long);
  g_test_add_func ("/chain/broken-start", test_broken_start);
  g_test_add_func ("/chain/pool", test_pool);
  g_test_add_func ("/chain/killed-application", test_killed_application);
  return habla_test_run ();
}
