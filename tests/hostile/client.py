"""Sends calls over JSON-2 and says which answers are not what a client deserves."""

import http.client
import json

# Odoo answers these with status 500, but with a sentence and a way out.
SENTENCES = {"odoo.exceptions.RedirectWarning"}

OURS = "/client_health/"  # in a traceback
# half a character: Odoo can neither store it nor put it into an answer
LONE = json.dumps("\ud800")[1:-1]
LIMIT = 30  # seconds in which every call is answered


class Client:
    """A connection to the server, kept open; ``keys``: API keys by login."""

    def __init__(self, port, keys):
        self.keys = keys
        self.connection = http.client.HTTPConnection("localhost", port, timeout=LIMIT)

    def post(self, user, model, method, body):
        """Returns ``(status, answer)``; the answer is text when it is no JSON."""
        self.connection.request(
            "POST",
            f"/json/2/{model}/{method}",
            json.dumps(body),
            {
                "Authorization": f"bearer {self.keys[user]}",
                "Content-Type": "application/json",
            },
        )
        reply = self.connection.getresponse()
        content = reply.read()
        try:
            return reply.status, json.loads(content)
        except ValueError:
            return reply.status, content.decode(errors="replace")

    def send(self, call):
        """Like :meth:`post`; a file is uploaded before it is imported."""
        body = call["body"]
        if call["method"] == "execute_import":
            made = {"res_model": body["res_model"], "file": body["file"],
                    "file_name": "bad.csv", "file_type": "text/csv"}  # fmt: skip
            status, ids = self.post(
                call["user"], call["model"], "create", {"vals_list": [made]}
            )
            if status != 200:
                return status, ids
            options = {"has_headers": True, "separator": ",", "quoting": '"'}
            body = {"ids": ids, "fields": body["fields"], "columns": body["columns"],
                    "options": options}  # fmt: skip
        return self.post(call["user"], call["model"], call["method"], body)

    def judge(self, call):
        """Send a call. Returns ``(verdict, answer)``: ``ok``, ``refused`` with a
        sentence, ``as plain Odoo`` where Odoo itself fails on such input, with no
        code of ours at work or on its own models alike, else ``wrong``."""
        status, answer = self.send(call)
        if status == 200:
            return "ok", answer
        said = answer if isinstance(answer, dict) else {}
        message = (said.get("message") or "").strip()
        if message and (status < 500 or said.get("name") in SENTENCES):
            return "refused", answer
        if said and self._left_to_odoo(said.get("debug", "")):
            return "as plain Odoo", answer
        if LONE in json.dumps(call["body"]):
            return "as plain Odoo", answer
        context = {"context": call["body"].get("context", {})}
        one = {"domain": [], "limit": 1} | context
        alone = [  # the context by itself, also with a value that each company has
            (model, "web_search_read", one | {"specification": {name: {}}})
            for model, name in (("crm.lead", "partner_id"), ("res.partner", "barcode"))
        ]
        for model, method, body in [*call["twins"], *alone]:
            twin_status, twin = self.post(call["user"], model, method, body)
            # where a mapping belongs anything else fails, each time in its own way
            alike = call["kind"] == "structure" or self._name(twin) == self._name(
                answer
            )
            if alike and twin_status >= 500:
                return "as plain Odoo", answer
        return "wrong", answer

    @staticmethod
    def _left_to_odoo(traceback):
        """True when no code of ours was at work, or it had handed the values on."""
        lines = traceback.splitlines()
        ours = [at for at, line in enumerate(lines) if OURS in line]
        return not ours or "super()." in lines[ours[-1] + 1]

    @staticmethod
    def _name(answer):
        """What an error is called; the whole of it where it has no name."""
        return answer.get("name") if isinstance(answer, dict) else answer
