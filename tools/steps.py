"""What a screenshot is of, and what is done on a screen before it is taken."""

import json
from typing import NamedTuple

APP = "/odoo/client-health"
PAGE = ".o_client_health_explanation .o_client_health_changes"
BOARD = ".o_kanban_record .o_client_health_badge"
LIST = ".o_list_view .o_data_row"
GROUPS = ".o_list_view .o_group_header"
KANBAN = ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)"
FORM = ".o_form_view .o_form_sheet"
PROOF = "[name=line_ids] :is(.o_data_row, .o_kanban_record)"
DIALOG = ".modal .modal-footer button"
GRAPH = ".o_graph_view canvas"
PIVOT = ".o_pivot_view .o_pivot_cell_value"
ACTIVITY = ".o_activity_view"
PEOPLE = ".o_client_health_people"
HANDOVER = "client_health.client_handover_action_open"
READY = ".o_action_manager .o_control_panel"
DASHBOARD = ".o_spreadsheet_dashboard_action canvas"


class Scene(NamedTuple):
    """A screen: its address, what shows that it is there, what is done on it (pieces
    of JavaScript), how high it is on a desk, and the part that is pictured (default:
    all of it). ``company``: the one of the picture, main or new (without a client).
    """

    name: str
    path: str
    there: str
    steps: tuple = ()
    height: int = 0
    part: str = ""
    company: str = "main"


# --- what is done on a screen


def seen(selector, meanwhile=""):
    """Wait until something is there; ``meanwhile`` is done again and again."""
    return (
        "new Promise((done, fail) => { let tries = 0; const timer = setInterval(() => {"
        f"if (document.querySelector({json.dumps(selector)}))"
        " { clearInterval(timer); done() }"
        " else if (++tries > 60) { clearInterval(timer);"
        f" fail(new Error({json.dumps(selector)})) }}"
        f" else {{ {meanwhile} }} }}, 400) }})"
    )


def press(selector, then):
    """Click on something until something else is there: a form that is still being
    drawn may pass over the first click."""
    return seen(then, f"document.querySelector({json.dumps(selector)})?.click()")


def page(name):
    """Open a page of a form's notebook."""
    tab = f".o_notebook a[name={name}]"
    return press(tab, f"{tab}.active")


def do(action, **context):
    """Open a client action, as a menu with a context of its own would."""
    options = json.dumps({"additionalContext": context, "clearBreadcrumbs": True})
    return (
        "odoo.__WOWL_DEBUG__.root.env.services.action"
        f".doAction({json.dumps(action)}, {options})"
    )


def call(model, method, record):
    """Press a button of a record, wherever it hides on this screen."""
    return (
        "(async () => { const {orm, action} = odoo.__WOWL_DEBUG__.root.env.services;"
        f"await action.doAction(await orm.call({model!r}, {method!r}, [[{record}]]))"
        "})()"
    )


def view(kind, then):
    """Switch to another kind of view; a phone opens the same one whatever the
    address says."""
    service = "odoo.__WOWL_DEBUG__.root.env.services.action"
    return (f"{service}.switchView({kind!r})", seen(then))


def toggle(selector):
    """Click once."""
    return f"document.querySelector({json.dumps(selector)}).click()"


FAR = (
    "(() => { const day = document.querySelector('#o_client_health_from');"
    "day.value = new Date(Date.now() - 100 * 864e5).toISOString().slice(0, 10);"
    "day.dispatchEvent(new Event('change', {bubbles: true})) })()"
)
COMPARE = press(".o_form_view button[name=action_compare]", ".o_data_row")


def board(name, then=BOARD, **context):
    """The app's clients in another order."""
    action = "client_health.client_health_action"
    return Scene(name, APP, BOARD, (do(action, **context), seen(then)))
