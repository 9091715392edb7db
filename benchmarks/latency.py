"""How long after a key press on a slider is the new picture there, against a bare Streamlit page with one line chart?

`python -m benchmarks.latency` drives both pages in one run, taking turns, in Chromium. Times are taken inside the page,
from the key's own time stamp: until the last frame in which a chart was drawn is out (painted; the chart before it is
hidden by then and leaves at the end), and until the script is over and the last change anywhere in the page is out
(settled). The slider first walks over values nobody has asked for, then back over the same ones.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, Page, TimeoutError

from benchmarks.browser import ROOT, chromium, serving, settled

TARGETS: Final = {"painted": 1.6, "settled": 2.5}  # times the bare page
A_DRAWING: Final = 20  # changes at once: a chart is being drawn, not merely touched
QUIET_MS: Final = 400  # without a change: the step is over
WARM_UP: Final = ("Home", "ArrowRight", "ArrowRight")
BARE_CHART: Final = '[data-testid="stVegaLiteChart"]'
WHOLE_PAGE: Final = '[data-testid="stMain"]'
BARE_PAGE: Final = """
import numpy as np
import streamlit as st

value = st.slider("Depth", 1, 100, 10)
st.line_chart(np.random.default_rng(value).normal(size=100).cumsum())
"""

INSTALL: Final = """([areas, aDrawing]) => {
  const step = window.step = {};
  const note = (what, changes) => {
    step.changed = performance.now();
    requestAnimationFrame(() => {  // a message is handled once the frame is out
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        step.out[what] = performance.now();
        if (changes >= aDrawing) step.painted[what] = step.out[what];
      };
      channel.port2.postMessage(null);
    });
  };
  const holds = (node, area) => node.nodeType === 1 && (node.matches(area) || node.querySelector(area));
  const redrawn = (mutation, area) => {
    const node = mutation.target.nodeType === 1 ? mutation.target : mutation.target.parentElement;
    if (mutation.type === 'attributes') return node instanceof SVGElement && node.closest(area);
    return node?.closest(area) || [...mutation.addedNodes].some(added => holds(added, area));
  };
  window.addEventListener('keydown', event => {
    Object.assign(step, {pressed: event.timeStamp, changed: event.timeStamp, painted: {}, out: {}});
  }, true);
  new MutationObserver(mutations => {
    for (const area of areas) {
      const changes = mutations.filter(mutation => redrawn(mutation, area)).length;
      if (changes) note(area, changes);
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
  new MutationObserver(() => note('script', 0)).observe(
    document.querySelector('.stApp'), {attributeFilter: ['data-test-script-state']});
}"""
OVER: Final = """([charts, quiet]) => charts.every(chart => chart in step.painted)
  && document.querySelector('.stApp').dataset.testScriptState === 'notRunning'
  && performance.now() - step.changed > quiet"""
READ: Final = """charts => [
  charts.map(chart => step.painted[chart]), Object.values(step.out)
].map(times => Math.max(...times) - step.pressed)"""


@dataclass(frozen=True, slots=True)
class Driver:
    """A page, its slider, and the charts whose painting counts."""

    name: str
    page: Page
    label: str
    charts: tuple[str, ...]

    def press(self, key: str) -> list[float]:
        """Milliseconds until painted and until settled."""
        self.page.bring_to_front()
        self.page.get_by_role("slider", name=self.label).focus()
        self.page.keyboard.press(key)
        try:
            self.page.wait_for_function(OVER, arg=[list(self.charts), QUIET_MS], polling=50, timeout=20_000)
        except TimeoutError as error:
            state = self.page.evaluate("() => JSON.stringify(step)")
            raise SystemExit(f"{self.name}: {key} on {self.label} did not redraw {self.charts}: {state}") from error
        return self.page.evaluate(READ, list(self.charts))


@contextmanager
def drivers(browser: Browser, options: argparse.Namespace) -> Iterator[tuple[Driver, Driver]]:
    """The app and the bare page, each on its own server, opened and observed."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE_PAGE.replace("Depth", options.label))
        with (
            serving(options.app.resolve(), Path(folder) / "app.log") as app_server,
            serving(bare, Path(folder) / "bare.log") as bare_server,
        ):
            charts = tuple(f".st-key-{key}" for key in options.charts)
            yield (
                _open(browser, "app", app_server.url + options.path, options.label, charts),
                _open(browser, "bare page", bare_server.url, options.label, (BARE_CHART,)),
            )


def _open(browser: Browser, name: str, url: str, label: str, charts: tuple[str, ...]) -> Driver:
    page = browser.new_page(viewport={"width": 1440, "height": 1080})
    page.goto(url)
    settled(page).evaluate(INSTALL, [[*charts, WHOLE_PAGE], A_DRAWING])
    return Driver(name, page, label, charts)


def walk(pair: Sequence[Driver], key: str, steps: int) -> dict[str, list[list[float]]]:
    """`steps` presses on each page, taking turns."""
    taken: dict[str, list[list[float]]] = {driver.name: [] for driver in pair}
    for _ in range(steps):
        for driver in pair:
            taken[driver.name].append(driver.press(key))
    return taken


def report(title: str, taken: dict[str, list[list[float]]]) -> None:
    """Both medians, their ratio and the target."""
    print(title)
    for column, (moment, target) in enumerate(TARGETS.items()):
        app, bare = (median(times[column] for times in taken[name]) for name in ("app", "bare page"))
        spread = f"{min(t[column] for t in taken['app']):.0f}-{max(t[column] for t in taken['app']):.0f}"
        print(
            f"  {moment:8} app {app:5.0f} ms ({spread}), bare page {bare:5.0f} ms,"
            f" ratio {app / bare:.2f} (target at most {target})"
        )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="latency of the app against a bare Streamlit page")
    parser.add_argument("--steps", type=int, default=20, help="key presses in each direction")
    parser.add_argument("--label", default="Depth", help="the slider to move")
    parser.add_argument("--path", default="/", help="page and parameters")
    parser.add_argument("--charts", nargs="+", default=["activations", "gradients"], help="keys of the main charts")
    parser.add_argument("--app", type=Path, default=ROOT / "app.py")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    with chromium() as browser, drivers(browser, options) as pair:
        for key in WARM_UP:
            walk(pair, key, 1)
        print(f"{options.label} slider, key press to picture, medians of {options.steps}, 1440 x 1080")
        report("values nobody has asked for:", walk(pair, "ArrowRight", options.steps))
        report("the same values on the way back:", walk(pair, "ArrowLeft", options.steps))


if __name__ == "__main__":
    main()
