"""What stands between two marks, taken out in a time that no text can make long."""

from __future__ import annotations


def without_enclosed(text: str, opening: str, closing: str, *, instead: str, most: int) -> str:
    """The text with ``instead`` for every ``opening`` ... ``closing``.

    An opening mark that is not closed within ``most`` characters stays. Every character is looked
    at once for each of the two marks; a regular expression would walk on from each opening one.
    """
    parts: list[str] = []
    done = 0
    end = 0  # the first closing mark from where was looked last
    start = text.find(opening)
    while start >= 0:
        inner = start + len(opening)
        if end < inner:
            end = text.find(closing, inner)
            if end < 0:
                break
        if end - inner > most:
            start = text.find(opening, start + 1)
            continue
        parts += text[done:start], instead
        done = end + len(closing)
        start = text.find(opening, done)
    parts.append(text[done:])
    return "".join(parts)
