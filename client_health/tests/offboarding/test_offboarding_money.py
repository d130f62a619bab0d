"""Every euro is settled before a client goes, or passed by name."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .case import OffboardingCase


class TestOffboardingMoney(OffboardingCase):
    books = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("account.group_account_manager", "sales_team.group_sale_manager"):
            found = cls.env.ref(group, False)
            if found:
                cls.manager.group_ids += found

    def need(self, offboarding, source):
        """The open item of a source, or None."""
        items = offboarding.sudo()._open_items().requirements()
        return next((item for item in items if item.source == source), None)

    def open_of(self, offboarding, source):
        need = self.need(offboarding, source)
        return need.record if need else self.env["res.partner"]

    def sold(self, policy="delivery", delivered=0):
        """A confirmed order of 10 of a service whose delivery is noted by hand."""
        order = self.make_order(self.client, self.today, state="draft")
        order.order_line.product_id.invoice_policy = policy
        order.order_line.product_id.list_price = 100
        order.order_line.product_uom_qty = 10
        order.action_confirm()
        order.order_line.qty_delivered = delivered
        return order

    # -- passed by name --------------------------------------------------------

    def test_a_pass_holds_for_those_invoices_and_a_later_one_blocks_anew(self):
        self.app("account.move")
        first = self.make_invoice(self.client, self.ago(40), 100)
        offboarding = self.start()
        need = self.need(offboarding, "unpaid")
        self.assertEqual(need.record, first)
        offboarding.pass_blocker(need.key, "They will not pay")
        self.no_blocks(offboarding, "transition", "open_unpaid")
        later = self.make_invoice(self.client, self.ago(1), 50)
        self.assertEqual(self.need(offboarding, "unpaid").record, later)
        self.blocks(offboarding, "transition", "open_unpaid")

    def test_what_was_passed_is_named_to_whoever_may_see_it(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(40), 100)
        offboarding = self.start()
        need = self.need(offboarding, "unpaid")
        dialog = (
            self.env["client.offboarding.pass"]
            .with_user(self.manager)
            .create({"offboarding_id": offboarding.id, "key": need.key, "reason": "x"})
        )
        self.assertIn(invoice.display_name, dialog.text)
        dialog.action_apply()
        waiver = offboarding.waiver_ids
        self.assertIn(invoice.display_name, waiver.with_user(self.manager).what)
        self.assertNotIn(invoice.name, waiver.with_user(self.user).what)

    # -- credit notes and payments ---------------------------------------------

    def test_credit_notes_are_listed_and_set_against_the_invoices(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(40), 100)
        credit = self.make_invoice(self.client, self.ago(10), 30, refund=True)
        offboarding = self.start()
        self.assertEqual(self.open_of(offboarding, "credits"), credit)
        self.blocks(offboarding, "transition", "open_credits")
        offboarding.action_settle("credits")
        self.assertEqual(invoice.amount_residual, 70)
        self.assertFalse(self.need(offboarding, "credits"))

    def test_register_payment_proposes_what_credit_notes_leave(self):
        self.app("account.move")
        invoice = self.make_invoice(self.client, self.ago(40), 100)
        credit = self.make_invoice(self.client, self.ago(10), 30, refund=True)
        action = self.start().action_settle("unpaid")
        wizard = self.env["account.payment.register"].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.amount, 70)
        wizard._create_payments()
        self.assertFalse((invoice | credit).filtered("amount_residual"))

    def test_a_credit_note_alone_is_paid_out(self):
        self.app("account.move")
        self.make_invoice(self.client, self.ago(10), 30, refund=True)
        offboarding = self.start()
        action = offboarding.action_settle("credits")
        self.assertEqual(action["res_model"], "account.payment.register")

    # -- orders ----------------------------------------------------------------

    def test_each_order_gets_one_draft_of_what_was_delivered(self):
        self.app("sale.order", "account.move")
        one = self.sold(delivered=4)
        two = self.sold(policy="order", delivered=3)
        offboarding = self.start()
        self.assertEqual(self.open_of(offboarding, "invoice"), one | two)
        offboarding.action_settle("invoice")
        for order, quantity in ((one, 4), (two, 3)):
            draft = order.invoice_ids
            self.assertEqual(len(draft), 1)
            self.assertEqual(draft.state, "draft")
            self.assertEqual(draft.amount_untaxed, quantity * 100)
        self.assertNotEqual(one.invoice_ids, two.invoice_ids)

    def test_what_nobody_notes_the_delivery_of_is_billed_as_ordered(self):
        self.app("sale.order", "account.move")
        order = self.sold(policy="order")
        self.start().action_settle("invoice")
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000)

    def test_nothing_delivered_is_no_invoice_and_says_so(self):
        self.app("sale.order", "account.move", "project.task:effective_hours")
        order = self.sold(policy="order")
        order.order_line.product_id.service_type = "timesheet"
        order.order_line.qty_delivered_method = "timesheet"
        offboarding = self.start()
        with self.assertRaisesRegex(UserError, "Nothing of"), self.cr.savepoint():
            offboarding.action_settle("invoice")
        self.assertFalse(order.invoice_ids)

    def test_the_remainder_of_an_order_is_closed_with_a_reason(self):
        self.app("sale.order", "account.move")
        order = self.sold(delivered=4)
        offboarding = self.start()
        offboarding.action_settle("invoice")
        order.invoice_ids.action_post()
        self.assertEqual(self.open_of(offboarding, "deliver"), order)
        action = offboarding.action_settle("deliver")
        dialogs = self.env[action["res_model"]].with_user(self.manager)
        dialog = dialogs.with_context(**action["context"]).create({"reason": " "})
        self.assertIn(order.name, dialog.text)
        with self.assertRaisesRegex(UserError, "Say why"):
            dialog.action_apply()
        dialog.reason = "The client no longer wants it"
        dialog.action_apply()
        self.assertEqual(order.order_line.product_uom_qty, 4)
        self.assertIn("no longer wants it", order.message_ids[0].body)
        self.assertFalse(self.need(offboarding, "deliver"))

    def test_a_remainder_is_closed_by_who_may_write_the_order(self):
        self.app("sale.order")
        order = self.sold(delivered=4)
        offboarding = self.start().with_user(self.user)
        with self.assertRaises(AccessError):
            offboarding.close_remainder(order.with_user(self.user), "No")
        self.assertEqual(order.order_line.product_uom_qty, 10)

    def test_what_was_paid_ahead_and_not_delivered_blocks(self):
        self.app("sale.order", "account.move")
        order = self.sold(policy="order")
        order._create_invoices().action_post()
        offboarding = self.start()
        self.assertEqual(self.open_of(offboarding, "prepaid"), order)
        self.blocks(offboarding, "transition", "open_prepaid")
        offboarding.action_settle("prepaid")
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertFalse(self.need(offboarding, "prepaid"))

    # -- hours -----------------------------------------------------------------

    def test_hours_billed_by_hand_are_marked_as_settled_and_later_ones_block(self):
        self.app("project.task:effective_hours", "sale.order")
        project = self.make_project(self.client, allow_billable=True)
        employee = self.make_employee(50)
        hours = self.log(employee, self.ago(3), 2, project=project)
        self.force(hours, timesheet_invoice_type="billable_manual")
        offboarding = self.start()
        self.assertEqual(self.open_of(offboarding, "hours"), hours)
        self.assertFalse(self.need(offboarding.with_user(self.user), "hours").button)
        with self.assertRaises(UserError):
            offboarding.with_user(self.user).action_settle("hours")
        offboarding.action_settle("hours")
        self.assertFalse(self.need(offboarding, "hours"))
        self.assertEqual(offboarding.waiver_ids.user_id, self.manager)
        more = self.log(employee, self.ago(1), 1, project=project)
        self.force(more, timesheet_invoice_type="billable_manual")
        self.assertEqual(self.open_of(offboarding, "hours"), more)

    # -- what is handed over ---------------------------------------------------

    def test_handing_over_neither_bills_nor_reaches_a_milestone(self):
        project = self.make_project(self.client, allow_milestones=True)
        milestone = self.make_milestone(project)
        done = self.make_task(project, milestone_id=milestone.id)
        handed = self.make_task(project, milestone_id=milestone.id)
        offboarding = self.start()
        for line in offboarding.deliverable_ids:
            if line.sudo().task_id == handed:
                line.write({"decision": "hand_over", "handed_to": "Their own team"})
            else:
                line.write({"decision": "finish", "becomes": "done"})
        offboarding.project_ids.action_close()
        self.assertEqual(done.state, "1_done")
        self.assertEqual(handed.state, "1_canceled")
        self.assertIn("Their own team", handed.message_ids[0].body)
        self.assertFalse(milestone.is_reached)

    # -- a client who is also a supplier ---------------------------------------

    def bill(self):
        move = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.client.id,
                "company_id": self.company.id,
                "invoice_date": self.ago(20),
                "invoice_line_ids": [
                    (0, 0, {"name": "Rope", "price_unit": 80, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def test_a_supplier_is_named_and_kept_as_a_supplier(self):
        self.app("account.move")
        bill = self.bill()
        offboarding = self.start()
        self.assertIn("supplier", offboarding.other_roles)
        self.assertEqual(self.open_of(offboarding, "bills"), bill)
        self.blocks(offboarding, "transition", "open_bills")
        self.blocks(offboarding, "done", "no_afterwards")
        offboarding.afterwards = "keep"
        self.no_blocks(offboarding, "transition", "open_bills")
        self.no_blocks(offboarding, "done", "no_afterwards")
        self.walk(offboarding)
        offboarding.action_done()
        self.assertTrue(self.client.active)
        self.assertIn("our supplier", offboarding.outcome_words)
        self.client.invalidate_recordset()
        self.assertTrue(self.client.with_user(self.manager).left_note)

    def test_a_supplier_may_be_archived_when_somebody_chooses_so(self):
        self.app("account.move")
        bill = self.bill()
        offboarding = self.start(afterwards="archive")
        need = self.need(offboarding, "bills")
        self.assertEqual(need.record, bill)
        offboarding.pass_blocker(need.key, "Paid in cash")
        self.walk(offboarding)
        offboarding.action_done()
        self.assertFalse(self.client.active)

    def test_the_contact_of_an_employee_is_named(self):
        self.app("project.task:effective_hours")
        employee = self.make_employee(50)
        employee.work_contact_id = self.make_contact(self.client)
        offboarding = self.start()
        self.assertIn("our employee", offboarding.other_roles)
        self.no_blocks(offboarding, "done", "no_afterwards")

    def test_the_company_of_our_own_user_is_named(self):
        contact = self.make_contact(self.client, name="Ann")
        user = self.make_user("ann", "base.group_user")
        user.partner_id.parent_id = self.client
        offboarding = self.start()
        self.assertIn("our user", offboarding.other_roles)
        self.assertTrue(contact.active)

    # -- agreements ------------------------------------------------------------

    def test_the_agreement_ends_with_the_client_and_comes_back_with_it(self):
        until = self.today + timedelta(days=200)
        agreement = self.make_agreement(date_end=until)
        offboarding = self.walk(self.start())
        offboarding.action_done()
        self.assertEqual(agreement.state, "ended")
        self.assertEqual(agreement.date_end, self.today)
        self.assertIn(agreement.display_name, offboarding.outcome_words)
        offboarding.action_reactivate()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.date_end, until)
