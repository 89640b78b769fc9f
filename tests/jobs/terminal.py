"""A terminal of a given width with the command line running in it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def seen(width: int, *arguments: object, **environment: str) -> tuple[int, str]:
    """Exit code and everything that a person sees, colours and moves of the cursor included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    kept |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment}
    command = [sys.executable, "-m", "jobs", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=kept, close_fds=True) as running:
        os.close(theirs)
        shown = _all_of(ours)
    os.close(ours)
    return running.returncode, shown.decode("utf-8").replace("\r\n", "\n")


def _all_of(terminal: int) -> bytes:
    shown = b""
    while True:
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the other end is closed
            return shown
        if not more:
            return shown
        shown += more


def lines_of(shown: str) -> list[str]:
    return ESCAPES.sub("", shown).splitlines()
