"""A refusal tells nothing: no name, no rule, not even that there is a record."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .rights import EXTENDED, MODELS
from .rights_world import USER, WorldCase, extended_models_of

NAMED = (
    "client.incident", "client.pulse", "client.recovery.target", "client.agreement",
    "client.recovery", "client.offboarding",
)  # fmt: skip
SECRETS = ("Shared", "Leaving", "dismissed", "Figure", "Incident: ", "boss")


class RefusalCase(WorldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret = cls.at_work("manager", "client.incident").create(
            {"partner_id": cls.client.id, "category": "abuse", "description": "Secret"}
        )
        pulse = {"partner_id": cls.client.id, "respect": 3, "attitude": 3}
        cls.pulse = cls.at_work("manager", "client.pulse").create(pulse)
        cls.samples = {**cls.samples, "client.pulse": cls.pulse}
        cls.env.flush_all()
        cls.env.invalidate_all()

    def hidden(self):
        """(who, record) of what somebody with a role may not see."""
        yield "user", self.secret
        yield "user", self.pulse
        for name in NAMED:
            yield "stranger", self.samples[name]

    def assertTellsNothing(self, text, *words):
        for word in (*SECRETS, *words):
            self.assertNotIn(word, text)


@tagged("post_install", "-at_install")
class TestRefusals(RefusalCase):
    def test_the_name_of_a_record_that_one_may_not_read_says_what_it_is_only(self):
        for who, record in self.hidden():
            with self.subTest(who=who, model=record._name):
                shown = self.at_work(who, record._name).browse(record.id).sudo()
                self.assertEqual(shown.display_name, record._kind())
                self.assertNotEqual(record.display_name, record._kind())

    def test_a_record_that_is_not_there_is_refused_in_the_same_words(self):
        for who, record in self.hidden():
            mine = self.at_work(who, record._name)
            told = set()
            for record_id in (record.id, 2**30):
                for operation in ("read", "write", "unlink"):
                    if not mine.has_access(operation):
                        continue
                    with self.assertRaises(UserError) as caught:
                        mine.browse(record_id).check_access(operation)
                    told.add(str(caught.exception))
            with self.subTest(who=who, model=record._name):
                self.assertEqual(len(told), 1, told)
                self.assertTellsNothing(*told)

    def test_a_form_names_nothing_that_is_not_there_or_hidden(self):
        forms = self.at_work("user", "client.recovery.target")
        spec = {"recovery_id": {"fields": {"display_name": {}}}}
        theirs = self.env["client.recovery"].create(
            {
                "partner_id": self.client.id,
                "company_id": self.there.id,
                "user_id": self.actors["stranger"].id,
            }
        )
        told = set()
        for record_id in (theirs.id, 2**30):
            with self.assertRaises(UserError) as caught:
                forms.onchange({"recovery_id": record_id}, ["recovery_id"], spec)
            told.add(str(caught.exception))
        self.assertEqual(len(told), 1, told)
        self.assertTellsNothing(*told)

    def test_an_incident_points_at_what_its_reporter_may_see(self):
        mine = self.at_work("user", "client.incident")
        values = {"partner_id": self.client.id, "category": "rejected"}
        told = set()
        for record_id in (self.secret.id, 2**30):
            with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
                mine.create(
                    {**values, "res_model": "client.incident", "res_id": record_id}
                )
            told.add(str(caught.exception).replace(str(record_id), "…"))
        self.assertEqual(len(told), 1, told)
        lead = self.env["crm.lead"].search([("partner_id", "=", self.client.id)])
        lead = lead.filtered(lambda lead: lead.company_id == self.company)[:1]
        seen = mine.create({**values, "res_model": lead._name, "res_id": lead.id})
        self.assertEqual(seen.document_name, lead.display_name)

    def test_filters_and_groups_on_fields_one_may_not_read_get_a_sentence(self):
        models = {**MODELS, **EXTENDED}
        for name in [*MODELS, *extended_models_of(self.env)]:
            if name not in self.env:
                continue
            for who in ("user", "internal", "portal"):
                mine = self.at_work(who, name)
                # of no record at all Odoo's messages answer before they look at fields
                if not mine.has_access("read") or not mine.search_count([]):
                    continue
                lines = models[name]
                told = " ".join(v for k, v in lines.items() if k.endswith("reads"))
                for field in sorted({*told.split()} & {*mine._fields}):
                    if mine._has_field_access(mine._fields[field], "read"):
                        continue
                    for ask in (
                        lambda m=mine, f=field: m.search(Domain(f, "!=", False)),
                        lambda m=mine, f=field: m.search([], order=f, limit=1),
                        lambda m=mine, f=field: m.formatted_read_group([], [f]),
                        lambda m=mine, f=field: m.formatted_read_group(
                            [], [], [f"{f}:count"]
                        ),
                    ):
                        with self.subTest(model=name, field=field, who=who):
                            with self.assertRaises(UserError):
                                ask()


@tagged("post_install", "-at_install")
class TestRefusalsOverTheNetwork(RefusalCase, HttpCase):
    def call(self, who, method, model, *args):
        """The answer as text of a call by a browser in developer mode."""
        user = self.actors[who]
        self.authenticate(user.login, user.login, session_extra={"debug": "1"})
        context = {"allowed_company_ids": user.company_ids.ids, "lang": "en_US"}
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps(
                    {
                        "jsonrpc": "2.0",
                        "params": {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": {"context": context},
                        },
                    }
                ),
                headers={"Content-Type": "application/json"},
            ).json()
        self.assertIn("error", answer)
        return answer["error"]["data"]["message"]

    def test_developer_mode_names_no_record_and_no_rule(self):
        for who, record in self.hidden():
            with self.subTest(who=who, model=record._name):
                said = self.call(who, "read", record._name, record.ids, ["create_date"])
                self.assertIn(record._kind(), said)
                self.assertTellsNothing(said, "rule", str(record.id))
                said = self.call(who, "write", record._name, record.ids, {})
                self.assertTellsNothing(said, "rule", str(record.id))

    def test_who_works_in_both_companies_is_told_to_switch(self):
        both = self.make_user("both", USER)
        both.company_ids += self.there
        mine = self.env["client.health"].with_user(both)
        mine = mine.with_context(allowed_company_ids=self.there.ids)
        with self.assertRaises(UserError) as caught:
            mine.browse(self.health.id).check_access("read")
        context = getattr(caught.exception, "context", {})
        self.assertEqual(context["suggested_company"]["id"], self.company.id)
