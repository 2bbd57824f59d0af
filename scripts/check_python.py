"""Say in one sentence why this Python cannot run the app, before anything is installed.

Must itself run on any Python 3, old ones included.
"""

import sys


def complaint():
    """The reason as one sentence, or None where this Python will do."""
    if sys.version_info < (3, 11):
        return "Python 3.11 or newer is needed; {} is {}. Name another: make PYTHON=python3.12".format(  # noqa: UP032
            sys.executable, ".".join(map(str, sys.version_info[:3]))
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
