"""Everything that can be read, written or called, against the table of rights.

The registry says what there is, ``rights.py`` who may; both ways are checked: what
is not in the table fails, what the table forbids is refused, what it allows works
on a real record.
"""

import contextlib
import warnings
from collections import defaultdict

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .arguments import ARGUMENTS
from .rights import EXTENDED, MODELS
from .rights_world import (
    WorldCase,
    extended_models_of,
    fields_of,
    methods_of,
    models_of,
)

# Who may what a line of the table names, each with all that those before may.
LEVELS = ("internal", "user", "manager", "system", "nobody")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
OUTSIDERS = ("public", "portal", "internal")
# Actor → how far the lines of the table reach for them.
REACH = {"internal": "internal", "user": "user", "manager": "manager"}


class Rights:
    """One entry of the table."""

    def __init__(self, entry):
        self.entry = entry
        self.lines = defaultdict(set)
        for line, names in entry.items():
            if " " in line:
                who, what = line.split()
                self.lines[what, who] = set(names.split())

    def of(self, what, actor):
        """The names that an actor may read, write or call."""
        reach = REACH.get(actor)
        if reach is None:
            return set()
        ranks = LEVELS[: LEVELS.index(reach) + 1]
        # the samples are the user's: what their author alone may do
        alone = self.lines[what, "author"] if actor == "user" else set()
        return alone.union(*(self.lines[what, who] for who in ranks))

    def all(self, what):
        return set().union(*(self.lines[what, who] for who in LEVELS))

    def operations(self, actor):
        """The operations on records: letters of OPERATIONS."""
        return self.entry.get(actor, "") if actor in ("user", "manager") else ""


TABLE = {name: Rights(entry) for name, entry in {**MODELS, **EXTENDED}.items()}


