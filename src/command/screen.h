/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

typedef struct _HablaScreen HablaScreen;

HablaScreen *habla_screen_new (gboolean json, gboolean quiet);
void habla_screen_free (HablaScreen *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaScreen, habla_screen_free)

void habla_screen_caption (
    HablaScreen *self, const char *language, const HablaUtterance *utterance);
void habla_screen_progress (HablaScreen *self, guint64 position, guint64 duration);
void habla_screen_say (HablaScreen *self, const char *type, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void habla_screen_file (
    HablaScreen *self, const char *path, const char *language, gboolean is_whole);
void habla_screen_end (HablaScreen *self, int status);
gboolean habla_screen_is_gone (HablaScreen *self);

char *habla_screen_clip (const char *text, guint columns, gboolean tail);
void habla_print_json (gpointer builder);

G_END_DECLS
