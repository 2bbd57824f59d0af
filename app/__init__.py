"""The web application: a thin layer of Streamlit and Starlette over lgm_core."""
