"""Feature space: L-GM beside softmax, trained live."""

from app.feature_space import page

page()
