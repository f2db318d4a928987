"""Where the board's database is, and whether there may be one; without an import of SQLAlchemy."""

import os
import sys
import tempfile
from pathlib import Path

VARIABLE = "LINREG_BOARD_URL"


def own_file() -> Path:
    """Return the private file of this user, which is used where the variable names nothing."""
    user = os.getuid() if sys.platform != "win32" else os.environ.get("USERNAME", "")
    return Path(tempfile.gettempdir()) / f"linreg-{user}" / "board.sqlite"


def may_have_rooms() -> bool:
    """Return whether the variable names a database, or this user's file is there."""
    return bool(os.environ.get(VARIABLE)) or own_file().exists()
