"""Does the module keep the countable rules of the house? Part of make lint.

    model          a model stands in one file (those of TWO_FILES in two)
    import         packages import what is below them only (LAYERS)
    import-circle  no file imports itself by way of others
    self-circle    nor calls itself so, through self or env: its model, its mixins
    length         no file is longer than LONGEST says
    override       methods of the ORM are overridden only where OVERRIDES says why

What broke a rule when it was made is in house_exceptions.txt: one line each, with rule
and file. That list may only shrink, so a line that is no longer needed is a failure
too: check_house.py --shrink removes it, and lowers the lengths.
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from house_rules import INTERNALS, LAYERS, LONGEST, MEANT, OVERRIDES, TWO_FILES

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "tools" / "house_exceptions.txt"
MODULES = (
    "client_health",
    "client_health_queue_job",
    "client_health_sale",
    "client_health_dashboard",
)


class Offence(NamedTuple):
    rule: str
    path: str
    what: str = ""  # which model, import, method; for lengths the lines

    def __str__(self):
        return " ".join(self).strip()


# --- what there is


@dataclass
class Class:
    """A class that defines or extends a model."""

    path: str
    model: str
    parents: list[str]
    methods: dict[str, ast.AST]
    names: set[str]  # those, and what is assigned: fields, constants


@dataclass
class House:
    """The Python files below a folder, parsed."""

    root: Path
    trees: dict[str, ast.Module] = field(default_factory=dict)
    classes: list[Class] = field(default_factory=list)

    def __post_init__(self):
        for module in MODULES:
            for path in sorted((self.root / module).rglob("*.py")):
                name = path.relative_to(self.root).as_posix()
                if "/tests/" not in name:
                    tree = ast.parse(path.read_text(encoding="utf-8"))
                    self.trees[name] = tree
                    self.classes += model_classes(name, tree)


def assigned(statement):
    """The names that a statement of a class assigns, each with its value."""
    if isinstance(statement, ast.AnnAssign):
        yield statement.target, statement.value
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Tuple):
                yield from zip(target.elts, statement.value.elts, strict=True)
            else:
                yield target, statement.value


def model_classes(path, tree):
    for node in tree.body:
        bases = getattr(node, "bases", ())
        names = {base.attr for base in bases if isinstance(base, ast.Attribute)}
        if not names & {"Model", "AbstractModel", "TransientModel"}:
            continue
        values = {
            target.id: value
            for statement in node.body
            for target, value in assigned(statement)
            if isinstance(target, ast.Name)
        }
        name, parents = (
            ast.literal_eval(values.get(name, ast.Constant(())))
            for name in ("_name", "_inherit")
        )
        parents = [parents] if isinstance(parents, str) else list(parents)
        model = name or (parents[0] if parents else node.name)
        methods = {
            item.name: item for item in node.body if isinstance(item, ast.FunctionDef)
        }
        yield Class(
            path, model, [parent for parent in parents if parent != model], methods,
            {*methods, *values},
        )  # fmt: skip


def reachable(graph, start):
    """The nodes to which a way leads from `start`, in a graph: node → nodes."""
    seen, todo = set(), [start]
    while todo:
        for node in graph.get(todo.pop(), set()) - seen:
            seen.add(node)
            todo.append(node)
    return seen


def in_circles(rule, graph):
    """An offence for every step of a graph (node → nodes) that has a way back."""
    reach = {node: reachable(graph, node) for node in graph}
    for node, others in graph.items():
        for other in others - {node}:
            if node in reach.get(other, ()):
                yield Offence(rule, node, other)


# --- the checks


def models(house):
    files = defaultdict(set)
    for found in house.classes:
        module = found.path.partition("/")[0]
        files[module, found.model].add(found.path)
    for (_module, model), paths in files.items():
        if len(paths) > (2 if model in TWO_FILES else 1):
            for path in paths:
                yield Offence("model", path, model)


def imported(house, path):
    """The files of the modules that a file imports; also where there is none."""
    folder = Path(path).parent
    for node in ast.walk(house.trees[path]):
        if isinstance(node, ast.Import):
            wanted = [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = folder.parts[: len(folder.parts) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            wanted = [(base, alias.name) for alias in node.names]
        else:
            continue
        for base, name in wanted:
            base = base.removeprefix("odoo.addons.").replace(".", "/")
            candidates = (f"{base}/{name}.py", f"{base}/{name}/__init__.py",
                          f"{base}.py", f"{base}/__init__.py")  # fmt: skip
            there = [candidate for candidate in candidates if candidate in house.trees]
            if there or base.partition("/")[0] in MODULES:
                yield there[0] if there else candidates[0]


def package(path):
    """The package of LAYERS in which a file lies, or ''."""
    inside = path.removeprefix("client_health/")
    parts = Path(inside).parts
    for name in ("/".join(parts[:2]), parts[0]):
        if name in LAYERS and inside != f"{name}/__init__.py":
            return name
    return ""


def imports(house):
    graph = {}
    for path in house.trees:
        graph[path] = set(imported(house, path)) - {path}
        here = package(path)
        if not here:
            continue
        for other in sorted(graph[path]):
            there = package(other) or package(other.replace("__init__", "x"))
            down = there == here or LAYERS.get(there, 99) < LAYERS[here]
            if not down or other not in house.trees:
                yield Offence("import", path, other)
    yield from in_circles("import-circle", graph)


SAME_RECORD = {"sudo", "with_company", "with_context", "with_env", "with_user"}


def called(method, models):
    """Names of what a method calls or hands on of its own record, or of `models`."""
    for node in ast.walk(method):
        if not isinstance(node, ast.Attribute):
            continue
        value = node.value
        while (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr in SAME_RECORD
        ):
            value = value.func.value
        match value:
            case ast.Name(id="self" | "cls"):
                yield node.attr
            case ast.Subscript(ast.Attribute(attr="env"), ast.Constant(model)):
                if model in models:
                    yield node.attr


def through_self(house):
    """file → files of the same model, or of its mixins, whose methods it calls."""
    by_model = defaultdict(list)
    heirs = defaultdict(set)
    for found in house.classes:
        by_model[found.model].append(found)
        for parent in found.parents:
            heirs[parent].add(found.model)

    def everywhere(model, step, seen):
        for other in step(model) - seen:
            seen.add(other)
            everywhere(other, step, seen)
        return seen

    def parents(model):
        return {parent for found in by_model[model] for parent in found.parents}

    def owners(found, name):
        """Files that define it as a method: own ones, else mixins, else their users."""
        for models in (
            {found.model},
            everywhere(found.model, parents, set()),
            everywhere(found.model, heirs.__getitem__, set()),
        ):
            others = [other for model in models for other in by_model[model]]
            if any(name in other.names for other in others):
                return {other.path for other in others if name in other.methods}
        return set()

    graph = {path: set() for path in house.trees}
    for found in house.classes:
        known = {found.model, *everywhere(found.model, parents, set())}
        names = {n for method in found.methods.values() for n in called(method, known)}
        for name in names - found.names - INTERNALS - MEANT:
            files = owners(found, name)
            if found.path not in files:
                graph[found.path] |= files
    return graph


def self_circles(house):
    yield from in_circles("self-circle", through_self(house))


def limit(path):
    tests = path.suffix == ".py" and "tests" in path.parts
    return LONGEST.get("tests.py" if tests else path.suffix)


def lengths(house):
    for folder in (*MODULES, "tools", "tests", "benchmarks"):
        for path in sorted((house.root / folder).rglob("*")):
            name = path.relative_to(house.root)
            allowed = limit(name)
            if allowed and path.is_file():
                lines = path.read_bytes().count(b"\n")
                if lines > allowed:
                    yield Offence("length", name.as_posix(), str(lines))


def overrides(house):
    for found in house.classes:
        for name in sorted(INTERNALS & set(found.methods)):
            if (found.path, name) not in OVERRIDES:
                yield Offence("override", found.path, name)


def unused_overrides(house):
    """Of OVERRIDES what is not there (any more)."""
    there = {(found.path, name) for found in house.classes for name in found.methods}
    return [f"{path} {name}" for path, name in sorted(set(OVERRIDES) - there)]


RULES = (models, imports, self_circles, lengths, overrides)


def offences(root):
    house = House(root)
    return sorted({offence for rule in RULES for offence in rule(house)})


# --- the list of exceptions


def read(text):
    """The offences of a list, one per line; # begins a comment."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [Offence(*words) for words in lines if words]


