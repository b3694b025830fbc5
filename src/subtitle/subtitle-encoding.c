/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-encoding.h"

#include <gio/gio.h>
#include <string.h>
#include <uchardet.h>

/* Enough to detect an encoding. */
#define MAX_SAMPLE (256 * 1024)

static const struct {
  const char *encoding;
  const char *bytes;
  gsize size;
} marks[] = {
  { "UTF-8", "\xef\xbb\xbf", 3 },
  { "UTF-32LE", "\xff\xfe\0\0", 4 },
  { "UTF-32BE", "\0\0\xfe\xff", 4 },
  { "UTF-16LE", "\xff\xfe", 2 },
  { "UTF-16BE", "\xfe\xff", 2 },
};

/* The encodings of Windows for languages, which subtitles from the time before UTF-8 have, and
 * those of other systems for the same languages. Other languages have Windows-1252. */
static const struct {
  const char *encoding;
  const char *languages;
  const char *relatives;
} families[] = {
  { "WINDOWS-1250", "bs cs hr hu pl ro sk sl sq", "ISO-8859-2 IBM852 MAC-CENTRALEUROPE" },
  { "WINDOWS-1251", "be bg mk ru sr uk", "KOI8-R ISO-8859-5 IBM855 IBM866 MAC-CYRILLIC" },
  { "WINDOWS-1253", "el", "" },
  { "WINDOWS-1254", "az tr", "" },
  { "WINDOWS-1255", "he yi", "" },
  { "WINDOWS-1256", "ar fa ur", "ISO-8859-6" },
  { "WINDOWS-1257", "et lt lv", "ISO-8859-4 ISO-8859-13" },
  { "WINDOWS-1258", "vi", "VISCII" },
  { "WINDOWS-874", "th", "" },
  { "CP932", "ja", "EUC-JP ISO-2022-JP" },
  { "CP949", "ko", "ISO-2022-KR" },
  { "GB18030", "zh", "BIG5 EUC-TW HZ-GB-2312" },
};

/* Names of uchardet for what is in truth an encoding of Windows, which has more characters. */
static const struct {
  const char *name;
  const char *encoding;
} supersets[] = {
  { "ASCII", "WINDOWS-1252" },
  { "ISO-8859-1", "WINDOWS-1252" },
  { "ISO-8859-9", "WINDOWS-1254" },
  { "ISO-8859-8", "WINDOWS-1255" },
  { "ISO-8859-11", "WINDOWS-874" },
  { "TIS-620", "WINDOWS-874" },
  { "SHIFT_JIS", "CP932" },
  { "EUC-KR", "CP949" },
  { "GB2312", "GB18030" },
};

static char *
encoding_convert (const guint8 *data, gsize size, const char *encoding, GError **error)
{
  gsize length;
  g_autofree char *text =
      g_convert ((const char *) data, size, "UTF-8", encoding, NULL, &length, error);

  if (text == NULL)
    return NULL;
  /* NUL has no place in a text. */
  for (char *nul = memchr (text, '\0', length); nul != NULL;
       nul = memchr (nul, '\0', text + length - nul))
    *nul = '\x1a';
  /* iconv converts some bytes of GB18030 to characters above the last one of Unicode. */
  if (!g_utf8_validate (text, length, NULL))
    return g_utf8_make_valid (text, length);
  return g_steal_pointer (&text);
}

/* Replaces invalid bytes and NUL by U+FFFD. */
static char *
encoding_make_valid (const guint8 *data, gsize size)
{
  return g_utf8_make_valid ((const char *) data, size);
}

/* UTF-16 without a mark, of a text with Latin letters, digits and line ends: every second byte is
 * mostly 0. Returns: (nullable) */
static const char *
encoding_find_utf16 (const guint8 *data, gsize size)
{
  gsize n_zeros[2] = { 0, 0 };

  size = MIN (size, MAX_SAMPLE) & ~(gsize) 1;
  for (gsize i = 0; i < size; i++)
    n_zeros[i % 2] += data[i] == 0;
  if (n_zeros[1] > size / 10 && n_zeros[0] < n_zeros[1] / 10)
    return "UTF-16LE";
  if (n_zeros[0] > size / 10 && n_zeros[1] < n_zeros[0] / 10)
    return "UTF-16BE";
  return NULL;
}

/* Whether most characters are valid UTF-8: a damaged file, not one in another encoding. */
static gboolean
encoding_is_damaged_utf8 (const guint8 *data, gsize size)
{
  const char *p = (const char *) data;
  const char *end = p + MIN (size, MAX_SAMPLE);
  gsize n_valid = 0;
  gsize n_invalid = 0;

  while (p < end) {
    gunichar c;

    if ((guchar) *p < 0x80) {
      p++;
      continue;
    }
    c = g_utf8_get_char_validated (p, end - p);
    if (c == (gunichar) -1 || c == (gunichar) -2) {
      n_invalid++;
      p++;
    } else {
      n_valid++;
      p = g_utf8_next_char (p);
    }
  }
  return n_valid > 2 * n_invalid;
}

/* Returns: (transfer full) (nullable): the encoding in an XML declaration */
static char *
encoding_get_declared (const guint8 *data, gsize size)
{
  g_autofree char *head = g_strndup ((const char *) data, MIN (size, 256));
  const char *name;
  const char *end;

  if (!g_str_has_prefix (head, "<?xml"))
    return NULL;
  end = strstr (head, "?>");
  name = strstr (head, "encoding=");
  if (end == NULL || name == NULL || name > end)
    return NULL;
  name += strlen ("encoding=");
  end = *name != '\0' ? strchr (name + 1, *name) : NULL;
  return end != NULL ? g_strndup (name + 1, end - name - 1) : NULL;
}

