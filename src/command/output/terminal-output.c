/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/terminal-output.h"

#include <json/json-writer.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct _HablaTerminalOutput {
  gboolean json;
  gboolean quiet;
  gboolean on_terminal; /* standard error is a terminal */
  gboolean is_closed;   /* writing to standard output has failed */
  gint64 started;       /* in monotonic microseconds */

  HablaTerminalPart part;
  guint64 position; /* in nanoseconds */
  guint64 duration; /* in nanoseconds; 0 = unknown */
  guint tenths;     /* number of progress lines printed */
  char *partial;    /* (nullable): the partial text */
  guint lines;      /* number of lines drawn below the captions */
};

#define NO_COLUMNS 80
#define LANGUAGE_COLUMNS 5

HablaTerminalOutput *
habla_terminal_output_new (gboolean json, gboolean quiet)
{
  HablaTerminalOutput *self = g_new0 (HablaTerminalOutput, 1);

  self->json = json;
  self->quiet = quiet;
  self->on_terminal = !json && !quiet && isatty (STDERR_FILENO);
  self->started = g_get_monotonic_time ();
  return self;
}

static guint
terminal_output_get_columns (void)
{
  struct winsize size = { 0 };

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return NO_COLUMNS;
  return size.ws_col;
}

static guint
terminal_output_get_width (gunichar c)
{
  return g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
}

/* Replaces control characters, which could move the cursor or do worse. */
static char *
terminal_output_replace_controls (const char *text)
{
  g_autoptr (GString) printable = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    g_string_append_unichar (printable, g_unichar_iscntrl (character) ? ' ' : character);
  }
  return g_string_free (g_steal_pointer (&printable), FALSE);
}

static char *
terminal_output_make_printable (const char *text)
{
  return g_strstrip (terminal_output_replace_controls (text));
}

guint
habla_terminal_output_measure (const char *text)
{
  guint width = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    width += terminal_output_get_width (g_utf8_get_char (c));
  return width;
}

char *
habla_terminal_output_clip (const char *text, guint columns, gboolean tail)
{
  const char *end = text + strlen (text);
  const char *c;
  guint width = habla_terminal_output_measure (text);

  if (width <= columns)
    return g_strdup (text);
  if (columns == 0)
    return g_strdup ("");
  if (tail) {
    for (c = text; width > columns - 1; c = g_utf8_next_char (c))
      width -= terminal_output_get_width (g_utf8_get_char (c));
    return g_strconcat ("…", c, NULL);
  }
  for (c = end; width > columns - 1;) {
    c = g_utf8_prev_char (c);
    width -= terminal_output_get_width (g_utf8_get_char (c));
  }
  return g_strdup_printf ("%.*s…", (int) (c - text), text);
}

static char *
terminal_output_format_time (guint64 nsecs)
{
  guint64 seconds = nsecs / G_GUINT64_CONSTANT (1000000000);

  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", seconds / 3600,
        (guint) (seconds / 60 % 60), (guint) (seconds % 60));
  return g_strdup_printf ("%u:%02u", (guint) (seconds / 60), (guint) (seconds % 60));
}

/* Removes the lines below the captions; the cursor is then where the next caption goes. */
static void
terminal_output_erase (HablaTerminalOutput *self)
{
  if (self->lines == 0)
    return;
  fputs ("\r\033[K", stderr);
  for (guint i = 1; i < self->lines; i++)
    fputs ("\033[A\033[K", stderr);
  fflush (stderr);
  self->lines = 0;
}

/* Returns: the share of all work that is done, from 0 to 1 */
static double
terminal_output_get_share (HablaTerminalOutput *self)
{
  double share = self->duration > 0 ? MIN ((double) self->position / self->duration, 1.0) : 0;

  if (self->part.name == NULL)
    return share;
  return self->part.begin + (self->part.end - self->part.begin) * share;
}

/* Returns: (transfer full): position, duration and remaining time, without the bar */
static char *
terminal_output_format_progress (HablaTerminalOutput *self)
{
  g_autofree char *file = self->part.name != NULL ? g_strdup_printf ("file %u of %u, ",
                                                        self->part.number, self->part.count)
                                                  : g_strdup ("");
  g_autofree char *position = terminal_output_format_time (self->position);
  g_autofree char *duration = terminal_output_format_time (self->duration);
  g_autofree char *left = NULL;
  double part;
  gint64 elapsed = g_get_monotonic_time () - self->started;

  if (self->duration == 0)
    return g_strconcat (file, position, NULL);
  part = terminal_output_get_share (self);
  if (part < 0.01)
    return g_strdup_printf ("%s%s of %s", file, position, duration);
  left = terminal_output_format_time ((guint64) (elapsed * (1 - part) / part) * 1000);
  return g_strdup_printf (
      "%3.0f %%  %s%s of %s, %s left", part * 100, file, position, duration, left);
}

