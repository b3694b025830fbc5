/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/utterance.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _HablaTerminalOutput HablaTerminalOutput;

HablaTerminalOutput *habla_terminal_output_new (gboolean json, gboolean quiet);
void habla_terminal_output_free (HablaTerminalOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaTerminalOutput, habla_terminal_output_free)

void habla_terminal_output_print_caption (
    HablaTerminalOutput *self, const char *language, const HablaUtterance *utterance);
void habla_terminal_output_show_progress (
    HablaTerminalOutput *self, guint64 position, guint64 duration);
void habla_terminal_output_print_message (
    HablaTerminalOutput *self, const char *type, const char *format, ...) G_GNUC_PRINTF (3, 4);
void habla_terminal_output_print_file (
    HablaTerminalOutput *self, const char *path, const char *language, gboolean is_whole);
void habla_terminal_output_finish (HablaTerminalOutput *self, int status);
gboolean habla_terminal_output_is_closed (HablaTerminalOutput *self);

char *habla_terminal_output_clip (const char *text, guint columns, gboolean tail);
void habla_terminal_output_print_json (JsonBuilder *builder);

G_END_DECLS
