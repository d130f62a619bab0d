"""The actions that open a dialog or a record, and that tell something."""


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


def open_form(record, **more):
    """Action: one record on its form."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
        **more,
    }


def notification(message, kind="warning", **params):
    """Action: tell something; ``params`` of Odoo, such as ``title`` and ``next``."""
    params |= {"type": kind, "message": message, "sticky": kind == "warning"}
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": params,
    }


def dialog_warning(title, sentences):
    """What an onchange returns to show sentences in a dialog."""
    message = "\n".join(sentences)
    return {"warning": {"title": title, "message": message, "type": "dialog"}}
