"""What a citing sentence does with what it cites: it supports, it contrasts, or it mentions."""
