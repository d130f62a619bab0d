"""The screens that make screenshots takes pictures of, and how to get there."""

import json

from steps import (
    ACTIVITY,
    APP,
    BOARD,
    COMPARE,
    DASHBOARD,
    DIALOG,
    FAR,
    FORM,
    GRAPH,
    GROUPS,
    HANDOVER,
    KANBAN,
    LIST,
    PAGE,
    PEOPLE,
    PIVOT,
    PROOF,
    READY,
    Scene,
    board,
    call,
    do,
    page,
    press,
    seen,
    toggle,
    view,
)

# --- the screens


def scenes(bed, database):
    """All of them; ``bed`` reads the ids of the demonstration data."""

    def number(query):
        found = bed.psql(query, database)
        if not found:
            raise bed.Failed(f"the demonstration data have nothing for {query}")
        return found.splitlines()[0]

    def of_client(table, name, column="id"):
        return number(
            f"SELECT t.{column} FROM {table} t JOIN res_partner p ON p.id ="
            f" t.partner_id WHERE p.name = '{name}' ORDER BY t.id"
        )

    health = {
        key: of_client("client_health", name)
        for key, name in {
            "boat": "Halvorsen Boatyard",
            "wren": "Juniper & Wren",
            "arcade": "Vexley Arcade",
            "new": "Oddfellow Telescopes",
            "ours": "Saffron Street Dental",
            "lost": "Grimsby Lanterns",
            "fixed": "Quillfeather Press",
        }.items()
    }
    recovery = of_client("client_recovery", "Pelham Ferry Company")
    offboarding = of_client("client_offboarding", "Vexley Arcade")
    over = of_client("client_offboarding", "Wexcombe Ice Rink")
    agreement = of_client("client_agreement", "Pelham Ferry Company")
    incident = of_client("client_incident", "Vexley Arcade")
    pulse = of_client("client_pulse", "Thornbury Castle Hotel")
    lead = of_client("crm_lead", "Grimsby Lanterns")
    project = of_client("project_project", "Vexley Arcade")
    order = number(
        "SELECT s.id FROM sale_order s JOIN client_health h ON h.partner_id ="
        " s.partner_id WHERE s.state IN ('draft', 'sent') AND h.level IN"
        " ('at_risk', 'critical') ORDER BY s.id"
    )
    flag = of_client("client_health_flag", "Grimsby Lanterns")
    ours = "client_health.indicator_our_on_time"
    kept = "/odoo/client-recovery/" + recovery
    leaving = "/odoo/client-offboarding/"
    boat = f"{APP}/{health['boat']}"
    return [
        *_app(health, boat),
        *_waiting(),
        *_figures(number("SELECT id FROM spreadsheet_dashboard WHERE name::text LIKE"
                         " '%Client Health%'")),
        *_flags(flag),
        *_said(incident, pulse, agreement),
        Scene("sheet", APP, BOARD, (call("client.health", "action_open_sheet",
              health["fixed"]), seen(".o_client_sheet .o_form_sheet")), height=1250),
        Scene("recoveries", "/odoo/client-recovery", KANBAN),
        Scene("recoveries-list", "/odoo/client-recovery", READY, view("list", LIST)),
        *(
            Scene(f"recovery-{name}", kept, FORM, (page(name),), height=1250)
            for name in ("self_review", "channel", "agreement", "review", "who")
        ),
        Scene(
            "recovery-start",
            APP,
            BOARD,
            (call("client.health", "action_start_recovery", health["lost"]),
             seen(DIALOG)),
        ),
        Scene("offboardings", "/odoo/client-offboarding", KANBAN),
        Scene("offboardings-list", "/odoo/client-offboarding", READY,
              view("list", LIST)),
        *(
            Scene(f"offboarding-{name}", leaving + which, FORM, (page(name),),
                  height=1250)
            for name, which in {
                "contract": offboarding,
                "projects": offboarding,
                "conversation": over,
                "tell": over,
                "transition": over,
                "who": over,
            }.items()
        ),
        Scene(
            "offboarding-start",
            APP,
            BOARD,
            (call("client.health", "action_start_offboarding", health["boat"]),
             seen(DIALOG)),
        ),
        *_offboarding_dialogs(number, leaving + offboarding, int(offboarding)),
        *_elsewhere(of_client, lead, project, order),
        *_reporting(),
        *_configuration(ours),
        *_empty(),
    ]  # fmt: skip


def _offboarding_dialogs(number, path, offboarding):
    line = number(
        "SELECT id FROM client_offboarding_project WHERE offboarding_id ="
        f" {offboarding} ORDER BY id"
    )
    task = number(
        f"SELECT id FROM client_offboarding_deliverable WHERE project_line_id = {line}"
        " AND decision = 'finish' ORDER BY id"
    )
    here = {"default_offboarding_id": offboarding}
    dialogs = {
        "close": {
            "default_project_line_id": int(line),
            "default_deliverable_ids": [int(task)],
        },
        "finish": {**here, "default_step": "projects"},
        "pass": {**here, "default_key": "no_topics"},
    }
    return [
        Scene(f"offboarding-{name}", path, FORM, (_dialog(f"client.offboarding.{name}",
              name.capitalize(), **context), seen(DIALOG)))
        for name, context in dialogs.items()
    ]  # fmt: skip


