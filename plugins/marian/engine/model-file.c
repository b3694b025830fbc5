/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layout of the file, in little-endian byte order (Marian, src/common/binary.cpp):
 *   u64 version, u64 number of items;
 *   per item: u64 length of its name with the NUL, u64 type, u64 number of dimensions, u64 length
 *   of its data;
 *   names; dimensions (i32); u64 length of padding, padding;
 *   data of the items, one after the other. */
#include "model-file.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "marian.h"

#define VERSION 1
#define MAX_ITEMS 4096
#define MAX_NAME 256
#define MAX_DIMENSIONS 4
#define MAX_ELEMENTS (1u << 30)
#define CONFIG_NAME "special:model.yml"
#define MAX_CONFIG (64 * 1024)

typedef enum {
  TYPE_INT8 = 0x0101, /* raw bytes */
  TYPE_FLOAT32 = 0x0404,
  TYPE_INTGEMM8 = 0x4101, /* 8-bit integers, followed by their multiplier */
} ItemType;

typedef struct {
  const char *name;
  guint64 type;
  guint rows;
  guint columns;
  const guint8 *data;
  gsize length;
} Item;

struct _MarianModelFile {
  GMappedFile *file;
  char *basename;
  GArray *items;     /* of Item */
  GHashTable *index; /* of Item in items, by name */
};

/* The unread part of the file. */
typedef struct {
  const guint8 *data;
  gsize left;
} Reader;

static const guint8 *
reader_take (Reader *self, guint64 length)
{
  const guint8 *data = self->data;

  if (length > self->left)
    return NULL;
  self->data += length;
  self->left -= length;
  return data;
}

static gboolean
reader_take_u64 (Reader *self, guint64 *value)
{
  const guint8 *data = reader_take (self, sizeof *value);

  if (data == NULL)
    return FALSE;
  memcpy (value, data, sizeof *value);
  *value = GUINT64_FROM_LE (*value);
  return TRUE;
}

static gboolean
model_file_fail (MarianModelFile *self, const char *what, const char *name, GError **error)
{
  g_set_error (error, MARIAN_ERROR, MARIAN_ERROR_MODEL, "%s: %s%s%s", self->basename, what,
      name != NULL ? " " : "", name != NULL ? name : "");
  return FALSE;
}

/* The header of an item, before its name and dimensions are known. */
typedef struct {
  guint64 name_length;
  guint64 type;
  guint64 n_dimensions;
  guint64 length;
} Header;

static gboolean
model_file_read_headers (Reader *reader, Header *headers, guint n)
{
  for (guint i = 0; i < n; i++) {
    Header *header = &headers[i];

    if (!reader_take_u64 (reader, &header->name_length) ||
        !reader_take_u64 (reader, &header->type) ||
        !reader_take_u64 (reader, &header->n_dimensions) ||
        !reader_take_u64 (reader, &header->length))
      return FALSE;
    if (header->name_length < 2 || header->name_length > MAX_NAME ||
        header->n_dimensions > MAX_DIMENSIONS)
      return FALSE;
  }
  return TRUE;
}

static gboolean
model_file_read_names (Reader *reader, const Header *headers, Item *items, guint n)
{
  for (guint i = 0; i < n; i++) {
    const guint8 *name = reader_take (reader, headers[i].name_length);

    if (name == NULL ||
        memchr (name, 0, headers[i].name_length) != name + headers[i].name_length - 1)
      return FALSE;
    items[i].name = (const char *) name;
    items[i].type = headers[i].type;
  }
  return TRUE;
}

/* Counts a tensor as a matrix whose columns are its last dimension. */
static gboolean
model_file_read_shapes (Reader *reader, const Header *headers, Item *items, guint n)
{
  for (guint i = 0; i < n; i++) {
    guint64 elements = 1;
    guint32 last = 1;

    for (guint64 j = 0; j < headers[i].n_dimensions; j++) {
      const guint8 *data = reader_take (reader, sizeof last);

      if (data == NULL)
        return FALSE;
      memcpy (&last, data, sizeof last);
      last = GUINT32_FROM_LE (last);
      elements *= last;
      if (last == 0 || elements > MAX_ELEMENTS)
        return FALSE;
    }
    items[i].columns = last;
    items[i].rows = elements / last;
  }
  return TRUE;
}

static gsize
item_get_size (const Item *self)
{
  gsize n = (gsize) self->rows * self->columns;

  switch (self->type) {
  case TYPE_FLOAT32:
    return n * sizeof (float);
  case TYPE_INTGEMM8:
    return n + sizeof (float);
  case TYPE_INT8:
    return n;
  default:
    return G_MAXSIZE;
  }
}

