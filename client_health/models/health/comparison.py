"""What changed between two days, and why."""

from odoo import fields
from odoo.exceptions import UserError

from ...scoring.changes import changes, hide_points, in_between
from ..mixins import company_day
from .money_reader import EVERYTHING, reader_of
from .raters import hide_changes, is_few, of_pulses


class Comparison:
    """Compares days in the history of one client, for its reader."""

    def __init__(self, health):
        self.health = health
        self.env = health.env

    def told(self, date_from, date_to=None):
        """The snapshots in force on two days, and what differs, as a mapping.

        ``{"from", "to": {"date", "score", "level"}, "change", "settings_changed",
        "checks": [{"code", "name", "old", "new": {"level", "driver", "value",
        "text", "points"}, "change", "data", "settings"}], "cap": {"check", "name",
        "old", "new", "change", "data", "settings"}}``, changes in points of the score;
        ``cap``: the points that a red flag takes beyond those of the checks, None
        where none does. Figures of cost, and of what the client owes, are None for
        those who may not see them, and all points where they would follow from the
        rest: see ``scoring/explain.py``.
        """
        days = [self.day(day, held=True) for day in (date_from, date_to)]
        compared = self.compare(*days)
        reader = reader_of(self.health)
        if reader != EVERYTHING:
            self.hide_money(compared["checks"], reader)
        facts = dict(zip(("old", "new"), (day["facts"] for day in days), strict=True))
        few = [day for day, known in facts.items() if is_few(self.env, known)]
        if few:
            indicators = self.env["client.health.indicator"].sudo()
            indicators = indicators.with_context(active_test=False).search([])
            hide_changes(compared["checks"], of_pulses(indicators), few)
        return compared

    def compare(self, old, new):
        """What changed between two days, each a result of :meth:`day`; with figures
        about money."""
        config = self.env["client.health.config"].sudo()
        current = config._current(self.health.sudo().company_id)
        before = config._of_version(old["version"], old["facts"]) or current
        after = config._of_version(new["version"], new["facts"]) or current
        first, last, between = (
            config.assess(day["facts"], day.get("levels"), day["level"] == "unknown")
            for config, day in ((before, old), (after, new), (after, old))
        )
        if before.version != after.version:
            told = {"between": between, "last": last}
            settings = after.settings.for_client(old["level"] == "unknown")
            between = in_between(before.checks, after.checks, told, settings)
        compared = changes(first, between, last)
        for day, assessment in ((old, first), (new, last)):
            day["score"] = assessment.score  # the ORM reads no score as 0
        facts = {"old": old["facts"], "new": new["facts"]}
        self._name_changes(compared["checks"], facts)
        if cap := compared["cap"]:
            names = {row["code"]: row["name"] for row in compared["checks"]}
            cap["name"] = names.get(cap["check"], cap["check"])
        return {
            **compared,
            "from": {name: old[name] for name in ("date", "score", "level")},
            "to": {name: new[name] for name in ("date", "score", "level")},
            "settings_changed": before.version != after.version,
        }

    def _to_date(self, value):
        try:
            return fields.Date.to_date(value)
        except (ValueError, TypeError):
            raise UserError(
                self.env._("“%s” is no date. Write it as 2026-01-31.", value)
            ) from None

    def day(self, date, held=False):
        """Facts and score in force on a date; the present without a date.

        ``held``: with ``levels``, the levels of flags that were open: (check code,
        side) → level. Without them a check has the level of its figure alone.
        """
        health = self.health.sudo()
        if not date:
            return {
                **({"levels": self.health._held_levels()} if held else {}),
                "date": health.as_of and health.as_of.isoformat(),
                "score": health.score,
                "level": health.level,
                "facts": health.facts or {},
                "version": health.config_version,
            }
        date = self._to_date(date)
        snapshot = self.env["client.health.snapshot"].sudo()
        found = snapshot.search(
            [("health_id", "=", self.health.id), ("date", "<=", date)],
            order="date desc",
            limit=1,
        )
        if not found:
            first = snapshot.search(
                [("health_id", "=", self.health.id)], order="date", limit=1
            )
            raise UserError(
                self.env._(
                    "The history of %(client)s begins on %(date)s. Choose a later day.",
                    client=self.health.partner_id.display_name,
                    date=first.date
                    or company_day.today(self.env, self.health.company_id),
                )
            )
        return {
            **({"levels": found._held_levels()} if held else {}),
            "date": found.date.isoformat(),
            "score": found.score,
            "level": found.level,
            "facts": found.facts or {},
            "version": found.config_version,
        }

    def _name_changes(self, rows, facts):
        """Add names, and figures as text. ``facts``: "old" and "new" → facts."""
        past = {"active_test": False, "allowed_company_ids": self.health.company_id.ids}
        checks = self.env["client.health.check"].sudo().with_context(**past)
        names = {check.code: check.name for check in checks.search([])}
        indicators = self.env["client.health.indicator"].sudo().with_context(**past)
        by_code = {i.code: i for i in indicators.search([])}
        for row in rows:
            row["name"] = names.get(row["code"], row["code"])
            row["hidden"] = False
            for day in ("old", "new"):
                side = row[day]
                driver = by_code.get(side["driver"])
                side["driver_name"] = driver.name if driver else side["driver"]
                words = driver and driver._words()
                side["text"] = words.figure(side["value"], facts[day]) if words else ""

    def hide_money(self, rows, reader):
        """Take out of compared checks what a :class:`Reader` may not see.

        Where what a check lost tells it exactly all points go. Returns whether they
        are hidden.
        """
        nothing = {"driver": None, "driver_name": "", "value": None, "text": ""}
        hidden = False
        for row in rows:
            told = "cost" in row  # else by the driver: old outcomes of recoveries
            hidden |= _is_private(row, reader)
            for side in (row["old"], row["new"]):
                if _is_private(side, reader):
                    side.update(nothing)
                    row.update(hidden=True, gone=False)
                    hidden |= not told
        if hidden:
            hide_points(rows)
        return hidden


def _is_private(told, reader):
    """True where a reader may not see what ``told`` says, a check or one of its sides;
    takes out of it of what kind it is. Old outcomes of recoveries do not tell cost from
    other money, or neither."""
    money = told.pop("money", False)
    cost = told.pop("cost", money)
    return not reader.cost and cost or not reader.money and money
