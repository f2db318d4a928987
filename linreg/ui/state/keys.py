"""The keys of widgets, containers and fragments, and names in the address that no setting has.

A control of a setting has the setting's address as its key (controls.py), so no key here may be
one of those. Style sheets know a container by its key: `.st-key-...`.
"""

# Shared by all pages
PAGE = "page"  # the page's fragment
PAGE_TOP = "page_top"
SCREEN = "screen"
UNSEEN_HEADING = "unseen_heading"
HEAD_START = "head_start"
FIRST_SETTINGS = "first_settings"
TAB_ASKED = "own data of the tab"
TAB_SENT = "own data for the tab"
BACK_TO_LINE = "line again"
PRESET = "preset"
PIN_THIS_RUN = "pin this run"
TRY_AGAIN = "try again"
STAGE = "stage"
CHARTS = "charts"
DOWNLOAD = "download"

# Playground
VIEW = "view"
PICTURE = "picture"  # the fragment with the controls of the picture
BESIDE_CONTROLS = "beside_controls"
TRAINING_LOG = "log"
CODE_PANEL = "code"

# Lesson
WORD = "word"
LOG_INTERVAL = "every of"

# Tune
SEVERAL_SEEDS = "several seeds"
PASTED_DATA = "pasted"
DATA_FILE = "file"
DATA_ROWS = "rows"
STANDARD_UNITS = "standard"
PIN_NAME = "name of pin"
RESTORE_PIN = "restore"
UNPIN = "unpin"

# Bug hunt
HUNT = "hunt"
MISTAKE = "mistake"
SYMPTOM = "symptom of"
MYSTERY_NUMBER = "mystery number"
MYSTERY_GUESS = "mystery"
MYSTERY_HINT = "mystery hint"

# Challenges
CHALLENGE = "challenge"
CHALLENGE_HINT = "hint"
PREDICTION = "predicted"
NAME_FOR_RESULTS = "name for the results"

# Save & load, CPU or GPU, Teach
CHECKPOINT_FILE = "pth"
KEYS_OF_A_FILE = "keys_of_a_file"
EXPERIMENT_FILE = "experiment"
MEASURE = "measure"
PLAN = "plan"
USE_PLAN_SETTINGS = "take"
SHOW_QR = "show qr"
LARGE_QR = "large_qr"
LINK_PAGE = "link page"
LINK_AT = "link at"
LINK_PLAY = "link play"
LINK_LARGE = "link large"
LINK_PRESENT = "link present"
LINK_HIDE = "link hide"
LINK_PAGES = "link pages"
LINK_LOCK = "link lock"

# Names in the address
PIN_ADDRESS = "pin"
DONE_ADDRESS = "done"
MYSTERY_ADDRESS = "mystery"
CHALLENGE_ADDRESS = "challenge"


def one_of(kind: str, *names: object) -> str:
    """Return the key of one of several elements of a kind, which `names` tell apart."""
    return " ".join(str(part) for part in (kind, *names))
