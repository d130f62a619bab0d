from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..scoring.explain import explain
from .client_health_gather import TREND_DAYS
from .mail_message import TURNS

# Lists that show records of several kinds best: model → view.
LISTS = {
    "project.task": "project.open_view_all_tasks_list_view",
    "account.move": "account.view_out_invoice_tree",
    "account.analytic.line": "hr_timesheet.timesheet_view_tree_user",
    "mail.message": "client_health.mail_message_view_list",
}
# What makes them show the client and the day.
CONTEXTS = {"account.move": {"default_move_type": "out_invoice"}}
# For those who may see money, where the list above shows none.
WITH_AMOUNTS = {"account.analytic.line": "analytic.view_account_analytic_line_tree"}
# The facts of a margin in the order in which people add them up, with their signs.
MARGIN = {"revenue": "+", "to_invoice": "+", "timesheet_cost": "−", "other_cost": "−"}


class ClientHealth(models.Model):
    """The reasons behind a health, in words and records."""

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

    @api.depends("level_rule")
    def _compute_level_by(self):
        by = {"floor": "flag", "override": "person"}
        for health in self:
            health.level_by = by.get((health.level_rule or "").partition(":")[0])

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
        return {key: flag.level for key, flag in flags.items()}

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
            "level_capped": self.level_by == "flag",
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

    def action_show_records(self, indicator_code):
        """Open the records that an indicator counted for this client.

        ``indicator_code``: the code of an indicator. Returns an action: the
        records themselves, or, where several kinds of records made the figure, a
        page that lists them. Raises UserError when there are none, or none that
        the user may read.
        """
        self.ensure_one()
        self.check_access("read")
        indicator = (
            self.env["client.health.indicator"]
            .sudo()
            .search([])
            .filtered(lambda i: i.code == indicator_code)
        )
        if not indicator:
            raise UserError(
                self.env._(
                    "There is no indicator “%s” any more. Reload the page.",
                    indicator_code,
                )
            )
        lines = self._evidence(indicator)
        hidden = any([line.pop("hidden") for line in lines])
        found = [line for line in lines if line["record_ids"]]
        if not found:
            words = {
                "indicator": indicator.name,
                "client": self.partner_id.display_name,
            }
            if hidden:
                raise UserError(
                    self.env._(
                        "You may not open the records behind “%(indicator)s” of "
                        "%(client)s: ask a colleague with access to that app.",
                        **words,
                    )
                )
            raise UserError(
                self.env._(
                    "No records stand behind “%(indicator)s” of %(client)s.", **words
                )
            )
        kinds = {(line["model"], tuple(line["record_ids"])) for line in found}
        if len(kinds) == 1 and all(line["model"] for line in lines):
            return self._open_records(found[0])
        wizard = self.env["client.health.evidence"].create(
            {
                "health_id": self.id,
                "indicator_id": indicator.id,
                "line_ids": [(0, 0, line) for line in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": indicator.name,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
        }

    def _evidence(self, indicator):
        """The facts behind an indicator with their records.

        Returns ``[{"name", "meaning", "period", "value", "model", "record_ids",
        "hidden"}]``: records that the user may read, and whether there are others; the
        value of a fact about money is empty for those who may not see it, and has its
        sign where it is a part of a margin.
        """
        self.ensure_one()
        health = self.sudo()
        sources = self.env["client.health.facts"].sudo()
        scope = sources._scope(health.company_id, health.partner_id.ids)
        show_money = self.env.user.has_group("client_health.group_manager")
        unit = indicator.with_context(allowed_company_ids=health.company_id.ids)
        behind = indicator._facts_behind()
        signs = MARGIN if indicator.code == "margin" else {}
        place = {name: place for place, name in enumerate(signs)}
        behind.sort(key=lambda part: place.get(part[2].name, len(place)))
        lines, amounts = [], {}
        for key, source, fact, window in behind:
            if not source._available():
                continue
            model, records = source._records(fact, window, scope)
            records = records.get(health.partner_id.id, [])
            readable = self._readable_ids(model, records)
            value = (health.facts or {}).get(key)
            text = ""
            if isinstance(value, float | int) and (show_money or not fact.money):
                text = unit.new({"unit": fact.unit})._format(value)
                text = f"{signs.get(fact.name, '')} {text}".strip()
                amounts[fact.name] = value
            hidden = len(readable) < len(records)
            meaning = str(fact.meaning)
            if hidden:
                unseen = self.env._("Not all of its records are visible to you.")
                meaning = f"{meaning} {unseen}"
            lines.append(
                {
                    "name": str(fact.label),
                    "meaning": meaning,
                    "period": self._period(source._days(fact, window, scope)),
                    "value": text,
                    "model": model,
                    "record_ids": readable,
                    "hidden": hidden,
                }
            )
        if signs and show_money:
            parts = sum(name in signs for name in amounts)
            lines[parts:parts] = self._margin_line(unit, amounts)
        return lines

    @api.model
    def _period(self, days):
        """The days whose rows a fact counts, in words; empty where all count."""
        if not days:
            return ""
        start, end = days
        if not start:
            return self.env._("before %s", format_date(self.env, end))
        last = format_date(self.env, end - timedelta(days=1))
        return f"{format_date(self.env, start)} – {last}"

    @api.model
    def _margin_line(self, words, amounts):
        """The end of the sum of a margin, as a line of :meth:`_evidence`.

        ``words``: an indicator in the company at hand; ``amounts``: fact → number or
        None. Empty where a part is not known.
        """
        parts = {"to_invoice": 0, **amounts}
        parts = {name: parts.get(name) for name in MARGIN}
        if None in parts.values():
            return []
        money = words.new({"unit": "money"})
        left = sum(
            amount if MARGIN[name] == "+" else -amount for name, amount in parts.items()
        )
        earned = parts["revenue"] + parts["to_invoice"]
        meaning = self.env._("Nothing was earned.")
        if earned > 0:
            meaning = self.env._(
                "%(share)s of the %(earned)s earned",
                share=words.new({"unit": "ratio"})._format(left / earned),
                earned=money._format(earned),
            )
        return [
            {
                "name": words.name,
                "meaning": meaning,
                "period": "",
                "value": f"= {money._format(left)}",
                "model": False,
                "record_ids": [],
                "hidden": False,
            }
        ]

    @api.model
    def _readable_ids(self, model, ids):
        """Those of some ids of records that the user may read."""
        ids = [record for record in ids if record]
        if not ids or not self.env[model].has_access("read"):
            return []
        records = self.env[model].with_context(active_test=False)
        return records.search([("id", "in", ids)]).ids

    def _open_records(self, line):
        """An action on the records of one evidence line, of today or ``as_of``."""
        view = LISTS.get(line["model"])
        if self.env.user.has_group("client_health.group_manager"):
            view = WITH_AMOUNTS.get(line["model"], view)
        view = view and self.env.ref(view, raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": " · ".join(
                filter(
                    None,
                    (line["name"], self.partner_id.display_name, line.get("period")),
                )
            ),
            "res_model": line["model"],
            "views": [(view.id if view else False, "list"), (False, "form")],
            "domain": [("id", "in", line["record_ids"])],
            "context": {
                "active_test": False,
                "create": False,
                **CONTEXTS.get(line["model"], {}),
                # for the list of messages: whose turn it was
                TURNS: [self.partner_id.id, self.company_id.id, line.get("as_of")],
            },
        }
