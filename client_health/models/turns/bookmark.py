from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .message import BATCH

YEARS = timedelta(days=730)  # messages older than this are not read
AT_ONCE = 5000  # messages that are read while somebody waits


class ClientMessageBookmark(models.Model):
    """How far messages are read: one row for the database.

    New ones are read by whoever scores clients (:meth:`_read_new`), those that were
    there before in the background, the newest first (:meth:`_cron_read`).
    """

    _name = "client.message.bookmark"
    _description = "How far messages are read"
    _log_access = False

    low = fields.Integer(help="Every message up to this one was looked at.")
    high = fields.Integer(help="Those up to this one that were committed then.")
    high_transaction = fields.Char(
        help="Once no transaction before this one runs, low may follow high."
    )
    oldest = fields.Integer(help="Older messages than this one are still to be read.")
    total = fields.Integer(help="Older messages that there were to read.")
    done = fields.Integer(help="Those of them that were read.")
    finished_on = fields.Datetime()

    @api.model
    def _mark(self):
        """The row, as a dict; made when there is none, with all messages to read in
        the background."""
        columns = "low, high, high_transaction, oldest, total, done, finished_on"
        query = f"SELECT id, {columns} FROM client_message_bookmark ORDER BY id LIMIT 1"
        rows = self.env.execute_query_dict(SQL(query))
        if not rows:
            self.env.cr.execute(
                """INSERT INTO client_message_bookmark (low, high, high_transaction,
                                                        oldest, done)
                   SELECT newest, newest, pg_snapshot_xmax(pg_current_snapshot())::text,
                          newest + 1, 0
                     FROM (SELECT COALESCE(MAX(id), 0) AS newest FROM mail_message) m"""
            )
            rows = self.env.execute_query_dict(SQL(query))
        return rows[0]

    # -- new ones --------------------------------------------------------------

    @api.model
    def _read_new(self, most=AT_ONCE, commit=None):
        """Read the messages that came since the last time, at most so many.

        ``commit``: called after each batch with its size, where that is wanted; stops
        when it returns 0. Returns True when all are read. A message whose transaction
        was open then is found later: numbers are given before they are committed.
        """
        mark = self._mark()
        messages = self.env["client.message"]
        left = most
        while left > 0:
            ids = self._unread_ids(SQL("m.id > %s", mark["low"]), SQL("m.id"), BATCH)
            read = messages._read(ids)
            left -= read
            if len(ids) < BATCH:
                self._move(mark)
                return True
            if commit and not commit(read):
                break
        return False

    @api.model
    def _unread_ids(self, which, order, most):
        """Ids of messages that can matter and nobody read, of those ``which``."""
        self.env.cr.execute(
            SQL(
                """SELECT m.id FROM mail_message m
                    WHERE %s AND %s AND NOT EXISTS (
                          SELECT FROM client_message v WHERE v.message_id = m.id)
                    ORDER BY %s LIMIT %s""",
                which,
                self.env["client.message"]._readable(),
                order,
                most,
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]

    @api.model
    def _move(self, mark):
        """Remember that all messages that are to be seen were looked at; writes only
        when there are new ones."""
        self.env.cr.execute(
            SQL(
                """UPDATE client_message_bookmark b
                      SET low = CASE WHEN s.over THEN b.high ELSE b.low END,
                          high = CASE WHEN s.over THEN s.newest ELSE b.high END,
                          high_transaction = CASE WHEN s.over THEN s.next
                                                  ELSE b.high_transaction END
                     FROM (SELECT newest, next::text,
                                  %(transaction)s::xid8 <= oldest
                                  OR %(transaction)s::xid8 > next AS over
                             FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())
                                              AS oldest,
                                          pg_snapshot_xmax(pg_current_snapshot())
                                              AS next,
                                          (SELECT COALESCE(MAX(id), 0)
                                             FROM mail_message) AS newest) now) s
                    WHERE b.id = %(id)s AND s.over AND s.newest > b.high""",
                transaction=mark["high_transaction"],
                id=mark["id"],
            )
        )

    # -- old ones --------------------------------------------------------------

    @api.model
    def _start(self, at_once=False):
        """Have the messages of the last two years read: in the background, or
        ``at_once`` where they are few."""
        mark = self._mark()
        if at_once and not mark["finished_on"] and self._count_old(mark) <= AT_ONCE:
            self._read_old()
        else:
            self.env.ref("client_health.ir_cron_read_messages").sudo()._trigger()

    @api.model
    def _read_old(self, commit=None):
        """Read older messages, the newest first; ``commit`` as for :meth:`_read_new`.

        Returns True when all of them are read.
        """
        mark = self._mark()
        if mark["finished_on"]:
            return True
        if mark["total"] is None:
            mark["total"] = self._count_old(mark)
        while True:
            ids = self._unread_ids(self._older(mark), SQL("m.id DESC"), BATCH)
            mark["done"] += self.env["client.message"]._read(ids)
            mark["oldest"] = ids[-1] if ids else mark["oldest"]
            finished = len(ids) < BATCH
            self.env.cr.execute(
                """UPDATE client_message_bookmark
                      SET oldest = %s, total = %s, done = %s, finished_on = %s
                    WHERE id = %s""",
                (
                    mark["oldest"],
                    mark["total"],
                    mark["done"],
                    fields.Datetime.now() if finished else None,
                    mark["id"],
                ),
            )
            if finished:
                return True
            if commit and not commit(len(ids)):
                return False

    @api.model
    def _older(self, mark):
        """SQL condition: the message ``m`` is still to be read in the background."""
        since = fields.Datetime.now() - YEARS
        return SQL("m.id < %s AND m.date >= %s", mark["oldest"], since)

    @api.model
    def _count_old(self, mark):
        readable = self.env["client.message"]._readable()
        which = self._older(mark)
        query = SQL(
            "SELECT COUNT(*) FROM mail_message m WHERE %s AND %s", which, readable
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _cron_read(self):
        """Read what is older, and have history told again with what it says."""
        cron = self.env["ir.cron"]
        mark = self._mark()
        left = (mark["total"] or 0) - mark["done"]
        cron._commit_progress(remaining=max(left, 1))
        was_finished = bool(mark["finished_on"])
        if not self._read_old(lambda read: cron._commit_progress(read)):
            self.env.ref("client_health.ir_cron_read_messages")._trigger()
            return
        if not was_finished:
            self.env["client.health.run"]._tell_again()
        cron._commit_progress(remaining=0)

    @api.model
    def _progress(self):
        """``(read, of so many)`` older messages; None when all are read."""
        mark = self._mark()
        if mark["finished_on"]:
            return None
        return mark["done"], max(mark["total"] or 0, mark["done"])
