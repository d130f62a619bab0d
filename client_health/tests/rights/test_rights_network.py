"""The same rights over the network, in the chatter and in reports."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .rights_world import WorldCase

OUTSIDERS = ("portal", "internal", "stranger")


@tagged("post_install", "-at_install")
class TestRightsOverTheNetwork(WorldCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {}
        for actor in (*OUTSIDERS, "user", "manager", "everywhere"):
            user = cls.actors.get(actor, cls.everywhere)
            keys = cls.env["res.users.apikeys"].with_user(user).sudo()
            tomorrow = fields.Datetime.now() + timedelta(days=1)
            cls.keys[actor] = keys._generate("rpc", "test", tomorrow)

    def call(self, actor, method, **arguments):
        """(status, answer) of a call on the health, over JSON-2."""
        model = arguments.pop("model", "client.health")
        with mute_logger("odoo.http"):  # which tells of every refusal
            answer = self.url_open(
                f"/json/2/{model}/{method}",
                json=arguments,
                headers={"Authorization": f"bearer {self.keys.get(actor, 'nobody')}"},
            )
        return answer.status_code, answer.json()

    def test_outsiders_get_nothing_over_json_2(self):
        ids = self.health.ids
        foreign = {"allowed_company_ids": self.company.ids}
        for actor in (*OUTSIDERS, "public"):
            for method, arguments in (
                ("read", {"ids": ids, "fields": ["score"]}),
                ("read", {"ids": ids, "fields": ["score"], "context": foreign}),
                ("explain", {"ids": ids}),
                ("relationship", {"ids": ids, "context": foreign}),
                ("write", {"ids": ids, "vals": {"phase": "ended"}}),
            ):
                with self.subTest(actor=actor, method=method):
                    status, answer = self.call(actor, method, **arguments)
                    self.assertIn(status, (401, 403))
                    self.assertNotIn("Shared", str(answer))

    def test_a_user_reads_over_json_2_what_the_screens_show(self):
        ids = self.health.ids
        status, answer = self.call("user", "read", ids=ids, fields=["score"])
        self.assertEqual((status, answer[0]["score"]), (200, self.health.score))
        status, answer = self.call("user", "explain", ids=ids)
        seen = [check["points"] for check in answer["checks"]]
        status, answer = self.call("manager", "explain", ids=ids)
        points = [check["points"] for check in answer["checks"]]
        self.assertEqual(sum(points), 100 - self.health.score)
        if "account.move" in self.env:
            told = "no cost drives a check, and invoices are theirs"
            self.assertEqual(seen, points, told)
        else:
            self.assertEqual(seen, [None] * len(points), "no invoices are theirs")
        status, _answer = self.call("user", "read", ids=ids, fields=["facts"])
        self.assertEqual(status, 403)
        status, _answer = self.call("manager", "_refresh")
        self.assertIn(status, (403, 404))
        here = [("company_id", "=", self.company.id)]
        lead = self.env["crm.lead"].search(here, limit=1)
        arguments = {"ids": lead.ids, "fields": ["client_health_level"]}
        for actor, expected in (("user", 200), ("internal", 403), ("portal", 403)):
            status, _answer = self.call(actor, "read", model="crm.lead", **arguments)
            self.assertEqual(status, expected, actor)

    def test_attacks_over_json_2_are_refused_and_tell_nothing(self):
        """As a colleague without a role, a user, and managers of one company each."""
        secret = self.at_work("manager", "client.incident").create(
            {"partner_id": self.client.id, "category": "abuse", "description": "Secret"}
        )
        check, indicator = (
            self.samples[f"client.health.{name}"] for name in ("check", "indicator")
        )
        person = self.make_contact(self.client, "Shared person")
        trial = {
            "kind": "custom",
            "name": "Peek",
            "model_name": "crm.lead",
            "partner_path": "partner_id",
            "date_field": "create_date",
            "domain": "[('partner_id.opportunity_ids.expected_revenue', '=', 1)]",
            "trial_now": True,
        }
        link = {"res_model": "client.incident", "res_id": secret.id}
        report = {"partner_id": self.client.id, "category": "rejected"}
        attacks = {
            "client.health.check": [
                ("write", {"ids": check.ids, "vals": {"weight": 99}}),
                ("unlink", {"ids": check.ids}),
            ],
            "client.health.indicator": [
                ("write", {"ids": indicator.ids, "vals": {"red": 99}}),
                (
                    "onchange",
                    {"ids": [], "values": trial, "field_names": [*trial]}
                    | {"fields_spec": {"trial": {}}},
                ),
            ],
            "client.incident": [
                ("create", {"vals_list": [{**report, **link}]}),
                ("action_confirm", {"ids": secret.ids}),
            ],
            "res.partner": [
                ("erase_person", {"ids": person.ids}),
                ("action_erase_person", {"ids": person.ids}),
            ],
        }
        may = {"manager": ("client.incident",)}
        for actor in ("internal", "user", "manager", "stranger"):
            for model, calls in attacks.items():
                if model in may.get(actor, ()):
                    continue
                for method, arguments in calls:
                    with self.subTest(actor=actor, model=model, method=method):
                        status, answer = self.call(
                            actor, method, model=model, **arguments
                        )
                        self.assertIn(status, (403, 422), answer)
                        for word in ("Secret", "There", "Shared person", "abuse"):
                            self.assertNotIn(word, answer["message"])
        self.assertTrue(person.exists() and person.name == "Shared person")

    def test_goodbyes_are_taken_back_by_managers_of_their_company_alone(self):
        offboarding = self.samples["client.offboarding"]
        client = offboarding.partner_id
        names = ("state", "archived", "cancelled_on", "reactivated_on", "outcome")
        before = offboarding.sudo().read(names)
        calls = {
            "client.offboarding": [
                ("action_cancel", {"ids": offboarding.ids}),
                ("action_reactivate", {"ids": offboarding.ids}),
                ("write", {"ids": offboarding.ids, "vals": {"state": "done"}}),
                ("unlink", {"ids": offboarding.ids}),
            ],
            "client.health": [
                ("write", {"ids": self.health.ids, "vals": {"phase": "ended"}}),
            ],
            "res.partner": [("unlink", {"ids": client.ids})],
        }
        for actor in ("internal", "user", "stranger"):
            for model, attacks in calls.items():
                for method, arguments in attacks:
                    with self.subTest(actor=actor, model=model, method=method):
                        status, answer = self.call(
                            actor, method, model=model, **arguments
                        )
                        self.assertIn(status, (403, 404, 422), answer)
                        self.assertNotIn("There", answer["message"])
        status, answer = self.call(
            "everywhere", "write", model="res.partner",
            ids=client.ids, vals={"active": False},
        )  # fmt: skip
        # for Odoo a refusal that shows the way out is an error of its own
        self.assertNotEqual(status, 200)
        self.assertIn("has open projects", str(answer["arguments"]))
        self.env.invalidate_all()
        self.assertEqual(offboarding.sudo().read(names), before)
        self.assertTrue(client.active)

    def test_others_pulses_and_what_one_may_not_read_tell_nothing_by_a_filter(self):
        self.at_work("manager", "client.pulse").create(
            {"partner_id": self.client.id, "respect": 1, "attitude": 1, "note": "Rude"}
        )
        for actor, filters in {
            "user": [
                ("client.health", [["facts", "!=", False]]),
                ("client.health", [["encoded_facts", "like", "1"]]),
                ("client.turn", [["sentence", "like", "a"]]),
                ("client.offboarding", [["archived", "!=", False]]),
            ],
            "internal": [
                ("client.pulse", []),
                ("client.incident", []),
                ("client.health", [["score", "<", 50]]),
            ],
        }.items():
            for model, domain in filters:
                with self.subTest(actor=actor, model=model, domain=domain):
                    status, answer = self.call(
                        actor, "search_count", model=model, domain=domain
                    )
                    self.assertIn(status, (403, 422), answer)
                    self.assertTrue(answer["message"])
        status, answer = self.call(
            "user", "search_read", model="client.pulse",
            domain=[["note", "like", "Rude"]], fields=["note"],
        )  # fmt: skip
        self.assertEqual((status, answer), (200, []))

    # -- beside the fields -----------------------------------------------------

    def test_messages_and_files_go_with_their_record(self):
        for name in ("client.recovery", "client.offboarding", "client.agreement"):
            record = self.samples[name]
            attachment = self.env["ir.attachment"].create(
                {"name": "Secret", "res_model": name, "res_id": record.id, "raw": b"x"}
            )
            message = record.message_post(body="Secret", attachment_ids=attachment.ids)
            for actor in ("public", *OUTSIDERS):
                messages = self.at_work(actor, "mail.message")
                files = self.at_work(actor, "ir.attachment")
                with self.subTest(model=name, actor=actor):
                    self.assertRaises(
                        AccessError, messages.browse(message.id).read, ["body"]
                    )
                    self.assertRaises(
                        AccessError, files.browse(attachment.id).read, ["raw"]
                    )
                    mine = [("model", "=", name), ("res_id", "=", record.id)]
                    if actor != "public":
                        self.assertFalse(messages.search(mine))
                    self.assertRaises(
                        AccessError,
                        self.at_work(actor, name).browse(record.id).message_post,
                        body="Here I am",
                    )
            theirs = self.at_work("user", "mail.message").browse(message.id)
            self.assertIn("Secret", theirs.body)

    def test_documents_are_printed_by_those_who_read_the_record(self):
        for report, name in (
            ("client_health.exit_plan", "client.offboarding"),
            ("client_health.client_agreement", "client.recovery"),
        ):
            record = self.samples[name]
            for actor in ("public", *OUTSIDERS):
                reports = self.at_work(actor, "ir.actions.report")
                with self.subTest(report=report, actor=actor):
                    with self.assertRaises(AccessError):
                        reports.sudo(False)._render_qweb_html(report, record.ids)
        reports = self.at_work("user", "ir.actions.report")
        offboarding = self.samples["client.offboarding"]
        html, _kind = reports._render_qweb_html(
            "client_health.exit_plan", offboarding.ids
        )
        self.assertIn("Leaving", str(html))
