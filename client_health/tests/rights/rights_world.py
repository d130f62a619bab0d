"""A record of every model, and somebody of every kind, for the tests of rights."""

import re

from odoo import Command
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.service.model import get_public_method

from ...engine.codec import FactCodec
from ..common import HealthCase
from .rights import MODELS

USER = "client_health.group_user"
MANAGER = "client_health.group_manager"
MODULE = "client_health"
# Python modules of ours, and of the class that the registry puts together.
OURS = re.compile(rf"odoo\.addons\.{MODULE}\b|odoo\.orm\.model_classes$")
# What Odoo lets colleagues do besides, so that it is ours that refuses.
WORK = (
    "base.group_user",
    "base.group_allow_export",
    "sales_team.group_sale_salesman_all_leads",
    "project.group_project_user",
)


def models_of(env):
    """The models of the module that have records."""
    return [
        name
        for name, cls in sorted(env.registry.items())
        if cls._original_module == MODULE and not cls._abstract
    ]


def extended_models_of(env):
    """Models of others with fields or methods of the module."""
    mine = set(models_of(env))
    return [
        name
        for name, cls in sorted(env.registry.items())
        if name not in mine
        and not cls._abstract
        and (fields_of(env[name]) or methods_of(env[name]))
    ]


def fields_of(model):
    """The fields that the module gives a model."""
    mixed = model._name in ("res.users",)  # has them from its partner
    return {
        name
        for name, field in model._fields.items()
        if MODULE in (field._modules or ())
        and name not in LOG_ACCESS_COLUMNS
        and not (mixed and field.inherited)
    }


def methods_of(model):
    """What can be called over the network and is the module's, by Odoo's own rule;
    without what it overrides of Odoo."""
    found = set()
    for name in dir(type(model)):
        owners = [c for c in type(model).mro() if name in c.__dict__]
        if not all(OURS.match(owner.__module__) for owner in owners):
            continue
        try:
            get_public_method(model, name)
        except Exception:  # not callable, or private
            continue
        found.add(name)
    return found


