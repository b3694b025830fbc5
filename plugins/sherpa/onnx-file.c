/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "onnx-file.h"

#include <habla/error.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Newer versions of the format make ONNX Runtime abort. */
#define MAX_IR_VERSION 13
/* Bounds on hostile files: number of fields, and bytes of a name or metadata entry. */
#define MAX_FIELDS 500000
#define MAX_STRING (1024 * 1024)
#define MAX_ENTRIES 4096
/* Bytes of a number of 64 bits. */
#define MAX_VARINT 10

/* Numbers of fields in onnx.proto. */
enum { MODEL_IR_VERSION = 1, MODEL_GRAPH = 7, MODEL_METADATA = 14 };
enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { TENSOR_DIMS = 1, TENSOR_NAME = 8 };
enum { ENTRY_KEY = 1, ENTRY_VALUE = 2 };
enum { VALUE_NAME = 1 };

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* The weights for the symbols of a voice of VITS, one row for each. */
#define SYMBOLS "enc_p.emb.weight"

struct _HablaOnnxFile {
  GHashTable *metadata; /* of char*, to char* */
  GPtrArray *inputs;    /* of char*, NULL-terminated when complete */
  GPtrArray *outputs;   /* the same */
  guint64 ir_version;
  guint64 n_symbols;
  gboolean has_nodes;
};

typedef struct {
  const char *path;
  int fd;
  guint n_fields;
  GError *error;
} Reader;

/* Number of a field, its wire type, and where its value begins and ends in the file. */
typedef struct {
  guint number;
  guint type;
  guint64 varint;
  guint64 begin;
  guint64 end;
} Field;

typedef gboolean (*FieldFunc) (Reader *reader, const Field *field, gpointer data);

