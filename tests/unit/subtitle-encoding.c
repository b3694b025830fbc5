/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <subtitle/subtitle-encoding.h>
#include <subtitle/subtitle-format.h>

#define SRT "1\n00:00:01,000 --> 00:00:02,000\n"

static const char polish[] = SRT "Zażółć gęślą jaźń. Dzień dobry, jak się masz?\n";
static const char russian[] = SRT "Доброе утро, дети. Сегодня хорошая погода.\n";
static const char spanish[] = SRT "“Buenos días”, niños… ¿Qué tal? – ¡Muy bien!\n";
static const char japanese[] = SRT "おはようございます。今日はいい天気ですね。\n";
static const char chinese[] = SRT "早上好，孩子们。今天天气很好，我们去公园吧。\n";
static const char greek[] = SRT "Καλημέρα παιδιά. Σήμερα ο καιρός είναι καλός.\n";
static const char turkish[] = SRT "Günaydın çocuklar. Bugün hava çok güzel, değil mi?\n";

static void
assert_decoded (const char *text, const char *encoding, const char *mark, const char *language,
    const char *wanted_guess)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *assumed = NULL;
  g_autofree char *decoded = NULL;
  g_autofree char *encoded = NULL;
  gsize size;

  encoded = g_convert (text, -1, encoding, "UTF-8", NULL, &size, &error);
  g_assert_no_error (error);
  g_byte_array_append (bytes, (const guint8 *) mark, strlen (mark));
  g_byte_array_append (bytes, (const guint8 *) encoded, size);
  decoded = habla_subtitle_decode (bytes->data, bytes->len, NULL, language, &assumed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (decoded, ==, text);
  g_assert_cmpstr (assumed, ==, wanted_guess);
  g_assert_cmpstr (habla_subtitle_format_sniff (bytes->data, bytes->len), ==, "srt");
}

static void
test_certain (void)
{
  assert_decoded (spanish, "UTF-8", "", NULL, NULL);
  assert_decoded (japanese, "UTF-8", "\xef\xbb\xbf", "ja", NULL);
  assert_decoded (russian, "UTF-16LE", "\xff\xfe", "en", NULL);
  assert_decoded (spanish, "UTF-16BE", "\xfe\xff", NULL, NULL);
}

static void
test_guessed (void)
{
  assert_decoded (spanish, "UTF-16LE", "", NULL, "UTF-16LE");
  assert_decoded (russian, "UTF-16BE", "", NULL, "UTF-16BE");
  assert_decoded (spanish, "WINDOWS-1252", "", "es", "WINDOWS-1252");
  assert_decoded (polish, "WINDOWS-1250", "", "pl", "WINDOWS-1250");
  assert_decoded (polish, "ISO-8859-2", "", "pl", "ISO-8859-2");
  assert_decoded (russian, "WINDOWS-1251", "", "ru", "WINDOWS-1251");
  assert_decoded (russian, "KOI8-R", "", "ru-RU", "KOI8-R");
  assert_decoded (russian, "WINDOWS-1251", "", NULL, "WINDOWS-1251");
  assert_decoded (greek, "WINDOWS-1253", "", "el", "WINDOWS-1253");
  assert_decoded (turkish, "WINDOWS-1254", "", "tr", "WINDOWS-1254");
  assert_decoded (japanese, "CP932", "", "ja", "CP932");
  assert_decoded (japanese, "EUC-JP", "", "ja", "EUC-JP");
  assert_decoded (japanese, "CP932", "", NULL, "CP932");
  assert_decoded (chinese, "GB18030", "", "zh", "GB18030");
}

/* Bytes that ISO 8859 leaves to control characters are quotes and dashes, with and without a
 * language. */
static void
test_windows (void)
{
  static const char text[] = SRT "\x93Look\x94, she said \x96 it\x92s red\x85\n\n2\n00:00:03,000 "
                                 "--> 00:00:04,000\nI don\x92t know.\n";
  static const char *const languages[] = { "en", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_autofree char *assumed = NULL;
    g_autofree char *decoded = habla_subtitle_decode (
        (const guint8 *) text, strlen (text), NULL, languages[i], &assumed, NULL);

    g_assert_nonnull (strstr (decoded, "“Look”, she said – it’s red…"));
    g_assert_cmpstr (assumed, ==, "WINDOWS-1252");
  }
}

