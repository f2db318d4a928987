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
USES = "uses"  # of .to(device) and its like
TOLD_AGAIN = "told_again"
TAB_ASKED = "own data of the tab"
TAB_SENT = "tab_sent"
BACK_TO_LINE = "line again"
PRESET = "preset"
PIN_THIS_RUN = "pin this run"
PINNED = "pinned"
COMPARE_PINS = "compare pins"
TRY_AGAIN = "try again"
MESSAGES = "messages"
STAGE = "stage"
CHARTS = "charts"
LIVE_REGION = "live_region"
DOWNLOAD = "download"
GUESS = "guess"
GLOSSARY = "glossary"
CURTAIN = "curtain_down"
PLAN_BAR = "plan_bar"
PLAN_ANSWER = "plan_answer"
PLAN_STEP = "go to plan step"

# Playground
VIEW = "view"
PICTURE = "picture"  # the fragment with the controls of the picture
RESULT_TABS = "result_tabs"
WELCOME = "welcome"
TRAINING_LOG = "log"

# Loop
LOOP_STEPPER = "loop_stepper"
WHAT_HAPPENED = "what_happened"
LOOP_PICTURE = "loop_picture"

# Lesson
LESSON_STEPPER = "lesson_stepper"
LESSON_TOP = "lesson_top"
CELLS = "cells"
WORD = "word"
LOG_INTERVAL = "every of"

# Tune
USE_CHOSEN_RATE = "use chosen rate"
LUCK = "luck"
DATA_SAID = "data_said"
COMPARED_RUNS = "compared_runs"
SEVERAL_SEEDS = "several seeds"
PASTED_DATA = "pasted"
DATA_FILE = "file"
DATA_ROWS = "rows"
X_COLUMN = "x column"
Y_COLUMN = "y column"
USE_COLUMNS = "use columns"
USE_IN_STANDARD_UNITS = "use columns in standard units"
USE_READING = "use reading"
FIT_UNITS = "fit units"
STANDARD_UNITS = "standard"
PIN_NAME = "name of pin"
RESTORE_PIN = "restore"
UNPIN = "unpin"

# Bug hunt
HUNT = "hunt"
MISTAKE = "mistake"
MYSTERY_NUMBER = "mystery number"
MYSTERY_CODE = "mystery code"
MYSTERY_HINT = "mystery hint"
ANSWER = "answer"

# Challenges
CHALLENGE = "challenge"
CHALLENGE_HINT = "hint"
START = "start of challenge"
VERDICT = "verdict"
CHALLENGE_RUN = "challenge_run"
NAME_FOR_RESULTS = "name for the results"

# Save & load, CPU or GPU, Teach
CHECKPOINT_FILE = "pth"
KEYS_OF_A_FILE = "keys_of_a_file"
PART_OF_A_FILE = "part of a file"
WEIGHT_OF_A_FILE = "weight of a file"
LOAD_RENAMED = "load renamed"
EXPERIMENT_FILE = "experiment"
MEASURE = "measure"
PLAN = "plan"
SHOW_QR = "show qr"
LARGE_QR = "large_qr"
LINK_PAGE = "link page"
LINK_AT = "link at"
LINK_PLAY = "link play"
LINK_LARGE = "link large"
LINK_CURTAIN = "link curtain"
LINK_MYSTERY = "link mystery"
LINK_CHALLENGE = "link challenge"
LINK_PRESENT = "link present"
LINK_HIDE = "link hide"
LINK_PAGES = "link pages"
LINK_LOCK = "link lock"

# Class, and the panel of its room on every page
ROOM_PANEL = "room_panel"
ROOM_SOLVED = "room_solved"
CLASS_HOST = "class_host"
CLASS_SCREEN = "class_screen"
CLASS_BAR = "class_bar"
CLASS_PLAN_FILE = "class plan file"
CLASS_STEPS = "class_steps"
CLASS_STEP = "class step"
CLASS_COMPOSER = "class_composer"
CLASS_QUESTION = "class question"
CLASS_TEXT = "class text"
CLASS_KIND = "class kind"
CLASS_OPTIONS = "class options"
CLASS_LOW = "class low"
CLASS_HIGH = "class high"
CLASS_RIGHT = "class right"
CLASS_RIGHT_NUMBER = "class right number"
CLASS_SECONDS = "class seconds"

# Names in the address
ROOM_ADDRESS = "room"
LEADS_ADDRESS = "leads"
PIN_ADDRESS = "pin"
EXACT_ADDRESS = "exact"
DONE_ADDRESS = "done"
MYSTERY_ADDRESS = "mystery"
CHALLENGE_ADDRESS = "challenge"
BUG_ADDRESS = "bug"


def one_of(kind: str, *names: object) -> str:
    """Return the key of one of several elements of a kind, which `names` tell apart."""
    return " ".join(str(part) for part in (kind, *names))
