// phoenix.hpp - handles of phoenix.h that close themselves, failures that are
// exceptions. To be copied and changed; raii.cpp shows how it is used.
#ifndef PHOENIX_HPP
#define PHOENIX_HPP

#include <phoenix.h>

#include <iostream>
#include <memory>
#include <stdexcept>

namespace phx
{

// What a call says when it fails; the status of one that does not.
class Error : public std::runtime_error
{
  public:
    explicit Error(const phx_error &err)
        : runtime_error(err.message), status(err.status)
    {
    }
    phx_status status;
};

template <typename Function, typename... Given>
phx_status call(Function function, Given... given)
{
    phx_error err;
    phx_status status = function(given..., &err);
    if (status < 0)
        throw Error(err);
    return status;
}

// Ends a span at the end of its block.
inline void end(phx_live_span *span)
{
    phx_error err;
    if (phx_span_end(span, 0, &err) < 0)
        std::cerr << err.message << '\n';
}

// Owns what a call opens, until it goes out of scope.
template <auto close> struct Closes {
    template <typename T> void operator()(T *handle) const
    {
        close(handle);
    }
};
template <typename T, auto close>
using Handle = std::unique_ptr<T, Closes<close>>;
using Store = Handle<phx_store, phx_store_close>;
using Tracer = Handle<phx_tracer, phx_tracer_close>;
using Cursor = Handle<phx_cursor, phx_cursor_close>;
using Span = Handle<phx_live_span, end>;

template <typename Owner, typename Function, typename... Given>
Owner open(Function function, Given... given)
{
    typename Owner::pointer handle = nullptr;
    call(function, given..., &handle);
    return Owner(handle);
}

} // namespace phx

#endif
