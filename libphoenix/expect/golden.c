/*
 * golden.c - a forest as text to be kept and compared:
 *
 *     "agent" AGENT
 *       input.value: "what is the tide?"
 *       "complete" LLM ERROR "timeout"
 *         llm.model_name: "gpt-4o"
 *         event "exception"
 *           exception.type: "Timeout"
 *
 * Ids and times are left out: where a line stands says what they are for.
 */
#include "base/base.h"
#include "expect/expect.h"

static void indent(struct buf *out, uint32_t depth)
{
    for (uint32_t i = 1; i < depth; i++)
        buf_add_string(out, "  ");
}

static void print_head(const struct forest_span *span, struct buf *out)
{
    indent(out, span->depth);
    json_write_text(out, span->name, 0);
    buf_add_byte(out, ' ');
    buf_add_string(out, span_kind_name(span->kind));
    if (span->status != STATUS_UNSET) {
        buf_add_byte(out, ' ');
        buf_add_string(out, span_status_name(span->status));
    }
    buf_add_byte(out, '\n');
}

static void print_body(phx_text body, uint32_t depth, struct buf *out)
{
    size_t at = 0;

    while (at < body.size) {
        const char *end = memchr(body.data + at, '\n', body.size - at);
        size_t next = end ? (size_t)(end - body.data) + 1 : body.size;
        indent(out, depth);
        buf_add(out, body.data + at, next - at);
        at = next;
    }
}

phx_status golden_print(const struct forest *forest, const phx_text *bodies,
                        struct buf *out, phx_error *err)
{
    const struct forest_span *top = &forest->spans[forest->count];
    size_t size = size_mul(forest->count + 1, sizeof(uint32_t));
    uint32_t *stack = memory_new(size);
    size_t count = 0;

    if (stack == NULL)
        return fail_memory(err, size);
    for (uint32_t i = top->child_count; i > 0; i--)
        stack[count++] = forest->children[top->first + i - 1];
    while (count > 0 && out->status == PHX_OK) {
        uint32_t index = stack[--count];
        const struct forest_span *span = &forest->spans[index];
        print_head(span, out);
        print_body(bodies[index], span->depth + 1, out);
        for (uint32_t i = span->child_count; i > 0; i--)
            stack[count++] = forest->children[span->first + i - 1];
    }
    memory_free(stack);
    return buf_status(out, "the golden text", err);
}
