"""L-GM lab: losses that shape feature space, trained live. No web, no Streamlit in here."""
