/*
 * filter.c - conditions of the filter language: checked, and the words that an
 * editor of one can offer.
 */
#include "base/base.h"

#include "api/inside.h"
#include "query/query.h"

enum { WORDS = 1000 };

phx_status phx_filter_check(int32_t grain, const char *text, size_t size,
                            phx_buf *out, phx_error *err)
{
    struct arena arena;
    struct query query;
    struct buf canonical;

    if (grain < PHX_FILTER_SPANS || grain > PHX_FILTER_SESSIONS ||
        (text == NULL && size != 0))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&canonical, SIZE_MAX);
    phx_status status =
        query_compile(&arena, (enum query_grain)grain,
                      text_span(text != NULL ? text : "", size), &query, err);
    if (status >= 0 && out != NULL) {
        query_print(&query, &canonical);
        status = give_buf(&canonical, "the condition", out, err);
    }
    buf_clear(&canonical);
    arena_clear(&arena);
    return status;
}

phx_status condition_compile(struct arena *arena, int32_t grain, phx_text text,
                             struct query *query, struct store_condition *out,
                             phx_error *err)
{
    phx_status status;

    *query = (struct query){0};
    *out = (struct store_condition){{NULL, 0}, NULL, 0};
    if (text.size == 0)
        return PHX_OK;
    if (text.data == NULL)
        return fail_argument(err);
    if ((status = arena_keep(arena, &text, err)) < 0 ||
        (status = query_compile(arena, (enum query_grain)grain, text, query,
                                err)) < 0)
        return status;
    return query_terms(query, arena, out, err);
}

phx_status condition_read(struct arena *arena, int32_t grain, phx_text text,
                          struct store_condition *out, phx_error *err)
{
    struct query query;

    return condition_compile(arena, grain, text, &query, out, err);
}

/* --- words ------------------------------------------------------------------- */

struct words {
    struct arena *arena;
    enum query_grain grain;
    phx_word *rows;
    size_t count, capacity;
    struct buf text;
};

static phx_status add_word(struct words *words, const phx_word *word,
                           phx_error *err)
{
    phx_word *rows = arena_grow(words->arena, words->rows, &words->capacity,
                                words->count, sizeof *rows);

    if (rows == NULL)
        return arena_status(words->arena, sizeof *rows, err);
    words->rows = rows;
    words->rows[words->count++] = *word;
    return PHX_OK;
}

/* What elements are called; rows are not. */
static phx_text owner_name(uint8_t owner)
{
    static const char *const names[] = {
        [QUERY_SPAN_OF_TRACE] = "span",
        [QUERY_SPAN_OF_SESSION] = "span",
        [QUERY_TRACE_OF_SESSION] = "trace",
        [QUERY_ANNOTATION] = "annotation",
        [QUERY_NOTE_MEMBER] = "named annotation",
        [QUERY_COST_DETAIL] = "cost detail",
    };

    return text_of(names[owner]);
}

static int32_t type_of(uint8_t type)
{
    static const int32_t types[] = {
        [QUERY_BOOLEAN] = PHX_TYPE_BOOLEAN, [QUERY_NUMBER] = PHX_TYPE_NUMBER,
        [QUERY_TEXT] = PHX_TYPE_TEXT,       [QUERY_TIME] = PHX_TYPE_TIME,
        [QUERY_NULL] = PHX_TYPE_ANY,        [QUERY_UNKNOWN] = PHX_TYPE_ANY,
        [QUERY_TEXTS] = PHX_TYPE_TEXTS,     [QUERY_THING] = PHX_TYPE_THING,
    };

    return types[type];
}

