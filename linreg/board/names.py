"""Codes, secrets and nicknames, all drawn at random; nobody types one.

A secret and a participant's token have 128 random bits. The database keeps only their hashes.
"""

import hashlib
import secrets
from collections.abc import Collection

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so that no code is a word
CODE_LENGTH = 5
SECRET_BYTES = 16
LONGEST_TOKEN = 64  # characters of a token or a secret that is worth hashing

COLOURS = (
    *("Amber", "Azure", "Black", "Blue", "Bronze", "Brown", "Coral", "Crimson", "Cyan", "Gold"),
    *("Green", "Grey", "Indigo", "Ivory", "Jade", "Lilac", "Lime", "Maroon", "Mint", "Navy"),
    *("Olive", "Orange", "Pearl", "Pink", "Plum", "Purple", "Red", "Rose", "Ruby", "Sand"),
    *("Scarlet", "Silver", "Sky", "Teal", "Violet", "White", "Yellow", "Copper", "Peach", "Snow"),
)
ANIMALS = (
    *("Badger", "Walrus", "Bee", "Bison", "Camel", "Crane", "Deer", "Dolphin", "Dove", "Duck"),
    *("Eagle", "Falcon", "Finch", "Fox", "Gecko", "Hare", "Hawk", "Heron", "Horse", "Koala"),
    *("Lark", "Lion", "Lynx", "Moose", "Newt", "Otter", "Owl", "Panda", "Parrot", "Penguin"),
    *("Puffin", "Raven", "Robin", "Salmon", "Seal", "Swan", "Tiger", "Turtle", "Whale", "Zebra"),
)
ALL_NICKNAMES = tuple(f"{colour} {animal}" for colour in COLOURS for animal in ANIMALS)


def new_code() -> str:
    """Return a room's code, such as KTRWN: one of 3,200,000."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def clean_code(text: str) -> str:
    """Return a code as it is kept, whatever case it was typed in; "" if it cannot be one."""
    code = text.strip().upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else ""


def new_secret() -> str:
    """Return 128 random bits as text for an address or a header."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what the database keeps of a secret or a token."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_nickname(taken: Collection[str]) -> str:
    """Return one of the 1,600 nicknames that nobody in the room has."""
    return secrets.choice([name for name in ALL_NICKNAMES if name not in taken])
