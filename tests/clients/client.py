"""Phoenix's clients, each installed on its own, asked of a server."""
import json
import shutil
import subprocess
from pathlib import Path

import world
from compare import Wrong

HERE = Path(__file__).resolve().parent


def python(tools):
    """A Python that has the client."""
    return tools.venv("clients", "-r",
                      str(HERE / "requirements.txt")) / "python"


def send_world(server):
    status = server.request("POST", "/v1/traces", world.request(),
                            {"Content-Type": "application/x-protobuf"})[0]
    if status != 200:
        raise Wrong(f"the spans are answered with {status}")


class Proxy:
    """Stands before a server and looks at its answers; `told` says what was
    found, once it has ended."""

    def __init__(self, tools, server, document):
        self.process = subprocess.Popen(
            [python(tools), HERE / "contract.py", document, "--proxy",
             str(server.port)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.told = json.loads(self.process.communicate(timeout=60)[0])


def answers(tools, server, program="forms.py"):
    """{form: answer} of all forms, or of those of another program."""
    done = subprocess.run(
        [python(tools), HERE / program, f"http://127.0.0.1:{server.port}"],
        env=tools.sending, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Wrong(f"the client failed: {done.stderr.strip()[-600:]}")
    return json.loads(done.stdout)


def node_answers(tools, server):
    """{method: what is wrong} of the client for TypeScript."""
    node, npm, _ = tools.find_node()
    folder = tools.folder / "clients-node"
    names = ("package.json", "package-lock.json")

    def fill():
        for name in names:
            shutil.copy(HERE / "node" / name, folder)
        tools.fetch("npm", [npm, "ci", "--silent", "--ignore-scripts"], folder, {
            "PATH": f"{Path(node).parent}:/usr/local/bin:/usr/bin:/bin"})
    tools.install(folder, [(HERE / "node" / name).read_text()
                           for name in names], fill)
    shutil.copy(HERE / "node/prompts.js", folder)
    done = subprocess.run(
        [node, "prompts.js", f"http://127.0.0.1:{server.port}"], cwd=folder,
        env=tools.sending, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Wrong(f"the client failed: {done.stderr.strip()[-600:]}")
    return json.loads(done.stdout)
