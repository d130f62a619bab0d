"""The records behind a figure."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.reader import read_facts
from ...facts.evidence import records as records_of
from ...facts.figures import MARGIN
from ...scoring.keys import FactKey
from ..mixins.access import is_manager
from .money_reader import reader_of
from .raters import PULSES, is_few

# In the context of a list of messages: [client id, company id, day as text].
TURNS = "client_health_turns"
# What a figure about earnings leaves out, and what is not known of it.
LEFT_OUT = (
    "billed_for_work",
    "billed_not_earned",
    "cost_left_out",
    "hours_without_cost",
    "hours_unvalued",
)


class Evidence:
    """The records that an indicator counted for one client, as far as the reader may
    see them."""

    def __init__(self, health, indicator_code):
        """Raises UserError when there is no such indicator any more."""
        self.health = health
        self.env = health.env
        indicators = self.env["client.health.indicator"].sudo().search([])
        self.indicator = indicators.filtered(lambda i: i.code == indicator_code)
        if not self.indicator:
            raise UserError(
                self.env._(
                    "There is no indicator “%s” any more. Reload the page.",
                    indicator_code,
                )
            )

    def action(self):
        """An action on the records, or on a page that lists them."""
        indicator = self.indicator
        lines = self.lines()
        told = any([line.pop("told", False) for line in lines])
        found = [line for line in lines if line["record_ids"]]
        if not found:
            raise UserError(
                self.env._(
                    "Behind “%(indicator)s” of %(client)s are no records that you may "
                    "open. Ask a colleague who may see more.",
                    indicator=indicator.name,
                    client=self.health.partner_id.display_name,
                )
            )
        kinds = {(line["model"], tuple(line["record_ids"])) for line in found}
        if len(kinds) == 1 and all(line["model"] for line in lines) and not told:
            return open_records(self.health, found[0])
        wizard = self.env["client.health.evidence"].create(
            {
                "health_id": self.health.id,
                "indicator_id": indicator.id,
                "result": self._told_result(),
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

    def _told_result(self):
        """The figure of the indicator, or why there is none, as text; False where no
        check uses the indicator."""
        checks = self.health.explain()["checks"]
        items = (item for check in checks for item in check["indicators"])
        found = [item for item in items if item["code"] == self.indicator.code]
        return found and (found[0]["reason"] or found[0]["text"])

    def lines(self):
        """The facts behind the indicator with their records.

        Returns ``[{"name", "meaning", "period", "value", "model", "record_ids"}]``; a
        line about one record has ``told`` too. ``record_ids``: records that the user
        may read; the meaning says that there are others. The value of a fact about
        money is empty for those who may not see the figure; in a margin it has its
        sign.
        """
        indicator = self.indicator
        health = self.health.sudo()
        sources = self.env["client.health.facts"].sudo()
        scope = sources._scope(health.company_id, health.partner_id.ids)
        show_money = reader_of(self.health).may_see(indicator)
        unit = indicator.with_context(allowed_company_ids=health.company_id.ids)
        signs = MARGIN if indicator.code == "margin" else {}
        facts, behind = health.facts or {}, self._parts(signs)
        if signs:
            keys = [key for key, *_rest in behind if str(key) not in facts]
            known = read_facts(sources.env, keys, scope)
            facts = {**facts, **known.get(health.partner_id.id, {})}
        untold = PULSES if is_few(self.env, facts) else ()
        lines, amounts = [], {}
        for key, source, fact, window in behind:
            if not source._available():
                continue
            model, records = records_of(source, fact, window, scope)
            records = records.get(health.partner_id.id, [])
            readable = self._readable_ids(model, records)
            value = None if fact.name in untold else facts.get(str(key))
            if signs and not value and not records:
                continue  # no part of the sum
            words = unit.new({"unit": fact.unit})
            text = ""
            if isinstance(value, float | int) and (show_money or not fact.money):
                text = f"{signs.get(fact.name, '')} {words._format(value)}".strip()
                amounts[fact.name] = value
            meaning = str(fact.meaning)
            if len(readable) < len(records):
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
                }
            )
            told = source._each(fact, window, scope)
            lines += self._each_line(model, readable, told, words)
        if signs and show_money:
            parts = sum(name in signs for name in amounts)
            lines[parts:parts] = self._margin_line(unit, amounts)
        return lines

    def _parts(self, signs):
        """The facts behind the indicator, as in ``_facts_behind``; those of a margin in
        the order of the sum, and then what it leaves out."""
        behind = self.indicator._facts_behind()
        if not signs:
            return behind
        place = {name: place for place, name in enumerate(signs)}
        behind.sort(key=lambda part: place.get(part[2].name, len(place)))
        catalogue = self.env["client.health.facts"].sudo()._catalogue()
        window = self.indicator.window_days
        for name in LEFT_OUT:
            behind.append((FactKey(name, window), *catalogue[name], window))
        return behind

    def _each_line(self, model, readable, told, words):
        """A line of :meth:`lines` for each record with a figure of its own.

        ``readable``: ids of records that the user may read; ``told``: the result of
        ``_each`` of the source; ``words``: an indicator in the unit of the fact.
        """
        if not told:
            return []
        ids = {record for record, _meaning, _figure in told}.intersection(readable)
        records = self.env[model].browse(sorted(ids))
        names = {record.id: record.display_name for record in records}
        return [
            {
                "name": names[record],
                "meaning": meaning,
                "period": "",
                "value": words._format(figure),
                "model": model,
                "record_ids": [record],
                "told": True,
            }
            for record, meaning, figure in told
            if record in names
        ]

    def _period(self, days):
        """The days whose rows a fact counts, as text; empty where all rows count."""
        if not days:
            return ""
        start, end = days
        if not start:
            return self.env._("before %s", format_date(self.env, end))
        last = format_date(self.env, end - timedelta(days=1))
        return f"{format_date(self.env, start)} – {last}"

    def _margin_line(self, words, amounts):
        """The end of the sum of a margin, as a line of :meth:`lines`.

        ``words``: an indicator in the company at hand; ``amounts``: fact → number.
        """
        parts = {name: amounts.get(name, 0) for name in MARGIN}
        money = words.new({"unit": "money"})
        left = sum(
            amount if MARGIN[name] == "+" else -amount for name, amount in parts.items()
        )
        earned = sum(parts[name] for name, sign in MARGIN.items() if sign == "+")
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
            }
        ]

    def _readable_ids(self, model, ids):
        """Those of some ids of records that the user may read."""
        ids = [record for record in ids if record]
        if not ids or not self.env[model].has_access("read"):
            return []
        records = self.env[model].with_context(active_test=False)
        return records.search([("id", "in", ids)]).ids


def may_open(indicator, env):
    """True when the user of ``env`` may read a kind of records that stands behind an
    indicator, which has the rights of the superuser."""
    models = {
        source._evidence.get(fact.relation)
        for _key, source, fact, _window in indicator._facts_behind()
        if source._available()
    }
    return any(env[model].has_access("read") for model in models if model in env)


def open_records(health, line):
    """An action on the records of one evidence line, of today or ``as_of``."""
    shown = health._record_lists().get(line["model"], {})
    view = shown.get("view")
    if is_manager(health.env):
        view = shown.get("manager_view", view)
    view = view and health.env.ref(view, raise_if_not_found=False)
    return {
        "type": "ir.actions.act_window",
        "name": " · ".join(
            filter(
                None,
                (line["name"], health.partner_id.display_name, line.get("period")),
            )
        ),
        "res_model": line["model"],
        "views": [(view.id if view else False, "list"), (False, "form")],
        "domain": [("id", "in", line["record_ids"])],
        "context": {
            "active_test": False,
            "create": False,
            **shown.get("context", {}),
            # for the list of messages: whose turn it was
            TURNS: [health.partner_id.id, health.company_id.id, line.get("as_of")],
        },
    }
