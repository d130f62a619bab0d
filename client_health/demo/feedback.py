"""What people say: agreements, incidents, and how the team feels."""

from datetime import timedelta
from itertools import cycle

from .clients import CLIENTS

AGREEMENT_DAYS = 365
PULSE_DAYS = 90


def _fit(builder, model, **values):
    """The values that the model knows; a number as text where it is a choice."""
    fields = builder.env[model]._fields
    fitted = {}
    for name, value in builder.known(model, **values).items():
        if fields[name].type == "selection":
            choices = fields[name].get_values(builder.env)
            value = value if value in choices else str(value)
            if value not in choices:
                continue
        fitted[name] = value
    return fitted


def make_agreements(builder):
    """Who answers how soon, how often we speak, when it ends."""
    model = "client.agreement"
    if not builder.has(model):
        return
    made = {}
    for turn in range(2):
        values = {}
        for client in CLIENTS:
            if len(client.agreed) <= turn:
                continue
            start = builder.ago(client.agreed[turn])
            later = client.agreed[turn + 1 :]
            end = start + timedelta(days=AGREEMENT_DAYS)
            if later:
                end = builder.ago(later[0]) - timedelta(days=1)
            while end < builder.today and not later:
                end += timedelta(days=AGREEMENT_DAYS)
            previous = made.get(f"agreement_{client.key}_{turn - 1}")
            values[f"agreement_{client.key}_{turn}"] = _fit(
                builder,
                model,
                partner_id=builder.partners[client.key].id,
                company_id=builder.company.id,
                date_start=start,
                date_end=end,
                notice_days=60,
                channel="email",
                client_response_hours=16,
                our_response_hours=8,
                contact_every_days=30,
                boundaries="We mail on working days; the telephone is for what "
                "cannot wait. Two rounds of corrections are included.",
                termination_clause="Either side may end this agreement in writing, "
                "with sixty days of notice, at the end of a month.",
                hours_sold=0 if later else client.sold[0],
                price=0 if later else client.sold[1],
                state="ended" if later else "active",
                version=turn + 1,
                previous_id=previous.id if previous else False,
            )
        records, _new = builder.make(model, values)
        made.update(records)


def make_incidents(builder):
    """Things that happened, reported by one colleague, confirmed by another."""
    model = "client.incident"
    if not builder.has(model):
        return
    values = {}
    for client in CLIENTS:
        for incident in client.incidents:
            values[f"incident_{client.key}_{incident.days}"] = _fit(
                builder,
                model,
                partner_id=builder.partners[client.key].id,
                contact_id=builder.contacts[client.key].id,
                company_id=builder.company.id,
                date=builder.ago(incident.days),
                category=incident.category,
                severity=incident.severity,
                description=incident.text,
                reporter_id=builder.users[-1].id,
                confirmed_by_id=builder.users[0].id,
                confirmed_on=builder.moment_ago(incident.days - 1),
                state="confirmed",
            )
    builder.make(model, values)


def make_pulses(builder):
    """How the team experiences the client; the colleagues take turns."""
    model = "client.pulse"
    if not builder.has(model):
        return
    values = {}
    for client in CLIENTS:
        for user, pulse in zip(cycle(builder.users), client.pulses, strict=False):
            values[f"pulse_{client.key}_{pulse.days}"] = _fit(
                builder,
                model,
                partner_id=builder.partners[client.key].id,
                company_id=builder.company.id,
                user_id=user.id,
                date=builder.ago(pulse.days),
                valid_until=builder.ago(pulse.days) + timedelta(days=PULSE_DAYS),
                respect=pulse.respect,
                attitude=pulse.attitude,
                note=pulse.note or False,
            )
    builder.make(model, values)
