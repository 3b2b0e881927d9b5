// raii.cpp - a host program in C++, which traces itself and looks at its spans.
//
//     c++ -std=c++17 raii.cpp $(pkg-config --cflags --libs libphoenix)
#include "phoenix.hpp"

#include <phoenix_openinference.h>

#include <string_view>

static std::string_view view(phx_text text)
{
    return {text.data ? text.data : "", text.size};
}

int main(int argc, char **argv)
try {
    auto store = phx::open<phx::Store>(
        phx_store_open, argc > 1 ? argv[1] : "sqlite::memory:", nullptr);
    auto tracer = phx::open<phx::Tracer>(phx_tracer_open, store.get(), nullptr);
    {
        auto turn =
            phx::open<phx::Span>(phx_span_start, tracer.get(), "turn", nullptr);
        auto ask = phx::open<phx::Span>(phx_span_start, tracer.get(), "ask",
                                        turn.get());
        phx::call(phx_span_set_kind, ask.get(), "LLM");
        phx::call(phx_span_set_text, ask.get(), PHX_LLM_MODEL_NAME, "mirror",
                  6);
        phx::call(phx_span_set_int, ask.get(), PHX_LLM_TOKEN_COUNT_PROMPT, 12);
    }
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    query.order = PHX_OLDEST_FIRST;
    auto spans =
        phx::open<phx::Cursor>(phx_store_find_spans, store.get(), &query);
    const phx_span *span;
    while (phx::call(phx_cursor_next_span, spans.get(), &span) == PHX_OK)
        std::cout << view(span->name) << ' ' << view(span->kind) << ' '
                  << view(span->attributes) << '\n';
    try {
        phx::open<phx::Store>(phx_store_open, "elsewhere:", nullptr);
    } catch (const phx::Error &error) {
        std::cout << phx_status_name(error.status) << '\n';
    }
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
}
