"""SQL: who said what to whom, of the messages of Odoo.

The steps build on each other, each a relation by name: ``written`` (messages that can
count), ``place`` (whose client their records are about), ``told`` (whom we addressed
and reached), ``signed`` (whose mails without author are), and ``said``: a row for each
message, side and person.
"""

from collections.abc import Sequence

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from .automatic import automatic_subject
from .places import Condition, Place, places_of, records_of
from .scope import Scope, one_of

# States of a notification that reached nobody.
LOST = ("bounce", "exception", "canceled")

# A message ``m`` on a record, whoever follows it; not in a chat channel.
ON_RECORD = SQL("m.model <> 'discuss.channel' AND m.res_id > 0")

# The address in a sender such as "Ann <ann@client.example>", and what is behind its @.
# An index of ours has these very words.
ADDRESS = "LOWER(COALESCE(SUBSTRING({m}email_from FROM '<([^<>]*)>'), {m}email_from))"
DOMAIN = "SPLIT_PART(" + ADDRESS + ", '@', 2)"
# Of mails that name no author.
UNSIGNED = "{m}author_id IS NULL AND {m}message_type = 'email'"
CONTACT_DOMAIN = "SPLIT_PART({p}email_normalized, '@', 2)"

# Where people of many firms have their mailbox: such a domain is no client's own.
PUBLIC_DOMAINS = (
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.nl hotmail.be"
    " hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.co.uk live.com live.nl"
    " live.be live.fr live.co.uk msn.com icloud.com me.com mac.com yahoo.com yahoo.fr"
    " yahoo.de yahoo.it yahoo.es yahoo.co.uk ymail.com aol.com gmx.de gmx.net gmx.com"
    " gmx.at gmx.ch web.de t-online.de freenet.de proton.me protonmail.com pm.me"
    " tutanota.com fastmail.com mail.com mail.ru yandex.com yandex.ru zoho.com hey.com"
    " qq.com 163.com 126.com kpnmail.nl kpnplanet.nl planet.nl ziggo.nl home.nl"
    " xs4all.nl hetnet.nl chello.nl upcmail.nl casema.nl quicknet.nl telfort.nl"
    " tele2.nl online.nl zonnet.nl zeelandnet.nl caiway.nl skynet.be telenet.be"
    " proximus.be scarlet.be orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr"
    " neuf.fr libero.it tiscali.it virgilio.it alice.it tin.it bluewin.ch sunrise.ch"
    " hispeed.ch a1.net aon.at chello.at telefonica.net terra.es sapo.pt wp.pl o2.pl"
    " onet.pl interia.pl op.pl telia.com telia.se comhem.se bredband.net online.no"
    " mail.dk jubii.dk btinternet.com sky.com virginmedia.com talktalk.net comcast.net"
    " verizon.net att.net sbcglobal.net cox.net bigpond.com rogers.com shaw.ca"
    " bell.net"
).split()

# Kinds of messages by which people write to each other; text messages where the app is.
KINDS = ("email", "comment", "email_outgoing", "sms")

SAID = SQL("""w.id, w.model, w.res_id, w.at, w.verdict, w.word, w.word_on""")


def written(
    scope: Scope,
    documents: Sequence[str],
    unread: Sequence[str],
    when: SQL,
    among: SQL,
) -> SQL:
    """SQL: what anybody wrote for the other side, ``when`` (a condition on the message
    ``m``), of the messages ``among`` (SQL).

    ``ours``: by one of us (:func:`ours`); ``document``: a document we mailed;
    ``address``: of a mail that names no author. ``verdict``, ``word`` and ``word_on``
    are what is known of what it asks, absent for what nobody read yet. A text message
    is a note for Odoo and reaches people all the same, but its answer comes by phone,
    so it asks nothing; nor does what is on records of ``unread`` models. Reminders
    that Odoo sends by itself are nobody's words.
    """
    return SQL(
        """SELECT m.id, m.model, m.res_id, m.date AS at, m.author_id, m.message_type,
                  COALESCE(%(ours)s, FALSE) AS ours,
                  CASE WHEN %(unsigned)s THEN %(address)s END AS address,
                  %(document)s AS document,
                  CASE WHEN m.message_type = 'sms'
                            OR (v.message_id IS NULL AND m.model = ANY(%(unread)s))
                       THEN 'closes' ELSE v.verdict END AS verdict, v.word, v.word_on
             FROM %(among)s LEFT JOIN client_message v ON v.message_id = m.id
            WHERE m.message_type IN %(kinds)s
              AND %(when)s AND (m.record_company_id = %(company)s
                                OR m.record_company_id IS NULL)
              AND m.is_internal IS NOT TRUE
              AND CASE WHEN m.message_type = 'sms'
                       THEN m.author_id IS DISTINCT FROM (
                            SELECT partner_id FROM res_users WHERE id = %(odoo)s)
                       ELSE m.subtype_id IS NULL OR NOT %(internal)s END
              AND CASE WHEN v.message_id IS NOT NULL
                       THEN v.automatic IS NOT TRUE AND v.to_many IS NOT TRUE
                       ELSE m.client_health_automatic IS NOT TRUE
                            AND (m.subject IS NULL OR NOT %(automatic)s) END""",
        kinds=KINDS,
        odoo=SUPERUSER_ID,
        ours=ours(scope),
        unsigned=SQL(UNSIGNED.format(m="m.")),
        address=SQL(ADDRESS.format(m="m.")),
        document=document(documents),
        unread=list(unread),
        among=among,
        when=when,
        company=scope.company.id,
        internal=one_of(SQL("m.subtype_id"), scope.known.internal_subtypes),
        automatic=automatic_subject(SQL("m.subject")),
    )


