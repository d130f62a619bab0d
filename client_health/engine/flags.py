"""Raise, change and clear flags to match what was assessed, in bulk."""

import json
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ..scoring.score import Assessment, Reading
from .sql import assignments, recordset

# Columns of a flag that scoring writes, and their database types.
SCORED = {
    "level": "text",
    "driver_id": "int",
    "points": "int",
    "value": "float8",
    "unmeasured_since": "date",
}
# How long a flag stays whose figure cannot be measured any more.
UNMEASURED = timedelta(days=90)
Key = tuple[str, str]  # check code, side
# What nothing silences: people are protected first.
ABUSE = "abuse"


class OpenFlag(NamedTuple):
    """The columns of SCORED of an open flag, and its id."""

    level: str
    driver_id: int
    points: int
    value: float
    unmeasured_since: date | None
    id: int


def held_levels(flags: dict[Key, OpenFlag]) -> dict[Key, str]:
    """Key → level of open flags, as the scoring takes them."""
    return {key: flag.level for key, flag in flags.items()}


def on_since(day: SQL | date) -> SQL:
    """SQL: the first day of the unbroken row of snapshots, up to a day, in which check
    ``c`` of health ``h`` stood at watch or red."""
    raised = SQL("s.points->c.code->>'level' IN ('watch', 'red')")
    return SQL(
        """SELECT MIN(s.date) AS day FROM client_health_snapshot s
            WHERE s.health_id = h.id AND s.date <= %(day)s AND %(raised)s
              AND s.date > ALL (
                SELECT s.date FROM client_health_snapshot s
                 WHERE s.health_id = h.id AND s.date <= %(day)s
                   AND (%(raised)s) IS NOT TRUE)""",
        day=day,
        raised=raised,
    )