static void
terminal_output_draw (HablaTerminalOutput *self)
{
  g_autofree char *progress = NULL;
  guint columns = terminal_output_get_columns () - 1;

  if (!self->on_terminal)
    return;
  terminal_output_erase (self);
  if (self->partial != NULL) {
    g_autofree char *clipped = habla_terminal_output_clip (self->partial, columns, TRUE);

    fprintf (stderr, "\033[2m%s\033[0m", clipped);
    self->lines++;
  }
  if (self->position > 0 || self->duration > 0 || self->part.name != NULL) {
    guint width;

    progress = terminal_output_format_progress (self);
    fputs (self->lines > 0 ? "\n" : "", stderr);
    width = columns > strlen (progress) + 4 ? MIN (columns - strlen (progress) - 4, 40) : 0;
    if (width >= 8 && (self->duration > 0 || self->part.name != NULL)) {
      guint full = width * terminal_output_get_share (self);

      fputc ('[', stderr);
      for (guint i = 0; i < width; i++)
        fputc (i < full ? '#' : '.', stderr);
      fputs ("]  ", stderr);
    }
    fputs (progress, stderr);
    self->lines++;
  }
  fflush (stderr);
}

void
habla_terminal_output_free (HablaTerminalOutput *self)
{
  terminal_output_erase (self);
  g_free (self->partial);
  g_free (self);
}

static void
terminal_output_finish_line (HablaTerminalOutput *self)
{
  fputc ('\n', stdout);
  if (fflush (stdout) != 0 || ferror (stdout))
    self->is_closed = TRUE;
}

void
habla_terminal_output_print_json (JsonBuilder *builder)
{
  g_autoptr (GBytes) line = habla_json_to_bytes (builder);

  fwrite (g_bytes_get_data (line, NULL), 1, g_bytes_get_size (line), stdout);
  putchar ('\n');
  fflush (stdout);
  g_object_unref (builder);
}

static JsonBuilder *
terminal_output_begin_object (const char *type)
{
  JsonBuilder *builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", type);
  return builder;
}

static void
terminal_output_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  habla_json_add_string (builder, name, value);
}

static void
terminal_output_add_time (JsonBuilder *builder, const char *name, guint64 nsecs)
{
  if (nsecs == HABLA_TIME_NONE)
    return;
  habla_json_add_double (builder, name, round (nsecs / 1e6) / 1e3);
}

static void
terminal_output_end_object (HablaTerminalOutput *self, JsonBuilder *builder)
{
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
  if (ferror (stdout))
    self->is_closed = TRUE;
}

static void
terminal_output_print_caption_as_json (
    HablaTerminalOutput *self, const char *language, const HablaUtterance *utterance)
{
  JsonBuilder *builder = terminal_output_begin_object ("caption");

  terminal_output_add_string (builder, "language", language);
  habla_json_add_int (builder, "id", utterance->id);
  terminal_output_add_time (builder, "begin", utterance->begin);
  terminal_output_add_time (builder, "end", utterance->end);
  terminal_output_add_string (builder, "text", utterance->text);
  habla_json_add_boolean (builder, "final", utterance->is_final);
  if (utterance->confidence >= 0) {
    habla_json_add_double (builder, "confidence", round (utterance->confidence * 1e3) / 1e3);
  }
  terminal_output_add_string (builder, "source-text", utterance->source_text);
  terminal_output_add_string (builder, "source-language", utterance->source_language);
  terminal_output_add_string (builder, "speaker", utterance->speaker);
  if (utterance->untranslated) {
    habla_json_add_boolean (builder, "untranslated", TRUE);
  }
  terminal_output_end_object (self, builder);
}

