"""The clients and their contacts, and who works for them."""

from .clients import CLIENTS


def make_clients(builder):
    """Companies, one contact each, shared out among the salespeople."""
    # a customer in Odoo's own data whose employer is named like our company
    customer = builder.env.ref("base.partner_demo_portal", raise_if_not_found=False)
    if customer:
        customer.company_name = False
    country = builder.env.ref("base.be").id
    companies, contacts = {}, {}
    for number, client in enumerate(CLIENTS):
        companies[f"client_{client.key}"] = {
            "name": client.name,
            "is_company": True,
            "city": client.city,
            "country_id": country,
            "email": f"hello@{client.key}.example.com",
            "website": f"https://www.{client.key}.example.com",
            "user_id": builder.users[number % len(builder.users)].id,
        }
    records, _new = builder.make("res.partner", companies)
    for client in CLIENTS:
        company = records[f"client_{client.key}"]
        builder.partners[client.key] = company
        contacts[f"contact_{client.key}"] = {
            "name": client.person,
            "function": client.role,
            "parent_id": company.id,
            "email": f"{client.person.split()[0].lower()}@{client.key}.example.com",
        }
    records, _new = builder.make("res.partner", contacts)
    for client in CLIENTS:
        builder.contacts[client.key] = records[f"contact_{client.key}"]


def make_staff(builder):
    """Two people whose hours cost something, and the rate they should earn."""
    if not builder.company.client_health_required_rate:
        builder.company.client_health_required_rate = 95
    if not builder.has("hr.employee", "hourly_cost"):
        return
    staff = {
        "staff_senior": ("Ilse Marlow", "Strategist", 55),
        "staff_junior": ("Tobin Ashe", "Designer", 32),
    }
    records, _new = builder.make(
        "hr.employee",
        {
            name: {
                "name": person,
                "job_title": title,
                "hourly_cost": cost,
                "company_id": builder.company.id,
            }
            for name, (person, title, cost) in staff.items()
        },
    )
    builder.staff = {
        "senior": [records["staff_senior"]],
        "junior": [records["staff_junior"]],
        "both": [records["staff_senior"], records["staff_junior"]],
    }