def ours(scope: Scope) -> SQL:
    """SQL condition: the message ``m`` is by one of us: a colleague, or Odoo in the
    name of our company or of nobody."""
    return SQL(
        """(%s OR m.author_id = ANY(ARRAY(SELECT partner_id FROM res_company))
            OR (m.author_id IS NULL AND m.message_type <> 'email'))""",
        scope.internal(SQL("m.author_id")),
    )


def document(models: Sequence[str]) -> SQL:
    """SQL condition: the message ``m`` is a document that was mailed: on a record of
    one of these models, in the layout of such mails, to many, or with an attachment."""
    return SQL(
        """CASE WHEN m.model = ANY(%s)
                THEN m.email_layout_xmlid IS NOT NULL
                     OR m.message_type IN ('email_outgoing', 'sms')
                     OR EXISTS (SELECT FROM message_attachment_rel a
                                 WHERE a.message_id = m.id)
                ELSE FALSE END""",
        list(models),
    )


def base(scope: Scope, places: Sequence[Place], mine: Condition, end: SQL) -> SQL:
    """SQL: ids of the messages that may be of such clients or to them: by or for who is
    or was their contact, on their records, and mails without author from their
    addresses.

    Each is found by an index. ``end``: a condition on the message ``m``.
    """
    contacts = mine(SQL("p.commercial_partner_id"))
    if scope.known.moved:
        contacts = SQL(
            """(%s OR p.id IN (SELECT was.contact_id FROM client_affiliation was
                                WHERE %s))""",
            contacts,
            mine(SQL("was.partner_id")),
        )
    return SQL(
        """SELECT m.id FROM res_partner p JOIN mail_message m ON m.author_id = p.id
            WHERE %(contacts)s AND %(end)s
            UNION
           SELECT n.mail_message_id FROM res_partner p
             JOIN mail_notification n ON n.res_partner_id = p.id WHERE %(contacts)s
            UNION
           SELECT r.mail_message_id FROM res_partner p
             JOIN mail_message_res_partner_rel r ON r.res_partner_id = p.id
            WHERE %(contacts)s
            UNION
           SELECT m.id FROM (%(records)s) d
             JOIN mail_message m ON m.model = d.model AND m.res_id = d.res_id
            WHERE m.message_type IN %(kinds)s AND %(end)s
            UNION
           SELECT m.id FROM res_partner p
             JOIN mail_message m ON %(unsigned)s AND %(domain)s = %(theirs)s
                  AND (%(address)s = p.email_normalized OR NOT %(public)s)
            WHERE %(contacts)s AND p.email_normalized <> '' AND %(end)s""",
        contacts=contacts,
        records=records_of(list(places), mine),
        unsigned=SQL(UNSIGNED.format(m="m.")),
        domain=SQL(DOMAIN.format(m="m.")),
        address=SQL(ADDRESS.format(m="m.")),
        theirs=SQL(CONTACT_DOMAIN.format(p="p.")),
        public=public(SQL(CONTACT_DOMAIN.format(p="p."))),
        end=end,
        kinds=KINDS,
    )


def public(domain: SQL) -> SQL:
    """SQL condition: a mail domain is that of a provider for anybody."""
    return SQL("%s = ANY(%s)", domain, PUBLIC_DOMAINS)


def place(places: Sequence[Place], of: str) -> SQL:
    """SQL: whose client the records are about on which something was written."""
    spots = SQL(
        "(SELECT DISTINCT model, res_id FROM %s m WHERE %s) spots",
        SQL.identifier(of),
        ON_RECORD,
    )
    return places_of(list(places), spots)


