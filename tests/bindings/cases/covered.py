"""Every function of phoenix.h is called by a case, and no case names what there
is not. Ends "N passed, N failed", a function each.
"""
import sys

from read import FUNCTIONS, read_cases


def mistakes(name, given, gives):
    """Names in a call that its function does not have."""
    if name not in FUNCTIONS:
        return [f"{name} is no function"]
    parameters = FUNCTIONS[name]["parameters"]
    written = {p["name"] for p in parameters if p.get("written")}
    known = {p["name"] for p in parameters}
    return [f"{name} has no {key}" for key in
            sorted(set(given) - known | set(gives) - written -
                   {"status", "error", "returns"})]


def main():
    called, wrong = set(), []
    for case in read_cases():
        for call in case["calls"]:
            called.add(call[0])
            wrong += [f"{case['name']}: {said}" for said in mistakes(*call)]
    wrong += [f"no case calls {name}" for name in FUNCTIONS
              if name not in called]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{max(0, len(FUNCTIONS) - len(wrong))} passed, {len(wrong)} failed")
    return len(wrong) > 0


sys.exit(main())
