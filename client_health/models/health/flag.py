import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate

from ..mixins.bulk import assignments, recordset, with_room

_lt = LazyTranslate(__name__)


class OpenFlag(NamedTuple):
    """What scoring says of an open flag, and its id."""

    level: str
    driver_id: int
    points: int
    value: float
    id: int


# Columns of a flag that scoring writes, and their database types.
SCORED = {
    "level": "text",
    "driver_id": "int",
    "points": "int",
    "value": "float8",
}


class ClientHealthFlag(models.Model):
    """A red flag with its life: raised and cleared by the scoring, handled by
    people. There is one open flag per client, check and side."""

    _name = "client.health.flag"
    _inherit = ["client.of.partner", "mail.activity.mixin"]
    _description = "Red flag"
    _order = "level, raised_on desc, id desc"
    _rec_name = "check_id"

    health_id = fields.Many2one(
        "client.health", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="health_id.partner_id", store=True, string="Client", index=True
    )
    company_id = fields.Many2one(related="health_id.company_id", store=True, index=True)
    check_id = fields.Many2one(
        "client.health.check", required=True, readonly=True, ondelete="cascade"
    )
    level = fields.Selection(
        [("red", "Red"), ("watch", "Warning")], required=True, readonly=True
    )
    side = fields.Selection(
        [("client", "The client's"), ("ours", "Ours")], required=True, readonly=True
    )
    driver_id = fields.Many2one(
        "client.health.indicator",
        readonly=True,
        ondelete="set null",
        groups="client_health.group_manager",
    )
    has_records = fields.Boolean(
        compute="_compute_has_records",
        help="One may see the records that its driver counted.",
    )
    value = fields.Float(
        readonly=True,
        aggregator=None,
        digits=(16, 4),
        groups="client_health.group_manager",
    )
    points = fields.Integer(
        readonly=True,
        groups="client_health.group_manager",
        help="Points this costs the client's score.",
    )
    sentence = fields.Char(compute="_compute_sentence")
    why = fields.Char(
        compute="_compute_why", help="What it is about, and the figure behind it."
    )
    raised_on = fields.Date(string="Raised on", readonly=True)
    cleared_on = fields.Date(string="Cleared on", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("acknowledged", "Acknowledged"),
            ("snoozed", "Snoozed"),
            ("cleared", "Cleared"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    acknowledged_on = fields.Date(string="Acknowledged on", readonly=True)
    snooze_until = fields.Date(
        string="Snoozed until",
        readonly=True,
        help="It comes back on this day, or sooner when it gets worse.",
    )
    snooze_reason = fields.Char(
        string="Reason for snoozing", readonly=True, help="Why it was last snoozed."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain=[("share", "=", False)],
        falsy_value_label=_lt("Nobody"),  # pylint: disable=translation-field
    )
    feedback = fields.Selection(
        [
            ("useful", "Useful"),
            ("false_alarm", "False alarm"),
            ("known", "Already known"),
        ],
        falsy_value_label=_lt("No feedback"),  # pylint: disable=translation-field
        help="Was it right to raise this flag? Managers see the share of false "
        "alarms of every check.",
    )
    feedback_note = fields.Char(string="Note on the feedback")
    feedback_user_id = fields.Many2one("res.users", string="Feedback by", readonly=True)

    _one_open = models.UniqueIndex(
        "(health_id, check_id, side) WHERE state <> 'cleared'",
        "There is already an open flag for this check.",
    )
    _snoozed = models.Index("(company_id, snooze_until) WHERE state = 'snoozed'")

    def init(self):
        self.env.cr.execute(with_room(self._table))

    @api.depends("driver_id", "level")
    @api.depends_context("lang", "uid")
    def _compute_sentence(self):
        """The driver with figure, limit and window; nothing but the check where it
        is about money and one may not see that."""
        private = self._private()
        for flag in self:
            driver = flag.sudo().driver_id.with_context(
                allowed_company_ids=flag.company_id.ids
            )
            if not driver:
                flag.sentence = self.env._("Its indicator was removed.")
            elif flag in private:
                check = flag.sudo().check_id
                flag.sentence = self.env._("%s: beyond its limit", check.name)
            else:
                flag.sentence = driver._sentence(flag.sudo().value, flag.level)

    @api.depends("sentence", "check_id", "side")
    @api.depends_context("lang", "uid")
    def _compute_why(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        for flag in self:
            check = flag.check_id.name
            flag.why = " · ".join(
                [check] * (not flag.sentence.startswith(check))
                + [sides["ours"]] * (flag.side == "ours")
                + [flag.sentence]
            )

    @api.depends("driver_id")
    @api.depends_context("uid")
    def _compute_has_records(self):
        private = self._private()
        for flag in self:
            flag.has_records = bool(flag.sudo().driver_id) and flag not in private

    def _private(self):
        """Those of these flags whose driver is not for the eyes of this user."""
        if self.env.user.has_group("client_health.group_manager"):
            return self.browse()
        return self.filtered(lambda flag: flag.sudo().driver_id.money)

    # -- what scoring does -----------------------------------------------------

    @api.model
    def _open_flags(self, health_ids):
        """Open flags: health id → {(check code, side): :class:`OpenFlag`}."""
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
        flags = {}
        for health, code, side, flag, *values in self.env.cr.fetchall():
            flags.setdefault(health, {})[code, side] = OpenFlag(*values, flag)
        return flags

    @api.model
    def _reconcile(self, assessed, config, day):
        """Raise, change and clear flags so that they say what was assessed.

        ``assessed``: (health id, its open flags, Assessment) per client;
        ``config``: the settings that judged them.
        """
        drivers = config.indicator_ids
        raised, changed, cleared = [], [], []
        for health, held, result in assessed:
            wanted = {}
            for check in result.checks:
                code = check.check.code
                if check.level in ("watch", "red"):
                    wanted[code, "client"] = self._values(
                        check.level, check.driver, check.points, drivers
                    )
                if check.ours_level in ("watch", "red"):
                    wanted[code, "ours"] = self._values(
                        check.ours_level, check.ours, 0, drivers
                    )
            for key, values in wanted.items():
                old = held.get(key)
                if old is None:
                    code, side = key
                    row = dict(zip(SCORED, values, strict=True))
                    row |= {"health_id": health, "side": side}
                    row["check_id"] = config.check_ids[code]
                    raised.append(row)
                elif old[:-1] != values:
                    row = dict(zip(SCORED, values, strict=True), id=old.id)
                    changed.append(row)
            cleared.extend(old.id for key, old in held.items() if key not in wanted)
        self._store_raised(raised, day)
        self._store_changed(changed)
        self._store_cleared(cleared, day)
        woken = self._wake(day)
        if raised or changed or cleared or woken:
            self.invalidate_model(flush=False)

    @api.model
    def _values(self, level, reading, points, drivers):
        """The columns of SCORED, in their order."""
        driver = drivers[reading.indicator.code]
        return level, driver, points, round(reading.value, 6)

    @api.model
    def _since(self, day):
        """SQL: since when the history says so of the check ``c`` of ``h``.

        The first snapshot of the row of snapshots, up to the day, in which the
        check stood at watch or red.
        """
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

    @api.model
    def _date_back(self, company):
        """Say since when of the open flags that went up before their history was
        known."""
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
                self._since(SQL("o.raised_on")),
                company.id,
            )
        )
        self.invalidate_model(["raised_on"], flush=False)

    @api.model
    def _store_raised(self, rows, day):
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO client_health_flag (
                       health_id, partner_id, company_id, user_id, check_id, side,
                       level, driver_id, points, value, state, raised_on,
                       create_uid, create_date, write_uid, write_date)
                   SELECT h.id, h.partner_id, h.company_id, h.user_id, new.check_id,
                          new.side, new.level, new.driver_id, new.points, new.value,
                          'open', COALESCE(since.day, %(day)s),
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
                       health_id int, check_id int, side text, level text,
                       driver_id int, points int, value float8)
                     JOIN client_health h ON h.id = new.health_id
                     JOIN client_health_check c ON c.id = new.check_id
                     LEFT JOIN LATERAL (%(since)s) since ON new.side = 'client'
                   ON CONFLICT DO NOTHING""",
                day=day,
                since=self._since(day),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )

    @api.model
    def _store_changed(self, rows):
        """Write what changed; a flag at watch that was snoozed or acknowledged comes
        back when it turns red: that is news."""
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
                              CASE WHEN %s THEN NULL ELSE f.acknowledged_on END
                     FROM jsonb_to_recordset(%s::jsonb) AS new(%s)
                    WHERE f.id = new.id""",
                assignments(SCORED),
                worse,
                worse,
                worse,
                json.dumps(rows),
                recordset(SCORED),
            )
        )

    @api.model
    def _store_cleared(self, ids, day):
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

    @api.model
    def _wake(self, day):
        """Bring back what was snoozed until ``day`` in the company at hand.

        A flag that was acknowledged before it was snoozed is acknowledged again.
        Returns how many woke up.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE client_health_flag
                      SET snooze_until = NULL,
                          state = CASE WHEN acknowledged_on IS NULL
                                       THEN 'open' ELSE 'acknowledged' END
                    WHERE state = 'snoozed' AND company_id = %s
                      AND snooze_until <= %s""",
                self.env.company.id,
                day,
            )
        )
        return self.env.cr.rowcount
