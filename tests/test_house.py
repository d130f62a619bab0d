"""Does make lint see when a rule of the house is broken? Here each one is."""

import ast
import textwrap
from pathlib import Path

import pytest

house = pytest.importorskip("check_house")

MODEL = """
from odoo import models

class {0}(models.Model):
    {1}

    def _work(self):
        {2}
"""


@pytest.fixture
def broken(tmp_path):
    """Write files of a small module; returns how they break the rules."""

    def write(**files):
        for name, text in files.items():
            *folders, name = name.split("__")
            name = "__init__" if name == "init" else name
            path = tmp_path.joinpath("client_health", *folders, f"{name}.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return [str(offence) for offence in house.offences(tmp_path)]

    return write


def model(statement, work="return 1", name="Some"):
    return MODEL.format(name, statement, work)


def test_what_keeps_the_rules_is_left_alone(broken):
    assert not broken(
        scoring__score="LEVELS = ()",
        facts__base="from ..scoring.score import LEVELS",
        models__health__health=model(
            '_name = "a"\n    _inherit = ["m"]', "self._own()"
        ),
        models__mixins__own=model('_name = "m"')
        + "\n    def _own(self):\n        return self._work()\n",
    )


def test_a_model_in_two_files(broken):
    assert broken(
        models__health__one=model('_name = "a"'),
        models__health__two=model('_inherit = "a"'),
        models__health__three=model('_name = "b"\n    _inherit = ["a"]'),
    ) == [
        "model client_health/models/health/one.py a",
        "model client_health/models/health/two.py a",
    ]


def test_two_files_where_that_is_said(broken, monkeypatch):
    files = {f"models__health__{n}": model('_inherit = "a"') for n in ("b", "c")}
    monkeypatch.setitem(house.TWO_FILES, "a", "a dialog of its own")
    assert not broken(**files)
    assert len(broken(**files, models__health__d=model('_inherit = "a"'))) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "from ..recovery.end import END",
        "from ..recovery import end",
        "from odoo.addons.client_health.models.recovery.end import END",
        "import odoo.addons.client_health.models.recovery.end",
        "def f():\n    from ..recovery.end import END",
    ],
)
def test_an_import_from_above_or_beside(broken, statement):
    above = "client_health/models/recovery/end.py"
    assert broken(
        models__recovery__end="END = 1", models__health__x=statement,
        models__offboarding__y=statement, models__recovery__z=statement,
    ) == [
        f"import client_health/models/health/x.py {above}",
        f"import client_health/models/offboarding/y.py {above}",
    ]  # fmt: skip


def test_an_import_of_what_is_not_there(broken):
    line = "def f():\n    from ..b import story"
    assert broken(b__story="", models__health__a=line) == [
        "import client_health/models/health/a.py client_health/models/b/story.py"
    ]


def test_scoring_and_engine_import_no_models(broken):
    line = "from ..models.health import check"
    assert broken(
        models__health__check="", scoring__a=line, facts__b=line, engine__c=line
    ) == [
        f"import client_health/{file}.py client_health/models/health/check.py"
        for file in ("engine/c", "facts/b", "scoring/a")
    ]


def test_files_that_import_each_other_by_way_of_a_third(broken):
    assert broken(
        facts__a="from .b import B",
        facts__b="from . import c",
        facts__c="from .a import A",
        facts__d="from .a import A",
    ) == [
        "import-circle client_health/facts/a.py client_health/facts/b.py",
        "import-circle client_health/facts/b.py client_health/facts/c.py",
        "import-circle client_health/facts/c.py client_health/facts/a.py",
    ]


def test_a_package_may_load_what_imports_from_it(broken):
    assert not broken(
        facts__init="from . import a, b", facts__a="A = 1",
        facts__b="from . import a",
    )  # fmt: skip


def test_methods_that_call_each_other_across_files(broken, monkeypatch):
    monkeypatch.setitem(house.TWO_FILES, "a", "for this test")
    one = model('_name = "a"', "self.sudo().with_context(b=1)._other()")
    two = model('_inherit = "a"', "super()._work()").replace(
        "_work(self", "_other(self"
    )
    assert not broken(models__health__one=one, models__health__two=two)
    assert not broken(models__health__two=two.replace("super()", 'self.env["b"]'))
    in_env = two.replace("super()", 'self.env["a"].sudo()')
    assert len(broken(models__health__two=in_env)) == 2
    two = two.replace("super()", "self")
    paths = [f"client_health/models/health/{name}.py" for name in ("one", "two")]
    assert broken(models__health__one=one, models__health__two=two) == [
        " ".join(["self-circle", *paths]),
        " ".join(["self-circle", *reversed(paths)]),
    ]


