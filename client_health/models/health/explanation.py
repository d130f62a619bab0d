"""The reasons behind a health, in words."""

from datetime import timedelta

from odoo.tools import format_date

from ...engine.flags import UNMEASURED
from ...engine.staleness import TREND_DAYS
from ...scoring.explain import explain
from ...scoring.levels import is_thin
from .money_reader import for_whom, reader_of
from .raters import hide_figures, is_few, of_pulses


def level_reason(health, names):
    """The sentence for the rule that decided the level. ``names``: check code →
    name."""
    if health.level_rule == "floor":
        check = names.get(health.level_check, health.level_check)
        if health.uncapped_score > health.score:
            return health.env._(
                "A red flag for “%(check)s” decides the level: without it the score "
                "would be %(score)s.",
                check=check,
                score=health.uncapped_score,
            )
        return health.env._(
            "A red flag for “%s” decides the level, not the score.", check
        )
    if health.level_rule == "coverage":
        return health.env._(
            "Too little evidence: only %s %% of the checks could be measured.",
            health.coverage,
        )
    if health.level_rule == "override":
        return health.env._(
            "Set by %(user)s until %(until)s: %(reason)s",
            user=health.override_user_id.name or "?",
            until=format_date(health.env, health.override_until),
            reason=health.override_reason,
        )
    if health.level_rule == "quiet":
        return health.env._(
            "Quiet: no business for a long time, and nothing open. It is judged again "
            "when there is."
        )
    if health.level_rule == "past":
        return health.env._(
            "No client any more: archived, or without business for two years."
        )
    if health.level_rule == "score":
        return health.env._("The score of %s decides the level.", health.score)
    return health.env._("Nothing could be measured yet.")


