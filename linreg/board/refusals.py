"""What the board refuses, and what it says when its database fails."""

NO_ROOM = "There is no room with this code. It may have ended."
NOT_HERE = "This device is not in the room. Open the link again."
NOT_THE_HOST = "Only the teacher's page can do this."


class BoardRefusal(Exception):  # noqa: N818, it is an answer
    """A request that is not allowed. `status` is that of HTTP, `sentence` says why."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class BoardUnavailable(Exception):  # noqa: N818
    """The database does not answer, or cannot be used; the text is a sentence for the page."""
