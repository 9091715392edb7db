"""How fast does the browser play a recorded race, how long does the default race take, and how soon does a changed
control begin another?

`python -m benchmarks.playback` prints medians: frames a second of each film, from the press on Play to its last frame,
always in the one chart that is there; seconds of the default race from the click on Rewind to its last picture;
milliseconds from the click on New draw, in the middle of a race, to the first progress of the next.
"""

import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Page

from benchmarks.browser import ROOT, chromium, serving, settled, visit

ROUNDS: Final = 5
FILMS: Final = {
    "histograms": "race_picture=Histograms",
    "histograms, 390 px": "race_picture=Histograms",
    "RMS a layer": "race_picture=RMS+a+layer",
    "decision": "race_picture=Decision&dataset=Moons&depth=3&width=32",
}
LONG: Final = "race_epochs=100"
PLAY: Final = """async () => {
  const film = document.querySelector('.js-plotly-plot:has(.updatemenu-button)');
  let frames = 0;
  const count = () => { frames += 1; };
  film.on('plotly_animatingframe', count);
  const began = performance.now();
  await new Promise(done => {
    film.once('plotly_animated', done);
    film.querySelector('.updatemenu-button').dispatchEvent(new MouseEvent('click', {bubbles: true}));
  });
  const seconds = (performance.now() - began) / 1000;
  film.removeListener('plotly_animatingframe', count);
  if (!film.isConnected || film._fullLayout.sliders[0].active !== frames - 1) throw new Error('another chart');
  return frames / seconds;
}"""
REWIND: Final = """() => {
  const began = performance.now();
  document.querySelector('.st-key-race_rewind button').click();
  return began;
}"""
FAR: Final = """() => Number(
  /^Step ([\\d,]+)/.exec(document.querySelector('[data-testid="stProgress"]')?.innerText)?.[1].replace(',', '')
) > 60"""
RESTART: Final = """() => new Promise(done => {
  const said = () => document.querySelector('[data-testid="stProgress"]')?.innerText ?? '';
  const step = () => Number(/^Step ([\\d,]+)/.exec(said())?.[1].replace(',', '') ?? NaN);
  const before = step(), began = performance.now();
  const button = [...document.querySelectorAll('button')].find(one => one.innerText.includes('New draw'));
  new MutationObserver((_, observer) => {
    if (step() < before) { observer.disconnect(); done(performance.now() - began); }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
  button.click();
})"""


def films(page: Page, url: str) -> None:
    """Frames a second, each film from its first moment."""
    for name, query in FILMS.items():
        page.set_viewport_size({"width": 390 if "390" in name else 1440, "height": 2600})
        page.goto(f"{url}/race?v=1&{query}")
        settled(page, 120)
        rates = []
        for _ in range(ROUNDS):
            rates.append(page.evaluate(PLAY))
            page.reload()
            settled(page, 120)
        print(f"{name:20}{median(rates):6.1f} frames/s   asked for: at least 15", flush=True)


def default_race(page: Page, url: str) -> None:
    """From the click to the end of the script."""
    page.goto(f"{url}/race")
    settled(page, 120)
    taken = []
    for _ in range(ROUNDS):
        began = page.evaluate(REWIND)
        page.locator(".st-key-race_stop button").wait_for()
        page.locator(".st-key-race_stop button").wait_for(state="detached", timeout=60_000)
        taken.append((page.evaluate("performance.now()") - began) / 1000)
        settled(page)
    print(f"{'default race':20}{median(taken):6.1f} s          asked for: at most 10", flush=True)


def restarts(page: Page, url: str) -> None:
    """A long race is broken off by a new draw, again and again."""
    page.goto(f"{url}/race?v=1&{LONG}")
    taken = []
    for _ in range(ROUNDS):
        page.get_by_role("button", name="New draw").wait_for()
        page.wait_for_function(FAR)
        taken.append(page.evaluate(RESTART))
    print(f"{'restart':20}{median(taken):6.0f} ms         asked for: at most 500", flush=True)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    with chromium() as browser, serving(ROOT / "app.py", folder / "server.log") as server:
        visit(browser, server)
        page = browser.new_page()
        films(page, server.url)
        default_race(page, server.url)
        restarts(page, server.url)


if __name__ == "__main__":
    main()
