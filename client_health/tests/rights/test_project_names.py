"""What projects and tasks are called is known to their readers, also in what an
offboarding keeps of them."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..offboarding.case import OffboardingCase


@tagged("post_install", "-at_install")
class TestProjectNames(OffboardingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.make_project(
            cls.client, name="Covert", privacy_visibility="followers"
        )
        cls.task = cls.make_task(cls.project, name="Covert works")
        cls.open_one = cls.make_project(cls.client, name="Website")
        cls.make_task(cls.open_one, name="Front page")
        cls.offboarding = cls.start(user=cls.user)

    def reading(self, user):
        """All that somebody reads of the offboarding and its lines, as text."""
        self.env.invalidate_all()
        mine = self.offboarding.with_user(user)
        told = [mine.guide(), mine.read(), mine.message_ids.mapped("body")]
        for lines in (mine.project_ids, mine.deliverable_ids, mine.waiver_ids):
            names = [n for n, field in lines.fields_get().items() if n[:3] != "my_"]
            told += [lines.read(names), lines.mapped("display_name")]
        told.append(self.env["mail.activity"].with_user(user).search([]).read(["note"]))
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            mine.project_ids.sorted("id").action_close()
        told.append(str(caught.exception))
        for step in ("projects", "transition"):
            wizard = self.env["client.offboarding.finish"].with_user(user)
            wizard = wizard.create({"offboarding_id": mine.id, "step": step})
            told.append(wizard.text)
        return str(told)

    def decide_all(self):
        self.offboarding.sudo().deliverable_ids.decision = "finish"

    def test_what_is_covert_is_named_to_readers_only(self):
        told = self.reading(self.user)
        self.assertNotIn("Covert", told)
        self.assertIn("A project that you may not see", told)
        self.assertIn("1 that you may not see", told)
        self.assertIn("Website", told)
        self.assertIn("Front page", told)
        told = self.reading(self.manager)
        self.assertIn("Covert works", told)
        self.assertNotIn("may not see", told)

    def test_nobody_finds_it_by_its_name_or_names_it_anew(self):
        mine = self.offboarding.with_user(self.user)
        for lines in (mine.project_ids, mine.deliverable_ids):
            found = lines.search([("name", "ilike", "e"), ("id", "in", lines.ids)])
            self.assertEqual(len(found), 1)
            self.assertNotIn("may not see", found.name)
        hidden = mine.deliverable_ids.filtered(lambda d: "may not" in d.name)
        with self.assertRaises(UserError):
            hidden.name = "Overt"

    def test_what_is_kept_of_passing_and_cancelling_names_nothing(self):
        self.decide_all()
        theirs = self.offboarding.with_user(self.manager)
        theirs.project_ids.filtered(
            lambda line: line.sudo().project_id == self.project
        ).action_close()  # what is to be finished is promised
        self.task.active = False
        self.project.stage_id = False
        self.task.active = True
        for step in ("projects", "transition"):
            for need in theirs.sudo()._blocking(step):
                if need.code in ("project", "promise"):
                    theirs.pass_blocker(need.key, "Known")
        told = self.reading_texts(self.user)
        self.assertNotIn("Covert", told)
        self.assertIn("Covert", self.reading_texts(self.manager))
        theirs.action_cancel()
        self.assertNotIn("Covert", self.reading_texts(self.user))

    def reading_texts(self, user):
        self.env.invalidate_all()
        mine = self.offboarding.with_user(user)
        told = [mine.guide(), mine.message_ids.mapped("body"), mine.waiver_ids.read()]
        return str(told)

    def test_the_exit_plan_names_what_its_writer_may_read(self):
        self.decide_all()
        mine = self.offboarding.with_user(self.user)
        mine.deliverable_ids.in_plan = True
        self.env.invalidate_all()
        self.assertNotIn("Covert", str(mine._exit_plan()))
        mine.deliverable_ids.filtered(
            lambda line: "may not" in line.name
        ).client_name = "The rest"
        self.assertIn("The rest", str(mine._exit_plan()))
