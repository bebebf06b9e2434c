"""The page in a real browser: the crosshair by pointer and keyboard, the theme, and that nothing is wider than a phone."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitoring import Samples
from monitoring.render import render_html
from tests.monitoring.render.conftest import Changed, minute, named, table_name, view_of

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed: the page's script is tried in one")

TRY = """
const told = {};
const plot = [...document.querySelectorAll(".plot")].find((each) => getComputedStyle(each).display !== "none");
const look = () => [document.getElementById("when").textContent, plot.getAttribute("aria-valuenow"), document.querySelectorAll("u.on").length];
const press = (key) => plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
plot.focus();
for (const key of ["ArrowLeft", "PageUp", "Home", "ArrowLeft", "End", "Escape"]) { press(key); told[key] = [...(told[key] ?? []), look()]; }
const figure = [...document.querySelectorAll("figure")].find((each) => each.textContent.startsWith("GetItem"));
const box = plot.getBoundingClientRect();
plot.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + box.width / 2, clientY: box.top + 20 }));
told.pointer = [look()[0], figure.querySelector("[data-values]").textContent];
plot.dispatchEvent(new PointerEvent("pointerleave"));
told.left = [look()[0], figure.querySelector("[data-values]").textContent];
document.getElementById("theme").click();
const first = getComputedStyle(document.body).backgroundColor;
document.getElementById("theme").click();
told.themes = [first, getComputedStyle(document.body).backgroundColor].sort();
told.marks = document.querySelectorAll(".plot, .tl").length;
told.width = [document.documentElement.scrollWidth, innerWidth];
document.title = JSON.stringify(told);
"""


@pytest.fixture(scope="module")
def page(watched) -> str:
    """An hour in which GetItem takes as many milliseconds as minutes have passed."""
    samples, table = Samples(), table_name(watched)
    for number in range(60):
        at = minute(number)
        samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": "GetItem"}, at, float(number), 50)
    alarm = named(watched, "page: GSI1 is throttled")
    return render_html(view_of(watched, samples, [Changed(minute(50), alarm.name, "ALARM")]))


def tried(page: str, folder: Path, width: int, query: str = "") -> dict:
    file = folder / "page.html"
    file.write_text(page.replace("</body>", f"<script>{TRY}</script></body>"), "utf-8")
    command = [
        str(BROWSER),
        *("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
        *(f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900"),
        f"{file.as_uri()}{query}",
    ]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert found
    return json.loads(html.unescape(found[1]))


def test_the_crosshair_moves_everywhere_by_keys_and_pointer(page, tmp_path) -> None:
    told = tried(page, tmp_path, 1440)
    narrow = page.count('class="plot narrow"')
    assert told["marks"] > 20 + narrow
    assert told["ArrowLeft"] == [["14:59 UTC", "59", told["marks"]], ["14:00 UTC", "0", told["marks"]]]
    assert told["PageUp"] == [["14:49 UTC", "49", told["marks"]]]
    assert told["Home"] == [["14:00 UTC", "0", told["marks"]]]
    assert told["End"] == [["14:59 UTC", "59", told["marks"]]]
    assert told["Escape"] == [["14:00 to 15:00 UTC", "59", 0]]
    at, value = told["pointer"]
    assert at == f"14:{value} UTC"
    assert told["left"] == ["14:00 to 15:00 UTC", "59"]
    assert told["themes"] == ["rgb(15, 19, 23)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize("width", [500, 900])
def test_nothing_is_wider_than_the_screen(page, tmp_path, width) -> None:
    scrolled, inner = tried(page, tmp_path, width)["width"]
    assert scrolled <= inner <= width
