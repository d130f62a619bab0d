"""Asking colleagues for a pulse: whom, about which clients, and how often."""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..mixins.access import USER
from .pulse import ACTIVITY

WORK_DAYS = 90  # colleagues who worked for the client within these days are asked
SOON_DAYS = 7  # a pulse that ends within these days is asked for again
PER_WEEK = 5  # questions per colleague
ANSWER_DAYS = 7
POSTS = ("comment", "email", "email_outgoing")


class ClientPulse(models.Model):
    _inherit = "client.pulse"

    @api.model
    def _cron_ask(self):
        """Ask colleagues for a pulse on clients they worked for.

        At most PER_WEEK per colleague and week, clients longest without a pulse first;
        never again while a question is open.
        """
        # one list of questions for all companies, so no day of any one of them
        today = fields.Date.context_today(self)
        left = {}
        for user_id, health_id in self._whom_to_ask(today):
            left.setdefault(user_id, []).append(health_id)
        asked = self._asked_lately(today)
        for user in self.env["res.users"].sudo().browse(left):
            room = PER_WEEK - asked.get(user.id, 0)
            for health in self._readable(user, left[user.id], room):
                self._ask(user, health, today)

    @api.model
    def _whom_to_ask(self, today):
        """(user id, health id) of every question that is due, most urgent first."""
        kind = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY)
        members = self.env.ref(USER).sudo().all_user_ids
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT w.user_id, h.id
                     FROM (%(work)s) w
                     JOIN client_health h ON h.partner_id = w.client_id
                          AND (w.company_id IS NULL OR w.company_id = h.company_id)
                          AND h.phase IN ('active', 'recovery')
                     JOIN res_partner c ON c.id = h.partner_id AND c.active
                     JOIN res_company co ON co.id = h.company_id
                          AND co.client_health_ask_pulse
                     JOIN res_users u ON u.id = w.user_id AND u.active
                          AND u.share IS NOT TRUE AND u.id = ANY(%(members)s)
                     JOIN res_company_users_rel cu
                          ON cu.user_id = u.id AND cu.cid = h.company_id
                     LEFT JOIN client_pulse p ON p.user_id = w.user_id
                          AND p.partner_id = h.partner_id
                          AND p.company_id = h.company_id
                    WHERE NOT EXISTS (
                        SELECT 1 FROM mail_activity a
                         WHERE a.res_model = 'client.health' AND a.res_id = h.id
                           AND a.user_id = w.user_id AND a.active
                           AND a.activity_type_id = %(kind)s)
                    GROUP BY w.user_id, h.id
                   HAVING COALESCE(MAX(p.valid_until) <= %(soon)s, TRUE)
                    ORDER BY w.user_id, MAX(p.valid_until) NULLS FIRST,
                             MAX(w.day) DESC NULLS LAST, h.id""",
                work=self._work_sql(today - timedelta(days=WORK_DAYS)),
                members=members.ids,
                kind=kind,
                soon=today + timedelta(days=SOON_DAYS),
            )
        )

    @api.model
    def _work_sql(self, since):
        """SQL: which user worked for which client since a day.

        Columns ``user_id``, ``client_id``, ``company_id`` (NULL: every company),
        ``day`` (NULL: no particular day). Other modules may add to it.
        """
        start = datetime.combine(since, time.min)
        task = SQL(
            """project_task t
                 JOIN project_project pr ON pr.id = t.project_id
                      AND pr.is_template IS NOT TRUE
                 JOIN res_partner p ON p.id = COALESCE(t.partner_id, pr.partner_id)"""
        )
        sources = [
            # salespeople of a client
            SQL(
                """SELECT p.user_id, p.commercial_partner_id AS client_id,
                          NULL::int AS company_id, NULL::date AS day
                     FROM res_partner p
                    WHERE p.user_id IS NOT NULL AND p.commercial_partner_id = p.id"""
            ),
            # assigned to a task that moved
            SQL(
                """SELECT r.user_id, p.commercial_partner_id, t.company_id,
                          COALESCE(t.date_last_stage_update, t.create_date)::date
                     FROM %s JOIN project_task_user_rel r ON r.task_id = t.id
                    WHERE t.is_template IS NOT TRUE
                      AND COALESCE(t.date_last_stage_update, t.create_date) >= %s""",
                task,
                start,
            ),
            # wrote on a task
            SQL(
                """SELECT u.id, p.commercial_partner_id, t.company_id, m.date::date
                     FROM %s JOIN mail_message m
                          ON m.model = 'project.task' AND m.res_id = t.id
                     JOIN res_users u ON u.partner_id = m.author_id
                    WHERE t.is_template IS NOT TRUE
                      AND m.message_type IN %s AND m.date >= %s""",
                task,
                POSTS,
                start,
            ),
        ]
        if "project_id" in self.env.get("account.analytic.line", ()):
            # logged hours
            sources.append(
                SQL(
                    """SELECT l.user_id, p.commercial_partner_id, l.company_id, l.date
                         FROM account_analytic_line l
                         JOIN res_partner p ON p.id = l.partner_id
                        WHERE l.project_id IS NOT NULL AND l.user_id IS NOT NULL
                          AND l.date >= %s""",
                    since,
                )
            )
        return SQL(" UNION ALL ").join(sources)

    @api.model
    def _asked_lately(self, today):
        """user id → questions of the last days, answered or not."""
        groups = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            ._read_group(
                [
                    ("res_model", "=", "client.health"),
                    ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
                    ("create_date", ">", today - timedelta(days=6)),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    @api.model
    def _readable(self, user, health_ids, limit):
        """The first ``limit`` of these health rows whose client a user may read."""
        found = self.env["client.health"]
        companies = user.company_ids.ids
        for start in range(0, len(health_ids), 50):
            if len(found) >= limit:
                break
            healths = found.browse(health_ids[start : start + 50])
            clients = healths.partner_id.with_user(user).sudo(False)
            seen = clients.with_context(allowed_company_ids=companies)._filtered_access(
                "read"
            )
            found |= healths.filtered(lambda h, seen=seen: h.partner_id in seen)
        return found[: max(limit, 0)]

    @api.model
    def _ask(self, user, health, today):
        """One activity, without a mail about it."""
        words = self.with_context(lang=user.lang).env
        asked = self.env["client.health"].sudo().browse(health.id)
        asked.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITY,
            date_deadline=today + timedelta(days=ANSWER_DAYS),
            user_id=user.id,
            summary=words._("How is it going with %s?", asked.partner_id.display_name),
        )
