"""A class that uses the app at once, over Streamlit's own protocol; without browsers, so that it fits one machine."""
