/*
 * built_in.c - list prices of models, as their makers publish them.
 *
 * How it is kept. A row is never changed: a new price is a new row with the
 * day from which it holds, or on which it was first seen, and a model that is
 * gone keeps its rows, for the spans that used it. A page's date is the day for
 * which its latest rows are known to hold; checking the page again moves it.
 * Those of 2026-07-02 were checked against the page or models.dev, which
 * quotes it; older ones are as the makers announced them. What is not certain
 * has no row, and a model without one has no cost, which is better than a wrong
 * one.
 *
 * Prices are for the maker's own service and ordinary requests, without
 * batches, priority or a cloud's surcharge for a region. A pattern asks for
 * the whole name of a model, behind the prefixes of clouds and gateways: a
 * model that is yet to come must not take the price of one with a shorter name.
 */
#include "base/base.h"
#include "cost/cost.h"

#include <math.h>

#include "cost/inside.h"

struct row {
    const char *name;
    const char *pattern;
    const char *from; /* NULL: always */

    /* USD for a million tokens: input, output, read from the cache, written
     * to it, audio in, audio out. 0 is no price. */
    double prices[BUILT_IN_RATES];

    /* The first of these instead, for prompts of over so many tokens. */
    double over;
    double prices_over[BUILT_IN_RATES];
};

struct page {
    const char *source;
    const char *seen;
    const char *provider; /* "": any */
    const struct row *rows;
    size_t count;
};

/* clang-format off */

/* The front of a name, and what may follow it. */
#define FRONT "(^|[/.:])"
#define DAY "(-\\d{4}-\\d{2}-\\d{2})?$"                       /* -2024-08-06 */
#define STAMP "([-@](\\d{8}|latest|default))?(-v\\d(:\\d)?)?$" /* -20250514-v1:0 */

#define FLAT(...) {__VA_ARGS__}, 0, {0}