def _dialog(model, title, **context):
    """Open a dialog as a button would."""
    action = {"type": "ir.actions.act_window", "name": title, "res_model": model,
              "views": [[False, "form"]], "target": "new"}  # fmt: skip
    options = json.dumps({"additionalContext": context})
    return (
        "odoo.__WOWL_DEBUG__.root.env.services.action"
        f".doAction({json.dumps(action)}, {options})"
    )


def _app(health, boat):
    worst = ".o_client_health_check .o_client_health_row"
    opened = ".o_client_health_check [aria-expanded=true]"
    open_menu = (
        toggle(".o_kanban_record .o_dropdown_kanban button"),
        seen(".o-dropdown--menu .dropdown-item"),
    )
    return [
        Scene("clients", APP, BOARD),
        Scene("clients-card-menu", APP, BOARD, open_menu),
        board("clients-by-seller", group_by=["user_id"]),
        Scene("clients-list", APP, READY, view("list", LIST)),
        Scene("clients-graph", APP, READY, view("graph", GRAPH)),
        Scene("clients-pivot", APP, READY, view("pivot", PIVOT)),
        Scene("clients-activity", APP, READY, view("activity", ACTIVITY)),
        Scene("relationship", boat, PAGE, height=1080),
        Scene("why", boat, PAGE, (press(worst, opened),), height=1250),
        Scene("history", f"{APP}/{health['wren']}", PAGE, (FAR,), height=2000),
        Scene("history-table", f"{APP}/{health['ours']}", PAGE,
              (toggle(".o_client_health_as_table"),), height=2000),
        Scene("people", boat, f"{PEOPLE} [data-side]", height=1500, part=PEOPLE),
        Scene("receivables", "/odoo/client-health-receivables", LIST),
        Scene("handover", APP, BOARD, (do(HANDOVER), seen(READY))),
        Scene("critical", f"{APP}/{health['arcade']}", PAGE, height=844),
        Scene("unknown", f"{APP}/{health['new']}", PAGE, height=1500),
        Scene("client-flags", boat, FORM, (page("flags"),)),
        Scene("client-history", boat, FORM, (page("history"),)),
        Scene("override", boat, PAGE,
              (do("client_health.client_health_override_action",
                  active_id=int(health["boat"]), active_ids=[int(health["boat"])],
                  active_model="client.health"), seen(DIALOG))),
        Scene("proof", boat, PAGE, (_proof(health["boat"], "margin"), seen(PROOF))),
        Scene("proof-messages", APP, BOARD,
              (_proof(health["ours"], "our_on_time"),
               press(f"{PROOF} button", ".o_list_view .o_data_row"
                     " [name=client_health_answer]"))),
        Scene("report-incident", APP, BOARD,
              (call("client.health", "action_report_incident", health["lost"]),
               seen(DIALOG))),
    ]  # fmt: skip


def _waiting():
    path = "/odoo/client-health-waiting"
    return [
        Scene("waiting", path, READY, view("list", LIST)),
        Scene("waiting-board", path, READY, view("kanban", KANBAN)),
        Scene("waiting-for-them", f"{path}-for-them", READY, view("list", LIST)),
        Scene("waiting-opened", path, READY,
              (*view("list", LIST),
               press(f"{LIST} [name=asks]", ".o-mail-Message.o-highlighted"))),
    ]  # fmt: skip


def _figures(dashboard):
    path = "/odoo/client-health-figures"
    totals = ".o_list_view tfoot .o_list_number"
    return [
        Scene("figures", path, READY, view("list", totals)),
        Scene("figures-pivot", path, READY, view("pivot", PIVOT)),
        Scene("figures-graph", path, READY, view("graph", GRAPH)),
        Scene("figures-by-month", f"{path}-by-month", READY, view("list", GROUPS)),
        Scene("dashboard", APP, BOARD,
              (do({"type": "ir.actions.client", "tag": "action_spreadsheet_dashboard",
                   "params": {"dashboard_id": int(dashboard)}}), seen(DASHBOARD)),
              height=1500),
    ]  # fmt: skip


def _proof(record, indicator):
    return (
        "(async () => { const {orm, action} = odoo.__WOWL_DEBUG__.root.env.services;"
        "await action.doAction(await orm.call('client.health', 'action_show_records',"
        f" [[{record}], {indicator!r}])) }})()"
    )


def _flags(flag):
    path = "/odoo/client-health-flags"
    return [
        Scene("flags", path, READY, view("list", LIST)),
        Scene("flags-cards", path, READY, view("kanban", KANBAN)),
        Scene("flags-activity", path, READY, view("activity", ACTIVITY)),
        Scene("flags-graph", path, READY, view("graph", GRAPH)),
        Scene("flag", f"{path}/{flag}", FORM),
        Scene("flag-snooze", path, READY,
              (call("client.health.flag", "action_snooze", flag), seen(DIALOG))),
    ]  # fmt: skip


