/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/files/content-type.h"

#include <string.h>

/* Sorted by suffix. */
static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { "aac", "audio/aac" },
  { "avif", "image/avif" },
  { "cjs", "text/javascript; charset=utf-8" },
  { "css", "text/css; charset=utf-8" },
  { "csv", "text/csv; charset=utf-8" },
  { "flac", "audio/flac" },
  { "gif", "image/gif" },
  { "htm", "text/html; charset=utf-8" },
  { "html", "text/html; charset=utf-8" },
  { "ico", "image/x-icon" },
  { "jpeg", "image/jpeg" },
  { "jpg", "image/jpeg" },
  { "js", "text/javascript; charset=utf-8" },
  { "json", "application/json" },
  { "m4a", "audio/mp4" },
  { "map", "application/json" },
  { "md", "text/markdown; charset=utf-8" },
  { "mjs", "text/javascript; charset=utf-8" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "oga", "audio/ogg" },
  { "ogg", "audio/ogg" },
  { "opus", "audio/ogg" },
  { "otf", "font/otf" },
  { "pdf", "application/pdf" },
  { "png", "image/png" },
  { "svg", "image/svg+xml" },
  { "ttf", "font/ttf" },
  { "txt", "text/plain; charset=utf-8" },
  { "vtt", "text/vtt; charset=utf-8" },
  { "wasm", "application/wasm" },
  { "wav", "audio/wav" },
  { "weba", "audio/webm" },
  { "webm", "video/webm" },
  { "webmanifest", "application/manifest+json" },
  { "webp", "image/webp" },
  { "woff", "font/woff" },
  { "woff2", "font/woff2" },
  { "xml", "application/xml" },
};

const char *
habla_content_type_from_name (const char *name)
{
  const char *slash = strrchr (name, '/');
  const char *dot = strrchr (slash != NULL ? slash : name, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_ascii_strcasecmp (dot + 1, types[i].suffix) == 0)
      return types[i].type;
  return "application/octet-stream";
}
