"""People and clients for the tests of what is said about clients."""

from contextlib import contextmanager
from unittest.mock import patch

from ..common import HealthCase

USER = "client_health.group_user"
MANAGER = "client_health.group_manager"


class FeedbackCase(HealthCase):
    """A client with a contact, two users, two managers, and one outsider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.make_client("Acme")
        cls.contact = cls.make_contact(cls.client, "Ann")
        cls.make_deal(cls.client)
        cls.anna = cls.make_user("said_anna", USER)
        cls.ben = cls.make_user("said_ben", USER)
        cls.mia = cls.make_user("said_mia", MANAGER)
        cls.max = cls.make_user("said_max", MANAGER)
        cls.otto = cls.make_user("said_otto")
        cls.health = cls.refresh(cls.client)

    def as_user(self, user, model):
        companies = user.company_ids.ids
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=companies)
        )

    @classmethod
    def make_hidden_client(cls):
        """A client that plain users may not read, managers may."""
        client = cls.make_client("Hidden", ref="hidden")
        cls.env["ir.rule"].create(
            {
                "name": "hidden clients",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "domain_force": f"[] if user.has_group('{MANAGER}')"
                " else [('ref', '!=', 'hidden')]",
            }
        )
        return client

    @contextmanager
    def refreshes(self):
        """Collect (companies, clients) of every refresh of the health."""
        seen = []
        original = type(self.env["client.health"])._refresh

        def spy(health, partners=None, as_of=None):
            seen.append((health.env.companies, partners))
            return original(health, partners, as_of)

        with patch.object(type(self.env["client.health"]), "_refresh", spy):
            yield seen

    def check_of(self, code):
        """One check of the client as the health explains it."""
        self.health.invalidate_recordset()
        checks = self.health.explain()["checks"]
        return next(check for check in checks if check["code"] == code)

    def indicator(self, check, code):
        """The value of one indicator of the client, None when not measured."""
        indicators = self.check_of(check)["indicators"]
        return next(i for i in indicators if i["code"] == code)["value"]

    def open_activities(self, record, kind):
        return record.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(f"client_health.{kind}")
        )
