"""Thousands of clients by SQL, and the scheduler of a real server at work on them."""

import time

import pytest

MAKE = """
INSERT INTO res_partner (name, complete_name, active, is_company, type,
                         autopost_bills, create_date)
SELECT 'Load ' || n, 'Load ' || n, true, true, 'contact', 'ask', now()
  FROM generate_series(1, {clients}) n;
UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Load %';
INSERT INTO crm_lead (name, type, partner_id, won_status, active, stage_id,
                      company_id, create_date, date_last_stage_update)
SELECT 'Load', 'opportunity', p.id, 'pending', true,
       (SELECT min(id) FROM crm_stage), (SELECT min(id) FROM res_company),
       now() - INTERVAL '200 days', now() - (p.id % 190) * INTERVAL '1 day'
  FROM res_partner p WHERE p.name LIKE 'Load %';
INSERT INTO project_project
SELECT (jsonb_populate_record(NULL::project_project, to_jsonb(pr) || jsonb_build_object(
           'id', nextval('project_project_id_seq'), 'partner_id', p.id,
           'active', false, 'account_id', NULL, 'is_template', false,
           'company_id', (SELECT min(id) FROM res_company),
           'create_date', now() - INTERVAL '200 days'))).*
  FROM res_partner p,
       (SELECT * FROM project_project WHERE active AND is_template IS NOT TRUE
         ORDER BY id LIMIT 1) pr
 WHERE p.name LIKE 'Load %';
INSERT INTO project_task (name, active, state, project_id, partner_id, company_id,
                          create_date, date_last_stage_update)
SELECT 'Load', true, '01_in_progress',
       (SELECT min(id) FROM project_project WHERE active AND is_template IS NOT TRUE),
       p.id,
       (SELECT min(id) FROM res_company), now() - INTERVAL '150 days',
       now() - (p.id * k % 140) * INTERVAL '1 day'
  FROM res_partner p, generate_series(1, 3) k WHERE p.name LIKE 'Load %';
"""
COMPANY = "(SELECT min(id) FROM res_company)"
MINE = f"company_id = {COMPANY}"
FORGET = """
DELETE FROM client_health_run; DELETE FROM client_health_snapshot;
UPDATE client_health SET encoded_facts = NULL, fingerprint = NULL, judgement = NULL,
                         computed_on = NULL;
"""


def one(query, database):
    """The answer of a query, as text."""
    import bed

    return bed.psql(query, database)


def make(clients, database):
    """Add clients with an old project, an opportunity and tasks; nobody is scored."""
    one(MAKE.format(clients=clients), database)
    one(FORGET, database)
    one("ANALYZE", database)


def wait(query, database, seconds=60, about="SELECT * FROM client_health_run"):
    """Wait until a query answers t; ``about``: what is shown when it never does."""
    end = time.monotonic() + seconds
    while one(query, database) != "t":
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds} s for {query}\n{one(about, database)}")
        time.sleep(0.1)


def due(cron, database):
    """Have the scheduler run one of our jobs now, and no other job of Odoo."""
    one(
        f"""UPDATE ir_cron SET nextcall = now() + INTERVAL '1 year';
            DELETE FROM ir_cron_trigger;
            UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - INTERVAL '1 minute'
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'client_health' AND name = '{cron}')""",
        database,
    )


def wake(database):
    """Tell the scheduler of a running server that there is something to do, as soon
    as it listens."""
    wait(
        """SELECT count(*) > 0 FROM pg_stat_activity
            WHERE datname = 'postgres' AND application_name LIKE 'odoo-%'
              AND state = 'idle' AND query = 'COMMIT'""",
        "postgres",
    )
    one(f"NOTIFY cron_trigger, '{database}'", "postgres")


# A client is scored with flags and snapshot, or not at all; nothing is there twice.
NOT_WHOLE = {
    "a health without its figures": """SELECT count(*) FROM client_health
        WHERE (computed_on IS NULL) <> (encoded_facts IS NULL)""",
    "a score without a snapshot": """SELECT count(*) FROM client_health h
        WHERE computed_on IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM client_health_snapshot s
           WHERE s.health_id = h.id AND s.score IS NOT DISTINCT FROM h.score)""",
    "flags that are not counted": """SELECT count(*) FROM client_health h
        WHERE computed_on IS NOT NULL AND flag_count <> (
          SELECT count(*) FROM client_health_flag f
           WHERE f.health_id = h.id AND f.state <> 'cleared')""",
    "two healths of a client": """SELECT count(*) - count(DISTINCT
        (partner_id, company_id)) FROM client_health""",
    "two snapshots of a day": """SELECT count(*) - count(DISTINCT (health_id, date))
        FROM client_health_snapshot""",
    "two open activities": """SELECT count(*) - count(DISTINCT
        (res_id, activity_type_id)) FROM mail_activity
        WHERE active AND res_model = 'client.health'""",
}


def check_whole(database):
    for what, query in NOT_WHOLE.items():
        assert one(query, database) == "0", what