class Explanation:
    """Explains one health to its reader: the figures that the reader may see."""

    def __init__(self, health):
        self.health = health
        self.env = health.env

    def told(self):
        """The explanation as a mapping.

        ``{"score", "uncapped", "cap": {"check", "points", "name", "level", "text"},
        "level", "level_reason", "coverage", "evidence", "as_of", "checks": [{"code",
        "name", "question", "advice", "level", "since", "held", "penalty", "points",
        "weight", "driver", "indicators": [{"code", "name", "value", "sample",
        "penalty", "reason", "good", "watch", "red", "unit", …}]}]}``.

        ``evidence``: a sentence where the level rests on little; of a check, False
        where nothing was measured or reported.
        ``held``: why a check is still flagged, as a sentence, where its figure is back
        within the limit or not measured any more. ``level_capped``: a red flag decided
        the level, not the score.
        ``score`` is 0–100, None without a level; ``cap``: the red flag that holds it
        down and the points that this takes, None without, else its points and those of
        the checks add up to ``100 - score``; ``uncapped``: the score without it.
        ``coverage`` a percentage, ``penalty`` 0–1 or
        None (grey, with ``reason`` as a sentence), ``points`` a share of
        ``100 - score``. Figures of cost and of what the client owes, and their limits,
        are None for those who may not see them; where points, penalties and weights
        would tell one of them, these are None too: see ``scoring/explain.py``.
        """
        self.env.flush_all()
        [assessment] = self.health._assessments().values()
        result = explain(assessment, reader_of(self.health))
        companies = self.health.company_id.ids
        indicators = self.env["client.health.indicator"].sudo()
        indicators = indicators.with_context(allowed_company_ids=companies)
        checks = self.env["client.health.check"]._active_checks()
        by_code = {check.code: check for check in checks}
        if is_few(self.env, self.health.sudo().facts):
            hide_figures(result["checks"], of_pulses(checks.indicator_ids))
        levels = dict(checks._fields["floor_level"]._description_selection(self.env))
        flags = {
            flag.check_id.code: flag
            for flag in self.health.open_flag_ids.sudo()
            if flag.side == "client"
        }
        for check in result["checks"]:
            record = by_code[check["code"]]
            flag = flags.get(check["code"], self.env["client.health.flag"])
            check.update(
                name=record.name,
                question=record.question,
                advice=record.advice,
                since=flag.raised_on.isoformat() if flag.raised_on else None,
                held=self._unmeasured(flag)
                or (check["held"] and self._held_reason(check["level"])),
                cap=levels.get(record.floor_level),
            )
            members = {i.code: i for i in indicators.browse(record.indicator_ids.ids)}
            for item in check["indicators"]:
                self._explain_indicator(item, members[item["code"]])
        return {
            **result,
            "cap": result["cap"] and self._cap(result, by_code, levels),
            "evidence": self._evidence(result),
            "computed_level": result["level"],
            "level": self.health.level,
            "level_reason": self.health.level_reason,
            "level_capped": self.health.level_rule == "floor",
            "as_of": self.health.as_of and self.health.as_of.isoformat(),
            "history_since": self._history_since(),
            "trend": self.health.trend,
            "trend_since": self._trend_since(),
            "phase": self.health.shown_phase,
            "service": self.health.service_level or None,
        }

    def _evidence(self, result):
        """That the level rests on little, and of what nothing is known, as a sentence;
        None where it rests on enough."""
        health = self.health
        if not is_thin(health.level, result["coverage"], health.level_rule):
            return None
        unknown = [check["name"] for check in result["checks"] if not check["evidence"]]
        return self.env._(
            "Little evidence: only %(share)s %% of the checks rest on records. Nothing "
            "is known of: %(checks)s.",
            share=result["coverage"],
            checks=", ".join(unknown),
        )

    def _cap(self, result, checks, levels):
        """What holds the score down, with its words. ``checks``: code → check."""
        cap = result["cap"]
        check = checks[cap["check"]]
        level = levels.get(check.floor_level, "")
        text = self.env._(
            "While “%(check)s” is red the level is at best %(level)s, and the score "
            "with it. Without it the score would be %(score)s.",
            check=check.name,
            level=level,
            score=result["uncapped"],
        )
        return {**cap, "name": check.name, "level": level, "text": text}

    def _unmeasured(self, flag):
        """Why a flag is still there whose figure is not measured, None for another."""
        if not flag.unmeasured_since:
            return None
        return self.env._(
            "Its figure is not measured since %(day)s, which does not say that the "
            "cause is gone. The flag stays until %(until)s, unless the figure can be "
            "measured before.",
            day=format_date(self.env, flag.unmeasured_since),
            until=format_date(self.env, flag.unmeasured_since + UNMEASURED),
        )

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
            ._read_group([("health_id", "=", self.health.id)], [], ["date:min"])
        )
        return first and first.isoformat()

    def _trend_since(self):
        """The day the trend looks back at as text, None without a score then."""
        if not self.health.as_of:
            return None
        then = self.env["client.health.snapshot"].sudo()
        then = then.search_fetch(
            [
                ("health_id", "=", self.health.id),
                ("date", "<=", self.health.as_of - timedelta(days=TREND_DAYS)),
            ],
            ["date", "level"],
            order="date desc",
            limit=1,
        )
        known = then and then.level != "unknown"
        return then.date.isoformat() if known else None

    def _explain_indicator(self, item, indicator):
        """Add name, texts and reason to the explanation of one indicator."""
        reason = item["reason"]
        item.update(
            name=indicator.name,
            description=indicator.description,
            limits="" if item["private"] else indicator.explanation,
            text=self._figure(item, indicator),
            reason=indicator._words().grey_reason(reason, item["sample"])
            if reason
            else None,
        )
        told = reason and reason[0] in ("sample", "rule")
        if item.pop("few", False):
            item["reason"] = self.env._("Too few colleagues to show what they said.")
        if item["hidden"] or (item["private"] and told):
            item["reason"] = for_whom(indicator)

    def _figure(self, item, indicator):
        """A figure as text, and that it does not count yet where it has not lasted."""
        text = indicator._words().figure(item["value"], self.health.sudo().facts)
        if not item["settling"]:
            return text
        return self.env._(
            "%(figure)s, counts once it has lasted %(days)s days",
            figure=text,
            days=indicator.settle_days,
        )
