/*
 * agents.c - traces as agents make them. A trace is a retrieval, three rounds
 * of LLM call and tool call, and the agent's span, which comes last as
 * exporters send parents after children:
 *
 *     retrieve, (LLM, tool) x 3, agent        8 spans
 *
 * One trace in 2,000 has 500 rounds. An LLM call repeats up to 12 messages of
 * its session, flat and once more as JSON text; words follow Zipf's law;
 * sessions have 5 traces.
 */
#include "agents.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 8192,
    HISTORY = 12,       /* messages an LLM call repeats */
    MESSAGE_SIZE = 222, /* bytes of an answer, near enough */
    TRACES = 5,         /* a session */
    ROUNDS = 3,         /* a trace */
    LONG_ROUNDS = 500,
    LONG_TRACES = 2000 /* one trace in so many is long */
};

static const uint64_t START_NS = UINT64_C(1760000000000000000);

struct block {
    struct block *next;
    size_t used;
    uint8_t bytes[];
};

enum { BLOCK_SIZE = 8 << 20 };

struct text {
    const char *data;
    size_t size;
};

struct message {
    int role;
    struct text text;
};

struct session {
    uint32_t number;
    unsigned user;
    unsigned tenant;
    struct message messages[HISTORY];
    size_t message_count;
    int traces; /* to come */
    int step;   /* of the trace */
    int rounds;
    uint64_t trace_id[2];
    uint64_t root;
    uint64_t time;
    uint64_t start;
    struct text question;
};

struct agents {
    uint32_t sessions;
    uint64_t random;
    struct block *blocks;
    char words[WORDS][16];
    uint8_t word_sizes[WORDS];
    uint16_t zipf[65536];
};

/* --- chance and memory ---------------------------------------------------- */

static uint64_t draw(struct agents *agents)
{
    uint64_t x = agents->random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    agents->random = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static void *get(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        fprintf(stderr, "load: no memory\n");
        exit(2);
    }
    return memory;
}

static uint8_t *room(struct agents *agents, size_t size)
{
    struct block *block = agents->blocks;

    size = (size + 7) & ~(size_t)7;
    if (block == NULL || block->used + size > BLOCK_SIZE) {
        block = get(sizeof *block + (size > BLOCK_SIZE ? size : BLOCK_SIZE));
        block->next = agents->blocks;
        block->used = 0;
        agents->blocks = block;
    }
    block->used += size;
    return block->bytes + block->used - size;
}

/* --- words ---------------------------------------------------------------- */

static void make_words(struct agents *agents)
{
    static const char syllables[32][5] = {
        "re", "con",  "ta",  "ing", "al", "st",   "or",  "de",
        "in", "ment", "pro", "ver", "ly", "tion", "ser", "un",
        "le", "ca",   "mi",  "no",  "qu", "ex",   "ble", "th",
        "en", "pa",   "lo",  "ri",  "du", "em",   "sh",  "wa"};
    double sum = 0;
    double reached = 0;
    size_t filled = 0;

    for (unsigned i = 0; i < WORDS; i++) {
        unsigned count = i < 64     ? 1
                         : i < 1000 ? 2
                                    : 3 + (unsigned)(draw(agents) % 2);
        size_t size = 0;
        for (unsigned j = 0; j < count; j++) {
            const char *syllable = syllables[draw(agents) % 32];
            size_t more = strlen(syllable);
            if (size + more > sizeof agents->words[i])
                break;
            memcpy(agents->words[i] + size, syllable, more);
            size += more;
        }
        agents->word_sizes[i] = (uint8_t)size;
        sum += 1.0 / (i + 2.7);
    }
    for (unsigned i = 0; i < WORDS; i++) {
        reached += 1.0 / (i + 2.7) / sum;
        while (filled < 65536 && (double)filled < reached * 65536)
            agents->zipf[filled++] = (uint16_t)i;
    }
    while (filled < 65536)
        agents->zipf[filled++] = WORDS - 1;
}

static struct text prose(struct agents *agents, size_t size)
{
    char *data = (char *)room(agents, size + 24);
    size_t used = 0;

    while (used < size) {
        uint64_t chance = draw(agents);
        if (chance % 29 == 0) {
            used += (size_t)snprintf(data + used, 8, "%u",
                                     (unsigned)(chance >> 40) % 100000);
        } else {
            unsigned word = agents->zipf[chance >> 48];
            memcpy(data + used, agents->words[word], 16);
            used += agents->word_sizes[word];
        }
        data[used++] = (chance >> 8) % 17   ? ' '
                       : (chance >> 16) % 3 ? '.'
                                            : '\n';
    }
    return (struct text){data, used};
}

