/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Corrected texts and notes that pass through a translator, and those that its engine adds. */
#include "habla-test.h"

#include <gst/check/gstharness.h>
#include <habla/error.h>
#include <habla/translator.h>
#include <habla/utterance-meta.h>
#include <string.h>

typedef HablaTranslator Shouter;
typedef HablaTranslatorClass ShouterClass;

/* Translates into capitals. */
static GType shouter_get_type (void);
G_DEFINE_TYPE (Shouter, shouter, HABLA_TYPE_TRANSLATOR)

static char *
shouter_translate (
    HablaTranslator *self, const char *text, GCancellable *cancellable, GError **error)
{
  return g_utf8_strup (text, -1);
}

static void
shouter_class_init (ShouterClass *klass)
{
  klass->translate = shouter_translate;
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Shouter", "Filter/Text", "Shouts", "Habla");
}

static void
shouter_init (Shouter *self)
{
}

typedef HablaTranslator Critic;
typedef HablaTranslatorClass CriticClass;

/* Also finds something in each text, and breaks on "fail". */
static GType critic_get_type (void);
G_DEFINE_TYPE (Critic, critic, shouter_get_type ())

static char *
critic_translate_final (HablaTranslator *self, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error)
{
  *annotations = habla_annotations_new ();
  habla_annotations_add_note (*annotations,
      &(HablaNote){ .phrase = (char *) "found", .source = (char *) HABLA_NOTE_SOURCE_MODEL });
  if (g_str_equal (utterance->text, "fail")) {
    g_set_error_literal (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The engine broke");
    return NULL;
  }
  return g_utf8_strup (utterance->text, -1);
}

static void
critic_class_init (CriticClass *klass)
{
  klass->translate_final = critic_translate_final;
}

static void
critic_init (Critic *self)
{
}

/* Returns: (transfer full): what a translator of @type makes of @text, which has the note "known"
 * and the corrected text @corrected */
static HablaUtterance *
translate (GType type, const char *text, const char *corrected)
{
  GstElement *element = g_object_new (type, NULL);
  GstHarness *harness = gst_harness_new_with_element (element, "sink", "src");
  HablaUtterance *utterance = habla_utterance_new (1, text, "en"), *back;
  GstSegment segment;
  GstBuffer *buffer;
  guint64 last_id = 0;

  utterance->annotations = habla_annotations_new ();
  habla_annotations_set_corrected (utterance->annotations, corrected);
  habla_annotations_add_note (utterance->annotations, &(HablaNote){ .phrase = (char *) "known" });
  utterance->cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  g_ptr_array_add (utterance->cues, habla_cue_new (GST_SECOND, 2 * GST_SECOND, text, "srt"));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_set_src_caps_str (harness, HABLA_TEXT_CAPS);
  g_assert_cmpint (
      gst_harness_push (harness, habla_utterance_to_buffer (utterance, &segment)), ==, GST_FLOW_OK);
  buffer = gst_harness_pull (harness);
  g_assert_nonnull (buffer);
  back = habla_utterance_from_buffer (buffer, &segment, &last_id);
  gst_buffer_unref (buffer);
  habla_utterance_free (utterance);
  gst_harness_teardown (harness);
  gst_object_unref (element);
  return back;
}

static void
test_corrected (void)
{
  g_autoptr (HablaUtterance) got = translate (shouter_get_type (), "i has it", "i have it");

  g_assert_cmpstr (got->text, ==, "I HAVE IT");
  g_assert_cmpstr (got->source_text, ==, "i has it");
  g_assert_cmpstr (got->annotations->corrected, ==, "i have it");
}

static void
test_found (void)
{
  g_autoptr (HablaUtterance) got = translate (critic_get_type (), "it", NULL);

  g_assert_cmpstr (got->text, ==, "IT");
  g_assert_cmpuint (got->annotations->notes->len, ==, 2);
  g_assert_cmpstr (((HablaNote *) got->annotations->notes->pdata[1])->phrase, ==, "found");
}

/* What rules have found stays if the engine breaks. */
static void
test_failure (void)
{
  g_autoptr (HablaUtterance) got = translate (critic_get_type (), "fail", NULL);

  g_assert_true (got->untranslated);
  g_assert_cmpuint (got->annotations->notes->len, ==, 1);
  g_assert_cmpstr (((HablaNote *) got->annotations->notes->pdata[0])->phrase, ==, "known");
}

/* A writer of subtitles needs the cues of the original. */
static void
test_cues (void)
{
  g_autoptr (HablaUtterance) got = translate (shouter_get_type (), "it", NULL);
  g_autoptr (HablaUtterance) copy = habla_utterance_copy (got);
  const HablaCue *cue;

  g_assert_cmpuint (got->cues->len, ==, 1);
  g_assert_true (copy->cues == got->cues);
  cue = g_ptr_array_index (got->cues, 0);
  g_assert_cmpstr (cue->text, ==, "it");
  g_assert_cmpstr (cue->format, ==, "srt");
  g_assert_cmpuint (cue->begin, ==, GST_SECOND);
  g_assert_cmpuint (cue->end, ==, 2 * GST_SECOND);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/translator/annotations/corrected", test_corrected);
  g_test_add_func ("/translator/annotations/found", test_found);
  g_test_add_func ("/translator/annotations/failure", test_failure);
  g_test_add_func ("/translator/annotations/cues", test_cues);
  return habla_test_run ();
}
