"""Say in one sentence why this Python cannot run the app, before anything is installed.

Must itself run on any Python 3, old ones included.
"""

import sys


def complaint() -> "str | None":
    """The reason as one sentence, or None where this Python will do."""
    if sys.version_info < (3, 11):  # noqa: UP036
        version = ".".join(map(str, sys.version_info[:3]))
        return (
            "Python 3.11 or newer is needed; " + sys.executable + " is " + version + ". "
            "Name another one: make PYTHON=python3.12 run"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "This Python cannot make a virtual environment. "
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
    return None


if __name__ == "__main__":
    sys.exit(complaint())
