"""Calls with bad input to everything of the module that people may write or call.

Each is ``{"kind", "user", "model", "method", "body", "twins"}``; the twins are calls
with the same bad value to a plain model of Odoo, as ``(model, method, body)``.
"""

import base64
import csv
import io

from . import values

# Read by the module or by Odoo on the way through it.
CONTEXT = (
    "active_id", "active_model", "active_ids", "beyond", "default_partner_id",
    "default_company_id", "default_recovery_id", "default_offboarding_id",
    "offboarding_step", "recovery_step", "import_file", "end_datetime", "tz",
    "allowed_company_ids", "default_state",
)  # fmt: skip
OPERATORS = ("=", "!=", "in", "not in", "<", ">=", "ilike", "=like", "child_of", "any")
# How often each kind of call is made.
KINDS = {
    "write": 16,
    "create": 16,
    "web_save": 10,
    "onchange": 14,
    "load": 10,
    "base_import": 2,
    "method": 30,
    "search": 8,
    "structure": 2,
}
# Where a plain model refuses several records as Odoo refuses them everywhere.
ONE_RECORD = ("crm.lead", "redirect_lead_opportunity_view")


class Calls:
    """Makes calls for a catalogue; ``ids(user, model)`` gives live record ids."""

    def __init__(self, catalogue, rng, ids):
        self.models = catalogue["models"]
        self.plain = catalogue["plain"]
        self.users = list(catalogue["keys"])
        self.rng = rng
        self.ids = ids
        self.known = catalogue["ids"]

    def __iter__(self):
        kinds, weights = list(KINDS), list(KINDS.values())
        while True:
            kind = self.rng.choices(kinds, weights)[0]
            call = getattr(self, f"_{kind}")()
            if call:
                yield {"kind": kind, "twins": [], **call}

    # -- what and who ----------------------------------------------------------

    def _pick(self, right):
        """A model and one of the users, mostly one who has the right to it."""
        models = [
            m
            for m, about in self.models.items()
            if about["access"][right] and about["fields"]
        ]
        model = self.rng.choice(models)
        allowed = self.models[model]["access"][right]
        return model, self.rng.choice(
            allowed if self.rng.random() < 0.9 else self.users
        )

    def _some_ids(self, user, model, most=2):
        """Live ids, or at times those of nobody."""
        if self.rng.random() < 0.08:
            return [self.rng.choice(values.IDS)]
        live = self.ids(user, model)
        return self.rng.sample(live, min(len(live), self.rng.randint(1, most)))

    def _writable(self, model):
        fields = self.models[model]["fields"]
        return [n for n, f in fields.items() if not f["readonly"]] or list(fields)

    def _spoiled(self, model, most=3):
        """Bad values for one to three fields of a model."""
        fields = self.models[model]["fields"]
        names = self._writable(model) if self.rng.random() < 0.85 else list(fields)
        names = self.rng.sample(names, min(len(names), self.rng.randint(1, most)))
        return {name: self._bad(model, name) for name in names}

    def _bad(self, model, name):
        field = self.models[model]["fields"][name]
        if field["selection"] and self.rng.random() < 0.4:
            return self.rng.choice(field["selection"])
        relation = field["relation"]
        if relation and field["type"] == "many2one" and self.rng.random() < 0.4:
            others = self.known.get(relation) or self.ids(self.users[-1], relation)
            return self.rng.choice(others or [1])
        return values.bad(self.rng, field["type"])

    def _context(self):
        if self.rng.random() > 0.06:
            return {}
        names = self.rng.sample(CONTEXT, 2)
        return {name: values.bad(self.rng, "") for name in names}

    # -- twins -----------------------------------------------------------------

    def _twin_field(self, field):
        """Fields of plain models that are most like one of ours: ``(model, name)``."""
        found = [
            (model, name)
            for model, about in self.plain.items()
            for name, other in about["fields"].items()
            if other["type"] == field["type"]
        ]
        same = [
            (model, name)
            for model, name in found
            if self.plain[model]["fields"][name]["relation"] == field["relation"]
        ]
        return (same or found)[:2]

    def _twins(self, model, bad, method):
        for name, value in bad.items():
            field = self.models[model]["fields"].get(name)
            for plain, other in self._twin_field(field) if field else ():
                ids = self.plain[plain]["ids"][:1]
                yield plain, *self._same(method, ids, other, value)

    @staticmethod
    def _same(method, ids, name, value):
        if method == "onchange":
            body = {
                "values": {name: value},
                "field_names": [name],
                "fields_spec": {name: {}},
            }
            return "onchange", {"ids": [], **body}
        if method == "load":
            return "load", {"fields": [".id", name], "data": [[str(ids[0]), value]]}
        if method == "search":
            return "search_count", {"domain": [[name, *value]]}
        return "write", {"ids": ids, "vals": {name: value}}

    # -- kinds of calls --------------------------------------------------------

    def _write(self):
        model, user = self._pick("write")
        bad = self._spoiled(model)
        ids = self._some_ids(user, model)
        if not ids:
            return None
        return {
            "user": user,
            "model": model,
            "method": "write",
            "body": {"ids": ids, "vals": bad, "context": self._context()},
            "twins": [*self._twins(model, bad, "write"), self._junk_ids(ids, "write")],
        }

    @staticmethod
    def _junk_ids(ids, method):
        body = {"write": {"vals": {"name": "x"}}}.get(method, {})
        return "crm.lead", method, {"ids": ids, **body}

    def _create(self, method="create"):
        model, user = self._pick("create")
        about = self.models[model]
        bad = self._spoiled(model)
        whole = {**about["valid"], **bad}
        body = {"vals_list": [whole]}
        if method == "web_save":
            body = {"ids": [], "vals": whole, "specification": about["form"]}
        return {
            "user": user,
            "model": model,
            "method": method,
            "body": {**body, "context": self._context()},
            "twins": list(self._twins(model, bad, "write")),
        }

    def _web_save(self):
        if self.rng.random() < 0.5:
            return self._create("web_save")
        call = self._write()
        if call:
            body = call["body"]
            form = self.models[call["model"]]["form"]
            call |= {"method": "web_save", "body": {**body, "specification": form}}
        return call

    def _onchange(self):
        model, user = self._pick("read")
        about = self.models[model]
        if not about["form"]:
            return None
        bad = self._spoiled(model)
        ids = self._some_ids(user, model, 1) if self.rng.random() < 0.5 else []
        return {
            "user": user,
            "model": model,
            "method": "onchange",
            "body": {
                "ids": ids,
                "values": {**({} if ids else about["valid"]), **bad},
                "field_names": [n for n in bad if n in about["form"]]
                if self.rng.random() < 0.9
                else [],
                "fields_spec": about["form"],
                "context": self._context(),
            },
            "twins": [
                *self._twins(model, bad, "onchange"),
                ("crm.lead", "onchange",
                 {"ids": ids, "values": {}, "field_names": [], "fields_spec": {}}),
            ],
        }  # fmt: skip

    def _rows(self):
        """A model with columns and rows of text, as an import file holds them."""
        model, user = self._pick("create" if self.rng.random() < 0.7 else "write")
        about = self.models[model]
        names = self.rng.sample(list(about["fields"]), min(4, len(about["fields"])))
        names = list(
            dict.fromkeys([*(n for n, v in about["valid"].items() if v), *names])
        )
        columns = [n + self.rng.choice(("", "", "/id", "/.id", "/name")) for n in names]
        rows = []
        for _row in range(self.rng.randint(1, 3)):
            row = [about["valid"].get(name) for name in names]
            row = ["" if cell in (None, False) else str(cell) for cell in row]
            at = self.rng.randrange(len(names))
            bad = self._bad(model, names[at])
            row[at] = bad if self.rng.random() < 0.5 else str(bad)
            rows.append(row)
        return model, user, names, columns, rows

    def _load(self):
        model, user, names, columns, rows = self._rows()
        spoiled = {n: v for row in rows for n, v in zip(names, row, strict=True)}
        return {
            "user": user,
            "model": model,
            "method": "load",
            "body": {"fields": columns, "data": rows, "context": self._context()},
            "twins": [
                *self._twins(model, spoiled, "load"),
                ("crm.lead", "load", {"fields": ["name"] * len(names), "data": rows}),
                *(("crm.lead", "load",
                   {"fields": ["partner_id" + c.removeprefix(n)],
                    "data": [[row[at]] for row in rows]})
                  for at, (n, c) in enumerate(zip(names, columns, strict=True))),
            ],
        }  # fmt: skip

    def _base_import(self):
        """A file through the import screen; the id comes from the first call."""
        model, user, names, columns, rows = self._rows()
        text = io.StringIO()
        csv.writer(text).writerows([columns, *rows])
        content = text.getvalue().encode("utf-8", "replace")
        return {
            "user": user,
            "model": "base_import.import",
            "method": "execute_import",
            "body": {
                "file": base64.b64encode(content).decode(),
                "res_model": model,
                "fields": columns,
                "columns": columns,
            },
            "twins": [],
        }

    def _method(self):
        """A public method of ours with bad arguments, or of bad records."""
        models = [m for m, about in self.models.items() if about["methods"]]
        model = self.rng.choice(models)
        names = list(self.models[model]["methods"])
        extra = [n for n in names if self.models[model]["methods"][n]["args"]]
        name = self.rng.choice(extra if extra and self.rng.random() < 0.4 else names)
        method = self.models[model]["methods"][name]
        if name in ("create", "write", "default_get", "onchange"):
            return None  # a kind of their own, or Odoo's own argument
        user = self.rng.choice(self.users)
        body = {arg: values.bad(self.rng, "") for arg in method["args"]}
        # a text that no field of Odoo can hold either
        twins = [
            (
                "res.partner",
                "write",
                {
                    "ids": self.plain["res.partner"]["ids"][:1],
                    "vals": {"street": value},
                },
            )
            for value in body.values()
            if isinstance(value, str)
        ]
        if not method["model"]:
            ids = [] if self.rng.random() < 0.05 else self._some_ids(user, model)
            body["ids"] = ids
            twins += [(*ONE_RECORD, {"ids": ids}), self._junk_ids(ids, "write")]
        context = self._context()
        body["context"] = context
        return {
            "user": user,
            "model": model,
            "method": name,
            "body": body,
            "twins": twins,
        }

    def _search(self):
        model, user = self._pick("read")
        fields = self.models[model]["fields"]
        names = [n for n, f in fields.items() if f["searchable"]]
        if not names:
            return None
        name = self.rng.choice(names)
        leaf = [self.rng.choice(OPERATORS), self._bad(model, name)]
        twins = list(self._twins(model, {name: leaf}, "search"))
        how = self.rng.choice(("search_count", "search_read", "formatted_read_group"))
        body = {"domain": [[name, *leaf]]}
        if how == "search_read":
            body |= {"fields": self.rng.sample(list(fields), 1), "limit": 3}
        if how == "formatted_read_group":
            body |= {"groupby": [self.rng.choice(names)], "aggregates": ["__count"]}
        return {
            "user": user,
            "model": model,
            "method": how,
            "body": body,
            "twins": twins,
        }

    def _structure(self):
        """What is no list where one belongs, no mapping, no name."""
        model, user = self._pick("create")
        junk = values.bad(self.rng, "")
        method, argument = self.rng.choice(
            (("create", "vals_list"), ("write", "vals"), ("default_get", "fields"),
             ("default_get", "fields_list"))
        )  # fmt: skip
        body = {argument: junk}
        if method == "write":
            body["ids"] = self._some_ids(user, model)
        twin = {**body}
        if method == "write":
            twin["ids"] = self.plain["crm.lead"]["ids"][:1]
        if method == "default_get":
            twin = {"fields": junk}
        return {
            "user": user,
            "model": model,
            "method": method,
            "body": body,
            "twins": [("crm.lead", method, twin), ("res.partner", method, twin)],
        }
