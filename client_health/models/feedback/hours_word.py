from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...engine.sold_hours import SoldHours
from ..mixins import company_day

ACTIVITY = "client_health.mail_activity_type_hours"
SHARES = (100, 75)  # percent of the hours sold, the most first
NEWS_DAYS = 7  # what nobody worked on since is no news
KEEP_DAYS = 800  # longer than a yearly period runs


class ClientHoursWord(models.Model):
    """An early word: that the hours sold for running work are used by so much.

    One record for what was told, so that nothing is told twice; a word and its record
    are of one transaction.
    """

    _name = "client.hours.word"
    _inherit = ["client.access.partner"]
    _description = "Word about hours sold"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Sold with", model_field="res_model", required=True, readonly=True
    )
    period_start = fields.Date(
        required=True,
        readonly=True,
        help="The first day of the period; for orders and tasks, each one piece of "
        "work, always the same.",
    )
    percent = fields.Integer(required=True, readonly=True, aggregator=None)
    sold = fields.Float(string="Hours sold", readonly=True, aggregator=None)
    used = fields.Float(string="Hours used", readonly=True, aggregator=None)
    user_id = fields.Many2one(
        "res.users",
        string="Told to",
        readonly=True,
        help="Empty: there was nobody who may see it.",
    )
    told_on = fields.Date(readonly=True)

    _one_each = models.UniqueIndex(
        "(res_model, res_id, period_start, percent)", "It was told already."
    )

    # -- every day -------------------------------------------------------------

    @api.model
    def _cron_tell(self):
        """Tell the owners of work whose hours are used up, company by company."""
        companies = self.env["res.company"].search([])
        for company in companies.filtered("client_health_hours_word"):
            self.with_company(company)._tell(company)
            if self.env.context.get("cron_id"):
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _tell(self, company):
        """Tell what was not told yet; returns the new words."""
        hours = SoldHours(self.env, company)
        today = company_day.today(self.env, company)
        since = today - timedelta(days=NEWS_DAYS)
        reached = [
            found
            for found in hours.running(hours.worked_since(since))
            if found.share >= min(SHARES) / 100
            and found.latest
            and (found.latest >= since)
        ]
        news = self._news(reached)
        if not news:
            return self.browse()
        owners = self._owners([found for found, _shares in news], company)
        values, activities = [], []
        for (found, shares), owner in zip(news, owners, strict=True):
            values += [
                {
                    "partner_id": found.client_id,
                    "company_id": company.id,
                    "res_model": found.model,
                    "res_id": found.res_id,
                    "period_start": found.first or fields.Date.to_date("1970-01-01"),
                    "percent": share,
                    "sold": found.sold,
                    "used": found.used,
                    "user_id": owner.id,
                    "told_on": today,
                }
                for share in shares
            ]
            if owner:
                activities.append(self._activity(found, shares[0], owner, today))
        words = self.create(values)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            activities
        )
        return words

    @api.model
    def _news(self, reached):
        """[(what was sold, its shares that are reached and were not told, the most
        first)]; where the most was told already, less is no news."""
        told = {}
        for word in self.search_fetch(
            [("res_id", "in", [found.res_id for found in reached])],
            ["res_model", "res_id", "period_start", "percent"],
        ):
            start = word.period_start if word.res_model == "client.agreement" else None
            key = (word.res_model, word.res_id, start)
            told[key] = max(told.get(key, 0), word.percent)
        news = []
        for found in reached:
            before = told.get((found.model, found.res_id, found.first), 0)
            shares = [
                share
                for share in SHARES
                if before < share and found.share * 100 >= share - 1e-6
            ]
            if shares:
                news.append((found, shares))
        return news

    @api.model
    def _owners(self, reached, company):
        """Who is told of each: the first of its people who may read it, as a list of
        users, empty ones where there is nobody."""
        people, wanted = {}, {}
        for model in {found.model for found in reached}:
            ids = [found.res_id for found in reached if found.model == model]
            for record in self.env[model].browse(ids):
                people[model, record.id] = self._people_of(record, company)
                for user in people[model, record.id]:
                    wanted.setdefault((user, model), []).append(record.id)
        may_read = set()
        for (user, model), ids in wanted.items():
            theirs = self.env[model].with_user(user)
            theirs = theirs.with_context(allowed_company_ids=company.ids).browse(ids)
            readable = theirs._filtered_access("read")
            may_read.update((user, model, record.id) for record in readable)
        return [
            next(
                (
                    user
                    for user in people[found.model, found.res_id]
                    if (user, found.model, found.res_id) in may_read
                ),
                self.env["res.users"],
            )
            for found in reached
        ]

    @api.model
    def _people_of(self, record, company):
        """The people of a piece of work, its owner first; as users at work here."""
        client = record.partner_id.commercial_partner_id
        if record._name == "client.agreement":
            users = record.user_id | client.user_id | record._some_manager(company)
        elif record._name == "sale.order":
            users = record.project_ids.user_id[:1] | record.user_id | client.user_id
        else:
            users = record.project_id.user_id | record.user_ids[:1] | client.user_id
        return users.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    @api.model
    def _activity(self, found, share, owner, today):
        """Values of the to-do that tells somebody."""
        words = self.with_context(lang=owner.lang).env
        parts = {
            "share": share,
            "used": formatLang(words, found.used, digits=1),
            "sold": formatLang(words, found.sold, digits=1),
        }
        if found.last:
            summary = words._(
                "%(share)s %% of the hours sold are used: %(used)s of %(sold)s, until "
                "%(last)s",
                last=format_date(words, found.last, date_format="d MMMM"),
                **parts,
            )
        else:
            summary = words._(
                "%(share)s %% of the hours sold are used: %(used)s of %(sold)s", **parts
            )
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        return {
            "activity_type_id": kind.id if kind else False,
            "res_model_id": self.env["ir.model"]._get_id(found.model),
            "res_id": found.res_id,
            "user_id": owner.id,
            "summary": summary,
            "date_deadline": today,
        }

    @api.autovacuum
    def _gc_words(self):
        """Delete the words about periods that are long over."""
        limit = fields.Date.subtract(fields.Date.today(), days=KEEP_DAYS)
        self.search(
            [("res_model", "=", "client.agreement"), ("period_start", "<", limit)],
            limit=1000,
        ).unlink()
