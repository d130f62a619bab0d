"""What a step needs before it is finished."""

from typing import Any, NamedTuple


class Requirement(NamedTuple):
    """One thing to settle before a step is finished.

    ``key`` names it among all requirements of a process, and is what a waiver keeps;
    ``record``: the records where it is settled, else ``tab`` and ``field``: the page
    and the field of the form; ``blocking``: it keeps the step open, otherwise it is
    only asked about. Of records that Odoo can settle: ``source``, their group,
    ``button``, the label of what it does, and ``confirm``, what to ask before.
    """

    key: str
    text: str
    record: Any = None
    blocking: bool = True
    tab: str = ""
    field: str = ""
    source: str = ""
    button: str = ""
    confirm: str = ""

    @property
    def code(self):
        """The kind of requirement.

        >>> Requirement("notice:7:2027-02-01", "Too early").code
        'notice'
        """
        return self.key.partition(":")[0]


def about(code, text, record, **more):
    """A requirement that is settled in one record, whose id is part of its key."""
    return Requirement(f"{code}:{record._name}:{record.id}", text, record, **more)


def missing(process, tab, texts, **more):
    """Requirements for the fields of a page that have no value.

    ``texts``: name of the field → what to do about it.
    """
    return [
        Requirement(f"no_{name}", text, tab=tab, field=name, **more)
        for name, text in texts.items()
        if not process[name]
    ]


def bullets(requirements):
    """Their texts as the lines of a list."""
    return "\n".join(f"• {need.text}" for need in requirements)