static void
test_named (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *assumed = NULL;
  g_autofree char *decoded =
      habla_subtitle_decode ((const guint8 *) "\x8d\xa1", 2, "IBM850", "en", &assumed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (decoded, ==, "ìí");
  g_assert_null (assumed);
  g_assert_null (habla_subtitle_decode ((const guint8 *) "x", 1, "none", NULL, NULL, &error));
  g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION);
  g_clear_error (&error);
  g_assert_null (habla_subtitle_decode ((const guint8 *) "\xff", 1, "UTF-8", NULL, NULL, &error));
  g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE);
}

/* One damaged character does not make a file one in another encoding. */
static void
test_damaged (void)
{
  g_autofree char *assumed = NULL;
  g_autofree char *text = g_strconcat (spanish, "\xc3", NULL);
  g_autofree char *decoded =
      habla_subtitle_decode ((const guint8 *) text, strlen (text), NULL, "es", &assumed, NULL);

  g_assert_true (g_str_has_prefix (decoded, spanish));
  g_assert_true (g_str_has_suffix (decoded, "\ufffd"));
  g_assert_cmpstr (assumed, ==, "UTF-8");
}

/* Most characters of a file that is made of two are in one encoding. */
static void
test_mixed (void)
{
  static const char text[] = "Das Café ist “offen” in Zürich\nDas Caf\xe9\n";
  g_autofree char *assumed = NULL;
  g_autofree char *decoded =
      habla_subtitle_decode ((const guint8 *) text, strlen (text), NULL, "de", &assumed, NULL);

  g_assert_cmpstr (decoded, ==, "Das Café ist “offen” in Zürich\nDas Caf\ufffd\n");
  g_assert_cmpstr (assumed, ==, "UTF-8");
}

static void
test_declared (void)
{
  static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?><tt>\xe9</tt>";
  g_autofree char *assumed = NULL;
  g_autofree char *decoded =
      habla_subtitle_decode ((const guint8 *) text, strlen (text), NULL, NULL, &assumed, NULL);

  g_assert_true (g_str_has_suffix (decoded, "<tt>é</tt>"));
  g_assert_null (assumed);
}

/* Any bytes become valid UTF-8. */
static void
test_random (void)
{
  for (guint i = 0; i < 500; i++) {
    guint8 bytes[200];
    gsize size = g_test_rand_int_range (0, sizeof bytes);
    g_autofree char *decoded = NULL;

    for (gsize j = 0; j < size; j++)
      bytes[j] = i % 2 == 0 ? g_test_rand_int_range (0, 256) : g_test_rand_int_range (0, 4) * 85;
    decoded = habla_subtitle_decode (bytes, size, NULL, i % 3 == 0 ? "ja" : NULL, NULL, NULL);
    g_assert_nonnull (decoded);
    g_assert_true (g_utf8_validate (decoded, -1, NULL));
  }
}

static void
test_format (void)
{
  static const struct {
    const char *text;
    const char *format;
  } formats[] = {
    { "WEBVTT", "vtt" },
    { "\xef\xbb\xbfWEBVTT\tx\n", "vtt" },
    { "WEBVTTX\n", NULL },
    { "0:1-->0:2", "srt" },
    { "By me\n\n1\r\n00:00:01,000 --> 00:00:02,000\r\nx", "srt" },
    { "1\r00:00:01,000 --> 00:00:02,000\rx", "srt" },
    { "[Script Info]\n", "ass" },
    { "; comment\n[script info]", "ass" },
    { "<tt/>", "ttml" },
    { "<?xml version='1.0'?><!-- <p> --><!DOCTYPE tt><tt:tt\nxmlns:tt='x'>", "ttml" },
    { "<html>", NULL },
    { "<ttx>", NULL },
    { "", NULL },
    { "hello\n", NULL },
    { "a --> b\n", NULL },
    { "RIFF\x01\x02 00:00:01,000 --> 00:00:02,000\n", NULL },
    { "\x1a\x45\xdf\xa3\n00:00:01,000 --> 00:00:02,000\n\x02", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    g_assert_cmpstr (
        habla_subtitle_format_sniff ((const guint8 *) formats[i].text, strlen (formats[i].text)),
        ==, formats[i].format);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitle-encoding/certain", test_certain);
  g_test_add_func ("/subtitle-encoding/guessed", test_guessed);
  g_test_add_func ("/subtitle-encoding/windows", test_windows);
  g_test_add_func ("/subtitle-encoding/named", test_named);
  g_test_add_func ("/subtitle-encoding/damaged", test_damaged);
  g_test_add_func ("/subtitle-encoding/mixed", test_mixed);
  g_test_add_func ("/subtitle-encoding/declared", test_declared);
  g_test_add_func ("/subtitle-encoding/random", test_random);
  g_test_add_func ("/subtitle-format/sniff", test_format);
  return habla_test_run ();
}
