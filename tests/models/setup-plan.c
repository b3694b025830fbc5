/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <glib/gstdio.h>
#include <habla/model.h>
#include <models/catalogue.h>
#include <models/installed-model.h>
#include <models/setup-plan.h>
#include <string.h>

#define GIGABYTE G_GUINT64_CONSTANT (1000000000)

typedef struct {
  HablaCatalogue *catalogue;
  GPtrArray *models; /* of the catalogue, with translators and voices */
} Fixture;

static void
add (Fixture *self, const char *id, const char *job, const char *language, guint quality)
{
  HablaAvailableModel *model = habla_available_model_new (id);

  model->title = g_strdup (id);
  model->engine = g_strdup ("test");
  model->job = g_strdup (job);
  model->architecture = g_strdup ("test");
  g_strfreev (model->languages);
  model->languages = g_strsplit (language, ",", -1);
  model->license = g_strdup ("MIT");
  model->quality = quality;
  model->download_size = 20000000;
  model->disk_size = 30000000;
  model->memory = 40000000;
  model->cpu = quality > 65 ? 25 : 5;
  habla_available_model_add_source (
      model, HABLA_MODEL_SOURCE_FILE, "https://models.example/a", "a");
  g_ptr_array_add (self->models, model);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const pairs[] = { "en>es", "es>en", "en>pt", "pt>en" };
  GPtrArray *own;

  self->catalogue = habla_catalogue_load (HABLA_CATALOGUE_OFFLINE, NULL, NULL);
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  own = habla_catalogue_get_models (self->catalogue);
  for (guint i = 0; i < own->len; i++)
    g_ptr_array_add (self->models, habla_available_model_ref (g_ptr_array_index (own, i)));
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *id = g_strdup_printf ("translator-%u", i);

    add (self, id, HABLA_MODEL_JOB_TRANSLATOR, pairs[i], 60);
  }
  add (self, "voice-en", HABLA_MODEL_JOB_SYNTHESIZER, "en-US", 60);
  add (self, "voice-en-high", HABLA_MODEL_JOB_SYNTHESIZER, "en-US", 70);
  add (self, "voice-es", HABLA_MODEL_JOB_SYNTHESIZER, "es-ES", 60);
  add (self, "voice-es-mx", HABLA_MODEL_JOB_SYNTHESIZER, "es-MX", 58);
  add (self, "voice-es-any", HABLA_MODEL_JOB_SYNTHESIZER, "es", 59);
  add (self, "voice-pt", HABLA_MODEL_JOB_SYNTHESIZER, "pt-BR", 60);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->models);
  habla_catalogue_unref (self->catalogue);
}

static HablaSetupPlan *
make_plan (Fixture *self, const char *languages, guint64 memory, guint n_cores)
{
  g_autoptr (GPtrArray) installed = habla_installed_model_list ();
  g_auto (GStrv) list = g_strsplit (languages, " ", -1);
  HablaMachine machine = { memory, n_cores };

  return habla_setup_plan_new (self->models, installed, (const char *const *) list, &machine);
}

/* The plan as "ID: LANGUAGE LANGUAGE; …" */
static char *
describe (HablaSetupPlan *plan)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < plan->items->len; i++) {
    HablaSetupItem *item = g_ptr_array_index (plan->items, i);
    g_autofree char *languages = g_strjoinv (" ", item->languages);

    g_string_append_printf (text, "%s%s%s%s%s", i > 0 ? "; " : "", item->model->id,
        *languages != '\0' ? ": " : "", languages, item->is_installed ? " (installed)" : "");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_plan (
    Fixture *self, const char *languages, guint64 memory, guint n_cores, const char *wanted)
{
  g_autoptr (HablaSetupPlan) plan = make_plan (self, languages, memory, n_cores);
  g_autofree char *text = describe (plan);

  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpstr (plan->missing[0], ==, NULL);
  g_assert_cmpuint (plan->memory, <=, memory / 2);
}

static void
test_english_spanish (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaSetupPlan) plan = make_plan (self, "en es", 8 * GIGABYTE, 2);

  assert_plan (self, "en es", 8 * GIGABYTE, 2,
      "silero-vad; canary-180m-flash: en es; translator-0: en>es; translator-1: es>en; "
      "voice-en: en; voice-es: es");
  g_assert_cmpuint (plan->download_size, ==, 154000000 + 2000000 + 4 * 20000000);
  g_assert_cmpuint (plan->disk_size, ==, 207000000 + 2000000 + 4 * 30000000);
  g_assert_cmpuint (plan->memory, ==, 500000000 + 20000000 + 4 * 40000000);
}

