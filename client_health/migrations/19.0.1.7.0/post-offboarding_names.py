"""Texts of offboardings that named what not all of their readers may see: proposed
names of internal tasks go, companies and projects become a number."""

OUTCOMES = ("kept", "shared")


def migrate(cr, version):
    cr.execute(
        """UPDATE client_offboarding_deliverable d SET client_name = NULL
             FROM project_task t JOIN project_project p ON p.id = t.project_id
            WHERE d.task_id = t.id AND d.client_name = d.own_name
              AND p.privacy_visibility IN ('followers', 'employees')"""
    )
    cr.execute(
        """SELECT id, outcome FROM client_offboarding
            WHERE outcome ~ '(^|\\n)(kept|shared): '"""
    )
    for number, outcome in cr.fetchall():
        text = "\n".join(map(_counted, outcome.splitlines()))
        cr.execute(
            "UPDATE client_offboarding SET outcome = %s WHERE id = %s", (text, number)
        )


def _counted(line):
    """A line "code: names" with the number of names, where they may be secret."""
    code, _colon, names = line.partition(": ")
    if code not in OUTCOMES or names.isdigit():
        return line
    return f"{code}: {len(names.split(', '))}"
