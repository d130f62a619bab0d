from odoo import api, fields, models
from odoo.exceptions import UserError

from ...scoring.changes import changes


class ClientHealth(models.Model):
    """What changed between two days, and why."""

    _inherit = "client.health"

    def what_changed(self, date_from, date_to=None):
        """Compare two days of this client's history.

        ``date_from``, ``date_to``: dates (or text as YYYY-MM-DD); the snapshots
        in force on them are compared, without ``date_to`` the present. Returns
        ``{"from", "to": {"date", "score", "level"}, "change", "settings_changed",
        "checks": [{"code", "name", "old", "new": {"level", "driver", "value",
        "text", "points"}, "change", "data", "settings"}]}``, changes in points of
        the score. Figures that rest on money are None for those who may not see
        them, and all points where they would follow from the rest: see
        ``scoring/explain.py``. Raises UserError when there is no history that far
        back.
        """
        self.ensure_one()
        self.check_access("read")
        days = (self._day(day, held=True) for day in (date_from, date_to))
        compared = self._compare(*days)
        if not self.env.user.has_group("client_health.group_manager"):
            self._hide_money(compared["checks"])
        return compared

    def _compare(self, old, new):
        """What changed between two days, each as :meth:`_day` says it; with the
        figures about money."""
        self.ensure_one()
        config = self.env["client.health.config"].sudo()
        current = config._current(self.sudo().company_id)
        before = config._of_version(old["version"], old["facts"]) or current
        after = config._of_version(new["version"], new["facts"]) or current
        first = before.assess(old["facts"], old.get("levels"))
        between = after.assess(old["facts"], old.get("levels"))
        last = after.assess(new["facts"], new.get("levels"))
        compared = changes(first, between, last)
        for day, assessment in ((old, first), (new, last)):
            if assessment.score is None:
                day["score"] = None  # which the ORM reads as 0
        self._name_changes(compared["checks"])
        return {
            **compared,
            "from": {name: old[name] for name in ("date", "score", "level")},
            "to": {name: new[name] for name in ("date", "score", "level")},
            "settings_changed": before.version != after.version,
        }

    @api.model
    def _to_date(self, value):
        try:
            return fields.Date.to_date(value)
        except (ValueError, TypeError):
            raise UserError(
                self.env._("“%s” is no date. Write it as 2026-01-31.", value)
            ) from None

    def _day(self, date, held=False):
        """Facts and score in force on a date; the present without a date.

        ``held``: also ``levels`` of what stood out, however its figure moves around
        a limit: (check code, side) → level. Without them the figures alone say.
        """
        health = self.sudo()
        if not date:
            return {
                **({"levels": self._held_levels()} if held else {}),
                "date": health.as_of and health.as_of.isoformat(),
                "score": health.score,
                "level": health.level,
                "facts": health.facts or {},
                "version": health.config_version,
            }
        date = self._to_date(date)
        snapshot = self.env["client.health.snapshot"].sudo()
        found = snapshot.search(
            [("health_id", "=", self.id), ("date", "<=", date)],
            order="date desc",
            limit=1,
        )
        if not found:
            first = snapshot.search(
                [("health_id", "=", self.id)], order="date", limit=1
            )
            raise UserError(
                self.env._(
                    "The history of %(client)s begins on %(date)s. Choose a later day.",
                    client=self.partner_id.display_name,
                    date=first.date or fields.Date.context_today(self),
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

    def _name_changes(self, rows):
        """Add names and formatted figures."""
        past = {"active_test": False, "allowed_company_ids": self.company_id.ids}
        checks = self.env["client.health.check"].sudo().with_context(**past)
        names = {check.code: check.name for check in checks.search([])}
        indicators = self.env["client.health.indicator"].sudo().with_context(**past)
        by_code = {i.code: i for i in indicators.search([])}
        for row in rows:
            row["name"] = names.get(row["code"], row["code"])
            row["hidden"] = False
            for side in (row["old"], row["new"]):
                driver = by_code.get(side["driver"])
                side["driver_name"] = driver.name if driver else side["driver"]
                side["text"] = driver._format(side["value"]) if driver else ""

    @api.model
    def _hide_money(self, rows):
        """Take out of compared checks what rests on money, for plain users.

        With it go all points, and the order that they gave: one hidden alone would
        follow from the others and the score. Returns whether anything is hidden.
        """
        nothing = {"driver": None, "driver_name": "", "value": None, "text": ""}
        for row in rows:
            private = row.pop("money", False)  # not known of what was kept long ago
            for side in (row["old"], row["new"]):
                if side.pop("money"):
                    private = True
                    side.update(nothing)
            if private:
                row.update(hidden=True, gone=False)
        hidden = any(row["hidden"] for row in rows)
        if hidden:
            rows.sort(key=lambda row: row["code"])
            for row in rows:
                row.update(change=None, data=None, settings=None)
                row["old"]["points"] = row["new"]["points"] = None
        return hidden
