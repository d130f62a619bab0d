"""Everyday screens with the module against without it, as the server sees them.

    python benchmarks/screens.py WITH WITHOUT

Two databases with the same records, one of them with the module and its healths. In
one process the same person opens the same screens in both by turns, each time by the
requests to Odoo's server that fill the view, from their HTTP headers to the JSON of
their answers: the records and, on a board, the bars above its columns. What is asked is
what the web client asks: the fields are taken from the view that ``get_views`` gives
that person, so the fields of the module are asked where it is installed. Prints one
line of JSON: screen → median seconds with and without, and the median of the ratios of
neighbours in time, of the screen and of its records alone.
"""

import ast
import json
import statistics
import sys
import time

from lxml import etree
from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.service.security import compute_session_token
from odoo.service.server import load_server_wide_modules
from odoo.tools import config
from odoo.tools.safe_eval import safe_eval
from werkzeug.test import Client

ROUNDS = 30
LOGIN = "colleague0"
GROUPS = (
    "base.group_user", "base.group_partner_manager", "project.group_project_user",
    "sales_team.group_sale_salesman_all_leads", "client_health.group_user",
)  # fmt: skip


class Screens:
    """The requests of one person in one database."""

    def __init__(self, database):
        self.cr = Registry(database).cursor()
        env = api.Environment(self.cr, SUPERUSER_ID, {})
        user = env["res.users"].search([("login", "=", LOGIN)])
        groups = [env.ref(name, raise_if_not_found=False) for name in GROUPS]
        user.group_ids = [(4, group.id) for group in groups if group]
        env.flush_all()
        self.uid = user.id
        self.context = {
            "lang": "en_US", "tz": "UTC", "uid": user.id,
            "allowed_company_ids": user.company_id.ids,
        }  # fmt: skip
        self.client = env["res.partner"].search([("name", "=", "Client 7")]).id
        self.browser = Client(http.root)
        self.browser.set_cookie("session_id", self._session(env(user=user)).sid)
        self.cr.commit()
        self.requests = {
            "contacts list": [self._list("contacts.action_contacts", "list", 80)],
            "contacts kanban": [self._list("contacts.action_contacts", "kanban", 40)],
            "CRM pipeline": self._pipeline(),
            "partner form": [self._form()],
        }

    def _session(self, env):
        """What the server keeps of a person who logged in."""
        session = http.root.session_store.new()
        session.update(
            http.get_default_session(), db=self.cr.dbname, uid=env.uid, login=LOGIN
        )
        session.session_token = compute_session_token(session, env)
        session.context = dict(env["res.users"].context_get())
        http.root.session_store.save(session)
        return session

    def env(self):
        return api.Environment(self.cr, self.uid, self.context)

    def seconds(self, name):
        """(time of a screen, time of its records alone)"""
        each = [self._seconds(*request) for request in self.requests[name]]
        return sum(each), each[0]

    def _seconds(self, model, method, args, kwargs):
        asked = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        start = time.perf_counter()
        answer = self.browser.post(
            f"/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "method": "call", "params": asked},
        )
        seconds = time.perf_counter() - start
        if "result" not in answer.json:
            raise SystemExit(f"{model}.{method}: {answer.json}")
        return seconds

    # -- what the web client asks ----------------------------------------------

    def _view(self, action, kind):
        """(model, specification, arch, context) of the view of an action."""
        env = self.env()
        action = env["ir.actions.actions"]._for_xml_id(action)
        given = safe_eval(action["context"] or "{}", {"uid": self.uid})
        given = {key: value for key, value in given.items() if "default_" not in key}
        views = [[view, name] for view, name in action["views"]]
        views = [view for view in views if view[1] == kind] or [[False, kind]]
        model = env[action["res_model"]].with_context(**given)
        found = model.get_views(
            views, {"action_id": action["id"], "toolbar": True, "load_filters": True}
        )
        arch = found["views"][kind]["arch"]
        asked = specification(env, arch, action["res_model"])
        return action["res_model"], asked, arch, {**self.context, **given}

    def _list(self, action, kind, size):
        model, asked, _arch, context = self._view(action, kind)
        return model, "web_search_read", [], {
            "domain": [], "specification": asked, "offset": 0, "order": "",
            "limit": size, "context": {"bin_size": True, **context},
            "count_limit": 10001,
        }  # fmt: skip

    def _pipeline(self):
        model, asked, arch, context = self._view("crm.crm_lead_action_pipeline",
                                                 "kanban")  # fmt: skip
        bar = etree.fromstring(arch).find(".//progressbar")
        domain = [("type", "=", "opportunity"), ("user_id", "=", self.uid)]
        cards = model, "web_read_group", [], {
            "domain": domain,
            "groupby": ["stage_id"], "aggregates": [f"{bar.get('sum_field')}:sum"],
            "limit": None, "offset": 0, "order": "", "auto_unfold": True,
            "opening_info": [], "unfold_read_specification": asked,
            "unfold_read_default_limit": 40, "groupby_read_specification": {},
            "context": {"read_group_expand": True, **context},
        }  # fmt: skip
        colors = json.loads(bar.get("colors"))
        bars = model, "read_progress_bar", [], {
            "domain": domain, "group_by": "stage_id", "context": context,
            "progress_bar": {"field": bar.get("field"), "colors": colors},
        }  # fmt: skip
        return [cards, bars]

    def _form(self):
        model, asked, _arch, context = self._view("contacts.action_contacts", "form")
        return model, "web_read", [[self.client]], {
            "specification": asked, "context": {"bin_size": True, **context},
        }  # fmt: skip