static phx_status add_language(struct words *words, phx_error *err)
{
    static const int32_t kinds[] = {
        [QUERY_WORD_FIELD] = PHX_WORD_FIELD,
        [QUERY_WORD_FUNCTION] = PHX_WORD_FUNCTION,
        [QUERY_WORD_ITERABLE] = PHX_WORD_ITERABLE,
    };
    struct query_word word;
    size_t index = 0;
    phx_status status = PHX_OK;

    while (status >= 0 && query_word_next(words->grain, &index, &word)) {
        bool iterable = word.kind == QUERY_WORD_ITERABLE;
        phx_word row = {
            .kind = kinds[word.kind],
            .type = iterable ? PHX_TYPE_ANY : type_of(word.type),
            .text = text_of(word.name),
            .name = text_of(word.name),
            .of = owner_name(word.owner),
            .element = iterable ? owner_name(word.element) : text_of(NULL),
        };
        status = add_word(words, &row, err);
    }
    return status;
}

/* What has been printed becomes a text in the arena. */
static phx_status take_text(struct words *words, phx_text *out, phx_error *err)
{
    phx_status status = buf_status(&words->text, "a word", err);

    if (status < 0)
        return status;
    *out = text_span(words->text.data, words->text.size);
    return arena_keep(words->arena, out, err);
}

/* Names of annotations of a kind, as this owner's. */
static phx_status add_names(struct words *words, struct store *store,
                            int32_t kind, int64_t project, size_t limit,
                            phx_error *err)
{
    size_t count = 0;
    phx_text *names = NULL;
    phx_status status = store_read_annotation_names(
        store, kind, project, limit, words->arena, &names, &count, err);

    for (size_t i = 0; i < count && status >= 0; i++) {
        const struct query_note note = {.owner = (uint8_t)kind,
                                        .name = names[i]};
        phx_word row = {.kind = PHX_WORD_ANNOTATION,
                        .type = PHX_TYPE_BOOLEAN,
                        .name = names[i]};
        if (kind != PHX_DOCUMENT_ANNOTATION) {
            buf_reset(&words->text);
            query_print_note(&note, &words->text);
            status = take_text(words, &row.text, err);
        }
        if (status >= 0)
            status = add_word(words, &row, err);
    }
    return status;
}

/* --- attributes ---------------------------------------------------------------- */

static phx_status path_steps(struct arena *arena, const struct value *path,
                             struct query_path *out, phx_error *err)
{
    size_t size = size_mul(path->count, sizeof(struct query_step));
    struct query_step *steps = arena_new(arena, size);

    if (steps == NULL)
        return arena_status(arena, size, err);
    for (uint32_t i = 0; i < path->count; i++) {
        const struct value *step = &path->items[i];
        steps[i] = step->kind == JSON_TEXT
                       ? (struct query_step){.key = step->text}
                       : (struct query_step){.index = (uint32_t)step->integer};
    }
    *out = (struct query_path){.steps = steps, .count = path->count};
    return PHX_OK;
}

/* The keys joined by dots, as one name. */
static void print_dotted(const struct query_path *path, struct buf *out)
{
    for (uint32_t i = 0; i < path->count; i++) {
        if (i > 0)
            buf_add_byte(out, '.');
        if (path->steps[i].key.data != NULL)
            buf_add_text(out, path->steps[i].key);
    }
}

/* Whether a word is this attribute, and nothing else of the language. */
static phx_status means(struct words *words, struct arena *arena, phx_text word,
                        const struct query_path *path, bool *out,
                        phx_error *err)
{
    static const char end[] = " is None";
    struct buf mine, printed;
    struct query query;
    phx_error why = {0};

    *out = false;
    char *text = arena_new(arena, size_add(word.size, sizeof end));
    if (text == NULL)
        return arena_status(arena, word.size, err);
    memcpy(text, word.data, word.size);
    memcpy(text + word.size, end, sizeof end);
    phx_status status = query_compile(
        arena, words->grain, text_span(text, word.size + sizeof end - 1),
        &query, &why);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, word.size);
    if (status < 0 || query.path_count != 1 || query.fields != 0)
        return PHX_OK;
    buf_init(&mine, SIZE_MAX);
    buf_init(&printed, SIZE_MAX);
    query_print_path(path, &mine);
    query_print_path(query.paths[0], &printed);
    if ((status = buf_status(&mine, "a word", err)) >= 0 &&
        (status = buf_status(&printed, "a word", err)) >= 0)
        *out = mine.size == printed.size &&
               memcmp(mine.data, printed.data, mine.size) == 0;
    buf_clear(&mine);
    buf_clear(&printed);
    return status;
}

