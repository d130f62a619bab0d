"""Builders for the tests: small worlds with amounts and dates of the caller's."""

import functools
import os
from datetime import datetime, time, timedelta
from unittest import SkipTest
from unittest.mock import patch

import pytz
from odoo import Command, fields
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import SQL, file_path

from ..engine.codec import FactCodec
from ..engine.reader import read_facts
from ..facts import messages
from ..facts.base import ClientHealthFacts
from ..facts.statement import drop_preloaded, preload
from ..scoring.keys import FactKey

# Where the company and its people are; make test-days tries others.
ZONE = os.environ.get("TEST_ZONE", "Europe/Amsterdam")
# What a test asks for → the app a person would have to install.
APPS = {
    "account.move": "Invoicing",
    "sale.order": "Sales",
    "project.task:effective_hours": "Timesheets",
}


def installed(env, app):
    """True when the model, or ``model:field``, is there."""
    model, _, field = app.partition(":")
    return model in env and (not field or field in env[model])


def fact_keys(facts, names):
    """The keys of facts by their text, such as ``revenue_365``."""
    catalogue = facts._catalogue()
    keys = set()
    for text in names:
        name, days = str(text), []
        while name not in catalogue and name.rpartition("_")[2].isdigit():
            name, _, number = name.rpartition("_")
            days.insert(0, int(number))
        keys.add(FactKey(name, *days))
    return keys


def read_in_every_way(facts, names, scope):
    """Facts of clients, looking theirs up; the same as of many clients, by reading
    everybody's, and by what is preloaded for several days."""
    keys, env = fact_keys(facts, names), facts.env
    found = read_facts(env, keys, scope)
    if scope.clients:
        everybodys = scope._replace(everyone=True)
        assert read_facts(env, keys, everybodys) == found
        if len(scope.clients) > 1:
            with patch.object(messages, "FEW", 0):
                assert read_facts(env, keys, scope) == found
        # what is kept for several days is everybody's, whoever is asked for
        preloaded = preload(facts, scope._replace(clients=[]))
        assert read_facts(env, keys, everybodys._replace(preloaded=preloaded)) == found
        drop_preloaded(facts, preloaded)
    return found


