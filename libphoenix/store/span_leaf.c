/*
 * span_leaf.c - the attributes that rows of span_attributes are: of each span
 * the one of the key that is asked for, or all its leaves, whose keys are their
 * paths joined by dots.
 */
#include "base/base.h"

#include "store/span_table.h"

#include "attr/attr.h"

/* --- the key ----------------------------------------------------------------- */

static bool is_index(phx_text segment)
{
    size_t i = 0;

    while (i < segment.size && segment.data[i] >= '0' && segment.data[i] <= '9')
        i++;
    return i == segment.size && i > 0 && i < 10;
}

static struct value step_of(phx_text segment)
{
    int64_t index = 0;

    if (!is_index(segment))
        return value_text(segment);
    for (size_t i = 0; i < segment.size; i++)
        index = index * 10 + segment.data[i] - '0';
    return value_int(index);
}

/* "a.0.b" -> ["a", 0, "b"]. A key of too many steps is no attribute's. */
static phx_status read_key(struct span_plan *plan, struct value *out,
                           phx_error *err)
{
    size_t size = JSON_DEPTH * sizeof *out->items, from = 0;
    struct value *steps = arena_new(&plan->arena, size);

    if (steps == NULL)
        return arena_status(&plan->arena, size, err);
    *out = (struct value){.kind = JSON_ARRAY, .items = steps};
    for (size_t i = 0; i <= plan->key.size; i++) {
        if (i < plan->key.size && plan->key.data[i] != '.')
            continue;
        if (out->count == JSON_DEPTH) {
            plan->search.nothing = true;
            return PHX_OK;
        }
        steps[out->count++] =
            step_of(text_span(plan->key.data + from, i - from));
        from = i + 1;
    }
    return PHX_OK;
}

/* What attributes may be, that SQL finds equal to a value: 0 for what is left
 * to SQLite. A boolean is 1 or 0 there, arrays and objects are texts. */
static uint32_t read_wanted(sqlite3_value *value, struct value out[2])
{
    phx_text text;

    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        out[0] = value_int(sqlite3_value_int64(value));
        break;
    case SQLITE_FLOAT:
        out[0] = attribute_real(sqlite3_value_double(value));
        if (out[0].kind == JSON_REAL &&
            !(out[0].real < 9e18 && out[0].real > -9e18))
            return 0;
        break;
    case SQLITE_TEXT:
        text = text_of_value(value);
        out[0] = value_text(text);
        return text.size == 0 || strchr("[{", text.data[0]) == NULL;
    default:
        return 0;
    }
    if (out[0].kind != JSON_INT || (out[0].integer & ~INT64_C(1)) != 0)
        return 1;
    out[1] = value_bool(out[0].integer == 1);
    return 2;
}

phx_status leaf_plan_fill(struct span_plan *plan, struct buf *packed,
                          phx_error *err)
{
    struct value parts[3];
    struct value test = {.kind = JSON_ARRAY, .count = 1, .items = parts};
    phx_status status = read_key(plan, &parts[0], err);

    if (status < 0)
        return status;
    buf_reset(packed);
    pack_value(packed, &parts[0]);
    if ((status = buf_status(packed, "an attribute's path", err)) < 0)
        return status;
    plan->packed = text_span(
        arena_copy(&plan->arena, packed->data, packed->size), packed->size);
    if (plan->packed.data == NULL)
        return arena_status(&plan->arena, packed->size, err);
    if (plan->equal_to != NULL)
        test.count += read_wanted(plan->equal_to, parts + 1);
    if (test.count == 1)
        return PHX_OK;
    buf_reset(packed);
    pack_value(packed, &test);
    if ((status = buf_status(packed, "an attribute test", err)) < 0)
        return status;
    return span_plan_add_test(plan, text_span(packed->data, packed->size), err);
}

/* --- rows --------------------------------------------------------------------- */

static phx_status find_leaf(struct span_row *row, phx_error *err)
{
    struct span_leaves *leaves = &row->leaves;
    bool found = false;
    phx_status status =
        attribute_open(row->hit->opened, row->plan->packed, &leaves->path, err);

    if (status < 0 ||
        (status = block_path_kind(leaves->path, &leaves->arena, row->hit->row,
                                  &leaves->kind, &found, err)) < 0)
        return status;
    leaves->key = row->plan->key;
    leaves->value = NULL;
    return found && leaves->kind != JSON_NULL ? PHX_OK : PHX_DONE;
}

static phx_status take_leaf(struct span_leaves *leaves)
{
    if (leaves->at >= leaves->flat.count)
        return PHX_DONE;
    const struct member *member = &leaves->flat.members[leaves->at];
    leaves->key = member->key;
    leaves->kind = member->value.kind;
    leaves->value = &member->value;
    return PHX_OK;
}

static phx_status list_leaves(struct span_row *row, phx_error *err)
{
    struct span_leaves *leaves = &row->leaves;
    struct span span;
    phx_status status;

    if ((status =
             block_read_spans(row->hit->opened->stored.block, &leaves->arena,
                              &row->hit->row, 1, BLOCK_LENT, &span, err)) < 0 ||
        (status = attr_flatten(&leaves->arena, &span.tree, NULL, ATTR_RECURSE,
                               &leaves->flat, err)) < 0)
        return status;
    return take_leaf(leaves);
}

phx_status leaves_first(struct span_row *row, phx_error *err)
{
    arena_reset(&row->leaves.arena);
    row->leaves.flat.count = 0;
    row->leaves.at = 0;
    return row->plan->key.data != NULL ? find_leaf(row, err)
                                       : list_leaves(row, err);
}

phx_status leaves_next(struct span_row *row)
{
    row->leaves.at++;
    return take_leaf(&row->leaves);
}

static phx_status result_leaf(sqlite3_context *context, struct span_row *row,
                              phx_error *err)
{
    struct arena *scratch = &row->snapshot->scratch;
    struct value value;
    bool found;

    if (row->leaves.value != NULL)
        return result_value(context, row->leaves.value, err);
    arena_reset(scratch);
    phx_status status = block_path_value(row->leaves.path, scratch,
                                         row->hit->row, &value, &found, err);
    return status < 0 || !found ? status : result_value(context, &value, err);
}

phx_status leaf_result(sqlite3_context *context, struct span_row *row,
                       enum span_column column, phx_error *err)
{
    phx_text key = row->leaves.key;

    if (column == SPAN_VALUE)
        return result_leaf(context, row, err);
    if (column == SPAN_TYPE)
        attribute_result_kind(context, row->leaves.kind);
    else
        sqlite3_result_text64(context, key.size > 0 ? key.data : "", key.size,
                              SQLITE_TRANSIENT, SQLITE_UTF8);
    return PHX_OK;
}