static gboolean
model_file_read_data (Reader *reader, const Header *headers, Item *items, guint n)
{
  guint64 padding;

  if (!reader_take_u64 (reader, &padding) || reader_take (reader, padding) == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    items[i].length = headers[i].length;
    items[i].data = reader_take (reader, headers[i].length);
    if (items[i].data == NULL || item_get_size (&items[i]) > items[i].length)
      return FALSE;
    /* The data of a tensor of floats are used in place. */
    if (items[i].type == TYPE_FLOAT32 && ((guintptr) items[i].data) % sizeof (float) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
model_file_parse (MarianModelFile *self, GError **error)
{
  Reader reader = { (const guint8 *) g_mapped_file_get_contents (self->file),
    g_mapped_file_get_length (self->file) };
  guint64 version, n;
  g_autofree Header *headers = NULL;
  Item *items;

  if (!reader_take_u64 (&reader, &version) || version != VERSION)
    return model_file_fail (self, "not a Marian model of version 1", NULL, error);
  if (!reader_take_u64 (&reader, &n) || n == 0 || n > MAX_ITEMS)
    return model_file_fail (self, "damaged: impossible number of tensors", NULL, error);
  headers = g_new0 (Header, n);
  g_array_set_size (self->items, n);
  items = (Item *) self->items->data;
  if (!model_file_read_headers (&reader, headers, n) ||
      !model_file_read_names (&reader, headers, items, n) ||
      !model_file_read_shapes (&reader, headers, items, n) ||
      !model_file_read_data (&reader, headers, items, n))
    return model_file_fail (self,
        "damaged or truncated, or with weights in an unknown format; install the model again", NULL,
        error);
  for (guint64 i = 0; i < n; i++)
    g_hash_table_insert (self->index, (gpointer) items[i].name, &items[i]);
  return TRUE;
}

MarianModelFile *
marian_model_file_new (const char *path, GError **error)
{
  g_autoptr (MarianModelFile) self = g_new0 (MarianModelFile, 1);

  self->basename = g_path_get_basename (path);
  self->items = g_array_new (FALSE, TRUE, sizeof (Item));
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->file = g_mapped_file_new (path, FALSE, error);
  if (self->file == NULL || !model_file_parse (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
marian_model_file_free (MarianModelFile *self)
{
  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_hash_table_unref (self->index);
  g_array_unref (self->items);
  g_free (self->basename);
  g_free (self);
}

gboolean
marian_model_file_has (MarianModelFile *self, const char *name)
{
  return g_hash_table_contains (self->index, name);
}

static const Item *
model_file_find (MarianModelFile *self, const char *name, ItemType type, GError **error)
{
  const Item *item = g_hash_table_lookup (self->index, name);

  if (error != NULL && *error != NULL)
    return NULL;
  if (item != NULL && item->type == type)
    return item;
  model_file_fail (
      self, item == NULL ? "lacks" : "has an unexpected type of weights in", name, error);
  return NULL;
}

/* Returns: whether all of @n floats are finite, so that no computation can yield NaN */
static gboolean
floats_are_finite (const float *floats, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (floats[i]))
      return FALSE;
  return TRUE;
}

const float *
marian_model_file_get_floats (MarianModelFile *self, const char *name, guint n, GError **error)
{
  const Item *item = model_file_find (self, name, TYPE_FLOAT32, error);

  if (item == NULL)
    return NULL;
  if ((gsize) item->rows * item->columns != n ||
      !floats_are_finite ((const float *) item->data, n)) {
    model_file_fail (self, "has an unexpected shape or value in", name, error);
    return NULL;
  }
  return (const float *) item->data;
}

static float
item_get_multiplier (const Item *self)
{
  float multiplier;

  memcpy (&multiplier, self->data + (gsize) self->rows * self->columns, sizeof multiplier);
  return multiplier;
}

static gboolean
is_embedding (const char *name)
{
  return g_str_has_suffix (name, "Wemb");
}

gboolean
marian_model_file_get_integers (MarianModelFile *self, const char *name, guint rows, guint columns,
    MarianTensor *tensor, GError **error)
{
  const Item *item = model_file_find (self, name, TYPE_INTGEMM8, error);
  guint n_rows, n_columns;

  *tensor = (MarianTensor){ 0 };
  if (item == NULL)
    return FALSE;
  /* The shape is (inputs, outputs), but the data are transposed, except those of embeddings. */
  n_rows = is_embedding (name) ? item->rows : item->columns;
  n_columns = is_embedding (name) ? item->columns : item->rows;
  tensor->multiplier = item_get_multiplier (item);
  if ((rows != 0 && n_rows != rows) || n_columns != columns || n_rows % 8 != 0 ||
      n_columns % 64 != 0 || !isfinite (tensor->multiplier) || tensor->multiplier <= 0)
    return model_file_fail (self, "has an unexpected shape or scale in", name, error);
  tensor->rows = n_rows;
  tensor->columns = n_columns;
  tensor->bytes = (const gint8 *) item->data;
  return TRUE;
}

/* The mapping cannot be written to, so that nothing is lost. Only whole pages can be given back. */
void
marian_model_file_release (MarianModelFile *self, const MarianTensor *tensor)
{
  gsize page = sysconf (_SC_PAGESIZE);
  guintptr begin = (guintptr) tensor->bytes;
  guintptr end = begin + (gsize) tensor->rows * tensor->columns;

  begin = (begin + page - 1) / page * page;
  end = end / page * page;
  if (begin < end && madvise ((gpointer) begin, end - begin, MADV_DONTNEED) < 0)
    g_debug ("%s: madvise: %s", self->basename, g_strerror (errno));
}

float
marian_model_file_get_scalar (MarianModelFile *self, const char *name, float fallback)
{
  const Item *item = g_hash_table_lookup (self->index, name);
  float value = fallback;

  if (item == NULL || item->rows != 1 || item->columns != 1)
    return fallback;
  if (item->type == TYPE_FLOAT32)
    memcpy (&value, item->data, sizeof value);
  else if (item->type == TYPE_INTGEMM8)
    value = (float) *(const gint8 *) item->data / item_get_multiplier (item);
  return isfinite (value) && value > 0 ? value : fallback;
}

char *
marian_model_file_dup_config (MarianModelFile *self)
{
  const Item *item = g_hash_table_lookup (self->index, CONFIG_NAME);

  if (item == NULL)
    return NULL;
  return g_utf8_make_valid ((const char *) item->data,
      strnlen ((const char *) item->data, MIN (item->length, MAX_CONFIG)));
}
