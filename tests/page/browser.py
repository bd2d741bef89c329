"""Chromium over a pipe: pages opened from files, looked at and used as a reader uses them, by mouse and keyboard.

The protocol is Chromium's own (DevTools), JSON between two pipes, so nothing has to be installed beside the browser.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

PATIENCE = 30.0
"""Seconds that an answer, or a state of the page, may take on a busy machine."""

DRIVERS = ("VK_ICD_FILENAMES", "VK_DRIVER_FILES")
"""Where these lead elsewhere Chromium does not find its SwiftShader."""

NO_CARD = "No available adapters."
"""What Chromium itself writes where a page asks for a graphics card and there is none."""

PLAYED = "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });"
"""Makes a page take the graphics card that SwiftShader plays for one."""

KEYS = {
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "Tab": (9, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    "Home": (36, ""),
    "End": (35, ""),
    "PageUp": (33, ""),
    "PageDown": (34, ""),
    "Backspace": (8, ""),
}


class Browser:
    """One Chromium, and its pages."""

    def __init__(self, card: bool = False) -> None:
        """With ``card`` Chromium plays a graphics card, by SwiftShader."""
        assert CHROMIUM is not None
        self.folder = tempfile.mkdtemp(prefix="chromium-")
        into, self.writing = os.pipe()
        self.reading, out = os.pipe()
        flags = [
            "--headless=new",
            "--no-sandbox",
            *(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] if card else ["--disable-gpu"]),
            "--remote-debugging-pipe",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--force-color-profile=srgb",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
            f"--user-data-dir={self.folder}",
        ]
        command = f'exec "$0" "$@" 3<&{into} 4>&{out}'
        self.process = subprocess.Popen(
            ["bash", "-c", command, CHROMIUM, *flags],
            env={name: value for name, value in os.environ.items() if name not in DRIVERS},
            pass_fds=(into, out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(into)
        os.close(out)
        self.buffer, self.number = b"", 0
        self.events: list[dict[str, Any]] = []

    def close(self) -> None:
        try:
            self.call("Browser.close")
        except (OSError, AssertionError):
            self.process.kill()
        self.process.wait(10)
        os.close(self.writing)
        os.close(self.reading)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command and its answer; events that come before are kept."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writing, data) :]
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.message(end)
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer.get('error')}"
                found: dict[str, Any] = answer["result"]
                return found
            self.events.append(answer)

    def message(self, end: float) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.reading], [], [], max(0.0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            part = os.read(self.reading, 1 << 20)
            assert part, "Chromium has ended"
            self.buffer += part
        text, _, self.buffer = self.buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        return found

    def page(
        self,
        path: Path | str,
        fragment: str = "",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        scripts: bool = True,
        before: str = "",
    ) -> Page:
        """A file, or an address, opened; ``before`` runs ahead of the page's own script."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            page.call(f"{domain}.enable")
        page.size(width, height)
        if before:
            page.call("Page.addScriptToEvaluateOnNewDocument", source=before)
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        page.call("Emulation.setEmulatedMedia", features=features)
        page.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        page.go(f"{path if isinstance(path, str) else path.as_uri()}{fragment}")
        return page


