"""What happened to a salesperson's clients in a week, as one mail to colleagues."""

import logging
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...scoring.levels import AT_RISK_LEVELS
from ..mixins.access import USER

_logger = logging.getLogger(__name__)

WORST = 3
SENTENCES = 3  # per client: the rest is one click away
LINES = 10  # of flags: more is no summary
KEEP_WEEKS = 26
TEMPLATE = "client_health.mail_template_weekly"
# The summary leaves out clients in recovery or offboarding: what is new with them is
# told at once.
ACTIVE_CLIENTS = Domain("phase", "=", "active")


class ClientHealthWeekly(models.Model):
    """One line per user and week: this user has the summary of this week.

    The line and its mail are written in one transaction, so that nobody gets two mails
    when a job is killed and starts again. The mail itself waits in Odoo's queue.
    """

    _name = "client.health.weekly"
    _description = "Weekly summary"
    _rec_name = "user_id"
    _order = "week desc, id"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    week = fields.Date(string="Week starting", required=True)

    _once = models.UniqueIndex(
        "(user_id, week)", "This user already got the summary of this week."
    )

    @api.model
    def _cron_send(self):
        """One mail for each salesperson whose clients give something to report."""
        # readers work in several companies: the day of the scheduled action counts
        today = fields.Date.context_today(self)
        week = today - timedelta(days=today.weekday())
        users = self._recipients(week)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(users))
        for user in users:
            try:
                with self.env.cr.savepoint():
                    self._send(user, week)
            except Exception:
                _logger.exception("No weekly summary for user %s.", user.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _recipients(self, week):
        """Salespeople at work who may see health and have no mail of ``week`` yet.

        Internal users only, of companies that switched the summary on.
        """
        companies = self.env["res.company"].search(
            [("client_health_weekly_mail", "=", True)]
        )
        if not companies:
            return self.env["res.users"]
        owners = self.env["client.health"]._read_group(
            ACTIVE_CLIENTS & Domain("company_id", "in", companies.ids), ["user_id"]
        )
        done = self.search([("week", "=", week)]).user_id
        return self.env["res.users"].search(
            [
                ("share", "=", False),
                ("all_group_ids", "in", self.env.ref(USER).ids),
                ("company_ids", "in", companies.ids),
                ("email", "!=", False),
                ("id", "in", [owner.id for (owner,) in owners]),
                ("id", "not in", done.ids),
            ],
            order="id",
        )

    @api.model
    def _send(self, user, week):
        """Queue the mail of one user, unless there is nothing to say."""
        record = self.create({"user_id": user.id, "week": week})
        if not any(record._content().values()):
            record.unlink()
            return
        self.env.ref(TEMPLATE).send_mail(record.id)

    def _as_reader(self):
        """This record as its reader sees it: rights, language and companies."""
        self.ensure_one()
        user = self.user_id
        companies = user.company_ids.filtered("client_health_weekly_mail")
        first = user.company_id & companies
        return self.with_user(user).with_context(
            lang=user.lang, allowed_company_ids=(first | companies).ids
        )

    def _content(self):
        """``{"worst", "changed", "flags", "more"}``, as the reader may see it.

        ``worst``: up to three ``{"name", "url", "level", "score", "reason",
        "sentences"}``; ``changed``: ``{"name", "url", "old", "new"}``;
        ``flags``: up to ten ``{"name", "url", "check", "sentence", "since"}``, and
        ``more`` how many there are beyond these. Figures about money stay out for
        those who may not see them: the sentences know their reader.
        """
        self = self._as_reader()
        healths = self.env["client.health"]
        mine = ACTIVE_CLIENTS & Domain("user_id", "=", self.env.uid)
        flags, count = self._open_flags(mine)
        return {
            "worst": [
                {
                    **self._client(health),
                    "score": health.score,
                    "reason": health.level_reason,
                    "sentences": [
                        _with_steps(flag) for flag in health.open_flag_ids[:SENTENCES]
                    ],
                }
                for health in healths.search(
                    mine & Domain("level", "in", AT_RISK_LEVELS),
                    limit=WORST,
                )
            ],
            "changed": self._changed(mine),
            "flags": flags,
            "more": max(count - LINES, 0),
        }

    def _client(self, health):
        name = health.display_name
        if len(self.env.companies) > 1:
            name = f"{name} ({health.company_id.sudo().name})"
        return {
            "name": name,
            "url": f"{self.get_base_url()}/odoo/client-health/{health.id}",
            "level": dict(self._levels())[health.level],
        }

    def _levels(self):
        return (
            self.env["client.health"]._fields["level"]._description_selection(self.env)
        )

    def _changed(self, domain):
        """Clients whose level is another one than on the Monday before."""
        healths = self.env["client.health"]
        rows = self.env.execute_query(
            SQL(
                """SELECT h.id, old.level FROM client_health h
                    CROSS JOIN LATERAL (
                        SELECT s.level FROM client_health_snapshot s
                         WHERE s.health_id = h.id AND s.date <= %s
                         ORDER BY s.date DESC LIMIT 1) old
                    WHERE h.id IN %s AND old.level <> h.level
                    ORDER BY h.level_rank, h.uncapped_score, h.id""",
                self.week - timedelta(days=7),
                healths._search(domain).subselect(),
            )
        )
        before = dict(rows)
        labels = dict(self._levels())
        return [
            {**self._client(health), "old": labels[before[health.id]]}
            for health in healths.browse(before)
        ]

    def _open_flags(self, domain):
        """The flags that wait for somebody, new ones first, and how many."""
        flags = self.env["client.health.flag"]
        waiting = Domain("health_id", "any", domain) & Domain("state", "=", "open")
        found = flags.search(waiting, limit=LINES)
        lines = [
            {
                **self._client(flag.health_id),
                "check": flag.check_id.name,
                "sentence": _with_steps(flag),
                "since": format_date(self.env, flag.raised_on),
            }
            for flag in found
        ]
        full = len(found) == LINES
        return lines, flags.search_count(waiting) if full else len(found)

    @api.autovacuum
    def _gc_weeks(self):
        """Forget who got the summaries of long ago."""
        limit = fields.Date.context_today(self) - timedelta(weeks=KEEP_WEEKS)
        self.search([("week", "<", limit)], limit=1000).unlink()


def _with_steps(flag):
    """What a flag says, and its next steps in a line below it."""
    steps = flag._steps_as_links()
    return Markup("%s<br/>→ %s") % (flag.sentence, steps) if steps else flag.sentence
