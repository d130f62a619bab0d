"""A kind of open items of a client."""

from typing import Any, NamedTuple

# Payment states of what is not paid, or not all of it.
UNPAID = ("not_paid", "partial")


class Source(NamedTuple):
    """A kind of open items: records of ``model`` in ``domain``.

    ``text``: their name; ``blocks``: they block the last step; ``button``: the label of
    the action that settles them, ``confirm``: a question to ask before it.
    """

    code: str
    model: str
    domain: Any
    text: str
    blocks: bool = True
    button: str = ""
    confirm: str = ""