@tagged("post_install", "-at_install")
class TestRightsMatrix(WorldCase):
    def setUp(self):
        super().setUp()
        self.problems = []

    def tearDown(self):
        problems = "\n".join(self.problems)
        super().tearDown()
        self.assertFalse(problems, f"\n{problems}")

    def check(self, holds, *words):
        """Note what does not hold; all of it is told in the end."""
        if not holds:
            self.problems.append(" ".join(map(str, words)))

    @contextlib.contextmanager
    def undone(self):
        """Whatever happens in here has not happened afterwards."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def refused(self, action, *args):
        """True when something is refused, cannot be done at all, or tells nothing."""
        with self.undone(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                result = action(*args)
            except (UserError, ValueError):
                return True
        return type(result) in (list, dict) and result in ([], {"datas": []})

    def rank(self, name, actor):
        """As whom the table means an actor: a manager of another company is one
        for what belongs to no company."""
        shared = name in EXTENDED or MODELS[name].get("shared")
        return "manager" if actor == "stranger" and shared else actor

    # -- nothing is forgotten --------------------------------------------------

    def test_every_model_field_and_method_is_in_the_table(self):
        for there, table in (
            (models_of(self.env), MODELS),
            (extended_models_of(self.env), EXTENDED),
        ):
            for name in {*there} ^ {*table}:
                self.check(False, name, "is new or gone: say so in tests/rights.py")
        for name, rights in TABLE.items():
            if name not in self.env:
                continue
            model = self.env[name]
            self.check(rights.all("writes") <= fields_of(model), name, "writes")
            for line, kind, there in (
                ("reads", "field", fields_of(model)),
                ("calls", "public method", methods_of(model)),
            ):
                for new in sorted(there - rights.all(line)):
                    self.check(
                        False,
                        f"The {kind} {name}.{new} is new: say in tests/rights.py, "
                        f'under "{name}", in which line "… {line}" it belongs, or '
                        "make it private.",
                    )
                for gone in sorted(rights.all(line) - there):
                    self.check(False, f"{name}.{gone} is in the table, and gone")

    # -- records ---------------------------------------------------------------

    def test_records_are_for_whom_the_table_says(self):
        for name in MODELS:
            for actor in self.actors:
                may = TABLE[name].operations(
                    "manager" if actor == "stranger" else actor
                )
                if actor == "stranger" and MODELS[name].get("everywhere"):
                    may = "r"
                model = self.at_work(actor, name)
                for letter, operation in OPERATIONS.items():
                    right = model.has_access(operation) == (letter in may)
                    self.check(right, actor, operation, name)
                if not may:
                    self.check(self.refused(model.search, []), actor, "searches", name)
                    self.check(self.refused(model.read_group, [], [], []), name)

    def test_a_record_of_another_company_is_out_of_reach(self):
        for name, entry in MODELS.items():
            if entry.get("shared") or not entry["manager"]:
                continue
            record = self.sample(name, "manager")
            theirs = self.at_work("stranger", name).browse(record.ids)
            mine = [("id", "in", record.ids)]
            self.check(not theirs.search(mine), name, "is found")
            self.check(not theirs.search_count(mine), name, "is counted")
            foreign = theirs.with_context(allowed_company_ids=self.company.ids)
            for action, args in (
                (theirs.read, []),
                (theirs.write, [{}]),
                (theirs.unlink, []),
                (theirs.export_data, [["display_name"]]),
                (theirs.web_read, [{"display_name": {}}]),
                (theirs.copy, []),
                (foreign.read, [["display_name"]]),
                (foreign.search, [mine]),
            ):
                refused = self.refused(action, *args)
                self.check(refused, "a stranger may", action.__name__, name)

    # -- fields ----------------------------------------------------------------

    def test_fields_are_read_by_whom_the_table_says(self):
        for name, rights in TABLE.items():
            for actor in ("public", "portal", "internal", "user", "manager"):
                if name in MODELS and not rights.operations(actor):
                    continue  # not a single record, as tested above
                model = self.at_work(actor, name)
                may = rights.of("reads", actor)
                shown = fields_of(model) & set(model.fields_get(attributes=["type"]))
                if name != "res.config.settings":
                    self.check(shown == may, actor, "is shown", name, shown ^ may)
                    for hidden in fields_of(model) - may:
                        self.check_hidden(actor, model, hidden)
                if name in MODELS:
                    record = self.sample(name, actor)
                    [values] = record.read(sorted(may))
                    self.check(may <= set(values), actor, "reads", name)
                    record.web_read({field: {} for field in may})

    def check_hidden(self, actor, model, name):
        """A field is not read, searched, sorted, grouped, summed or exported."""
        field = model._fields[name]
        record = model.browse(self.some_id(model))
        tries = [
            (record.read, [name]),
            (record.export_data, [name]),
            (record.web_read, {name: {}}),
            (model.search, [], 0, 1, name),
            (model.formatted_read_group, [], [name], ["__count"]),
        ]
        if field._description_searchable:
            tries.append((model.search, [(name, "!=", False)]))
        if field.aggregator:
            tries.append((model.formatted_read_group, [], [], [f"{name}:max"]))
        for action, *args in tries:
            refused = self.refused(action, *args)
            self.check(refused, actor, action.__name__, f"{model._name}.{name}")

    def some_id(self, model):
        if model._name in self.samples:
            return self.samples[model._name].id
        return self.env[model._name].sudo().search([], limit=1).id

    def test_fields_are_written_by_whom_the_table_says(self):
        for name in MODELS:
            for actor in ("user", "manager"):
                rights = TABLE[name]
                written = set()
                if "w" in rights.operations(actor):
                    record = self.sample(name, actor)
                    written = {
                        field.name
                        for field in map(record._fields.get, fields_of(record))
                        if field.store or field.inverse
                        if self.is_written(record, field)
                    }
                wrong = written ^ rights.of("writes", actor)
                self.check(not wrong, actor, "writes", name, wrong)

    def is_written(self, record, field):
        """True when writing what is there already is not refused."""
        value = record.sudo()[field.name]
        value = [] if "2many" in field.type else field.convert_to_write(value, record)
        with self.undone():
            try:
                record.write({field.name: value})
                self.env.flush_all()
            except UserError:
                return False
        return True

    # -- methods ---------------------------------------------------------------

    def test_methods_are_called_by_whom_the_table_says(self):
        for name, rights in TABLE.items():
            for method in sorted(rights.all("calls")):
                for actor in self.actors:
                    allowed = method in rights.of("calls", self.rank(name, actor))
                    self.check_call(name, method, actor, allowed)

    def check_call(self, name, method, actor, allowed):
        record = self.called_on(name, actor)
        function = getattr(type(record), method)
        if actor == "stranger":
            if getattr(function, "_api_model", False) or not record:
                return  # about a company of their own, or there is nothing
        result, denied = None, None
        with self.undone(), contextlib.suppress(RedirectWarning):
            try:
                result = function(record, *ARGUMENTS.get(f"{name}.{method}", ()))
                self.env.flush_all()
            except AccessError as error:
                denied = error
            except UserError as error:  # not now, or not for this person
                denied = None if allowed else error
        call = f"{name}.{method}"
        if allowed:
            self.check(not denied, actor, "may not call", call, denied)
        else:
            self.check(denied or not result, actor, "may call", call, result)

    def called_on(self, name, actor):
        """A record that exists, whether the actor may see it or not."""
        model = self.at_work(actor, name)
        if name in EXTENDED:
            return model.browse(self.extended_sample(name, actor).ids)
        owner = actor if TABLE[name].operations(actor) else "manager"
        return model.browse(self.sample(name, owner).ids)

    def extended_sample(self, name, actor):
        """A record of somebody else's model that has to do with the client, in the
        company of the actor."""
        if name == "res.partner":
            return self.client
        domain = []
        if name == "mail.message":
            lead = self.extended_sample("crm.lead", actor)
            on_lead = [("model", "=", lead._name), ("res_id", "=", lead.id)]
            return self.env[name].search(on_lead, limit=1)
        if "partner_id" in self.env[name]._fields:
            domain.append(("partner_id", "in", (self.client | self.leaving).ids))
        if "company_id" in self.env[name]._fields:
            company = self.actors[actor].company_id
            domain.append(("company_id", "in", (False, company.id)))
        return self.env[name].search(domain, limit=1)
