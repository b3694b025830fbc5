/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The only argument of the process: kill it when the thread that started it ends. */
#define HABLA_DECODER_DIES_WITH_THREAD "--dies-with-thread"

/**
 * HablaDecoderMessageType:
 *
 * Messages between a process and its `hablad-decoder`, on a stream socket: a #HablaDecoderHead,
 * then its payload. Samples are written to a pipe.
 *
 * To the child:
 * @HABLA_DECODER_MESSAGE_START: first: a guint32 of HablaDecoderStartFlags, then the kept header
 * @HABLA_DECODER_MESSAGE_DATA: the container's next bytes
 * @HABLA_DECODER_MESSAGE_INTERRUPT: bytes were lost here
 * @HABLA_DECODER_MESSAGE_END: no more input comes
 * @HABLA_DECODER_MESSAGE_RIVAL: chunks of another recorder may come between those of this one
 *
 * From the child:
 * @HABLA_DECODER_MESSAGE_READY: first: a guint32 of HablaSandboxFlags
 * @HABLA_DECODER_MESSAGE_CONSUMED: a guint32: bytes of DATA that the demuxer has consumed since
 *   the last of these messages; 0 = only samples were written
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
  HABLA_DECODER_MESSAGE_RIVAL,
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

/* Bytes: a kept header and the number before it. */
#define HABLA_DECODER_MAX_PAYLOAD (65536 + 4)
/* Bytes in one DATA or STREAM message. */
#define HABLA_DECODER_MAX_DATA 16384

/* From habla_decoder_reader_next(). @payload is valid until the next call of either function. */
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

/* Splits the bytes of a socket into messages. Holds at most two payloads. Not thread-safe. */
typedef struct {
  GByteArray *bytes;
  gsize done; /* leading part of bytes whose messages were returned */
} HablaDecoderReader;

/**
 * habla_decoder_reader_init:
 * @self: (out caller-allocates): a reader
 */
void habla_decoder_reader_init (HablaDecoderReader *self);

/**
 * habla_decoder_reader_clear:
 * @self: a reader; can be initialised again
 */
void habla_decoder_reader_clear (HablaDecoderReader *self);

/**
 * habla_decoder_reader_receive:
 * @self: a reader
 * @socket: a stream socket
 *
 * Receives once.
 *
 * Returns: the number of bytes; 0 at the end of the stream; -1 with errno
 */
gssize habla_decoder_reader_receive (HablaDecoderReader *self, int socket);

/**
 * habla_decoder_reader_next:
 * @self: a reader
 * @message: (out): the next complete message, with %HABLA_DECODER_READ_MESSAGE
 *
 * Returns: whether there is one
 */
HablaDecoderReadResult habla_decoder_reader_next (
    HablaDecoderReader *self, HablaDecoderMessage *message);

/**
 * habla_decoder_message_get_number:
 * @message: a message
 *
 * Returns: the guint32 at the beginning of the payload; 0 if the payload is shorter
 */
guint32 habla_decoder_message_get_number (const HablaDecoderMessage *message);

/**
 * habla_decoder_send:
 * @socket: a stream socket
 * @type: of the message
 * @payload: (nullable): of the message
 * @size: bytes of @payload
 * @sent: bytes of head and payload that were sent before
 *
 * Sends the rest of a message without SIGPIPE.
 *
 * Returns: the number of bytes that were sent now; -1 with errno
 */
gssize habla_decoder_send (
    int socket, HablaDecoderMessageType type, const void *payload, gsize size, gsize sent);

G_END_DECLS