static gboolean
reader_fail (Reader *self, const char *problem)
{
  if (self->error == NULL)
    g_set_error (&self->error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The model file %s %s; install the model again", self->path, problem);
  return FALSE;
}

static gboolean
reader_read (Reader *self, guint64 offset, void *data, gsize size)
{
  gsize n_read = 0;

  while (n_read < size) {
    gssize n = pread (self->fd, (guint8 *) data + n_read, size - n_read, offset + n_read);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return reader_fail (self, "is truncated or unreadable");
    n_read += n;
  }
  return TRUE;
}

/* Returns: the number of bytes of the varint, or 0 if it does not end in @size bytes */
static gsize
parse_varint (const guint8 *data, gsize size, guint64 *value)
{
  *value = 0;
  for (gsize i = 0; i < MIN (size, MAX_VARINT); i++) {
    *value |= (guint64) (data[i] & 0x7f) << (7 * i);
    if (data[i] < 0x80)
      return i + 1;
  }
  return 0;
}

/* Reads the head of the field at @offset of a message that ends at @end. */
static gboolean
reader_read_field (Reader *self, guint64 offset, guint64 end, Field *field)
{
  guint8 head[20];
  gsize size = MIN (sizeof head, end - offset);
  gsize n_tag, n_value = 0;
  guint64 tag, length = 0;

  if (!reader_read (self, offset, head, size))
    return FALSE;
  n_tag = parse_varint (head, size, &tag);
  if (n_tag == 0 || tag >> 3 == 0 || tag >> 3 > G_MAXINT)
    return reader_fail (self, "is damaged");
  field->number = tag >> 3;
  field->type = tag & 7;
  field->varint = 0;
  switch (field->type) {
  case WIRE_VARINT:
    n_value = parse_varint (head + n_tag, size - n_tag, &field->varint);
    if (n_value == 0)
      return reader_fail (self, "is damaged");
    field->begin = offset + n_tag;
    field->end = field->begin + n_value;
    return TRUE;
  case WIRE_64:
    length = 8;
    break;
  case WIRE_32:
    length = 4;
    break;
  case WIRE_BYTES:
    n_value = parse_varint (head + n_tag, size - n_tag, &length);
    if (n_value == 0)
      return reader_fail (self, "is damaged");
    break;
  default:
    return reader_fail (self, "is damaged, or no model of ONNX");
  }
  field->begin = offset + n_tag + n_value;
  if (field->begin > end || length > end - field->begin)
    return reader_fail (self, "is truncated or damaged");
  field->end = field->begin + length;
  return TRUE;
}

static gboolean
reader_foreach (Reader *self, guint64 begin, guint64 end, FieldFunc func, gpointer data)
{
  Field field;

  while (begin < end) {
    if (++self->n_fields > MAX_FIELDS)
      return reader_fail (self, "has too many parts");
    if (!reader_read_field (self, begin, end, &field) || !func (self, &field, data))
      return FALSE;
    begin = field.end;
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the string of @field */
static char *
reader_read_string (Reader *self, const Field *field)
{
  gsize size = field->end - field->begin;
  g_autofree char *string = NULL;

  if (field->type != WIRE_BYTES || size > MAX_STRING) {
    reader_fail (self, "is damaged");
    return NULL;
  }
  string = g_malloc0 (size + 1);
  if (!reader_read (self, field->begin, string, size))
    return NULL;
  return g_steal_pointer (&string);
}

typedef struct {
  guint number;
  char *string;
} StringField;

/* Keeps the field @number, whose last occurrence counts. */
static gboolean
read_one_string (Reader *reader, const Field *field, gpointer data)
{
  StringField *wanted = data;

  if (field->number != wanted->number)
    return TRUE;
  g_free (wanted->string);
  wanted->string = reader_read_string (reader, field);
  return wanted->string != NULL;
}

/* Returns: (transfer full) (nullable): string @number of the message in @field */
static char *
reader_read_member (Reader *self, const Field *field, guint number)
{
  StringField wanted = { number, NULL };

  if (!reader_foreach (self, field->begin, field->end, read_one_string, &wanted))
    g_clear_pointer (&wanted.string, g_free);
  return wanted.string;
}

static gboolean
read_metadata (Reader *reader, const Field *field, HablaOnnxFile *self)
{
  g_autofree char *key = reader_read_member (reader, field, ENTRY_KEY);
  g_autofree char *value = reader_read_member (reader, field, ENTRY_VALUE);

  if (reader->error != NULL)
    return FALSE;
  if (g_hash_table_size (self->metadata) >= MAX_ENTRIES)
    return reader_fail (reader, "has too much metadata");
  if (key != NULL && value != NULL)
    g_hash_table_replace (self->metadata, g_steal_pointer (&key), g_steal_pointer (&value));
  return TRUE;
}

static gboolean
read_name (Reader *reader, const Field *field, GPtrArray *names)
{
  g_autofree char *name = reader_read_member (reader, field, VALUE_NAME);

  if (reader->error != NULL)
    return FALSE;
  if (names->len >= MAX_ENTRIES)
    return reader_fail (reader, "has too many inputs or outputs");
  if (name != NULL)
    g_ptr_array_add (names, g_steal_pointer (&name));
  return TRUE;
}

/* Keeps the first dimension, whether or not the dimensions are packed. */
static gboolean
read_first_dimension (Reader *reader, const Field *field, gpointer data)
{
  guint64 *dimension = data;
  guint8 packed[MAX_VARINT] = { 0 };

  if (field->number != TENSOR_DIMS || *dimension != 0)
    return TRUE;
  if (field->type == WIRE_VARINT) {
    *dimension = field->varint;
    return TRUE;
  }
  return field->type == WIRE_BYTES &&
         reader_read (reader, field->begin, packed, MIN (field->end - field->begin, MAX_VARINT)) &&
         parse_varint (packed, MAX_VARINT, dimension) > 0;
}

static gboolean
read_initializer (Reader *reader, const Field *field, HablaOnnxFile *self)
{
  g_autofree char *name = reader_read_member (reader, field, TENSOR_NAME);

  if (reader->error != NULL)
    return FALSE;
  if (g_strcmp0 (name, SYMBOLS) == 0 &&
      !reader_foreach (reader, field->begin, field->end, read_first_dimension, &self->n_symbols))
    return reader_fail (reader, "is damaged");
  return TRUE;
}

static gboolean
read_graph_field (Reader *reader, const Field *field, gpointer data)
{
  HablaOnnxFile *self = data;

  if (field->number != GRAPH_NODE && field->number != GRAPH_INITIALIZER &&
      field->number != GRAPH_INPUT && field->number != GRAPH_OUTPUT)
    return TRUE;
  if (field->type != WIRE_BYTES)
    return reader_fail (reader, "is damaged");
  switch (field->number) {
  case GRAPH_INPUT:
    return read_name (reader, field, self->inputs);
  case GRAPH_OUTPUT:
    return read_name (reader, field, self->outputs);
  case GRAPH_INITIALIZER:
    return read_initializer (reader, field, self);
  case GRAPH_NODE:
    self->has_nodes = TRUE;
    break;
  default:
    break;
  }
  return TRUE;
}

static gboolean
read_model_field (Reader *reader, const Field *field, gpointer data)
{
  HablaOnnxFile *self = data;

  switch (field->number) {
  case MODEL_IR_VERSION:
    self->ir_version = field->varint;
    return field->type == WIRE_VARINT || reader_fail (reader, "is damaged");
  case MODEL_GRAPH:
    return field->type == WIRE_BYTES
               ? reader_foreach (reader, field->begin, field->end, read_graph_field, self)
               : reader_fail (reader, "is damaged");
  case MODEL_METADATA:
    return field->type == WIRE_BYTES ? read_metadata (reader, field, self)
                                     : reader_fail (reader, "is damaged");
  default:
    return TRUE;
  }
}

static gboolean
read_model (Reader *reader, guint64 size, HablaOnnxFile *self)
{
  guint8 head[8] = { 0 };

  if (size < sizeof head)
    return reader_fail (reader, "is truncated");
  if (!reader_read (reader, 0, head, sizeof head))
    return FALSE;
  /* A flat buffer of ONNX Runtime. */
  if (memcmp (head + 4, "ORTM", 4) == 0)
    return TRUE;
  if (!reader_foreach (reader, 0, size, read_model_field, self))
    return FALSE;
  if (self->ir_version == 0 || !self->has_nodes || self->outputs->len == 0)
    return reader_fail (reader, "is no model of ONNX");
  if (self->ir_version > MAX_IR_VERSION)
    return reader_fail (reader, "has a newer version of the format than ONNX Runtime supports");
  return TRUE;
}

HablaOnnxFile *
habla_onnx_file_open (const char *path, GError **error)
{
  g_autoptr (HablaOnnxFile) self = g_new0 (HablaOnnxFile, 1);
  Reader reader = { .path = path };
  struct stat info;

  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->inputs = g_ptr_array_new_with_free_func (g_free);
  self->outputs = g_ptr_array_new_with_free_func (g_free);
  /* Not blocking, because @path may be a FIFO. */
  reader.fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (reader.fd < 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "The model file %s cannot be read (%s); install the model again", path, g_strerror (errno));
    return NULL;
  }
  if (fstat (reader.fd, &info) < 0 || !S_ISREG (info.st_mode))
    reader_fail (&reader, "is no regular file");
  else
    read_model (&reader, info.st_size, self);
  close (reader.fd);
  if (reader.error != NULL) {
    g_propagate_error (error, reader.error);
    return NULL;
  }
  g_ptr_array_add (self->inputs, NULL);
  g_ptr_array_add (self->outputs, NULL);
  return g_steal_pointer (&self);
}

void
habla_onnx_file_free (HablaOnnxFile *self)
{
  g_hash_table_unref (self->metadata);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->outputs);
  g_free (self);
}

const char *
habla_onnx_file_get_metadata (const HablaOnnxFile *self, const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}

const char *const *
habla_onnx_file_get_inputs (const HablaOnnxFile *self)
{
  return (const char *const *) self->inputs->pdata;
}

const char *const *
habla_onnx_file_get_outputs (const HablaOnnxFile *self)
{
  return (const char *const *) self->outputs->pdata;
}

guint
habla_onnx_file_get_n_symbols (const HablaOnnxFile *self)
{
  return MIN (self->n_symbols, G_MAXUINT);
}
