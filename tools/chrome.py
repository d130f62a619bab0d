"""A headless Chromium, driven over its own protocol: no other program needed."""

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
AIR = 14  # pixels around an element on a picture
PATIENCE = 120  # seconds: the first page of a database builds its assets


class ChromeError(Exception):
    """The browser did not start, or a page is not what was asked for."""


class Chrome:
    """One browser with one page; use it in a `with` statement."""

    def __enter__(self):
        program = next(filter(None, map(shutil.which, NAMES)))
        self.folder = tempfile.mkdtemp(prefix="chrome")
        self.process = subprocess.Popen(
            [
                program, "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-extensions", "--no-first-run", "--hide-scrollbars",
                "--remote-debugging-port=0", "--remote-allow-origins=*",
                f"--user-data-dir={self.folder}", "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = self.until(self._port, "the browser does not start")
            local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with local.open(f"http://127.0.0.1:{port}/json/list") as answer:
                page = next(p for p in json.load(answer) if p["type"] == "page")
            self.socket = websocket.create_connection(
                page["webSocketDebuggerUrl"], timeout=PATIENCE, http_no_proxy=["*"]
            )
            self.numbers = itertools.count()
            self.call("Page.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _port(self):
        file = Path(self.folder, "DevToolsActivePort")
        lines = file.read_text().splitlines() if file.exists() else ()
        return lines[0] if lines else None

    @staticmethod
    def until(function, problem):
        """What `function` returns once that is true; ChromeError when it never is."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := function():
                return found
            time.sleep(0.1)
        raise ChromeError(problem)

    def call(self, method, **params):
        """The result of a command of the browser's protocol."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": params}
        self.socket.send(json.dumps(command))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise ChromeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def run(self, script):
        """The value of a piece of JavaScript on the page."""
        result = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise ChromeError(f"{script}: {result['exceptionDetails']['text']}")
        return result["result"].get("value")

    def wait(self, selector):
        script = f"!!document.querySelector({json.dumps(selector)})"

        def there():
            try:
                return self.run(script)
            except ChromeError:
                return False  # the page is changing

        self.until(there, f"nothing on {self.run('location.href')} is {selector}")

    def open(self, url, selector):
        self.call("Page.navigate", url=url)
        self.wait(selector)

    def click(self, selector):
        self.wait(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def resize(self, width, height, phone=False):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=phone,
        )  # fmt: skip
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def log_in(self, address, login, password):
        self.call("Network.clearBrowserCookies")
        self.open(f"{address}/web/login", "input[name=password]")
        self.run(
            f"document.querySelector('input[name=login]').value = {json.dumps(login)};"
            "document.querySelector('input[name=password]').value ="
            f" {json.dumps(password)};"
            "document.querySelector('form.oe_login_form button[type=submit]').click()"
        )
        self.wait(".o_web_client .o_main_navbar")

    def shoot(self, path, selector=None):
        """Save what the page shows, or one element of it with a little air, as PNG:
        once two pictures in a row are the same."""
        clip = {}
        if selector:
            self.wait(selector)
            box = self.run(
                f"(() => {{ const r = document.querySelector({json.dumps(selector)})"
                ".getBoundingClientRect();"
                f" return {{x: r.x - {AIR}, y: r.y - {AIR},"
                f" width: r.width + {2 * AIR}, height: r.height + {2 * AIR}}} }})()"
            )
            clip = {"clip": {**box, "scale": 1}}
        before = data = None
        for _try in range(20):
            before, data = (
                data,
                self.call("Page.captureScreenshot", format="png", **clip)["data"],
            )
            if data == before:
                break
            time.sleep(0.1)
        Path(path).write_bytes(base64.b64decode(data))
