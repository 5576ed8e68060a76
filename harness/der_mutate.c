/* der_mutate: see der_mutate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "der_mutate.h"

#include <string.h>

#include "cert/oid.h"
#include "der_fresh.h"
#include "der_write.h"
#include "draw.h"

#define DEPTH_MAX 24
#define WORK_ROOM ((size_t)64 * 1024)

enum { OCTETS = 0x04, CONSTRUCTED = 0x20 };

/* An element, and those inside it: the nodes from the next one to `end`. */
struct node {
  size_t at;
  size_t header;
  size_t size; /* with the header */
  size_t end;
  size_t depth;
};

struct tree {
  struct sch_span bytes;
  struct node nodes[SCH_DER_NODES];
  size_t count;
};

/* --- apart */

/* read_header reads tag and length of an element in `in`; false when it is none. */
static bool read_header(struct sch_span in, size_t *header, size_t *size) {
  uint8_t tag;
  uint8_t first;
  const size_t whole = in.size;
  size_t length = 0;

  if (!sch_span_u8(&in, &tag) || !sch_span_u8(&in, &first) || (tag & 0x1f) == 0x1f) {
    return false;
  }
  if (first < 0x80) {
    length = first;
  } else {
    for (int left = first & 0x7f; left > 0; left--) {
      uint8_t byte;

      if (first > 0x84 || !sch_span_u8(&in, &byte)) {
        return false;
      }
      length = length << 8 | byte;
    }
  }
  *header = whole - in.size;
  *size = *header + length;
  return first != 0x80 && length <= in.size;
}

static bool read_list(struct tree *tree, size_t at, size_t end, size_t depth);

/* read_inside reads what is in the node read last, when that is elements to the end: an OCTET
 * STRING often holds one. */
static void read_inside(struct tree *tree, size_t index) {
  const struct node node = tree->nodes[index];
  const uint8_t tag = tree->bytes.data[node.at];
  const size_t count = tree->count;

  if (node.depth < DEPTH_MAX && node.size > node.header &&
      ((tag & CONSTRUCTED) != 0 || tag == OCTETS) &&
      !read_list(tree, node.at + node.header, node.at + node.size, node.depth + 1)) {
    tree->count = count;
  }
}

static bool read_list(struct tree *tree, size_t at, size_t end, size_t depth) {
  while (at < end) {
    const size_t index = tree->count;
    size_t header;
    size_t size;

    if (index == SCH_DER_NODES ||
        !read_header(sch_span_of(tree->bytes.data + at, end - at), &header, &size)) {
      return false;
    }
    tree->nodes[tree->count++] = (struct node){at, header, size, index + 1, depth};
    read_inside(tree, index);
    tree->nodes[index].end = tree->count;
    at += size;
  }
  return true;
}

static void read_tree(struct tree *tree, struct sch_span bytes) {
  tree->bytes = bytes;
  tree->count = 0;
  if (!read_list(tree, 0, bytes.size, 0)) {
    /* What comes behind the last element stays as it is. */
    while (tree->count != 0 && tree->nodes[tree->count - 1].depth != 0) {
      tree->count--;
    }
  }
}

static struct sch_span whole_of(const struct tree *tree, size_t index) {
  return sch_span_of(tree->bytes.data + tree->nodes[index].at, tree->nodes[index].size);
}

static struct sch_span body_of(const struct tree *tree, size_t index) {
  const struct node *node = &tree->nodes[index];

  return sch_span_of(tree->bytes.data + node->at + node->header, node->size - node->header);
}

/* --- and together again */

/* One change: what stands at a node, or in its place. */
struct edit {
  size_t node;
  struct sch_span before;  /* the node is kept behind these bytes */
  struct sch_span instead; /* used when `replaces` */
  bool replaces;
  struct sch_span after;
  bool lies; /* the lengths around it stay what they were */
};

