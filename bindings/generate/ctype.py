"""A type of the header, in C's words and as what it stands for."""


def is_handle(api, kind):
    return kind in (handle["name"] for handle in api["handles"])


def is_callback(api, kind):
    return kind in (callback["name"] for callback in api["callbacks"])


def is_struct(api, kind):
    return kind in (struct["name"] for struct in api["structs"])


def plain(api, kind):
    """int32_t for phx_status, and so on."""
    return api["scalars"].get(kind, kind)


def c_type(api, given):
    """As C has it, with a blank or a star at its end."""
    kind = plain(api, given["type"])
    if kind.startswith("Arrow"):
        kind = f"struct {kind}"
    return f"{'const ' if given['const'] else ''}{kind} " \
           f"{'*' * given['pointers']}"
