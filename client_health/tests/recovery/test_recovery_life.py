"""Recovery: its steps, silent meanwhile, stopped, decided."""

from ast import literal_eval
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from lxml.etree import fromstring
from odoo.exceptions import AccessError, UserError, ValidationError

from ...engine.alerts import Alerts
from .case import RecoveryCase


class TestRecoveryLife(RecoveryCase):
    # -- steps -------------------------------------------------------------------

    def test_a_step_without_what_belongs_to_it_is_finished_with_a_reason(self):
        recovery = self.start()
        self.look_at_ourselves(recovery)
        recovery.action_finish_step()
        action = recovery.action_finish_step()
        self.assertEqual(recovery.state, "channel", "asking has done nothing")
        dialog = self.dialog(action)
        self.assertIn("No other way is chosen", dialog.missing)
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_apply()
        dialog.note = "They only read mail"
        dialog.action_apply()
        self.assertEqual(recovery.state, "agreement")
        self.assertIn("They only read mail", self.said(recovery))
        dialog = self.dialog(recovery.action_finish_step(), note="They refuse to talk")
        self.assertIn("There is no new agreement.", dialog.missing)
        self.assertIn("No target", dialog.missing)
        recovery.sudo()._step("agreement").done_on = self.today
        with self.assertRaisesRegex(UserError, "was finished already"):
            dialog.action_apply()

    def asked(self, recovery, step):
        """Codes of what the guide says that a step needs, and is only asked about."""
        steps = {found["code"]: found for found in recovery.guide()["steps"]}
        return {item["code"] for item in steps[step]["questions"]}

    def test_what_a_step_needs_is_said_before_it_is_finished(self):
        recovery = self.start()
        guide = recovery.guide()
        self.assertEqual(
            [(step["code"], step["state"]) for step in guide["steps"]],
            [
                ("self_review", "current"),
                ("channel", "todo"),
                ("agreement", "todo"),
                ("review", "todo"),
            ],
        )
        self.assertTrue(guide["asks_reason"])
        self.assertFalse(guide["may_pass"])
        self.assertEqual(
            self.asked(recovery, "self_review"), {"no_answers", "no_self_result"}
        )
        recovery.self_result = "both"
        self.assertEqual(
            self.asked(recovery, "self_review"), {"no_answers", "no_self_note"}
        )
        self.look_at_ourselves(recovery)
        self.assertFalse(self.asked(recovery, "self_review"))
        recovery.action_finish_step()
        self.assertEqual(self.asked(recovery, "channel"), {"no_way"})
        self.to_review(recovery)
        [need] = recovery.guide()["steps"][-1]["blockers"]
        self.assertEqual((need["code"], need["tab"]), ("no_decision", "review"))
        recovery.set_cancelled("Not needed any more")
        self.assertTrue(recovery.guide()["over"])

    def test_what_a_step_is_finished_without_is_kept_with_the_reason(self):
        recovery = self.start()
        self.dialog(
            recovery.action_finish_step(), note="Nobody has time"
        ).action_apply()
        waivers = recovery.waiver_ids
        self.assertEqual(set(waivers.mapped("key")), {"no_answers", "no_self_result"})
        self.assertEqual(
            (waivers.user_id, set(waivers.mapped("reason"))),
            (self.user, {"Nobody has time"}),
        )
        first = recovery.guide()["steps"][0]
        self.assertEqual(
            (first["state"], first["passed"][0]["who"]), ("passed", self.user.name)
        )
        recovery.action_reopen_step("self_review")
        self.assertFalse(self.asked(recovery, "self_review"), "passed for good")
        recovery.action_finish_step()
        self.assertEqual(recovery.state, "channel")
        for change in (
            lambda: waivers[0].write({"reason": "Something else"}),
            waivers.unlink,
            lambda: waivers.create({"recovery_id": recovery.id, "key": "no_way"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_a_finished_step_leaves_the_list_and_can_be_taken_up_again(self):
        recovery = self.start()
        step = recovery.sudo()._step("channel")
        recovery.sudo().state = "channel"
        recovery.sudo()._step("self_review").done_on = self.today
        activity = step.activity_id
        with self.assertRaisesRegex(UserError, "was finished already"):
            recovery.with_context(recovery_step="self_review").action_finish_step()
        action = recovery.with_context(recovery_step="channel").action_finish_step()
        self.dialog(action, note="They only read mail").action_apply()
        self.assertEqual(recovery.state, "agreement")
        self.assertEqual((step.done_on, step.done_user_id), (self.today, self.user))
        self.assertFalse(activity.active)
        step.with_user(self.user).action_reopen()
        self.assertEqual(recovery.state, "channel")
        self.assertTrue(step.activity_id.active)
        self.assertFalse(step.done_on)
        self.assertIn("Open again: Ways to communicate", self.said(recovery))
        recovery.action_step_back()
        self.assertEqual(recovery.state, "self_review")
        with self.assertRaisesRegex(UserError, "no step to go back to"):
            recovery.action_step_back()

    def test_the_review_is_finished_by_a_decision_only(self):
        recovery = self.start()
        self.to_review(recovery)
        with self.assertRaisesRegex(UserError, "ends with a decision"):
            recovery.action_finish_step()

    def test_activities_follow_the_review_date_the_people_and_the_owner(self):
        recovery = self.start()
        steps = {step.code: step for step in recovery.step_ids.sudo()}
        recovery.review_date = self.today + timedelta(days=10)
        self.assertEqual(
            {code: s.activity_id.date_deadline for code, s in steps.items()},
            {
                "self_review": self.work_day(self.today + timedelta(days=3)),
                "channel": self.work_day(self.today + timedelta(days=7)),
                "agreement": self.work_day(self.today + timedelta(days=10)),
                "review": self.work_day(self.today + timedelta(days=10)),
            },
        )
        steps["channel"].with_user(self.user).user_id = self.manager
        self.assertEqual(steps["channel"].activity_id.user_id, self.manager)
        other = self.make_user("other", "client_health.group_user")
        recovery.user_id = other
        self.assertEqual(steps["review"].activity_id.user_id, other)
        self.assertEqual(steps["channel"].user_id, self.manager, "a step of another")

    def test_on_the_review_date_somebody_at_work_has_it_in_the_list(self):
        recovery = self.start().sudo()
        review = recovery._step("review")
        review.activity_id.unlink()
        self.env["client.recovery"]._cron_recoveries()
        self.assertFalse(review.activity_id, "the day has not come")
        self.force(recovery, review_date=self.today)
        recovery.invalidate_recordset(["is_due"])
        self.assertTrue(recovery.is_due)
        self.assertIn(
            recovery, self.env["client.recovery"].search([("is_due", "=", True)])
        )
        self.user.active = False
        self.env["client.recovery"]._cron_recoveries()
        self.env["client.recovery"]._cron_recoveries()
        kind = self.env.ref("client_health.mail_activity_type_recovery_review")
        told = self.activities(recovery).filtered(
            lambda activity: activity.activity_type_id == kind
        )
        self.assertEqual(len(told), 1)
        self.assertTrue(recovery._may_own(told.user_id))

    # -- silence -------------------------------------------------------------------

    def test_alarms_rest_meanwhile_and_are_back_afterwards(self):
        self.company.client_health_alert_activity = True
        recovery = self.start()
        self.stall(self.tasks, 0)
        self.refresh(self.client)
        before = self.notes(), self.activities(self.health)
        self.stall(self.tasks, 6)
        self.refresh(self.client)
        self.assertEqual(self.health.level, "critical")
        self.assertEqual((self.notes(), self.activities(self.health)), before)
        self.assertTrue(self.health.flag_count, "flags stay visible")
        self.assertFalse(self.flags_to_handle(), "and wait for the recovery")
        recovery.set_cancelled("A mistake")
        self.assertTrue(self.flags_to_handle())
        self.stall(self.tasks, 0)
        self.refresh(self.client)
        before = self.notes()
        self.stall(self.tasks, 6)
        self.refresh(self.client)
        self.assertEqual(len(self.notes() - before), 1, "and back again")
        self.assertEqual(len(self.activities(self.health)), 1)

    def test_what_is_worse_than_at_its_start_is_told(self):
        self.company.client_health_alert_activity = True
        flag = self.health.flag_ids.filtered(lambda f: f.state != "cleared")
        self.assertEqual(flag.level, "watch")
        self.start()
        self.assertFalse(self.flags_to_handle(), "what was known waits")
        before = self.notes()
        self.refresh(self.client)
        self.assertEqual(self.notes(), before)
        self.stall(self.tasks, 12)
        self.refresh(self.client)
        self.assertEqual(flag.level, "red")
        self.assertEqual(self.flags_to_handle(), flag)
        self.assertEqual(len(self.notes() - before), 1)
        self.assertTrue(self.activities(self.health))
        self.refresh(self.client)
        self.assertEqual(len(self.notes() - before), 1, "once")

    def notes(self):
        return self.health.message_ids

    def flags_to_handle(self):
        flags = self.env["client.health.flag"]
        view = self.env.ref("client_health.client_health_flag_view_search")
        arch = fromstring(flags.get_view(view.id, "search")["arch"])
        [todo] = arch.xpath("//filter[@name='todo']")
        domain = literal_eval(todo.get("domain"))
        return flags.search([*domain, ("health_id", "=", self.health.id)])

    def test_what_the_alarm_asked_for_is_done_by_starting(self):
        Alerts(self.env, None, self.today)._schedule(self.health)
        self.assertTrue(self.activities(self.health))
        self.start()
        self.assertFalse(self.activities(self.health))

    # -- the decision ------------------------------------------------------------------

    def test_recovered_keeps_what_was_seen_and_learned(self):
        recovery = self.start()
        self.to_review(recovery)
        action = recovery.action_recovered()
        wizard = self.env["client.recovery.decide"].with_user(self.user)
        wizard = wizard.with_context(**action["context"]).create({"note": "Call first"})
        wizard.action_apply()
        self.assertEqual(recovery.state, "recovered")
        self.assertEqual(recovery.result_note, "Call first")
        self.assertEqual(recovery.ended_on, self.today)
        self.assertEqual(recovery.duration, 0)
        self.assertEqual(self.health.phase, "active")
        self.assertFalse(self.activities(recovery))
        self.assertTrue(recovery.sudo().outcome["checks"])
        with self.assertRaisesRegex(UserError, "recovered already"):
            recovery.action_cancel()
        with self.assertRaisesRegex(UserError, "is over"):
            recovery.reason = "Something else"
        recovery.result_note = "Call first, then write"
        with self.assertRaisesRegex(UserError, "belongs to the history"):
            recovery.with_user(self.manager).unlink()
        self.assertNotEqual(self.start(), recovery, "it may be tried again later")

    def test_it_is_extended_once_with_a_reason(self):
        recovery = self.start(review_date=self.today + timedelta(days=30))
        later = self.today + timedelta(days=60)
        with self.assertRaisesRegex(UserError, "not put off by hand"):
            recovery.review_date = later
        with self.assertRaisesRegex(UserError, "Say why"):
            recovery.extend(later, " ")
        with self.assertRaisesRegex(UserError, "must be after"):
            recovery.extend(recovery.review_date, "Holidays")
        with (
            self.assertRaisesRegex(ValidationError, "“Review on”"),
            self.cr.savepoint(),
        ):
            recovery.extend(self.today + relativedelta(years=2), "Holidays")
        recovery.invalidate_recordset()
        wizard = self.env["client.recovery.decide"].with_user(self.user)
        wizard = wizard.with_context(**recovery.action_extend()["context"])
        wizard.create({"review_date": later, "note": "Holidays"}).action_apply()
        self.assertEqual(recovery.review_date, later)
        self.assertEqual(recovery.first_review_date, self.today + timedelta(days=30))
        self.assertEqual(
            recovery.sudo()._step("review").activity_id.date_deadline,
            self.work_day(later),
        )
        for second in (
            recovery.action_extend,
            lambda: recovery.extend(later + timedelta(days=1), "More"),
        ):
            with self.assertRaisesRegex(UserError, "extended once already"):
                second()

    def test_an_offboarding_takes_over_what_is_known(self):
        flag = self.health.open_flag_ids[:1]
        progress = self.env.ref("client_health.check_progress")
        self.force(flag, check_id=progress.id)
        recovery = self.start(flag_id=flag.id, reason="Nothing moves")
        action = recovery.action_offboard()
        self.assertEqual(recovery.state, "self_review", "asking has done nothing")
        wizard = self.env["client.offboarding.start"].with_user(self.user)
        wizard = wizard.with_context(**action["context"]).create({})
        offboarding = self.env["client.offboarding"].browse(
            wizard.action_start()["res_id"]
        )
        self.assertEqual(recovery.state, "offboard")
        self.assertEqual(recovery.offboarding_id, offboarding)
        self.assertEqual(offboarding.recovery_ids, recovery)
        self.assertEqual(offboarding.reason, "progress")
        self.assertEqual(offboarding.origin, recovery.display_name)
        self.assertIn("Nothing moves", offboarding.topics)
        self.assertEqual(self.health.shown_phase, "offboarding")
        offboarding.with_user(self.manager).action_cancel()
        self.assertEqual(self.health.phase, "active", "the recovery ended before")

    # -- meanwhile ---------------------------------------------------------------------

    def test_a_client_that_is_archived_is_no_longer_repaired(self):
        self.client.user_ids.unlink()
        recovery = self.start().sudo()
        self.env["project.project"].search(
            [("partner_id", "=", self.client.id)]
        ).active = False
        self.client.active = False
        self.assertEqual(recovery.state, "cancelled")
        self.assertIn("archived", recovery.result_note)
        self.assertFalse(self.activities(recovery))
        self.assertEqual(self.health.phase, "past")

    def test_of_two_merged_clients_in_recovery_one_recovery_goes_on(self):
        twin = self.make_client("Harbour Lights BV")
        self.make_tasks(twin, 2)
        self.refresh(twin)
        mine, theirs = self.start().sudo(), self.start(twin).sudo()
        kept = self.merge(twin, self.client)
        self.assertEqual(mine.state, "self_review")
        self.assertEqual(theirs.state, "cancelled")
        self.assertIn("merged", theirs.result_note)
        self.assertEqual((mine | theirs).partner_id, kept)
        health = self.Health.search(
            [("partner_id", "=", kept.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(health.phase, "recovery")
        self.assertEqual(kept.health_id, health)

    def test_a_recovery_goes_with_the_merged_client(self):
        twin = self.make_client("Harbour Lights BV")
        self.make_deal(twin)
        self.refresh(twin)
        recovery = self.start(twin).sudo()
        kept = self.merge(twin, self.client)
        self.assertEqual(recovery.partner_id, kept)
        self.assertEqual(self.health.phase, "recovery")

    def test_of_two_merged_offboardings_one_goes_on_and_a_recovery_ends(self):
        clients = self.client
        for name in ("Harbour Lights BV", "Harbour Lights NV"):
            twin = self.make_client(name)
            self.make_deal(twin)
            clients |= twin
        self.refresh(clients)
        first, second, third = clients
        recovery = self.start(first).sudo()
        offboardings = self.env["client.offboarding"].create(
            [
                {"partner_id": twin.id, "company_id": self.company.id}
                for twin in (second, third)
            ]
        )
        kept = self.merge(second | third, first)
        self.assertEqual(offboardings.mapped("state"), ["contract", "cancelled"])
        self.assertEqual(recovery.state, "cancelled")
        self.assertEqual(offboardings.partner_id, kept)
        self.assertEqual(self.health.shown_phase, "offboarding")

    def merge(self, sources, kept):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((sources | kept).ids, kept, extra_checks=False)
        self.env.invalidate_all()
        self.assertFalse(sources.exists())
        return kept

    # -- rights ------------------------------------------------------------------------

    def test_the_owner_or_a_manager_decides(self):
        recovery = self.start(user=self.manager)
        other = recovery.with_user(self.user)
        for decide in (
            other.action_recovered,
            other.action_extend,
            other.action_offboard,
            other.action_cancel,
        ):
            with self.assertRaisesRegex(UserError, "chief .* decides about"):
                decide()
        offboardings = self.env["client.offboarding"].with_user(self.user)
        with self.assertRaisesRegex(UserError, "chief .* decides about"):
            offboardings.create({"partner_id": self.client.id})
        self.assertFalse(other.may_decide)
        ask = self.dialog(other.action_ask_decision())
        ask.action_schedule_activities()
        asked = self.activities(recovery).filtered(lambda a: a.create_uid == self.user)
        self.assertEqual(
            (asked.user_id, asked.date_deadline), (self.manager, recovery.review_date)
        )
        recovery.user_id = self.user
        self.assertTrue(other.may_decide)
        other.action_recovered()

    def test_buttons_alone_move_it_on(self):
        recovery = self.start()
        for values in (
            {"state": "recovered"},
            {"entry_score": 1},
            {"entry_level": "healthy"},
            {"ended_on": self.today},
            {"first_review_date": False, "extension_reason": "x"},
            {"score_change": 10},
            {"date_start": self.ago(10)},
            {"partner_id": self.make_client("Else").id},
        ):
            with self.assertRaises(UserError, msg=values):
                recovery.write(values)
        with self.assertRaises(UserError):
            recovery.step_ids[0].write({"done_on": self.today})
        with self.assertRaises(AccessError):
            self.env["client.recovery.check"].with_user(self.manager).create(
                {"recovery_id": recovery.id}
            )

    def test_without_the_group_or_the_client_there_is_nothing_of_it(self):
        recovery = self.start(user=self.manager)
        plain = self.make_user("plain", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            recovery.with_user(plain).review()
        with self.assertRaises(AccessError):
            self.client.with_user(plain).action_start_recovery()
        there = self.make_company("There", "Europe/Amsterdam")
        other = self.make_user("there", "client_health.group_manager", company=there)
        found = self.env["client.recovery"].with_user(other)
        found = found.with_context(allowed_company_ids=there.ids)
        self.assertFalse(found.search([("id", "=", recovery.id)]))
        with self.assertRaises(AccessError):
            found.browse(recovery.id).review()
        self.env["ir.rule"].create(
            {
                "name": "not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.client.id})]",
            }
        )
        hidden = recovery.with_user(self.user)
        hidden.invalidate_recordset()
        self.assertFalse(hidden.search([("id", "=", recovery.id)]))
        for call in (hidden.review, hidden.action_finish_step, hidden.action_offboard):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            hidden.step_ids.read(["date"])