static void emit(const struct tree *tree, size_t index, const struct edit *edit,
                 struct sch_builder *to) {
  const struct node *node = &tree->nodes[index];

  if (index == edit->node) {
    sch_builder_bytes(to, edit->before);
    sch_builder_bytes(to, edit->replaces ? edit->instead : whole_of(tree, index));
    sch_builder_bytes(to, edit->after);
    return;
  }
  if (edit->node < index || edit->node >= node->end) {
    sch_builder_bytes(to, whole_of(tree, index));
    return;
  }
  const struct sch_span header = sch_span_of(tree->bytes.data + node->at, node->header);
  size_t mark = 0;

  if (edit->lies) {
    sch_builder_bytes(to, header);
  } else {
    mark = sch_der_open(to, header.data[0]);
  }
  for (size_t child = index + 1; child < node->end; child = tree->nodes[child].end) {
    emit(tree, child, edit, to);
  }
  if (!edit->lies) {
    sch_der_close(to, mark);
  }
}

static void write_tree(const struct tree *tree, const struct edit *edit, struct sch_builder *to) {
  size_t end = 0;

  for (size_t index = 0; index < tree->count; index = tree->nodes[index].end) {
    emit(tree, index, edit, to);
    end = tree->nodes[index].at + tree->nodes[index].size;
  }
  sch_builder_bytes(to, sch_span_last(tree->bytes, tree->bytes.size - end));
}

/* --- changes */

/* put_length_wrong writes an element again, with a length that is right but too long, or wrong. */
static void put_length_wrong(struct sch_builder *to, struct sch_span whole, size_t header,
                             uint64_t *state) {
  const size_t size = whole.size - header;

  sch_builder_u8(to, whole.data[0]);
  switch (sch_draw_below(state, 4)) {
    case 0:
      sch_builder_u8(to, 0x82);
      sch_builder_u16(to, (uint16_t)size);
      break;
    case 1:
      sch_builder_u8(to, 0x81);
      sch_builder_u8(to, (uint8_t)size);
      break;
    case 2:
      sch_builder_u8(to, 0x80);
      break;
    default:
      sch_builder_u8(to, (uint8_t)(size + (sch_draw_one_in(state, 2) ? 1 : 255)));
      break;
  }
  sch_builder_bytes(to, sch_span_last(whole, size));
  if (whole.data[1] == 0x80) {
    sch_builder_u16(to, 0);
  }
}

static void put_body_changed(struct sch_builder *to, uint8_t tag, struct sch_span body,
                             sch_change_bytes *bytes, uint64_t *state) {
  const size_t mark = sch_der_open(to, tag);
  const size_t spare = 64;

  if (sch_draw_one_in(state, 2) || bytes == NULL) {
    sch_der_fresh_body(to, tag, state);
  } else {
    uint8_t *at = sch_builder_lend(to, body.size + spare);

    if (at != NULL) {
      sch_copy(at, body.data, body.size);
      to->size -= body.size + spare;
      to->size += bytes(at, body.size, body.size + spare);
    }
  }
  sch_der_close(to, mark);
}

/* put_turned writes the elements inside a node in another order: the first one last. */
static void put_turned(const struct tree *tree, size_t index, struct sch_builder *to) {
  const struct node *node = &tree->nodes[index];
  const size_t mark = sch_der_open(to, tree->bytes.data[node->at]);
  const size_t second = tree->nodes[index + 1].end;

  for (size_t child = second; child < node->end; child = tree->nodes[child].end) {
    sch_builder_bytes(to, whole_of(tree, child));
  }
  sch_builder_bytes(to, whole_of(tree, index + 1));
  sch_der_close(to, mark);
}

