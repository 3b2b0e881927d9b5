"""Reads include/phoenix.h: what is in it, as plain data.

The header keeps to a small grammar so that this can stay a small reader: one
declaration a statement, PHX_CALL or PHX_API before each function, no union,
bit-field, variadic or struct by value. What is outside of it is a Fault.

A comment speaks for the declarations below it up to the next blank line; one
at the end of a line for what is on that line.
"""
import re

COMMENT = re.compile(r"/\*.*?\*/", re.S)
HELD = re.compile(r"\0(\d+)\0")  # where a comment was, by its number
STATEMENT = re.compile(r"#[^\n]*|(?:[^;{}]|\{[^{}]*\})*;")


class Fault(Exception):
    """Says what in the header is outside the grammar, or breaks a rule."""


def prose(comment):
    """The words of a comment, or of none, without what frames it."""
    lines = comment[2:-2].split("\n")
    return "\n".join(re.sub(r"^\s*\* ?", "", line).rstrip()
                     for line in lines).strip("\n ")


def paragraph(comment):
    return " ".join(prose(comment).split())


def statements(text):
    """(comment, code) of each: directives that define, and declarations."""
    comments = []

    def hold(found):
        comments.append(found.group())
        return f"\0{len(comments) - 1}\0"
    text = COMMENT.sub(hold, text.replace("\\\n", " "))
    text = re.sub(r"^#ifdef __cplusplus.*?^#endif", "", text,
                  flags=re.S | re.M)
    text = re.sub(r"^# *(?!define \w+ )[^\n]*|^#  +define[^\n]*", "", text,
                  flags=re.M)
    for block in re.split(r"\n\s*\n", text):
        comment, at = "", 0
        while at < len(block):
            held = HELD.match(block, at)
            if held:
                comment, at = comments[int(held.group(1))], held.end()
            elif block[at].isspace():
                at += 1
            else:
                found = STATEMENT.match(block, at)
                if not found:
                    raise Fault(f"no declaration: {block[at:at + 70]!r}")
                at = found.end()
                beside = re.match(r" *\0(\d+)\0", block[at:])
                yield (paragraph(comments[int(beside.group(1))]) if beside
                       else prose(comment)), found.group(), comments
                at += beside.end() if beside else 0


def bare(code):
    return " ".join(HELD.sub(" ", code).split())


def pieces(code, comments, end):
    """(code, comment beside it or below) of each part of a struct or enum."""
    found = re.findall(rf"([^{end}]+)(?:{end}|$)((?:[ ]*(?:\n\s*)?\0\d+\0)*)",
                       code)
    for part, beside in found:
        inside = HELD.findall(part)
        # What an enum's last value has beside it is no longer behind a comma.
        notes = HELD.findall(beside) or inside
        if bare(part):
            yield bare(part), " ".join(paragraph(comments[int(n)])
                                       for n in notes)


def declaration(code):
    """{"name", "type", "pointers", "const"} and "count" of an array."""
    found = re.fullmatch(r"(const )?(?:struct )?(\w+) ([* ]*)(\w+)"
                         r"(?:\[(\d+)\])?", code.strip())
    if not found:
        raise Fault(f"no declaration that bindings know: {code}")
    const, kind, stars, name, count = found.groups()
    made = {"name": name, "type": kind, "pointers": stars.count("*"),
            "const": bool(const)}
    return {**made, "count": int(count)} if count else made


def signature(code):
    """The parameters between the parentheses of a function."""
    if code.strip() == "void":
        return []
    parts = [part.strip() for part in code.split(",")]
    return [declaration(part if re.search(r"\w[ *]+\w+$", part) and
                        not re.fullmatch(r"struct \w+ \*", part)
                        else part + "self") for part in parts]


def returned(code):
    made = declaration(code + " _" if not code.endswith("*") else code + "_")
    del made["name"]
    return made


def field(code):
    call = re.fullmatch(r"(.*?)\(\*(\w+)\)\((.*)\)", code)
    if not call:
        return declaration(code)
    return {"name": call.group(2), "returns": returned(call.group(1).strip()),
            "parameters": signature(call.group(3))}


def errors_of(comment):
    """The statuses named after "Errors:"."""
    found = re.search(r"Errors:(.*)", " ".join(comment.split()))
    words = re.sub(r"\([^()]*\)", "", found.group(1)) if found else ""
    return ["PHX_" + word for word in re.findall(r"\b[A-Z_]{2,}\b", words)]