static const struct row OPENAI[] = {
    {"gpt-3.5-turbo", FRONT "gpt-3\\.?5-turbo(-0125)?$", NULL, FLAT(0.5, 1.5)},
    {"gpt-4", FRONT "gpt-4(-0314|-0613)?$", NULL, FLAT(30, 60)},
    {"gpt-4-turbo", FRONT "gpt-4-(turbo(-preview|-2024-04-09)?|1106-preview|0125-preview|vision-preview)$", NULL, FLAT(10, 30)},
    {"gpt-4o", FRONT "gpt-4o" DAY, NULL, FLAT(5, 15)},
    {"gpt-4o", FRONT "gpt-4o" DAY, "2024-10-02", FLAT(2.5, 10, 1.25)},
    {"gpt-4o-2024-05-13", FRONT "gpt-4o-2024-05-13$", NULL, FLAT(5, 15)},
    {"gpt-4o-2024-08-06", FRONT "gpt-4o-2024-08-06$", NULL, FLAT(2.5, 10, 1.25)},
    {"gpt-4o-mini", FRONT "gpt-4o-mini" DAY, NULL, FLAT(0.15, 0.6, 0.075)},
    {"gpt-4.1", FRONT "gpt-4\\.1" DAY, NULL, FLAT(2, 8, 0.5)},
    {"gpt-4.1-mini", FRONT "gpt-4\\.1-mini" DAY, NULL, FLAT(0.4, 1.6, 0.1)},
    {"gpt-4.1-nano", FRONT "gpt-4\\.1-nano" DAY, NULL, FLAT(0.1, 0.4, 0.025)},
    {"o1", FRONT "o1" DAY, NULL, FLAT(15, 60, 7.5)},
    {"o1-pro", FRONT "o1-pro" DAY, NULL, FLAT(150, 600)},
    {"o3", FRONT "o3" DAY, NULL, FLAT(10, 40, 2.5)},
    {"o3", FRONT "o3" DAY, "2025-06-10", FLAT(2, 8, 0.5)},
    {"o3-mini", FRONT "o3-mini" DAY, NULL, FLAT(1.1, 4.4, 0.55)},
    {"o3-pro", FRONT "o3-pro" DAY, NULL, FLAT(20, 80)},
    {"o3-deep-research", FRONT "o3-deep-research" DAY, NULL, FLAT(10, 40, 2.5)},
    {"o4-mini", FRONT "o4-mini" DAY, NULL, FLAT(1.1, 4.4, 0.275)},
    {"o4-mini-deep-research", FRONT "o4-mini-deep-research" DAY, NULL, FLAT(2, 8, 0.5)},
    {"gpt-5", FRONT "gpt-5" DAY, NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5-chat-latest", FRONT "gpt-5-chat-latest$", NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5-codex", FRONT "gpt-5-codex$", NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5-mini", FRONT "gpt-5-mini" DAY, NULL, FLAT(0.25, 2, 0.025)},
    {"gpt-5-nano", FRONT "gpt-5-nano" DAY, NULL, FLAT(0.05, 0.4, 0.005)},
    {"gpt-5-pro", FRONT "gpt-5-pro" DAY, NULL, FLAT(15, 120)},
    {"gpt-5.1", FRONT "gpt-5\\.1" DAY, NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5.1-chat-latest", FRONT "gpt-5\\.1-chat-latest$", NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5.1-codex", FRONT "gpt-5\\.1-codex(-max)?$", NULL, FLAT(1.25, 10, 0.125)},
    {"gpt-5.1-codex-mini", FRONT "gpt-5\\.1-codex-mini$", NULL, FLAT(0.25, 2, 0.025)},
    {"gpt-5.2", FRONT "gpt-5\\.2" DAY, NULL, FLAT(1.75, 14, 0.175)},
    {"gpt-5.2-chat-latest", FRONT "gpt-5\\.2-chat-latest$", NULL, FLAT(1.75, 14, 0.175)},
    {"gpt-5.2-codex", FRONT "gpt-5\\.2-codex$", NULL, FLAT(1.75, 14, 0.175)},
    {"gpt-5.2-pro", FRONT "gpt-5\\.2-pro" DAY, NULL, FLAT(21, 168)},
    {"gpt-5.3-chat-latest", FRONT "gpt-5\\.3-chat-latest$", NULL, FLAT(1.75, 14, 0.175)},
    {"gpt-5.3-codex", FRONT "gpt-5\\.3-codex$", NULL, FLAT(1.75, 14, 0.175)},
    {"gpt-5.4", FRONT "gpt-5\\.4" DAY, NULL, {2.5, 15, 0.25}, 272000, {5, 22.5, 0.5}},
    {"gpt-5.4-mini", FRONT "gpt-5\\.4-mini" DAY, NULL, FLAT(0.75, 4.5, 0.075)},
    {"gpt-5.4-nano", FRONT "gpt-5\\.4-nano" DAY, NULL, FLAT(0.2, 1.25, 0.02)},
    {"gpt-5.4-pro", FRONT "gpt-5\\.4-pro" DAY, NULL, {30, 180}, 272000, {60, 270}},
    {"gpt-5.5", FRONT "gpt-5\\.5" DAY, NULL, {5, 30, 0.5}, 272000, {10, 45, 1}},
    {"gpt-5.5-pro", FRONT "gpt-5\\.5-pro" DAY, NULL, {30, 180}, 272000, {60, 270}},
};

static const struct row OPENAI_PAST[] = {
    {"gpt-3.5-turbo-0613", FRONT "gpt-3\\.?5-turbo-0613$", NULL, FLAT(1.5, 2)},
    {"gpt-3.5-turbo-1106", FRONT "gpt-3\\.?5-turbo-1106$", NULL, FLAT(1, 2)},
    {"gpt-3.5-turbo-16k", FRONT "gpt-3\\.?5-turbo-16k(-0613)?$", NULL, FLAT(3, 4)},
    {"gpt-3.5-turbo-instruct", FRONT "gpt-3\\.?5-turbo-instruct(-0914)?$", NULL, FLAT(1.5, 2)},
    {"gpt-4-32k", FRONT "gpt-4-32k(-0314|-0613)?$", NULL, FLAT(60, 120)},
    {"gpt-4.5-preview", FRONT "gpt-4\\.5-preview" DAY, NULL, FLAT(75, 150, 37.5)},
    {"chatgpt-4o-latest", FRONT "chatgpt-4o-latest$", NULL, FLAT(5, 15)},
    {"gpt-4o-audio-preview", FRONT "gpt-4o-audio-preview(-2024-12-17|-2025-06-03)?$", NULL, FLAT(2.5, 10, 0, 0, 40, 80)},
    {"gpt-4o-audio-preview-2024-10-01", FRONT "gpt-4o-audio-preview-2024-10-01$", NULL, FLAT(2.5, 10, 0, 0, 100, 200)},
    {"gpt-4o-mini-audio-preview", FRONT "gpt-4o-mini-audio-preview" DAY, NULL, FLAT(0.15, 0.6, 0, 0, 10, 20)},
    {"gpt-4o-search-preview", FRONT "gpt-4o-search-preview" DAY, NULL, FLAT(2.5, 10)},
    {"gpt-4o-mini-search-preview", FRONT "gpt-4o-mini-search-preview" DAY, NULL, FLAT(0.15, 0.6)},
    {"o1-preview", FRONT "o1-preview" DAY, NULL, FLAT(15, 60, 7.5)},
    {"o1-mini", FRONT "o1-mini" DAY, NULL, FLAT(3, 12, 1.5)},
    {"o1-mini", FRONT "o1-mini" DAY, "2025-01-31", FLAT(1.1, 4.4, 0.55)},
    {"codex-mini-latest", FRONT "codex-mini-latest$", NULL, FLAT(1.5, 6, 0.375)},
    {"computer-use-preview", FRONT "computer-use-preview" DAY, NULL, FLAT(3, 12)},
};

static const struct row ANTHROPIC[] = {
    {"claude-3-haiku", FRONT "claude-3-haiku" STAMP, NULL, FLAT(0.25, 1.25, 0.03, 0.3)},
    {"claude-3-sonnet", FRONT "claude-3-sonnet" STAMP, NULL, FLAT(3, 15)},
    {"claude-3-opus", FRONT "claude-3-opus" STAMP, NULL, FLAT(15, 75, 1.5, 18.75)},
    {"claude-3-5-haiku", FRONT "claude-3-5-haiku" STAMP, NULL, FLAT(0.8, 4, 0.08, 1)},
    {"claude-3-5-sonnet", FRONT "claude-3-5-sonnet(-v2)?" STAMP, NULL, FLAT(3, 15, 0.3, 3.75)},
    {"claude-3-7-sonnet", FRONT "claude-3-7-sonnet" STAMP, NULL, FLAT(3, 15, 0.3, 3.75)},
    {"claude-sonnet-4", FRONT "claude-sonnet-4(-0)?" STAMP, NULL, {3, 15, 0.3, 3.75}, 200000, {6, 22.5, 0.6, 7.5}},
    {"claude-opus-4", FRONT "claude-opus-4(-0)?" STAMP, NULL, FLAT(15, 75, 1.5, 18.75)},
    {"claude-opus-4-1", FRONT "claude-opus-4-1" STAMP, NULL, FLAT(15, 75, 1.5, 18.75)},
    {"claude-sonnet-4-5", FRONT "claude-sonnet-4-5" STAMP, NULL, {3, 15, 0.3, 3.75}, 200000, {6, 22.5, 0.6, 7.5}},
    {"claude-haiku-4-5", FRONT "claude-haiku-4-5" STAMP, NULL, FLAT(1, 5, 0.1, 1.25)},
    {"claude-opus-4-5", FRONT "claude-opus-4-5" STAMP, NULL, FLAT(5, 25, 0.5, 6.25)},
    {"claude-opus-4-6", FRONT "claude-opus-4-6" STAMP, NULL, FLAT(5, 25, 0.5, 6.25)},
    {"claude-sonnet-4-6", FRONT "claude-sonnet-4-6" STAMP, NULL, FLAT(3, 15, 0.3, 3.75)},
    {"claude-opus-4-7", FRONT "claude-opus-4-7" STAMP, NULL, FLAT(5, 25, 0.5, 6.25)},
    {"claude-opus-4-8", FRONT "claude-opus-4-8" STAMP, NULL, FLAT(5, 25, 0.5, 6.25)},
    {"claude-fable-5", FRONT "claude-fable-5" STAMP, NULL, FLAT(10, 50, 1, 12.5)},
    {"claude-sonnet-5", FRONT "claude-sonnet-5" STAMP, NULL, FLAT(2, 10, 0.2, 2.5)},
};

static const struct row ANTHROPIC_PAST[] = {
    {"claude-instant-1.2", FRONT "claude-instant-(1\\.2|v1)(:2)?$", NULL, FLAT(0.8, 2.4)},
    {"claude-2", FRONT "claude-(2|2\\.0|2\\.1|v2|v2:1)$", NULL, FLAT(8, 24)},
};

static const struct row GOOGLE[] = {
    {"gemini-2.0-flash", FRONT "gemini-2\\.0-flash(-001)?$", NULL, FLAT(0.1, 0.4, 0.025, 0, 0.7)},
    {"gemini-2.0-flash-lite", FRONT "gemini-2\\.0-flash-lite(-001)?$", NULL, FLAT(0.075, 0.3)},
    {"gemini-2.5-pro", FRONT "gemini-2\\.5-pro(-preview-\\d{2}-\\d{2})?$", NULL, {1.25, 10, 0.125}, 200000, {2.5, 15, 0.25}},
    {"gemini-2.5-flash", FRONT "gemini-2\\.5-flash(-preview-09-2025)?$", NULL, FLAT(0.3, 2.5, 0.03, 0, 1)},
    {"gemini-2.5-flash-lite", FRONT "gemini-2\\.5-flash-lite(-preview-09-2025)?$", NULL, FLAT(0.1, 0.4, 0.01, 0, 0.3)},
    {"gemini-3-pro-preview", FRONT "gemini-3-pro-preview$", NULL, {2, 12, 0.2}, 200000, {4, 18, 0.4}},
    {"gemini-3-flash-preview", FRONT "gemini-3-flash-preview$", NULL, FLAT(0.5, 3, 0.05, 0, 1)},
    {"gemini-3.1-pro-preview", FRONT "gemini-3\\.1-pro-preview(-customtools)?$", NULL, {2, 12, 0.2}, 200000, {4, 18, 0.4}},
    {"gemini-3.1-flash-lite", FRONT "gemini-3\\.1-flash-lite(-preview)?$", NULL, FLAT(0.25, 1.5, 0.025, 0, 0.5)},
    {"gemini-3.5-flash", FRONT "gemini-3\\.5-flash$", NULL, FLAT(1.5, 9, 0.15, 0, 1.5)},
};

static const struct row GOOGLE_PAST[] = {
    {"gemini-1.5-pro", FRONT "gemini-1\\.5-pro(-00\\d|-latest)?$", NULL, {3.5, 10.5, 0.875}, 128000, {7, 21, 1.75}},
    {"gemini-1.5-pro", FRONT "gemini-1\\.5-pro(-00\\d|-latest)?$", "2024-10-01", {1.25, 5, 0.3125}, 128000, {2.5, 10, 0.625}},
    {"gemini-1.5-flash", FRONT "gemini-1\\.5-flash(-00\\d|-latest)?$", NULL, {0.075, 0.3, 0.01875}, 128000, {0.15, 0.6, 0.0375}},
    {"gemini-1.5-flash-8b", FRONT "gemini-1\\.5-flash-8b(-00\\d|-latest)?$", NULL, {0.0375, 0.15, 0.01}, 128000, {0.075, 0.3, 0.02}},
    {"gemini-1.0-pro", FRONT "gemini-1\\.0-pro(-00\\d|-latest)?$", NULL, FLAT(0.5, 1.5)},
};

static const struct row MISTRAL[] = {
    {"mistral-large-2411", FRONT "mistral-large-2411$", NULL, FLAT(2, 6)},
    {"mistral-large-2512", FRONT "mistral-large-2512$", NULL, FLAT(0.5, 1.5)},
    {"mistral-large-latest", FRONT "mistral-large-latest$", NULL, FLAT(2, 6)},
    {"mistral-large-latest", FRONT "mistral-large-latest$", "2025-12-02", FLAT(0.5, 1.5)},
    {"mistral-medium-2508", FRONT "mistral-medium-(2505|2508|latest)$", NULL, FLAT(0.4, 2)},
    {"mistral-medium-2604", FRONT "mistral-medium-2604$", NULL, FLAT(1.5, 7.5)},
    {"mistral-small-2506", FRONT "mistral-small-(2501|2503|2506)$", NULL, FLAT(0.1, 0.3)},
    {"mistral-small-2603", FRONT "mistral-small-2603$", NULL, FLAT(0.15, 0.6)},
    {"mistral-small-latest", FRONT "mistral-small-latest$", NULL, FLAT(0.1, 0.3)},
    {"mistral-small-latest", FRONT "mistral-small-latest$", "2026-03-16", FLAT(0.15, 0.6)},
    {"magistral-medium-2509", FRONT "magistral-medium-(2506|2507|2509|latest)$", NULL, FLAT(2, 5)},
    {"magistral-small-2509", FRONT "magistral-small-(2506|2507|2509|latest)$", NULL, FLAT(0.5, 1.5)},
    {"codestral-2508", FRONT "codestral-(2501|2508|latest)$", NULL, FLAT(0.3, 0.9)},
    {"devstral-small-2507", FRONT "devstral-small-(2505|2507)$", NULL, FLAT(0.1, 0.3)},
    {"devstral-medium-2507", FRONT "devstral-medium-2507$", NULL, FLAT(0.4, 2)},
    {"devstral-2512", FRONT "devstral-2512$", NULL, FLAT(0.4, 2)},
    {"pixtral-large-2411", FRONT "pixtral-large-(2411|latest)$", NULL, FLAT(2, 6)},
    {"pixtral-12b", FRONT "pixtral-12b(-2409)?$", NULL, FLAT(0.15, 0.15)},
    {"open-mistral-nemo", FRONT "open-mistral-nemo(-2407)?$", NULL, FLAT(0.15, 0.15)},
    {"open-mistral-7b", FRONT "open-mistral-7b$", NULL, FLAT(0.25, 0.25)},
    {"open-mixtral-8x7b", FRONT "open-mixtral-8x7b$", NULL, FLAT(0.7, 0.7)},
    {"open-mixtral-8x22b", FRONT "open-mixtral-8x22b(-2404)?$", NULL, FLAT(2, 6)},
};

static const struct row MISTRAL_PAST[] = {
    {"mistral-large-2407", FRONT "mistral-large-2407$", NULL, FLAT(2, 6)},
    {"ministral-3b-2410", FRONT "ministral-3b-2410$", NULL, FLAT(0.04, 0.04)},
    {"ministral-8b-2410", FRONT "ministral-8b-2410$", NULL, FLAT(0.1, 0.1)},
};

static const struct row DEEPSEEK[] = {
    {"deepseek-chat", FRONT "deepseek-chat$", "2025-02-08", FLAT(0.27, 1.1, 0.07)},
    {"deepseek-chat", FRONT "deepseek-chat$", "2025-09-05T16:00:00Z", FLAT(0.56, 1.68, 0.07)},
    {"deepseek-chat", FRONT "deepseek-chat$", "2025-09-29", FLAT(0.28, 0.42, 0.028)},
    {"deepseek-chat", FRONT "deepseek-chat$", "2026-07-02", FLAT(0.14, 0.28, 0.0028)},
    {"deepseek-reasoner", FRONT "deepseek-reasoner$", "2025-01-20", FLAT(0.55, 2.19, 0.14)},
    {"deepseek-reasoner", FRONT "deepseek-reasoner$", "2025-09-05T16:00:00Z", FLAT(0.56, 1.68, 0.07)},
    {"deepseek-reasoner", FRONT "deepseek-reasoner$", "2025-09-29", FLAT(0.28, 0.42, 0.028)},
    {"deepseek-reasoner", FRONT "deepseek-reasoner$", "2026-07-02", FLAT(0.14, 0.28, 0.0028)},
};

static const struct row XAI[] = {
    {"grok-2-1212", FRONT "grok-2(-vision)?(-1212|-latest)?$", NULL, FLAT(2, 10)},
    {"grok-3", FRONT "grok-3(-beta|-latest)?$", NULL, FLAT(3, 15, 0.75)},
    {"grok-3-mini", FRONT "grok-3-mini(-beta|-latest)?$", NULL, FLAT(0.3, 0.5, 0.075)},
    {"grok-4", FRONT "grok-4(-0709|-latest)?$", NULL, {3, 15, 0.75}, 128000, {6, 30}},
    {"grok-4-fast", FRONT "grok-4(-1)?-fast(-non)?(-reasoning)?(-latest)?$", NULL, {0.2, 0.5, 0.05}, 128000, {0.4, 1}},
    {"grok-code-fast-1", FRONT "grok-code-fast-1(-0825)?$", NULL, FLAT(0.2, 1.5, 0.02)},
};

static const struct row XAI_NEW[] = {
    {"grok-4.20-0309-reasoning", FRONT "grok-4\\.20-0309-(non-)?reasoning$", NULL, {1.25, 2.5, 0.2}, 200000, {2.5, 5, 0.4}},
    {"grok-4.3", FRONT "grok-4\\.3$", NULL, {1.25, 2.5, 0.2}, 200000, {2.5, 5, 0.4}},
};

static const struct row COHERE[] = {
    {"command-a-03-2025", FRONT "command-a(-reasoning|-translate|-vision)?-\\d{2}-2025$", NULL, FLAT(2.5, 10)},
    {"command-r-plus", FRONT "command-r-plus(-08-2024)?$", NULL, FLAT(2.5, 10)},
    {"command-r", FRONT "command-r(-08-2024)?$", NULL, FLAT(0.15, 0.6)},
    {"command-r7b-12-2024", FRONT "command-r7b(-arabic)?-\\d{2}-202\\d$", NULL, FLAT(0.0375, 0.15)},
};

static const struct row COHERE_PAST[] = {
    {"command-r-plus-04-2024", FRONT "command-r-plus-04-2024$", NULL, FLAT(3, 15)},
    {"command-r-03-2024", FRONT "command-r-03-2024$", NULL, FLAT(0.5, 1.5)},
};

static const struct row AMAZON[] = {
    {"nova-micro", FRONT "nova-micro(-v1(:0)?)?$", NULL, FLAT(0.035, 0.14, 0.00875)},
    {"nova-lite", FRONT "nova-lite(-v1(:0)?)?$", NULL, FLAT(0.06, 0.24, 0.015)},
    {"nova-pro", FRONT "nova-pro(-v1(:0)?)?$", NULL, FLAT(0.8, 3.2, 0.2)},
};

static const struct row GROQ[] = {
    {"llama-3.1-8b-instant", FRONT "llama-3\\.1-8b-instant$", NULL, FLAT(0.05, 0.08)},
    {"llama-3.3-70b-versatile", FRONT "llama-3\\.3-70b-versatile$", NULL, FLAT(0.59, 0.79)},
    {"meta-llama/llama-4-scout-17b-16e-instruct", FRONT "llama-4-scout-17b-16e-instruct$", NULL, FLAT(0.11, 0.34)},
    {"openai/gpt-oss-20b", FRONT "gpt-oss-20b$", NULL, FLAT(0.075, 0.3, 0.0375)},
    {"openai/gpt-oss-120b", FRONT "gpt-oss-120b$", NULL, FLAT(0.15, 0.6, 0.075)},
    {"qwen/qwen3-32b", FRONT "qwen3-32b$", NULL, FLAT(0.29, 0.59)},
};

static const struct row CEREBRAS[] = {
    {"gpt-oss-120b", FRONT "gpt-oss-120b$", NULL, FLAT(0.35, 0.75)},
    {"zai-glm-4.7", FRONT "zai-glm-4\\.7$", NULL, FLAT(2.25, 2.75)},
};

static const struct row CEREBRAS_PAST[] = {
    {"llama3.1-8b", FRONT "llama3\\.1-8b$", NULL, FLAT(0.1, 0.1)},
    {"llama-3.3-70b", FRONT "llama-3\\.3-70b$", NULL, FLAT(0.85, 1.2)},
};

/* clang-format on */

#define PAGE(source, seen, provider, rows)                                     \
    {                                                                          \
        source, seen, provider, rows, sizeof rows / sizeof *rows               \
    }

static const struct page PAGES[] = {
    PAGE("https://openai.com/api/pricing/", "2026-07-02", "", OPENAI),
    PAGE("https://openai.com/api/pricing/", "2025-06-01", "", OPENAI_PAST),
    PAGE("https://platform.claude.com/docs/en/about-claude/pricing",
         "2026-07-02", "", ANTHROPIC),
    PAGE("https://www.anthropic.com/pricing", "2024-06-01", "", ANTHROPIC_PAST),
    PAGE("https://ai.google.dev/gemini-api/docs/pricing", "2026-07-02", "",
         GOOGLE),
    PAGE("https://ai.google.dev/gemini-api/docs/pricing", "2025-05-01", "",
         GOOGLE_PAST),
    PAGE("https://mistral.ai/pricing", "2026-07-02", "", MISTRAL),
    PAGE("https://mistral.ai/pricing", "2024-11-01", "", MISTRAL_PAST),
    PAGE("https://api-docs.deepseek.com/quick_start/pricing", "2026-07-02", "",
         DEEPSEEK),
    PAGE("https://docs.x.ai/docs/models", "2025-11-01", "", XAI),
    PAGE("https://docs.x.ai/docs/models", "2026-07-02", "", XAI_NEW),
    PAGE("https://cohere.com/pricing", "2026-07-02", "", COHERE),
    PAGE("https://cohere.com/pricing", "2024-09-01", "", COHERE_PAST),
    PAGE("https://aws.amazon.com/bedrock/pricing/", "2026-07-02", "", AMAZON),
    PAGE("https://groq.com/pricing", "2026-07-02", "groq", GROQ),
    PAGE("https://www.cerebras.ai/pricing", "2026-07-02", "cerebras", CEREBRAS),
    PAGE("https://www.cerebras.ai/pricing", "2025-11-01", "cerebras",
         CEREBRAS_PAST),
};

enum { PAGE_COUNT = sizeof PAGES / sizeof *PAGES };

/* Through a whole number of 1e-12 USD, so that 0.1 becomes the 1e-07 nobody
 * would tell from it, and not 9.999999999999999e-08. */
static double for_a_token(double price_of_a_million)
{
    return round(price_of_a_million * 1e6) / 1e12;
}

static void set_rates(struct built_in_price *out, const struct row *row)
{
    static const struct {
        const char *token_type;
        bool is_prompt;
    } types[BUILT_IN_RATES] = {{"input", true},      {"output", false},
                               {"cache_read", true}, {"cache_write", true},
                               {"audio", true},      {"audio", false}};
    for (int i = 0; i < BUILT_IN_RATES; i++) {
        struct price_rate *rate = &out->rates[out->model.rate_count];
        if (row->prices[i] == 0)
            continue;
        *rate = (struct price_rate){.token_type = text_of(types[i].token_type),
                                    .is_prompt = types[i].is_prompt,
                                    .rate = for_a_token(row->prices[i])};
        if (row->prices_over[i] > 0) {
            rate->threshold_key = "llm.token_count.prompt";
            rate->threshold = row->over;
            rate->rate_above = for_a_token(row->prices_over[i]);
        }
        out->model.rate_count++;
    }
}

size_t built_in_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < PAGE_COUNT; i++)
        count += PAGES[i].count;
    return count;
}

void built_in_get(size_t i, struct built_in_price *out)
{
    const struct page *page = PAGES;

    while (i >= page->count)
        i -= page++->count;
    const struct row *row = &page->rows[i];
    *out = (struct built_in_price){.source = page->source, .seen = page->seen};
    out->model.name = text_of(row->name);
    out->model.pattern = text_of(row->pattern);
    out->model.provider = text_of(page->provider);
    out->model.is_built_in = true;
    out->model.rates = out->rates;
    if (row->from != NULL)
        time_read(text_of(row->from), TIME_NAIVE_UTC, &out->model.start_time,
                  NULL);
    set_rates(out, row);
}