def _said(incident, pulse, agreement):
    return [
        Scene("incidents", "/odoo/client-incidents", READY),
        Scene("incident", f"/odoo/client-incidents/{incident}", FORM),
        Scene("pulses", "/odoo/client-pulse", READY),
        Scene("pulse", f"/odoo/client-pulse/{pulse}", FORM),
        Scene("agreements", "/odoo/client-agreements", READY),
        Scene("agreement", f"/odoo/client-agreements/{agreement}", FORM, height=1250),
    ]


def _elsewhere(of_client, lead, project, order):
    contact = of_client("client_health", "Halvorsen Boatyard", "partner_id")
    pipeline = "/odoo/action-crm.crm_lead_opportunities"
    return [
        Scene("contacts", "/odoo/contacts", READY, view("kanban", KANBAN)),
        Scene("contacts-list", "/odoo/contacts", READY, view("list", LIST)),
        Scene("contact", f"/odoo/res.partner/{contact}",
              ".o_notebook a[name=client_health]",
              (press(".o_notebook a[name=client_health]", PAGE),), height=1300),
        Scene("pipeline", pipeline, READY, view("kanban", KANBAN)),
        Scene("pipeline-list", pipeline, READY, view("list", LIST)),
        Scene("opportunity", f"/odoo/crm.lead/{lead}", FORM),
        Scene("projects", "/odoo/project", READY, view("kanban", KANBAN)),
        Scene("projects-list", "/odoo/project", READY, view("list", LIST)),
        Scene("project", f"/odoo/project.project/{project}", FORM),
        Scene("quotation", f"/odoo/sale.order/{order}", ".o_client_health_quotation"),
        Scene("teams", "/odoo/action-sales_team.crm_team_action_pipeline", KANBAN),
    ]  # fmt: skip


def _reporting():
    clients, history = "/odoo/client-health-report", "/odoo/client-health-history"
    flags = "/odoo/client-health-flag-report"
    return [
        Scene("report-clients", clients, GRAPH),
        Scene("report-clients-pivot", clients, READY, view("pivot", PIVOT)),
        Scene("report-history", history, GRAPH),
        Scene("report-history-pivot", history, READY, view("pivot", PIVOT)),
        Scene("report-history-list", history, READY, view("list", LIST)),
        Scene("report-flags", flags, GRAPH),
        Scene("report-flags-pivot", flags, READY, view("pivot", PIVOT)),
        Scene("report-recovery", "/odoo/client-recovery-report", READY),
        Scene("report-recovery-checks", "/odoo/client-recovery-checks", READY),
        Scene("report-offboardings", "/odoo/client-offboarding-report", READY),
    ]


def _configuration(indicator):
    return [
        Scene("checks", "/odoo/client-health-checks", LIST),
        Scene("check", "/odoo/client-health-checks", LIST,
              (do({"type": "ir.actions.act_window", "res_model": "client.health.check",
                   "res_id": 1, "views": [[False, "form"]]}), seen(FORM))),
        Scene("indicators", "/odoo/client-health-indicators", GROUPS),
        Scene("indicator", "/odoo/client-health-indicators", GROUPS,
              (press(".o_data_row .o_data_cell[name=name]", FORM),), height=1100),
        Scene("what-if", "/odoo/client-health-what-if", ".o_form_view .o_data_row"),
        Scene("what-if-weights", "/odoo/client-health-what-if",
              ".o_form_view .o_data_row", (page("weights"),)),
        Scene("what-if-compared", "/odoo/client-health-what-if",
              ".o_form_view .o_data_row", (page("levels"), _higher(), COMPARE),
              height=1250),
        Scene("settings", "/odoo/action-client_health.res_config_settings_action",
              ".o_setting_box", height=1400),
        Scene("set-up", APP, BOARD,
              (do("client_health.client_health_setup_action"), seen(DIALOG)),
              height=1000),
        Scene("runs", "/odoo/client-health-runs", ".o_list_view"),
    ]  # fmt: skip


def _higher():
    """Ask for a higher score of a healthy client."""
    return (
        "(async () => { const input = document.querySelector("
        "'.o_field_widget[name=healthy] input'); input.value = 95;"
        "input.dispatchEvent(new Event('input', {bubbles: true}));"
        "input.dispatchEvent(new Event('change', {bubbles: true})) })()"
    )


def _empty():
    """Each menu in a company that has no client yet."""
    paths = (
        "client-health", "client-health-flags", "client-incidents", "client-pulse",
        "client-agreements", "client-recovery", "client-offboarding",
        "client-health-report", "client-health-history", "client-health-flag-report",
        "client-recovery-report", "client-recovery-checks",
        "client-offboarding-report", "client-health-runs",
    )  # fmt: skip
    return [
        Scene(f"empty-{path.removeprefix('client-')}", f"/odoo/{path}", READY,
              company="new")
        for path in paths
    ]  # fmt: skip