def told(scope: Scope, of: str) -> SQL:
    """SQL: whom outside we addressed with each message, and whether it arrived.

    ``named``: as a recipient; ``any_named``: somebody outside was. A colleague's mail
    that came in by the gateway reached those it names by itself.
    """
    return SQL(
        """SELECT *, BOOL_OR(named) OVER (PARTITION BY id) AS any_named
             FROM (SELECT id, contact, BOOL_OR(named) AS named,
                          BOOL_OR(arrived) AND NOT BOOL_OR(lost) AS arrived
                     FROM (SELECT w.id, n.res_partner_id AS contact, FALSE AS named,
                                  TRUE AS arrived,
                                  COALESCE(n.notification_status IN %(lost)s, FALSE)
                                      AS lost
                             FROM %(written)s w
                             JOIN mail_notification n ON n.mail_message_id = w.id
                            WHERE w.ours AND NOT %(notified)s
                            UNION ALL
                           SELECT w.id, r.res_partner_id, TRUE,
                                  w.message_type = 'email', FALSE
                             FROM %(written)s w
                             JOIN mail_message_res_partner_rel r
                               ON r.mail_message_id = w.id
                            WHERE w.ours AND NOT %(recipient)s) t
                    GROUP BY 1, 2) t""",
        written=SQL.identifier(of),
        lost=LOST,
        notified=scope.internal(SQL("n.res_partner_id")),
        recipient=scope.internal(SQL("r.res_partner_id")),
    )


def signed(scope: Scope, of: str, where: str) -> SQL:
    """SQL: whose the mails are that name no author: by the address of a contact, else
    by the domain of one client's mail, else by the record they are on.

    An address, or a domain, of contacts of several clients tells nothing.
    """
    return SQL(
        """SELECT id, CASE WHEN here OR same > 1 OR (same = 1 AND NOT company)
                                THEN COALESCE(place, CASE WHEN same = 1 THEN client END)
                           WHEN same = 1 THEN client
                           WHEN near_here OR clients > 1 THEN place
                           ELSE COALESCE(client, place) END AS client_id,
                  CASE WHEN here THEN contact_here
                       WHEN same = 1 THEN contact END AS contact
             FROM (
                SELECT w.id, pl.client_id AS place,
                       COALESCE(BOOL_OR(p.same AND p.client = pl.client_id), FALSE)
                           AS here,
                       COALESCE(BOOL_OR(p.client = pl.client_id), FALSE) AS near_here,
                       MIN(p.contact) FILTER (WHERE p.same AND p.client = pl.client_id)
                           AS contact_here,
                       COUNT(DISTINCT p.client) FILTER (WHERE p.same) AS same,
                       COUNT(DISTINCT p.client) AS clients,
                       COALESCE(MIN(p.client) FILTER (WHERE p.same), MIN(p.client))
                           AS client,
                       BOOL_OR(p.company) FILTER (WHERE p.same) AS company,
                       MIN(p.contact) FILTER (WHERE p.same) AS contact
                  FROM %(written)s w
                  LEFT JOIN %(place)s pl
                    ON pl.model = w.model AND pl.res_id = w.res_id
                  LEFT JOIN (
                     SELECT u.id, p.id AS contact, p.commercial_partner_id AS client,
                            e.is_company IS TRUE AS company, TRUE AS same
                       FROM %(written)s u
                       JOIN res_partner p ON p.email_normalized = u.address
                            AND %(contact_domain)s = %(domain)s
                       JOIN res_partner e ON e.id = p.commercial_partner_id
                      WHERE u.address IS NOT NULL AND NOT %(internal)s
                      UNION ALL
                     SELECT DISTINCT u.id, NULL::int, p.commercial_partner_id,
                            NULL::bool, FALSE
                       FROM %(written)s u
                       JOIN res_partner p ON %(contact_domain)s = %(domain)s
                      WHERE u.address IS NOT NULL AND NOT %(public)s
                        AND NOT %(internal)s) p ON p.id = w.id
                 WHERE w.address IS NOT NULL
                 GROUP BY w.id, pl.client_id) s""",
        written=SQL.identifier(of),
        place=SQL.identifier(where),
        contact_domain=SQL(CONTACT_DOMAIN.format(p="p.")),
        domain=SQL("SPLIT_PART(u.address, '@', 2)"),
        public=public(SQL("SPLIT_PART(u.address, '@', 2)")),
        internal=scope.internal(SQL("p.id")),
    )


