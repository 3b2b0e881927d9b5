"""What parameters and fields are to a call: written by it, or how many of
something there are. The header's names and types tell.
"""
from .ctype import is_callback, is_handle, plain


def is_written(api, given):
    """Whether the call writes through a parameter."""
    kind, depth = given["type"], given["pointers"]
    if depth == 0 or kind == "void" or is_callback(api, kind):
        return False
    if is_handle(api, kind):
        return given["name"] == "out"
    return depth > 1 or not given["const"]


def counted(api, before, given):
    """The name of what a number counts, which stands before it; or None."""
    if before is None or given["pointers"] or not before.get("pointers") or \
            plain(api, given["type"]) != "size_t":
        return None
    name, texts = given["name"], before["type"] in ("char", "void")
    if texts:
        return before["name"] if name.split("_")[-1] == "size" else None
    return before["name"] if name.split("_")[-1] == "count" else None


def tell_roles(api):
    """Gives parameters "written", numbers "counts"."""
    for function in api["functions"]:
        before = None
        for given in function["parameters"]:
            if is_written(api, given):
                given["written"] = True
            elif name := counted(api, before, given):
                given["counts"] = name
            before = given
    for struct in api["structs"]:
        fields = [field for field in struct["fields"] if "type" in field]
        for before, given in zip([None, *fields], fields):
            if name := counted(api, before, given):
                given["counts"] = name


def is_counted(fields, given):
    """Whether a number among them tells how many these are."""
    return any(other.get("counts") == given["name"] for other in fields)