/* --- protobuf ------------------------------------------------------------- */

/* The span under way; large enough for the largest. */
struct scratch {
    size_t size;
    uint8_t pair_tag; /* of the field that attributes are */
    uint8_t bytes[64 << 10];
};

size_t varint_size(uint64_t value)
{
    size_t size = 1;

    while (value >>= 7)
        size++;
    return size;
}

uint8_t *put_varint(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

void put_fixed(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static void add(struct scratch *span, const void *bytes, size_t size)
{
    if (size > sizeof span->bytes - span->size) {
        fprintf(stderr, "load: span too large\n");
        exit(2);
    }
    memcpy(span->bytes + span->size, bytes, size);
    span->size += size;
}

static void add_varint(struct scratch *span, uint64_t value)
{
    uint8_t bytes[10];

    add(span, bytes, (size_t)(put_varint(bytes, value) - bytes));
}

static void add_bytes(struct scratch *span, uint8_t tag, const void *bytes,
                      size_t size)
{
    add(span, &tag, 1);
    add_varint(span, size);
    add(span, bytes, size);
}

static size_t add_fixed(struct scratch *span, uint8_t tag, uint64_t value)
{
    uint8_t bytes[9] = {tag};

    put_fixed(bytes + 1, value);
    add(span, bytes, sizeof bytes);
    return span->size - 8;
}

/* An attribute {key: 1, value: AnyValue 2}. */
static void add_value(struct scratch *span, const char *key, uint8_t tag,
                      const void *value, size_t size)
{
    bool sized = tag == 0x0A;
    size_t key_size = strlen(key);
    size_t any = 1 + (sized ? varint_size(size) : 0) + size;
    size_t pair =
        1 + varint_size(key_size) + key_size + 1 + varint_size(any) + any;

    add(span, &span->pair_tag, 1);
    add_varint(span, pair);
    add_bytes(span, 0x0A, key, key_size);
    add_varint(span, 0x12);
    add_varint(span, any);
    add_varint(span, tag);
    if (sized)
        add_varint(span, size);
    add(span, value, size);
}

static void add_text(struct scratch *span, const char *key, struct text value)
{
    add_value(span, key, 0x0A, value.data, value.size);
}

static void add_string(struct scratch *span, const char *key, const char *value)
{
    add_value(span, key, 0x0A, value, strlen(value));
}

static void add_int(struct scratch *span, const char *key, uint64_t value)
{
    uint8_t bytes[10];

    add_value(span, key, 0x18, bytes,
              (size_t)(put_varint(bytes, value) - bytes));
}

static void add_double(struct scratch *span, const char *key, double value)
{
    uint64_t bits;
    uint8_t bytes[8];

    memcpy(&bits, &value, sizeof bits);
    put_fixed(bytes, bits);
    add_value(span, key, 0x21, bytes, sizeof bytes);
}

/* --- sessions ------------------------------------------------------------- */

static const char *const ROLES[] = {"system", "user", "assistant", "tool"};
enum { SYSTEM, USER, ASSISTANT, TOOL };

/* The system's message stays; of the others the oldest goes. */
static void say(struct session *session, int role, struct text text)
{
    if (session->message_count == HISTORY) {
        memmove(session->messages + 1, session->messages + 2,
                (HISTORY - 2) * sizeof *session->messages);
        session->message_count--;
    }
    session->messages[session->message_count++] = (struct message){role, text};
}

static void session_init(struct agents *agents, struct session *session)
{
    *session = (struct session){.number = agents->sessions++,
                                .user = (unsigned)(draw(agents) % 997),
                                .tenant = (unsigned)(draw(agents) % 1000),
                                .traces = TRACES};
    say(session, SYSTEM, prose(agents, 2 * MESSAGE_SIZE));
}

static void add_retriever(struct agents *agents, struct session *session,
                          struct scratch *span)
{
    char key[64];
    char id[16];

    add_string(span, "openinference.span.kind", "RETRIEVER");
    add_text(span, "input.value", session->question);
    for (int i = 0; i < 3; i++) {
        snprintf(key, sizeof key, "retrieval.documents.%d.document.id", i);
        snprintf(id, sizeof id, "doc-%u", (unsigned)(draw(agents) % 10000));
        add_string(span, key, id);
        snprintf(key, sizeof key, "retrieval.documents.%d.document.score", i);
        add_double(span, key, (double)(draw(agents) % 10000) / 10000);
        snprintf(key, sizeof key, "retrieval.documents.%d.document.content", i);
        add_text(span, key, prose(agents, MESSAGE_SIZE));
    }
}

/* Words need no escapes but for the end of a line, which JSON texts of the
 * pool show as a space. */
static struct text messages_json(struct agents *agents,
                                 const struct session *session)
{
    size_t size = 32;
    size_t used = 0;

    for (size_t i = 0; i < session->message_count; i++)
        size += session->messages[i].text.size + 48;
    char *data = (char *)room(agents, size);
    used += (size_t)snprintf(data, size, "{\"messages\":[");
    for (size_t i = 0; i < session->message_count; i++) {
        const struct message *message = &session->messages[i];
        used += (size_t)snprintf(data + used, size - used,
                                 "%s{\"role\":\"%s\",\"content\":\"",
                                 i > 0 ? "," : "", ROLES[message->role]);
        for (size_t j = 0; j < message->text.size; j++)
            data[used++] =
                message->text.data[j] == '\n' ? ' ' : message->text.data[j];
        data[used++] = '"';
        data[used++] = '}';
    }
    data[used++] = ']';
    data[used++] = '}';
    return (struct text){data, used};
}

static void add_llm(struct agents *agents, struct session *session,
                    struct scratch *span)
{
    uint64_t prompt = draw(agents) % 4000;
    uint64_t completion = draw(agents) % 900;
    char model[] = "m0";
    char key[64];

    model[1] = (char)('0' + draw(agents) % 10);
    add_string(span, "openinference.span.kind", "LLM");
    add_string(span, "llm.model_name", model);
    add_string(span, "llm.provider", "openai");
    add_int(span, "llm.token_count.prompt", prompt);
    add_int(span, "llm.token_count.completion", completion);
    add_int(span, "llm.token_count.total", prompt + completion);
    add_string(span, "llm.invocation_parameters",
               "{\"temperature\":0.2,\"max_tokens\":1024}");
    add_string(span, "input.mime_type", "application/json");
    for (size_t i = 0; i < session->message_count; i++) {
        const struct message *message = &session->messages[i];
        snprintf(key, sizeof key, "llm.input_messages.%zu.message.role", i);
        add_string(span, key, ROLES[message->role]);
        snprintf(key, sizeof key, "llm.input_messages.%zu.message.content", i);
        add_text(span, key, message->text);
    }
    add_text(span, "input.value", messages_json(agents, session));
    struct text answer = prose(agents, MESSAGE_SIZE);
    say(session, ASSISTANT, answer);
    add_string(span, "llm.output_messages.0.message.role", "assistant");
    add_text(span, "llm.output_messages.0.message.content", answer);
    add_text(span, "output.value", answer);
}

static void add_tool(struct agents *agents, struct session *session,
                     struct scratch *span)
{
    struct text result = prose(agents, MESSAGE_SIZE / 2);

    say(session, TOOL, result);
    add_string(span, "openinference.span.kind", "TOOL");
    add_string(span, "tool.name", "search");
    add_text(span, "input.value", prose(agents, 40));
    add_text(span, "output.value", result);
}

static void add_agent(struct session *session, struct scratch *span)
{
    add_string(span, "openinference.span.kind", "AGENT");
    add_text(span, "input.value", session->question);
    add_text(span, "output.value",
             session->messages[session->message_count - 1].text);
    add_string(span, "metadata.env", "prod");
}

static void trace_init(struct agents *agents, struct session *session,
                       uint64_t now)
{
    session->trace_id[0] = draw(agents);
    session->trace_id[1] = draw(agents);
    session->root = draw(agents);
    session->rounds = draw(agents) % LONG_TRACES ? ROUNDS : LONG_ROUNDS;
    session->start = session->time = now;
    session->question = prose(agents, MESSAGE_SIZE * 2 / 3);
    say(session, USER, session->question);
}

/* --- spans ---------------------------------------------------------------- */

/* Ids, name, kind, times and what all spans of a session carry. */
static void add_head(struct agents *agents, struct session *session,
                     struct scratch *span, struct made_span *out, bool root)
{
    static const char *const names[] = {"ChatCompletion", "tool.search"};
    const char *name = root                 ? "agent.run"
                       : session->step == 0 ? "retrieve"
                                            : names[(session->step + 1) & 1];
    uint64_t id = root ? session->root : draw(agents);
    char text[32];

    add_bytes(span, 0x0A, session->trace_id, 16);
    out->trace_at = (uint16_t)(span->size - 16);
    add_bytes(span, 0x12, &id, 8);
    out->span_at = (uint16_t)(span->size - 8);
    if (!root) {
        add_bytes(span, 0x22, &session->root, 8);
        out->parent_at = (uint16_t)(span->size - 8);
    }
    add_bytes(span, 0x2A, name, strlen(name));
    add(span, "\x30\x01", 2);
    out->start = root ? session->start : session->time;
    session->time += draw(agents) % 2000000000;
    out->end = session->time;
    out->start_at = (uint16_t)add_fixed(span, 0x39, out->start);
    out->end_at = (uint16_t)add_fixed(span, 0x41, out->end);
    out->session = session->number;
    add_string(span, "session.id", "session-000000000000");
    out->session_at = (uint16_t)(span->size - 12);
    snprintf(text, sizeof text, "user%u", session->user);
    add_string(span, "user.id", text);
    snprintf(text, sizeof text, "t%u", session->tenant);
    add_string(span, "metadata.tenant", text);
}

/* The next span of a session. */
static void make_span(struct agents *agents, struct session *session,
                      uint64_t now, struct made_span *out)
{
    static struct scratch span = {.pair_tag = 0x4A};
    uint8_t head[8];
    bool tool_failed = false;

    span.size = 0;
    if (session->step == 0)
        trace_init(agents, session, now);
    bool root = session->step == 2 * session->rounds + 1;
    add_head(agents, session, &span, out, root);
    if (root) {
        add_agent(session, &span);
    } else if (session->step == 0) {
        add_retriever(agents, session, &span);
    } else if (session->step & 1) {
        add_llm(agents, session, &span);
    } else {
        add_tool(agents, session, &span);
        tool_failed = draw(agents) % 20 == 0;
    }
    add(&span, tool_failed ? "\x7A\x02\x18\x02" : "\x7A\x02\x18\x01", 4);
    session->step++;
    if (root) {
        session->step = 0;
        if (--session->traces == 0)
            session_init(agents, session);
    }

    head[0] = 0x12;
    size_t head_size = (size_t)(put_varint(head + 1, span.size) - head);
    uint8_t *bytes = room(agents, head_size + span.size);
    memcpy(bytes, head, head_size);
    memcpy(bytes + head_size, span.bytes, span.size);
    out->bytes = bytes;
    out->size = (uint32_t)(head_size + span.size);
    uint16_t *places[] = {&out->trace_at, &out->span_at, &out->parent_at,
                          &out->start_at, &out->end_at,  &out->session_at};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        *places[i] = (uint16_t)(*places[i] > 0 ? *places[i] + head_size : 0);
}

/* --- the door ------------------------------------------------------------- */

struct session *agents_start(struct agents *agents, size_t count)
{
    struct session *sessions =
        (struct session *)(void *)room(agents, count * sizeof *sessions);

    for (size_t i = 0; i < count; i++)
        session_init(agents, &sessions[i]);
    return sessions;
}

void agents_next(struct agents *agents, struct session *sessions, size_t count,
                 uint64_t n, struct made_span *out)
{
    *out = (struct made_span){0};
    make_span(agents, &sessions[draw(agents) % count],
              START_NS + n * SPAN_STEP_NS, out);
}

size_t agents_resource(const char *project, uint8_t out[128])
{
    static struct scratch pairs = {.pair_tag = 0x0A};
    static struct scratch resource;

    pairs.size = resource.size = 0;
    add_string(&pairs, "openinference.project.name", project);
    add_string(&pairs, "service.name", "load");
    add_bytes(&resource, 0x0A, pairs.bytes, pairs.size);
    memcpy(out, resource.bytes, resource.size);
    return resource.size;
}

uint32_t agents_sessions(const struct agents *agents)
{
    return agents->sessions;
}

struct agents *agents_new(uint64_t seed)
{
    struct agents *agents = get(sizeof *agents);

    memset(agents, 0, sizeof *agents);
    agents->random = mix(seed + 1) | 1; /* the state may not be zero */
    make_words(agents);
    return agents;
}

void agents_free(struct agents *agents)
{
    while (agents->blocks != NULL) {
        struct block *block = agents->blocks;
        agents->blocks = block->next;
        free(block);
    }
    free(agents);
}
