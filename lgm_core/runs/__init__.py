"""Runs: the store that keeps them and the engine that makes them."""