/* More memory and cores bring the large model and the better voice; little memory the small one. */
static void
test_machines (Fixture *self, gconstpointer data)
{
  assert_plan (self, "en es", 32 * GIGABYTE, 8,
      "silero-vad; parakeet-tdt-0.6b-v3: en es; translator-0: en>es; translator-1: es>en; "
      "voice-en-high: en; voice-es: es");
  assert_plan (self, "en", GIGABYTE, 1, "silero-vad; moonshine-tiny-en: en; voice-en: en");
}

static void
test_varieties (Fixture *self, gconstpointer data)
{
  assert_plan (
      self, "es-MX", 8 * GIGABYTE, 4, "silero-vad; canary-180m-flash: es-MX; voice-es-mx: es-MX");
}

/* Spanish to Portuguese has no direct model. */
static void
test_pivot (Fixture *self, gconstpointer data)
{
  assert_plan (self, "es pt", 32 * GIGABYTE, 8,
      "silero-vad; parakeet-tdt-0.6b-v3: es pt; translator-1: es>en; translator-2: en>pt; "
      "translator-3: pt>en; translator-0: en>es; voice-es: es; voice-pt: pt");
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaSetupPlan) plan = make_plan (self, "eu en", 8 * GIGABYTE, 2);
  g_autoptr (HablaSetupPlan) tiny = make_plan (self, "en", 64000000, 1);
  g_autofree char *text = describe (tiny);

  g_assert_cmpuint (g_strv_length (plan->missing), ==, 3);
  g_assert_cmpstr (
      plan->missing[0], ==, "No model that fits this machine translates Basque to English");
  g_assert_cmpstr (
      plan->missing[1], ==, "No model that fits this machine translates English to Basque");
  g_assert_cmpstr (plan->missing[2], ==, "No model that fits this machine speaks Basque");
  g_assert_cmpstr (text, ==, "");
  g_assert_cmpuint (g_strv_length (tiny->missing), ==, 2);
}

static void
install (const char *id, const char *rest)
{
  g_autofree char *folder = g_build_filename (g_getenv ("HABLA_MODELS_PATH"), id, NULL);
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *text = g_strdup_printf ("[Model]\nId=%s\n%s", id, rest);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* What is installed is used if it is nearly as good, also if the catalogue does not have it; what
 * failed its check is not. */
static void
test_installed (Fixture *self, gconstpointer data)
{
  g_autofree char *empty = g_strdup (g_getenv ("HABLA_MODELS_PATH"));
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "installed", NULL);
  g_autoptr (HablaSetupPlan) plan = NULL;

  g_setenv ("HABLA_MODELS_PATH", folder, TRUE);
  install ("fast-conformer-es", "Engine=sherpa\nJob=transcriber\nArchitecture=a\nLanguages=es\n"
                                "Quality=70\n");
  install ("own-voice", "Engine=sherpa\nJob=synthesizer\nArchitecture=piper\nLanguages=es\n"
                        "Quality=55\n");
  install ("silero-vad", "Engine=sherpa\nJob=voice-activity\nArchitecture=silero\nQuality=50\n"
                         "Unusable=crashes\n");
  plan = make_plan (self, "es", 32 * GIGABYTE, 4);
  {
    g_autofree char *text = describe (plan);

    g_assert_cmpstr (text, ==, "parakeet-tdt-0.6b-v3: es; own-voice: es (installed)");
  }
  g_assert_cmpstr (plan->missing[0], ==, "No model that fits this machine finds speech");
  g_assert_cmpuint (plan->download_size, ==, 490000000);
  g_clear_pointer (&plan, habla_setup_plan_free);
  plan = make_plan (self, "es", 8 * GIGABYTE, 4);
  {
    g_autofree char *text = describe (plan);

    g_assert_cmpstr (text, ==, "fast-conformer-es: es (installed); own-voice: es (installed)");
  }
  g_assert_cmpuint (plan->download_size, ==, 0);
  g_setenv ("HABLA_MODELS_PATH", empty, TRUE);
}

static void
test_machine (void)
{
  HablaMachine machine = { 0 };

  habla_machine_get (&machine);
  g_assert_cmpuint (machine.memory, >, 16000000);
  g_assert_cmpuint (machine.n_cores, >=, 1);
  g_assert_cmpuint (machine.n_cores, <=, g_get_num_processors ());
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/setup-plan/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("english-spanish", test_english_spanish);
  ADD ("machines", test_machines);
  ADD ("varieties", test_varieties);
  ADD ("pivot", test_pivot);
  ADD ("missing", test_missing);
  ADD ("installed", test_installed);
  g_test_add_func ("/setup-plan/machine", test_machine);
  return habla_test_run ();
}
