/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one argument of the process: that it is killed when the thread that started it ends. */
#define HABLA_DECODER_DIES_WITH_THREAD "--dies-with-thread"

/**
 * HablaDecoderMessageType:
 *
 * Messages between a process and its `hablad-decoder`, on a stream socket of theirs: a
 * #HablaDecoderHead, then its payload. Samples take another way, a pipe.
 *
 * To the child:
 * @HABLA_DECODER_MESSAGE_START: first: a guint32 of HablaDecoderStartFlags, then the kept header
 * @HABLA_DECODER_MESSAGE_DATA: the container's next bytes
 * @HABLA_DECODER_MESSAGE_INTERRUPT: bytes were lost here
 * @HABLA_DECODER_MESSAGE_END: no more input comes
 *
 * From the child:
 * @HABLA_DECODER_MESSAGE_READY: first: a guint32 of HablaSandboxFlags
 * @HABLA_DECODER_MESSAGE_CONSUMED: a guint32: how many bytes of DATA the demuxer has consumed
 *   since the last of these; 0 = only samples were written
 * @HABLA_DECODER_MESSAGE_STREAM: the container's next bytes as the demuxer gets them
 * @HABLA_DECODER_MESSAGE_HEADER: the recording's header, once a demuxer found audio in it
 * @HABLA_DECODER_MESSAGE_ERROR: last: a guint32, 0 = the input or 1 = the installation is at
 *   fault, then a text for people, in UTF-8
 * @HABLA_DECODER_MESSAGE_DONE: last: everything was decoded, all samples are in the pipe
 */
typedef enum {
  HABLA_DECODER_MESSAGE_START = 1,
  HABLA_DECODER_MESSAGE_DATA,
  HABLA_DECODER_MESSAGE_INTERRUPT,
  HABLA_DECODER_MESSAGE_END,
  HABLA_DECODER_MESSAGE_READY = 65,
  HABLA_DECODER_MESSAGE_CONSUMED,
  HABLA_DECODER_MESSAGE_STREAM,
  HABLA_DECODER_MESSAGE_HEADER,
  HABLA_DECODER_MESSAGE_ERROR,
  HABLA_DECODER_MESSAGE_DONE,
} HablaDecoderMessageType;

/* Flags of HABLA_DECODER_MESSAGE_START. */
#define HABLA_DECODER_START_WANTS_STREAM 1

/* Both ends are the same build on the same machine: numbers have its byte order. */
typedef struct {
  guint32 type;
  guint32 size; /* of the payload */
} HablaDecoderHead;

/* A payload may be as large as a header that is kept, and the number before it. */
#define HABLA_DECODER_MAX_PAYLOAD (65536 + 4)
/* Bytes in one DATA or STREAM message. */
#define HABLA_DECODER_MAX_DATA 16384

/* What habla_decoder_reader_next() found. @payload is valid until the next call of either
 * function. */
typedef struct {
  HablaDecoderMessageType type;
  const guint8 *payload;
  gsize size;
} HablaDecoderMessage;

typedef enum {
  HABLA_DECODER_READ_MESSAGE,
  HABLA_DECODER_READ_MORE,  /* no complete message has arrived */
  HABLA_DECODER_READ_BROKEN /* a message is too large */
} HablaDecoderReadResult;

/* Cuts what arrives on a socket into messages. Memory: two payloads. There is no lock. */
typedef struct {
  GByteArray *bytes;
  gsize done; /* of bytes: of messages that were returned */
} HablaDecoderReader;

void habla_decoder_reader_init (HablaDecoderReader *self);
void habla_decoder_reader_clear (HablaDecoderReader *self);
/* Receives once. Returns: how many bytes; 0 at the end; -1 with errno */
gssize habla_decoder_reader_receive (HablaDecoderReader *self, int socket);
HablaDecoderReadResult habla_decoder_reader_next (
    HablaDecoderReader *self, HablaDecoderMessage *message);
/* Returns: the guint32 that a payload begins with; 0 if it is too short */
guint32 habla_decoder_message_get_number (const HablaDecoderMessage *message);

/* Sends the rest of a message without SIGPIPE.
 * @sent: bytes of head and payload that were sent before
 * Returns: how many more were sent; -1 with errno */
gssize habla_decoder_send (
    int socket, HablaDecoderMessageType type, const void *payload, gsize size, gsize sent);

G_END_DECLS
