"""Settings, frames and the loop that turns the one into the other."""
