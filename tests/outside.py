"""The module from outside: a server, people at browsers, the command line."""

import http.cookiejar
import json
import signal
import subprocess
import time
import urllib.request

import pytest


class Refused(Exception):
    """The server answers with an error: `name` is that of its exception."""

    def __init__(self, error):
        data = error.get("data") or {}
        self.name = data.get("name", "")
        super().__init__(f"{self.name}: {data.get('message')}\n{data.get('debug')}")


class Person:
    """Somebody at a browser: a session of their own, and the calls of its pages."""

    def __init__(self, server, login, password=None):
        self.url = server.url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), cookies
        )
        session = self.ask(
            "/web/session/authenticate",
            db=server.database,
            login=login,
            password=password or login,
        )
        self.uid = session["uid"]

    def ask(self, path, **params):
        """The result of a JSON-RPC request. Raises Refused, or OSError where the
        server is gone."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.browser.open(request, timeout=60) as response:
            answer = json.load(response)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def dialog(self, model, method, values, **context):
        """Fill in a dialog and press its button."""
        record = self.call(model, "create", [values], context=context)
        return self.call(model, method, record, context=context)


class Server:
    """`odoo` as a process, which a test may kill and start again."""

    def __init__(self, database, port, log, *options):
        self.database = database
        self.options = options
        self.port = port
        self.url = f"http://localhost:{port}"
        self.log = log
        self.process = None

    def start(self, *options, timeout=180):
        command = [
            "odoo", "-d", self.database, f"--db-filter=^{self.database}$",
            "-p", str(self.port), *self.options, *options,
        ]  # fmt: skip
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.process.poll() is None:
            try:
                direct.open(f"{self.url}/web/health", timeout=5)
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"the server does not answer: {self.log}")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(90)


def shell(database, code, *options):
    """Run code in odoo shell; returns what it leaves in `answer`."""
    program = f"{code}\nimport json\nprint('ANSWER' + json.dumps(answer))\n"
    done = subprocess.run(
        ["odoo", "shell", "-d", database, "--no-http", "--log-level=warn", *options],
        input=program,
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = [line for line in done.stdout.splitlines() if "ANSWER" in line]
    assert answers, done.stdout + done.stderr
    assert " ERROR " not in done.stderr and " WARNING " not in done.stderr, done.stderr
    return json.loads(answers[-1].split("ANSWER", 1)[1])
