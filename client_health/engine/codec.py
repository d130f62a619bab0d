"""How the facts of a client are stored: as the short text PostgreSQL returns."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

AS_JSON = (("{", "["), ("}", "]"), ("NULL", "null"))

Facts = dict[str, Any]  # key → number or list of numbers


class FactCodec(NamedTuple):
    """Which facts the stored text of a client holds, in which order: numbers, lists.

    The text is PostgreSQL's notation of arrays, a third as long as JSON with the names
    of the facts.
    """

    scalars: list[str]
    lists: list[str]

    @property
    def version(self) -> str:
        """A hash of the facts and their order, twelve characters."""
        names = "|".join([*self.scalars, "", *self.lists])
        return hashlib.sha256(names.encode()).hexdigest()[:12]

    def fingerprints(self, texts: Iterable[str]) -> list[str]:
        """A hash of each text, sixteen characters; it depends on the codec too, so that
        the same number of another fact has another hash.

        >>> codec = FactCodec(["open_tasks"], [])
        >>> three, four, again = codec.fingerprints(["{3}", "{4}", "{3}"])
        >>> three == again, three == four
        (True, False)
        >>> [three] == FactCodec(["late_tasks"], []).fingerprints(["{3}"])
        False
        """
        start = hashlib.blake2b(self.version.encode(), digest_size=8)
        prints = []
        for text in texts:
            hashed = start.copy()
            hashed.update(text.encode())
            prints.append(hashed.hexdigest())
        return prints

    def decode(self, text: str) -> Facts:
        """The facts of a client. A fact that is absent is not among the keys.

        >>> codec = FactCodec(["hours_365", "silence", "open_tasks"], ["months"])
        >>> codec.decode("{12.5,NULL,3}|{0,1.25}")
        {'hours_365': 12.5, 'open_tasks': 3, 'months': [0, 1.25]}
        >>> codec.decode("{NULL,NULL,0}|NULL")
        {'open_tasks': 0}
        """
        for before, after in AS_JSON:
            text = text.replace(before, after)
        values, *lists = json.loads(f"[{text.replace('|', ',')}]")
        keys = (*self.scalars, *self.lists)
        facts = zip(keys, (*values, *lists), strict=True)
        return {key: value for key, value in facts if value is not None}

    def encode(self, facts: Mapping[str, Any]) -> str:
        """The text of a client, as PostgreSQL writes it.

        >>> codec = FactCodec(["hours_365", "silence"], ["months"])
        >>> codec.encode({"hours_365": 12.5, "months": [0, 1]})
        '{12.5,NULL}|{0,1}'
        >>> codec.decode(codec.encode({"silence": 3}))
        {'silence': 3}
        """
        values = [facts.get(key) for key in self.scalars]
        parts = [values, *map(facts.get, self.lists)]
        text = "|".join(json.dumps(part, separators=(",", ":")) for part in parts)
        for after, before in AS_JSON:
            text = text.replace(before, after)
        return text

    @classmethod
    def of(cls, clients: Iterable[Mapping[str, Any]]) -> "FactCodec":
        """The codec in which every fact of several clients has its place.

        >>> FactCodec.of([{"open_tasks": 3}, {"hours_365": 1, "months": [0, 1]}])
        FactCodec(scalars=['hours_365', 'open_tasks'], lists=['months'])
        """
        values = {key: value for facts in clients for key, value in facts.items()}
        lists = sorted(key for key in values if isinstance(values[key], list))
        return cls(sorted(values.keys() - set(lists)), lists)

    @classmethod
    def beside(cls, codecs: Iterable["FactCodec"]) -> "FactCodec":
        """The codec of texts that are read side by side.

        >>> FactCodec.beside(
        ...     [FactCodec(["open_tasks"], []), FactCodec(["silence"], ["months"])])
        FactCodec(scalars=['open_tasks', 'silence'], lists=['months'])
        """
        scalars, lists = zip(*codecs, strict=True)
        return cls(sum(scalars, []), sum(lists, []))


class EncodedFacts(NamedTuple):
    """Facts that were read of some clients: client id → text, and the codec.

    ``versions``: where facts are read some time before they are scored, client id →
    version of its health row when they were read, for the clients to score.
    """

    codec: FactCodec
    texts: dict[int, str]
    versions: dict[int, str] | None = None

    def of(self, client: int) -> Facts:
        """The facts of a client."""
        return self.codec.decode(self.texts[client])

    def fingerprints(self, clients: Iterable[int]) -> list[str]:
        """The fingerprints of some clients, in their order."""
        return self.codec.fingerprints([self.texts[client] for client in clients])


Row = tuple[int, str, str]  # client id, numbers, lists


def texts(rows: Iterable[Row]) -> dict[int, str]:
    """Rows of a statement over facts as client id → text."""
    return {client: f"{{{numbers}}}{lists}" for client, numbers, lists in rows}


def side_by_side(
    read: Iterable[tuple[FactCodec, list[Row]]],
) -> tuple[FactCodec, Iterator[Row]]:
    """One codec and one row per client, from several readings of the same clients that
    each hold some of their facts."""
    codecs, readings = zip(*read, strict=True)

    def rows() -> Iterator[Row]:
        for parts in zip(*readings, strict=True):
            clients, numbers, lists = zip(*parts, strict=True)
            yield clients[0], ",".join(filter(None, numbers)), "".join(lists)

    return FactCodec.beside(codecs), rows()
