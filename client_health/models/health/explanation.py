from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...scoring.explain import explain
from .gather import TREND_DAYS
from .health import levels_of


class ClientHealth(models.Model):
    """The reasons behind a health, in words."""

    _inherit = "client.health"

    flag_summary = fields.Char(
        compute="_compute_flag_summary", help="What the open flags are about."
    )

    @api.depends("open_flag_ids.check_id", "open_flag_ids.side")
    @api.depends_context("lang")
    def _compute_flag_summary(self):
        """Names of the checks with an open flag, the red ones first."""
        for health in self:
            names = [
                self.env._("%s (ours)", flag.check_id.name)
                if flag.side == "ours"
                else flag.check_id.name
                for flag in health.open_flag_ids
            ]
            health.flag_summary = ", ".join(names)

    @api.depends("level_rule", "score", "coverage", "override_reason")
    @api.depends_context("lang")
    def _compute_level_reason(self):
        checks = self.env["client.health.check"].sudo().with_context(active_test=False)
        names = {check.code: check.name for check in checks.search([])}
        for health in self:
            health.level_reason = health._reason(names)

    @api.depends("level", "score", "trend", "level_rule")
    def _compute_badge(self):
        for health in self:
            told = [health.level, str(health.score), str(health.trend)]
            told += filter(None, [health._decided_by()])
            health.badge = health.level and " ".join(told)

    def _decided_by(self):
        """What decided the level where the score did not: flag, person or None."""
        by = {"floor": "flag", "override": "person"}
        return by.get((self.level_rule or "").partition(":")[0])

    def _reason(self, names):
        """The sentence for the rule that decided the level."""
        rule, _, detail = (self.level_rule or "nothing").partition(":")
        if rule == "floor":
            return self.env._(
                "A red flag for “%s” decides the level, not the score.",
                names.get(detail, detail),
            )
        if rule == "coverage":
            return self.env._(
                "Too little evidence: only %s %% of the checks could be measured.",
                self.coverage,
            )
        if rule == "override":
            return self.env._(
                "Set by %(user)s until %(until)s: %(reason)s",
                user=self.override_user_id.name or "?",
                until=format_date(self.env, self.override_until),
                reason=self.override_reason,
            )
        if rule == "score":
            return self.env._("The score of %s decides the level.", self.score)
        return self.env._("Nothing could be measured yet.")

    def _assessment(self):
        """The judgement of this client, made again from its stored facts."""
        self.ensure_one()
        health = self.sudo()
        config = self.env["client.health.config"].sudo()._current(health.company_id)
        return config.assess(health.facts or {}, self._held_levels())

    def _held_levels(self):
        """The levels of the open flags: (check code, side) → level."""
        flags = self.env["client.health.flag"]._open_flags(self.ids).get(self.id, {})
        return levels_of(flags)

    def explain(self):
        """What a person or a program needs to understand this health.

        Returns ``{"score", "level", "level_reason", "coverage", "as_of",
        "checks": [{"code", "name", "question", "advice", "level", "since", "held",
        "penalty", "points", "weight", "driver", "indicators": [{"code", "name",
        "value", "sample", "penalty", "reason", "good", "watch", "red", "unit",
        …}]}]}``.

        ``held``: why a check is flagged still, as a sentence, where its figure alone
        would not. ``level_capped``: a red flag decided the level, not the score.
        ``score`` is 0–100 or None, ``coverage`` a percentage, ``penalty`` 0–1 or
        None (grey, with ``reason`` as a sentence), ``points`` a share of
        ``100 - score``. Figures that rest on money and their limits are None for
        those who may not see them; where one of them drives a check, so are all
        points, penalties and weights, from which it would follow: see
        ``scoring/explain.py``. Raises AccessError without read access.
        """
        self.ensure_one()
        self.check_access("read")
        show_money = self.env.user.has_group("client_health.group_manager")
        self.env.flush_all()
        result = explain(self._assessment(), show_money)
        indicators = self.env["client.health.indicator"].sudo()
        indicators = indicators.with_context(allowed_company_ids=self.company_id.ids)
        checks = self.env["client.health.check"]._active_checks()
        by_code = {check.code: check for check in checks}
        levels = dict(checks._fields["floor_level"]._description_selection(self.env))
        since = {
            flag.check_id.code: flag.raised_on.isoformat()
            for flag in self.open_flag_ids.sudo()
            if flag.raised_on and flag.side == "client"
        }
        for check in result["checks"]:
            record = by_code[check["code"]]
            check.update(
                name=record.name,
                question=record.question,
                advice=record.advice,
                since=since.get(check["code"]),
                held=check["held"] and self._held_reason(check["level"]),
                cap=levels.get(record.floor_level),
            )
            members = {i.code: i for i in indicators.browse(record.indicator_ids.ids)}
            for item in check["indicators"]:
                self._explain_indicator(item, members[item["code"]])
        return {
            **result,
            "computed_level": result["level"],
            "level": self.level,
            "level_reason": self.level_reason,
            "level_capped": self._decided_by() == "flag",
            "as_of": self.as_of and self.as_of.isoformat(),
            "history_since": self._history_since(),
            "trend": self.trend,
            "trend_since": self._trend_since(),
            "phase": self.phase,
        }

    @api.model
    def _held_reason(self, level):
        """Why a check is still flagged although its figure is back within the limit."""
        if level == "red":
            return self.env._(
                "Its figure is no longer beyond the red limit. It stays red until it "
                "is clearly better, so that it does not go to and fro."
            )
        return self.env._(
            "Its figure is no longer beyond the limit. The flag stays until it is "
            "clearly better, so that it does not go to and fro."
        )

    def _history_since(self):
        """The first day of this client's history as text, None without."""
        [(first,)] = (
            self.env["client.health.snapshot"]
            .sudo()
            ._read_group([("health_id", "=", self.id)], [], ["date:min"])
        )
        return first and first.isoformat()

    def _trend_since(self):
        """The day the trend looks back at as text, None without a score then."""
        if not self.as_of:
            return None
        then = self.env["client.health.snapshot"].sudo()
        then = then.search_fetch(
            [
                ("health_id", "=", self.id),
                ("date", "<=", self.as_of - timedelta(days=TREND_DAYS)),
            ],
            ["date", "level"],
            order="date desc",
            limit=1,
        )
        known = then and then.level != "unknown"
        return then.date.isoformat() if known else None

    def _explain_indicator(self, item, indicator):
        """Add the words of one indicator to its explanation."""
        reason = item["reason"]
        item.update(
            name=indicator.name,
            description=indicator.description,
            limits="" if item["private"] else indicator.explanation,
            text=indicator._format(item["value"]),
            reason=indicator._grey_reason(reason, item["sample"]) if reason else None,
        )
        if item["hidden"] or (item["private"] and reason and reason[0] == "sample"):
            item["reason"] = self.env._("For managers only.")

    # -- buttons ---------------------------------------------------------------

    def action_refresh(self):
        """Compute the health of these clients again, now."""
        self.check_access("read")
        self._refresh_these()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Clients computed again: %s.", len(self)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_partner(self):
        """Open the client's own form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