static gboolean
encoding_is_listed (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list, " ", -1);

  return g_strv_contains ((const char *const *) names, name);
}

/* Quotes, dashes and the ellipsis are on the same bytes in all encodings of Windows with an
 * alphabet. */
static gboolean
encoding_is_punctuation (guint8 byte)
{
  return byte == 0x82 || byte == 0x84 || byte == 0x85 || (byte >= 0x91 && byte <= 0x97);
}

/* Counts the bytes from @min to @max that are no punctuation. */
static gsize
encoding_count (const guint8 *data, gsize size, guint8 min, guint8 max)
{
  gsize n = 0;

  for (gsize i = 0; i < size; i++)
    n += data[i] >= min && data[i] <= max && !encoding_is_punctuation (data[i]);
  return n;
}

/* Returns: the more probable of the encoding that is usual for @language, and @detected */
static const char *
encoding_choose (const guint8 *data, gsize size, const char *language, const char *detected)
{
  g_autofree char *primary = NULL;

  if (language == NULL || *language == '\0')
    return encoding_count (data, size, 0x80, 0xff) > 0 ? detected : "WINDOWS-1252";
  primary = g_ascii_strdown (language, strcspn (language, "-_"));
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    if (!encoding_is_listed (families[i].languages, primary))
      continue;
    if (encoding_is_listed (families[i].relatives, detected))
      return detected;
    /* Windows-1250 has letters there that these languages cannot do without. */
    if (g_str_equal (families[i].encoding, "WINDOWS-1250") &&
        encoding_count (data, size, 0x80, 0x9f) == 0)
      return "ISO-8859-2";
    return families[i].encoding;
  }
  return "WINDOWS-1252";
}

/* Returns: (transfer full): the encoding that uchardet finds; "" if none */
static char *
encoding_detect (const guint8 *data, gsize size)
{
  uchardet_t detector = uchardet_new ();
  g_autofree char *found = NULL;

  uchardet_handle_data (detector, (const char *) data, MIN (size, MAX_SAMPLE));
  uchardet_data_end (detector);
  found = g_strdup (uchardet_get_charset (detector));
  uchardet_delete (detector);
  for (guint i = 0; i < G_N_ELEMENTS (supersets); i++)
    if (g_ascii_strcasecmp (found, supersets[i].name) == 0)
      return g_strdup (supersets[i].encoding);
  return g_steal_pointer (&found);
}

/* uchardet confuses the encodings with one byte for a character, most of all in short texts, and
 * recognises the families of East Asia and Russian well. So the language decides, where it is
 * known. Windows puts quotes and dashes on bytes that ISO 8859 leaves to control characters. */
static char *
encoding_guess (const guint8 *data, gsize size, const char *language, char **assumed)
{
  g_autofree char *detected = encoding_detect (data, size);
  const char *candidates[] = { encoding_choose (data, size, language, detected), detected,
    "WINDOWS-1252", "ISO-8859-1" };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++) {
    char *text;

    if (*candidates[i] == '\0')
      continue;
    text = encoding_convert (data, size, candidates[i], NULL);
    if (text != NULL) {
      *assumed = g_strdup (candidates[i]);
      return text;
    }
  }
  *assumed = g_strdup ("UTF-8");
  return encoding_make_valid (data, size);
}

static char *
encoding_decode_unmarked (const guint8 *data, gsize size, const char *language, char **assumed)
{
  const char *utf16 = encoding_find_utf16 (data, size);
  g_autofree char *declared = NULL;
  char *text;

  if (utf16 != NULL) {
    text = encoding_convert (data, size & ~(gsize) 1, utf16, NULL);
    if (text != NULL) {
      *assumed = g_strdup (utf16);
      return text;
    }
  }
  if (g_utf8_validate ((const char *) data, size, NULL))
    return g_strndup ((const char *) data, size);
  declared = encoding_get_declared (data, size);
  text = declared != NULL ? encoding_convert (data, size, declared, NULL) : NULL;
  if (text != NULL)
    return text;
  if (memchr (data, '\0', size) != NULL || encoding_is_damaged_utf8 (data, size)) {
    *assumed = g_strdup ("UTF-8");
    return encoding_make_valid (data, size);
  }
  return encoding_guess (data, size, language, assumed);
}

char *
habla_subtitle_decode (const guint8 *data, gsize size, const char *encoding, const char *language,
    char **assumed, GError **error)
{
  g_autofree char *guess = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (data != NULL || size == 0, NULL);

  if (assumed != NULL)
    *assumed = NULL;
  if (size == 0)
    return g_strdup ("");
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    if (size < marks[i].size || memcmp (data, marks[i].bytes, marks[i].size) != 0)
      continue;
    data += marks[i].size;
    size -= marks[i].size;
    /* A mark counts more than what the user says; a text that is cut off may end within a unit. */
    text = encoding_convert (
        data, i == 0 ? size : size & ~(gsize) (marks[i].size - 1), marks[i].encoding, NULL);
    if (text != NULL)
      return g_steal_pointer (&text);
    break;
  }
  if (encoding != NULL && *encoding != '\0')
    return encoding_convert (data, size, encoding, error);
  text = encoding_decode_unmarked (data, size, language, &guess);
  if (assumed != NULL)
    *assumed = g_steal_pointer (&guess);
  return g_steal_pointer (&text);
}
