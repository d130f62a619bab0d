"""The action that opens a dialog."""


def dialog(name, model, context):
    """Action: a new record of ``model`` in a dialog called ``name``."""
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "views": [(False, "form")],
        "target": "new",
        "context": context,
    }
