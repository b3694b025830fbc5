/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How to connect to NATS, and the messages from it. */

/* Largest message, in bytes. */
#define HABLA_NATS_MAX_MESSAGE (300 * 1024)

/**
 * HablaNatsError:
 * @HABLA_NATS_ERROR_DISCONNECTED: there is no connection; nothing was sent
 * @HABLA_NATS_ERROR_BUSY: too much waits to be sent; nothing was sent
 * @HABLA_NATS_ERROR_TIMEOUT: there was no answer in time; it may have been stored
 * @HABLA_NATS_ERROR_FENCED: another has stored a message of this subject since: nothing was stored
 * @HABLA_NATS_ERROR_FAILED: any other
 */
typedef enum {
  HABLA_NATS_ERROR_DISCONNECTED,
  HABLA_NATS_ERROR_BUSY,
  HABLA_NATS_ERROR_TIMEOUT,
  HABLA_NATS_ERROR_FENCED,
  HABLA_NATS_ERROR_FAILED,
} HablaNatsError;

/**
 * habla_nats_error_quark:
 *
 * Returns: the domain of #HablaNatsError
 */
GQuark habla_nats_error_quark (void);
#define HABLA_NATS_ERROR (habla_nats_error_quark ())

/**
 * HablaNatsOptions:
 * @servers: (array zero-terminated=1): "nats://HOST:PORT" or "tls://HOST:PORT", at least one
 * @name: (nullable): of this node, for the logs of nats-server
 * @credentials: (nullable): path of a file with a JWT and an NKey seed
 * @nkey: (nullable): path of a file with an NKey seed
 * @nkey_public: (nullable): the public key of @nkey
 * @authorities: (nullable): path of a PEM file with certificates of authorities; %NULL = those of
 * the system
 * @timeout: how long to wait for an answer, in milliseconds; 0 = 2000
 */
typedef struct {
  const char *const *servers;
  const char *name;
  const char *credentials;
  const char *nkey;
  const char *nkey_public;
  const char *authorities;
  guint timeout;
} HablaNatsOptions;

/**
 * HablaNatsEventType:
 * @HABLA_NATS_MESSAGE: a message
 * @HABLA_NATS_CURRENT: all messages that a stream had when reading began have been delivered
 * @HABLA_NATS_GAP: messages may have been lost
 * @HABLA_NATS_FAILED: the subscription was refused; it is tried again every two seconds
 */
typedef enum {
  HABLA_NATS_MESSAGE,
  HABLA_NATS_CURRENT,
  HABLA_NATS_GAP,
  HABLA_NATS_FAILED,
} HablaNatsEventType;

/**
 * HablaNatsEvent:
 * @type: which of the other fields are set
 * @subject: of a message
 * @data: of a message
 * @reply: (nullable): subject for an answer or an acknowledgement
 * @sequence: of a message in its stream; 0 = it is not from a stream
 * @message: of a failure, for people
 *
 * Valid during the call.
 */
typedef struct {
  HablaNatsEventType type;
  const char *subject;
  GBytes *data;
  const char *reply;
  guint64 sequence;
  const char *message;
} HablaNatsEvent;

typedef void (*HablaNatsEventFunc) (const HablaNatsEvent *event, gpointer user_data);

G_END_DECLS
