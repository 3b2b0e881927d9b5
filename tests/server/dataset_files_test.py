#!/usr/bin/env python3
"""Datasets over REST as files: forms with CSV or JSON lines in, CSV out."""
import base64
import gzip
import json
import sys
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import cases
from asking import TEXT
from cases import equal, true
from running import Server

CSV, LINES = "text/csv", "application/jsonl"


def form(fields, file=None, kind=CSV, encoding=None, name="data.csv"):
    """(headers, body): fields are pairs, a file is bytes."""
    parts = [(f'form-data; name="{key}"', (), value.encode())
             for key, value in fields]
    if file is not None:
        more = [("Content-Type", kind)] if kind else []
        more += [("Content-Encoding", encoding)] if encoding else []
        parts.append((f'form-data; name="file"; filename="{name}"', more, file))
    body = b"".join(
        b"--b\r\nContent-Disposition: " + what.encode() + b"\r\n" +
        b"".join(f"{key}: {value}\r\n".encode() for key, value in more) +
        b"\r\n" + value + b"\r\n" for what, more, value in parts)
    return {"Content-Type": "multipart/form-data; boundary=b"}, body + b"--b--\r\n"


def send(server, fields, *file, **rest):
    """(status, data or text)"""
    headers, body = form([("name", "d"), ("action", "update"), *fields], *file,
                         **rest)
    return answered(server, headers, body)


def answered(server, headers, body):
    status, found, answer = server.request(
        "POST", "/v1/datasets/upload?sync=true", body, headers)
    if status == 200:
        return status, json.loads(answer)["data"]
    equal(found["content-type"], TEXT)
    return status, answer.decode()


def rows(server, more=""):
    dataset, = server.get_json("/v1/datasets?name=d")["data"]
    return server.get_json(
        f"/v1/datasets/{dataset['id']}/examples{more}")["data"]["examples"]


def parts(server, *names):
    return [tuple(row[name] for name in names) for row in rows(server)]


QA = [("input_keys[]", "q"), ("output_keys[]", "a")]


def test_rows_of_csv_become_examples(build):
    text = ('q,a,m,s,i\r\n"1,\n""x""",so,,train,one\r\n'
            ' ,é,7,"[""train"", ""test""]",nan\r\n\r\nlast').encode()
    keys = [*QA, ("metadata_keys[]", "m"), ("split_key", "s"),
            ("example_id_key", "i")]
    packed = zlib.compress(text)
    with Server(build) as server:
        for encoding, file in ((None, text), ("gzip", gzip.compress(text)),
                               ("deflate", packed), (None, b"\xef\xbb\xbf" + text)):
            status, data = send(server, keys, file, CSV, encoding)
            equal(status, 200, data)
            equal(parts(server, "input", "output", "metadata"),
                  [({"q": '1,\n"x"'}, {"a": "so"}, {}),
                   ({}, {"a": "é"}, {"m": "7"}), ({"q": "last"}, {}, {})])
        equal(data["version_id"], base64.b64encode(b"DatasetVersion:1").decode())
        equal([row["id"] for row in rows(server)][0], "one")
        equal(len(rows(server, "?split=train")), 2)
        equal(len(rows(server, "?split=test&split=train")), 2)
        equal(server.get_json("/v1/datasets")["data"][0]["description"],
              "data.csv")


def test_columns_may_be_paths(build):
    text = (b'input.a.b,input.a.c,output.l,x\n1,"[1, {}]","{""k"": 2}",y\n'
            b'2,"[broken",,\n')
    keys = [("input_keys[]", "input.a.b"), ("input_keys[]", "input.a.c"),
            ("output_keys[]", "output.l"), ("metadata_keys[]", "x")]
    with Server(build) as server:
        equal(send(server, keys, text)[0], 200)
        equal(parts(server, "input", "output", "metadata"),
              [({"a": {"b": "1", "c": [1, {}]}}, {"l": {"k": 2}}, {"x": "y"}),
               ({"a": {"b": "2", "c": "[broken"}}, {}, {})])


def test_columns_may_be_flattened(build):
    text = b'q,more,a\nx,"{""n"": 1, ""m"": {}}",y\n'
    keys = [*QA, ("input_keys[]", "more"), ("flatten_keys[]", "more")]
    with Server(build) as server:
        equal(send(server, keys, text)[0], 200)
        equal(parts(server, "input"), [({"q": "x", "n": 1, "m": {}},)])
        for bad in (b'q,more,a\nx,"{""q"": 1}",y\n', b"q,more,a\nx,[],y\n",
                    b"q,more,a\nx,no,y\n"):
            status, told = send(server, keys, bad)
            equal((status, told[:7]), (422, "line 2:"), told)


def test_lines_of_json_keep_their_types(build):
    text = (b'{"q": 1, "a": null, "s": ["train"], "i": 7}\n\n'
            b' {"q": {"b": [true]}, "s": null, "i": "x"} \n')
    keys = [*QA, ("split_key", "s"), ("example_id_key", "i")]
    with Server(build) as server:
        for kind in (LINES, "application/x-ndjson", "Application/JSONL; x=y"):
            equal(send(server, keys, text, kind)[0], 200)
        equal(parts(server, "id", "input", "output"),
              [("7", {"q": 1}, {"a": None}), ("x", {"q": {"b": [True]}}, {})])
        equal(len(rows(server, "?split=train")), 1)


def test_several_columns_name_splits(build):
    keys = [*QA, ("split_keys[]", "s"), ("split_keys[]", "t")]
    with Server(build) as server:
        equal(send(server, keys, b"q,a,s,t\n1,2,x,y\n3,4, ,y\n")[0], 200)
        equal(len(rows(server, "?split=x")), 1)
        equal(len(rows(server, "?split=y")), 2)
        equal(send(server, QA, b"q,a\n1,2\n3,4\n")[1]["num_updated_examples"], 2)
        equal(rows(server, "?split=y"), [])


