"""The clients of the agency: what is told of each, as plain data.

Days count back from today, months are calendar months back from this one.
"""

from typing import NamedTuple


class Month(NamedTuple):
    """Work of one month: hours, what an hour is billed at, and who did it."""

    hours: float = 30
    rate: float = 110
    staff: str = "both"  # senior, junior, both


class Task(NamedTuple):
    state: str
    moved: int  # days ago, into this state


class Quote(NamedTuple):
    """``hours`` offered; of a won one it is what was invoiced under it."""

    days: int
    fate: str  # won, cancelled, expired
    title: str
    hours: float = 40


class Lead(NamedTuple):
    title: str
    born: int
    moved: int
    fate: str = "open"  # open, won, lost
    revenue: float = 8000


class Talk(NamedTuple):
    """A conversation that ends so many days ago.

    ``client`` and ``ours``: working hours each side takes to answer.
    """

    end: int
    messages: int = 10
    client: float = 5
    ours: float = 3
    last: str = "client"


class Meeting(NamedTuple):
    days: int
    answer: str = "accepted"


class Rating(NamedTuple):
    days: int
    value: int
    text: str = ""


class Incident(NamedTuple):
    days: int
    category: str
    severity: str
    text: str


class Pulse(NamedTuple):
    days: int
    respect: int
    attitude: int
    note: str = ""


def steady(months, **month):
    """The same kind of month for a year, and before it every third one."""
    work = [*range(months, 12, -3), *range(12, -1, -1)]
    return {number: Month(**month) for number in work}


def reviews(first, last=10):
    """A milestone about every month: days ago at which they were reached."""
    return tuple(range(last, first, 30))


DONE = [Task("1_done", days) for days in (400, 340, 280, 220, 160, 100, 45, 12)]
OPEN = [Task("01_in_progress", days) for days in (20, 12, 7, 3)]
QUOTES = [
    Quote(420, "won", "Marketing year, part 1"),
    Quote(55, "won", "Marketing year, part 2"),
]
LEADS = [
    Lead("Plan for next year", 60, 9),
    Lead("First year together", 450, 425, "won", 18000),
]
TALKS = [Talk(1, 14)] + [Talk(days) for days in (100, 190, 280, 370, 460)]
MEETINGS = [Meeting(days) for days in range(-10, 690, 28)]
RATINGS = [
    Rating(15, 5, "Quick, clear, and better than we asked for."),
    Rating(70, 4, "Good work, thank you."),
    Rating(120, 5, "We hear from customers that they like it."),
    Rating(165, 4),
    Rating(240, 5),
    Rating(330, 4, "A pleasant start."),
]


class Client(NamedTuple):
    """One client. ``late``: days after the due date at which invoices are paid
    (negative is early, None never), ``late_months`` the exceptions by month;
    ``over``: hours spent on a task per allocated hour; ``bills``: what we buy in
    for them, by month; ``agreed``: days ago at which an agreement began; ``sold``:
    hours and price of a month in the last one.
    """

    key: str
    name: str
    person: str
    role: str
    city: str
    project: str
    months: dict = steady(18)
    late: int | None = -3
    late_months: dict = {}
    over: float = 0.95
    bills: dict = {}
    tasks: list = DONE + OPEN
    reached: tuple = reviews(540)
    missed: int | None = None
    quotes: list = QUOTES
    leads: list = LEADS
    talks: list = TALKS
    meetings: list = MEETINGS
    ratings: list = RATINGS
    incidents: list = []
    pulses: list = [Pulse(20, 4, 4), Pulse(35, 5, 4, "A pleasure to work with.")]
    agreed: tuple = (500,)
    sold: tuple = (0, 0)


