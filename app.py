"""initlab: page set-up, menu, link in, shared controls, the page, link out."""

import streamlit as st

from initlab.server import mishap, opening
from initlab.ui import controls, link, navigation, panels, session, shown, take

if __name__ not in ("__main__", "__mp_main__"):
    # `streamlit run` imports this file once, before it lets anyone in; what each visitor then runs is called __main__,
    # and what a process imports that was started meanwhile, __mp_main__.
    opening.prepare()
    app = st.App(__file__, on_script_error=mishap.told)
elif __name__ == "__main__":
    st.set_page_config("initlab", page_icon="docs/icon.png", layout="wide")
    page, script = navigation.current()
    with session.run(page.url_path, page.opening) as values:
        panels.style()
        spec, _ = link.spec_of(values)
        if page.controls != "None":
            with st.sidebar:
                controls.network_controls(spec, with_start=page.controls == "Network")
        shown.begin()
        finish = take.menu(page)
        script.run()
        finish()