def specification(env, view, model):
    """The fields that the web client reads for a view: its ``getFieldsSpec``.

    ``view``: the list, kanban or form as ``get_views`` gives it, as text.
    """
    asked = {}
    fields = env[model]._fields
    for node in etree.fromstring(view).xpath("//field[not(ancestor::field)]"):
        name = node.get("name")
        options = _options(node)
        hidden = node.get("invisible") in ("1", "True")
        asked.setdefault(name, {})
        asked[name].update(_related(env, node, fields[name], options, hidden))
        for option, other in options.items():
            if option.endswith("_field") and not fields[name].relational:
                asked.setdefault(other, {})
    return asked


def _options(node):
    try:
        return ast.literal_eval(node.get("options") or "{}")
    except ValueError:  # they hang on values of the record
        return {}


def _related(env, node, field, options, hidden):
    """What is read of the records behind a relational field."""
    if field.type == "many2one":
        return {"fields": {} if hidden else {"display_name": {}}}
    if hidden or field.type not in ("one2many", "many2many"):
        return {}
    below = {}
    for view in node.iterchildren("list", "kanban", "form"):
        below.update(specification(env, etree.tostring(view), field.comodel_name))
    if "color_field" in options:
        below[options["color_field"]] = {}
    return {"fields": below or {"display_name": {}}, "limit": 40}


def measure(with_module, without):
    sides = [Screens(with_module), Screens(without)]
    result = {}
    for name in sides[0].requests:
        for side in sides * 3:
            side.seconds(name)
        pairs = []
        for turn in range(ROUNDS):
            first, second = sides if turn % 2 else sides[::-1]
            pair = {first: first.seconds(name), second: second.seconds(name)}
            pairs.append([pair[side] for side in sides])
        of_screens = [(its[0], other[0]) for its, other in pairs]
        of_records = [(its[1], other[1]) for its, other in pairs]
        result[name] = {
            "with": statistics.median(its for its, _other in of_screens),
            "without": statistics.median(other for _its, other in of_screens),
            "ratio": statistics.median(its / other for its, other in of_screens),
            "records": statistics.median(its / other for its, other in of_records),
        }
    return result


def main(with_module, without):
    config.parse_config(["--log-level=error"])
    load_server_wide_modules()
    print(json.dumps(measure(with_module, without)))


if __name__ == "__main__":
    main(*sys.argv[1:])
