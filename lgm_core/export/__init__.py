"""What can be taken away from a run: a script that repeats it, an animation, one's own digits."""
