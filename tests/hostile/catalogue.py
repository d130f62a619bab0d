"""odoo shell -d DB < catalogue.py: what of the module can be called over the network.

Everything comes from the registry, so that nothing new is forgotten. Makes two
accounts with an API key each, and for every model that may be created the values of
a valid new record.
"""
# ruff: noqa: F821

import inspect
import json
from datetime import timedelta

from odoo import fields as odoo_fields

MODULE = "client_health"
# Plain models whose fields tell how Odoo itself answers the same bad value.
PLAIN = (
    "crm.lead", "project.project", "res.partner", "crm.team", "mail.activity.plan",
    "mail.template", "sale.order",
)  # fmt: skip
COMMON = "base.group_user,base.group_partner_manager,base.group_allow_export,"
WORK = "sales_team.group_sale_manager,project.group_project_manager"
SAID = {  # what people must say themselves in a valid record
    "char": "Said by hand", "text": "Said by hand", "html": "<p>Said by hand</p>",
    "integer": 3, "float": 1.0, "monetary": 10.0, "boolean": True,
}  # fmt: skip


# What a valid record holds beyond its defaults and required fields.
WANTED = {
    "client.incident": {"description": "Said by hand", "category": "unprepared"},
    "client.pulse": {"respect": 3, "attitude": 3},
    "client.health.indicator": {
        "code": "said_by_hand", "good": 1, "watch": 2, "red": 3,
        "model_id": env["ir.model"]._get("crm.lead").id, "formula": False,
        "partner_path": "partner_id", "date_field": "create_date",
    },
    "client.offboarding.deliverable": {
        "kind": "promise", "name": "Said by hand", "user_id": 2,
        "date_due": str(odoo_fields.Date.today()),
    },
    "client.recovery.target": {"shown_value": 5000},
    "client.health.check": {"code": "said_by_hand"},
    "client.talk": {"agreed": "Said by hand"},
}  # fmt: skip

# By buttons only, or of the day.
UNWANTED = {"client.pulse": ("user_id", "date", "valid_until")}


def account(login, groups):
    """A user with these groups and an API key: ``[login, key]``."""
    user = env["res.users"].create(
        {
            "name": login,
            "login": login,
            "email": f"{login}@example.com",
            "group_ids": [(6, 0, [env.ref(g).id for g in groups.split(",")])],
        }
    )
    expires = odoo_fields.Datetime.now() + timedelta(days=1)
    keys = env["res.users.apikeys"].with_user(user)
    return [user, keys._generate("rpc", login, expires)]


def ours(cls):
    return [c for c in cls.mro() if getattr(c, "_module", None) == MODULE]


def methods(cls):
    """Public methods that the module adds or changes, with their arguments."""
    found = {}
    for base in ours(cls):
        for name, function in vars(base).items():
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            whole = [getattr(c, name, None) for c in cls.mro()]
            if any(getattr(f, "_api_private", False) for f in whole):
                continue
            names = [
                p.name
                for p in inspect.signature(function).parameters.values()
                if p.kind is not p.VAR_KEYWORD
            ][1:]
            found[name] = {
                "args": names,
                "model": any(getattr(f, "_api_model", False) for f in whole),
            }
    return found


def about(model, name, field):
    return {
        "type": field.type,
        "relation": field.comodel_name or None,
        "readonly": bool(field.readonly),
        "required": bool(field.required),
        "selection": [key for key, _label in field._description_selection(env)]
        if field.type == "selection"
        else [],
        "ours": MODULE in field._modules,
        "searchable": bool(field.store or field.search or field.related),
    }


def sample(model, name, field):
    """A valid value for a required field."""
    if field.type == "many2one":
        if field.comodel_name == "res.partner":
            active = [("phase", "=", "active"), ("company_id", "=", env.company.id)]
            clients = env["client.health"].search(active).partner_id
            # in none of both, though not everybody is told of the first
            for process in ("client.offboarding", "client.recovery"):
                clients -= env[process].search([]).partner_id
            return clients[:1].id
        found = env[field.comodel_name].search([], limit=1)
        if not found and env[field.comodel_name]._transient:
            found = found.with_user(manager).create(valid(found._name, manager))
        return found.id
    if field.type == "selection":
        return field._description_selection(env)[0][0]
    if field.type == "date":
        return odoo_fields.Date.to_string(odoo_fields.Date.today())
    if field.type == "datetime":
        return odoo_fields.Datetime.to_string(odoo_fields.Datetime.now())
    return SAID.get(field.type)