/* An attribute that is a field, too, has been told. */
static bool is_field(const struct words *words, phx_text name)
{
    const struct query_field *field;
    size_t index = 0;

    do {
        field = query_field_next((enum query_owner)words->grain, &index);
    } while (field != NULL && !text_is(name, field->name));
    return field != NULL;
}

/* By its name if it has one, else by keys in brackets; not at all where no
 * condition can say it. */
static phx_status add_attribute(struct words *words, const struct value *from,
                                phx_error *err)
{
    phx_word row = {.kind = PHX_WORD_ATTRIBUTE, .type = PHX_TYPE_ANY};
    struct query_path path;
    struct arena arena;
    bool found = false;

    arena_init(&arena, SIZE_MAX);
    phx_status status = path_steps(&arena, from, &path, err);
    for (int i = 0; i < 2 && status >= 0 && !found; i++) {
        buf_reset(&words->text);
        if (i == 0)
            print_dotted(&path, &words->text);
        else
            query_print_path(&path, &words->text);
        if ((status = take_text(words, &row.text, err)) >= 0)
            status = means(words, &arena, row.text, &path, &found, err);
    }
    arena_clear(&arena);
    row.name = row.text;
    return status < 0 || !found || is_field(words, row.text)
               ? status
               : add_word(words, &row, err);
}

static phx_status add_attributes(struct words *words, struct store *store,
                                 int64_t project, size_t limit, phx_error *err)
{
    struct value *paths = NULL;
    size_t count = 0;
    phx_status status = store_read_attribute_paths(
        store, project, limit, words->arena, &paths, &count, err);

    for (size_t i = 0; i < count && status >= 0; i++)
        status = add_attribute(words, &paths[i], err);
    return status;
}

/* --- cursors ------------------------------------------------------------------- */

static phx_status give_words(phx_cursor *cursor, struct words *words,
                             phx_status status, phx_cursor **out)
{
    buf_clear(&words->text);
    if (status < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->rows = words->rows;
    cursor->count = words->count;
    *out = cursor;
    return PHX_OK;
}

phx_status phx_filter_vocabulary(int32_t grain, phx_store *store,
                                 phx_id project, size_t limit, phx_cursor **out,
                                 phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (grain < PHX_FILTER_SPANS || grain > PHX_FILTER_SESSIONS || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_WORDS, &cursor, err)) < 0)
        return status;
    struct words words = {.arena = &cursor->arena,
                          .grain = (enum query_grain)grain};
    buf_init(&words.text, SIZE_MAX);
    limit = limit > 0 ? limit : WORDS;
    status = add_language(&words, err);
    if (status >= 0 && store != NULL)
        status = add_names(&words, store->store, grain, project, limit, err);
    if (status >= 0 && store != NULL && grain == PHX_FILTER_SPANS)
        status = add_names(&words, store->store, PHX_TRACE_ANNOTATION, project,
                           limit, err);
    if (status >= 0 && store != NULL)
        status = add_attributes(&words, store->store, project, limit, err);
    return give_words(cursor, &words, status, out);
}

phx_status phx_store_annotation_names(phx_store *store, int32_t kind,
                                      phx_id project, size_t limit,
                                      phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL || kind < PHX_SPAN_ANNOTATION ||
        kind > PHX_DOCUMENT_ANNOTATION)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_WORDS, &cursor, err)) < 0)
        return status;
    struct words words = {.arena = &cursor->arena};
    buf_init(&words.text, SIZE_MAX);
    status = add_names(&words, store->store, kind, project,
                       limit > 0 ? limit : WORDS, err);
    return give_words(cursor, &words, status, out);
}

phx_status phx_cursor_next_word(phx_cursor *cursor, const phx_word **out,
                                phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_WORDS)
        return fail_argument(err);
    *out = cursor->at < cursor->count
               ? (const phx_word *)cursor->rows + cursor->at++
               : NULL;
    return *out ? PHX_OK : PHX_DONE;
}
