"""Did a recovery help: before and after, beside clients not in recovery."""

from odoo import fields
from odoo.tools import SQL

from ...scoring.explain import Reader
from ..health.raters import hide_changes, of_pulses
from ..health.words import short
from ..mixins import company_day
from .target_figures import about_money

# With fewer similar clients an average says little, and would reveal single clients.
ENOUGH = 5
RANK = {"red": 0, "watch": 1, "ok": 2}


class BeforeAfter:
    """Compares a client now with the start of its recovery (``entry``), with figures
    about money; with sudo."""

    def __init__(self, recovery):
        self.recovery = recovery
        self.env = recovery.env
        self.today = company_day.today(recovery.env, recovery.company_id)
        self.health = recovery._health()

    def figures(self):
        """What ``client.recovery.review`` returns, without ``over``.

        None where the client is not measured (any more).
        """
        health, entry = self.health, self.recovery.entry
        if not health or not entry:
            return None
        comparison = health._comparison()
        compared = comparison.compare(dict(entry), comparison.day(None))
        others = self._others()
        first, last = compared["from"], compared["to"]
        checks = [
            self._row(row, *others.get(row["code"], (0, None)))
            for row in compared["checks"]
        ]
        _worst_first(checks)
        count, change = others.get("", (0, None))
        return {
            "from": first["date"],
            "to": last["date"],
            "score": {
                "before": first["score"],
                "after": last["score"],
                "change": compared["change"],
                "others": change,
                "count": count,
            },
            "level": {"before": first["level"], "after": last["level"]},
            "similar": others.get(None, (0, None))[0],
            "similar_level": self.recovery.entry_level,
            "enough": ENOUGH,
            "settings_changed": compared["settings_changed"],
            "hidden": False,
            "points": compared["points"],
            "checks": checks,
            "targets": self.target_rows(),
        }

    def store(self):
        """Create the lines for reporting; returns the figures."""
        figures = self.figures()
        if not figures:
            return None
        checks = self.env["client.health.check"].with_context(active_test=False)
        ids = {check.code: check.id for check in checks.search([])}
        self.env["client.recovery.check"].create(
            [
                {
                    "recovery_id": self.recovery.id,
                    "check_id": ids[row["code"]],
                    "before": row["old"]["level"],
                    "after": row["new"]["level"],
                    "moved": row["moved"],
                    "change": row["change"] or 0,
                }
                for row in figures["checks"]
                if row["code"] in ids
            ]
        )
        return figures

    def _row(self, row, count, others):
        """One check: no change where one of the two days was not measured."""
        old, new = row["old"]["level"], row["new"]["level"]
        measured = old != "grey" and new != "grey"
        moved = "unknown"
        if measured:
            step = RANK[new] - RANK[old]
            moved = "better" if step > 0 else "worse" if step < 0 else "same"
        return {
            **row,
            "change": row["change"] if measured else None,
            "count": count,
            "others": others,
            "moved": moved,
        }

    def target_rows(self):
        """The targets: before, after and change, beside similar clients.

        ``[{"code", "name", "goal", "before", "after", "change": texts, "others": a
        text or None, "count", "by": a date as text, "early": before that date, "met":
        True, False or None when not measured, "money", "hidden": False}]``
        """
        measured = self.env["client.recovery.target"]._measure(
            self.recovery, self.health.facts
        )
        return [self._target_row(**result) for result in measured]

    def _target_row(self, target, code, before, now, met):
        figure = target._figure()
        indicator = target._measurable()
        count, mean = self._others_indicator(indicator) if indicator else (0, None)
        both = before is not None and now is not None
        after = figure._format(now)
        if before is not None and now is None:
            after = self.env._("no longer measured")
        return {
            "code": code,
            "name": figure.name,
            "goal": target.target_text,
            "by": fields.Date.to_string(target.by_when),
            "early": target.by_when > self.today,
            "before": figure._format(before),
            "after": after,
            "change": _signed(figure, now - before) if both else "",
            "others": None if mean is None else _signed(figure, mean),
            "count": count,
            "met": met if now is not None else None,
            "money": target.money,
            "hidden": False,
        }

    # -- similar clients -------------------------------------------------------

    def _similar(self):
        """SQL: id, first and last snapshot of similar clients not in recovery.

        Clients of the same company, at the same level on the day of the start, still
        current, and in no recovery since.
        """
        recovery = self.recovery
        last = recovery.ended_on or self.today
        return SQL(
            """SELECT h.id, a.score AS first_score, a.points AS first_points,
                      a.encoded_facts AS first_facts, a.codec AS first_codec,
                      b.score AS last_score, b.points AS last_points,
                      b.encoded_facts AS last_facts, b.codec AS last_codec
                 FROM client_health h
                 JOIN res_partner p ON p.id = h.partner_id AND p.active
                 JOIN LATERAL (
                    SELECT score, level, points, encoded_facts, codec
                      FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date <= %(first)s
                     ORDER BY s.date DESC LIMIT 1) a ON a.level = %(level)s
                 JOIN LATERAL (
                    SELECT score, points, encoded_facts, codec
                      FROM client_health_snapshot s
                     WHERE s.health_id = h.id AND s.date <= %(last)s
                     ORDER BY s.date DESC LIMIT 1) b ON TRUE
                WHERE h.company_id = %(company)s AND h.partner_id <> %(partner)s
                  AND h.phase NOT IN ('ended', 'past')
                  AND NOT EXISTS (
                    SELECT 1 FROM client_recovery r
                     WHERE r.partner_id = h.partner_id
                       AND r.company_id = h.company_id
                       AND r.date_start <= %(last)s
                       AND COALESCE(r.ended_on, %(last)s) >= %(first)s)""",
            first=recovery.entry_on,
            last=last,
            level=recovery.entry_level,
            company=recovery.company_id.id,
            partner=recovery.partner_id.id,
        )

    def _others(self):
        """Check code → (clients, mean points gained) of similar clients.

        ``""`` stands for the score, None for the number of all similar clients. Only
        clients measured on both days count; with fewer than ``ENOUGH`` the mean is
        None."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH others AS (%s)
                SELECT NULL::text, COUNT(*), NULL::numeric FROM others
                 UNION ALL
                SELECT '', COUNT(*), AVG(last_score - first_score) FROM others
                 WHERE last_score IS NOT NULL AND first_score IS NOT NULL
                 UNION ALL
                SELECT a.key, COUNT(*), AVG((a.value->>'points')::numeric
                                            - (b.value->>'points')::numeric)
                  FROM others, jsonb_each(first_points) a, jsonb_each(last_points) b
                 WHERE a.key = b.key AND a.value->>'level' <> 'grey'
                   AND b.value->>'level' <> 'grey'
                 GROUP BY a.key""",
                self._similar(),
            )
        )
        return {
            code: (
                count,
                round(float(mean), 1) if count >= ENOUGH and mean is not None else None,
            )
            for code, count, mean in rows
        }

    def _others_indicator(self, indicator):
        """(clients, mean change or None) of one indicator of similar clients.

        ``indicator``: compiled from the settings in force. A change is the value at the
        end less the value at the start, in the unit of the indicator.
        """
        self.env.flush_all()
        changes = []
        decode = self.env["client.health.codec"]._decoder()
        for first_codec, first, last_codec, last in self.env.execute_query(
            SQL(
                "SELECT first_codec, first_facts, last_codec, last_facts"
                " FROM (%s) others",
                self._similar(),
            )
        ):
            before = indicator.measure(decode(first_codec, first)).value
            after = indicator.measure(decode(last_codec, last)).value
            if before is not None and after is not None:
                changes.append(after - before)
        enough = len(changes) >= ENOUGH
        return len(changes), sum(changes) / len(changes) if enough else None