CLIENTS = [
    Client(
        "larkspur", "Larkspur Bakeries", "Odile Ferrant", "Owner", "Ghent",
        "Larkspur: shops and seasons",
        months=steady(24, hours=34, rate=112),
        late=-5,
        reached=reviews(720),
        pulses=[
            Pulse(12, 5, 5, "They thank the team by name."),
            Pulse(30, 5, 4, "Open, and quick to decide."),
        ],
        agreed=(700, 330),
    ),
    Client(
        "quillfeather", "Quillfeather Press", "Ambrose Tully", "Publisher", "Leuven",
        "Quillfeather: catalogue site",
        months=steady(19, hours=28, rate=105)
        | dict.fromkeys(range(10, -1, -1), Month(40, 46, "junior")),
        over=1.45,
        sold=(22, 1840),
        incidents=[
            Incident(16, "unprepared", "moderate",
                     "Came to the planning meeting without texts or pictures."),
            Incident(48, "unprepared", "minor",
                     "Nobody had read the proposal we came to discuss."),
        ],
    ),
    Client(
        "brindle", "Brindle & Moss Gardens", "Hester Brindle", "Partner", "Hasselt",
        "Brindle & Moss: spring campaign",
        tasks=[Task("1_done", days) for days in (300, 210, 120, 30)]
        + [Task("1_canceled", days) for days in (260, 180, 95, 50)]
        + [Task("02_changes_requested", days) for days in (20, 15, 10, 5)],
        quotes=[
            Quote(345, "won", "Campaign, basic package"),
            Quote(290, "cancelled", "Garden planner on the website"),
            Quote(230, "expired", "Photo series of show gardens"),
            Quote(170, "cancelled", "Customer survey"),
            Quote(130, "expired", "Newsletter in three seasons"),
            Quote(80, "cancelled", "New logo and lettering"),
            Quote(42, "expired", "Stand at the garden fair"),
        ],
        leads=[
            Lead("Film about the nursery", 330, 270, "lost", 9500),
            Lead("Online shop for bulbs", 220, 150, "lost", 14000),
            Lead("Signs for the show gardens", 140, 75, "lost", 4200),
            Lead("Autumn open day", 50, 12),
        ],
        incidents=[
            Incident(64, "rejected", "minor",
                     "Turned the new logo down without having looked at it."),
        ],
    ),
    Client(
        "thornbury", "Thornbury Castle Hotel", "Crispin Vane", "Director", "Bruges",
        "Thornbury: season bookings",
        months=steady(21, hours=28, rate=115),
        reached=reviews(630),
        meetings=[Meeting(days, "declined") for days in (18, 46, 74)]
        + [Meeting(days) for days in (-10, 32, 60, 88)] + MEETINGS[4:],
        incidents=[
            Incident(27, "disrespect", "severe",
                     "Called our designer incompetent in front of his own staff."),
            Incident(74, "disrespect", "moderate",
                     "Third appointment in a row broken without a word."),
        ],
        pulses=[
            Pulse(14, 2, 4, "I prepare for being talked down to."),
            Pulse(25, 1, 4, "He speaks to me through my colleague."),
            Pulse(112, 3, 4),
            Pulse(120, 4, 4),
        ],
    ),
    Client(
        "pelham", "Pelham Ferry Company", "Maud Okafor", "Marketing manager",
        "Ostend", "Pelham: timetable and tickets",
        months=steady(20, hours=24, rate=118),
        talks=[Talk(3, 20, client=34, last="ours"), Talk(110, 8, client=26)]
        + [Talk(days) for days in (190, 280, 370, 460)],
    ),
    Client(
        "saffron", "Saffron Street Dental", "Imke Daalder", "Practice manager",
        "Antwerp", "Saffron Street: patient portal",
        months=steady(16, hours=30, rate=108),
        reached=reviews(480),
        talks=[Talk(9, 18, ours=30), Talk(105, 10, ours=6)]
        + [Talk(days) for days in (190, 280, 370)],
    ),
    Client(
        "grimsby", "Grimsby Lanterns", "Thaddeus Crewe", "Founder", "Mechelen",
        "Grimsby: winter collection",
        months={month: Month(28) for month in range(17, 5, -1)},
        tasks=[Task("1_done", days) for days in (400, 340, 290, 230, 180)]
        + [Task("01_in_progress", days) for days in (190, 175, 160, 150, 145, 140)],
        reached=reviews(510, 165),
        missed=100,
        quotes=[Quote(420, "won", "Winter collection")],
        leads=[Lead("Shop in Rotterdam", 210, 150)],
        ratings=[
            Rating(110, 4, "Fine, but we are not in a hurry."),
            Rating(140, 4),
            Rating(170, 5),
        ],
    ),
    Client(
        "dunmore", "Dunmore Cricket Wear", "Fergus Dunmore", "Managing director",
        "Kortrijk", "Dunmore: club catalogue",
        months=steady(18, hours=26, rate=112),
        ratings=[
            Rating(10, 1, "As expected: not what we need."),
            Rating(25, 2, "It will not sell one shirt more."),
            Rating(45, 2),
            Rating(80, 1, "Why do we even bother."),
            Rating(110, 3),
            Rating(150, 2, "Late, and dull."),
            Rating(250, 4, "Solid."),
            Rating(320, 5, "A fresh look at last."),
        ],
        incidents=[
            Incident(33, "pessimism", "moderate",
                     "Opened the review with all that will go wrong."),
            Incident(90, "pessimism", "minor", "No idea gets past 'we tried that'."),
        ],
        pulses=[
            Pulse(10, 4, 2, "Everything is doomed before it starts."),
            Pulse(28, 4, 1, "I leave these calls tired."),
            Pulse(105, 4, 3),
            Pulse(118, 4, 4),
        ],
    ),
    Client(
        "halvorsen", "Halvorsen Boatyard", "Signe Halvorsen", "Owner", "Nieuwpoort",
        "Halvorsen: boat show",
        months=steady(19, hours=32),
        late_months=dict.fromkeys((0, 1, 2, 3, 4)),
        bills=dict.fromkeys(range(1, 9), 3200),
    ),
    Client(
        "montague", "Montague & Daughters", "Beatrix Montague", "Solicitor",
        "Brussels", "Montague: website in three languages",
        months=steady(24, hours=22, rate=140),
        late=30,
        late_months={24: -3, 21: -3, 18: 2, 15: 4},
        reached=reviews(720),
    ),
    Client(
        "vexley", "Vexley Arcade", "Dorian Vex", "Producer", "Genk",
        "Vexley: launch season",
        months=steady(15, hours=32, rate=125),
        incidents=[
            Incident(12, "abuse", "severe",
                     "Shouted at a colleague on the phone and called her names."),
            Incident(21, "unreasonable", "moderate",
                     "Wanted a campaign in four languages by the next morning."),
            Incident(60, "unreasonable", "minor",
                     "Expected an answer on Sunday evening, three times."),
        ],
        pulses=[Pulse(9, 3, 3, "I will not take his calls alone any more.")],
    ),
    Client(
        "juniper", "Juniper & Wren", "Linnea Wren", "Co-founder", "Namur",
        "Juniper & Wren: tea rooms",
        months=steady(18)
        | dict.fromkeys((5, 4, 3, 2), Month(40, 65, "senior"))
        | dict.fromkeys((1, 0), Month(40, 125)),
        late_months={4: 25, 3: 25},
        talks=[Talk(1, 16, client=4, ours=2), Talk(100, 10, client=32)]
        + [Talk(days) for days in (190, 280, 370, 460)],
        incidents=[
            Incident(125, "unprepared", "moderate",
                     "Kept changing the plan after it was agreed."),
        ],
        pulses=[
            Pulse(15, 4, 4, "A different tone since the new agreement."),
            Pulse(22, 4, 4),
        ],
        agreed=(400, 45),
    ),
    Client(
        "oddfellow", "Oddfellow Telescopes", "Casimir Odd", "Owner", "Liège",
        "Oddfellow: first ideas",
        months={},
        tasks=[],
        reached=(),
        quotes=[],
        leads=[Lead("Planetarium evenings", 18, 6, revenue=6500)],
        talks=[Talk(5, 2, last="ours")],
        meetings=[Meeting(-6)],
        ratings=[],
        pulses=[],
        agreed=(),
    ),
    Client(
        "wexcombe", "Wexcombe Ice Rink", "Rupert Wex", "Manager", "Tournai",
        "Wexcombe: winter season",
        months={month: Month(18, 95) for month in range(20, 7, -1)},
        tasks=[Task("1_done", days) for days in (560, 500, 440, 380, 320, 260, 190)],
        reached=reviews(600, 190),
        missed=200,
        quotes=[
            Quote(610, "won", "Winter season"),
            Quote(400, "cancelled", "Summer programme"),
            Quote(330, "expired", "Film for schools"),
            Quote(280, "cancelled", "Online tickets"),
        ],
        leads=[Lead("Second season", 320, 250, "lost", 7000)],
        talks=[Talk(days) for days in (180, 260, 350, 440, 530)],
        meetings=[Meeting(days) for days in range(180, 600, 28)],
        ratings=[Rating(days, 3) for days in (260, 330, 410)],
        pulses=[Pulse(240, 3, 3), Pulse(250, 3, 2)],
        agreed=(600,),
    ),
]  # fmt: skip
