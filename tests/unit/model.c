/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <habla/model.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES "[Model]\nId=tiny\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n"

typedef struct {
  char *root;   /* the search path */
  char *folder; /* of the model "tiny" */
} Fixture;

static void
write_file (const char *folder, const char *name, const char *text, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *template = g_build_filename (habla_test_get_dir (), "search-XXXXXX", NULL);

  self->root = g_strdup (g_mkdtemp (template));
  self->folder = g_build_filename (self->root, "tiny", NULL);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  write_file (self->folder, "encoder.onnx", "onnx", -1);
  g_setenv ("HABLA_MODELS_PATH", self->root, TRUE);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->root);
  g_free (self->folder);
}

static void
refuse (Fixture *self, const char *text, gssize length, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = NULL;

  write_file (self->folder, HABLA_MODEL_DESCRIPTION, text, length);
  model = habla_model_load (self->folder, &error);
  if (model != NULL)
    g_error ("Accepted: %s", text);
  g_assert_error (error, HABLA_ERROR, code);
  g_assert_nonnull (strstr (error->message, self->folder));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_load (Fixture *self, gconstpointer data)
{
  g_autofree char *encoder = g_build_filename (self->folder, "encoder.onnx", NULL);
  g_autofree char *real_encoder = g_canonicalize_filename (encoder, NULL);
  g_autofree const char **roles = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;

  write_file (self->folder, HABLA_MODEL_DESCRIPTION,
      NAMES "Languages=EN_us;spa;\nQuality=40\nLicense=MIT\nUnusable=it ends the process\n"
            "[Files]\nTokens=encoder.onnx\nEncoder=./encoder.onnx\n[Settings]\nVoice=en-us\n",
      -1);
  model = habla_model_load (self->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (habla_model_get_id (model), ==, "tiny");
  g_assert_cmpstr (habla_model_get_path (model), ==, self->folder);
  g_assert_cmpstr (habla_model_get_engine (model), ==, "sherpa");
  g_assert_cmpstr (habla_model_get_job (model), ==, "transcriber");
  g_assert_cmpstr (habla_model_get_architecture (model), ==, "whisper");
  g_assert_cmpstr (habla_model_get_license (model), ==, "MIT");
  g_assert_cmpstr (habla_model_get_unusable (model), ==, "it ends the process");
  g_assert_cmpuint (habla_model_get_quality (model), ==, 40);
  g_assert_cmpstr (habla_model_get_languages (model)[0], ==, "en-US");
  g_assert_cmpstr (habla_model_get_languages (model)[1], ==, "es");
  g_assert_null (habla_model_get_languages (model)[2]);
  g_assert_cmpstr (habla_model_get_file (model, "Encoder"), ==, real_encoder);
  g_assert_null (habla_model_get_file (model, "Decoder"));
  g_assert_cmpstr (habla_model_get_setting (model, "Voice"), ==, "en-us");
  g_assert_null (habla_model_get_setting (model, "Encoder"));
  roles = habla_model_get_roles (model);
  g_assert_cmpstr (roles[0], ==, "Tokens");
  g_assert_cmpstr (roles[1], ==, "Encoder");
  g_assert_null (roles[2]);
}

/* A model whose file has another size than when it was installed is found, but not usable. */
static void
test_sizes (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *sizes;
    const char *problem;
  } cases[] = {
    { "", NULL },
    { "Encoder=7\n", NULL },
    { "Encoder=seven\nDecoder=5\n", NULL },
    { "Encoder=8\n", "encoder.onnx is damaged: it has 7 bytes instead of 8" },
  };

  write_file (self->folder, "encoder.onnx", "weights", -1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text =
        g_strconcat (NAMES "[Files]\nEncoder=encoder.onnx\n[Sizes]\n", cases[i].sizes, NULL);
    g_autoptr (HablaModel) model = NULL;
    g_autoptr (GError) error = NULL;

    write_file (self->folder, HABLA_MODEL_DESCRIPTION, text, -1);
    model = habla_model_load (self->folder, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (habla_model_get_unusable (model), ==, cases[i].problem);
  }
}

static void
test_hostile_descriptions (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "no group",
    "[Model]\nId=tiny\nEngine=sherpa\nJob=transcriber\n",
    "[Model]\nId=../up\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n",
    "[Model]\nId=.hidden\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n",
    "[Model]\nId=a b\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n",
    "[Model]\nId=\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\n",
    NAMES "Quality=101\n",
    NAMES "Quality=-1\n",
    NAMES "Quality=99999999999999999999\n",
    NAMES "Quality=good\n",
    NAMES "Languages=en;not a language\n",
    NAMES "Languages=en;;es\n",
    NAMES "Languages=en>es>fr\n",
    NAMES "Languages=en>\n",
    NAMES "License=\\n\\n\n",
    NAMES "[Files]\nEncoder=\n",
    NAMES "[Files]\nEncoder=/etc/passwd\n",
    NAMES "[Files]\nEncoder=../tiny/encoder.onnx\n",
    NAMES "[Files]\nEncoder=encoder.onnx/../encoder.onnx\n",
    NAMES "[Files]\nEncoder=.\n",
    NAMES "[Files]\nEncöder=encoder.onnx\n",
    NAMES "[Files]\nEncoder=link\n",
    NAMES "[Files]\nEncoder=linked/passwd\n",
    NAMES "[Settings]\nVoice=\\t\n",
  };
  g_autofree char *link = g_build_filename (self->folder, "link", NULL);
  g_autofree char *linked = g_build_filename (self->folder, "linked", NULL);

  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (symlink ("/etc", linked), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    refuse (self, texts[i], -1, HABLA_ERROR_INPUT);
  refuse (self, NAMES "[Files]\nEncoder=missing\n", -1, HABLA_ERROR_NOT_INSTALLED);
  refuse (self, NAMES "License=\xff\n", -1, HABLA_ERROR_INPUT);
  refuse (self, NAMES "\0", sizeof (NAMES), HABLA_ERROR_INPUT);
}

static void
test_bounds (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (NAMES "Languages=");
  g_autoptr (GString) files = g_string_new (NAMES "[Files]\n");
  g_autoptr (GString) settings = g_string_new (NAMES "[Settings]\n");
  g_autoptr (GString) large = g_string_new (NAMES);
  g_autofree char *long_text = g_strnfill (513, 'a');
  g_autofree char *long_license = g_strconcat (NAMES "License=", long_text, "\n", NULL);

  for (guint i = 0; i < 257; i++)
    g_string_append (many, "en;");
  for (guint i = 0; i < 65; i++) {
    g_string_append_printf (files, "Encoder%u=encoder.onnx\n", i);
    g_string_append_printf (settings, "Voice%u=en\n", i);
  }
  while (large->len <= HABLA_MODEL_MAX_DESCRIPTION)
    g_string_append (large, "# A comment is harmless, but there are too many of them.\n");
  refuse (self, many->str, -1, HABLA_ERROR_INPUT);
  refuse (self, files->str, -1, HABLA_ERROR_INPUT);
  refuse (self, settings->str, -1, HABLA_ERROR_INPUT);
  refuse (self, large->str, -1, HABLA_ERROR_INPUT);
  refuse (self, long_license, -1, HABLA_ERROR_INPUT);
}

/* The description itself is missing, a link that leaves the folder, a folder or a FIFO. */
static void
test_planted_description (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *outside = g_build_filename (self->root, "outside.ini", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (habla_model_load (self->folder, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);

  write_file (self->root, "outside.ini", NAMES, -1);
  for (guint i = 0; i < 3; i++) {
    g_clear_error (&error);
    if (i == 0)
      g_assert_cmpint (symlink (outside, path), ==, 0);
    else
      g_assert_cmpint (i == 1 ? mkfifo (path, 0600) : g_mkdir (path, 0700), ==, 0);
    g_assert_null (habla_model_load (self->folder, &error));
    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
}

static void
install (const char *root, const char *id, const char *rest)
{
  g_autofree char *folder = g_build_filename (root, id, NULL);
  g_autofree char *text = g_strdup_printf ("[Model]\nId=%s\n%s\n", id, rest);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  write_file (folder, HABLA_MODEL_DESCRIPTION, text, -1);
}

static void
assert_found (const char *job, const char *language, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = habla_model_find_installed (NULL, job, language, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (habla_model_get_id (model), ==, id);
}

#define HEARS "Engine=sherpa\nJob=transcriber\nArchitecture=whisper\n"
#define SPEAKS "Engine=sherpa\nJob=synthesizer\nArchitecture=piper\n"
#define TRANSLATES "Engine=marian\nJob=translator\nArchitecture=tiny\n"

static void
test_find (Fixture *self, gconstpointer data)
{
  g_autofree char *second = g_build_filename (self->root, ".second", NULL);
  g_autofree char *search_path = g_strconcat (self->root, ":", second, NULL);
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (HablaModel) model = NULL;

  g_setenv ("HABLA_MODELS_PATH", search_path, TRUE);
  install (self->root, "tiny.en", HEARS "Languages=en\nQuality=40\n");
  install (self->root, "small", HEARS "Languages=en;es\nQuality=60\n");
  install (self->root, "broken.en", HEARS "Languages=en\nQuality=90\nUnusable=crashes\n");
  install (self->root, "damaged", "Quality=100\n");
  install (self->root, "silero", "Engine=sherpa\nJob=voice-activity\nArchitecture=silero\n");
  install (self->root, "en-es", TRANSLATES "Languages=en>es\n");
  install (self->root, "es-mx", SPEAKS "Languages=es-MX\nQuality=30\n");
  install (self->root, "es", SPEAKS "Languages=es\nQuality=50\n");
  install (self->root, ".partial", HEARS "Languages=fr\n");
  install (second, "small", HEARS "Languages=en\nQuality=99\n");
  install (second, "es-ar", SPEAKS "Languages=es-AR\nQuality=50\n");

  models = habla_model_list_installed ("sherpa", "transcriber");
  g_assert_cmpuint (models->len, ==, 2);
  g_assert_cmpstr (habla_model_get_id (g_ptr_array_index (models, 0)), ==, "small");
  g_assert_cmpuint (habla_model_get_quality (g_ptr_array_index (models, 0)), ==, 60);
  g_assert_cmpstr (habla_model_get_id (g_ptr_array_index (models, 1)), ==, "tiny.en");
  g_clear_pointer (&models, g_ptr_array_unref);
  models = habla_model_list_installed (NULL, NULL);
  g_assert_cmpuint (models->len, ==, 7);

  assert_found ("transcriber", "en", "small");
  assert_found ("transcriber", "en-GB", "small");
  assert_found ("transcriber", NULL, "small");
  assert_found ("voice-activity", "fr", "silero");
  assert_found ("translator", "en>es", "en-es");
  assert_found ("translator", "en-US>es-MX", "en-es");
  assert_found ("synthesizer", "es-MX", "es-mx");
  assert_found ("synthesizer", "es-AR", "es-ar");
  assert_found ("synthesizer", "es-CL", "es");
  assert_found ("synthesizer", "es", "es");

  model = habla_model_find_by_name ("small", NULL);
  g_assert_true (habla_model_supports_language (model, "es-MX"));
  g_assert_false (habla_model_supports_language (model, "fr"));
  g_assert_false (habla_model_supports_language (model, "en>es"));
}

static void
assert_not_found (HablaModel *model, GError *error, int code, const char *remedy)
{
  g_assert_null (model);
  g_assert_error (error, HABLA_ERROR, code);
  g_assert_nonnull (strstr (error->message, remedy));
  g_error_free (error);
}

static void
test_not_found (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->root, "broken", NULL);
  g_autoptr (HablaModel) model = NULL;
  GError *error = NULL;

  install (self->root, "broken", HEARS "Languages=en\nUnusable=crashes\n");
  model = habla_model_find_installed ("sherpa", "transcriber", "es", &error);
  assert_not_found (
      model, g_steal_pointer (&error), HABLA_ERROR_NOT_INSTALLED, "models install es");
  model = habla_model_find_installed (NULL, "translator", "es>en", &error);
  assert_not_found (
      model, g_steal_pointer (&error), HABLA_ERROR_NOT_INSTALLED, "models install es en");
  model = habla_model_find_installed ("other", "transcriber", NULL, &error);
  assert_not_found (model, g_steal_pointer (&error), HABLA_ERROR_NOT_INSTALLED, "models list");
  model = habla_model_find_by_name ("missing", &error);
  assert_not_found (
      model, g_steal_pointer (&error), HABLA_ERROR_NOT_INSTALLED, "models install missing");
  model = habla_model_find_by_name ("..", &error);
  assert_not_found (model, g_steal_pointer (&error), HABLA_ERROR_PARAMETER, "models list");
  model = habla_model_find_by_name ("broken", &error);
  assert_not_found (model, g_steal_pointer (&error), HABLA_ERROR_ENGINE, "crashes");
  model = habla_model_find_by_name (folder, NULL);
  g_assert_cmpstr (habla_model_get_unusable (model), ==, "crashes");
}

static void
test_search_path (void)
{
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "habla", "models", NULL);
  g_auto (GStrv) path = NULL;

  g_unsetenv ("HABLA_MODELS_PATH");
  path = habla_model_get_search_path ();
  g_assert_cmpuint (g_strv_length (path), ==, 3);
  g_assert_cmpstr (path[0], ==, user);
  g_assert_cmpstr (path[1], ==, "/var/lib/habla/models");
  g_assert_cmpstr (path[2], ==, "/usr/share/habla/models");
  g_strfreev (g_steal_pointer (&path));

  g_setenv ("HABLA_MODELS_PATH", "/first::/last", TRUE);
  path = habla_model_get_search_path ();
  g_assert_cmpuint (g_strv_length (path), ==, 5);
  g_assert_cmpstr (path[0], ==, "/first");
  g_assert_cmpstr (path[1], ==, user);
  g_assert_cmpstr (path[4], ==, "/last");
}

/* Sessions list the models when they start, on the main loop. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) models = NULL;
  gint64 begin;

  for (guint i = 0; i < 600; i++) {
    g_autofree char *id = g_strdup_printf ("model-%u", i);

    install (self->root, id, HEARS "Languages=en;es;fr;de\n");
  }
  begin = g_get_monotonic_time ();
  models = habla_model_list_installed (NULL, NULL);
  g_test_message (
      "%u models in %" G_GINT64_FORMAT " µs", models->len, g_get_monotonic_time () - begin);
  g_assert_cmpuint (models->len, >=, 511);
  g_assert_cmpuint (models->len, <=, 512);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add ("/model/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/model/sizes", Fixture, NULL, set_up, test_sizes, tear_down);
  g_test_add (
      "/model/hostile-descriptions", Fixture, NULL, set_up, test_hostile_descriptions, tear_down);
  g_test_add ("/model/bounds", Fixture, NULL, set_up, test_bounds, tear_down);
  g_test_add (
      "/model/planted-description", Fixture, NULL, set_up, test_planted_description, tear_down);
  g_test_add ("/model/find", Fixture, NULL, set_up, test_find, tear_down);
  g_test_add ("/model/not-found", Fixture, NULL, set_up, test_not_found, tear_down);
  g_test_add ("/model/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add_func ("/model/search-path", test_search_path);
  return habla_test_run ();
}
