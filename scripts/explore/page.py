"""Uses the page of `tributary explore` in Chromium as a person would, by keyboard, in light and dark, wide and as wide as a telephone.

    python3 scripts/explore/page.py CHROMIUM TRIBUTARY RUN DATA FOLDER

The run needs two checkpoints. Pictures of the page are left in FOLDER, which must exist.
"""

import sys

from browser import Browser
from server import Server

chromium, tributary, run, data, folder = sys.argv[1:]
done = 0


def check(holds, what):
    global done
    if not holds:
        raise SystemExit(f"not so: {what}")
    done += 1


class Page:
    """The page, and what it shows."""

    def __init__(self, browser):
        self.browser = browser
        self.settle()

    def pixels(self, canvas="picture"):
        return self.browser.evaluate(f"document.getElementById('{canvas}').toDataURL()")

    def changes(self, what, act):
        """Does something, and waits for another picture."""
        act()
        self.browser.wait(f"document.getElementById('picture').toDataURL() !== '{self.picture}'", f"not so: {what} changes the picture")
        self.settle()
        check(True, what)

    def settle(self):
        """Waits until the page waits for nothing: then the picture stays the same."""
        self.browser.wait("underWay === 0", "the page does not come to rest")
        self.picture = self.pixels()

    def set(self, control, value, event="input"):
        self.browser.evaluate(
            f"(() => {{ const it = document.getElementById('{control}'); it.value = '{value}';"
            f" it.dispatchEvent(new Event('{event}', {{bubbles: true}})); }})()")

    def focus(self, selector):
        self.browser.evaluate(f"document.querySelector('{selector}').focus()")


def use(page):
    browser = page.browser
    for selector, what in (("#attributes input", "an attribute's slider"), ("#directions input", "a direction's slider"),
                           ("#map", "the map")):
        page.focus(selector)
        page.changes(f"an arrow key on {what}", lambda: browser.press("ArrowRight", 3))
    check(browser.evaluate("document.querySelector('#directions output').textContent") != "+0.00", "the map moves the sliders")
    for control in ("surprise", "average"):
        page.focus(f"#{control}")
        page.changes(f"Enter on {control}", lambda: browser.press("Enter"))
    check(browser.evaluate("document.getElementById('example-label').textContent") == "Held-out image",
          "held-out images are called so")
    page.focus("#next")
    page.changes("the next image", lambda: browser.press("Enter"))
    second = page.picture
    check(browser.evaluate("!document.getElementById('original-figure').hidden"), "what was encoded is shown")
    page.changes("a mixture by halves", lambda: page.set("mix-share", 50))
    halves = page.picture
    page.changes("a mixture along an arc", lambda: page.set("mix-path", "spherical"))
    check(page.picture != halves, "an arc is no line")
    page.changes("all of the second", lambda: page.set("mix-share", 100))
    check(page.picture == second, "all of the second image is that image")
    page.changes("an earlier checkpoint", lambda: page.set("epoch", 0))
    page.changes("a picture of one's own", lambda: browser.choose_file("#own", "docs/images/loss.png"))
    check(len(page.pixels("original")) > 500, "one's own picture is shown as the model sees it")
    browser.choose_file("#own", "README.md")
    browser.wait("document.getElementById('status').textContent.includes('JPEG, PNG and WebP')", "a file that is no picture is not told")
    browser.complaints = [text for text in browser.complaints if "422" not in text]


def name_of(node):
    return node.get("name", {}).get("value", "")


def look(browser):
    """The same in both colour schemes and both widths."""
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    controls = {"slider", "button", "spinbutton", "combobox", "textbox", "image", "img", "application"}
    found = [node for node in nodes if node.get("role", {}).get("value", "").lower() in controls and not node.get("ignored")]
    check(len(found) > 15, f"the controls have roles, {len(found)} of them")
    for node in found:
        check(name_of(node), f"the control {node['role']['value']} has a name")
    for scheme in ("light", "dark"):
        browser.resize(1280, 1000, scheme)
        browser.photograph(f"{scheme}-wide")
        for color, ground in (("--ink", "--paper"), ("--soft", "--paper"), ("--soft", "--card"), ("--ink", "--card")):
            check(contrast(browser, color, ground) >= 4.5, f"{color} can be read on {ground} in {scheme}")
        browser.resize(390, 844, scheme, is_phone=True)
        check(browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than a telephone")
        browser.photograph(f"{scheme}-phone")
        browser.evaluate("document.querySelector('#sliders').scrollIntoView()")
        check(browser.evaluate("document.getElementById('picture').getBoundingClientRect().top >= 0"),
              "the picture stays in sight of the sliders")
        browser.photograph(f"{scheme}-phone-sliders")
        browser.evaluate("scrollTo(0, 0)")


def contrast(browser, color, ground):
    """The ratio of two colours' luminances (WCAG 2.2, 1.4.3)."""
    def luminance(name):
        text = browser.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('{name}').trim()")
        parts = [int(text[start:start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    light, dark = sorted((luminance(color), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


with Server(tributary, run, "--data", data) as server:
    browser = Browser(chromium, folder)
    try:
        browser.resize(1280, 1000, "light")
        browser.send("Page.navigate", url=server.address)
        browser.wait("document.documentElement?.dataset.ready === 'true'", "the page does not become ready")
        look(browser)
        browser.resize(1280, 1000, "light")
        use(Page(browser))
        check(not browser.complaints, f"the page complains of nothing: {browser.complaints}")
    finally:
        browser.close()
print(f"{done} checks of the page hold; its pictures are in {folder}")
