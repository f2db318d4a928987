"""The pages of the app, in the order of the menu. `frame.py` knows what each of them shows."""

from typing import NamedTuple


class Page(NamedTuple):
    """A page's name in the address, its title in the menu, its icon and its heading.

    Its file in `linreg/ui/screens` has the same name.
    """

    path: str
    title: str
    icon: str
    heading: str


PAGES = (
    Page("playground", "Playground", ":material/show_chart:", "Train a model on a straight line"),
    Page("lesson", "Lesson", ":material/menu_book:", "The PyTorch workflow, step by step"),
    Page("loop", "Loop", ":material/frame_inspect:", "The training loop, line by line"),
    Page("tune", "Tune", ":material/tune:", "Choose settings, compare runs"),
    Page("bug_hunt", "Bug hunt", ":material/bug_report:", "Find the mistake in the code"),
    Page("challenges", "Challenges", ":material/flag:", "Predict, run, compare"),
    Page("save_and_load", "Save & load", ":material/save:", "Save a model and load it again"),
    Page("gpu", "CPU or GPU", ":material/speed:", "Is a GPU faster here?"),
    Page("class_board", "Class", ":material/groups:", "Ask the class, and see what it thinks"),
    Page("teach", "Teach", ":material/school:", "Plan a class and make links for it"),
)
PATHS = tuple(page.path for page in PAGES)
TUNE = "tune"  # where own data are entered and runs are compared
BUG_HUNT = "bug_hunt"
FOR_TEACHERS = ("class_board", "teach")  # pages that are hidden on the devices of a class