def compare(found, excepted):
    """What there is beyond the exceptions, and exceptions that are not needed.

    An exception of length allows as many lines as it says.
    """
    longest = {e.path: int(e.what) for e in excepted if e.rule == "length"}
    long = {o.path for o in found if o.rule == "length"}
    new = [
        offence
        for offence in found
        if (
            int(offence.what) > longest.get(offence.path, 0)
            if offence.rule == "length"
            else offence not in excepted
        )
    ]
    unneeded = [
        exception
        for exception in excepted
        if (
            exception.path not in long
            if exception.rule == "length"
            else exception not in found
        )
    ]
    return new, unneeded


def shrunk(text, found):
    """The list without what is not needed, its lengths as they are now."""
    lengths = {o.path: o for o in found if o.rule == "length"}
    lines = []
    for line in text.splitlines():
        if not (entry := read(line)):
            lines.append(line)
        elif entry[0].rule == "length" and entry[0].path in lengths:
            now = min(entry[0], lengths[entry[0].path], key=lambda o: int(o.what))
            lines.append(str(now))
        elif entry[0] in found:
            lines.append(line)
    return "\n".join(lines) + "\n"


ADVICE = {
    "model": "the model stands in another file too",
    "import": "is not below, or not there at all",
    "import-circle": "is imported here, and imports this file, if by way of others",
    "self-circle": "is called through self, and calls back, if by way of others",
    "length": "lines are too many",
    "override": "is the ORM's own: use it, or say in OVERRIDES why it must be",
}


def main(arguments):
    found = offences(ROOT)
    text = EXCEPTIONS.read_text(encoding="utf-8")
    if arguments == ["--shrink"]:
        EXCEPTIONS.write_text(shrunk(text, found), encoding="utf-8")
        text = EXCEPTIONS.read_text(encoding="utf-8")
    new, unneeded = compare(found, read(text))
    for offence in new:
        print(f"{offence.path}: {offence.rule}: {offence.what} {ADVICE[offence.rule]}")
    for exception in unneeded:
        print(f"{EXCEPTIONS.name}: {exception}: remove it, it is no longer needed")
    unused = unused_overrides(House(ROOT))
    for entry in unused:
        print(f"check_house.py: OVERRIDES: {entry}: remove it, there is none")
    return 1 if new or unneeded or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