void
habla_terminal_output_print_caption (
    HablaTerminalOutput *self, const char *language, const HablaUtterance *utterance)
{
  g_autofree char *text = NULL;
  g_autofree char *time = NULL;

  if (self->json) {
    terminal_output_print_caption_as_json (self, language, utterance);
    return;
  }
  text = terminal_output_make_printable (utterance->text);
  if (!utterance->is_final) {
    g_free (self->partial);
    self->partial = g_strdup_printf ("%*s  %s", LANGUAGE_COLUMNS, language, text);
    terminal_output_draw (self);
    return;
  }
  time = terminal_output_format_time (utterance->begin != HABLA_TIME_NONE ? utterance->begin : 0);
  g_clear_pointer (&self->partial, g_free);
  terminal_output_erase (self);
  if (!self->quiet) {
    printf ("%s %*s  %s%s", time, LANGUAGE_COLUMNS, language, text,
        utterance->untranslated ? "  (not translated)" : "");
    terminal_output_finish_line (self);
  }
  terminal_output_draw (self);
}

void
habla_terminal_output_show_progress (HablaTerminalOutput *self, guint64 position, guint64 duration)
{
  guint tenths;

  self->position = position;
  self->duration = duration;
  tenths = MIN (10 * terminal_output_get_share (self), 9);
  if (self->json) {
    JsonBuilder *builder = terminal_output_begin_object ("progress");

    terminal_output_add_time (builder, "position", position);
    if (duration > 0)
      terminal_output_add_time (builder, "duration", duration);
    terminal_output_end_object (self, builder);
  } else if (self->on_terminal) {
    terminal_output_draw (self);
  } else if (!self->quiet && tenths > self->tenths) {
    g_autofree char *progress = terminal_output_format_progress (self);

    fprintf (stderr, "%s\n", g_strchug (progress));
    self->tenths = tenths;
  }
}

void
habla_terminal_output_print_message (
    HablaTerminalOutput *self, const char *type, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *printable = NULL;
  gboolean is_error = g_str_equal (type, "error");
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->json) {
    JsonBuilder *builder = terminal_output_begin_object (type);
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    terminal_output_add_string (builder, "message", valid);
    terminal_output_end_object (self, builder);
  }
  if (is_error || (!self->json && !self->quiet)) {
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    printable = terminal_output_make_printable (valid);
    terminal_output_erase (self);
    fprintf (stderr, "habla: %s\n", printable);
    fflush (stderr);
    terminal_output_draw (self);
  }
}

void
habla_terminal_output_print_file (
    HablaTerminalOutput *self, const char *path, const char *language, gboolean is_whole)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (self->json) {
    JsonBuilder *builder = terminal_output_begin_object ("file");

    terminal_output_add_string (builder, "path", shown);
    terminal_output_add_string (builder, "language", language);
    habla_json_add_boolean (builder, "whole", is_whole);
    terminal_output_end_object (self, builder);
  } else if (!self->quiet) {
    g_autofree char *printable = terminal_output_replace_controls (shown);

    terminal_output_erase (self);
    fprintf (
        stderr, "%s %s (%s)\n", is_whole ? "Written:" : "Kept, incomplete:", printable, language);
  }
}

void
habla_terminal_output_print_line (HablaTerminalOutput *self, const char *line)
{
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  g_autofree char *printable = terminal_output_replace_controls (valid);

  if (self->json || self->quiet)
    return;
  terminal_output_erase (self);
  fprintf (stderr, "%s\n", printable);
  terminal_output_draw (self);
}

void
habla_terminal_output_begin_part (HablaTerminalOutput *self, const HablaTerminalPart *part)
{
  self->part = *part;
  self->position = 0;
  self->duration = 0;
  g_clear_pointer (&self->partial, g_free);
  if (self->json) {
    JsonBuilder *builder = terminal_output_begin_object ("input");

    terminal_output_add_string (builder, "path", part->name);
    habla_json_add_int (builder, "number", part->number);
    habla_json_add_int (builder, "count", part->count);
    terminal_output_end_object (self, builder);
  } else {
    g_autofree char *line =
        g_strdup_printf ("%s (%u of %u)", part->name, part->number, part->count);

    habla_terminal_output_print_line (self, line);
  }
}

void
habla_terminal_output_finish (HablaTerminalOutput *self, int status)
{
  terminal_output_erase (self);
  self->on_terminal = FALSE;
  if (self->json) {
    JsonBuilder *builder = terminal_output_begin_object ("end");

    habla_json_add_int (builder, "status", status);
    terminal_output_end_object (self, builder);
  }
}

gboolean
habla_terminal_output_is_json (HablaTerminalOutput *self)
{
  return self->json;
}

gboolean
habla_terminal_output_is_closed (HablaTerminalOutput *self)
{
  return self->is_closed;
}