class Reader:
    def __init__(self):
        self.api = {"constants": {}, "enums": [], "scalars": {}, "handles": [],
                    "callbacks": [], "structs": [], "functions": []}

    def number(self, text):
        """The value of a constant expression."""
        known = re.sub(r"[A-Z_]\w*", lambda name: str(
            self.constants[name.group()]), text)
        if not re.fullmatch(r"[-+*() \d]+", known):
            raise Fault(f"no number: {text}")
        return eval(known)  # digits and signs alone

    @property
    def constants(self):
        return {**self.api["constants"],
                **{value["name"]: value["value"] for enum in self.api["enums"]
                   for value in enum["values"]}}

    def read_define(self, code, comment):
        name, value = re.fullmatch(r"#define (\w+) (.*)", code).groups()
        if not value.startswith("{"):
            self.api["constants"][name] = self.number(value)
            return
        wanted = name[:-len("_INIT")].lower()
        struct = next(s for s in self.api["structs"] if s["name"] == wanted)
        values = re.sub(r"\{[^{}]*\}", "0", value.strip()[1:-1]).split(",")
        struct["init"] = {
            given["name"]: self.number(text) for given, text in
            zip(struct["fields"], map(str.strip, values))
            if text not in ("0", "NULL", f"sizeof({wanted})")}

    def read_enum(self, body, comment, comments):
        values = []
        for part, note in pieces(body, comments, ","):
            name, value = part.split(" = ")
            values.append({"name": name, "value": int(value), "doc": note})
        self.api["enums"].append({"doc": comment, "values": values})

    def read_struct(self, name, body, comment, comments):
        self.api["structs"].append({
            "name": name, "doc": comment, "fields": [
                {**field(part), "doc": note}
                for part, note in pieces(body, comments, ";")]})

    def read_function(self, kind, head, parameters, comment):
        if kind == "CALL":
            name, result = head.strip(), {"type": "phx_status", "pointers": 0,
                                          "const": False}
        else:
            result = declaration(head)
            name = result.pop("name")
        self.api["functions"].append({
            "name": name, "doc": comment, "can_fail": kind == "CALL",
            "returns": result, "parameters": signature(parameters),
            "errors": errors_of(comment)})

    def read(self, comment, raw, comments):
        code = bare(raw)
        body = raw[raw.find("{") + 1:raw.rfind("}")]
        if code.startswith("#define"):
            self.read_define(code, comment)
        elif re.match(r"enum \{", code):
            self.read_enum(body, comment, comments)
        elif found := re.match(r"(?:typedef )?struct (\w+) \{", code):
            self.read_struct(found.group(1), body, comment, comments)
        elif found := re.fullmatch(r"typedef struct (\w+) \1;", code):
            self.api["handles"].append({"name": found.group(1),
                                        "doc": comment})
        elif found := re.fullmatch(r"typedef (\w+) \(\*(\w+)\)\((.*)\);",
                                   code):
            self.api["callbacks"].append({
                "name": found.group(2), "doc": comment,
                "returns": returned(found.group(1)),
                "parameters": signature(found.group(3))})
        elif found := re.fullmatch(r"typedef (\w+) (\w+);", code):
            self.api["scalars"][found.group(2)] = found.group(1)
        elif found := re.fullmatch(r"PHX_(CALL|API) (.*?)\((.*)\);", code):
            self.read_function(*found.groups(), comment)
        else:
            raise Fault(f"outside the grammar: {code[:70]}")


def faults(api, statuses):
    """What would make a function unfit for bindings."""
    structs = {struct["name"] for struct in api["structs"]}
    known = structs | {item["name"] for part in ("handles", "callbacks")
                       for item in api[part]} | set(api["scalars"]) | {
        "char", "void", "double", "int32_t", "uint32_t", "int64_t", "uint64_t",
        "size_t"}
    for function in api["functions"]:
        name, parameters = function["name"], function["parameters"]
        if function["can_fail"] and (not parameters or
                                     parameters[-1]["name"] != "err"):
            yield f"{name}: a PHX_CALL ends in phx_error *err"
        for given in parameters:
            if given["type"] not in known:
                yield f"{name}: {given['name']} has an unknown type"
            if given["type"] in structs and given["pointers"] == 0:
                yield f"{name}: {given['name']} is a struct by value"
        for error in function["errors"]:
            if error not in statuses:
                yield f"{name}: {error} after Errors: is no status"
        if not function["doc"] and not re.search(r"_(free|close)$", name):
            yield f"{name}: no comment"


def read_header(text):
    """The whole header as data; or a Fault."""
    reader = Reader()
    for comment, code, comments in statements(text):
        reader.read(comment, code, comments)
    found = list(faults(reader.api, reader.constants))
    if found:
        raise Fault("\n".join(found))
    return reader.api