def said(scope: Scope, suffix: str, where: str, clients: SQL) -> SQL:
    """SQL: what both sides said, of the relations with a suffix, about ``clients`` (a
    condition on ``client_id``); ``where``: the relation of places.

    A row a message, client and ``contact``: who wrote, or was written to; ``person``:
    the same number for all contacts with that address. ``own``: by a contact of the
    client itself. ``direct``: it may wait for an answer; what we
    wrote to others on the client's record, and documents, are answers at most.
    """
    names = {
        "written": SQL.identifier("written" + suffix),
        "told": SQL.identifier("told" + suffix),
        "signed": SQL.identifier("signed" + suffix),
        "place": SQL.identifier(where),
        "row": SAID,
        "person": SQL(
            """CASE WHEN p.email_normalized <> ''
                    THEN HASHTEXTEXTENDED(p.email_normalized, 0) ELSE p.id END"""
        ),
        "channel": SQL(
            "CASE w.message_type WHEN 'email' THEN 'mail' ELSE 'message' END"
        ),
        "of": scope.client_of("p", scope.day(SQL("w.at"))),
    }
    theirs = SQL(
        """SELECT %(of)s AS client_id, w.author_id AS contact,
                  %(person)s AS person, 'client' AS side, %(channel)s AS channel,
                  TRUE AS own, TRUE AS direct, %(row)s
             FROM %(written)s w JOIN res_partner p ON p.id = w.author_id
            WHERE NOT w.ours AND w.message_type <> 'email_outgoing'""",
        **names,
    )
    # by who is no contact of any company, or of another one with the same address
    outsiders = SQL(
        """SELECT pl.client_id, COALESCE(twin.id, w.author_id), %(person)s, 'client',
                  %(channel)s, FALSE, TRUE, %(row)s
             FROM %(written)s w
             JOIN %(place)s pl ON pl.model = w.model AND pl.res_id = w.res_id
             JOIN res_partner p ON p.id = w.author_id AND %(of)s <> pl.client_id
             JOIN res_partner e ON e.id = %(of)s
             LEFT JOIN res_partner twin
               ON twin.commercial_partner_id = pl.client_id
              AND twin.email_normalized = p.email_normalized AND twin.id <> p.id
            WHERE NOT w.ours AND w.message_type <> 'email_outgoing'
              AND (e.is_company IS NOT TRUE OR twin.id IS NOT NULL)""",
        **names,
    )
    unsigned = SQL(
        """SELECT s.client_id, s.contact,
                  CASE WHEN s.contact IS NOT NULL
                       THEN HASHTEXTEXTENDED(w.address, 0) END,
                  'client', 'mail', FALSE, TRUE, %(row)s
             FROM %(signed)s s JOIN %(written)s w ON w.id = s.id
            WHERE s.client_id IS NOT NULL""",
        **names,
    )
    ours = SQL(
        """SELECT o.client_id, t.contact, %(person)s, 'ours',
                  CASE WHEN w.model = 'discuss.channel' OR w.message_type = 'sms'
                       THEN 'message' ELSE 'mail' END,
                  FALSE, o.direct AND NOT w.document, %(row)s
             FROM %(told)s t
             JOIN %(written)s w ON w.id = t.id
             JOIN res_partner p ON p.id = t.contact
             LEFT JOIN %(place)s pl ON pl.model = w.model AND pl.res_id = w.res_id
             LEFT JOIN res_partner e ON e.id = %(of)s AND pl.client_id <> e.id
            CROSS JOIN LATERAL (
                VALUES (%(of)s, TRUE, TRUE),
                       (pl.client_id, FALSE, e.is_company IS FALSE)
                  ) o(client_id, direct, counts)
            WHERE t.arrived AND o.counts
              AND (t.named OR NOT t.any_named
                   AND (o.client_id = pl.client_id))""",
        **names,
    )
    sides = SQL(" UNION ALL ").join([theirs, outsiders, unsigned, ours])
    return SQL("SELECT * FROM (%s) said WHERE %s", sides, clients)


def with_all_of(clients: str) -> SQL:
    """SQL: what was said lately and before on the same records, and all that was said
    with the ``clients`` (a relation of ``client_id``, who are among the deep ones)."""
    return SQL(
        """SELECT * FROM said_lately
            WHERE client_id NOT IN (SELECT client_id FROM %(clients)s)
            UNION ALL
           SELECT * FROM said_earlier
            WHERE client_id NOT IN (SELECT client_id FROM %(clients)s)
            UNION ALL
           SELECT * FROM said_deep
            WHERE client_id IN (SELECT client_id FROM %(clients)s)""",
        clients=SQL.identifier(clients),
    )
