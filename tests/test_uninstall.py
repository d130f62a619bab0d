"""An app that goes, and the module itself: nothing breaks, nothing stays behind.

Both on a real database that Odoo itself changes, as the Apps screen does.
"""

import pytest
from outside import shell

OF_TIMESHEETS = ("effective_rate", "hours_over_budget", "margin", "loss_months")
HOURS = ("hours_", "timesheet_cost", "other_cost", "budget_")
# What is compared of every partner that is not demonstration data of the module.
PARTNERS = """
    SELECT count(*), md5(string_agg(concat_ws('|', id, name, complete_name, email,
           phone, active, is_company, parent_id, commercial_partner_id, user_id,
           company_id, lang, comment), ';' ORDER BY id))
      FROM res_partner WHERE id IN ({})
"""

# Figures of clients that nobody said anything about.
SAME = """
    SELECT h.partner_id, h.company_id, h.codec, md5(h.encoded_facts)
      FROM client_health h JOIN res_partner p ON p.id = h.partner_id
     WHERE h.phase = 'active' AND h.partner_id NOT IN (
           SELECT res_id FROM ir_model_data
            WHERE model = 'res.partner' AND module = 'client_health')
     ORDER BY 1, 2
"""


def rows(query, database):
    """The rows of a query, as lists of text."""
    import bed

    return [line.split("|") for line in bed.psql(query, database).splitlines()]


def command(what, database, *words):
    """Run a command of Odoo on the database; a warning in its log is a failure."""
    import bed

    log = bed.LOGS / f"{database}-change.log"
    bed.run(what, ["odoo", *words], log)
    assert not bed.problems(log), "\n".join(bed.problems(log))


REFRESH = """
env["client.health"]._refresh()
env.cr.commit()
run = env["client.health.run"].search([("kind", "=", "night")], limit=1)
answer = {"state": run.state, "failed": run.failed, "error": run.error, "clients": {}}
for health in env["client.health"].search([("phase", "!=", "ended")]):
    answer["clients"][health.id] = {
        "facts": health.facts or {},
        "indicators": {
            item["code"]: [item["value"], item["penalty"], item["reason"]]
            for check in health.explain()["checks"]
            for item in check["indicators"]
        },
        "flags": [
            [flag.driver_id.code, flag.state, str(flag.cleared_on or "")]
            for flag in health.flag_ids
        ],
    }
"""


def refreshed(database):
    answer = shell(database, REFRESH)
    assert (answer["state"], answer["failed"], answer["error"]) == ("done", 0, False)
    return answer["clients"]


def hours_in(clients):
    """Clients with a fact that timesheets yield."""
    return {
        client
        for client, said in clients.items()
        if any(key.startswith(HOURS) for key in said["facts"])
    }


def test_without_timesheets_their_figures_are_not_measured_and_come_back(database):
    shell(
        database,
        """
env["res.company"].search([]).client_health_required_rate = 80
env.cr.commit()
answer = True
""",
    )
    before = refreshed(database)
    measured = {
        client
        for client, said in before.items()
        if said["indicators"]["margin"][0] is not None and said["facts"]["hours_365"]
    }
    raised = [
        flag
        for said in before.values()
        for flag in said["flags"]
        if flag[0] in OF_TIMESHEETS and flag[1] != "cleared"
    ]
    assert measured and raised and hours_in(before) == set(before)

    command(
        "uninstall the timesheets",
        database,
        "module", "uninstall", "-d", database, "hr_timesheet",
    )  # fmt: skip
    after = refreshed(database)
    assert set(after) == set(before)
    assert not hours_in(after)
    for said in after.values():
        for code in OF_TIMESHEETS:
            value, penalty, reason = said["indicators"][code]
            assert (value, penalty) == (None, None), code
            assert reason and "app that is not installed" in reason, (code, reason)
        assert not [
            flag
            for flag in said["flags"]
            if flag[0] in OF_TIMESHEETS and flag[1] != "cleared"
        ]
    assert [flag for said in after.values() for flag in said["flags"] if flag[2]]

    command(
        "install the timesheets again",
        database,
        "-d", database, "-i", "sale_timesheet", "--stop-after-init", "--no-http",
    )  # fmt: skip
    made = shell(
        database,
        """
project = env["project.project"].search(
    [("partner_id", "!=", False), ("company_id", "=", env.company.id),
     ("is_template", "=", False)],
    limit=1,
)
employee = env["hr.employee"].search([("company_id", "=", env.company.id)], limit=1)
employee.hourly_cost = 50
if not project.account_id:
    project._create_analytic_account()
env["account.analytic.line"].create(
    {"name": "Back", "project_id": project.id, "employee_id": employee.id,
     "unit_amount": 12}
)
health = env["client.health"]._refresh(project.partner_id)
health = health.filtered(lambda found: found.company_id == env.company)
env.cr.commit()
lines = env["account.analytic.line"].search(
    [("project_id", "!=", False), ("company_id", "=", env.company.id),
     ("date", ">", "today -365d"), ("date", "<=", "today")]
).filtered(lambda line: line.partner_id.commercial_partner_id == health.partner_id)
answer = [health.id, sum(lines.mapped("unit_amount")), -sum(lines.mapped("amount"))]
""",
    )
    again = refreshed(database)
    assert hours_in(again) == set(again)
    facts = again[str(made[0])]["facts"]
    assert made[1] >= 12 and made[2] >= 600
    assert facts["hours_365"] == pytest.approx(made[1])
    assert facts["timesheet_cost_365"] == pytest.approx(made[2])


