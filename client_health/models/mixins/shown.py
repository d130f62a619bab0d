"""Health where people already work: on records that name a client."""

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate

from ...facts.scope import one_of

_lt = LazyTranslate(__name__)

GROUP = "client_health.group_user"
NO_HEALTH = _lt("No health known")  # as the title of a group
COMPARISONS = ("<", ">", "<=", ">=")


def company_shown(env):
    """Id of the company whose healths are shown: the one the user works in now.

    None, and so no health, where a context names one that the user is not of: code
    that follows fields as the superuser does not ask.
    """
    company = env.company.id
    if env.uid == SUPERUSER_ID or company in env.user._get_company_ids():
        return company
    return None


class _OfClient:
    """A field that is searched where SQL follows it: see ``OwnHealth.join``.

    Whoever has no health, or none the user may see, is neither above nor below any
    figure.
    """

    def _search_related(self, records, operator, value):
        records._check_field_access(self, "read")
        if operator in ("child_of", "parent_of"):
            return NotImplemented

        def to_sql(model, alias, query):
            found = self.condition_to_sql(
                self.name, operator, value, model, alias, query
            )
            if operator not in COMPARISONS:
                return found
            known = model._field_to_sql(alias, self.name, query)
            return SQL("(%s AND %s IS NOT NULL)", found, known)

        return Domain.custom(to_sql=to_sql)


class ClientInteger(_OfClient, fields.Integer):
    pass


class ClientSelection(_OfClient, fields.Selection):
    pass


class ClientMany2one(_OfClient, fields.Many2one):
    pass


# What records show of their client: field of partners → kind and attributes.
OF_CLIENT = {
    "health_level": (
        ClientSelection,
        {"string": "Client health", "falsy_value_label": NO_HEALTH},
    ),
    "health_score": (
        ClientInteger,
        {"string": "Client health score", "aggregator": "avg"},
    ),
    "health_badge": (
        fields.Json,
        {"string": "Client health badge", "exportable": False},
    ),
    "health_phase": (
        ClientSelection,
        {"string": "Client phase", "falsy_value_label": NO_HEALTH},
    ),
    "red_flag_count": (ClientInteger, {"string": "Red flags", "aggregator": None}),
}


def of_client(name):
    """A field that shows ``name`` (of OF_CLIENT) of the record's partner.

    Nothing is stored and nothing is asked per row: the value is followed in SQL to
    the one health row, so that it sorts, searches and groups. As on partners it is
    the health in the company the user works in now, whatever company the record
    itself belongs to: a user never reads the health of a company that is not
    switched on, and one list never mixes the views of two companies.
    """
    kind, attributes = OF_CLIENT[name]
    return kind(related=f"partner_id.{name}", groups=GROUP, **attributes)


# What is no column of client_health: its SQL, and the columns that it is made of.
SHOWN_AS = {
    "own_health_id": ("%s", ["id"]),
    # as ClientHealth._compute_badge
    "badge": (
        "jsonb_build_object('level', %s, 'score', COALESCE(%s, 0),"
        " 'trend', COALESCE(%s, 0), 'by', CASE %s"
        " WHEN 'floor' THEN 'flag' WHEN 'override' THEN 'person' END)",
        ["level", "score", "trend", "level_rule"],
    ),
}


def is_shown(field):
    """True for a field that follows the way to the client's health."""
    return field.related and field.groups == GROUP and not field.store


