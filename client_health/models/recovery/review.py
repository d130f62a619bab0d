"""Whether it helped: before and after, beside clients not in recovery."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..health.words import short

# With fewer similar clients their average says too little, and too much of one.
ENOUGH = 5
RANK = {"red": 0, "watch": 1, "ok": 2}
LEVELS = [
    ("red", "Red"),
    ("watch", "Warning"),
    ("ok", "Fine"),
    ("grey", "Not measured"),
]


class ClientRecoveryCheck(models.Model):
    """One check of a client, before and after a recovery that ended."""

    _name = "client.recovery.check"
    _inherit = ["client.of.partner"]
    _description = "Check before and after a recovery"
    _order = "recovery_id desc, id"
    _rec_name = "check_id"

    recovery_id = fields.Many2one(
        "client.recovery", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(related="recovery_id.partner_id", store=True)
    company_id = fields.Many2one(related="recovery_id.company_id", store=True)
    result = fields.Selection(related="recovery_id.state", store=True, string="Result")
    ended_on = fields.Date(related="recovery_id.ended_on", store=True)
    check_id = fields.Many2one(
        "client.health.check", required=True, readonly=True, ondelete="cascade"
    )
    before = fields.Selection(LEVELS, readonly=True)
    after = fields.Selection(LEVELS, readonly=True)
    moved = fields.Selection(
        [
            ("better", "Better"),
            ("same", "The same"),
            ("worse", "Worse"),
            ("unknown", "Not measured"),
        ],
        readonly=True,
        help="Between red, warning and fine.",
    )
    change = fields.Integer(
        string="Points gained",
        readonly=True,
        aggregator="avg",
        groups="client_health.group_manager",
    )


class ClientRecovery(models.Model):
    _inherit = "client.recovery"

    # -- what people read ------------------------------------------------------

    def review(self):
        """How it stands against the start, beside similar clients.

        Returns ``{"from", "to", "over", "score": {"before", "after", "change",
        "others", "count"}, "level": {"before", "after"}, "similar", "similar_level",
        "enough", "settings_changed", "hidden", "checks": [{"code", "name", "old",
        "new", "change", "others", "count", "gone", "moved"}], "targets": […]}``.

        Changes are in points of the score, positive ones are better; ``others`` is
        the mean change of ``count`` clients at the same level at the start that
        were not in recovery, None when there are fewer than ``enough``. Where money
        drives a check, users who may not see it get no points at all. Once it is
        over, what was seen when it was decided. Raises AccessError.
        """
        self.ensure_one()
        self.check_access("read")
        recovery = self.sudo()
        figures = recovery.outcome or recovery._compare_with_entry()
        if figures and not self._is_manager():
            figures = self._without_money(figures)
        return {**figures, "over": self.state in self._closed} if figures else None

    @api.model
    def _without_money(self, figures):
        """The figures for those who may not see money."""
        checks = [
            dict(row, old=dict(row["old"]), new=dict(row["new"]))
            for row in figures["checks"]
        ]
        hidden = self.env["client.health"]._comparison().hide_money(checks)
        if hidden:
            _worst_first(checks)
            for row in checks:
                row["others"] = None
        private = self._private_figures(figures["targets"])
        targets = [
            self._without_figures(row)
            if row["money"] or row["code"] in private
            else row
            for row in figures["targets"]
        ]
        return {**figures, "checks": checks, "targets": targets, "hidden": hidden}

    @api.model
    def _private_figures(self, targets):
        """Codes of the figures of these targets that are for managers now: they may
        have become so since."""
        indicators = self.env["client.health.indicator"].sudo()
        indicators = indicators.with_context(active_test=False)
        found = indicators.search([("code", "in", [row["code"] for row in targets])])
        about_money = self.env["client.recovery.target"]._about_money
        return {indicator.code for indicator in found if about_money(indicator)}

    @api.model
    def _without_figures(self, row):
        return dict(
            row, before="", after="", change="", others=None, goal="", hidden=True
        )

    # -- before and after ------------------------------------------------------

    def _compare_with_entry(self):
        """The figures of :meth:`review` as managers see them; with sudo.

        None where the client is not measured (any more).
        """
        health = self._health()
        if not health or not self.entry:
            return None
        comparison = health._comparison()
        compared = comparison.compare(dict(self.entry), comparison.day(None))
        others = self._others()
        first, last = compared["from"], compared["to"]
        checks = [
            self._review_row(row, others.get(row["code"], (0, None)))
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
            "similar_level": self.entry_level,
            "enough": ENOUGH,
            "settings_changed": compared["settings_changed"],
            "hidden": False,
            "checks": checks,
            "targets": self._target_rows(),
        }

    @api.model
    def _review_row(self, row, others):
        """One check: no change where one of the two days was not measured."""
        old, new = row["old"]["level"], row["new"]["level"]
        measured = old != "grey" and new != "grey"
        moved = "unknown"
        if measured:
            step = RANK[new] - RANK[old]
            moved = "better" if step > 0 else "worse" if step < 0 else "same"
        count, change = others
        return {
            **row,
            "change": row["change"] if measured else None,
            "count": count,
            "others": change,
            "moved": moved,
        }

    def _target_rows(self):
        """What was agreed to reach: before, after and change, beside the others.

        ``[{"code", "name", "goal", "before", "after", "change": texts, "others": a
        text or None, "count", "by": a date as text, "early": before that date, "met":
        True, False or None when not measured, "money", "hidden": False}]``
        """
        self.ensure_one()
        if "client.recovery.target" not in self.env:
            return []
        measured = self.env["client.recovery.target"]._measure(
            self, self._health().facts
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
            "early": target.by_when > self._today(self.company_id),
            "before": figure._format(before),
            "after": after,
            "change": _signed(figure, now - before) if both else "",
            "others": None if mean is None else _signed(figure, mean),
            "count": count,
            "met": met if now is not None else None,
            "money": target.money,
            "hidden": False,
        }

    # -- the others ------------------------------------------------------------

    def _similar(self):
        """SQL: id, first and last snapshot of similar clients not in recovery.

        At the same level on the day of the entry, of the same company, still
        clients, and in no recovery at any time since.
        """
        last = self.ended_on or self._today(self.company_id)
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
                  AND h.phase <> 'ended'
                  AND NOT EXISTS (
                    SELECT 1 FROM client_recovery r
                     WHERE r.partner_id = h.partner_id
                       AND r.company_id = h.company_id
                       AND r.date_start <= %(last)s
                       AND COALESCE(r.ended_on, %(last)s) >= %(first)s)""",
            first=self.entry_on,
            last=last,
            level=self.entry_level,
            company=self.company_id.id,
            partner=self.partner_id.id,
        )

    def _others(self):
        """Check code → (clients, mean points gained) of similar clients.

        Under ``""`` those of the score, under None the clients in all. The mean is
        None of fewer than ``ENOUGH``. Measured on both days only.
        """
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

        ``indicator``: of the scoring, as the settings in force build it. A change
        is the value now less the value at the start, in the indicator's unit.
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


def _worst_first(checks):
    """Put first what was worst at the start."""
    checks.sort(key=lambda row: RANK.get(row["old"]["level"], len(RANK)))


def _signed(figure, change):
    """A change of an indicator as people write it, with its sign."""

    def words(value):
        if figure.unit != "ratio":
            return figure._format(value)
        number = short(figure.env, 100 * value)
        return figure.env._("%s percentage points", number)

    text = words(abs(change))
    if text == words(0):
        return text
    return f"{'+' if change > 0 else '−'}{text}"
