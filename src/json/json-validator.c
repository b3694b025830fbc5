/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json/json-validator.h"

#include <string.h>

/* Validates a NUL-terminated text by the grammar of RFC 8259. */
typedef struct {
  const char *at;
  const HablaJsonLimits *limits;
  guint depth;    /* nesting level at @at */
  guint n_values; /* number of values so far */

  /* The limit that ended the validation, if one did. */
  const char *exceeded; /* (nullable) */
  guint limit;
  const char *unit;
} Walk;

static gboolean walk_value (Walk *self);

static gboolean
walk_exceed (Walk *self, const char *exceeded, guint limit, const char *unit)
{
  self->exceeded = exceeded;
  self->limit = limit;
  self->unit = unit;
  return FALSE;
}

static void
walk_blanks (Walk *self)
{
  self->at += strspn (self->at, " \t\r\n");
}

static gboolean
walk_hex (Walk *self, guint *value)
{
  *value = 0;
  for (guint i = 0; i < 4; i++, self->at++) {
    if (!g_ascii_isxdigit (*self->at))
      return FALSE;
    *value = *value << 4 | g_ascii_xdigit_value (*self->at);
  }
  return TRUE;
}

/* Four digits after "\u". NUL and unpaired surrogates are invalid. */
static gboolean
walk_escaped_character (Walk *self)
{
  guint high, low;

  if (!walk_hex (self, &high) || high == 0 || (high >= 0xdc00 && high < 0xe000))
    return FALSE;
  if (high < 0xd800 || high >= 0xe000)
    return TRUE;
  if (self->at[0] != '\\' || self->at[1] != 'u')
    return FALSE;
  self->at += 2;
  return walk_hex (self, &low) && low >= 0xdc00 && low < 0xe000;
}

static gboolean
walk_string (Walk *self)
{
  if (*self->at++ != '"')
    return FALSE;
  while (*self->at != '"') {
    guchar c = *self->at++;

    if (c < 0x20)
      return FALSE;
    if (c != '\\')
      continue;
    c = *self->at++;
    if (c == 'u' ? !walk_escaped_character (self) : c == '\0' || strchr ("\"\\/bfnrt", c) == NULL)
      return FALSE;
  }
  self->at++;
  return TRUE;
}

static gboolean
walk_digits (Walk *self)
{
  gsize n = strspn (self->at, "0123456789");

  self->at += n;
  return n > 0;
}

static gboolean
walk_number (Walk *self)
{
  if (*self->at == '-')
    self->at++;
  if (*self->at == '0')
    self->at++;
  else if (!walk_digits (self))
    return FALSE;
  if (*self->at == '.' && (self->at++, !walk_digits (self)))
    return FALSE;
  if (*self->at != 'e' && *self->at != 'E')
    return TRUE;
  self->at++;
  if (*self->at == '+' || *self->at == '-')
    self->at++;
  return walk_digits (self);
}

static gboolean
walk_name (Walk *self)
{
  if (!walk_string (self))
    return FALSE;
  walk_blanks (self);
  if (*self->at++ != ':')
    return FALSE;
  walk_blanks (self);
  return TRUE;
}

/* The members of an object or array, and its end. */
static gboolean
walk_entries (Walk *self, char end)
{
  for (guint n = 1;; n++) {
    if (end == '}' && n > self->limits->max_members)
      return walk_exceed (self, "an object with more than", self->limits->max_members, "members");
    if ((end == '}' && !walk_name (self)) || !walk_value (self))
      return FALSE;
    walk_blanks (self);
    if (*self->at == end)
      return self->at++, TRUE;
    if (*self->at++ != ',')
      return FALSE;
    walk_blanks (self);
  }
}

static gboolean
walk_container (Walk *self)
{
  char end = *self->at == '{' ? '}' : ']';
  gboolean is_valid;

  if (self->depth >= self->limits->max_depth)
    return walk_exceed (self, "deeper than", self->limits->max_depth, "levels");
  self->at++;
  walk_blanks (self);
  if (*self->at == end)
    return self->at++, TRUE;
  self->depth++;
  is_valid = walk_entries (self, end);
  self->depth--;
  return is_valid;
}

static gboolean
walk_value (Walk *self)
{
  static const char *const words[] = { "true", "false", "null" };

  if (++self->n_values > self->limits->max_values)
    return walk_exceed (self, "more than", self->limits->max_values, "values");
  if (*self->at == '{' || *self->at == '[')
    return walk_container (self);
  if (*self->at == '"')
    return walk_string (self);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (self->at, words[i]))
      return self->at += strlen (words[i]), TRUE;
  return walk_number (self);
}

static gboolean
validate (const char *text, gsize length, const HablaJsonLimits *limits, GError **error)
{
  Walk walk = { .at = text, .limits = limits };
  gsize offset;

  if (length > limits->max_size) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "JSON of %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are allowed", length,
        limits->max_size);
    return FALSE;
  }
  if (!g_utf8_validate (text, length, NULL)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The JSON is not valid UTF-8");
    return FALSE;
  }
  walk_blanks (&walk);
  if (walk_value (&walk)) {
    walk_blanks (&walk);
    if (walk.at == text + length)
      return TRUE;
  }
  offset = MIN ((gsize) (walk.at - text), length);
  if (walk.exceeded != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "The JSON is beyond a limit near byte %" G_GSIZE_FORMAT ": %s %u %s", offset, walk.exceeded,
        walk.limit, walk.unit);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "Invalid JSON near byte %" G_GSIZE_FORMAT, offset);
  return FALSE;
}

JsonNode *
habla_json_parse (const char *text, gsize length, const HablaJsonLimits *limits, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;

  g_return_val_if_fail (text[length] == '\0', NULL);

  if (!validate (text, length, limits, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, length, error))
    return NULL;
  return json_parser_steal_root (parser);
}

JsonObject *
habla_json_parse_object (
    const char *text, gsize length, const HablaJsonLimits *limits, GError **error)
{
  g_autoptr (JsonNode) root = habla_json_parse (text, length, limits, error);

  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    return json_object_ref (json_node_get_object (root));
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The text must be a JSON object");
  return NULL;
}
