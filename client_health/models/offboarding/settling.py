"""Settle open items with the rights of the user, by Odoo's own actions."""

from odoo.exceptions import UserError

from ..mixins.dialog import dialog
from ..process.requirement import about_all
from .open_source import UNPAID

# Sources whose records are not written: somebody says that they are settled.
SAID = ("hours",)


class Settling:
    """``offboarding``: with the rights of the user who settles."""

    def __init__(self, offboarding):
        self.offboarding = offboarding
        self.env = offboarding.env

    def settle(self, code, records):
        """Settle the records of the source ``code``. Returns an action, or True.

        Raises AccessError for users who may not write them, where they are written.
        """
        if code not in SAID:
            records.check_access("write")
        return getattr(self, f"_{code}")(records)

    def _quotations(self, orders):
        orders._action_cancel()
        return True

    def _opportunities(self, leads):
        return self._action(
            leads, "crm.crm_lead_lost_action", default_lead_ids=leads.ids
        )

    # -- orders ----------------------------------------------------------------

    def _deliver(self, orders):
        return dialog(
            self.env._("Close the remainder"),
            "client.offboarding.remainder",
            {
                "default_offboarding_id": self.offboarding.id,
                "default_order_ids": ",".join(map(str, orders.ids)),
            },
        )

    def close_remainder(self, orders, reason):
        """Nothing more is delivered: lines are ordered as far as they were delivered or
        invoiced. ``reason``: kept on the orders."""
        orders.check_access("write")
        for order in orders:
            locked = order.locked
            if locked:
                order.action_unlock()
            for line in order.order_line:
                done = max(line.qty_delivered, line.qty_invoiced)
                open_line = not (line.display_type or line.is_downpayment)
                if open_line and line.product_uom_qty > done:
                    line.product_uom_qty = done
            if locked:
                order.action_lock()
            order._message_log(
                body=self.env._(
                    "The remainder was closed by %(user)s: %(reason)s",
                    user=self.env.user.name,
                    reason=reason,
                )
            )

    def _prepaid(self, orders):
        """What is noted by hand was delivered as ordered."""
        for line in orders.order_line:
            by_hand = line.qty_delivered_method == "manual"
            if by_hand and line.qty_delivered < line.product_uom_qty:
                line.qty_delivered = line.product_uom_qty
        for order in orders:
            order._message_log(
                body=self.env._("Delivered, says %s.", self.env.user.name)
            )
        return True

    def _invoice(self, orders):
        """One draft per order, of what was delivered and not invoiced yet."""
        with self.env.cr.savepoint():
            drafts = orders._create_invoices(grouped=True, final=True)
            kept = drafts.filtered(self._bills_delivered)
            (drafts - kept).unlink()
            if not kept:
                raise UserError(
                    self.env._(
                        "Nothing of %s was delivered and is not invoiced. Note on the "
                        "order what was delivered, or close its remainder.",
                        ", ".join(orders.mapped("name")),
                    )
                )
        return orders.action_view_invoice(invoices=kept)

    def _bills_delivered(self, invoice):
        """Take off a draft what was ordered and not delivered; False when nothing is
        left on it."""
        lines = invoice.invoice_line_ids
        for line in lines.filtered("sale_line_ids"):
            sold = line.sale_line_ids[:1]
            if sold.is_downpayment or sold.product_id.invoice_policy != "order":
                continue
            if sold.qty_delivered_method == "manual" and not sold.qty_delivered:
                continue  # nobody notes what is delivered
            before = sold.qty_invoiced - line.quantity
            quantity = min(line.quantity, max(sold.qty_delivered - before, 0))
            if not quantity and line.quantity > 0:
                line.unlink()
            elif quantity < line.quantity:
                line.quantity = quantity
        left = invoice.invoice_line_ids.filtered(lambda x: x.display_type == "product")
        if not left.filtered(lambda x: not x.sale_line_ids.is_downpayment):
            return False
        if invoice.amount_total < 0:
            invoice.action_switch_move_type()
        return True

    # -- invoices and hours ----------------------------------------------------

    def _unpaid_beside(self, moves, move_type, order=None):
        """What is posted and unpaid of a type, of the clients of these moves."""
        return moves.search(
            [
                ("commercial_partner_id", "in", moves.commercial_partner_id.ids),
                ("company_id", "in", moves.company_id.ids),
                ("move_type", "=", move_type),
                ("state", "=", "posted"),
                ("payment_state", "in", UNPAID),
            ],
            order=order,
        )

    def _unpaid(self, invoices):
        """Register a payment; the dialog proposes what is left when credit notes are
        set against them."""
        notes = self._unpaid_beside(invoices, "out_refund")
        owed = sum(invoices.mapped("amount_residual"))
        if sum(notes.mapped("amount_residual")) >= owed:
            notes = notes.browse()  # nothing would be left to pay
        action = (invoices | notes).action_register_payment()
        if notes:
            action["context"] = {**action["context"], "default_group_payment": True}
        return action

    def _credits(self, notes):
        """Set them against the oldest unpaid invoices; without those, pay them out."""
        invoices = self._unpaid_beside(
            notes, "out_invoice", order="invoice_date_due, id"
        )
        if not invoices:
            return notes.action_register_payment()
        lines = (notes | invoices).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        keys = ("account_id", "partner_id", "currency_id")
        for same in lines.grouped(lambda x: tuple(x[key] for key in keys)).values():
            same.reconcile()
        return True

    def _hours(self, lines):
        """A manager says that they were billed by hand: they are passed, by name."""
        need = about_all(
            "open_hours",
            self.env._("Hours billed by hand: %s", len(lines)),
            lines,
        )
        self.offboarding._pass_records(need, self.env._("Billed by hand"))
        return True

    def _action(self, records, xmlid, **context):
        """An action of Odoo on these records."""
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        on = {
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
        }
        return {**action, "context": {**on, **context}}