@tagged("post_install", "-at_install")
class HealthCase(TransactionCase):
    """Two empty companies of our own; nothing of the demonstration data."""

    # True where single tests make invoices: then the accounts are there before
    books = False
    # False where facts need not be read in every way that the engine reads them, which
    # takes four times as long: the tests of the facts themselves do
    in_every_way = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_notrack=True,
                no_reset_password=True,
                tz=ZONE,  # of the company and its people
            )
        )
        cls._remember_working_years()
        cls.Health = cls.env["client.health"]
        cls.Facts = cls.env["client.health.facts"]
        cls.company = cls.make_company("Here")
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.today = cls.today_in(cls.company)

    @classmethod
    def _remember_working_years(cls):
        """Keep them for the whole class: Odoo empties its caches after each test."""
        work_out = ClientHealthFacts._working_year.__wrapped__
        cls.classPatch(ClientHealthFacts, "_working_year", functools.cache(work_out))

    # -- what is there ---------------------------------------------------------

    @classmethod
    def app(cls, *apps):
        """Skip the test (or class) unless these models (or model:field) are there."""
        for app in apps:
            if not installed(cls.env, app):
                raise SkipTest(f"needs app {APPS.get(app, app)}")

    @classmethod
    def today_in(cls, company):
        zone = pytz.timezone(company.resource_calendar_id.tz)
        return datetime.now(zone).date()

    @classmethod
    def ago(cls, days):
        return cls.today - timedelta(days=days)

    @classmethod
    def work_day(cls, day):
        """The day, or the Friday before its weekend; never before today."""
        return max(day - timedelta(days=max(day.weekday() - 4, 0)), cls.today)

    @classmethod
    def moment(cls, day, company=None, hour=12, minute=0):
        """The naive UTC datetime of an hour of the day where the company is."""
        zone = pytz.timezone((company or cls.company).resource_calendar_id.tz)
        local = zone.localize(datetime.combine(day, time(hour, minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def day_of(cls, moment, company=None):
        """The calendar day of a naive UTC datetime where the company is."""
        zone = pytz.timezone((company or cls.company).resource_calendar_id.tz)
        return pytz.utc.localize(moment).astimezone(zone).date()

    @classmethod
    def kept(cls, facts):
        """The columns in which a night keeps facts."""
        codec = FactCodec.of([facts])
        cls.env["client.health.codec"]._remember(codec)
        return {"encoded_facts": codec.encode(facts), "codec": codec.version}

    @classmethod
    def force(cls, records, **values):
        """Write columns as they stand in the table, without any logic of Odoo."""
        cls.env.flush_all()
        for name, value in values.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    value,
                    tuple(records.ids),
                )
            )
        records.invalidate_recordset(list(values), flush=False)
        return records

    # -- whom we deal with -----------------------------------------------------

    @classmethod
    def make_company(cls, name, tz=ZONE, currency=None):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": (currency or cls.env.ref("base.EUR")).id,
                "country_id": cls.env.ref("base.nl").id,
            }
        )
        company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": f"Hours of {name}", "tz": tz, "company_id": company.id}
        )
        cls.env["res.currency"].browse(company.currency_id.id).active = True
        if cls.books:
            cls.open_books(company)
        return company

    @classmethod
    def open_books(cls, company):
        """Give a company its accounts, which takes a second or two."""
        if "account.move" in cls.env and not company.chart_template:
            currency = company.currency_id
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
            company.currency_id = currency

    @classmethod
    def make_client(cls, name="Client", **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    @classmethod
    def make_contact(cls, client, name="Contact", **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": client.id, "is_company": False, **values}
        )

    @classmethod
    def make_user(cls, login, *groups, company=None, companies=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=",".join(groups or ("base.group_user",)),
            company_id=company.id,
            company_ids=[Command.set((companies or company).ids)],
        )

    @classmethod
    def works_everywhere(cls, user):
        """Let a user work in all companies, as who changes checks has to."""
        user.company_ids = cls.env["res.company"].search([])
        return user

    @classmethod
    def hide(cls, record):
        """A rule of the firm by which nobody may read the record."""
        cls.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": cls.env["ir.model"]._get_id(record._name),
                "domain_force": f"[('id', '!=', {record.id})]",
            }
        )

    # -- money -----------------------------------------------------------------

    @classmethod
    def make_invoice(
        cls, client, day, amount, *, company=None, due=None, refund=False,
        currency=None, post=True, project=None,
    ):  # fmt: skip
        company = company or cls.company
        cls.open_books(company)
        line = {
            "name": "Work",
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        if project:
            line["analytic_distribution"] = {str(project.account_id.id): 100}
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_refund" if refund else "out_invoice",
                    "partner_id": client.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_date_due": due or day,
                    "invoice_payment_term_id": False,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def make_bill(cls, day, amount, project, *, company=None, refund=False, share=100):
        """A vendor bill of which ``share`` percent goes to the project."""
        company = company or cls.company
        cls.open_books(company)
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "in_refund" if refund else "in_invoice",
                    "partner_id": cls.make_client("Vendor").id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Purchase",
                                "quantity": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                                "analytic_distribution": {
                                    str(project.account_id.id): share
                                },
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def pay(cls, invoices, day, amount=None):
        values = {"payment_date": day}
        if amount is not None:
            values["amount"] = amount
        return (
            cls.env["account.payment.register"]
            .with_company(invoices.company_id)
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
            ._create_payments()
        )

    @classmethod
    def settle(cls, *moves):
        """Match the receivable lines of moves with each other."""
        lines = cls.env["account.move.line"].union(*(move.line_ids for move in moves))
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()

    @classmethod
    def make_rate(cls, currency, day, rate, company=None):
        currency.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": rate,
                "company_id": (company or cls.company).id,
            }
        )

    # -- work ------------------------------------------------------------------

    @classmethod
    def make_project(cls, client=None, *, company=None, shared=False, day=None, **vals):
        """A project of the company, or (``shared``) of no company."""
        company = company or cls.company
        project = (
            cls.env["project.project"]
            .with_company(company)
            .create(
                {
                    "name": "Project",
                    "partner_id": client.id if client else False,
                    "company_id": False if shared else company.id,
                    **vals,
                }
            )
        )
        if day:
            cls.force(project, create_date=cls.moment(day, company))
        return project

    @classmethod
    def make_task(cls, project, *, day=None, moved=None, client=None, **values):
        """A task made on ``day`` that last moved on ``moved`` (default: then)."""
        if client is not None:
            values["partner_id"] = client.id
        task = cls.env["project.task"].create(
            {"name": "Task", "project_id": project.id, **values}
        )
        company = project.company_id or cls.company
        day = day or cls.ago(1)
        cls.force(
            task,
            create_date=cls.moment(day, company),
            date_last_stage_update=cls.moment(moved or day, company),
        )
        return task

    @classmethod
    def make_milestone(cls, project, reached=None):
        milestone = cls.env["project.milestone"].create(
            {
                "name": "Milestone",
                "project_id": project.id,
                "is_reached": bool(reached),
            }
        )
        return cls.force(milestone, reached_date=reached)

    @classmethod
    def make_employee(cls, hourly_cost, company=None):
        return cls.env["hr.employee"].create(
            {
                "name": "Employee",
                "company_id": (company or cls.company).id,
                "hourly_cost": hourly_cost,
            }
        )

    @classmethod
    def log(cls, employee, day, hours, *, project=None, task=None, **values):
        """Hours on a timesheet, at the employee's cost."""
        company = employee.company_id
        place = project or task.project_id
        if not place.account_id:
            place._create_analytic_account()
        return (
            cls.env["account.analytic.line"]
            .with_company(company)
            .create(
                {
                    "name": "Hours",
                    "date": day,
                    "unit_amount": hours,
                    "employee_id": employee.id,
                    "project_id": place.id,
                    "task_id": task.id if task else False,
                    "company_id": company.id,
                    **values,
                }
            )
        )

    # -- sales -----------------------------------------------------------------

    @classmethod
    def make_opportunity(
        cls, client, *, day=None, outcome=None, closed=None, moved=None,
        company=None, shared=False, **values,
    ):  # fmt: skip
        """An opportunity, open or with an ``outcome`` (won, lost) on ``closed``."""
        company = company or cls.company
        lead = (
            cls.env["crm.lead"]
            .with_company(company)
            .create(
                {
                    "name": "Opportunity",
                    "type": "opportunity",
                    "partner_id": client.id,
                    "user_id": False,
                    "team_id": False,
                    "company_id": False if shared else company.id,
                    **values,
                }
            )
        )
        if outcome == "won":
            lead.action_set_won()
        elif outcome == "lost":
            lead.action_set_lost()
        day = day or cls.ago(1)
        moved = moved or (closed if outcome == "won" else None) or day
        cls.force(
            lead,
            create_date=cls.moment(day, company),
            date_last_stage_update=cls.moment(moved, company),
            company_id=None if shared else company.id,
        )
        if outcome:
            cls.force(lead, date_closed=cls.moment(closed or day, company))
        return lead

    @classmethod
    def make_deal(cls, client, *, day=None, company=None, shared=False, **values):
        """An opportunity with a client, whose first project is over: as
        ``make_opportunity``, which alone makes a prospect."""
        where = {"day": day or cls.ago(1), "company": company, "shared": shared}
        cls.make_project(client, **where).active = False
        return cls.make_opportunity(client, **where, **values)

    @classmethod
    def make_order(
        cls, client, day, amount=100, *, state="sale", company=None, valid_until=None,
        currency=None, **values,
    ):  # fmt: skip
        """A quotation or order of ``day``; ``state`` draft, sent, sale or cancel."""
        company = company or cls.company
        product = cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )
        if currency:
            values["pricelist_id"] = (
                cls.env["product.pricelist"]
                .create(
                    {
                        "name": currency.name,
                        "currency_id": currency.id,
                        "company_id": company.id,
                    }
                )
                .id
            )
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": client.id,
                    "company_id": company.id,
                    "date_order": cls.moment(day, company),
                    "validity_date": valid_until,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                    **values,
                }
            )
        )
        if state == "sale":
            order.action_confirm()
            order.date_order = cls.moment(day, company)
        elif state == "cancel":
            order._action_cancel()
        elif state == "sent":
            order.action_quotation_sent()
        return order

    # -- what the module says --------------------------------------------------

    @classmethod
    def refresh(cls, clients, company=None, as_of=None):
        """Refresh these clients; returns their health records."""
        company = company or cls.company
        Health = cls.env["client.health"].with_context(allowed_company_ids=company.ids)
        return Health._refresh(clients, as_of)

    @classmethod
    def read_facts(cls, keys, clients, company=None, as_of=None, in_every_way=None):
        """client id → facts, as the module reads them from the tables.

        ``in_every_way``: of the class, unless it is given.
        """
        cls.env.flush_all()
        cls.env["client.message.bookmark"]._read_new()
        scope = cls.Facts._scope(company or cls.company, clients.ids, as_of)
        every = cls.in_every_way if in_every_way is None else in_every_way
        if every:
            return read_in_every_way(cls.Facts, frozenset(keys), scope)
        return read_facts(cls.env, fact_keys(cls.Facts, keys), scope)

    @classmethod
    def clients_of(cls, company=None, as_of=None):
        """Ids of the clients of a company, as the module knows them."""
        cls.env.flush_all()
        query = cls.Health._night(company or cls.company).clients.query(as_of)
        return {row[0] for row in cls.env.execute_query(query)}

    def row_versions(self, table):
        """id → version of each row of a table: it changes with every write."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT id, xmin::text, ctid::text FROM %s", SQL.identifier(table))
        )
        return {row[0]: row[1:] for row in self.env.cr.fetchall()}

    def now(self):
        return fields.Datetime.now()


class ScreenCase(HealthCase, HttpCase):
    """The screens in a real browser."""

    def setUp(self):
        super().setUp()
        # left out of some distributions of Odoo; its absence fails every page
        missing = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
        try:
            file_path(missing)
        except FileNotFoundError:  # else the bundles stay those that are kept
            self.leave_out("web.assets_backend", missing)

    def leave_out(self, bundle, path):
        """Take a file out of a bundle."""
        self.env["ir.asset"].create(
            {
                "name": f"without {path}",
                "bundle": bundle,
                "directive": "remove",
                "path": path,
            }
        )
