/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaContainer:
 *
 * A container, recognised by its first bytes: EBML's magic number (WebM and Matroska), the `ftyp`
 * of MP4, `OggS`, `RIFF`, `fLaC`, an ID3 tag or two MPEG audio frames.
 *
 * The first three are what browsers record. A client that reconnects continues such a recording
 * in its middle: with a Cluster or SimpleBlock of WebM, a `moof` of MP4, or an Ogg page that is
 * not the first. The others are files; they pass unchanged and cannot be continued. Any other
 * beginning is treated as the middle of a recording, until a unit of one of the formats is found.
 */
typedef enum {
  HABLA_CONTAINER_UNKNOWN,
  HABLA_CONTAINER_WEBM,
  HABLA_CONTAINER_MP4,
  HABLA_CONTAINER_OGG,
  HABLA_CONTAINER_WAV,
  HABLA_CONTAINER_FLAC,
  HABLA_CONTAINER_MP3,
} HablaContainer;

G_END_DECLS
