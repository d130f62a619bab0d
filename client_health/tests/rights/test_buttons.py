"""No button is shown to somebody whom its method refuses: over all views.

A button is shown as the client shows it: the view of that user, without what its groups
hide, and ``invisible`` with the values of the record. What it calls may say that
something is missing; it never says that somebody else may do it. That is told by who is
refused: a plain user where a manager is not, or anybody by an access error.
"""

import ast
import contextlib
from types import SimpleNamespace

from lxml import etree
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.models import BaseModel
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .rights_world import (
    MODULE,
    USER,
    WorldCase,
    extended_models_of,
    methods_of,
    models_of,
)

TYPES = ("form", "list", "kanban")
# Of a list: what one may not see among those selected is named.
SELECTED = ("client.turn.action_not_needed",)
# Model → values that its sample has besides those it was made with.
STATES = {
    "client.agreement": [{"state": s} for s in ("draft", "active", "refused")],
    "client.health": [{"phase": p} for p in ("active", "recovery", "ended")],
    "client.health.flag": [{"state": s} for s in ("open", "acknowledged", "snoozed")],
    "client.incident": [{"state": s} for s in ("reported", "confirmed", "dismissed")],
    "client.offboarding": [
        {"state": "contract"},
        {"state": "projects", "told_on": "2020-01-01"},
        {"state": "transition", "told_on": "2020-01-01", "plan_given_on": None},
        {"state": "done", "told_on": "2020-01-01"},
        {"state": "cancelled"},
    ],
    "client.recovery": [
        {"state": s} for s in ("self_review", "agreement", "review", "recovered")
    ],
    "client.request": [{"state": s} for s in ("open", "delivered")],
    "client.turn": [{"state": s} for s in ("waiting", "not_needed")],
}


@tagged("post_install", "-at_install")
class TestButtons(WorldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.actors["beside"] = cls.make_user("beside", USER)
        cls.samples["res.partner"] = cls.client
        cls.samples["crm.lead"] = cls.env["crm.lead"].search(
            [("partner_id", "=", cls.client.id), ("company_id", "=", cls.company.id)],
            limit=1,
        )
        cls.samples["project.project"] = cls.project
        cls.samples["project.task"] = cls.project.task_ids[:1]
        cls.ours = {
            name
            for model in (*models_of(cls.env), *extended_models_of(cls.env))
            for name in methods_of(cls.env[model])
        }

    def test_who_sees_a_button_may_press_it(self):
        self.problems, self.pressed = [], set()
        self.shown = {}
        for model, record in self.samples.items():
            for values in STATES.get(model, [{}]):
                with self.undone():
                    if values:
                        self.force(record, **values)
                        self.env.invalidate_all()
                    for actor in ("user", "beside", "internal"):
                        self.look(model, actor, values)
        self.assertFalse(self.problems, "\n" + "\n".join(sorted({*self.problems})))
        # the test sees buttons at all, those of lists in forms too
        for name in ("action_finish_step", "action_drop_rest", "action_acknowledge"):
            self.assertIn(name, self.pressed)

    @contextlib.contextmanager
    def undone(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def look(self, model, actor, values):
        """All buttons that somebody sees on the sample of a model."""
        mine = self.at_work(actor, model)
        record = mine.browse(self.samples[model].ids)
        if not (mine.has_access("read") and record.has_access("read")):
            return
        if (model, actor) not in self.shown:
            self.shown[model, actor] = [*self.views(mine)]
        for arch in self.shown[model, actor]:
            self.press(arch, record, None, (actor, values))

    def views(self, model):
        """What somebody gets of the views of a model that have buttons of ours."""
        for view in self.env["ir.ui.view"].search(
            [
                ("model", "=", model._name),
                ("type", "in", TYPES),
                ("mode", "=", "primary"),
            ]
        ):
            arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
            if self.with_ours(arch):
                yield arch

    def press(self, node, record, parent, where):
        """Press what is shown below a node, each in a transaction that is undone."""
        for child in node:
            if not self.with_ours(child) or self.hidden(child, record, parent):
                continue
            name, kind = child.get("name"), child.get("type")
            field = record._fields.get(name) if child.tag == "field" else None
            if field and field.type == "one2many":
                for line in record[name][:2]:
                    self.press(child, line, record, where)
            elif kind == "object" and name and child.tag in ("button", "a"):
                self.call(record, name, where)
            elif kind == "action" and (name or "").isdigit():
                self.open(record, name, where)
            elif child.tag != "field":
                self.press(child, record, parent, where)

    def with_ours(self, node):
        """True for a button of ours, and where one is below."""
        return any(
            found.get("name") in self.ours or found.get("type") == "action"
            for found in node.iter("button", "a")
        )

    def hidden(self, node, record, parent):
        said = node.get("column_invisible") or node.get("invisible")
        if not said or said in ("1", "True"):
            return bool(said)
        return safe_eval(said, self.values(said, record, parent))

    def values(self, said, record, parent):
        """What an expression names, as the client has it: ids for records."""
        values = {"id": record.id, "context": {}, "uid": record.env.uid}
        for node in ast.walk(ast.parse(said.strip(), mode="eval")):
            if isinstance(node, ast.Name) and node.id in record._fields:
                values[node.id] = self.value(record, node.id)
            elif isinstance(node, ast.Attribute) and node.value.id == "parent":
                known = vars(values.setdefault("parent", SimpleNamespace()))
                known[node.attr] = self.value(parent, node.attr)
        return values

    def value(self, record, name):
        value = record[name]
        return value.ids if isinstance(value, BaseModel) else value

    def call(self, record, name, where):
        if (record, name, str(where)) in self.pressed:
            return
        self.pressed |= {(record, name, str(where)), name}
        refusal = self.refusal(record, name)
        if not refusal:
            return
        if f"{record._name}.{name}" in SELECTED:
            return
        boss = record.with_user(self.manager)
        if isinstance(refusal, AccessError) or not self.refusal(boss, name):
            self.problems.append(f"{record._name}.{name} {where}: {refusal}")

    def refusal(self, record, name):
        """What is said when somebody presses a button, None where it works."""
        with self.undone():
            try:
                getattr(record, name)()
            except RedirectWarning:
                return None
            except (UserError, ValueError) as error:
                return error
        return None

    def open(self, record, name, where):
        """An action of a button opens a model that one may use."""
        action = self.env["ir.actions.actions"].browse(int(name)).sudo()
        action = self.env[action.type].browse(action.id)
        ours = (action.xml_id or "").startswith(f"{MODULE}.")
        if not ours or action.type != "ir.actions.act_window":
            return
        operation = "create" if action.target == "new" else "read"
        if not record.env[action.res_model].has_access(operation):
            self.problems.append(f"{record._name}: {action.xml_id} {where}")