/* draw_edit fills in one change, with `room` for what is new. */
static void draw_edit(const struct tree *tree, struct edit *edit, struct sch_builder *room,
                      sch_change_bytes *bytes, uint64_t *state) {
  const size_t node = sch_draw_below(state, tree->count);
  const struct sch_span whole = whole_of(tree, node);
  const size_t other = sch_draw_below(state, tree->count);

  *edit = (struct edit){.node = node, .replaces = true, .lies = sch_draw_one_in(state, 24)};
  switch (sch_draw_below(state, 11)) {
    case 0: /* it is removed */
      return;
    case 1: /* it comes twice */
      edit->after = whole;
      edit->replaces = false;
      return;
    case 2:
      edit->instead = whole_of(tree, other);
      return;
    case 3:
      sch_der_fresh(room, state);
      edit->after = sch_builder_built(room);
      edit->replaces = false;
      return;
    case 4:
      sch_der_fresh(room, state);
      break;
    case 5:
      sch_builder_bytes(room, whole);
      if (!room->failed) {
        room->data[0] = sch_der_fresh_tag(state);
      }
      break;
    case 6:
      put_length_wrong(room, whole, tree->nodes[node].header, state);
      break;
    case 7: {
      const size_t mark = sch_der_open(room, whole.data[0]);

      sch_builder_bytes(room, body_of(tree, node));
      sch_der_fresh(room, state);
      sch_der_close(room, mark);
      break;
    }
    case 8:
      if (tree->nodes[node].end > node + 2) {
        put_turned(tree, node, room);
        break;
      }
      put_body_changed(room, whole.data[0], body_of(tree, node), bytes, state);
      break;
    default:
      put_body_changed(room, whole.data[0], body_of(tree, node), bytes, state);
      break;
  }
  edit->instead = sch_builder_built(room);
}

/* --- as an engine asks for it */

static size_t copied(struct sch_span input, uint8_t *out, size_t room) {
  const struct sch_span kept = sch_span_first(input, room);

  sch_copy(out, kept.data, kept.size);
  return kept.size;
}

/* hands over what was built, or what there was. */
static size_t give(const struct sch_builder *built, struct sch_span input, uint8_t *out,
                   size_t room) {
  return built->failed || built->size == 0 || built->size > room
             ? copied(input, out, room)
             : copied(sch_builder_built(built), out, room);
}

size_t sch_der_mutate(struct sch_span input, sch_change_bytes *bytes, uint32_t seed, uint8_t *out,
                      size_t room) {
  static struct tree tree;
  static uint8_t first[WORK_ROOM];
  static uint8_t second[WORK_ROOM];
  static uint8_t fresh[WORK_ROOM];
  uint64_t state = seed;
  struct sch_builder built = sch_builder_of(first, sizeof first);

  read_tree(&tree, input);
  if (tree.count < 4 || sch_draw_one_in(&state, 64)) {
    sch_der_fresh_certificate(&built, &state);
    if (sch_draw_one_in(&state, 2)) {
      return give(&built, input, out, room);
    }
    read_tree(&tree, sch_builder_built(&built));
  }
  for (int left = sch_draw_one_in(&state, 4) ? 2 : 1; left > 0 && tree.count != 0; left--) {
    struct sch_builder drawn = sch_builder_of(fresh, sizeof fresh);
    struct edit edit;

    /* What is being read is never what is being written. */
    built = sch_builder_of(tree.bytes.data == first ? second : first, WORK_ROOM);
    draw_edit(&tree, &edit, &drawn, bytes, &state);
    write_tree(&tree, &edit, &built);
    if (built.failed) {
      break;
    }
    read_tree(&tree, sch_builder_built(&built));
  }
  return give(&built, input, out, room);
}

size_t sch_der_cross(struct sch_span first, struct sch_span second, uint32_t seed, uint8_t *out,
                     size_t room) {
  static struct tree tree;
  static struct tree other;
  static uint8_t bytes[WORK_ROOM];
  struct sch_builder built = sch_builder_of(bytes, sizeof bytes);
  uint64_t state = seed;

  read_tree(&tree, first);
  read_tree(&other, second);
  if (tree.count == 0 || other.count == 0) {
    return copied(first, out, room);
  }
  struct edit edit = {.node = sch_draw_below(&state, tree.count)};
  const uint8_t tag = first.data[tree.nodes[edit.node].at];
  size_t from = sch_draw_below(&state, other.count);

  /* The same kind of element has a chance of being understood. */
  for (size_t i = 0; i < other.count && second.data[other.nodes[from].at] != tag; i++) {
    from = (from + 1) % other.count;
  }
  edit.replaces = !sch_draw_one_in(&state, 3);
  edit.instead = whole_of(&other, from);
  edit.after = edit.replaces ? (struct sch_span){0} : edit.instead;
  write_tree(&tree, &edit, &built);
  return give(&built, first, out, room);
}
