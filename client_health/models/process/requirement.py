"""Requirements of a step: what is needed before it is finished."""

from typing import Any, NamedTuple


class Requirement(NamedTuple):
    """One thing to settle before a step is finished.

    ``key``: unique in the process; a waiver refers to it. ``record``: the records to
    open, else ``tab`` and ``field``: page and field of the form. ``blocking``: the step
    cannot be finished without it; otherwise a dialog asks. For records that a button
    can settle: ``source``, their kind, ``button``, its label, ``confirm``, a question
    to ask first, and ``writes``: whoever presses it must be allowed to write them all.
    ``by_name``: the text, which is kept for all to read, leaves out what the records
    are called: see :func:`told`.
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
    by_name: bool = False
    writes: bool = True

    @property
    def code(self):
        """The kind of requirement.

        >>> Requirement("notice:7:2027-02-01", "Too early").code
        'notice'
        """
        return self.key.partition(":")[0]


def about(code, text, record, **more):
    """A requirement about one record, whose id is part of the key."""
    return Requirement(f"{code}:{record._name}:{record.id}", text, record, **more)


def about_all(code, text, records, **more):
    """A requirement about several records; the key names them, so that a waiver of it
    holds for these records and no later one: see :func:`named`."""
    ids = ",".join(map(str, sorted(records.ids)))
    return Requirement(f"{code}:{records._name}:{ids}", text, records, **more)


def named(env, key):
    """The records that a key of :func:`about` or :func:`about_all` names and that still
    exist; None for other keys.

    >>> named({}, "no_reason")
    """
    _code, _, rest = key.partition(":")
    model, _, ids = rest.partition(":")
    if model not in env or not ids.replace(",", "").isdigit():
        return None
    return env[model].browse(map(int, filter(None, ids.split(",")))).exists()


def missing(process, tab, texts, **more):
    """Requirements for empty fields of a page.

    ``texts``: field name → text of the requirement.
    """
    return [
        Requirement(f"no_{name}", text, tab=tab, field=name, **more)
        for name, text in texts.items()
        if not process[name]
    ]


def names_for(env, names, count):
    """Names that a reader may know, out of ``count``, and how many others there are."""
    hidden = count - len(names)
    if hidden and names:
        names = [*names, env._("%s more that you may not see", hidden)]
    elif hidden:
        names = [env._("%s that you may not see", hidden)]
    return ", ".join(names)


def told(env, need):
    """The text of a requirement for a reader: with the names of its records, as far as
    the reader may read them."""
    if not (need.by_name and need.record):
        return need.text
    records = env(su=False)[need.record._name].browse(need.record.ids).exists()
    readable = records._filtered_access("read")
    names = names_for(env, readable.mapped("display_name"), len(records))
    return f"{need.text} ({names})" if names else need.text


def bullets(env, requirements):
    """Requirements for a reader as a list, one per line: see :func:`told`."""
    return "\n".join(f"• {told(env, need)}" for need in requirements)
