"""Expected values of vectors against what the library or server gave.

An integer is never equal to a float, nor a number to a boolean. Expected
values are wrapped as the vectors' `encoding` says; NaN and infinities are
null in JSON text, bytes their base64.
"""
import base64
import json
import math
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$")


def load_json(text, **options):
    return json.loads(text, parse_constant=reject, **options)


def reject(word):
    raise ValueError(f"{word} is not JSON")


def finite(number):
    return number if math.isfinite(number) else None


def unwrap(value):
    """A wrapped expected value as JSON text shows it."""
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key == "$double":
            return finite(float(inner))
        if key == "$int":
            return int(inner)
        if key == "$bytes":
            return inner
        if key == "$str":
            return base64.b64decode(inner).decode("utf-8", "surrogatepass")
        if key == "$obj":
            return {unwrap(k): unwrap(v) for k, v in inner}
    return {key: unwrap(item) for key, item in value.items()}


def matches(wanted, text):
    """{"$any": ...} and {"$contains": ...} against a value."""
    if "$contains" in wanted:
        return isinstance(text, str) and wanted["$contains"] in text
    if wanted["$any"] == "datetime":
        return isinstance(text, str) and bool(TIME.match(text))
    return isinstance(text, str)


def is_pattern(wanted):
    return isinstance(wanted, dict) and len(wanted) == 1 and \
        next(iter(wanted)) in ("$any", "$contains")


def same_number(a, b):
    return type(a) is type(b) and a == b and \
        (a != 0 or math.copysign(1, a) == math.copysign(1, b))


def is_key_values(value):
    return isinstance(value, list) and bool(value) and all(
        isinstance(item, dict) and item.keys() == {"key", "value"}
        for item in value)


def differences(wanted, found, at=""):
    """One line for each place where they differ. OTLP's lists of keys and
    values are maps: their order says nothing."""
    if is_key_values(wanted) and is_key_values(found):
        yield from differences({item["key"]: item["value"] for item in wanted},
                               {item["key"]: item["value"] for item in found},
                               at)
    elif is_pattern(wanted):
        if not matches(wanted, found):
            yield f"{at}: {found!r:.90} does not match {wanted}"
    elif isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted({*wanted, *found}, key=str):
            if key not in found:
                yield f"{at}.{key} is missing, wanted {wanted[key]!r:.60}"
            elif key not in wanted:
                yield f"{at}.{key} is too much: {found[key]!r:.60}"
            else:
                yield from differences(wanted[key], found[key],
                                       f"{at}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{at} has {len(found)} items, wanted {len(wanted)}"
        for index, (a, b) in enumerate(zip(wanted, found)):
            yield from differences(a, b, f"{at}[{index}]")
    elif isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        if not same_number(wanted, found):
            yield f"{at} is {found!r}, wanted {wanted!r}"
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{at} is {found!r:.90}, wanted {wanted!r:.90}"