class ClientHealthGuarded(models.AbstractModel):
    """For models with related fields of a client's health.

    Related fields read their target as the superuser; this keeps the groups of ours
    where SQL follows them, as in sorting and grouping. And it reads them together:
    one by one, Odoo would load all there is of each partner on the way, and ask for
    the group again with every value.
    """

    _name = "client.health.guarded"
    _inherit = "client.health.gravity"
    _description = "Record with fields of a client's health"

    # From the record to its client.
    _client_path = ("commercial_partner_id",)

    @api.model
    @tools.ormcache()
    def _shown_columns(self):
        """The fields that show the client's health → SQL of client_health."""
        partner = self.env["res.partner"]
        health = self.env["client.health"].sudo()
        columns = {}
        for field in filter(is_shown, self._fields.values()):
            last = field.related.split(".")[-1]
            if self._name != partner._name:
                last = partner._fields[last].related.split(".")[-1]
            code, made_of = SHOWN_AS.get(last, ("%s", [last]))
            sql = [health._field_to_sql(health._table, column) for column in made_of]
            columns[field.name] = SQL(code, *sql)
        return columns

    def _compute_field_value(self, field):  # pylint: disable=missing-return
        if is_shown(field):
            self._load_shown()
        else:
            super()._compute_field_value(field)

    def _load_shown(self):
        """Put all fields of the client's health in memory."""
        names = [*self._shown_columns()]
        read = zip(*self._read_shown(names), strict=True)
        for name, values in zip(names, read, strict=True):
            field = self._fields[name]
            empty = field.convert_to_cache(False, self, validate=False)
            field._insert_cache(
                self, [empty if value is None else value for value in values]
            )

    def _read_shown(self, names, readable=()):
        """The fields ``names`` of the client's health, a row per record, by one query.

        None where there is none, as for a client whom the user may not read. Of
        contacts that are ``readable`` (ids) it is known already.
        """
        clients = self._client_ids()
        known = self.env["res.partner"].browse(filter(None, set(clients)))
        if self.env.uid != SUPERUSER_ID and not set(readable).issuperset(known._ids):
            known = known.sudo(False)._readable()
        columns = self._shown_columns()
        found = self.env.execute_query(
            SQL(
                "SELECT partner_id, %s FROM client_health WHERE company_id = %s AND %s",
                SQL(", ").join(map(columns.get, names)),
                company_shown(self.env),
                one_of(
                    SQL("partner_id"), sorted(known._ids)
                ),  # as PostgreSQL looks them up
            )
        )
        rows = {client: values for client, *values in found}
        nothing = [None] * len(names)
        return [rows.get(client, nothing) for client in clients]

    def _client_ids(self):
        """The id of the client of each record; None where there is none."""
        records = self.sudo()  # one who is hidden is no reason to show nobody
        ids = self._ids
        for name in self._client_path:
            field = records._fields[name]
            found = field._get_cache(records.env)
            if records.env.records_to_compute(field):
                records.mapped(name)  # not what is about to change
            elif not all(record in found for record in records._ids):
                records._load_way(name)
            ids = [found.get(record) for record in ids]
            records = records.env[field.comodel_name].browse(filter(None, set(ids)))
        # of one that is not saved yet, whom it was made from
        return [client or getattr(client, "origin", None) for client in ids]

    def _load_way(self, name):
        """Put a step of the way to the client in memory."""
        self.mapped(name)

    def _read_format(self, fnames, load="_classic_read"):
        """What is read of the client's health goes straight to the reader, and the
        group that all of it has is asked once.

        Not with the health as a record, whose name needs all of it in memory.
        """
        shown = [name for name in self._shown_columns() if name in fnames]
        relational = any(self._fields[name].relational for name in shown)
        if self.env.su or not shown or relational:
            return super()._read_format(fnames, load)
        self._check_field_access(self._fields[shown[0]], "read")
        rest = [name for name in fnames if name not in shown]
        result = super()._read_format(rest, load)
        # who is given the fields of a contact here may read it
        readable = self._ids if self._name == "res.partner" else ()
        read = dict(zip(self._ids, self._read_shown(shown, readable), strict=True))
        rows = [(row, read[row["id"]]) for row in result]
        for place, name in enumerate(shown):
            empty = self.browse()[name]
            for row, values in rows:
                value = values[place]
                row[name] = empty if value is None else value
        return result

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Who has no health has no flags, as where it is read and searched."""
        sql = super()._read_group_groupby(alias, groupby_spec, query)
        field = self._fields.get(groupby_spec)
        if field and field.type == "integer" and is_shown(field):
            return SQL("COALESCE(%s, 0)", sql)
        return sql

    def _traverse_related_sql(self, alias, field, query):
        if is_shown(field):
            self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)


class ClientHealthShown(models.AbstractModel):
    """For models with a ``partner_id``: the way from the record to its client."""

    _name = "client.health.shown"
    _inherit = "client.health.guarded"
    _description = "Record that shows the health of a client"

    _client_path = ("partner_id", "commercial_partner_id")

    def action_open_client_health(self):
        """Open the health of the client this record is about.

        Raises UserError when there is none, AccessError for those who may not
        read it.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.partner_id.health_id:
            raise UserError(
                self.env._(
                    "“%s” has no client whose health is known yet. Choose a client, or "
                    "wait until the next night.",
                    self.display_name,
                )
            )
        return self.partner_id.action_open_health()