def schema(database):
    """Tables with their columns, indexes and constraints."""
    found = set()
    for kind, query in {
        "column": """SELECT table_name, column_name FROM information_schema.columns
                      WHERE table_schema = 'public'""",
        "index": "SELECT tablename, indexname FROM pg_indexes "
        "WHERE schemaname = 'public'",
        "constraint": """SELECT conrelid::regclass, conname FROM pg_constraint
                          WHERE contype <> 'n' AND conrelid <> 0""",
    }.items():
        found |= {(kind, *row) for row in rows(query, database)}
    return found


@pytest.fixture(scope="module")
def bare_database():
    """A copy of the full database before and after the module came."""
    import bed

    bed.copy(bed.FULL_DATABASE, "ch_leaving")
    return "ch_leaving"


def test_the_module_itself_leaves_nothing_behind(database, bare_database):
    import bed

    gone = bare_database
    # something of every kind that people make
    shell(
        gone,
        """
env["client.health"]._refresh()  # it may have become another day
health = env["client.health"].search([], limit=1)
health.activity_schedule("client_health.mail_activity_type_drop", user_id=2)
env["client.incident"].create(
    {"partner_id": health.partner_id.id, "category": "abuse", "description": "x"}
)
env["client.health"]._history(env.company).plan()
leaving = env["client.offboarding"].search([]).partner_id
partner = env["client.health"].search(
    [("company_id", "=", env.company.id), ("phase", "=", "active"),
     ("partner_id", "not in", leaving.ids)], limit=1
).partner_id
env["client.recovery"].create({"partner_id": partner.id, "user_id": 2})
agreement = env["client.agreement"].create({"partner_id": partner.id})
model = env["ir.model"]._get("client.agreement")
env["ir.filters"].create(
    {"name": "Mine", "model_id": "client.health", "user_ids": [(6, 0, [2])]}
)
env["ir.exports"].create({"name": "Mine", "resource": "client.incident"})
env["base_import.mapping"].create(
    {"res_model": "client.incident", "column_name": "A", "field_name": "date"}
)
env["ir.default"].set("client.incident", "severity", "severe")
env["ir.attachment"].create(
    {"name": "Contract", "raw": b"x", "res_model": "client.agreement",
     "res_id": agreement.id}
)
env["mail.template"].create({"name": "Mine", "model_id": model.id})
env["mail.message.subtype"].create({"name": "Mine", "res_model": "client.agreement"})
env["mail.activity.plan"].create({"name": "Mine", "res_model": "client.recovery"})
env["ir.actions.server"].create(
    {"name": "Mine", "model_id": model.id, "state": "code", "code": "pass"}
)
env["ir.rule"].create({"name": "Mine", "model_id": model.id, "domain_force": "[]"})
env.cr.commit()
answer = True
""",
    )
    assert bed.psql(
        "SELECT 1 FROM mail_activity WHERE res_model = 'client.recovery' LIMIT 1", gone
    )
    own = """SELECT id FROM res_partner WHERE id NOT IN (
               SELECT res_id FROM ir_model_data
                WHERE model = 'res.partner' AND module = 'client_health')"""
    before = rows(SAME, gone)
    compared = PARTNERS.format(bed.psql(own, gone).replace("\n", ","))
    partners = bed.psql(compared, gone)
    assert int(partners.split("|")[0]) > 50
    assert int(bed.psql("SELECT count(*) FROM client_health", gone))
    assert bed.psql(
        "SELECT 1 FROM mail_activity WHERE res_model = 'client.health' LIMIT 1", gone
    )
    command(
        "uninstall client_health",
        gone,
        "module", "uninstall", "-d", gone, bed.MODULE,
    )  # fmt: skip
    assert bed.psql(compared, gone) == partners
    clean = schema("ch_template_full")
    assert len(clean) > 5000
    assert not schema(gone) - clean
    assert not clean - schema(gone)
    for what, query in {
        "names": "SELECT name FROM ir_model_data WHERE module = 'client_health'",
        "models": "SELECT model FROM ir_model WHERE model LIKE 'client.%'",
        "fields": """SELECT model, name FROM ir_model_fields
                      WHERE model LIKE 'client.%' OR name LIKE 'client\\_health%'""",
        "actions": "SELECT name FROM ir_act_server WHERE code LIKE '%_cron_refresh%'",
        "jobs": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Client Health%'",
        "activities": "SELECT id FROM mail_activity WHERE res_model LIKE 'client.%'",
        "types": "SELECT id FROM mail_activity_type WHERE res_model LIKE 'client.%'",
        "plans": "SELECT id FROM mail_activity_plan WHERE res_model LIKE 'client.%'",
        "templates": "SELECT id FROM mail_template WHERE model LIKE 'client.%'",
        "subtypes": "SELECT id FROM mail_message_subtype"
        " WHERE res_model LIKE 'client.%'",
        "filters": "SELECT id FROM ir_filters WHERE model_id LIKE 'client.%'",
        "exports": "SELECT id FROM ir_exports WHERE resource LIKE 'client.%'",
        "imports": "SELECT id FROM base_import_mapping WHERE res_model LIKE 'client.%'",
        "steps": """SELECT t.id FROM mail_activity_plan_template t
                      LEFT JOIN mail_activity_type k ON k.id = t.activity_type_id
                     WHERE k.id IS NULL OR k.res_model LIKE 'client.%'""",
        "windows": "SELECT id FROM ir_act_window WHERE res_model LIKE 'client.%'",
        "reports": "SELECT id FROM ir_act_report_xml WHERE model LIKE 'client.%'",
        "rules": """SELECT r.id FROM ir_rule r LEFT JOIN ir_model m ON m.id = r.model_id
                     WHERE m.id IS NULL""",
        "code": "SELECT id FROM ir_act_server WHERE code LIKE '%client.%health%'",
        "assets": "SELECT id FROM ir_asset WHERE path LIKE '%client_health%'",
        "choices": """SELECT s.id FROM ir_model_fields_selection s
                        LEFT JOIN ir_model_fields f ON f.id = s.field_id
                       WHERE f.id IS NULL""",
        "messages": "SELECT id FROM mail_message WHERE model LIKE 'client.%'",
        "followers": "SELECT id FROM mail_followers WHERE res_model LIKE 'client.%'",
        "files": "SELECT id FROM ir_attachment WHERE res_model LIKE 'client.%'",
        "groups": "SELECT id FROM res_groups_privilege"
        " WHERE name->>'en_US' = 'Client Health'",
        "menus": "SELECT id FROM ir_ui_menu WHERE name->>'en_US' = 'Client Health'",
        "views": "SELECT id FROM ir_ui_view WHERE model LIKE 'client.%'",
        "tracked": """SELECT v.id FROM mail_tracking_value v
                        JOIN mail_message m ON m.id = v.mail_message_id
                       WHERE m.model LIKE 'client.%'""",
        "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE 'client_h%'",
        "defaults": """SELECT d.id FROM ir_default d
                         LEFT JOIN ir_model_fields f ON f.id = d.field_id
                        WHERE f.id IS NULL""",
    }.items():
        assert rows(query, gone) == [], what

    command(
        "install client_health again",
        gone,
        "-d", gone, "-i", bed.MODULE, "--stop-after-init", "--no-http",
    )  # fmt: skip
    assert (
        bed.psql(
            "SELECT count(*) > 0 AND bool_and(computed_on IS NOT NULL)"
            " FROM client_health",
            gone,
        )
        == "t"
    )
    # what people said is gone; what the records of Odoo say is the same again
    assert len(before) > 5
    again = {tuple(row[:2]): row[2:] for row in rows(SAME, gone)}
    assert {tuple(row[:2]): row[2:] for row in before} == {
        key: again.get(key) for key in (tuple(row[:2]) for row in before)
    }
    bed.drop(gone)
