"""make i18n: each module's .pot from its source, every .po brought in line with it.

test.py uses `differences` to tell when that has been forgotten.
"""

import bed
import polib

# the modules with terms of their own
SOURCES = (bed.SOURCE, bed.SALE_SOURCE, bed.DASHBOARD_SOURCE)


def template(source):
    return source / "i18n" / f"{source.name}.pot"


def export(database, source):
    """The terms of a module in an installed database, as a polib file."""
    path = bed.BED / f"{source.name}.pot"
    command = ["odoo", "i18n", "export", "-d", database, "-o", path, source.name]
    bed.run("export of the translation template", command, bed.LOGS / "i18n.log")
    pot = polib.pofile(str(path), wrapwidth=78)
    for entry in list(pot):
        entry.occurrences = [
            (where, line)
            for where, line in entry.occurrences
            # nobody translates the demonstration data
            if not where.rpartition(".")[2].startswith("demo_")
        ]
        if not entry.occurrences:
            pot.remove(entry)
    pot.save()
    return pot


def terms(pot):
    """What is to be translated, and the records by which Odoo finds it again."""
    return {
        (entry.msgid, where)
        for entry in pot
        if not entry.obsolete
        for where in ["", *(where for where, _line in entry.occurrences)]
        if not where.startswith("code:")
    }


def differences(database, source):
    """What the committed template lacks (+) or has too much (-), one line each."""
    path = template(source)
    new = terms(export(database, source))
    old = terms(polib.pofile(str(path))) if path.exists() else set()
    return [f"+ {' '.join(term)}" for term in sorted(new - old)] + [
        f"- {' '.join(term)}" for term in sorted(old - new)
    ]


def merge(path, pot):
    """Bring a .po in line: translations stay, new terms empty, obsolete ones gone."""
    po = polib.pofile(str(path), wrapwidth=78) if path.exists() else polib.POFile()
    po.metadata = {**pot.metadata, "Language": path.stem, **po.metadata}
    po.merge(pot)
    for entry in po.obsolete_entries():
        po.remove(entry)
    order = {entry.msgid: place for place, entry in enumerate(pot)}
    po.sort(key=lambda entry: order[entry.msgid])
    po.save(str(path))
    bed.say(f"{path.name}: {len(po)} terms, {len(po.untranslated_entries())} to do")


def update(source):
    path = template(source)
    path.parent.mkdir(exist_ok=True)
    if not differences(bed.full_database(), source):
        bed.say(f"{path.name} is up to date")
    else:
        (bed.BED / path.name).replace(path)
    pot = polib.pofile(str(path))
    bed.say(f"{path.name}: {len(pot)} terms")
    for translation in sorted({*path.parent.glob("*.po"), path.parent / "nl.po"}):
        merge(translation, pot)


def main():
    # an upgraded database keeps the mail templates and views of older sources
    bed.mark(bed.FULL_DATABASE).unlink(missing_ok=True)
    for source in SOURCES:
        update(source)


if __name__ == "__main__":
    bed.main(main)