class Flags:
    """The flags of a company in the database."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def open(self, health_ids: Collection[int]) -> dict[int, dict[Key, OpenFlag]]:
        """Open flags by health id."""
        self.env.cr.execute(
            SQL(
                """SELECT f.health_id, c.code, f.side, f.id, %s
                     FROM client_health_flag f
                     JOIN client_health_check c ON c.id = f.check_id
                    WHERE f.state <> 'cleared' AND f.health_id = ANY(%s)""",
                SQL(", ").join(SQL.identifier("f", name) for name in SCORED),
                list(health_ids),
            )
        )
        flags: dict[int, dict[Key, OpenFlag]] = {}
        for health, code, side, flag, *values in self.env.cr.fetchall():
            found = OpenFlag(**dict(zip(SCORED, values, strict=True)), id=flag)
            flags.setdefault(health, {})[code, side] = found
        return flags

    def reconcile(
        self,
        judged: Iterable[tuple[int, dict[Key, OpenFlag], dict[Key, tuple]]],
        config: Any,
        day: date,
    ) -> dict[int, set[str]]:
        """Raise, change and clear flags. ``judged``: (health id, its open flags, those
        of :func:`wanted_flags`) per client; ``config``: the settings that judged.

        Returns health id → codes of the checks that turned red, or became worse in a
        way that nobody may miss.
        """
        news: dict[int, set[str]] = {}
        raised: list[dict] = []
        changed: list[dict] = []
        cleared: list[int] = []
        for health, held, wanted in judged:
            for key, values in wanted.items():
                old = held.get(key)
                if _is_news(key, old, values):
                    news.setdefault(health, set()).add(key[0])
                if old is None:
                    code, side = key
                    row = dict(zip(SCORED, values, strict=True))
                    row |= {"health_id": health, "side": side}
                    row["check_id"] = config.check_ids[code]
                    raised.append(row)
                elif old[:-1] != values:
                    changed.append(dict(zip(SCORED, values, strict=True), id=old.id))
            cleared.extend(old.id for key, old in held.items() if key not in wanted)
        self._raise(raised, day)
        self._change(changed)
        self._clear(cleared, day)
        if raised or changed or cleared:
            self.env["client.health.flag"].invalidate_model(flush=False)
        return self._awake(news)

    def _awake(self, news: dict[int, set[str]]) -> dict[int, set[str]]:
        """Without what was known when the recovery began, and is back."""
        if not news:
            return news
        self.env.cr.execute(
            SQL(
                """SELECT f.health_id, c.code
                     FROM client_health_flag f
                     JOIN client_health_check c ON c.id = f.check_id
                    WHERE f.health_id = ANY(%s) AND f.rests
                      AND f.state <> 'cleared'""",
                [*news],
            )
        )
        for health, code in self.env.cr.fetchall():
            news[health].discard(code)
        return news

    def _raise(self, rows: list[dict], day: date) -> None:
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_health_flag (
                       health_id, partner_id, company_id, user_id, check_id, side,
                       level, driver_id, points, value, state, raised_on, rests,
                       create_uid, create_date, write_uid, write_date)
                   SELECT h.id, h.partner_id, h.company_id, h.user_id, new.check_id,
                          new.side, new.level, new.driver_id, new.points, new.value,
                          'open', COALESCE(since.day, %(day)s), EXISTS (
                            SELECT FROM client_health_flag k
                             WHERE k.health_id = h.id AND k.check_id = new.check_id
                               AND k.side = new.side AND k.rests
                               AND k.level IN ('red', new.level)),
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
                       health_id int, check_id int, side text, level text,
                       driver_id int, points int, value float8)
                     JOIN client_health h ON h.id = new.health_id
                     JOIN client_health_check c ON c.id = new.check_id
                     LEFT JOIN LATERAL (%(since)s) since ON new.side = 'client'
                   ON CONFLICT DO NOTHING""",
                day=day,
                since=on_since(day),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )

    def _change(self, rows: list[dict]) -> None:
        """Write new figures; a warning that was snoozed or acknowledged is open again
        when it turns red."""
        if not rows:
            return
        worse = SQL(
            "f.state IN ('snoozed', 'acknowledged')"
            " AND f.level = 'watch' AND new.level = 'red'"
        )
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag f SET %s,
                          state = CASE WHEN %s THEN 'open' ELSE f.state END,
                          snooze_until =
                              CASE WHEN %s THEN NULL ELSE f.snooze_until END,
                          acknowledged_on =
                              CASE WHEN %s THEN NULL ELSE f.acknowledged_on END,
                          rests = f.rests AND NOT (
                              f.level = 'watch' AND new.level = 'red')
                     FROM jsonb_to_recordset(%s::jsonb) AS new(%s)
                    WHERE f.id = new.id""",
                assignments(SCORED),
                worse,
                worse,
                worse,
                json.dumps(rows, default=date.isoformat),
                recordset(SCORED),
            )
        )

    def _clear(self, ids: list[int], day: date) -> None:
        if not ids:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag
                      SET state = 'cleared', cleared_on = %s WHERE id = ANY(%s)""",
                day,
                ids,
            )
        )

    def wake(self, company: Any, day: date) -> None:
        """Reopen the flags that were snoozed until a day.

        A flag that was acknowledged before it was snoozed is acknowledged again.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag
                      SET snooze_until = NULL,
                          state = CASE WHEN acknowledged_on IS NULL
                                       THEN 'open' ELSE 'acknowledged' END
                    WHERE state = 'snoozed' AND company_id = %s
                      AND snooze_until <= %s""",
                company.id,
                day,
            )
        )
        if self.env.cr.rowcount:
            self.env["client.health.flag"].invalidate_model(flush=False)

    def date_back(self, company: Any) -> None:
        """Date open flags back that were raised before the history was filled in, to
        the day on which the check first stood out."""
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag f SET raised_on = known.day
                     FROM (SELECT o.id, since.day FROM client_health_flag o
                             JOIN client_health h ON h.id = o.health_id
                             JOIN client_health_check c ON c.id = o.check_id
                             JOIN LATERAL (%s) since ON TRUE
                            WHERE o.company_id = %s AND o.state <> 'cleared'
                              AND o.side = 'client' AND since.day < o.raised_on
                          ) known
                    WHERE f.id = known.id""",
                on_since(SQL("o.raised_on")),
                company.id,
            )
        )
        self.env["client.health.flag"].invalidate_model(["raised_on"], flush=False)


def wanted_flags(
    result: Assessment,
    held: dict[Key, OpenFlag],
    drivers: dict[str, int],
    missing: Collection[str],
    day: date,
) -> dict[Key, tuple]:
    """The flags of a client on a day: key → the columns of SCORED.

    Those that its assessment asks for, and of the open ones, ``held``, those whose
    figure cannot be measured any more: these stay for a while and cost nothing.
    ``drivers``: indicator code → id; ``missing``: facts whose app is not installed, of
    which nothing is claimed any more.
    """
    wanted: dict[Key, tuple] = {}
    for check in result.checks:
        code = check.check.code
        for reading in check.readings if held else ():
            flag = held.get((code, reading.indicator.side))
            if not flag or flag.driver_id != drivers[reading.indicator.code]:
                continue
            since = flag.unmeasured_since or day
            # without its condition there is nothing to measure: the cause is gone
            kind, fact, *_ = reading.grey or ("", "")
            doubt = kind not in ("", "condition") and fact not in missing
            if doubt and day - since < UNMEASURED:
                kept = (flag.level, flag.driver_id, 0, flag.value, since)
                wanted[code, reading.indicator.side] = kept
        if check.level in ("watch", "red"):
            assert check.driver is not None
            wanted[code, "client"] = _values(
                check.level, check.driver, check.points, drivers
            )
        if check.ours_level in ("watch", "red"):
            assert check.ours is not None
            wanted[code, "ours"] = _values(check.ours_level, check.ours, 0, drivers)
    return wanted


def _is_news(key: Key, old: OpenFlag | None, values: tuple) -> bool:
    """True for a flag that turns red, and for more abuse.

    >>> _is_news(("margin", "client"), None, ("watch", 1, 5, 0.1))
    False
    >>> _is_news(("margin", "client"), None, ("red", 1, 9, 0.0))
    True
    """
    if values[0] != "red":
        return False
    if old is None or old.level != "red":
        return True
    return key[0] == ABUSE and values[3] > old.value


def _values(
    level: str, reading: Reading, points: int, drivers: dict[str, int]
) -> tuple[str, int, int, float, None]:
    assert reading.value is not None
    driver = drivers[reading.indicator.code]
    return level, driver, points, round(reading.value, 6), None
