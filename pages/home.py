"""The landing page."""

from app.home import page

page()
