from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import format_date

from .case import FeedbackCase

KIND = "mail_activity_type_agreement"


class TestAgreement(FeedbackCase):
    def draft(self, start=0, end=None, user=None, **values):
        """A draft from ``start`` to ``end`` days from now."""
        return self.as_user(user or self.mia, "client.agreement").create(
            {
                "partner_id": self.client.id,
                "date_start": self.ago(-start),
                "date_end": end is not None and self.ago(-end),
                **values,
            }
        )

    def active(self, start=0, end=None, **values):
        agreement = self.draft(start, end, **values)
        agreement.action_activate()
        return agreement

    def in_force(self, days=0, partner=None):
        return self.env["client.agreement"]._in_force(
            partner or self.client, self.company, self.ago(-days)
        )

    # -- imported --------------------------------------------------------------

    def test_an_import_puts_many_in_force_at_once(self):
        clients = [self.make_client(f"Client {number}") for number in range(150)]
        day = str(self.ago(10))
        rows = [[str(c.id), day, "1" if n else "0"] for n, c in enumerate(clients)]
        found = self.as_user(self.mia, "client.agreement").load(
            ["partner_id/.id", "date_start", "activate"], rows
        )
        self.assertFalse(found["messages"])
        agreements = self.env["client.agreement"].browse(found["ids"])
        states = agreements.mapped("state")
        self.assertEqual((states[0], set(states[1:])), ("draft", {"active"}))

    # -- in force --------------------------------------------------------------

    def test_a_draft_is_not_in_force_until_it_is_activated(self):
        agreement = self.draft(-10, 10)
        self.assertFalse(self.in_force())
        agreement.action_activate()
        self.assertEqual(self.in_force(), agreement)
        self.assertTrue(agreement.in_force)

    def test_first_and_last_day_belong_to_it(self):
        agreement = self.active(-10, 10)
        for days, expected in ((-11, False), (-10, True), (10, True), (11, False)):
            found = self.in_force(days)
            self.assertEqual(bool(found == agreement), expected, days)

    def test_without_an_end_it_goes_on(self):
        agreement = self.active(-10)
        self.assertEqual(self.in_force(5000), agreement)

    def test_a_contact_has_the_agreement_of_its_company(self):
        agreement = self.active(-1, partner_id=self.contact.id)
        self.assertEqual(agreement.partner_id, self.client)
        self.assertEqual(self.in_force(partner=self.contact), agreement)
        self.assertEqual(self.contact.with_user(self.anna).agreement_id, agreement)
        action = self.contact.with_user(self.anna).action_open_agreement()
        self.assertEqual(action["res_id"], agreement.id)

    def test_in_force_is_found(self):
        now = self.active(-10, 10)
        later = self.active(11)
        own = [("partner_id", "=", self.client.id)]
        search = self.env["client.agreement"].search
        self.assertEqual(search([*own, ("in_force", "=", True)]), now)
        self.assertEqual(search([*own, ("in_force", "=", False)]), later)

    def test_two_in_force_at_once_are_refused_naming_the_other(self):
        self.active(-10, 10)
        for start, end in ((10, 20), (-20, -10), (-5, 5), (-20, None)):
            draft = self.draft(start, end)
            with (
                self.assertRaisesRegex(
                    ValidationError,
                    "together with Version 1 of the agreement with Acme",
                ),
                self.env.cr.savepoint(),
            ):
                draft.action_activate()
        self.active(11, 20)
        self.active(-20, -11)

    def test_moving_the_end_into_another_is_refused(self):
        first = self.active(-10, 10)
        self.active(11, 20)
        with self.assertRaisesRegex(ValidationError, "together with"):
            first.date_end = self.ago(-11)

    def test_other_clients_and_companies_have_their_own(self):
        there = self.make_company("There")
        self.mia.company_ids += there
        self.active(-10)
        self.active(-10, partner_id=self.make_client("Other").id)
        elsewhere = self.as_user(self.mia, "client.agreement").create(
            {"partner_id": self.client.id, "company_id": there.id}
        )
        elsewhere.action_activate()
        self.assertEqual(elsewhere.state, "active")

    # -- versions --------------------------------------------------------------

    def test_a_new_version_follows_and_ends_the_one_before(self):
        first = self.active(-30, channel="phone", client_response_hours=8)
        action = first.action_new_version()
        second = self.env["client.agreement"].browse(action["res_id"])
        self.assertEqual(second.state, "draft")
        self.assertEqual(second.previous_id, first)
        self.assertEqual(second.version, 2)
        self.assertEqual((second.channel, second.client_response_hours), ("phone", 8))
        self.assertEqual(first.state, "active", "a draft ends nothing")
        second = second.with_user(self.mia)
        second.client_response_hours = 4
        second.action_activate()
        self.assertEqual(first.date_end, second.date_start - timedelta(days=1))
        self.assertEqual(first.state, "ended")
        self.assertEqual(self.in_force(), second)
        self.assertEqual(self.in_force(-1), first, "history stays")
        self.assertEqual(second.action_open_previous()["res_id"], first.id)

    def test_a_new_version_starts_after_the_end_and_lasts_as_long(self):
        first = self.active(-10, 20)
        second = self.env["client.agreement"].browse(
            first.action_new_version()["res_id"]
        )
        self.assertEqual(second.date_start, self.ago(-21))
        self.assertEqual(second.date_end, self.ago(-51))
        second.with_user(self.mia).action_activate()
        self.assertEqual(first.state, "active", "until its last day")
        self.assertEqual(first.date_end, self.ago(-20))

    def test_asking_twice_opens_the_same_draft(self):
        first = self.active(-10)
        self.assertEqual(
            first.action_new_version()["res_id"], first.action_new_version()["res_id"]
        )

    def test_what_was_never_in_force_is_refused_instead_of_ended(self):
        first = self.active(0)
        second = self.env["client.agreement"].browse(
            first.action_new_version()["res_id"]
        )
        second.with_user(self.mia).action_activate()
        self.assertEqual(first.state, "refused")
        self.assertEqual(self.in_force(), second)

    # -- its life --------------------------------------------------------------

    def test_ending_takes_it_out_of_force_at_once_and_keeps_history(self):
        agreement = self.active(-10, 10)
        agreement.action_end()
        self.assertEqual(agreement.state, "ended")
        self.assertFalse(self.in_force())
        self.assertEqual(self.in_force(-1), agreement)

    def test_a_refused_draft_can_be_taken_up_again(self):
        agreement = self.draft()
        agreement.action_refuse()
        self.assertEqual(agreement.state, "refused")
        with self.assertRaisesRegex(UserError, "is refused and cannot be activated"):
            agreement.action_activate()
        agreement.action_back_to_draft()
        agreement.action_activate()
        self.assertEqual(agreement.state, "active")

    def test_steps_out_of_order_say_so(self):
        draft = self.draft()
        with self.assertRaisesRegex(UserError, "agreement with Acme is draft"):
            draft.action_end()
        with self.assertRaisesRegex(UserError, "is draft"):
            draft.action_new_version()
        draft.action_activate()
        for method in ("action_activate", "action_refuse", "action_back_to_draft"):
            with self.assertRaisesRegex(UserError, "is active"):
                getattr(draft, method)()

    def test_it_ends_by_itself_after_the_last_day(self):
        agreement = self.active(-10, 3)
        with freeze_time(self.moment(self.ago(-3))):
            self.env["client.agreement"]._cron_agreements()
            self.assertEqual(agreement.state, "active")
        with freeze_time(self.moment(self.ago(-4))), self.refreshes() as seen:
            self.env["client.agreement"]._cron_agreements()
            self.assertEqual(agreement.state, "ended")
            self.assertIn((self.company, self.client), seen)

    def test_one_that_is_over_already_is_history_when_activated(self):
        agreement = self.active(-100, -50)
        self.assertEqual(agreement.state, "ended")
        self.assertEqual(self.in_force(-60), agreement)

    # -- terms -----------------------------------------------------------------

    def test_terms_do_not_change_once_agreed(self):
        agreement = self.active(-10, 10)
        for name, value in (
            ("client_response_hours", 1),
            ("required_rate", 500),
            ("date_start", self.ago(100)),
            ("boundaries", "None"),
            ("partner_id", self.make_client("Other").id),
        ):
            with self.assertRaisesRegex(UserError, "Make a new version"):
                agreement.write({name: value})
        agreement.write({"date_end": self.ago(-30), "notice_days": 5})
        agreement.action_end()
        with self.assertRaisesRegex(UserError, "Make a new version"):
            agreement.date_end = self.ago(-30)

    def test_impossible_terms_name_the_field(self):
        for name, label in (
            ("notice_days", "Notice"),
            ("client_response_hours", "Client answers"),
            ("our_response_hours", "We answer"),
            ("contact_every_days", "In touch"),
            ("required_rate", "Required rate"),
        ):
            with self.assertRaisesRegex(ValidationError, f"“{label}.*below zero"):
                self.draft(**{name: -1})
        with self.assertRaisesRegex(ValidationError, "“Until”.*before its start"):
            self.draft(0, -1)
        self.draft(0, 0)

    def test_notice_date_is_the_end_less_the_days_of_notice(self):
        agreement = self.draft(0, 100, notice_days=30)
        self.assertEqual(agreement.notice_date, self.ago(-70))
        agreement.date_end = False
        self.assertFalse(agreement.notice_date)

    def test_agreed_terms_take_the_place_of_the_settings_at_once(self):
        self.company.client_health_required_rate = 100
        keys = ["required_rate", "contact_every_days"]
        agreement = self.draft(-10, required_rate=75, contact_every_days=7)
        self.assertEqual(
            self.read_facts(keys, self.client)[self.client.id]["required_rate"], 100
        )
        with self.refreshes() as seen:
            agreement.action_activate()
        self.assertIn((self.company, self.client), seen)
        facts = self.read_facts(keys, self.client)[self.client.id]
        self.assertEqual((facts["required_rate"], facts["contact_every_days"]), (75, 7))
        with self.refreshes() as seen:
            agreement.action_end()
        self.assertIn((self.company, self.client), seen)
        self.assertEqual(
            self.read_facts(keys, self.client)[self.client.id]["required_rate"], 100
        )

    # -- notice ----------------------------------------------------------------

    def warned(self, agreement):
        self.env["client.agreement"]._cron_agreements()
        return self.open_activities(agreement, KIND)

    def test_the_salesperson_is_warned_once_14_days_before_notice(self):
        self.client.user_id = self.anna
        early = self.active(0, 45, notice_days=30)  # notice in 15 days
        self.assertFalse(self.warned(early))
        early.date_end = self.ago(-44)  # in 14 days
        activity = self.warned(early)
        self.assertEqual(activity.user_id, self.anna)
        self.assertEqual(activity.date_deadline, early.notice_date)
        self.assertIn(format_date(self.env, early.date_end), activity.summary)
        activity.action_feedback()
        self.assertFalse(self.warned(early), "never twice")

    def test_a_new_end_is_warned_of_again(self):
        self.client.user_id = self.anna
        agreement = self.active(0, 40, notice_days=30)
        self.warned(agreement).action_feedback()
        agreement.date_end = self.ago(-41)
        self.assertTrue(self.warned(agreement))

    def test_the_one_responsible_is_warned_rather_than_the_salesperson(self):
        self.client.user_id = self.anna
        agreement = self.active(0, 40, notice_days=30, user_id=self.ben.id)
        self.assertEqual(self.warned(agreement).user_id, self.ben)

    def test_without_anybody_responsible_a_manager_is_warned(self):
        agreement = self.active(0, 40, notice_days=30)
        self.assertEqual(self.warned(agreement).user_id, self.mia)

    def test_a_warning_goes_when_the_agreement_ends(self):
        agreement = self.active(-10, 30, notice_days=30)
        self.assertTrue(self.warned(agreement))
        agreement.action_end()
        self.assertFalse(self.open_activities(agreement, KIND))

    def test_drafts_and_open_ends_warn_of_nothing(self):
        self.assertFalse(self.warned(self.draft(0, 10, notice_days=5)))
        self.assertFalse(self.warned(self.active(0, notice_days=30)))

    # -- rights ----------------------------------------------------------------

    def test_users_read_agreements_without_the_rate(self):
        agreement = self.active(-10, required_rate=75)
        seen = agreement.with_user(self.anna)
        self.assertEqual(seen.channel, "email")
        self.assertNotIn("required_rate", seen.fields_get())
        with self.assertRaises(AccessError):
            seen.read(["required_rate"])
        with self.assertRaises(AccessError):
            seen.search([("required_rate", ">", 0)])
        self.assertNotIn(
            "required_rate",
            seen.get_view(
                self.env.ref("client_health.client_agreement_view_form").id, "form"
            )["arch"],
        )
        self.assertEqual(agreement.required_rate, 75)

    def test_users_change_nothing(self):
        agreement = self.draft(-10)
        seen = agreement.with_user(self.anna)
        for operation in (
            lambda: seen.write({"channel": "phone"}),
            lambda: seen.unlink(),
            lambda: self.draft(user=self.anna),
            lambda: seen.action_activate(),
            lambda: seen.action_refuse(),
        ):
            with self.assertRaises(UserError):
                operation()
        agreement.action_activate()
        for method in ("action_end", "action_new_version"):
            with self.assertRaisesRegex(UserError, "Only managers"):
                getattr(seen, method)()

    def test_without_the_group_nothing_is_there(self):
        agreement = self.active(-10)
        with self.assertRaises(AccessError):
            agreement.with_user(self.otto).read(["channel"])
        with self.assertRaises(AccessError):
            self.client.with_user(self.otto).read(["agreement_id"])

    def test_another_company_sees_nothing(self):
        there = self.make_company("There")
        stranger = self.make_user(
            "said_stranger", "client_health.group_manager", company=there
        )
        agreement = self.active(-10)
        theirs = self.as_user(stranger, "client.agreement").browse(agreement.id)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.action_end()

    def test_agreements_of_clients_one_may_not_read_stay_hidden(self):
        hidden = self.make_hidden_client()
        agreement = self.active(-10, partner_id=hidden.id)
        self.assertFalse(self.as_user(self.anna, "client.agreement").search([]))
        with self.assertRaises(AccessError):
            agreement.with_user(self.anna).read(["channel"])

    def test_state_and_version_are_not_written_by_hand(self):
        agreement = self.draft(-10)
        other = self.draft(100)
        for name, value in (
            ("state", "active"),
            ("version", 7),
            ("previous_id", other.id),
            ("notice_date", self.today),
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                agreement.write({name: value})
            with self.assertRaisesRegex(UserError, "not written by hand"):
                self.draft(**{name: value})

    def test_history_is_not_deleted(self):
        self.draft().unlink()
        agreement = self.active(-10)
        with self.assertRaisesRegex(UserError, "belongs to the history"):
            agreement.unlink()

    def test_a_manager_writes_one_in_the_form(self):
        form = Form(self.as_user(self.mia, "client.agreement"))
        form.partner_id = self.client
        form.client_response_hours = 16
        form.required_rate = 90
        agreement = form.save()
        self.assertEqual(agreement.company_id, self.company)
        self.assertEqual(agreement.display_name, "Version 1 of the agreement with Acme")
