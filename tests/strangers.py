"""What strangers write into links, and whether a sentence that quotes them is harmless."""

import re
from typing import Final

from hypothesis import strategies as st

from initlab.activations import ACTIVATIONS
from initlab.ui.starts import MENU
from initlab.ui.state import FIELDS, RESERVED

NASTY: Final = (
    "nan", "inf", "-inf", "1e400", "-3", "abc", "9" * 5000, "", " ", "1e9", "-0", "0.3000001", "True", "Tanh", "7",
    "<script>alert(1)</script>", "[x](http://evil.example)", "**bold**", "$x^2$", ":red[x]", ":material/bug_report:",
    "`tick`", "a\nb", "\x00", "\u202eabc", "1_000", "\u0663",
)  # fmt: skip
any_name = st.sampled_from((*FIELDS, *RESERVED)) | st.text(max_size=30) | st.sampled_from(NASTY)
any_text = st.sampled_from((*NASTY, *MENU, *ACTIVATIONS)) | st.text(max_size=60) | st.floats().map(repr)
any_query = st.dictionaries(any_name, st.lists(any_text, min_size=1, max_size=3), max_size=8)


def harmless(note: str) -> bool:
    """Whether Markdown would show the sentence as it stands, a stranger's words in code spans of letters and digits."""
    spans = re.findall(r"`([^`]*)`", note)
    rest = re.sub(r"`[^`]*`", "", note)
    plain = not re.search(r"[<>\[\]$*\\`|~#\n]|:\w+:|(?<!\w)_|_(?!\w)", rest)
    return plain and all(re.fullmatch(r"[\w.+\-][\w.+\- ]{0,23}", span) for span in spans)
