"""Demonstration data: two years of a small agency and its nineteen clients.

Each client tells one story, so that every screen has something to show:

Larkspur Bakeries         healthy: two years of steady work, paid early, praised.
                          Nothing to flag; what a good relationship looks like.
Quillfeather Press        time_cost red: a fixed fee for endless small changes; half
                          the rate an hour should earn, tasks far over their hours.
                          The agreement sells 22 hours a month and nearly twice that is
                          worked: what it should cost instead is on its sheet.
Brindle & Moss Gardens    rejection red: quotations expire or are cancelled, results
                          come back with changes; yet every invoice is paid early.
Thornbury Castle Hotel    respect red: meetings missed, colleagues belittled in
                          front of others, low pulses; the figures are fine.
Pelham Ferry Company      communication red: used to answer in hours, now takes a
                          week where two working days were agreed. A recovery is
                          under way.
Saffron Street Dental     communication, *ours*: the client answers in hours and
                          waits for us for days. Flagged, but no points lost.
Grimsby Lanterns          progress red: five months without an invoice, tasks and
                          opportunity where they were; friendly mails, no decision.
Dunmore Cricket Wear      attitude red: from good ratings to ones and twos, gloomy
                          in every meeting, the team feels it.
Halvorsen Boatyard        profit red: print work bought in and never charged on eats
                          the fee, and the last invoices are unpaid.
Montague & Daughters      profit watch: good work, good margin, and every invoice
                          paid four weeks late.
Vexley Arcade             abuse red, thus critical although all figures are good: a
                          colleague was shouted at, and launches are due yesterday.
                          It is offboarded: the contract was read, projects are next.
Juniper & Wren            recovering: months of loss and slow answers, then a new
                          agreement; the last weeks are good and the trend is up.
Oddfellow Telescopes      unknown: a project that has just begun, too little to judge.
Wexcombe Ice Rink         left: whatever we proposed was turned down; the offboarding
                          was said in five steps and the client is archived.

And five who pay or work in another way, which looks like trouble in the books and is
none; nothing of them is red:

Marigold Almanacs         a retainer, paid for a year ahead.
Tidewater Lido            a season: one large invoice a year, the same every year.
Copperfield Bridges       an order by milestone, paid down in part, none reached yet.
Beacon Street Theatre     media spend that is passed on at cost, beside our fee.
Fernhill Nurseries        small changes every month, on a task that never moves.

Dates are relative to the day of loading, nothing is random. Records of an app that
is not installed are left out; loading again adds only what is missing, for
instance after another app was installed.
"""

from . import (
    answers,
    arrangements,
    feedback,
    money,
    offboarding,
    people,
    recovery,
    talk,
    work,
)
from .builder import Builder

HISTORY_MONTHS = 24
HISTORY_WEEKS = 4


def load(env):
    """Create the demonstration data in the main company, as far as it is missing."""
    builder = Builder(env)
    people.make_clients(builder)
    people.make_staff(builder)
    feedback.make_agreements(builder)
    work.make_projects(builder)
    work.make_tasks(builder)
    work.make_timesheets(builder)
    work.make_opportunities(builder)
    money.make_quotations(builder)
    money.make_invoices(builder)
    money.make_bills(builder)
    arrangements.make(builder)
    talk.make_messages(builder)
    answers.make_answers(builder)
    talk.make_meetings(builder)
    talk.make_ratings(builder)
    feedback.make_incidents(builder)
    feedback.make_pulses(builder)
    if builder.created:
        remember(builder)
        offboarding.make_offboardings(builder)
    recovery.make_recovery(builder)
    builder.company.client_health_setup_on = builder.at(builder.today)


def remember(builder):
    """Write the history of the clients: how they stood at each month's end, and in
    each of the last weeks.

    Flags that went up while the records came in say "today"; raised again they
    say since when.
    """
    clients = builder.env["res.partner"].union(*builder.partners.values())
    health = builder.env["client.health"]
    builder.env["client.message.bookmark"]._start(at_once=True)
    days = [builder.month_end(month) for month in range(HISTORY_MONTHS, 0, -1)]
    days += [builder.ago(7 * week) for week in range(HISTORY_WEEKS, 0, -1)]
    for day in sorted(days):
        health._refresh(clients, as_of=day)
    flags = builder.env["client.health.flag"]
    flags.search([("partner_id", "in", clients.ids)]).unlink()
    health._refresh(clients)