def test_files_that_are_refused_leave_nothing(build):
    good = b"q,a\n1,2\n"
    both = [*QA, ("split_key", "q"), ("split_keys[]", "a")]
    with Server(build) as server:
        for part, sent in (
                ("line 3: a quote is not closed", (QA, b'q,a\n1,2\n"3,4\n')),
                ("line 2: a cell goes on", (QA, b'q,a\n"1"x,2\n')),
                ("line 2: 3 cells, the header has 2", (QA, b"q,a\n1,2,3\n")),
                ("line 3 of the file is not UTF-8", (QA, b"q,a\n1,2\n\xff,4\n")),
                ("no column 'a'", (QA, b"q\n1\n")),
                ("two columns are called 'q'", (QA, b"q,a,q\n1,2,3\n")),
                ("no header", (QA, b"")),
                ("no header", (QA, b"\n\n")),
                ("line 2 is no JSON object", (QA, b'{"q":1,"a":2}\n{"q":\n',
                                              LINES)),
                ("line 1 is no JSON object", (QA, b"[1]", LINES)),
                ("no column 'a'", (QA, b'{"q":1}', LINES)),
                ("'no name of a split is in the column'"[1:-1],
                 ([*QA, ("split_key", "s")], b'{"q":1,"a":2,"s":1}', LINES)),
                ("type is 'application/x-pandas-pyarrow'",
                 (QA, good, "application/x-pandas-pyarrow")),
                ("type is ''", (QA, good, "")),
                ("Content-Encoding 'br'", (QA, good, CSV, "br")),
                ("cannot be unpacked", (QA, good, CSV, "gzip")),
                ("cannot both be given", (both, good)),
                ("no file", (QA,)),
                ("Invalid dateset action: x", ([*QA, ("action", "x")], good)),
                ("non-empty", ([*QA, ("name", "")], good)),
                ("given twice", ([*QA, ("example_id_key", "q")],
                                 b"q,a\nx,1\nx,2\n"))):
            status, told = send(server, *sent)
            equal((status, part in told), (422, True), told)
        equal(server.get_json("/v1/datasets")["data"], [])


def test_forms_of_another_shape_are_refused(build):
    headers, body = form([("name", "d"), *QA], b"q,a\n1,2\n")
    kind = {"Content-Type": "multipart/form-data"}
    with Server(build) as server:
        for given in ((kind, body), (headers, b""), (headers, b"--c--"),
                      (headers, body[:-9]), (headers, body[:40]),
                      (headers, body.replace(b"\r\n", b"\n")),
                      (headers, b"--b\r\n" + b"x" * 20000 + body),
                      (headers, b"--b\r\n\r\n\r\n" * 5000 + body)):
            equal(answered(server, *given)[0], 422, given[1][:60])
        equal(server.get_json("/v1/datasets")["data"], [])
        for before in (b"preamble\r\n", b"\r\n"):
            equal(answered(server, headers, before + body.replace(
                b'name="name"', b'name="na\\me"'))[0],
                409 if before == b"\r\n" else 200)
        quoted = {"Content-Type": 'multipart/form-data; charset=x; boundary="b"'}
        equal(answered(server, quoted, body)[0], 409)


def test_examples_as_csv(build):
    inputs = [{"q": 1, "t": True, "r": 1.5, "m": 1, "l": ["é", 2]},
              {"q": 2, "t": False, "r": 2, "m": "x", "o": {"p": 3}},
              {"q": 3, "t": True, "r": None, "m": 2.5, "last": "a\nb"}]
    with Server(build) as server:
        def export(body):
            status, _, data = server.request(
                "POST", "/v1/datasets/upload?sync=true",
                json.dumps({"action": "update", "name": "d", **body}).encode(),
                {"Content-Type": "application/json"})
            equal(status, 200, data)
            dataset = json.loads(data)["data"]["dataset_id"]
            status, headers, text = server.request(
                "GET", f"/v1/datasets/{dataset}/csv")
            equal((status, headers["content-type"]), (200, CSV))
            return text.decode()
        equal(export({"inputs": []}), "\n")
        ids = [base64.b64encode(f"DatasetExample:{i}".encode()).decode()
               for i in (1, 2, 3)]
        equal(export({"inputs": inputs, "splits": [None, ["b", "a"], None],
                      "example_ids": ["x", None, None]}).split("\n", 1),
              ["id,node_id,input.q,input.t,input.r,input.m,input.l,input.o.p,"
               "splits,input.last",
               f'x,{ids[0]},1,True,1.5,1,"[""é"", 2]",,,\n'
               f'{ids[1]},{ids[1]},2,False,2.0,x,,3.0,"[""a"", ""b""]",\n'
               f'{ids[2]},{ids[2]},3,True,,2.5,,,,"a\nb"\n'])
        def at(path):
            return server.request("GET", f"/v1/datasets/{path}")[0]
        nothing, none = (base64.b64encode(text).decode() for text in (
            b"Dataset:0", b"DatasetVersion:0"))
        dataset = base64.b64encode(b"Dataset:1").decode()
        equal([at(f"{nothing}/csv"), at(f"{nothing}/jsonl"),
               at(f"{dataset}/examples?version_id={none}")], [422, 422, 404])
        equal(server.request("GET", f"/v1/datasets/{dataset}/jsonl"
                             f"?version_id={none}")[2], b"")
        text = export({"inputs": [{f"k{i}": 1} for i in range(3000)]})
        equal(text.count("\n"), 3001)
        true(text.endswith(",1.0\n"), "the last column is the last example's")


if __name__ == "__main__":
    cases.main(globals())