def without_money(env, figures):
    """The figures of :meth:`BeforeAfter.figures` for those who may not see money."""
    checks = [
        dict(row, old=dict(row["old"]), new=dict(row["new"]))
        for row in figures["checks"]
    ]
    nothing = Reader(money=False, cost=False)
    hidden = env["client.health"]._comparison().hide_money(checks, nothing)
    indicators = env["client.health.indicator"].sudo().with_context(active_test=False)
    hidden |= hide_changes(checks, of_pulses(indicators.search([])), ("old", "new"))
    if hidden:
        _worst_first(checks)
        for row in checks:
            row["others"] = None
    private = _private(env, figures["targets"])
    targets = [
        _without_figures(row) if row["money"] or row["code"] in private else row
        for row in figures["targets"]
    ]
    return {**figures, "checks": checks, "targets": targets, "hidden": hidden}


def unmet(figures):
    """The names of the targets that are not met, without a figure."""
    targets = figures["targets"] if figures else []
    return [row["name"] for row in targets if row["met"] is not True]


def _private(env, targets):
    """Codes of the indicators of these targets that are for managers only now; they may
    have become so after the figures were stored."""
    indicators = env["client.health.indicator"].sudo().with_context(active_test=False)
    found = indicators.search([("code", "in", [row["code"] for row in targets])])
    return {indicator.code for indicator in found if about_money(indicator)}


def _without_figures(row):
    return dict(row, before="", after="", change="", others=None, goal="", hidden=True)


def _worst_first(checks):
    """Sort: the worst at the start first."""
    checks.sort(key=lambda row: RANK.get(row["old"]["level"], len(RANK)))


def _signed(figure, change):
    """A change of an indicator as text, with its sign."""

    def words(value):
        if figure.unit != "ratio":
            return figure._format(value)
        number = short(figure.env, 100 * value)
        if number == "1":
            return figure.env._("1 percentage point")
        return figure.env._("%s percentage points", number)

    text = words(abs(change))
    if text == words(0):
        return text
    return f"{'+' if change > 0 else '−'}{text}"