class Page:
    """A page as a reader has it."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self.browser, self.target, self.session = browser, target, session

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **params)

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def close(self) -> None:
        self.browser.call("Target.closeTarget", targetId=self.target)

    def frame(self) -> Page:
        """The closed frame in this page: Chromium gives it a process of its own."""
        end = time.monotonic() + PATIENCE
        while True:
            for one in self.browser.call("Target.getTargets")["targetInfos"]:
                if one["type"] == "iframe" and one.get("parentId") == self.target and not one["attached"]:
                    session = self.browser.call("Target.attachToTarget", targetId=one["targetId"], flatten=True)
                    frame = Page(self.browser, one["targetId"], session["sessionId"])
                    for domain in ("Runtime", "Log", "Audits"):
                        frame.call(f"{domain}.enable")
                    return frame
            assert time.monotonic() < end, "there is no frame"
            time.sleep(0.02)

    def front(self) -> None:
        """A page behind another hears a mouse late."""
        self.call("Page.bringToFront")

    def go(self, url: str) -> None:
        """Opens an address and waits until it is loaded."""
        self.browser.events = [one for one in self.browser.events if one.get("method") != "Page.loadEventFired"]
        self.call("Page.navigate", url=url)
        self.event("Page.loadEventFired")

    def event(self, method: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            for one in self.browser.events:
                if one.get("method") == method and one.get("sessionId") == self.session:
                    self.browser.events.remove(one)
                    return one
            self.browser.events.append(self.browser.message(end))

    def seen(self, method: str) -> list[dict[str, Any]]:
        """The events of one kind up to now."""
        self.run("0")
        return [
            one["params"]
            for one in self.browser.events
            if one.get("method") == method and one.get("sessionId") == self.session
        ]

    def run(self, script: str) -> Any:
        """The value of an expression in the page; for looking, never for doing what a reader would do."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never became true: {script}"
            time.sleep(0.02)

    # ---- as a reader

    def text(self, selector: str) -> str:
        """What is read in an element."""
        found = self.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return " ".join(str(found).split())

    def click(self, selector: str, place: int = 0) -> None:
        """A click in the middle of an element that is seen."""
        where = self.run(
            f"""(() => {{ const e = [...document.querySelectorAll({json.dumps(selector)})][{place}];
            e.scrollIntoView({{block: "center", inline: "center", behavior: "instant"}});
            const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2, b.width]; }})()"""
        )
        assert where[2] > 0, f"{selector} cannot be seen"
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="left", clickCount=1)

    def drag(self, selector: str, to: float) -> None:
        """A drag from the middle of an element to a part of its width."""
        b = self.run(
            f"""(() => {{ const e = document.querySelector({json.dumps(selector)});
            e.scrollIntoView({{block: "center", behavior: "instant"}});
            const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }})()"""
        )
        y = b[1] + b[3] / 2
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=b[0] + b[2] / 2, y=y, button="left", clickCount=1)
        for part in (0.3, 0.7, 1.0):
            x = b[0] + b[2] * (0.5 + (to - 0.5) * part)
            self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)
        self.call(
            "Input.dispatchMouseEvent", type="mouseReleased", x=b[0] + b[2] * to, y=y, button="left", clickCount=1
        )

    def key(self, name: str, shift: bool = False) -> None:
        """A key, pressed and let go."""
        code, text = KEYS.get(name, (ord(name.upper()[0]), name))
        more = {"text": text} if text else {}
        base = {
            "key": name,
            "windowsVirtualKeyCode": code,
            "code": name if len(name) > 1 else "",
            "modifiers": 8 if shift else 0,
        }
        self.call("Input.dispatchKeyEvent", type="keyDown", **base, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", **base)

    def focus(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def fill(self, selector: str, text: str) -> None:
        """A field, written anew."""
        self.run(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.focus(); e.select(); }})()")
        self.type(text)

    def picture(self, path: Path, full: bool = False) -> None:
        more = {}
        if full:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            more = {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=full, **more)
        path.write_bytes(base64.b64decode(found["data"]))

    def printed(self, path: Path) -> None:
        found = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def faults(self) -> list[str]:
        """What the page did that no page may do: errors, reports of its policy, requests."""
        found = [str(one["exceptionDetails"].get("exception", one)) for one in self.seen("Runtime.exceptionThrown")]
        found += [str(one["entry"].get("text")) for one in self.seen("Log.entryAdded")]
        found = [one for one in found if one != NO_CARD]
        issues = [one["issue"] for one in self.seen("Audits.issueAdded")]
        found += [str(one) for one in issues if one["code"] != "GenericIssue"]  # advice about names of fields
        asked = [one["request"]["url"] for one in self.seen("Network.requestWillBeSent")]
        return found + [url[:80] for url in asked if not url.startswith(("file:", "about:", "data:"))]