def valid(model, user):
    """Values of a new record: the defaults, and required fields filled in."""
    records = env[model].with_user(user)
    names = [n for n, f in records._fields.items() if f.type != "binary"]
    values = {
        name: value
        for name, value in records.default_get(names).items()
        if not records._fields[name].readonly
    }
    for name, field in records._fields.items():
        wanted = field.required or name in WANTED.get(model, {})
        if wanted and field.store and not values.get(name):
            if not field.compute or field.type == "many2one":
                values[name] = sample(model, name, field)
    values |= WANTED.get(model, {})
    for name in ("state", *UNWANTED.get(model, ())):
        values.pop(name, None)
    return json.loads(json.dumps(values, default=str))


def refused(model, user, values):
    """Why those values make no record, or None."""
    try:
        with env.cr.savepoint():
            env[model].with_user(user).create([values]).flush_recordset()
            env.cr.precommit.clear()
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        env.invalidate_all()
        return None
    except Exception as error:
        env.invalidate_all()
        return f"{type(error).__name__}: {error}"


def form_fields(model, user):
    """The fields of the model's form, as a browser asks for them."""
    arch = env[model].with_user(user).get_views([(False, "form")])
    known = arch["models"].get(model, {}).get("fields", {})
    return {name: {} for name in known}


admin, admin_key = account(
    "hostile_admin", f"{COMMON}{WORK},{MODULE}.group_manager,base.group_system"
)
user, user_key = account("hostile_user", f"{COMMON}{WORK},{MODULE}.group_user")
manager, manager_key = account(
    "hostile_manager", f"{COMMON}{WORK},{MODULE}.group_manager"
)
# who changes checks and indicators works in all companies
(admin | manager).company_ids = env["res.company"].search([])
answer = {
    "keys": {
        user.login: user_key,
        manager.login: manager_key,
        admin.login: admin_key,
    },
    "models": {},
    "plain": {},
}
for model in sorted(env.registry.models):
    cls = env.registry[model]
    own = cls._original_module == MODULE
    known = {n: about(model, n, f) for n, f in cls._fields.items()}
    callable_ = methods(cls)
    if not own:
        known = {name: field for name, field in known.items() if field["ours"]}
        base = {"onchange"}  # of every model; sent to our own ones anyway
        callable_ = {n: m for n, m in callable_.items() if n not in base}
    if cls._abstract or not (own or known or callable_) or model == "res.users":
        continue
    access = {
        right: [
            u.login
            for u in (user, manager, admin)
            if env[model].with_user(u).has_access(right)
        ]
        for right in ("read", "write", "create", "unlink")
    }
    answer["models"][model] = {
        "own": own,
        "fields": known,
        "methods": callable_,
        "access": access,
        "valid": valid(model, manager) if own and access["create"] else {},
        "form": form_fields(model, admin) if own and access["read"] else {},
    }
for model in PLAIN:
    if model in env:
        answer["plain"][model] = {
            "ids": env[model].search([], limit=3).ids,
            "fields": {
                name: about(model, name, field)
                for name, field in env[model]._fields.items()
                if field.store
                and not field.readonly
                and not field.groups
                and not field.company_dependent
            },
        }
partners = env["client.health"].search([("phase", "=", "active")]).partner_id
answer["refused"] = {
    model: why
    for model, about in answer["models"].items()
    if about["valid"] and (why := refused(model, manager, about["valid"]))
}
answer["ids"] = {
    "res.partner": partners.ids[:10] + partners.child_ids.ids[:5],
    "res.company": env["res.company"].search([]).ids,
    "res.users": [user.id, manager.id, 2],
}
env.cr.commit()
print("ANSWER" + json.dumps(answer))