class WorldCase(HealthCase):
    """One company with a record of every model, and one beside it."""

    def setUp(self):
        super().setUp()
        self.dialogs = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.make_company("There")
        cls.actors = {
            "public": cls.make_user("visitor", "base.group_public"),
            "portal": cls.make_user("customer", "base.group_portal"),
            "internal": cls.make_user("colleague", *WORK),
            "stranger": cls.make_user("stranger", MANAGER, *WORK, company=cls.there),
            "user": cls.make_user("relation", USER, *WORK),
            "manager": cls.make_user("boss", MANAGER, *WORK),
        }
        cls.user, cls.manager = cls.actors["user"], cls.actors["manager"]
        cls.everywhere = cls.make_user("everywhere", MANAGER, *WORK)
        cls.works_everywhere(cls.everywhere)
        cls.env["client.health.check"].search([]).active = False
        cls.make_check("open", "open_leads", (0, 1, 3), "count")
        cls.make_check("rich", "opt(to_invoice) + 7 * open_leads", (0, 10, 20), "money")
        cls.client = cls.make_client("Shared", user_id=cls.user.id)
        cls.leaving = cls.make_client("Leaving", user_id=cls.user.id)
        for client in (cls.client, cls.client, cls.leaving):
            cls.make_deal(client, day=cls.ago(60))
        cls.make_deal(cls.client, company=cls.there)
        cls.project = cls.make_project(cls.leaving)
        cls.make_task(cls.project)
        cls.refresh(cls.client | cls.leaving, as_of=cls.ago(40))
        cls.refresh(cls.client | cls.leaving)
        cls.refresh(cls.client, cls.there)
        cls.health = cls.Health.search(
            [("partner_id", "=", cls.client.id), ("company_id", "=", cls.company.id)]
        )
        cls.samples = {
            model: cls.env[model].browse(record.ids[:1])
            for model, record in cls.make_samples().items()
        }
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def make_check(cls, code, formula, limits, unit):
        indicator = {
            "code": f"{code}_figure",
            "name": f"Figure {code}",
            "formula": formula,
            "unit": unit,
            **dict(zip(("good", "watch", "red"), limits, strict=True)),
        }
        cls.env["client.health.check"].create(
            {
                "code": code,
                "name": f"Check {code}",
                "weight": 10,
                "indicator_ids": [Command.create(indicator)],
            }
        )

    @classmethod
    def at_work(cls, actor, model):
        """A model for somebody in their own company."""
        user, companies = cls.actors[actor], cls.actors[actor].company_ids
        if actor == "manager" and MODELS.get(model, {}).get("everywhere"):
            user = cls.everywhere
        return (
            cls.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids, lang="en_US")
        )

    @classmethod
    def make_samples(cls):
        """Model → one record, of this company; not the dialogs."""
        env, client = cls.env, cls.client
        flag = cls.health.flag_ids.filtered(lambda f: f.check_id.code == "open")
        mine = {"partner_id": client.id}
        found = {
            "client.health": cls.health,
            "client.health.flag": flag,
            "client.health.snapshot": cls.health.snapshot_ids,
            "client.health.check": flag.check_id,
            "client.health.indicator": flag.driver_id,
            "client.health.config": env["client.health.config"].search([], limit=1),
            "client.health.codec": env["client.health.codec"].search([], limit=1),
            "client.health.run": env["client.health.run"].create(
                {"company_id": cls.company.id, "as_of": cls.today}
            ),
            "client.health.month": env["client.health.month"].search(
                [("health_id", "=", cls.health.id)], limit=1
            ),
            "client.health.figure": env["client.health.figure"].search(
                [("health_id", "=", cls.health.id)]
            ),
            "client.health.receivable": env["client.health.receivable"].search(
                [("health_id", "=", cls.health.id)]
            ),
            "client.health.weekly": env["client.health.weekly"].create(
                {"user_id": cls.user.id, "week": cls.today}
            ),
            "client.incident": cls.at_work("user", "client.incident").create(
                {**mine, "category": "rejected"}
            ),
            "client.agreement": env["client.agreement"].create(mine),
            "client.affiliation": env["client.affiliation"].create(
                {
                    "contact_id": cls.leaving.id,
                    "partner_id": cls.client.id,
                    "until": cls.today,
                }
            ),
            "client.people.dismissal": env["client.people.dismissal"].create(
                {
                    "health_id": cls.health.id,
                    "partner_id": client.id,
                    "company_id": cls.company.id,
                    "kind": "silent",
                    "contact_id": client.id,
                    "reason": "On leave",
                }
            ),
            "client.request": cls.at_work("user", "client.request").create(
                {**mine, "name": "Texts", "due_on": cls.today}
            ),
            "client.talk": cls.at_work("user", "client.talk").create(
                {**mine, "said": "Words"}
            ),
            "client.turn": cls.make_turn(),
            "client.hours.word": env["client.hours.word"].create(
                {
                    **mine,
                    "company_id": cls.company.id,
                    "res_model": client._name,
                    "res_id": client.id,
                    "period_start": cls.today,
                    "percent": 75,
                }
            ),
        }
        recovery = cls.at_work("user", "client.recovery").create(mine).sudo()
        target = {
            "recovery_id": recovery.id,
            "indicator_id": flag.driver_id.id,
            "value": 0,
            "by_when": cls.today,
        }
        before = {"recovery_id": recovery.id, "check_id": flag.check_id.id}
        offboarding = cls.at_work("user", "client.offboarding").create(
            {"partner_id": cls.leaving.id, "date_end": cls.ago(-60)}
        )
        offboarding = offboarding.sudo()
        waiver = {
            "key": "no_reason",
            "text": "What",
            "reason": "Why",
            "user_id": cls.manager.id,
            "date": cls.today,
        }
        found |= {
            "client.recovery": recovery,
            "client.recovery.step": recovery.step_ids,
            "client.recovery.figure": recovery.figure_ids.filtered(
                lambda figure: not figure.money
            ),
            "client.recovery.answer": recovery.answer_ids,
            "client.recovery.channel": recovery.channel_ids,
            "client.recovery.target": env["client.recovery.target"].create(target),
            "client.recovery.check": env["client.recovery.check"].create(before),
            "client.recovery.waiver": env["client.recovery.waiver"].create(
                {**waiver, "recovery_id": recovery.id}
            ),
            "client.offboarding": offboarding,
            "client.offboarding.step": offboarding.step_ids,
            "client.offboarding.project": offboarding.project_ids,
            "client.offboarding.deliverable": offboarding.deliverable_ids,
            "client.offboarding.waiver": env["client.offboarding.waiver"].create(
                {**waiver, "offboarding_id": offboarding.id}
            ),
        }
        # last: what comes before may score the client again
        found["client.health.figure.month"] = cls.make_figure_month()
        return found

    @classmethod
    def make_figure_month(cls):
        """A month in which the client was worked for, as its facts say."""
        facts = {**cls.health.sudo().facts, "hours_months": [1] + [0] * 11}
        codec = FactCodec.of([facts])
        cls.env["client.health.codec"]._remember(codec)
        cls.force(cls.health, encoded_facts=codec.encode(facts), codec=codec.version)
        months = cls.env["client.health.figure.month"]
        return months.search([("health_id", "=", cls.health.id)], limit=1)

    @classmethod
    def make_turn(cls):
        """A question of the client on an opportunity that all may read."""
        leads = cls.env["crm.lead"].search([("partner_id", "=", cls.client.id)])
        lead = leads.filtered(lambda lead: lead.company_id == cls.company)[:1]
        message = lead.message_post(
            body="Could you please call me?",
            author_id=cls.client.id,
            email_from="asks@client.example",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        return cls.env["client.turn"].create(
            {
                "health_id": cls.health.id,
                "partner_id": cls.client.id,
                "company_id": cls.company.id,
                "contact_id": cls.client.id,
                "message_id": message.id,
                "res_model": lead._name,
                "res_id": lead.id,
                "sentence": "Could you please call me?",
                "waits_for": "ours",
                "state": "waiting",
                "surely": True,
            }
        )

    @classmethod
    def make_dialog(cls, model, actor):
        """A dialog that somebody has open, or what else is theirs alone."""
        mine = cls.at_work(actor, model)
        here = {"company_id": cls.company.id}
        currency = cls.company.currency_id.id
        health, partners = cls.health.id, [Command.set(cls.client.ids)]
        recovery = cls.samples["client.recovery"].id
        indicator = cls.samples["client.health.indicator"].id
        evidence = {"health_id": health, "indicator_id": indicator}
        if model == "client.health.evidence.line":
            line = Command.create({"name": "Fact", "model": "crm.lead"})
            shown = cls.at_work(actor, "client.health.evidence")
            return shown.create({**evidence, "line_ids": [line]}).line_ids
        if model.startswith("client.health.what.if"):
            what_if = cls.at_work(actor, "client.health.what.if")
            what_if = what_if.browse(what_if.action_open()["res_id"])
            if model == what_if._name:
                return what_if
            lines = [f for f in what_if._fields.values() if f.comodel_name == model]
            name = next(f.name for f in lines if f.type == "one2many")
            return what_if[name][:1] or mine.create(
                {what_if._fields[name].inverse_name: what_if.id}
            )
        if model.startswith("client.sheet"):
            sheets = cls.at_work(actor, "client.sheet")
            sheet = sheets.create({"health_id": health, "currency_id": currency})
            line = {"sheet_id": sheet.id, "name": "All hours"}
            return sheet if model == "client.sheet" else mine.create(line)
        values = {
            "client.pulse": {"partner_id": cls.client.id, "respect": 3, "attitude": 3},
            "client.health.evidence": evidence,
            "client.health.flag.snooze": {
                "flag_ids": [Command.set(cls.samples["client.health.flag"].ids)],
                "until": cls.ago(-9),
                "reason": "Known",
            },
            "client.health.override": {
                "health_id": health, "level": "watch", "reason": "Known",
            },
            "client.health.setup": here,
            "client.handover": {"user_id": cls.user.id, "health_id": health},
            "client.recovery.start": {"partner_ids": partners},
            "client.recovery.decide": {"recovery_id": recovery, "decision": "cancel"},
            "client.recovery.checkin": {
                "recovery_id": recovery,
                "start": "2031-01-01 09:00:00",
                "until": "2031-01-02",
                "partner_ids": partners,
            },
            "client.offboarding.start": {"partner_ids": partners},
            "client.offboarding.finish": {
                "offboarding_id": cls.samples["client.offboarding"].id,
                "step": "contract",
            },
            "client.offboarding.close": {
                "project_line_id": cls.samples["client.offboarding.project"].id,
            },
            "client.offboarding.remainder": {
                "offboarding_id": cls.samples["client.offboarding"].id,
                "order_ids": "1",
                "reason": "Because",
            },
            "client.offboarding.pass": {
                "offboarding_id": cls.samples["client.offboarding"].id,
                "key": "no_reason",
                "reason": "Known",
            },
        }  # fmt: skip
        return mine.create(values[model])

    def sample(self, model, actor):
        """The record of a model as somebody meets it: dialogs are their own."""
        record = self.samples.get(model)
        if record is None:
            if (model, actor) not in self.dialogs:
                self.dialogs[model, actor] = self.make_dialog(model, actor)
            record = self.dialogs[model, actor]
        return self.at_work(actor, model).browse(record.ids)