def test_a_mixin_that_calls_what_only_its_users_have(broken):
    mixin = model('_name = "m"', "return self._steps()")
    user = model('_name = "a"\n    _inherit = ["m", "mail.thread"]', "self._work()")
    user = user.replace("_work(self)", "_steps(self)")
    assert len(broken(models__process__m=mixin, models__recovery__a=user)) == 2
    declared = mixin + "\n    def _steps(self):\n        raise NotImplementedError\n"
    assert not broken(models__process__m=declared, models__recovery__a=user)
    constant = mixin.replace('"m"\n', '"m"\n    _steps = ()\n', 1)
    assert not broken(models__process__m=constant, models__recovery__a=user)


def test_what_odoo_itself_has_leads_nowhere(broken):
    mixin = model('_name = "m"', "return self.default_get([])")
    user = model('_name = "a"\n    _inherit = "m"', "self._work()")
    user = user.replace("_work(self)", "default_get(self, names)")
    assert not broken(models__process__m=mixin, models__recovery__a=user)


def test_files_that_are_too_long(broken, tmp_path):
    fine = "\n" * 400
    assert not broken(facts__a=fine, tests__test_b="\n" * 600)
    views = tmp_path / "client_health/views/a.xml"
    views.parent.mkdir()
    views.write_text("\n" * 501)
    assert broken(facts__a=fine + "\n", tests__test_b="\n" * 601) == [
        "length client_health/facts/a.py 401",
        "length client_health/tests/test_b.py 601",
        "length client_health/views/a.xml 501",
    ]


def test_methods_of_the_orm(broken):
    override = model('_name = "a"').replace("_work", "{}")
    path = "client_health/models/health/a.py"
    for name in ("_search", "_read_group_select", "onchange", "web_read_group"):
        found = broken(models__health__a=override.replace("{}", name))
        assert found == [f"override {path} {name}"]
    for name in ("create", "_compute_display_name"):
        assert not broken(models__health__a=override.replace("{}", name))


def test_an_override_is_listed_with_its_file(broken, monkeypatch):
    path = "client_health/models/health/a.py"
    monkeypatch.setitem(house.OVERRIDES, (path, "_search"), "for this test")
    text = model('_name = "a"').replace("_work", "_search")
    assert not broken(models__health__a=text)
    assert len(broken(models__health__b=text)) == 2 + 1  # a model in two files


def test_the_methods_of_the_orm_are_those_of_odoo():
    pytest.importorskip("odoo.release")
    import odoo.addons.web
    import odoo.orm

    sources = {
        "BaseModel": Path(odoo.orm.__path__[0], "models.py"),
        "Base": Path(odoo.addons.web.__path__[0], "models", "models.py"),
    }
    methods = {
        item.name
        for name, path in sources.items()
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == name
        for item in node.body
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("__")
        if not any(getattr(d, "id", "") == "property" for d in item.decorator_list)
    }
    assert methods == house.INTERNALS | house.MEANT


# --- the list of exceptions

FOUND = [
    house.Offence("length", "long.py", "450"),
    house.Offence("model", "one.py", "a"),
]


def test_what_is_excepted_is_no_failure():
    for lines in ("450", "460"):
        text = f"# why\nlength long.py {lines}\n\nmodel one.py a  # soon\n"
        assert house.compare(FOUND, house.read(text)) == ([], [])


def test_what_is_not_excepted_is_a_failure():
    text = "length long.py 449\nmodel one.py b\n"
    new, unneeded = house.compare(FOUND, house.read(text))
    assert new == FOUND
    assert unneeded == [house.Offence("model", "one.py", "b")]


def test_an_exception_that_is_not_needed_is_a_failure():
    text = "length long.py 450\nlength short.py 500\nmodel one.py a\nmodel two.py a\n"
    new, unneeded = house.compare(FOUND, house.read(text))
    assert not new
    assert [str(entry) for entry in unneeded] == [
        "length short.py 500",
        "model two.py a",
    ]


def test_the_list_shrinks_and_never_grows():
    text = "# why\nlength long.py 500\nlength short.py 500\nmodel two.py a\n"
    assert house.shrunk(text, FOUND) == "# why\nlength long.py 450\n"
    assert house.shrunk("length long.py 420\n", FOUND) == "length long.py 420\n"


def test_odoos_runner_knows_every_test_of_the_module():
    folder = Path(__file__).resolve().parent.parent / "client_health" / "tests"
    tree = ast.parse((folder / "__init__.py").read_text())
    named = {
        f"{statement.module}/{name.name}.py"
        for statement in tree.body
        for name in statement.names
    }
    told = [name.asname or name.name for part in tree.body for name in part.names]
    there = {str(path.relative_to(folder)) for path in folder.glob("*/test_*.py")}
    assert named == there
    assert len(told) == len(set(told)), "two of one name are one"
