"""One visitor without a browser: opens a page, reads what it draws, moves its controls; all over the websocket.

What Streamlit's frontend would do is done here: widget values are kept and sent with each run, as is the query that
the app wrote last, and a page is changed by its hash.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from initlab.server.mishap import SORRY

PATIENCE: Final = 120.0  # seconds until a run that does not end counts as lost
LARGEST: Final = 2**26  # bytes of one message
GOOD: Final = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
VALUES: Final[Mapping[str, str]] = {  # how the value of each kind of widget travels
    "slider": "double_array_value",
    "select_slider": "string_array_value",
    "selectbox": "string_value",
    "checkbox": "bool_value",
    "button": "trigger_value",
    "button_group": "string_array_value",
    "multiselect": "string_array_value",
    "text_input": "string_value",
    "number_input": "double_value",
    "menu_button": "string_trigger_value",
}
EMPTY: Final = {"string_value": "", "double_value": 0.0, "bool_value": False}


@dataclass(frozen=True, slots=True)
class Widget:
    """A control that the page has drawn."""

    id: str
    kind: str
    label: str
    drawn: Any  # its protobuf


@dataclass(slots=True)
class Run:
    """What one run of the page has sent."""

    seconds: float = 0.0
    first_chart: float = 0.0  # seconds; the whole time where there is none
    bytes: int = 0
    figure_bytes: list[int] = field(default_factory=list[int])
    widgets: list[Widget] = field(default_factory=list[Widget])
    errors: list[str] = field(default_factory=list[str])
    words: list[str] = field(default_factory=list[str])

    def widget(self, label: str) -> Widget:
        """The first control of this label."""
        return next(widget for widget in self.widgets if widget.label == label)


class Visitor:
    """`async with Visitor(url) as visitor`, then `await visitor.open("race")` and `await visitor.move(...)`."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.address = "ws" + url.removeprefix("http") + "/_stcore/stream"
        self.query, self._page, self.headers = "", "", dict(headers or {})
        self._pages: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self.socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        self.socket = await connect(
            self.address, subprotocols=["streamlit"], max_size=LARGEST, additional_headers=self.headers,  # pyright: ignore[reportArgumentType]
            open_timeout=PATIENCE, ping_timeout=PATIENCE, compression=None,
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.socket:
            await self.socket.close()

    async def open(self, page: str, /, **query: object) -> Run:
        """Another page, by its address; the first visit says it by name, as no hash is known yet."""
        self.query, self._page = urlencode(query), page
        self._states = {}
        return await self.run()

    async def move(self, widget: Widget, value: Any) -> Run:
        """Give a control a value, as the visitor's hand would."""
        state = state_of(widget, value)
        self._states[widget.id] = state
        run = await self.run()
        if VALUES[widget.kind].endswith("trigger_value"):
            self._states.pop(widget.id, None)
        return run

    async def run(self) -> Run:
        """Run the page as it stands."""
        await self.send(self.message())
        return await self.answer()

    def message(self) -> BackMsg:
        state = ClientState(query_string=self.query, page_script_hash=self._pages.get(self._page, ""))
        if not state.page_script_hash:
            state.page_name = self._page
        state.widget_states.widgets.extend(self._states.values())
        return BackMsg(rerun_script=state)

    async def send(self, message: BackMsg) -> None:
        assert self.socket
        await self.socket.send(message.SerializeToString())

    async def answer(self) -> Run:
        """All messages until the page has finished."""
        assert self.socket
        run, started = Run(), time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self.socket.recv()
                assert isinstance(data, bytes)
                run.bytes += len(data)
                message = ForwardMsg.FromString(data)
                self._take(message, run)
                if run.figure_bytes and not run.first_chart:
                    run.first_chart = time.perf_counter() - started
                if message.WhichOneof("type") == "script_finished":
                    if message.script_finished in GOOD:
                        break
                    if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                        run.errors.append("the page did not compile")
                        break
        run.seconds = time.perf_counter() - started
        run.first_chart = run.first_chart or run.seconds
        self._forget(run)
        return run

    def _take(self, message: ForwardMsg, run: Run) -> None:
        match message.WhichOneof("type"):
            case "navigation":
                self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "page_not_found":
                run.errors.append("page not found")
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._draw(message.delta.new_element, run)
            case _:
                pass

    def _draw(self, element: Element, run: Run) -> None:
        kind = element.WhichOneof("type") or ""
        drawn = getattr(element, kind, None)
        if kind == "exception":
            run.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert":
            run.words.append(element.alert.body)
            if element.alert.body == SORRY:
                run.errors.append("the page stopped at a fault")
        elif kind in ("markdown", "heading", "text"):
            run.words.append(element.markdown.body if kind == "markdown" else element.heading.body)
        elif kind == "plotly_chart":
            run.figure_bytes.append(element.ByteSize())
        if kind in VALUES and drawn is not None and drawn.id:
            widget = Widget(drawn.id, "select_slider" if _of_words(kind, drawn) else kind, drawn.label, drawn)
            run.widgets.append(widget)
            if getattr(drawn, "set_value", False) and widget.id in self._states:
                self._states[widget.id] = state_of(widget, shown(widget))

    def _forget(self, run: Run) -> None:
        """The frontend keeps no values of what is no longer on the page."""
        there = {widget.id for widget in run.widgets}
        self._states = {key: state for key, state in self._states.items() if key in there}


def state_of(widget: Widget, value: Any) -> WidgetState:
    state, name = WidgetState(id=widget.id), VALUES[widget.kind]
    match name:
        case "double_array_value" | "string_array_value":
            getattr(state, name).data.extend(value)
        case "string_trigger_value":
            state.string_trigger_value.data = value
        case _:
            setattr(state, name, value)
    return state


def shown(widget: Widget) -> Any:
    """The value that the app has put into the control."""
    drawn = widget.drawn
    found = next(
        (value for name in ("raw_values", "raw_value", "value") if (value := getattr(drawn, name, None))), None
    )
    if VALUES[widget.kind].endswith("array_value"):
        return [] if found is None else list(found)
    return found if found is not None else EMPTY[VALUES[widget.kind]]


def _of_words(kind: str, drawn: Any) -> bool:
    return kind == "slider" and bool(drawn.options)
