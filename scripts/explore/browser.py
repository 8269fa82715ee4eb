"""Chromium, driven without a window through its DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

patience = 1200

# Counts what the page waits for: an answer, what is in it, and a picture of that. What goes on with it has begun when it counts no more.
COUNTING = """
    globalThis.underWay = 0;
    const counted = (owner, name) => {
        const original = owner[name];
        owner[name] = async function (...all) {
            underWay++;
            try { return await original.apply(this, all); } finally { setTimeout(() => underWay--); }
        };
    };
    for (const name of ["fetch", "createImageBitmap"]) counted(globalThis, name);
    for (const name of ["json", "blob", "text"]) counted(Response.prototype, name);
"""


class Browser:
    """One tab. What the page complains of is kept in `complaints`."""

    def __init__(self, chromium, folder):
        self.folder, self.number, self.complaints = folder, 0, []
        self.profile = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.connect()
        except BaseException:
            self.end()
            raise

    def connect(self):
        file = f"{self.profile}/DevToolsActivePort"
        wait(lambda: os.path.exists(file) and open(file).read().count("\n") > 0, "Chromium does not start")
        port = open(file).readline().strip()
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.socket = websocket.create_connection(address, timeout=patience)
        for domain in ("Page", "Runtime", "Log", "DOM", "Accessibility"):
            self.send(f"{domain}.enable")
        self.send("Page.addScriptToEvaluateOnNewDocument", source=COUNTING)

    def close(self):
        self.socket.close()
        self.end()

    def end(self):
        self.process.terminate()
        self.process.wait(patience)
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, **parameters):
        """Sends a command and returns its result; events that come meanwhile are looked at."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.look(message)

    def look(self, event):
        method, values = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(values["exceptionDetails"].get("text", "") + str(values["exceptionDetails"].get("exception")))
        if method == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning"):
            self.complaints.append(str(values["args"]))
        if method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
            self.complaints.append(values["entry"]["text"])

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression, failure):
        wait(lambda: self.evaluate(expression), failure)

    def press(self, key, times=1):
        """Presses a key on what has the focus."""
        code = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "End": 35, "Enter": 13}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for _ in range(times):
            self.send("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
            self.send("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def choose_file(self, selector, path):
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[os.path.abspath(path)])

    def resize(self, width, height, scheme, is_phone=False):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if is_phone else 1,
                  mobile=is_phone)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def photograph(self, name):
        time.sleep(0.2)  # what is drawn after a resize
        picture = self.send("Page.captureScreenshot", format="png")["data"]
        with open(f"{self.folder}/{name}.png", "wb") as file:
            file.write(base64.b64decode(picture))


def wait(holds, failure):
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(failure)
        time.sleep(0.05)
